# tests/module.mk -- the test programs and the ways to run them

TEST_TOOLS := $(BUILD)/tests/freeport $(BUILD)/tests/miniserver
E2E_TESTS := $(sort $(wildcard tests/cli/*.sh tests/e2e/*.sh))

$(BUILD)/tests/freeport $(BUILD)/tests/miniserver: $(BUILD)/tests/%: $(BUILD)/obj/tests/support/%.o
	@mkdir -p $(@D)
	$(LINK) -o $@ $^

check:
	scripts/install-deps test
	$(MAKE) check-only

check-only: all $(TEST_TOOLS) $(UNIT_TESTS)
	BUILD=$(BUILD) tests/run $(UNIT_TESTS) $(E2E_TESTS)

.PHONY: check check-only
