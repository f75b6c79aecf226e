# bench/module.mk -- measurements: ratios against what a user would run instead, never a test

bench:
	scripts/install-deps bench
	$(MAKE) all $(TEST_TOOLS)
	BUILD=$(BUILD) bench/fetch.sh
	BUILD=$(BUILD) bench/many.sh
	$(MAKE) bench-tlssocket

.PHONY: bench

# Makes the recordings that bench/survey.sh judges.
$(BUILD)/obj/bench/mkrecording.o: MODULE_CFLAGS = -Isrc/caembed -Itests/pki $(CAEMBED_CFLAGS)
$(BUILD)/bench/mkrecording: $(BUILD)/obj/bench/mkrecording.o $(BUILD)/obj/tests/pki/pki.o $(CAEMBED_OBJ)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(CAEMBED_LIBS)

bench-survey: all $(BUILD)/bench/mkrecording
	BUILD=$(BUILD) bench/survey.sh

.PHONY: bench-survey
