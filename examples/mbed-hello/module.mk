# examples/mbed-hello/module.mk -- make example-mbed HEADER=ssl_ca_pem.h APP=mbed_app.json
#
# The C++ program with Mbed OS's calls, for a PC: the library is built anew with the settings of APP, as in
# `make example`. Leaves EXAMPLE_MBED (build/mbed-hello).

EXAMPLE_MBED ?= $(BUILD)/mbed-hello

example-mbed: $(BUILD)/mbed-config
	@test -f "$(HEADER)" && test -f "$(APP)" || { echo "usage: make example-mbed HEADER=ssl_ca_pem.h APP=mbed_app.json" >&2; exit 1; }
	@mkdir -p "$(EXAMPLE_MBED).config"
	$(BUILD)/mbed-config -o "$(EXAMPLE_MBED).config/mbed_config.h" $(TLSSOCKET_LIB_JSON) "$(APP)"
	cp "$(HEADER)" "$(EXAMPLE_MBED).config/ssl_ca_pem.h"
	for source in $(TLSSOCKET_SOURCES); do \
	    $(filter-out -MMD -MP,$(COMPILE)) -include "$(EXAMPLE_MBED).config/mbed_config.h" -Iinclude \
	        -c -o "$(EXAMPLE_MBED).config/$$(basename "$$source" .c).o" "$$source" || exit 1; done
	$(filter-out -MMD -MP,$(COMPILE_CXX)) $(EXAMPLE_CPPFLAGS) -include "$(EXAMPLE_MBED).config/mbed_config.h" \
	    -Iinclude -Iinclude/tlssocket/mbed "-I$(EXAMPLE_MBED).config" -o "$(EXAMPLE_MBED)" \
	    examples/mbed-hello/main.cpp "$(EXAMPLE_MBED).config"/*.o $(LDFLAGS) $(MBEDTLS_LIBS)

.PHONY: example-mbed
