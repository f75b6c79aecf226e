# src/mkstore/module.mk -- the build tool that turns a trust store into text and C tables

$(BUILD)/obj/src/mkstore/%.o: MODULE_CFLAGS = -Isrc/caembed -Isrc/mkstore $(OPENSSL_CFLAGS)

$(BUILD)/mkstore: $(BUILD)/obj/src/mkstore/main.o $(BUILD)/obj/src/mkstore/lifecycle.o $(BUILD)/rooms.a
	$(LINK) -o $@ $^ $(OPENSSL_LIBS)
