# src/tlssocket/module.mk -- the library, its tests and its installation
#
# build/libtlssocket.a has tracing compiled in, which prints nothing until mbed_trace_init();
# build/notrace/libtlssocket.a is the same without, as a small device has it. Both are configured
# by what mbed-config writes.

TLSSOCKET_CORE := $(wildcard src/tlssocket/*.c)
TLSSOCKET_SOURCES := $(TLSSOCKET_CORE) $(wildcard src/tlssocket/standalone/*.c)
TLSSOCKET_LIB_JSON := src/tlssocket/mbed_lib.json src/tlssocket/standalone/mbed_lib.json
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

$(TLSSOCKET_CONFIG): $(BUILD)/mbed-config $(TLSSOCKET_LIB_JSON) src/tlssocket/standalone/mbed_app.json
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

install::
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/include/tlssocket include/tlssocket/*.h
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib $(BUILD)/libtlssocket.a
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/pkgconfig
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man3 man/tlssocket.3
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/tlssocket src/tlssocket/mbed_lib.json
	install -D -m 644 src/tlssocket/standalone/mbed_lib.json $(DESTDIR)$(PREFIX)/share/tlssocket/mbed-trace/mbed_lib.json
