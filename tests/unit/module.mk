# tests/unit/module.mk -- unit tests of the tool, a program a module

CHECK_CFLAGS := $(shell pkg-config --cflags check 2>/dev/null)
CHECK_LIBS := $(shell pkg-config --libs check 2>/dev/null)
CAEMBED_UNIT := $(patsubst tests/unit/caembed/%.c,%,$(filter-out %/unit.c,$(wildcard tests/unit/caembed/*.c)))
UNIT_TESTS += $(CAEMBED_UNIT:%=$(BUILD)/tests/unit/caembed/%)

$(BUILD)/obj/tests/unit/caembed/%.o: MODULE_CFLAGS = -Isrc/caembed -Itests/pki $(CAEMBED_CFLAGS) $(CHECK_CFLAGS)

$(BUILD)/tests/unit/caembed/%: $(BUILD)/obj/tests/unit/caembed/%.o $(BUILD)/obj/tests/unit/caembed/unit.o \
    $(BUILD)/obj/tests/pki/pki.o $(CAEMBED_OBJ)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(CHECK_LIBS) $(CAEMBED_LIBS)
