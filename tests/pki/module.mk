# tests/pki/module.mk -- certificates for the tests

TEST_TOOLS += $(BUILD)/tests/mkpki

$(BUILD)/obj/tests/pki/%.o: MODULE_CFLAGS = $(OPENSSL_CFLAGS)

$(BUILD)/tests/mkpki: $(BUILD)/obj/tests/pki/mkpki.o $(BUILD)/obj/tests/pki/pki.o
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(OPENSSL_LIBS)
