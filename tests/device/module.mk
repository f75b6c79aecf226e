# tests/device/module.mk -- an emulated Cortex-M shakes hands with what caembed wrote
#
#   make check-device      the tests; needs gcc-arm-none-eabi, newlib and QEMU, which it installs
#   make bench-device      the memory that the image takes: the table of bench/device.md

DEVICE_TOOLS := $(addprefix $(BUILD)/,caembed mbed-config tests/freeport tests/mkservers)

$(BUILD)/obj/tests/device/%.o: MODULE_CFLAGS = -Itests/pki $(OPENSSL_CFLAGS)

$(BUILD)/tests/mkservers: $(BUILD)/obj/tests/device/mkservers.o $(BUILD)/obj/tests/pki/pki.o
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(OPENSSL_LIBS)

check-device:
	scripts/install-deps build device
	$(MAKE) check-device-only

check-device-only: $(DEVICE_TOOLS)
	BUILD=$(BUILD) tests/run tests/device/device.sh tests/device/mbed-os.sh tests/device/lwip.sh

bench-device:
	scripts/install-deps build device
	$(MAKE) $(DEVICE_TOOLS)
	BUILD=$(BUILD) bench/device.sh

.PHONY: check-device check-device-only bench-device

# ---- the port to lwIP ----
#
# The tests' programs over lwIP as a device has it, on a tap device: Debian's liblwip is built without DNS and for threads,
# so its source is built here, with a device's options.

LWIP := build/lwip-2.2
LWIP_FLAGS = -DTLSSOCKET_LWIP -D_DEFAULT_SOURCE -isystem $(LWIP)/src/include -Itests/support/lwip
LWIP_OURS := $(TLSSOCKET_CORE) src/tlssocket/ports/posix/mbed_trace.c src/tlssocket/ports/lwip/lwip_network.c tests/support/lwip/lwip_tap.c

lwip-programs: $(TLSSOCKET_CONFIG) $(LLHTTP_OBJECTS)
	scripts/fetch-upstream lwip 2.2 trixie
	@mkdir -p $(BUILD)/lwip/stack
	for source in $(LWIP)/src/core/*.c $(LWIP)/src/core/ipv4/*.c $(LWIP)/src/netif/ethernet.c; do \
	    $(CC) $(HARDENING) $(CFLAGS) $(SANITIZERS) -w $(LWIP_FLAGS) -c -o "$(BUILD)/lwip/stack/$$(basename "$$source" .c).o" "$$source" || exit 1; done
	$(filter-out -MMD -MP,$(COMPILE)) -Iinclude -include $(TLSSOCKET_CONFIG) $(LWIP_FLAGS) -o $(BUILD)/lwip/tls_client \
	    tests/support/tls_client.c $(LWIP_OURS) $(BUILD)/lwip/stack/*.o $(MBEDTLS_LIBS)
	test -z "$(LWIP_HTTPS_CA)" || $(filter-out -MMD -MP,$(COMPILE)) -Iinclude "-I$(LWIP_HTTPS_CA)" $(LLHTTP_CFLAGS) \
	    -include $(TLSSOCKET_CONFIG) $(LWIP_FLAGS) -o "$(LWIP_HTTPS_CA)/https" examples/https/main.c $(HTTPS_SOURCES) $(LWIP_OURS) \
	    $(BUILD)/lwip/stack/*.o $(LLHTTP_OBJECTS) $(LLHTTP_LIBS) $(MBEDTLS_LIBS)

.PHONY: lwip-programs
