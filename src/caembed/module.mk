# src/caembed/module.mk -- the tool

OPENSSL_CFLAGS := $(shell pkg-config --cflags libcrypto 2>/dev/null)
OPENSSL_LIBS := $(shell pkg-config --libs libcrypto 2>/dev/null)
CAEMBED_CFLAGS := $(shell pkg-config --cflags libssl libcrypto libcurl libcjson libidn2 2>/dev/null)
CAEMBED_LIBS := $(shell pkg-config --libs libssl libcrypto libcurl libcjson libidn2 2>/dev/null) $(MBEDTLS_LIBS)

ifeq ($(BEARSSL),yes)
  CAEMBED_CFLAGS += -DCAEMBED_BEARSSL
  CAEMBED_LIBS += -lbearssl
endif

# The rooms, as an archive: mkstore and mbed-config take from it the objects that they call, the unit
# tests any. The bundled store stands outside it, since mkstore makes it.
CAEMBED_ROOMS := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard src/caembed/*/*.c))
CAEMBED_ARCHIVE := $(BUILD)/rooms.a
CAEMBED_OBJ := $(BUILD)/obj/gen/store_data.o $(CAEMBED_ARCHIVE)

ALL += $(BUILD)/caembed

$(CAEMBED_ARCHIVE): $(CAEMBED_ROOMS)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/caembed: $(BUILD)/obj/src/caembed/main.o $(BUILD)/obj/gen/store_data.o $(CAEMBED_ARCHIVE)
	$(LINK) -o $@ $^ $(CAEMBED_LIBS)

$(BUILD)/obj/src/caembed/%.o: MODULE_CFLAGS = -Isrc/caembed $(CAEMBED_CFLAGS)

STORE_TABLES := $(addprefix data/mozilla/,owners.tsv lifecycle.tsv profiles.tsv)

$(BUILD)/gen/store_data.c: data/mozilla/roots.pem $(STORE_TABLES) $(BUILD)/mkstore
	@mkdir -p $(@D)
	$(BUILD)/mkstore c $(STORE_TABLES) $< > $@

$(BUILD)/obj/gen/store_data.o: $(BUILD)/gen/store_data.c
	@mkdir -p $(@D)
	$(COMPILE) -Isrc/caembed -c -o $@ $<

install:: $(BUILD)/caembed
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1"
	install -m 755 $(BUILD)/caembed "$(DESTDIR)$(PREFIX)/bin/caembed"
	install -m 644 man/caembed.1 "$(DESTDIR)$(PREFIX)/share/man/man1/caembed.1"
	install -d "$(DESTDIR)$(PREFIX)/share/bash-completion/completions" "$(DESTDIR)$(PREFIX)/share/zsh/site-functions" \
	    "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"
	$(BUILD)/caembed --completion bash >"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/caembed"
	$(BUILD)/caembed --completion zsh >"$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_caembed"
	$(BUILD)/caembed --completion fish >"$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/caembed.fish"
	cd "$(DESTDIR)$(PREFIX)/share" && chmod 644 bash-completion/completions/caembed zsh/site-functions/_caembed \
	    fish/vendor_completions.d/caembed.fish

.PHONY: install
