/* root_list.c -- a root -> the list of roots with it */
#include "x509/root_list.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"

int root_list_add(struct roots *roots, X509 *x509, int64_t distrust_after, const char *label)
{
    struct root *root = array_grow(roots->root, roots->count, sizeof *root);

    if (root == NULL)
        return -1;
    roots->root = root;
    root += roots->count++;
    root->x509 = x509;
    root->distrust_after = distrust_after;
    snprintf(root->label, sizeof root->label, "%s", label);
    return 0;
}

void root_list_free(struct roots *roots)
{
    for (size_t i = 0; i < roots->count; i++)
        X509_free(roots->root[i].x509);
    free(roots->root);
    text_free(&roots->skipped);
    *roots = (struct roots){0};
}
