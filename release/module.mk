# release/module.mk -- the tool as a program that needs libc alone: $(BUILD)/release/caembed
#
# It is the same code, linked with archives: Debian's own for OpenSSL, Mbed TLS, BearSSL and libidn2, and those that
# release/deps builds. Two builds of one commit by one compiler are the same bytes, whatever folder they are made in.

RELEASE := $(BUILD)/release
RELEASE_DEPS := $(RELEASE)/deps
# Debian 13's Mbed TLS has its Curve25519 and P-256 code in archives of their own.
archive = $(filter /%,$(shell $(CC) -print-file-name=lib$(1).a))
RELEASE_LIBS = $(addprefix $(RELEASE_DEPS)/lib/,libcurl.a libcjson.a) \
    -Wl,-Bstatic $(filter-out -ldl -pthread,$(shell pkg-config --static --libs libssl libcrypto libidn2)) -Wl,-Bdynamic \
    $(MBEDTLS_STATIC) $(call archive,everest) $(call archive,p256m) -Wl,-Bstatic -lbearssl -Wl,-Bdynamic -ldl -pthread

# What CFLAGS, CPPFLAGS and LDFLAGS say holds for the other builds.
release:
	scripts/install-deps release
	CC='$(CC)' release/deps $(RELEASE_DEPS)
	[ $(RELEASE)/caembed -nt $(RELEASE_DEPS)/made ] || rm -rf $(RELEASE)/obj $(RELEASE)/caembed
	$(MAKE) BUILD=$(RELEASE) BEARSSL=yes CFLAGS=-O2 CPPFLAGS= LDFLAGS='-s -static-libgcc' \
	    CAEMBED_CFLAGS='-isystem $(RELEASE_DEPS)/include -DCAEMBED_BEARSSL' CAEMBED_LIBS='$(RELEASE_LIBS)' $(RELEASE)/caembed

# The command-line cases, what reaches hosts, and the demo, with the release build in the place of the tool; and what is
# said of the program itself.
RELEASE_TESTS := tests/cli/run.sh $(addprefix tests/e2e/,reach.sh failures.sh aia.sh chains.sh)
check-release:
	scripts/install-deps test demo
	$(MAKE) release
	$(MAKE) check-release-only
check-release-only: all $$(TEST_TOOLS) $(BUILD)/tests/tls_client
	mkdir -p $(RELEASE)/check
	ln -sfn ../caembed $(RELEASE)/check/caembed
	ln -sfn ../../tests $(RELEASE)/check/tests
	BUILD=$(RELEASE)/check tests/run $(RELEASE_TESTS)
	BUILD=$(RELEASE)/check tests/run tests/release/binary.sh # which builds; others measure time
	BUILD=$(RELEASE)/check scripts/demo

.PHONY: release check-release check-release-only
