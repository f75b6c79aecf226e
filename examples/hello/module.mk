# examples/hello/module.mk -- make example HEADER=ssl_ca_pem.h APP=mbed_app.json
#
# Builds the example and the library anew, as a firmware would: both with the mbed_config.h that
# mbed-config makes of APP and the library's mbed_lib.json. Leaves EXAMPLE (build/hello).
# EXAMPLE_CPPFLAGS may set HELLO_HOST, HELLO_PORT and HELLO_PATH; so may its arguments.

EXAMPLE ?= $(BUILD)/hello

example: $(BUILD)/mbed-config
	@test -f "$(HEADER)" && test -f "$(APP)" || { echo "usage: make example HEADER=ssl_ca_pem.h APP=mbed_app.json" >&2; exit 1; }
	@mkdir -p "$(EXAMPLE).config"
	$(BUILD)/mbed-config -o "$(EXAMPLE).config/mbed_config.h" $(TLSSOCKET_LIB_JSON) "$(APP)"
	cp "$(HEADER)" "$(EXAMPLE).config/ssl_ca_pem.h"
	$(filter-out -MMD -MP,$(COMPILE)) $(EXAMPLE_CPPFLAGS) -include "$(EXAMPLE).config/mbed_config.h" -Iinclude "-I$(EXAMPLE).config" \
		-o "$(EXAMPLE)" examples/hello/main.c $(TLSSOCKET_SOURCES) $(LDFLAGS) $(MBEDTLS_LIBS)

.PHONY: example
