#include "tests/rpc/wire/h2/peer.h"

#include "tests/support/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

peer *new_peer(uint32_t max_size)
{
    peer *p = calloc(1, sizeof *p);

    assert_non_null(p);
    terni_hpack_init(&p->d, max_size);
    return p;
}

void drop_peer(peer *p)
{
    terni_hpack_done(&p->d);
    free(p->block);
    free(p);
}

static void on_field(void *arg, const terni_hpack_field *f)
{
    peer *p = arg;
    int   n = snprintf(p->fields + p->fields_len, sizeof p->fields - p->fields_len, "%.*s: %.*s\n",
                       (int)f->name_len, f->name, (int)f->value_len, f->value);

    p->fields_len += (size_t)n;
    TERN_ASSERT(p->fields_len < sizeof p->fields);
    p->last = *f;
}

int decode(peer *p, const uint8_t *block, size_t len)
{
    int err;

    free(p->block);
    p->block = malloc(len ? len : 1);
    p->len = len;
    assert_non_null(p->block);
    memcpy(p->block, block, len);
    p->fields[p->fields_len = 0] = '\0';
    err = terni_hpack_decode(&p->d, p->block, len, on_field, p);
    assert_true(terni_hpack_table_is_valid(&p->d.table));
    return err;
}

size_t read_hex(const char *hex, uint8_t *ret)
{
    size_t n = 0;

    for (unsigned byte; *hex;) {
        if (*hex == ' ') {
            hex++;
        } else if (*hex == '\'') {
            for (hex++; *hex != '\''; hex++)
                ret[n++] = (uint8_t)*hex;
            hex++;
        } else {
            assert_int_equal(sscanf(hex, "%2x", &byte), 1);
            ret[n++] = (uint8_t)byte;
            hex += 2;
        }
        assert_true(n < MAX_BLOCK);
    }
    return n;
}

int decode_hex(peer *p, const char *hex)
{
    uint8_t block[MAX_BLOCK];

    return decode(p, block, read_hex(hex, block));
}

void assert_block(peer *p, const char *hex, const char *fields)
{
    assert_int_equal(decode_hex(p, hex), 0);
    assert_string_equal(p->fields, fields);
}

void assert_refused(peer *p, const char *hex) { assert_int_equal(decode_hex(p, hex), -EBADMSG); }

void assert_always_refused(const char *hex)
{
    peer *p = new_peer(USUAL_SIZE);

    assert_refused(p, hex);
    drop_peer(p);
}
