# tests/pki/module.mk -- certificates for the tests

TEST_TOOLS += $(BUILD)/tests/mkpki $(BUILD)/tests/pki/made

$(BUILD)/obj/tests/pki/%.o: MODULE_CFLAGS = $(OPENSSL_CFLAGS)

$(BUILD)/tests/mkpki: $(BUILD)/obj/tests/pki/mkpki.o $(BUILD)/obj/tests/pki/pki.o
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(OPENSSL_LIBS)

# One PKI for all tests of a build.
$(BUILD)/tests/pki/made: $(BUILD)/tests/mkpki
	@mkdir -p $(@D)
	$< $(@D)
	@touch $@
