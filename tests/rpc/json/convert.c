// A program that turns messages into JSON and back, a line for each. In hexadecimal, for whoever compares:
//
//   <type> json <bytes of a message>    what it is in JSON, or "error: ..."
//   <type> bytes <text>                 what the text says, as bytes of a message, or "error: ..."
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/json/types.h"

static tern_json_opts opts = { .types = NULL };

static void print_hex(const uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        printf("%02x", p[i]);
    putchar('\n');
}

static size_t read_hex(const char *text, uint8_t *ret)
{
    size_t   n = 0;
    unsigned byte;

    while (sscanf(text + 2 * n, "%2x", &byte) == 1)
        ret[n++] = (uint8_t)byte;
    return n;
}

static void to_json(const ProtobufCMessageDescriptor *type, const uint8_t *bytes, size_t len)
{
    void           *msg = tern_message_unpack(type, bytes, len);
    tern_json_error why;
    tern_linkbuf    out;

    tern_linkbuf_init(&out, NULL);
    if (!msg)
        printf("error: no message\n");
    else if (tern_json_encode(type, msg, &out, &opts, &why) < 0)
        printf("error: %s\n", why.text);
    else
        print_hex(tern_linkbuf_peek(&out, out.len), out.len);
    tern_linkbuf_done(&out);
    tern_message_free(type, msg);
}

static void to_bytes(const ProtobufCMessageDescriptor *type, const uint8_t *text, size_t len)
{
    tern_json_error why;
    void           *msg = tern_json_decode(type, text, len, &opts, &why);
    uint8_t        *bytes;
    ssize_t         n;

    if (!msg) {
        printf("error: %s\n", why.text);
        return;
    }
    bytes = malloc(tern_message_size(type, msg) + 1);
    if (!bytes || (n = tern_message_pack(type, msg, bytes, tern_message_size(type, msg))) < 0)
        printf("error: does not pack\n");
    else
        print_hex(bytes, (size_t)n);
    free(bytes);
    tern_message_free(type, msg);
}

int main(void)
{
    char  *line = NULL, type[64], way[8];
    size_t cap = 0;
    int    at;

    opts.types = json_types;
    opts.n_types = json_n_types;
    opts.extensions = json_extensions;
    opts.n_extensions = json_n_extensions;
    while (getline(&line, &cap, stdin) > 0) {
        uint8_t                          *bytes = malloc(cap);
        const ProtobufCMessageDescriptor *found;

        if (!bytes || sscanf(line, "%63s %7s %n", type, way, &at) < 2 || !(found = json_type(type)))
            return 1;
        if (strcmp(way, "json") == 0)
            to_json(found, bytes, read_hex(line + at, bytes));
        else
            to_bytes(found, bytes, read_hex(line + at, bytes));
        fflush(stdout);
        free(bytes);
    }
    free(line);
    return 0;
}
