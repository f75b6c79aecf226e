/* format_esp_bundle.c -- anchors -> a certificate bundle of ESP-IDF */
#include <stdlib.h>
#include <string.h>

#include "emit/esp_bundle.h"
#include "x509/cert.h"

/* What a bundle has of an anchor; both in DER, borrowed from the certificate. */
struct entry {
    const unsigned char *name;
    unsigned char *key; /* owned */
    size_t name_len, key_len;
};

/* The order of the device's search. */
static int compare_names(const void *a, const void *b)
{
    const struct entry *first = a, *second = b;
    const bool is_shorter = first->name_len < second->name_len;
    const int order =
        memcmp(first->name, second->name, is_shorter ? first->name_len : second->name_len);

    if (order != 0 || first->name_len == second->name_len)
        return order;
    return is_shorter ? -1 : 1;
}

static int take_entry(const X509 *cert, struct entry *out, struct error *err)
{
    const int key_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &out->key);

    if (key_len <= 0 ||
        X509_NAME_get0_der(X509_get_subject_name(cert), &out->name, &out->name_len) != 1)
        return error_no_memory(err);
    out->key_len = (size_t)key_len;
    if (out->name_len <= UINT16_MAX && out->key_len <= UINT16_MAX)
        return 0;
    error_set(err, ERROR_TARGET, "the name or the key of an anchor is longer than 65,535 bytes");
    return error_hint(err, "a bundle has two bytes for each length; -f pem takes this anchor");
}

static int check_names(const struct entry *entry, size_t count, struct error *err)
{
    for (size_t i = 1; i < count; i++) {
        if (compare_names(&entry[i - 1], &entry[i]) != 0)
            continue;
        error_set(err, ERROR_TARGET,
                  "two anchors have the same name, and a bundle finds one of them alone");
        return error_hint(err, "-f pem takes both; or split the hosts over two bundles");
    }
    return 0;
}

static int take_entries(const struct bundle *bundle, struct entry *entry, struct error *err)
{
    if (bundle->count > ESP_BUNDLE_COUNT_MAX) {
        error_set(err, ERROR_TARGET, "%zu anchors are more than the %d of a bundle", bundle->count,
                  ESP_BUNDLE_COUNT_MAX);
        return error_hint(err, "--fewest needs fewer; -f pem takes any number");
    }
    for (size_t i = 0; i < bundle->count; i++)
        if (take_entry(bundle->anchor[i].embedded.x509, &entry[i], err) != 0)
            return -1;
    qsort(entry, bundle->count, sizeof *entry, compare_names);
    return check_names(entry, bundle->count, err);
}

/* ---- the two layouts ---- */

static void add_big(struct text *out, size_t number)
{
    const char bytes[] = {(char)(number >> 8 & 0xff), (char)(number & 0xff)};

    text_add_bytes(out, bytes, sizeof bytes);
}

static void add_little(struct text *out, size_t number, size_t size)
{
    for (; size > 0; size--, number >>= 8) {
        const char byte = (char)(number & 0xff);
        text_add_bytes(out, &byte, 1);
    }
}

static void add_name_and_key(struct text *out, const struct entry *entry)
{
    text_add_bytes(out, (const char *)entry->name, entry->name_len);
    text_add_bytes(out, (const char *)entry->key, entry->key_len);
}

static void add_5_3(struct text *out, const struct entry *entry, size_t count)
{
    add_big(out, count);
    for (size_t i = 0; i < count; i++) {
        add_big(out, entry[i].name_len);
        add_big(out, entry[i].key_len);
        add_name_and_key(out, &entry[i]);
    }
}

#define OFFSET_SIZE 4
#define LENGTHS_SIZE 4

static void add_5_4(struct text *out, const struct entry *entry, size_t count)
{
    size_t offset = count * OFFSET_SIZE;

    for (size_t i = 0; i < count; i++) {
        add_little(out, offset, OFFSET_SIZE);
        offset += LENGTHS_SIZE + entry[i].name_len + entry[i].key_len;
    }
    for (size_t i = 0; i < count; i++) {
        add_little(out, entry[i].name_len, 2);
        add_little(out, entry[i].key_len, 2);
        add_name_and_key(out, &entry[i]);
    }
}

static int add_bundle(struct text *out, const struct render_input *input,
                      void (*add)(struct text *out, const struct entry *entry, size_t count),
                      struct error *err)
{
    const size_t count = input->bundle->count;
    struct entry *entry = calloc(count + 1, sizeof *entry);
    int rv;

    if (entry == NULL)
        return error_no_memory(err);
    rv = take_entries(input->bundle, entry, err);
    if (rv == 0)
        add(out, entry, count);
    for (size_t i = 0; i < count; i++)
        OPENSSL_free(entry[i].key);
    free(entry);
    return rv;
}

int format_esp_bundle_5_3_add(struct text *out, const struct render_input *input, struct error *err)
{
    return add_bundle(out, input, add_5_3, err);
}

int format_esp_bundle_add(struct text *out, const struct render_input *input, struct error *err)
{
    return add_bundle(out, input, add_5_4, err);
}

static size_t size_of(const struct bundle_anchor *anchor)
{
    struct error ignored = {.code = ERROR_NONE};
    struct entry entry = {.key = NULL};
    const int rv = take_entry(anchor->embedded.x509, &entry, &ignored);

    OPENSSL_free(entry.key);
    return rv == 0 ? LENGTHS_SIZE + entry.name_len + entry.key_len : 0;
}

size_t format_esp_bundle_5_3_size(const struct bundle_anchor *anchor, size_t number)
{
    (void)number;
    return size_of(anchor);
}

size_t format_esp_bundle_size(const struct bundle_anchor *anchor, size_t number)
{
    (void)number;
    return OFFSET_SIZE + size_of(anchor);
}
