# src/tlssocket/module.mk -- the library, its tests and its installation
#
# build/libtlssocket.a has tracing compiled in, which prints nothing until mbed_trace_init();
# build/notrace/libtlssocket.a is the same without, as a small device has it. Both are configured
# by what mbed-config writes.

TLSSOCKET_CORE := $(wildcard src/tlssocket/*.c)
TLSSOCKET_SOURCES := $(TLSSOCKET_CORE) $(wildcard src/tlssocket/ports/posix/*.c)
TLSSOCKET_LIB_JSON := src/tlssocket/mbed_lib.json src/tlssocket/ports/posix/mbed_lib.json
TLSSOCKET_CONFIG := $(BUILD)/obj/src/tlssocket/mbed_config.h
TLSSOCKET_OBJECTS := $(TLSSOCKET_SOURCES:%.c=$(BUILD)/obj/%.o)
NOTRACE_CONFIG := $(BUILD)/obj/notrace/mbed_config.h
NOTRACE_OBJECTS := $(TLSSOCKET_SOURCES:%.c=$(BUILD)/obj/notrace/%.o)

ALL += $(BUILD)/libtlssocket.a $(BUILD)/notrace/libtlssocket.a

$(BUILD)/libtlssocket.a: $(TLSSOCKET_OBJECTS)
$(BUILD)/notrace/libtlssocket.a: $(NOTRACE_OBJECTS)
$(BUILD)/libtlssocket.a $(BUILD)/notrace/libtlssocket.a:
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $^

$(TLSSOCKET_CONFIG): $(BUILD)/mbed-config $(TLSSOCKET_LIB_JSON) src/tlssocket/ports/posix/mbed_app.json
	@mkdir -p $(@D)
	$(BUILD)/mbed-config -o $@ $(filter %.json,$^)

$(NOTRACE_CONFIG): $(BUILD)/mbed-config $(TLSSOCKET_LIB_JSON)
	@mkdir -p $(@D)
	$(BUILD)/mbed-config -o $@ $(filter %.json,$^)

$(TLSSOCKET_OBJECTS): private MODULE_CFLAGS := -Iinclude -include $(TLSSOCKET_CONFIG)
$(TLSSOCKET_OBJECTS): $(TLSSOCKET_CONFIG)

$(NOTRACE_OBJECTS): private MODULE_CFLAGS := -Iinclude -include $(NOTRACE_CONFIG)
$(NOTRACE_OBJECTS): $(BUILD)/obj/notrace/%.o: %.c $(NOTRACE_CONFIG)
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

# ---- tests ----
#
# They link Mbed TLS statically, so that the linker can send its allocations through tls_alloc.c.

TLSSOCKET_TEST_SUPPORT := $(patsubst %,$(BUILD)/obj/tests/support/%.o,mbed_pki tls_alloc tls_fail tls_mem)
TLSSOCKET_TESTS := $(patsubst tests/unit/tlssocket/test_%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/tlssocket/*.c))
UNIT_TESTS += $(TLSSOCKET_TESTS) $(BUILD)/tests/unit/notrace_tls_socket
TEST_WRAP := -Wl,--wrap=calloc,--wrap=free,--wrap=mbedtls_ctr_drbg_seed,--wrap=psa_crypto_init,--wrap=mbedtls_ssl_setup,--wrap=mbedtls_ssl_read

$(BUILD)/obj/tests/unit/tlssocket/%.o: private MODULE_CFLAGS := -Iinclude -Isrc/tlssocket -Itests/support -include $(TLSSOCKET_CONFIG)
$(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/unit/tlssocket/*.c)): $(TLSSOCKET_CONFIG)
$(TLSSOCKET_TEST_SUPPORT): private MODULE_CFLAGS := -Iinclude -Itests/support

$(TLSSOCKET_TESTS): $(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/tlssocket/test_%.o $(TLSSOCKET_TEST_SUPPORT) $(BUILD)/libtlssocket.a
	@mkdir -p $(@D)
	$(LINK) $(TEST_WRAP) -o $@ $^ $(MBEDTLS_STATIC) $(shell pkg-config --libs check)

$(BUILD)/tests/unit/notrace_%: $(BUILD)/obj/tests/unit/tlssocket/test_%.o $(TLSSOCKET_TEST_SUPPORT) $(BUILD)/notrace/libtlssocket.a
	@mkdir -p $(@D)
	$(LINK) $(TEST_WRAP) -o $@ $^ $(MBEDTLS_STATIC) $(shell pkg-config --libs check)

# The adapter for Mbed OS, over a stand-in for its classes; in C++98 as 5.11 compiles, and C++14 as 6.

MBED_OS_TEST := src/tlssocket/ports/mbed-os/mbed_os_network tests/support/tls_mbed_os tests/unit/tlssocket/test_mbed_os_network

define mbed_os_test # in the standard $(1)
UNIT_TESTS += $(BUILD)/tests/unit/mbed_os_network_$(1)

$(MBED_OS_TEST:%=$(BUILD)/obj/$(1)/%.o): $(BUILD)/obj/$(1)/%.o: %.cpp
	@mkdir -p $$(@D)
	$$(COMPILE_CXX) -std=$(1) -Iinclude -Itests/support -Itests/support/tls_mbed_os -c -o $$@ $$<

$(BUILD)/tests/unit/mbed_os_network_$(1): $(MBED_OS_TEST:%=$(BUILD)/obj/$(1)/%.o) $(TLSSOCKET_TEST_SUPPORT) $(BUILD)/libtlssocket.a
	@mkdir -p $$(@D)
	$$(LINK) $(TEST_WRAP) -o $$@ $$^ $(MBEDTLS_STATIC) -lstdc++ $$(shell pkg-config --libs check)
endef
$(foreach standard,c++98 c++14,$(eval $(call mbed_os_test,$(standard))))

# The C++ face over a server in memory and over TCP, in the standards that programs use.

define mbed_face_test # in the standard $(1)
UNIT_TESTS += $(BUILD)/tests/unit/mbed_face_$(1)

$(BUILD)/obj/$(1)/tests/unit/tlssocket/test_mbed_face.o: tests/unit/tlssocket/test_mbed_face.cpp $(TLSSOCKET_CONFIG)
	@mkdir -p $$(@D)
	$$(COMPILE_CXX) -std=$(1) -Iinclude -Iinclude/tlssocket/mbed -Itests/support -include $(TLSSOCKET_CONFIG) -c -o $$@ $$<

$(BUILD)/tests/unit/mbed_face_$(1): $(BUILD)/obj/$(1)/tests/unit/tlssocket/test_mbed_face.o $(TLSSOCKET_TEST_SUPPORT) $(BUILD)/libtlssocket.a
	@mkdir -p $$(@D)
	$$(LINK) $(TEST_WRAP) -o $$@ $$^ $(MBEDTLS_STATIC) -lstdc++ $$(shell pkg-config --libs check)
endef
$(foreach standard,c++98 c++11 c++20,$(eval $(call mbed_face_test,$(standard))))

$(BUILD)/obj/tests/support/mbed_client.o: tests/support/mbed_client.cpp $(TLSSOCKET_CONFIG)
	@mkdir -p $(@D)
	$(COMPILE_CXX) -std=c++98 -Iinclude -Iinclude/tlssocket/mbed -include $(TLSSOCKET_CONFIG) -c -o $@ $<

$(BUILD)/tests/mbed_client: $(BUILD)/obj/tests/support/mbed_client.o $(BUILD)/libtlssocket.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(MBEDTLS_LIBS) -lstdc++

# The library's tests alone: against another Mbed TLS with MBEDTLS=FOLDER, and a BUILD of its own.
check-tlssocket: $(TLSSOCKET_TESTS) $(BUILD)/tests/unit/notrace_tls_socket $(BUILD)/tests/tls_client $(BUILD)/tests/tls_starttls_server $(BUILD)/tests/freeport $(BUILD)/tests/pki/made
	BUILD=$(BUILD) tests/run $(filter $(BUILD)/tests/unit/%,$^) tests/e2e/tlssocket.sh

# The same against Debian's Mbed TLS 3.6, whatever the machine's own is.
check-mbedtls-3.6:
	scripts/fetch-mbedtls 3.6
	$(MAKE) -C build/mbedtls-3.6/library CFLAGS='$(CFLAGS)' static
	$(MAKE) BUILD=$(BUILD)/mbedtls-3.6-tests MBEDTLS=build/mbedtls-3.6 check-tlssocket

.PHONY: check-tlssocket check-mbedtls-3.6

check-only: $(BUILD)/tests/tls_client $(BUILD)/tests/tls_starttls_server $(BUILD)/tests/mbed_client

$(BUILD)/obj/tests/support/tls_client.o: private MODULE_CFLAGS := -Iinclude -include $(TLSSOCKET_CONFIG)
$(BUILD)/obj/tests/support/tls_client.o: $(TLSSOCKET_CONFIG)

$(BUILD)/tests/tls_client: $(BUILD)/obj/tests/support/tls_client.o $(BUILD)/libtlssocket.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(MBEDTLS_LIBS)

$(BUILD)/tests/tls_starttls_server: $(BUILD)/obj/tests/support/tls_starttls_server.o
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(MBEDTLS_LIBS)

# ---- figures ----

bench-tlssocket: $(BUILD)/bench/tlssocket
	bench/tlssocket.sh $(BUILD)/bench/tlssocket

$(BUILD)/obj/bench/tlssocket.o: private MODULE_CFLAGS := -Iinclude -Itests/support
$(BUILD)/bench/tlssocket: $(BUILD)/obj/bench/tlssocket.o $(TLSSOCKET_TEST_SUPPORT) $(BUILD)/notrace/libtlssocket.a
	@mkdir -p $(@D)
	$(LINK) $(TEST_WRAP) -o $@ $^ $(MBEDTLS_STATIC)

.PHONY: bench-tlssocket

# What pkg-config and CMake read says where the headers lie, relative to the prefix if LIBDIR is below it.
LIBDIR_BELOW := $(if $(filter $(PREFIX)/%,$(LIBDIR)),$(patsubst $(PREFIX)/%,%,$(LIBDIR)))
CMAKE_PREFIX_DIR := $(if $(LIBDIR_BELOW),$${tlssocket_HERE}/../../$(shell echo $(LIBDIR_BELOW) | sed 's|[^/][^/]*|..|g'),$(PREFIX))
FILL_IN = sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|; s|@LIBDIR@|$(if $(LIBDIR_BELOW),$${prefix}/$(LIBDIR_BELOW),$(LIBDIR))|
FILL_IN += ; s|@CMAKE_PREFIX_DIR@|$(CMAKE_PREFIX_DIR)|; s|@POINTER_SIZE@|'"$$(echo __SIZEOF_POINTER__ | $(CC) $(CPPFLAGS) $(CFLAGS) -E -P -)"'|'

install:: $(BUILD)/libtlssocket.a
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/include/tlssocket" include/tlssocket/*.h
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/include/tlssocket/mbed" include/tlssocket/mbed/*.h
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/include/tlssocket/mbed/mbed-trace" include/tlssocket/mbed/mbed-trace/*.h
	install -D -m 644 -t "$(DESTDIR)$(LIBDIR)" $(BUILD)/libtlssocket.a
	install -d "$(DESTDIR)$(LIBDIR)/pkgconfig" "$(DESTDIR)$(LIBDIR)/cmake/tlssocket"
	for file in pkgconfig/tlssocket.pc cmake/tlssocket/tlssocketConfig.cmake cmake/tlssocket/tlssocketConfigVersion.cmake; do \
	    $(FILL_IN) "src/tlssocket/$${file##*/}.in" | install -m 644 /dev/stdin "$(DESTDIR)$(LIBDIR)/$$file" || exit 1; \
	done
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/share/man/man3" man/tlssocket.3
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/share/tlssocket" src/tlssocket/mbed_lib.json
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/share/tlssocket/mbed-trace" src/tlssocket/ports/posix/mbed_lib.json
