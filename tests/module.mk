# tests/module.mk -- the test programs and the ways to run them

TEST_TOOLS := $(BUILD)/tests/freeport $(BUILD)/tests/miniserver $(BUILD)/tests/no-bearssl/caembed
VALGRIND := valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect
SLOWEST := tests/e2e/tlssocket.sh tests/e2e/macros.sh tests/e2e/many.sh tests/e2e/survey.sh # which begin first
E2E_TESTS := $(SLOWEST) $(filter-out $(SLOWEST),$(sort $(wildcard tests/cli/*.sh tests/e2e/*.sh)))

$(BUILD)/tests/freeport $(BUILD)/tests/miniserver: $(BUILD)/tests/%: $(BUILD)/obj/tests/support/%.o
	@mkdir -p $(@D)
	$(LINK) -o $@ $^

# The tool as it is where libbearssl is missing: one object takes the place of the archive's.
$(BUILD)/tests/no-bearssl/caembed: $(BUILD)/obj/src/caembed/main.o $(BUILD)/obj/tests/no-bearssl.o $(CAEMBED_OBJ)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(filter-out -lbearssl,$(CAEMBED_LIBS))

$(BUILD)/obj/tests/no-bearssl.o: src/caembed/device/bearssl.c | $(BUILD)/found
	@mkdir -p $(@D)
	$(COMPILE) $(filter-out -DCAEMBED_BEARSSL,-Isrc/caembed $(CAEMBED_CFLAGS)) -c -o $@ $<

check:
	scripts/install-deps test
	$(MAKE) check-only

# Modules read after this one add to these lists.
.SECONDEXPANSION:
test-programs: all $$(TEST_TOOLS) $$(UNIT_TESTS)

check-only: test-programs
	BUILD=$(BUILD) tests/run $(E2E_TESTS) $(UNIT_TESTS)

# What to run after every change: the unit tests and the command-line cases, in less than half a minute. The fuzz
# drivers, the failing allocations and the older C++ standards are left to `make check`.
check-fast: test-programs
	BUILD=$(BUILD) tests/run tests/cli/run.sh $(filter-out %/tls_faults %/mbed_face_c++98 %/mbed_face_c++11 \
	    $(BUILD)/tests/fuzz/%,$(UNIT_TESTS))

# Everything with AddressSanitizer and UndefinedBehaviorSanitizer, in a build of its own.
check-sanitize:
	JOBS=$${JOBS:-$$(getconf _NPROCESSORS_ONLN)} $(MAKE) SANITIZE=address BUILD=$(BUILD)/san check-only

# What threads share, with ThreadSanitizer, in a build of its own: all that connects, replays, checks or fetches. Its
# shadow memory does not go with every layout that the kernel picks at random, so it picks none.
THREAD_TESTS := $(addprefix tests/e2e/,threads.sh many.sh replay.sh aia.sh)
THREAD_UNIT_TESTS = $(addprefix $(BUILD)/tests/unit/caembed/test_,workers store proof_cache transfers)
check-threads:
	$(MAKE) SANITIZE=thread BUILD=$(BUILD)/tsan check-threads-only
check-threads-only: all $$(TEST_TOOLS) $$(THREAD_UNIT_TESTS)
	BUILD=$(BUILD) TSAN_OPTIONS=halt_on_error=1 setarch -R tests/run $(THREAD_TESTS) $(THREAD_UNIT_TESTS)

# Every third command-line case under valgrind; STRIDE=1 for all of them, in six minutes.
check-valgrind: all $$(TEST_TOOLS)
	BUILD=$(BUILD) STRIDE=$${STRIDE:-3} CAEMBED_WRAPPER='$(VALGRIND)' tests/run $(wildcard tests/cli/*.sh)

# Both commands of the README on a fresh Debian, as root and as an ordinary user.
SUITE ?= trixie
check-debian:
	scripts/check-debian $(SUITE)

# The packages of debian/, built in one fresh Debian and used in another.
check-packages:
	scripts/check-packages $(SUITE)

# Breaks the code on purpose, and says which test catches it; MUTANTS=PART for some of them.
check-mutants: all $$(TEST_TOOLS) $$(UNIT_TESTS)
	BUILD="$$(realpath "$(BUILD)")" tests/mutants/run $(MUTANTS)

# What the tests run of the code, by gcov: a table by room, from a build of its own. A test that fails there is said,
# but the table comes anyway.
coverage:
	scripts/install-deps test
	mkdir -p $(BUILD)/coverage
	find $(BUILD)/coverage -name '*.gcda' -delete
	-$(MAKE) CC=gcc BUILD=$(BUILD)/coverage CFLAGS='-O0 -g --coverage' check-only
	scripts/coverage $(BUILD)/coverage

# For clangd and other tools. bear watches a build from scratch, in a folder of its own.
compile_commands.json: $(shell git ls-files '*.c' '*.mk' 2>/dev/null)
	scripts/install-deps editor
	rm -rf $(BUILD)/editor
	bear --output $@ -- $(MAKE) BUILD=$(BUILD)/editor editor-programs

editor-programs: all $$(TEST_TOOLS) $$(UNIT_TESTS)

.PHONY: check-mutants coverage editor-programs
.PHONY: test-programs check-debian check-packages check check-fast check-only check-sanitize check-threads check-threads-only check-valgrind
