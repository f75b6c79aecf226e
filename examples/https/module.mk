# examples/https/module.mk -- make example-https HEADER=ssl_ca_pem.h APP=mbed_app.json
#
# Builds the client and the library anew, as `make example` does, into EXAMPLE_HTTPS (build/https). The
# parser is llhttp. Debian 13 has it as a library, Debian 12 as C sources; a firmware compiles the sources: three files
# in the folder LLHTTP, and llhttp.h in LLHTTP_INCLUDE.

EXAMPLE_HTTPS ?= $(BUILD)/https
HTTPS_SOURCES := $(addprefix examples/https/,http_response.c http_url.c https_client.c https_error.c)
HTTPS_OBJECTS := $(HTTPS_SOURCES:%.c=$(BUILD)/obj/%.o)

ifneq ($(shell pkg-config --exists libllhttp 2>/dev/null && echo yes)$(LLHTTP),yes)
  LLHTTP ?= /usr/share/llhttp
  LLHTTP_INCLUDE ?= $(firstword $(dir $(wildcard $(LLHTTP)/llhttp.h $(LLHTTP)/../include/llhttp.h /usr/share/include/llhttp/llhttp.h)))
  LLHTTP_CFLAGS := -isystem $(LLHTTP_INCLUDE)
  LLHTTP_OBJECTS := $(patsubst %,$(BUILD)/obj/llhttp/%.o,api http llhttp)
else
  LLHTTP_CFLAGS := $(shell pkg-config --cflags libllhttp)
  LLHTTP_LIBS := $(shell pkg-config --libs libllhttp)
endif

# Not our code, not our warnings. Before version 9 llhttp reads by the letter of the RFC only if told so.
$(BUILD)/obj/llhttp/%.o: $(LLHTTP)/%.c
	@mkdir -p $(@D)
	$(CC) $(HARDENING) $(CPPFLAGS) $(CFLAGS) $(SANITIZERS) -w -DLLHTTP_STRICT_MODE=1 $(LLHTTP_CFLAGS) -c -o $@ $<

example-https: $(BUILD)/mbed-config $(LLHTTP_OBJECTS)
	@test -f "$(HEADER)" && test -f "$(APP)" || { echo "usage: make example-https HEADER=ssl_ca_pem.h APP=mbed_app.json" >&2; exit 1; }
	@mkdir -p "$(EXAMPLE_HTTPS).config"
	$(BUILD)/mbed-config -o "$(EXAMPLE_HTTPS).config/mbed_config.h" $(TLSSOCKET_LIB_JSON) "$(APP)"
	cp "$(HEADER)" "$(EXAMPLE_HTTPS).config/ssl_ca_pem.h"
	$(filter-out -MMD -MP,$(COMPILE)) $(EXAMPLE_CPPFLAGS) $(LLHTTP_CFLAGS) -include "$(EXAMPLE_HTTPS).config/mbed_config.h" -Iinclude \
	    "-I$(EXAMPLE_HTTPS).config" -o "$(EXAMPLE_HTTPS)" examples/https/main.c $(HTTPS_SOURCES) $(TLSSOCKET_SOURCES) \
	    $(LLHTTP_OBJECTS) $(LDFLAGS) $(LLHTTP_LIBS) $(MBEDTLS_LIBS)

.PHONY: example-https

# ---- tests ----

UNIT_TESTS += $(BUILD)/tests/unit/https

$(HTTPS_OBJECTS) $(BUILD)/obj/tests/unit/https/test_https.o $(BUILD)/obj/tests/fuzz/fuzz_https.o: \
    private MODULE_CFLAGS := -Iinclude -Iexamples/https $(LLHTTP_CFLAGS) -include $(TLSSOCKET_CONFIG)
$(HTTPS_OBJECTS) $(BUILD)/obj/tests/unit/https/test_https.o $(BUILD)/obj/tests/fuzz/fuzz_https.o: $(TLSSOCKET_CONFIG)

$(BUILD)/tests/unit/https: $(BUILD)/obj/tests/unit/https/test_https.o $(HTTPS_OBJECTS) $(LLHTTP_OBJECTS) $(BUILD)/libtlssocket.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(LLHTTP_LIBS) $(MBEDTLS_LIBS) $(shell pkg-config --libs check)
