/* test_esp_bundle.c -- bundles of ESP-IDF, read by a reader of the test's own, and its look-up rule
 */
#include <stdlib.h>
#include <string.h>

#include "device/device.h"
#include "emit/esp_bundle.h"
#include "emit/prove.h"
#include "emit/render.h"
#include "unit.h"
#include "x509/cert.h"
#include "x509/pem.h"

static const struct pki_row rows[] = {
    {.name = "root", .flags = PKI_CA},
    {.name = "second", .flags = PKI_CA},
    {.name = "rsa", .key = "rsa2048/rsa", .flags = PKI_CA},
    {.name = "long", .organization = "An organization with a long name", .flags = PKI_CA},
    {.name = "root_namesake", .subject = "root", .flags = PKI_CA},
    {.name = "cross", .subject = "root", .key = "p256/root", .issuer = "second", .flags = PKI_CA},
    {.name = "cross_past",
     .subject = "root",
     .key = "p256/root",
     .issuer = "second",
     .until = "20210101000000Z",
     .flags = PKI_CA},
    {.name = "int", .issuer = "root", .flags = PKI_CA},
    {.name = "leaf", .issuer = "int", .san = "DNS:localhost"},
    {.name = "rsa_leaf", .issuer = "rsa", .san = "DNS:localhost"},
};

static struct pki *pki;

static void set_up(void)
{
    pki = pki_new(rows, COUNT(rows));
}

static void tear_down(void)
{
    pki_free(pki);
}

static const struct target *esp_idf(void)
{
    return target_with_bundle(target_find("esp-idf"));
}

static void render(const char *format, const char *names, struct text *out)
{
    STACK_OF(X509) *certs = pki_chain(pki, names);
    struct error err = {.code = ERROR_NONE};
    struct bundle bundle = {.count = 0};
    struct render_input input = {render_find(format), &bundle, esp_idf(), "", "caembed"};

    for (int i = 0; i < sk_X509_num(certs); i++) {
        const struct embedded anchor = {.x509 = sk_X509_value(certs, i)};
        ck_assert_int_eq(bundle_add(&bundle, "localhost:443", &anchor, 1, NULL, &err), 0);
    }
    ck_assert_msg(render_header(&input, out, &err) == 0, "%s", err.message);
    bundle_free(&bundle);
    sk_X509_pop_free(certs, X509_free);
}

/* ---- a device's search, written from the table of the layouts ---- */

struct found {
    const uint8_t *key;
    size_t key_len;
    unsigned steps;
};

static size_t number(const uint8_t *at, size_t size, bool high_first)
{
    size_t value = 0;

    for (size_t i = 0; i < size; i++)
        value = value << 8 | at[high_first ? i : size - 1 - i];
    return value;
}

/* Where each anchor begins. */
static size_t list_anchors(const struct text *bundle, bool is_5_3, const uint8_t *anchor[200])
{
    const uint8_t *start = (const uint8_t *)bundle->data;
    const size_t count = is_5_3 ? number(start, 2, true) : number(start, 4, false) / 4;
    const uint8_t *at = start + 2;

    ck_assert_uint_le(count, 200);
    for (size_t i = 0; i < count; i++) {
        anchor[i] = is_5_3 ? at : start + number(start + 4 * i, 4, false);
        at = anchor[i] + 4 + number(anchor[i], 2, is_5_3) + number(anchor[i] + 2, 2, is_5_3);
        ck_assert(anchor[i] < start + bundle->length);
    }
    return count;
}

static bool look_up(const struct text *bundle, bool is_5_3, const uint8_t *name, size_t name_len,
                    struct found *out)
{
    const uint8_t *anchor[200];
    size_t low = 0, high = list_anchors(bundle, is_5_3, anchor);

    for (out->steps = 0; low < high; out->steps++) {
        const size_t middle = low + (high - low) / 2;
        const uint8_t *at = anchor[middle];
        const size_t len = number(at, 2, is_5_3);
        const int order = memcmp(name, at + 4, len < name_len ? len : name_len);
        if (order == 0) {
            out->key = at + 4 + len;
            out->key_len = number(at + 2, 2, is_5_3);
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

static const struct {
    const char *format, *names, *missing;
} contents[] = {
    {"esp-bundle", "root", "second"},
    {"esp-bundle-5.3", "root", "second"},
    {"esp-bundle", "second rsa long root int", "leaf"},
    {"esp-bundle-5.3", "second rsa long root int", "leaf"},
};

START_TEST(each_anchor_is_found_by_halves_and_no_other)
{
    const bool is_5_3 = strcmp(contents[_i].format, "esp-bundle-5.3") == 0;
    STACK_OF(X509) *certs = pki_chain(pki, contents[_i].names);
    struct text bundle = {0};
    struct found found;
    const unsigned char *name;
    size_t name_len;

    render(contents[_i].format, contents[_i].names, &bundle);
    for (int i = 0; i < sk_X509_num(certs); i++) {
        const X509 *cert = sk_X509_value(certs, i);
        unsigned char *key = NULL;
        const int key_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &key);
        X509_NAME_get0_der(X509_get_subject_name(cert), &name, &name_len);
        ck_assert(look_up(&bundle, is_5_3, name, name_len, &found));
        ck_assert_uint_eq(found.key_len, (size_t)key_len);
        ck_assert_mem_eq(found.key, key, found.key_len);
        ck_assert_uint_le(found.steps, 2);
        OPENSSL_free(key);
    }
    X509_NAME_get0_der(X509_get_subject_name(pki_cert(pki, contents[_i].missing)), &name,
                       &name_len);
    ck_assert(!look_up(&bundle, is_5_3, name, name_len, &found));
    sk_X509_pop_free(certs, X509_free);
    text_free(&bundle);
}
END_TEST

/* ---- reading ---- */

static int read_back(const char *format, const struct text *bundle, struct text *pem,
                     struct error *err)
{
    return esp_bundle_read(
        bundle, strcmp(format, "esp-bundle-5.3") == 0 ? ESP_BUNDLE_5_3 : ESP_BUNDLE_5_4, pem, err);
}

START_TEST(what_is_written_is_read_back)
{
    struct text bundle = {0}, pem = {0};
    struct error err = {.code = ERROR_NONE};
    struct pem_list list = {.count = 0};
    STACK_OF(X509) *certs = pki_chain(pki, contents[_i].names);

    render(contents[_i].format, contents[_i].names, &bundle);
    ck_assert_msg(read_back(contents[_i].format, &bundle, &pem, &err) == 0, "%s", err.message);
    ck_assert_int_eq(pem_parse(pem.data, pem.length, "it", &list, &err), 0);
    ck_assert_uint_eq(list.count, (size_t)sk_X509_num(certs));
    for (size_t i = 0; i < list.count; i++) {
        size_t same = 0;
        for (int k = 0; k < sk_X509_num(certs); k++)
            same += cert_same_anchor(list.entry[i].cert, sk_X509_value(certs, k)) ? 1 : 0;
        ck_assert_uint_eq(same, 1);
    }
    pem_list_free(&list);
    sk_X509_pop_free(certs, X509_free);
    text_free(&bundle);
    text_free(&pem);
}
END_TEST

/* Bytes that replace those at `at`, from the end if it is negative; "" cuts there. */
static const struct {
    const char *format, *names;
    long at;
    const char *bytes;
    size_t length;
    const char *want;
} damages[] = {
    {"esp-bundle-5.3", "root", 0, "", 0, "has no anchor"},
    {"esp-bundle", "root", 0, "", 0, "has no anchor"},
    {"esp-bundle-5.3", "root", 1, "", 0, "has no anchor"},
    {"esp-bundle", "root", 3, "", 0, "has no anchor"},
    {"esp-bundle-5.3", "root", 0, "\0\0", 2, "has no anchor"},
    {"esp-bundle", "root", 0, "\0\0\0\0", 4, "has no anchor"},
    {"esp-bundle", "root", 0, "\x05\0\0\0", 4, "has no anchor"},
    {"esp-bundle", "root", 0, "\xfc\xff\xff\xff", 4, "has no anchor"},
    {"esp-bundle-5.3", "root", 0, "\xff\xff", 2, "more than 200 anchors"},
    {"esp-bundle-5.3", "root", 0, "\0\2", 2, "ends within an anchor"},
    {"esp-bundle-5.3", "root", 2, "\xff\xff\xff\xff", 4, "ends within an anchor"},
    {"esp-bundle", "root", 4, "\xff\xff\xff\xff", 4, "ends within an anchor"},
    {"esp-bundle", "root second", 4, "\x09\0\0\0", 4, "an offset is not where"},
    {"esp-bundle-5.3", "root second", -1, "", 0, "ends within an anchor"},
    {"esp-bundle", "root second", -1, "", 0, "ends within an anchor"},
    {"esp-bundle-5.3", "root second", 0, "\0\1", 2, "bytes follow after the last anchor"},
    {"esp-bundle-5.3", "root", 6, "\x31", 1, "the name or the key of an anchor cannot be read"},
    {"esp-bundle", "root", 8, "\x31", 1, "the name or the key of an anchor cannot be read"},
    {"esp-bundle-5.3", "root", -70, "\x31", 1, "the name or the key of an anchor cannot be read"},
};

START_TEST(a_damaged_bundle_is_refused)
{
    struct text bundle = {0}, pem = {0};
    struct error err = {.code = ERROR_NONE};
    size_t at;

    render(damages[_i].format, damages[_i].names, &bundle);
    at = damages[_i].at < 0 ? bundle.length - (size_t)-damages[_i].at : (size_t)damages[_i].at;
    if (damages[_i].length == 0)
        bundle.length = at;
    else
        memcpy(bundle.data + at, damages[_i].bytes, damages[_i].length);
    ck_assert_int_eq(read_back(damages[_i].format, &bundle, &pem, &err), -1);
    ck_assert_int_eq(err.code, ERROR_PROOF);
    ck_assert_msg(strstr(err.message, damages[_i].want) != NULL, "%s", err.message);
    ck_assert_str_ne(err.hint, "");
    text_free(&bundle);
    text_free(&pem);
}
END_TEST

/* The device compares as far as the shorter name goes. */
START_TEST(an_order_in_which_the_device_finds_nothing_is_refused)
{
    struct text one = {0}, two = {0}, both = {0}, pem = {0};
    struct error err = {.code = ERROR_NONE};

    render("esp-bundle-5.3", "second", &one);
    render("esp-bundle-5.3", _i == 0 ? "root" : "second", &two);
    text_add_bytes(&both, "\0\2", 2);
    text_add_bytes(&both, one.data + 2, one.length - 2);
    text_add_bytes(&both, two.data + 2, two.length - 2);
    ck_assert_int_eq(esp_bundle_read(&both, ESP_BUNDLE_5_3, &pem, &err), -1);
    ck_assert_msg(strstr(err.message, "not sorted by name, one of each") != NULL, "%s",
                  err.message);
    text_free(&one);
    text_free(&two);
    text_free(&both);
    text_free(&pem);
}
END_TEST

START_TEST(the_other_layout_is_named)
{
    static const char *const formats[] = {"esp-bundle", "esp-bundle-5.3"};
    struct text bundle = {0}, pem = {0};
    struct error err = {.code = ERROR_NONE};

    render(formats[_i], "root second", &bundle);
    ck_assert_int_eq(read_back(formats[1 - _i], &bundle, &pem, &err), -1);
    ck_assert_msg(strstr(err.message, "it has the layout of ESP-IDF") != NULL, "%s", err.message);
    ck_assert_msg(strstr(err.hint, formats[_i]) != NULL, "%s", err.hint);
    text_free(&bundle);
    text_free(&pem);
}
END_TEST

/* No two anchors of one name: the search would find either. */
START_TEST(two_anchors_of_one_name_are_refused)
{
    const struct embedded anchors[] = {{.x509 = pki_cert(pki, "root")},
                                       {.x509 = pki_cert(pki, "root_namesake")}};
    struct error err = {.code = ERROR_NONE};
    struct bundle bundle = {.count = 0};
    struct text out = {0};
    struct render_input input = {render_find("esp-bundle"), &bundle, esp_idf(), "", "caembed"};

    ck_assert_int_eq(bundle_add(&bundle, "localhost:443", anchors, 2, NULL, &err), 0);
    ck_assert_int_eq(render_header(&input, &out, &err), -1);
    ck_assert_int_eq(err.code, ERROR_TARGET);
    bundle_free(&bundle);
    text_free(&out);
}
END_TEST

/* ---- the look-up rule ---- */

static const struct {
    const char *claim, *anchors, *presented;
    int last; /* of the presented */
    bool want, want_as_string;
} verdicts[] = {
    {"the root of the last", "root", "leaf int", 1, true, true},
    {"a presented root is asked for itself", "root", "leaf int root", 2, true, true},
    {"a presented cross-certificate needs its issuer", "root", "leaf int cross", 2, false, true},
    {"which is enough", "second", "leaf int cross", 2, true, true},
    {"and among others", "rsa root second", "leaf int cross", 2, true, true},
    {"one that has expired counts, where no date is compared", "second", "leaf int cross_past", 2,
     true, true},
    {"the wrong key of the right name", "root_namesake", "leaf int", 1, false, false},
    {"a missing intermediate is asked for", "int", "leaf", 0, true, true},
    {"and its root does not do", "root", "leaf", 0, false, false},
    {"an intermediate that comes too early is not seen", "int", "leaf", 0, true, true},
    {"nor what does not belong", "root", "leaf int rsa", 1, true, true},
    {"an RSA key", "rsa", "rsa_leaf", 0, true, true},
};

START_TEST(the_last_certificate_alone_is_looked_up)
{
    STACK_OF(X509) *chain = pki_chain(pki, verdicts[_i].presented);
    STACK_OF(X509) *anchors = pki_chain(pki, verdicts[_i].anchors);
    char *pem = pki_chain_pem(pki, verdicts[_i].anchors);
    struct device_case device = {.anchors = pem,
                                 .anchors_size = strlen(pem) + 1,
                                 .anchor_count = (size_t)sk_X509_num(anchors),
                                 .chain = chain,
                                 .name = "localhost",
                                 .at = UNIT_AT,
                                 .target = esp_idf()};
    struct device_verdict verdict;
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(device_find_last(chain, device.target, UNIT_AT), verdicts[_i].last);
    ck_assert_int_eq(device_verify(&device, &verdict, &err), 0);
    ck_assert_msg(verdict.is_accepted == verdicts[_i].want, "%s: %s", verdicts[_i].claim,
                  verdict.reason);
    ck_assert(verdict.is_accepted || verdict.is_untrusted);
    device.target = target_find("esp-idf");
    ck_assert_int_eq(device_verify(&device, &verdict, &err), 0);
    ck_assert_msg(verdict.is_accepted == verdicts[_i].want_as_string, "%s, as PEM: %s",
                  verdicts[_i].claim, verdict.reason);
    sk_X509_pop_free(chain, X509_free);
    sk_X509_pop_free(anchors, X509_free);
    free(pem);
}
END_TEST

static const struct {
    const char *store, *presented, *want, *want_as_string;
    enum anchor_reason reason;
} choices[] = {
    {"root second", "leaf int", "root", "root", ANCHOR_ONLY},
    {"root second", "leaf int cross", "second", "root", ANCHOR_ASKED_FOR},
    {"second", "leaf int cross", "second", "second", ANCHOR_ONLY},
    {"root", "leaf int cross", NULL, "root", ANCHOR_ONLY},
};

static void check_choice(const struct target *target, const struct store *store,
                         const char *presented, const char *want, const enum anchor_reason *reason)
{
    const struct judge judge = {
        .target = target, .verify_time = UNIT_AT, .store = (struct store *)store};
    struct host host;
    const int rv = unit_present(&host, pki, "localhost", presented, &judge);

    ck_assert_int_eq(rv, want != NULL ? 0 : -1);
    if (want != NULL)
        ck_assert(cert_equal(anchor_of(host.chosen), pki_cert(pki, want)));
    else
        ck_assert_int_eq(host.err.code, ERROR_TARGET);
    if (want != NULL && reason != NULL)
        ck_assert_int_eq(host.reason, *reason);
    if (want == NULL)
        ck_assert_str_eq(host.assessment.requirements.item[0].setting,
                         "CONFIG_MBEDTLS_CERTIFICATE_BUNDLE_CROSS_SIGNED_VERIFY=y");
    host_clear(&host);
}

START_TEST(the_choice_depends_on_the_format)
{
    struct store *store = unit_store(pki, choices[_i].store);

    check_choice(esp_idf(), store, choices[_i].presented, choices[_i].want, &choices[_i].reason);
    check_choice(target_find("esp-idf"), store, choices[_i].presented, choices[_i].want_as_string,
                 NULL);
    store_free(store);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("esp_bundle");

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, each_anchor_is_found_by_halves_and_no_other, 0, COUNT(contents));
    tcase_add_loop_test(tcase, what_is_written_is_read_back, 0, COUNT(contents));
    tcase_add_loop_test(tcase, a_damaged_bundle_is_refused, 0, COUNT(damages));
    tcase_add_loop_test(tcase, an_order_in_which_the_device_finds_nothing_is_refused, 0, 2);
    tcase_add_loop_test(tcase, the_other_layout_is_named, 0, 2);
    tcase_add_test(tcase, two_anchors_of_one_name_are_refused);
    tcase_add_loop_test(tcase, the_last_certificate_alone_is_looked_up, 0, COUNT(verdicts));
    tcase_add_loop_test(tcase, the_choice_depends_on_the_format, 0, COUNT(choices));
    return unit_run("esp_bundle", tcase);
}
