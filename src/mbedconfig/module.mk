# src/mbedconfig/module.mk -- mbed_lib.json... and mbed_app.json -> mbed_config.h
#
# Of caembed's rooms it takes the lowest, which needs no library; the objects themselves, not the archive,
# so that libtlssocket can be built where OpenSSL and libcurl are not there.

MBEDCONFIG_SOURCES := $(filter-out %/main.c,$(wildcard src/mbedconfig/*.c)) $(wildcard src/caembed/base/*.c)
MBEDCONFIG_OBJECTS := $(MBEDCONFIG_SOURCES:%.c=$(BUILD)/obj/%.o)

ALL += $(BUILD)/mbed-config
UNIT_TESTS += $(BUILD)/tests/unit/mbedconfig

$(BUILD)/obj/src/mbedconfig/%.o: MODULE_CFLAGS = -Isrc/mbedconfig -Isrc/caembed

$(BUILD)/mbed-config: $(BUILD)/obj/src/mbedconfig/main.o $(MBEDCONFIG_OBJECTS)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^

$(BUILD)/obj/tests/unit/mbedconfig/%.o: private MODULE_CFLAGS := -Isrc/mbedconfig -Isrc/caembed

$(BUILD)/tests/unit/mbedconfig: $(BUILD)/obj/tests/unit/mbedconfig/test_mbedconfig.o $(MBEDCONFIG_OBJECTS)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(shell pkg-config --libs check)

install:: $(BUILD)/mbed-config
	install -D -m 755 $(BUILD)/mbed-config "$(DESTDIR)$(PREFIX)/bin/mbed-config"
	install -D -m 644 man/mbed-config.1 "$(DESTDIR)$(PREFIX)/share/man/man1/mbed-config.1"
