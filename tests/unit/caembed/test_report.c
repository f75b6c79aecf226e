/* test_report.c -- a host's outcome is one line of JSON, whatever the certificates hold */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report.h"
#include "unit.h"
#include "x509/cert.h"

static const struct pki_row rows[] = {
    {.name = "root", .flags = PKI_CA},
    {.name = "evil",
     .subject = "\"}\n\x1b[2J##[x] ::error::\xff\xc3\xa4",
     .flags = PKI_CA | PKI_T61},
    {.name = "sha1", .key = "rsa2048/sha1", .hash = "SHA1", .flags = PKI_CA},
    {.name = "int", .issuer = "root", .flags = PKI_CA},
    {.name = "leaf", .issuer = "int", .san = "DNS:localhost"},
    {.name = "leaf_of_evil", .issuer = "evil", .san = "DNS:localhost"},
    {.name = "leaf_of_sha1", .issuer = "sha1", .san = "DNS:localhost"},
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

/* The report of a host at localhost that presents this, judged with these roots. */
static cJSON *report(const char *presented, const char *roots, const char *tls_version, char **line)
{
    struct store *store = unit_store(pki, roots);
    const struct judge judge = {
        .target = target_find("mbed-os"), .store = store, .verify_time = UNIT_AT};
    struct error err = {.code = ERROR_NONE};
    struct host host;
    cJSON *json;

    (void)!unit_present(&host, pki, "localhost:8883", presented, &judge);
    snprintf(host.presented.tls_version, sizeof host.presented.tls_version, "%s", tls_version);
    snprintf(host.presented.tls_cipher, sizeof host.presented.tls_cipher, "CIPHER");
    ck_assert_int_eq(report_host(&host, &host.err, false, line, &err), 0);
    ck_assert_ptr_eq(strchr(*line, '\n'), *line + strlen(*line) - 1);
    for (const char *at = *line; *at != '\0'; at++)
        ck_assert(*at == '\n' || (*at >= ' ' && *at < 0x7f));
    json = cJSON_Parse(*line);
    ck_assert_ptr_nonnull(json);
    host_clear(&host);
    store_free(store);
    return json;
}

static const cJSON *get(const cJSON *json, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

    ck_assert_msg(item != NULL, "no key %s", key);
    return item;
}

static const char *get_text(const cJSON *json, const char *key)
{
    const char *text = cJSON_GetStringValue(get(json, key));

    ck_assert_msg(text != NULL, "%s is no string", key);
    return text;
}

START_TEST(report_of_a_success_has_every_key)
{
    char *line = NULL, sha256[SHA256_TEXT_SIZE];
    cJSON *json = report("leaf int", "root", "TLSv1.2", &line);
    const cJSON *anchor = cJSON_GetArrayItem(get(json, "anchors"), 0);
    const cJSON *leaf = cJSON_GetArrayItem(get(json, "presented"), 0);

    ck_assert_str_eq(get_text(json, "host"), "localhost");
    ck_assert_int_eq((int)cJSON_GetNumberValue(get(json, "port")), 8883);
    ck_assert_str_eq(get_text(json, "status"), "ok");
    ck_assert_int_eq(cJSON_GetArraySize(get(json, "presented")), 2);
    ck_assert_int_eq(cJSON_GetArraySize(get(json, "anchors")), 1);
    ck_assert_int_eq(cJSON_GetArraySize(get(json, "warnings")), 0);
    ck_assert_str_eq(get_text(get(json, "tls"), "version"), "TLSv1.2");
    ck_assert_str_eq(get_text(get(json, "tls"), "cipher"), "CIPHER");
    ck_assert(cJSON_IsNull(get(json, "error")));
    ck_assert_str_eq(get_text(leaf, "subject"), "CN=leaf");
    ck_assert_str_eq(get_text(leaf, "issuer"), "CN=int");
    ck_assert_str_eq(get_text(leaf, "not_before"), "2020-01-01T00:00:00Z");
    ck_assert_str_eq(get_text(leaf, "not_after"), "2040-01-01T00:00:00Z");
    ck_assert_str_eq(get_text(leaf, "key"), "EC P-256");
    ck_assert_str_eq(get_text(leaf, "signature"), "ecdsa-with-SHA256");
    ck_assert_int_eq(cert_sha256_text(pki_cert(pki, "root"), sha256), 0);
    ck_assert_str_eq(get_text(anchor, "sha256"), sha256);
    ck_assert_str_eq(get_text(anchor, "subject"), "CN=root");
    ck_assert_str_eq(get_text(anchor, "source"), "store");
    ck_assert_int_eq((int)cJSON_GetNumberValue(get(anchor, "path_length")), 3);
    ck_assert_int_eq(cJSON_GetArraySize(get(anchor, "needs")), 0);
    ck_assert(cJSON_IsNull(get(anchor, "retires")));
    cJSON_Delete(json);
    free(line);
}
END_TEST

START_TEST(report_names_macros_and_warnings)
{
    char *line = NULL;
    cJSON *json = report("leaf_of_sha1", "sha1", "", &line);
    const cJSON *anchor = cJSON_GetArrayItem(get(json, "anchors"), 0);
    const cJSON *needs = get(anchor, "needs");

    ck_assert_str_eq(get_text(json, "status"), "ok");
    ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetArrayItem(needs, 0)), "MBEDTLS_SHA1_C=1");
    ck_assert_str_eq(get_text(cJSON_GetArrayItem(get(json, "warnings"), 0), "code"), "macro");
    ck_assert(cJSON_IsNull(get(json, "tls")));
    cJSON_Delete(json);
    free(line);
}
END_TEST

/* The line is ASCII without control characters; that is looked at for every report. */
START_TEST(report_escapes_hostile_names)
{
    char *line = NULL;
    cJSON *json = report("leaf_of_evil evil", "root", "", &line);

    ck_assert_str_eq(get_text(json, "status"), "unknown-root");
    ck_assert_str_eq(get_text(get(json, "error"), "code"), "unknown-root");
    ck_assert_int_gt((int)strlen(get_text(get(json, "error"), "hint")), 0);
    ck_assert_int_eq(cJSON_GetArraySize(get(json, "anchors")), 0);
    ck_assert_int_eq(cJSON_GetArraySize(get(json, "presented")), 2);
    cJSON_Delete(json);
    free(line);
}
END_TEST

START_TEST(report_takes_another_outcome)
{
    struct error why = {.code = ERROR_NONE}, err = {.code = ERROR_NONE};
    char *line = NULL;
    cJSON *json = report("leaf int", "root", "", &line);

    cJSON_Delete(json);
    error_set(&why, ERROR_PROOF, "what \"it\" says");
    error_hint(&why, "what to do");
    ck_assert_int_eq(report_set_error(&line, &why, &err), 0);
    ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
    json = cJSON_Parse(line);
    ck_assert_str_eq(get_text(json, "status"), error_name(ERROR_PROOF));
    ck_assert_str_eq(get_text(get(json, "error"), "code"), error_name(ERROR_PROOF));
    ck_assert_str_eq(get_text(get(json, "error"), "message"), "what \"it\" says");
    ck_assert_str_eq(get_text(get(json, "error"), "hint"), "what to do");
    ck_assert_int_eq(cJSON_GetArraySize(get(json, "anchors")), 1);
    cJSON_Delete(json);
    free(line);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("report");

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, report_of_a_success_has_every_key);
    tcase_add_test(tcase, report_names_macros_and_warnings);
    tcase_add_test(tcase, report_escapes_hostile_names);
    tcase_add_test(tcase, report_takes_another_outcome);
    return unit_run("report", tcase);
}
