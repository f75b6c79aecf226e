# tests/macros/module.mk -- the certificates of tests/e2e/macros.sh and targets.sh

TEST_TOOLS += $(BUILD)/tests/mkcases $(BUILD)/tests/cases/made

$(BUILD)/obj/tests/macros/%.o: MODULE_CFLAGS = -Itests/pki $(OPENSSL_CFLAGS)

$(BUILD)/tests/mkcases: $(BUILD)/obj/tests/macros/mkcases.o $(BUILD)/obj/tests/pki/pki.o
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(OPENSSL_LIBS)

$(BUILD)/tests/cases/made: $(BUILD)/tests/mkcases
	@mkdir -p $(@D)
	$< $(@D)
	@touch $@
