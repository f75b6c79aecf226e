/* depfile.c -- the files that were read -> a make rule */
#include "emit/depfile.h"

#include <string.h>

/* A name as make reads it in a rule: white space, number and dollar signs are escaped as gcc -M
 * does (a backslash only where it stands before one of the first two). */
static int add_name(const char *name, struct text *out, struct error *err)
{
    const size_t plain = strcspn(name, "\n:;|*?[%=&");
    const size_t length = strlen(name);
    size_t backslashes = 0;

    if (name[plain] != '\0' || (length > 0 && name[length - 1] == '\\')) {
        error_set(err, ERROR_WRITE, "--depfile: a make rule cannot hold the name %s", name);
        return error_hint(err, "rename the file, without %s",
                          name[plain] == '\0'   ? "the backslash at its end"
                          : name[plain] == '\n' ? "a line feed"
                                                : "any of : ; | * ? [ % = &");
    }
    if (name[0] == '~') /* make would take it for a home folder */
        text_add(out, "./");
    for (; *name != '\0'; name++) {
        bool is_special = *name == ' ' || *name == '\t' || *name == '#';
        for (; is_special && backslashes > 0; backslashes--)
            text_add(out, "\\");
        backslashes = *name == '\\' ? backslashes + 1 : 0;
        text_add(out, "%s%c", is_special ? "\\" : *name == '$' ? "$" : "", *name);
    }
    return 0;
}

int depfile_make(const char *target, const char *const *input, size_t count, struct text *out,
                 struct error *err)
{
    if (add_name(target, out, err) != 0)
        return -1;
    text_add(out, ":");
    for (size_t i = 0; i < count; i++) {
        text_add(out, " ");
        if (add_name(input[i], out, err) != 0)
            return -1;
    }
    text_add(out, "\n");
    for (size_t i = 0; i < count; i++) {
        if (add_name(input[i], out, err) != 0)
            return -1;
        text_add(out, ":\n");
    }
    return out->failed ? error_no_memory(err) : 0;
}
