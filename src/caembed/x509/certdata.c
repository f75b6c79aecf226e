/* certdata.c -- certdata.txt -> the roots trusted for TLS servers, with their distrust-after dates
 */
#include "x509/certdata.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/timestamp.h"
#include "x509/cert.h"

#define SHA1_LENGTH 20

struct octets {
    uint8_t *data;
    size_t length;
};

/* One object of the file, a certificate or a trust record; only what matters here is kept. */
struct object {
    bool is_trust;
    bool is_server_root;
    char label[ROOT_LABEL_SIZE];
    struct octets issuer, serial, value, sha1, distrust_after;
};

struct objects {
    struct object *object;
    size_t count;
};

struct reader {
    const char *at;
    size_t line; /* of the line last taken */
    const char *name;
    struct error *err;
};

static int fail(const struct reader *reader, const char *what)
{
    error_set(reader->err, ERROR_USAGE, "%s:%zu: %s", reader->name, reader->line, what);
    return error_hint(reader->err, "expected Mozilla's certdata.txt or a PEM bundle");
}

/* Takes a line without its line end; false at the end of the text. */
static bool take_line(struct reader *reader, const char **line, size_t *length)
{
    if (*reader->at == '\0')
        return false;
    *line = reader->at;
    *length = strcspn(reader->at, "\n");
    reader->at += *length + (reader->at[*length] == '\n' ? 1 : 0);
    reader->line++;
    if (*length > 0 && (*line)[*length - 1] == '\r')
        (*length)--;
    return true;
}

static bool is_octal(const char *digit, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (digit[i] < '0' || digit[i] > '7')
            return false;
    return true;
}

/* Appends the bytes of a line such as `\060\127\061`. Returns 0, or -1 if it is not of that form.
 */
static int append_octal(const char *line, size_t length, uint8_t *out, size_t *out_length)
{
    for (size_t i = 0; i < length; i += 4) {
        int value;
        if (length - i < 4 || line[i] != '\\' || !is_octal(line + i + 1, 3))
            return -1;
        value = (line[i + 1] - '0') << 6 | (line[i + 2] - '0') << 3 | (line[i + 3] - '0');
        if (value > 255 || *out_length == CERTDATA_VALUE_LENGTH_MAX)
            return -1;
        out[(*out_length)++] = (uint8_t)value;
    }
    return 0;
}

/* Reads the lines behind MULTILINE_OCTAL up to END; *out may be NULL for a value nobody wants. */
static int take_octets(struct reader *reader, struct octets *out)
{
    uint8_t buffer[CERTDATA_VALUE_LENGTH_MAX];
    size_t used = 0;
    size_t length;
    const char *line;

    while (take_line(reader, &line, &length)) {
        if (length == 3 && memcmp(line, "END", 3) == 0) {
            if (out == NULL)
                return 0;
            free(out->data);
            out->data = malloc(used + 1);
            if (out->data == NULL)
                return error_no_memory(reader->err);
            memcpy(out->data, buffer, used);
            out->length = used;
            return 0;
        }
        if (append_octal(line, length, buffer, &used) != 0)
            return fail(reader, "not an octal line, or a value too long");
    }
    return fail(reader, "the text ends inside a value");
}

/* The field of an object that an attribute's octets belong to, or NULL. */
static struct octets *octets_field(struct object *object, const char *attribute)
{
    const struct {
        const char *attribute;
        struct octets *field;
    } fields[] = {
        {"CKA_ISSUER", &object->issuer},
        {"CKA_SERIAL_NUMBER", &object->serial},
        {"CKA_VALUE", &object->value},
        {"CKA_CERT_SHA1_HASH", &object->sha1},
        {"CKA_NSS_SERVER_DISTRUST_AFTER", &object->distrust_after},
    };

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strcmp(fields[i].attribute, attribute) == 0)
            return fields[i].field;
    return NULL;
}

static int add_object(struct objects *objects, const char *class, struct reader *reader)
{
    struct object *larger;

    if (objects->count == CERTDATA_OBJECT_COUNT_MAX)
        return fail(reader, "too many objects");
    larger = array_grow(objects->object, objects->count, sizeof *larger);
    if (larger == NULL)
        return error_no_memory(reader->err);
    objects->object = larger;
    larger[objects->count] = (struct object){.is_trust = strcmp(class, "CKO_NSS_TRUST") == 0};
    objects->count++;
    return 0;
}

static void set_label(struct object *object, const char *quoted)
{
    snprintf(object->label, sizeof object->label, "%s", *quoted == '"' ? quoted + 1 : quoted);
    object->label[strcspn(object->label, "\"")] = '\0';
}

/* One line `ATTRIBUTE TYPE VALUE` of the data section. */
static int take_attribute(struct reader *reader, const char *line, size_t length,
                          struct objects *objects)
{
    char attribute[64] = "", type[32] = "", value[ROOT_LABEL_SIZE] = "";
    char text[400];
    struct object *object;

    snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : sizeof text - 1),
             line);
    if (sscanf(text, "%63s %31s %127[^\n]", attribute, type, value) < 2)
        return fail(reader, "not an attribute");
    if (strcmp(attribute, "CKA_CLASS") == 0)
        return add_object(objects, value, reader);
    object = objects->count > 0 ? &objects->object[objects->count - 1] : NULL;
    if (strcmp(type, "MULTILINE_OCTAL") == 0)
        return take_octets(reader, object != NULL ? octets_field(object, attribute) : NULL);
    if (object == NULL)
        return 0;
    if (strcmp(attribute, "CKA_LABEL") == 0)
        set_label(object, value);
    if (strcmp(attribute, "CKA_TRUST_SERVER_AUTH") == 0)
        object->is_server_root = strcmp(value, "CKT_NSS_TRUSTED_DELEGATOR") == 0;
    return 0;
}

static int read_objects(struct reader *reader, struct objects *objects)
{
    bool in_data = false;
    const char *line;
    size_t length;

    while (take_line(reader, &line, &length)) {
        if (length == 9 && memcmp(line, "BEGINDATA", 9) == 0)
            in_data = true;
        else if (in_data && length > 0 && line[0] != '#' &&
                 take_attribute(reader, line, length, objects) != 0)
            return -1;
    }
    return 0;
}

static bool octets_equal(const struct octets *a, const struct octets *b)
{
    return a->length == b->length && a->length > 0 && memcmp(a->data, b->data, a->length) == 0;
}

/* A trust record without a hash binds by issuer and serial number alone. */
static bool matches_sha1(const struct object *certificate, const struct octets *sha1)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    if (sha1->length == 0)
        return true;
    return sha1->length == SHA1_LENGTH &&
           EVP_Digest(certificate->value.data, certificate->value.length, digest, &length,
                      EVP_sha1(), NULL) == 1 &&
           memcmp(digest, sha1->data, SHA1_LENGTH) == 0;
}

static bool is_trusted(const struct object *certificate, const struct objects *objects)
{
    for (size_t i = 0; i < objects->count; i++) {
        const struct object *trust = &objects->object[i];
        if (trust->is_trust && octets_equal(&trust->issuer, &certificate->issuer) &&
            octets_equal(&trust->serial, &certificate->serial))
            return trust->is_server_root && matches_sha1(certificate, &trust->sha1);
    }
    return false;
}

/* CKA_NSS_SERVER_DISTRUST_AFTER is a UTCTime's text, `241130235959Z`; absent means none. */
static int read_distrust_after(const struct object *object, int64_t *out)
{
    const struct octets *text = &object->distrust_after;
    char rfc3339[40];
    const char *d = (const char *)text->data;

    *out = TIMESTAMP_NONE;
    if (text->length == 0)
        return 0;
    if (text->length != 13 || d[12] != 'Z')
        return -1;
    snprintf(rfc3339, sizeof rfc3339, "20%.2s-%.2s-%.2sT%.2s:%.2s:%.2sZ", d, d + 2, d + 4, d + 6,
             d + 8, d + 10);
    return timestamp_parse(rfc3339, out);
}

static int add_root(const struct object *object, struct reader *reader, struct roots *out)
{
    int64_t distrust_after;
    X509 *cert = cert_from_der(object->value.data, object->value.length);

    if (cert == NULL || read_distrust_after(object, &distrust_after) != 0) {
        X509_free(cert);
        error_set(reader->err, ERROR_USAGE,
                  "%s: the certificate '%s' or its distrust-after date is broken", reader->name,
                  object->label);
        return error_hint(reader->err, "fetch certdata.txt again");
    }
    if (root_list_add(out, cert, distrust_after, object->label) != 0) {
        X509_free(cert);
        return error_no_memory(reader->err);
    }
    return 0;
}

static void objects_free(struct objects *objects)
{
    for (size_t i = 0; i < objects->count; i++) {
        struct object *object = &objects->object[i];
        free(object->issuer.data);
        free(object->serial.data);
        free(object->value.data);
        free(object->sha1.data);
        free(object->distrust_after.data);
    }
    free(objects->object);
}

bool certdata_is(const char *text)
{
    static const char mark[] = "BEGINDATA";
    const char *at = text;

    while ((at = strstr(at, mark)) != NULL) {
        bool begins_line = at == text || at[-1] == '\n';
        at += sizeof mark - 1;
        if (begins_line && (*at == '\0' || *at == '\r' || *at == '\n'))
            return true;
    }
    return false;
}

int certdata_parse(const char *text, size_t length, const char *name, struct roots *out,
                   struct error *err)
{
    struct reader reader = {text, 0, name, err};
    struct objects objects = {NULL, 0};
    int rv = -1;

    if (memchr(text, '\0', length) != NULL)
        return fail(&reader, "not a text file");
    if (read_objects(&reader, &objects) != 0)
        goto done;
    for (size_t i = 0; i < objects.count; i++) {
        const struct object *object = &objects.object[i];
        if (!object->is_trust && object->value.length > 0 && is_trusted(object, &objects) &&
            add_root(object, &reader, out) != 0)
            goto done;
    }
    if (out->count == 0) {
        fail(&reader, "no root is trusted for TLS servers");
        goto done;
    }
    rv = 0;
done:
    objects_free(&objects);
    return rv;
}
