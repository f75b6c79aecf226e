/* pem_advice.c -- what is nearly PEM -> what it is, and the command that converts it */
#include "x509/pem_advice.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static const struct kind {
    const char *label; /* the end of it */
    const char *what, *hint;
} kinds[] = {
    {"CERTIFICATE REQUEST", "a certificate request",
     "a request is no certificate yet: give the one that the CA made of it"},
    {"PRIVATE KEY", "a private key",
     "give the file of the certificate that belongs to the key, such as cert.pem or fullchain.pem"},
    {"PUBLIC KEY", "a public key", "give the file of the certificate that holds the key"},
    {"X509 CRL", "a revocation list", "give the certificate of the CA"},
    {"PARAMETERS", "parameters of a key", "give the file of a certificate"},
    {"CERTIFICATE", "a certificate of another kind", "give a file of X.509 certificates"},
    {"", "a block of another kind", "expected PEM: -----BEGIN CERTIFICATE-----"},
};

static const struct kind *find_kind(const char *label)
{
    const struct kind *kind = kinds;

    while (strlen(label) < strlen(kind->label) ||
           strcmp(label + strlen(label) - strlen(kind->label), kind->label) != 0)
        kind++;
    return kind;
}

const char *pem_advice_kind(const char *label)
{
    return find_kind(label)->what;
}

/* ---- texts without a block ---- */

static bool is_utf16(const char *text, size_t length)
{
    return length >= 4 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0 ||
                           (text[0] == '-' && text[1] == '\0' && text[2] == '-') ||
                           (text[0] == '\0' && text[1] == '-' && text[2] == '\0'));
}

static bool is_binary(const char *text, size_t length)
{
    return memchr(text, '\0', length) != NULL;
}

/* Base64 of DER begins with `MI`: a SEQUENCE of more than 127 bytes. */
static bool is_bare_base64(const char *text, size_t length)
{
    size_t at = 0;

    while (at < length && isspace((unsigned char)text[at]))
        at++;
    if (length - at < 64 || memcmp(text + at, "MI", 2) != 0)
        return false;
    for (; at < length; at++)
        if (!isalnum((unsigned char)text[at]) && !isspace((unsigned char)text[at]) &&
            strchr("+/=", text[at]) == NULL)
            return false;
    return true;
}

/* BEGIN with dashes of another kind or number. */
static bool has_other_dashes(const char *text, size_t length)
{
    (void)length;
    return strstr(text, "BEGIN CERTIFICATE") != NULL;
}

static bool is_markup(const char *text, size_t length)
{
    size_t at = 0;

    while (at < length && isspace((unsigned char)text[at]))
        at++;
    return at < length && text[at] == '<';
}

static bool is_anything(const char *text, size_t length)
{
    (void)text;
    (void)length;
    return true;
}

static int fail_text(const char *text, size_t length, const char *name, struct error *err)
{
    static const struct {
        bool (*is)(const char *text, size_t length);
        const char *what, *hint;
    } texts[] = {
        {is_utf16, "text in UTF-16", "convert it with: iconv -f UTF-16 -t UTF-8 FILE >NEW.pem"},
        {is_binary, "not a text file",
         "expected PEM: -----BEGIN CERTIFICATE-----, or a certificate or PKCS#7 in DER"},
        {is_bare_base64, "base64 without a BEGIN and an END line",
         "convert it with: base64 -d FILE | openssl x509 -inform DER -out NEW.pem"},
        {has_other_dashes, "BEGIN CERTIFICATE does not stand between five dashes each",
         "expected PEM: -----BEGIN CERTIFICATE-----"},
        {is_markup, "a page of HTML or XML, no certificate",
         "was the certificate itself downloaded? expected PEM: -----BEGIN CERTIFICATE-----"},
        {is_anything, "holds no certificate", "expected PEM: -----BEGIN CERTIFICATE-----"},
    };
    size_t i = 0;

    while (!texts[i].is(text, length))
        i++;
    error_set(err, ERROR_USAGE, "%s: %s", name, texts[i].what);
    return error_hint(err, "%s", texts[i].hint);
}

int pem_advice_fail(const char *text, size_t length, const char *name, const char *label,
                    size_t line, struct error *err)
{
    if (label[0] == '\0')
        return fail_text(text, length, name, err);
    error_set(err, ERROR_USAGE, "%s: holds no certificate; line %zu: %s (%s)", name, line,
              pem_advice_kind(label), label);
    return error_hint(err, "%s", find_kind(label)->hint);
}

/* ---- blocks whose lines are joined ---- */

static bool has_word(const char *body, size_t length, const char *word)
{
    const size_t word_length = strlen(word);

    for (size_t i = 0; i + word_length <= length; i++)
        if (memcmp(body + i, word, word_length) == 0)
            return true;
    return false;
}

bool pem_advice_body(const char *body, size_t length, struct error *err)
{
    if (has_word(body, length, "\\n\"") && has_word(body, length, "\n")) {
        error_hint(err, "the lines are strings of C; convert them with: "
                        "sed -n 's/^[^\"]*\"\\(.*\\)\\\\n\".*/\\1/p' FILE >NEW.pem");
        return true;
    }
    if (has_word(body, length, "\\n")) {
        error_hint(err, "\\n stands for line ends; convert it with: "
                        "printf '%%b\\n' \"$(cat FILE)\" >NEW.pem");
        return true;
    }
    if (length > 64 && !has_word(body, length, "\n") && has_word(body, length - 1, " ")) {
        error_hint(err, "spaces stand for line ends; convert it with: tr ' ' '\\n' <FILE | "
                        "sed '/^-----[BE][A-Z]*$/{N;s/\\n/ /;}' >NEW.pem");
        return true;
    }
    return false;
}
