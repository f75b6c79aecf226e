/* utf8.c -- bytes -> code points, and back */
#include "base/utf8.h"

size_t utf8_length(const char *at)
{
    static const struct {
        unsigned char first, last; /* of the first byte */
        unsigned char low, high;   /* of the second */
        size_t length;
    } rows[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    const unsigned char *byte = (const unsigned char *)at;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (byte[0] < rows[i].first || byte[0] > rows[i].last)
            continue;
        if (rows[i].length > 1 && (byte[1] < rows[i].low || byte[1] > rows[i].high))
            return 0;
        for (size_t k = 2; k < rows[i].length; k++)
            if (byte[k] < 0x80 || byte[k] > 0xbf)
                return 0;
        return rows[i].length;
    }
    return 0;
}

uint32_t utf8_decode(const char *at, size_t length)
{
    static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code_point = (unsigned char)at[0] & mask[length];

    for (size_t i = 1; i < length; i++)
        code_point = code_point << 6 | ((unsigned char)at[i] & 0x3f);
    return code_point;
}

void utf8_add(struct text *text, uint32_t code_point)
{
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t length = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    char bytes[4];

    for (size_t i = length - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    bytes[0] = (char)(lead[length] | code_point);
    text_add_bytes(text, bytes, length);
}
