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
	BUILD=$(BUILD) tests/run tests/device/device.sh tests/device/mbed-os.sh

bench-device:
	scripts/install-deps build device
	$(MAKE) $(DEVICE_TOOLS)
	BUILD=$(BUILD) bench/device.sh

.PHONY: check-device check-device-only bench-device
