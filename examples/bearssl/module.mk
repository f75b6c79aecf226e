# examples/bearssl/module.mk -- make example-bearssl HEADER=trust_anchors.h: a client with BearSSL and these anchors
#
# Leaves BEARSSL_EXAMPLE (build/bearssl-hello). Wants libbearssl-dev.

BEARSSL_EXAMPLE ?= $(BUILD)/bearssl-hello

example-bearssl:
	@test -f "$(HEADER)" || { echo "usage: make example-bearssl HEADER=trust_anchors.h" >&2; exit 1; }
	@mkdir -p "$(BEARSSL_EXAMPLE).config"
	cp "$(HEADER)" "$(BEARSSL_EXAMPLE).config/trust_anchors.h"
	$(filter-out -MMD -MP,$(COMPILE)) "-I$(BEARSSL_EXAMPLE).config" -o "$(BEARSSL_EXAMPLE)" \
		examples/bearssl/main.c $(LDFLAGS) -lbearssl

.PHONY: example-bearssl
