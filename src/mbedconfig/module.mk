# src/mbedconfig/module.mk -- mbed_lib.json... and mbed_app.json -> mbed_config.h

MBEDCONFIG_SOURCES := $(addprefix src/mbedconfig/,config.c files.c parse.c values.c)
MBEDCONFIG_OBJECTS := $(MBEDCONFIG_SOURCES:%.c=$(BUILD)/obj/%.o)

ALL += $(BUILD)/mbed-config
UNIT_TESTS += $(BUILD)/tests/unit/mbedconfig

$(BUILD)/mbed-config: $(BUILD)/obj/src/mbedconfig/main.o $(MBEDCONFIG_OBJECTS)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ -lcjson -lm

$(BUILD)/obj/tests/unit/mbedconfig/%.o: private MODULE_CFLAGS := -Isrc/mbedconfig

$(BUILD)/tests/unit/mbedconfig: $(BUILD)/obj/tests/unit/mbedconfig/test_mbedconfig.o $(MBEDCONFIG_OBJECTS)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ -lcjson -lm $(shell pkg-config --libs check)

install:: $(BUILD)/mbed-config
	install -D -m 755 $(BUILD)/mbed-config "$(DESTDIR)$(PREFIX)/bin/mbed-config"
	install -D -m 644 man/mbed-config.1 "$(DESTDIR)$(PREFIX)/share/man/man1/mbed-config.1"
