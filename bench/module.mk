# bench/module.mk -- measurements: ratios against what a user would run instead, never a test

bench:
	scripts/install-deps bench
	$(MAKE) all $(TEST_TOOLS)
	BUILD=$(BUILD) bench/fetch.sh
	BUILD=$(BUILD) bench/many.sh
	$(MAKE) bench-tlssocket

.PHONY: bench
