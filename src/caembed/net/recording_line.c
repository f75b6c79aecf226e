/* recording_line.c -- what a server presented <-> a line of JSON */
#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/timestamp.h"
#include "net/recording_line.h"
#include "x509/cert.h"

#define SUM_BEGIN ",\"sum\":\""
#define SUM_END "\"}"
#define SUM_LENGTH (sizeof SUM_BEGIN - 1 + 2 * SHA256_LENGTH + sizeof SUM_END - 1)

/* ---- writing ---- */

/* Host names, addresses and words of OpenSSL are ASCII; other bytes become hexpairs. */
static cJSON *make_string(const char *value)
{
    struct text plain = {0};
    cJSON *item = NULL;

    text_add_ascii(&plain, value);
    if (!plain.failed)
        item = cJSON_CreateString(plain.data != NULL ? plain.data : "");
    text_free(&plain);
    return item;
}

static bool put(cJSON *object, const char *key, cJSON *item)
{
    if (item != NULL && (key != NULL ? cJSON_AddItemToObject(object, key, item)
                                     : cJSON_AddItemToArray(object, item)) != 0)
        return true;
    cJSON_Delete(item);
    return false;
}

static bool put_cert(cJSON *array, const X509 *cert)
{
    unsigned char *der = NULL;
    const int der_len = i2d_X509(cert, &der);
    char *base64 = der_len > 0 ? malloc((size_t)der_len / 3 * 4 + 5) : NULL;
    bool is_put = false;

    if (base64 != NULL && EVP_EncodeBlock((unsigned char *)base64, der, der_len) > 0)
        is_put = put(array, NULL, cJSON_CreateString(base64));
    free(base64);
    OPENSSL_free(der);
    return is_put;
}

static bool put_certs(cJSON *object, const char *key, const STACK_OF(X509) * certs)
{
    cJSON *array = cJSON_CreateArray();
    bool is_put = array != NULL;

    for (int i = 0; is_put && i < sk_X509_num(certs); i++)
        is_put = put_cert(array, sk_X509_value(certs, i));
    if (is_put)
        return put(object, key, array);
    cJSON_Delete(array);
    return false;
}

static cJSON *make_tls(const struct presented *presented)
{
    cJSON *tls;

    if (presented->tls_version[0] == '\0')
        return cJSON_CreateNull();
    tls = cJSON_CreateObject();
    if (put(tls, "version", make_string(presented->tls_version)) &&
        put(tls, "cipher", make_string(presented->tls_cipher)))
        return tls;
    cJSON_Delete(tls);
    return NULL;
}

static bool put_chain(cJSON *array, const struct presented *presented)
{
    cJSON *chain = cJSON_CreateObject();

    if (put_certs(chain, "certs", presented->chain) && put(chain, "tls", make_tls(presented)))
        return put(array, NULL, chain);
    cJSON_Delete(chain);
    return false;
}

static bool put_chains(cJSON *line, const struct recorded *recorded)
{
    cJSON *array = cJSON_CreateArray();
    bool is_put = put_chain(array, &recorded->presented);

    for (size_t i = 0; is_put && i < recorded->others.count; i++)
        is_put = put_chain(array, &recorded->others.presented[i]);
    if (!is_put) {
        cJSON_Delete(array);
        return false;
    }
    return put(line, "chains", array) &&
           (sk_X509_num(recorded->issuers) <= 0 || put_certs(line, "issuers", recorded->issuers));
}

static bool put_error(cJSON *line, const struct error *why)
{
    cJSON *object = cJSON_CreateObject();

    if (put(object, "code", make_string(error_name(why->code))) &&
        put(object, "message", make_string(why->message)) &&
        put(object, "kind", make_string(why->kind)) && put(object, "hint", make_string(why->hint)))
        return put(line, "error", object);
    cJSON_Delete(object);
    return false;
}

static cJSON *make_line(const struct endpoint *endpoint, const struct offer *offer,
                        const struct recorded *recorded)
{
    const char *address = recorded->presented.address;
    char time[TIMESTAMP_TEXT_SIZE];
    cJSON *line = cJSON_CreateObject();

    timestamp_format(recorded->time, time);
    if (put(line, "v", cJSON_CreateNumber(RECORDING_VERSION)) &&
        put(line, "host", make_string(endpoint->host)) &&
        put(line, "port", cJSON_CreateNumber(endpoint->port)) &&
        put(line, "servername", make_string(endpoint->name)) &&
        put(line, "address", address[0] != '\0' ? make_string(address) : cJSON_CreateNull()) &&
        put(line, "time", make_string(time)) && put(line, "offer", make_string(offer->target)) &&
        put(line, "all_chains", cJSON_CreateBool(recorded->has_all_chains)) &&
        (recorded->presented.chain != NULL ? put_chains(line, recorded)
                                           : put_error(line, &recorded->err)))
        return line;
    cJSON_Delete(line);
    return NULL;
}

/* Of the line up to, but without, its last brace, and of that brace. */
static void sum_of(const char *line, size_t length, char out[SHA256_TEXT_SIZE])
{
    uint8_t digest[SHA256_LENGTH] = {0};
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    if (context == NULL || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
        EVP_DigestUpdate(context, line, length) != 1 || EVP_DigestUpdate(context, "}", 1) != 1 ||
        EVP_DigestFinal_ex(context, digest, NULL) != 1)
        memset(digest, 0, sizeof digest); /* fits no line */
    EVP_MD_CTX_free(context);
    text_from_sha256(digest, out);
}

int recording_add_line(const struct endpoint *endpoint, const struct offer *offer,
                       const struct recorded *recorded, struct text *out, struct error *err)
{
    cJSON *line = make_line(endpoint, offer, recorded);
    char *json = line != NULL ? cJSON_PrintUnformatted(line) : NULL;
    char sum[SHA256_TEXT_SIZE];
    size_t length = json != NULL ? strlen(json) : 0;

    if (length > 0) {
        sum_of(json, length - 1, sum);
        text_add_bytes(out, json, length - 1);
        text_add(out, SUM_BEGIN "%s" SUM_END "\n", sum);
    }
    cJSON_free(json);
    cJSON_Delete(line);
    return length > 0 && !out->failed ? 0 : error_no_memory(err);
}

/* ---- reading ---- */

bool recording_line_may_begin(const char *bytes, size_t length)
{
    char begin[40];
    /* The first two members, as make_line() puts them. */
    const int fixed = snprintf(begin, sizeof begin, "{\"v\":%d,\"host\":\"", RECORDING_VERSION);

    return memcmp(bytes, begin, length < (size_t)fixed ? length : (size_t)fixed) == 0;
}

bool recording_line_has_sum(const char *line, size_t length)
{
    const char *tail = line + length - SUM_LENGTH;
    char sum[SHA256_TEXT_SIZE];

    if (length <= SUM_LENGTH || strncmp(tail, SUM_BEGIN, sizeof SUM_BEGIN - 1) != 0 ||
        strncmp(line + length - 2, SUM_END, 2) != 0)
        return false;
    sum_of(line, length - SUM_LENGTH, sum);
    return strncmp(tail + sizeof SUM_BEGIN - 1, sum, 2 * SHA256_LENGTH) == 0;
}

static const char *string_of(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

static bool copy_string(const cJSON *object, const char *key, char *out, size_t size)
{
    const char *value = string_of(object, key);

    if (value == NULL || strlen(value) >= size)
        return false;
    memcpy(out, value, strlen(value) + 1);
    return true;
}

static bool is_number(const cJSON *object, const char *key, double least, double most, double *out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

    *out = cJSON_IsNumber(item) ? item->valuedouble : -1;
    return *out >= least && *out <= most && *out == (double)(long)*out;
}

bool recording_line_read_head(const cJSON *line, struct recording_head *out)
{
    char time[TIMESTAMP_TEXT_SIZE];
    double version, port;

    if (!is_number(line, "v", RECORDING_VERSION, RECORDING_VERSION, &version) ||
        !is_number(line, "port", 1, UINT16_MAX, &port) ||
        !copy_string(line, "host", out->host, sizeof out->host) ||
        !copy_string(line, "servername", out->servername, sizeof out->servername) ||
        !copy_string(line, "offer", out->offer, sizeof out->offer) ||
        !copy_string(line, "time", time, sizeof time) || timestamp_parse(time, &out->time) != 0)
        return false;
    out->port = (unsigned)port;
    return true;
}

/* Leaves are not in the cache: each comes once. */
static X509 *read_cert(const cJSON *item, struct cert_cache *cache)
{
    const char *base64 = cJSON_GetStringValue(item);
    const size_t length = base64 != NULL ? strlen(base64) : 0;
    unsigned char *der;
    X509 *cert = NULL;
    int der_len;

    if (length == 0 || length % 4 != 0 || length > INT_MAX)
        return NULL;
    der = malloc(length / 4 * 3);
    der_len = der != NULL ? EVP_DecodeBlock(der, (const unsigned char *)base64, (int)length) : -1;
    for (size_t i = length; der_len > 0 && i-- > length - 2 && base64[i] == '=';)
        der_len--; /* the padding, which EVP_DecodeBlock() counts */
    if (der_len > 0)
        cert = cache != NULL ? cert_cache_get(cache, der, (size_t)der_len)
                             : cert_from_der(der, (size_t)der_len);
    free(der);
    return cert;
}

/* NULL for what is no array of certificates. */
static STACK_OF(X509) *
    read_certs(const cJSON *array, bool begins_with_leaf, struct cert_cache *cache)
{
    STACK_OF(X509) *certs = sk_X509_new_null();
    const cJSON *item;
    bool is_good =
        certs != NULL && cJSON_IsArray(array) && cJSON_GetArraySize(array) <= FETCH_CERT_COUNT_MAX;

    if (is_good)
        cJSON_ArrayForEach(item, array)
        {
            const bool is_leaf = begins_with_leaf && sk_X509_num(certs) == 0;
            X509 *cert = is_good ? read_cert(item, is_leaf ? NULL : cache) : NULL;
            is_good = cert != NULL && sk_X509_push(certs, cert) > 0;
            if (!is_good)
                X509_free(cert);
        }
    if (is_good && sk_X509_num(certs) > 0)
        return certs;
    sk_X509_pop_free(certs, X509_free);
    return NULL;
}

static bool read_chain(const cJSON *chain, struct cert_cache *cache, struct presented *out)
{
    const cJSON *tls = cJSON_GetObjectItemCaseSensitive(chain, "tls");

    if (!cJSON_IsNull(tls) &&
        (!copy_string(tls, "version", out->tls_version, sizeof out->tls_version) ||
         !copy_string(tls, "cipher", out->tls_cipher, sizeof out->tls_cipher)))
        return false;
    out->chain = read_certs(cJSON_GetObjectItemCaseSensitive(chain, "certs"), true, cache);
    return out->chain != NULL;
}

static bool read_chains(const cJSON *line, struct cert_cache *cache, struct recorded *out)
{
    const cJSON *chains = cJSON_GetObjectItemCaseSensitive(line, "chains");
    const cJSON *address = cJSON_GetObjectItemCaseSensitive(line, "address");
    const cJSON *issuers = cJSON_GetObjectItemCaseSensitive(line, "issuers");
    const int count = cJSON_GetArraySize(chains);

    if (count < 1 || count > RECORDING_CHAINS_MAX ||
        !read_chain(cJSON_GetArrayItem(chains, 0), cache, &out->presented) ||
        (!cJSON_IsNull(address) &&
         !copy_string(line, "address", out->presented.address, sizeof out->presented.address)))
        return false;
    for (int i = 1; i < count; i++)
        if (!read_chain(cJSON_GetArrayItem(chains, i), cache,
                        &out->others.presented[out->others.count++]))
            return false;
    out->has_all_chains = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(line, "all_chains")) != 0;
    out->issuers = issuers != NULL ? read_certs(issuers, false, cache) : NULL;
    return issuers == NULL || out->issuers != NULL;
}

/* Why no chain may come from a server. */
static const enum error_code codes[] = {ERROR_RESOLVE, ERROR_CONNECT,   ERROR_TIMEOUT, ERROR_PROXY,
                                        ERROR_OFFER,   ERROR_HANDSHAKE, ERROR_LIMIT};

static bool read_error(const cJSON *line, struct error *out)
{
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(line, "error");
    const char *code = string_of(error, "code");

    *out = (struct error){.code = ERROR_NONE};
    if (code == NULL || !copy_string(error, "message", out->message, sizeof out->message) ||
        !copy_string(error, "hint", out->hint, sizeof out->hint))
        return false;
    if (!copy_string(error, "kind", out->kind, sizeof out->kind))
        snprintf(out->kind, sizeof out->kind, "%.*s", ERROR_KIND_SIZE - 1, out->message);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(error_name(codes[i]), code) == 0)
            out->code = codes[i];
    return out->code != ERROR_NONE;
}

bool recording_line_read(const cJSON *line, struct cert_cache *cache, struct recorded *out)
{
    if (cJSON_GetObjectItemCaseSensitive(line, "chains") != NULL)
        return read_chains(line, cache, out);
    return read_error(line, &out->err);
}

void recorded_free(struct recorded *recorded)
{
    presented_free(&recorded->presented);
    other_chains_free(&recorded->others);
    sk_X509_pop_free(recorded->issuers, X509_free);
    recorded->issuers = NULL;
}

/* ---- lines of files ---- */

const char *recording_line_parse(const struct stream_line *line, cJSON **json,
                                 struct recording_head *head)
{
    cJSON *parsed;
    bool is_one;

    if (!line->has_end)
        return "it is cut off";
    if (line->length > RECORDING_LINE_MAX)
        return "it is too long";
    if (!recording_line_has_sum(line->text, line->length))
        return "its sum is wrong, or it has none";
    parsed = cJSON_ParseWithLength(line->text, line->length);
    is_one = parsed != NULL && recording_line_read_head(parsed, head);
    if (is_one && json != NULL)
        *json = parsed;
    else
        cJSON_Delete(parsed);
    return is_one ? NULL : "it is no line of this version of --record";
}

char *recording_host_text(const struct recording_head *head)
{
    struct text text = {0};
    const bool is_ipv6 = strchr(head->host, ':') != NULL;

    text_add(&text, is_ipv6 ? "[%s]" : "%s", head->host);
    if (head->port != 443 || is_ipv6)
        text_add(&text, ":%u", head->port);
    if (text.failed)
        text_free(&text);
    return text.data;
}

FILE *recording_open_file(const char *path, struct error *err)
{
    FILE *file = stream_open(path, O_RDONLY, "r"); /* a pipe may have no writer */
    struct stat status;

    if (file == NULL) {
        error_set(err, ERROR_USAGE, "%s: cannot open: %s", path, strerror(errno));
        error_hint(err, "check the path and its permissions");
        return NULL;
    }
    if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode))
        return file;
    (void)fclose(file); /* nothing was written to it */
    error_set(err, ERROR_USAGE, "%s: not a regular file", path);
    error_hint(err, "--replay reads a file twice: save what comes from a pipe first");
    return NULL;
}

int recording_fail_empty(const char *path, struct error *err)
{
    error_set(err, ERROR_USAGE, "%s: holds no line of --record", path);
    return error_hint(err, "caembed --record FILE HOST... writes such a file");
}

int recording_fail_broken(const char *path, struct error *err)
{
    error_set(err, ERROR_USAGE, "%s: the line of this server holds neither chains nor an error",
              path);
    return error_hint(err, "record it again");
}

int recording_fail_part(struct error *err)
{
    error_set(err, ERROR_USAGE, "the recording has the chain for the target alone");
    return error_hint(err, "record with --all-chains, or leave it out");
}

void passed_over_add(struct passed_over *passed_over, const char *path, size_t number,
                     const char *why)
{
    if (passed_over->count++ < RECORDING_SKIPPED_MAX)
        text_add(passed_over->text, "%s: line %zu is passed over: %s\n", path, number, why);
}

void passed_over_close(struct passed_over *passed_over)
{
    if (passed_over->count > RECORDING_SKIPPED_MAX)
        text_add(passed_over->text, "%zu lines are passed over in all\n", passed_over->count);
}
