/* esp_bundle_reader.c -- a certificate bundle of ESP-IDF -> certificates that stand for its anchors
 */
#include <stdio.h>
#include <string.h>

#include "emit/esp_bundle.h"
#include "x509/cert.h"

/* An anchor in the bundle's bytes. */
struct entry {
    const uint8_t *name, *key;
    size_t name_len, key_len;
};

struct reader {
    const uint8_t *bytes;
    size_t length;
    enum esp_bundle_layout layout;
};

static size_t big(const uint8_t *bytes)
{
    return (size_t)bytes[0] << 8 | bytes[1];
}

static size_t little(const uint8_t *bytes)
{
    return (size_t)bytes[1] << 8 | bytes[0];
}

static size_t offset_at(const struct reader *reader, size_t index)
{
    const uint8_t *bytes = reader->bytes + 4 * index;

    return little(bytes + 2) << 16 | little(bytes);
}

/* How many anchors the bundle says that it has; 0 if it can't be. */
static size_t count_of(const struct reader *reader)
{
    if (reader->layout == ESP_BUNDLE_5_3)
        return reader->length >= 2 ? big(reader->bytes) : 0;
    if (reader->length < 4 || offset_at(reader, 0) % 4 != 0 ||
        offset_at(reader, 0) > reader->length)
        return 0;
    return offset_at(reader, 0) / 4;
}

/* The anchor at `at`. Returns where it ends, 0 if it does not lie within the bundle. */
static size_t take_entry(const struct reader *reader, size_t at, struct entry *out)
{
    size_t (*const number)(const uint8_t *bytes) = reader->layout == ESP_BUNDLE_5_3 ? big : little;
    size_t name_len, key_len;

    if (at > reader->length || reader->length - at < 4)
        return 0;
    name_len = number(reader->bytes + at);
    key_len = number(reader->bytes + at + 2);
    at += 4;
    if (reader->length - at < name_len + key_len)
        return 0;
    *out = (struct entry){.name = reader->bytes + at,
                          .key = reader->bytes + at + name_len,
                          .name_len = name_len,
                          .key_len = key_len};
    return at + name_len + key_len;
}

/* As the device compares: as far as the shorter name goes, so that one which begins another would
 * be taken for it. */
static int compare_names(const struct entry *a, const struct entry *b)
{
    return memcmp(a->name, b->name, a->name_len < b->name_len ? a->name_len : b->name_len);
}

/* Calls for every anchor, in order. Returns NULL, or what is wrong. */
static const char *walk(const struct reader *reader, size_t count,
                        const char *(*take)(const struct entry *entry, struct text *pem),
                        struct text *pem)
{
    size_t at = reader->layout == ESP_BUNDLE_5_3 ? 2 : 4 * count;
    struct entry entry, before = {.name = NULL};

    for (size_t i = 0; i < count; i++, before = entry) {
        const char *wrong = NULL;
        if (reader->layout == ESP_BUNDLE_5_4 && offset_at(reader, i) != at)
            return "an offset is not where an anchor begins";
        at = take_entry(reader, at, &entry);
        if (at == 0)
            return "it ends within an anchor";
        if (before.name != NULL && compare_names(&before, &entry) >= 0)
            return "its anchors are not sorted by name, one of each, and the device searches by "
                   "halves";
        wrong = take != NULL ? take(&entry, pem) : NULL;
        if (wrong != NULL)
            return wrong;
    }
    return at == reader->length ? NULL : "bytes follow after the last anchor";
}

static const char *add_stand_in(const struct entry *entry, struct text *pem)
{
    const unsigned char *end = entry->key;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &end, (long)entry->key_len);
    X509 *cert = key != NULL && end == entry->key + entry->key_len
                     ? cert_stand_in(entry->name, entry->name_len, key, true)
                     : NULL;
    const int rv = cert != NULL ? cert_add_pem(cert, pem) : -1;

    X509_free(cert);
    EVP_PKEY_free(key);
    return rv == 0 ? NULL : "the name or the key of an anchor cannot be read";
}

static bool fits(const struct text *bundle, enum esp_bundle_layout layout)
{
    const struct reader reader = {(const uint8_t *)bundle->data, bundle->length, layout};
    const size_t count = count_of(&reader);

    return count > 0 && count <= ESP_BUNDLE_COUNT_MAX && walk(&reader, count, NULL, NULL) == NULL;
}

static int fail(const struct text *bundle, enum esp_bundle_layout layout, const char *wrong,
                struct error *err)
{
    static const char *const releases[] = {
        [ESP_BUNDLE_5_3] = "up to 5.3", [ESP_BUNDLE_5_4] = "5.4 and later"};
    static const char *const formats[] = {
        [ESP_BUNDLE_5_3] = "esp-bundle-5.3", [ESP_BUNDLE_5_4] = "esp-bundle"};
    const enum esp_bundle_layout other = layout == ESP_BUNDLE_5_3 ? ESP_BUNDLE_5_4 : ESP_BUNDLE_5_3;

    if (fits(bundle, other)) {
        error_set(err, ERROR_PROOF,
                  "it has the layout of ESP-IDF %s, which ESP-IDF %s refuses (0x102)",
                  releases[other], releases[layout]);
        return error_hint(err, "-f %s is for ESP-IDF %s", formats[other], releases[other]);
    }
    error_set(err, ERROR_PROOF, "it is no certificate bundle of ESP-IDF %s: %s", releases[layout],
              wrong);
    return error_hint(err, "a bundle is what -f %s writes, or gen_crt_bundle.py of ESP-IDF",
                      formats[layout]);
}

int esp_bundle_read(const struct text *bundle, enum esp_bundle_layout layout, struct text *pem,
                    struct error *err)
{
    const struct text empty = {.data = "", .length = 0};
    const struct text *source = bundle->data != NULL ? bundle : &empty;
    const struct reader reader = {(const uint8_t *)source->data, source->length, layout};
    const size_t count = count_of(&reader);
    const char *wrong = count == 0                     ? "it has no anchor"
                        : count > ESP_BUNDLE_COUNT_MAX ? "it has more than 200 anchors"
                                                       : walk(&reader, count, add_stand_in, pem);

    return wrong == NULL ? 0 : fail(source, layout, wrong, err);
}
