# src/mkstore/module.mk -- the build tool that turns a trust store into text and C tables

MKSTORE_OBJ := $(addprefix $(BUILD)/obj/src/,mkstore/main.o \
    $(addprefix caembed/,cert.o certdata.o error.o input.o pem.o roots.o text.o timestamp.o))

$(BUILD)/obj/src/mkstore/%.o: MODULE_CFLAGS = -Isrc/caembed $(OPENSSL_CFLAGS)

$(BUILD)/mkstore: $(MKSTORE_OBJ)
	$(LINK) -o $@ $^ $(OPENSSL_LIBS)
