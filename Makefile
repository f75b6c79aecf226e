# Makefile -- builds, tests and installs caembed; everything it makes lies in $(BUILD)
#
#   make            the tool and the libraries          make demo     the main job, shown on loopback
#   make dist       the source, as a tarball            make check-packages  Debian's packages, built and used
#   make check      every test                          make lint     clang-format, clang-tidy, cppcheck, mandoc
#   make install    PREFIX=/usr/local LIBDIR= DESTDIR=  make bench    the figures of bench/README.md
#   make check-fast its unit tests and CLI cases         make format   clang-format in place
#   make release  build/release/caembed, which needs libc alone      make check-release
#   make clean              make MBEDTLS=FOLDER       against the Mbed TLS that was built there
#
# A module is a folder with a module.mk; it adds its programs and libraries to ALL and its
# tests to UNIT_TESTS. CC, CFLAGS, LDFLAGS and WERROR= (to lift -Werror) are the user's.

BUILD ?= build
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
CFLAGS ?= -O2 -g
comma := ,
CXXFLAGS ?= $(CFLAGS)
WERROR ?= -Werror
VERSION := $(shell cat VERSION)

all: # the modules say what

ifneq ($(words $(BUILD)),1)
  $(error BUILD=$(BUILD): its path may have no blanks)
endif

WARNINGS := -Wall -Wextra -Wpedantic -Wformat=2 -Wshadow -Wconversion $(WERROR)
ifdef SANITIZE # address or thread
  SANITIZERS := -fsanitize=$(SANITIZE)$(if $(filter address,$(SANITIZE)),$(comma)undefined) -fno-sanitize-recover=all -fno-omit-frame-pointer
else
  # A hardened build where the compiler has it; HARDENING= and LINK_HARDENING= turn it off.
  takes = $(shell for flag in $(1); do echo 'int main(void) { return 0; }' | \
      $(CC) -Werror $$flag $(2) -x c -o /dev/null - 2>/dev/null && echo "$$flag"; done)
  HARDENING := $(call takes,-fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE,-c)
  ifeq ($(findstring _FORTIFY_SOURCE,$(CFLAGS) $(CPPFLAGS)),)
    HARDENING += $(if $(filter-out -O0,$(filter -O%,$(CFLAGS))),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  endif
  LINK_HARDENING := $(call takes,-pie -Wl$(comma)-z$(comma)relro -Wl$(comma)-z$(comma)now)
endif
COMPILE = $(CC) -std=c99 -D_POSIX_C_SOURCE=200809L $(HARDENING) $(CPPFLAGS) $(CFLAGS) $(WARNINGS) $(SANITIZERS) $(MODULE_CFLAGS) $(MBEDTLS_CFLAGS) $(VERSION_FLAGS) -MMD -MP
COMPILE_CXX = $(CXX) $(HARDENING) -D_POSIX_C_SOURCE=200809L $(CPPFLAGS) $(CXXFLAGS) $(WARNINGS) $(SANITIZERS) $(MODULE_CXXFLAGS) $(MBEDTLS_CFLAGS) -MMD -MP
LINK = $(CC) $(CFLAGS) $(LINK_HARDENING) $(LDFLAGS) $(SANITIZERS)

# Mbed TLS is the system's, or with MBEDTLS=FOLDER what was built there: a source tree or an installation.
ifdef MBEDTLS
  MBEDTLS_LIB := $(firstword $(wildcard $(addprefix $(MBEDTLS)/,library/libmbedtls.a build/library/libmbedtls.a lib/libmbedtls.a)))
  ifeq ($(MBEDTLS_LIB),)
    $(error MBEDTLS=$(MBEDTLS): no libmbedtls.a in its library, build/library or lib)
  endif
  MBEDTLS_CFLAGS := $(addprefix -isystem ,$(wildcard $(addprefix $(MBEDTLS)/,include tf-psa-crypto/include tf-psa-crypto/drivers/builtin/include)))
  MBEDTLS_LIBS := $(MBEDTLS_LIB) $(dir $(MBEDTLS_LIB))libmbedx509.a $(dir $(MBEDTLS_LIB))libmbedcrypto.a
  MBEDTLS_STATIC := $(MBEDTLS_LIBS)
else
  MBEDTLS_LIBS := -lmbedtls -lmbedx509 -lmbedcrypto
  MBEDTLS_STATIC := -Wl,-Bstatic $(MBEDTLS_LIBS) -Wl,-Bdynamic
endif

# libbearssl proves the target bearssl. Where it is missing, or with BEARSSL=no, the tool is built without it.
BEARSSL ?= $(shell echo 'int main(void) { br_x509_minimal_init_full(0, 0, 0); return 0; }' | \
    $(CC) $(CPPFLAGS) $(LDFLAGS) -include bearssl.h -x c -o /dev/null - -lbearssl 2>/dev/null && echo yes || echo no)
BEARSSL := $(BEARSSL)

ALL :=
UNIT_TESTS :=

include $(wildcard src/*/module.mk examples/*/module.mk tests/module.mk tests/*/module.mk bench/module.mk release/module.mk)

all: $(ALL)

# The programs' own version, from one file.
$(BUILD)/obj/src/%/main.o: VERSION_FLAGS = -DPROJECT_VERSION='"$(VERSION)"'
$(BUILD)/obj/src/caembed/main.o $(BUILD)/obj/src/mbedconfig/main.o: VERSION

$(BUILD)/obj/%.o: %.c | $(BUILD)/found
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

# What the tool is built with must be here; if not, the packages are named, and the command that installs them.
$(BUILD)/found:
	@mkdir -p $(@D)
	@{ printf '#include <%s>\n' openssl/ssl.h curl/curl.h cjson/cJSON.h mbedtls/ssl.h | \
	        $(CC) $(CPPFLAGS) $(CAEMBED_CFLAGS) $(MBEDTLS_CFLAGS) -E -x c - >/dev/null && \
	    pkg-config --exists --print-errors libssl libcrypto libcurl libcjson libidn2; } 2>$@.log || \
	    { scripts/install-deps --missing && cat $@.log >&2; exit 1; }
	@mv $@.log $@

-include $(shell [ -d $(BUILD)/obj ] && find $(BUILD)/obj -name '*.d')

# What was compiled for another Mbed TLS, or with or without BearSSL, is compiled anew.
$(shell [ -d $(BUILD)/obj ] && find $(BUILD)/obj -name '*.o'): $(BUILD)/mbedtls
$(BUILD)/mbedtls: FORCE
	@mkdir -p $(@D)
	@echo '$(MBEDTLS) $(BEARSSL)' | cmp -s - $@ || echo '$(MBEDTLS) $(BEARSSL)' >$@
FORCE:

demo:
	scripts/install-deps demo
	$(MAKE) all $(BUILD)/tests/mkpki $(BUILD)/tests/freeport
	BUILD=$(BUILD) scripts/demo

# The source of the commit that is checked out, and its SHA-256.
dist:
	scripts/dist "$(BUILD)/dist"

lint:
	scripts/install-deps lint
	scripts/lint

format:
	git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf $(BUILD)

.PHONY: all demo dist lint format clean
.DELETE_ON_ERROR:
.SECONDARY: # objects between stay, or the next build compiles them again
