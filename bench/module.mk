# bench/module.mk -- measurements: ratios against what a user would run instead, never a test

# make bench BENCH="one many": these sets of bench/ratios.sh, into bench/figures.tsv; without BENCH all the rest.
bench:
	scripts/install-deps bench
	$(MAKE) all $(TEST_TOOLS) $(BUILD)/bench/mkbench
ifdef BENCH
	BUILD=$(BUILD) bench/ratios.sh $(BENCH)
else
	BUILD=$(BUILD) bench/fetch.sh
	BUILD=$(BUILD) bench/many.sh
	$(MAKE) bench-tlssocket
endif

.PHONY: bench

# Makes the recordings that bench/survey.sh judges.
$(BUILD)/obj/bench/mkrecording.o: MODULE_CFLAGS = -Isrc/caembed -Itests/pki $(CAEMBED_CFLAGS)
$(BUILD)/bench/mkrecording: $(BUILD)/obj/bench/mkrecording.o $(BUILD)/obj/tests/pki/pki.o $(CAEMBED_OBJ)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(CAEMBED_LIBS)

bench-survey: all $(BUILD)/bench/mkrecording
	BUILD=$(BUILD) bench/survey.sh

.PHONY: bench-survey

# The plot, and on standard output the tables, of the figures that there are.
bench-plot:
	bench/plot.py bench/figures.tsv docs/bench.svg

$(BUILD)/obj/bench/mkbench.o: private MODULE_CFLAGS := $(OPENSSL_CFLAGS)
$(BUILD)/bench/mkbench: $(BUILD)/obj/bench/mkbench.o $(BUILD)/obj/tests/pki/pki.o
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(OPENSSL_LIBS)

.PHONY: bench-plot
