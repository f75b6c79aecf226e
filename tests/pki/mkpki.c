/* mkpki.c -- mkpki FOLDER: writes the PKI of the command-line and end-to-end tests
 *
 * NAME.pem and NAME.key for every row; tests put chains together with cat. All keys are made anew.
 */
#include <stdio.h>

#include "pki.h"

static const struct pki_row rows[] = {
    /* A plain hierarchy, judged at any time from 2020 to 2040. */
    {.name = "root", .subject = "Test Root", .flags = PKI_CA},
    {.name = "int", .subject = "Test Intermediate", .issuer = "root", .flags = PKI_CA},
    {.name = "leaf",
     .subject = "localhost",
     .issuer = "int",
     .san = "DNS:localhost,IP:127.0.0.1,IP:::1"},
};

int main(int argc, char **argv)
{
    struct pki *pki;

    if (argc != 2) {
        fprintf(stderr, "usage: mkpki FOLDER\n");
        return 1;
    }
    pki = pki_new(rows, sizeof rows / sizeof rows[0]);
    pki_write(pki, argv[1]);
    pki_free(pki);
    return 0;
}
