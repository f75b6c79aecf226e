# tests/fuzz/module.mk -- fuzz targets, each with two drivers
#
#   make check-only                 a few thousand mutations of each target's seeds, always the same
#   make fuzz FUZZ_SECONDS=30       each target that long under libFuzzer (clang), with sanitizers
#                                   FUZZ=chain takes one; crashes are left in $(BUILD)/fuzz

FUZZ ?= chain cheader endpoint https json mbedapp mbedconfig recording roots text timestamp tlssocket
FUZZ_SECONDS ?= 30
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
UNIT_TESTS += $(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/fuzz_%)

$(BUILD)/obj/tests/fuzz/%.o: MODULE_CFLAGS = -Isrc/caembed -Itests/pki $(CAEMBED_CFLAGS)
$(BUILD)/obj/tests/fuzz/fuzz_mbedconfig.o: MODULE_CFLAGS = -Isrc/mbedconfig -Isrc/caembed
$(BUILD)/obj/tests/fuzz/fuzz_tlssocket.o: MODULE_CFLAGS = -Iinclude -Isrc/tlssocket -Itests/support -include $(TLSSOCKET_CONFIG)
$(BUILD)/obj/tests/fuzz/fuzz_tlssocket.o: $(TLSSOCKET_CONFIG)

# The random numbers and the time are the target's own.
FUZZ_WRAP := $(TEST_WRAP),--wrap=mbedtls_entropy_func,--wrap=time
FUZZ_HTTPS := $(BUILD)/obj/tests/fuzz/fuzz_https.o $(BUILD)/obj/tests/fuzz/common.o \
    $(patsubst %,$(BUILD)/obj/examples/https/%.o,http_response http_url) $(LLHTTP_OBJECTS)
FUZZ_TLSSOCKET := $(BUILD)/obj/tests/fuzz/fuzz_tlssocket.o $(BUILD)/obj/tests/fuzz/common.o $(TLSSOCKET_TEST_SUPPORT) $(BUILD)/libtlssocket.a

$(BUILD)/tests/fuzz/fuzz_mbedconfig: $(BUILD)/obj/tests/fuzz/fuzz_mbedconfig.o $(BUILD)/obj/tests/fuzz/driver.o \
    $(BUILD)/obj/tests/fuzz/common.o $(MBEDCONFIG_OBJECTS)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^

$(BUILD)/tests/fuzz/fuzz_tlssocket: $(BUILD)/obj/tests/fuzz/driver.o $(FUZZ_TLSSOCKET)
	@mkdir -p $(@D)
	$(LINK) $(FUZZ_WRAP) -o $@ $^ $(MBEDTLS_STATIC)

$(BUILD)/tests/fuzz/fuzz_https: $(BUILD)/obj/tests/fuzz/driver.o $(FUZZ_HTTPS)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(LLHTTP_LIBS)

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/driver.o \
    $(BUILD)/obj/tests/fuzz/common.o $(BUILD)/obj/tests/pki/pki.o $(CAEMBED_OBJ)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(CAEMBED_LIBS)

# The same with libFuzzer's main() in place of ours.
$(BUILD)/tests/libfuzzer/fuzz_mbedconfig: $(BUILD)/obj/tests/fuzz/fuzz_mbedconfig.o $(BUILD)/obj/tests/fuzz/libfuzzer.o \
    $(BUILD)/obj/tests/fuzz/common.o $(MBEDCONFIG_OBJECTS)
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer -o $@ $^

$(BUILD)/tests/libfuzzer/fuzz_tlssocket: $(BUILD)/obj/tests/fuzz/libfuzzer.o $(FUZZ_TLSSOCKET)
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer $(FUZZ_WRAP) -o $@ $^ $(MBEDTLS_STATIC)

$(BUILD)/tests/libfuzzer/fuzz_https: $(BUILD)/obj/tests/fuzz/libfuzzer.o $(FUZZ_HTTPS)
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer -o $@ $^ $(LLHTTP_LIBS)

$(BUILD)/tests/libfuzzer/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/libfuzzer.o \
    $(BUILD)/obj/tests/fuzz/common.o $(BUILD)/obj/tests/pki/pki.o $(CAEMBED_OBJ)
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer -o $@ $^ $(CAEMBED_LIBS)

fuzz: $(FUZZ:%=$(BUILD)/tests/fuzz/fuzz_%)
	$(MAKE) BUILD=$(BUILD)/fuzz CC=clang WERROR= CFLAGS='-O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all \
	    -fsanitize=fuzzer-no-link,address,undefined' $(FUZZ:%=$(BUILD)/fuzz/tests/libfuzzer/fuzz_%)
	set -e; for target in $(FUZZ); do \
	    mkdir -p $(BUILD)/fuzz/corpus/$$target; \
	    $(BUILD)/tests/fuzz/fuzz_$$target -s $(BUILD)/fuzz/corpus/$$target; \
	    $(BUILD)/fuzz/tests/libfuzzer/fuzz_$$target -max_total_time=$(FUZZ_SECONDS) -timeout=30 -max_len=16384 \
	        -print_final_stats=1 -verbosity=0 -artifact_prefix=$(BUILD)/fuzz/$$target- $(BUILD)/fuzz/corpus/$$target; \
	done

.PHONY: fuzz
