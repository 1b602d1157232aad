// Header blocks beside nghttp2: what its deflater writes comes out as it went in, and whatever else comes
// is judged as its inflater does. compare.h names the differences.
#include "tests/support/leak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/wire/h2/compare.h"

enum {
    N_BLOCKS = 6000,
    N_MUTATED = 40000,
    N_RANDOM = 40000,
    MAX_BLOCK = 1 << 15,
    MAX_FIELDS = 12,
    MAX_LONG = 3000,
    MAX_TABLE = 16384,
};

// splitmix64: the same numbers everywhere.
static uint64_t random_state;

static uint64_t next_random(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static bool one_in(uint64_t n) { return next_random() % n == 0; }

// ---- what goes in --------------------------------------------------------

static const char *const usual_names[] = {
    ":path",
    ":authority",
    ":status",
    "te",
    "content-type",
    "user-agent",
    "grpc-timeout",
    "grpc-accept-encoding",
    "grpc-status",
    "grpc-message",
    "authorization",
    "x-request-id",
    "",
};
static const char *const usual_values[] = {
    "",       "200",           "0",   "trailers", "application/grpc", "grpc-c++/1.51.1",
    "/a.B/C", "identity,gzip", "99m",
};

typedef struct request request;
struct request {
    nghttp2_nv fields[MAX_FIELDS];
    size_t     n;
    char       bytes[MAX_FIELDS * 2 * MAX_LONG], *pos;
};

// Text that is worth Huffman's code, or any bytes; the same short ones come again and again.
static char *take_random_string(request *r, size_t *ret_len)
{
    bool   is_text = !one_in(4);
    size_t len = next_random() % (one_in(20) ? MAX_LONG : one_in(2) ? 30 : 3);
    char  *s = r->pos;

    for (size_t i = 0; i < len; i++)
        s[i] = (char)(is_text ? ' ' + next_random() % (len < 3 ? 3 : 95) : next_random());
    r->pos += len;
    *ret_len = len;
    return s;
}

static void choose(request *r, const char *const *usual, size_t n, uint8_t **ret, size_t *ret_len)
{
    const char *s = usual[next_random() % n];

    if (one_in(3)) {
        *ret = (uint8_t *)take_random_string(r, ret_len);
    } else {
        *ret = (uint8_t *)(uintptr_t)s;
        *ret_len = strlen(s);
    }
}

static void make_request(request *r)
{
    r->pos = r->bytes;
    r->n = next_random() % (MAX_FIELDS + 1);
    for (size_t i = 0; i < r->n; i++) {
        nghttp2_nv *nv = &r->fields[i];

        choose(r, usual_names, TERN_COUNT_OF(usual_names), &nv->name, &nv->namelen);
        choose(r, usual_values, TERN_COUNT_OF(usual_values), &nv->value, &nv->valuelen);
        nv->flags = one_in(5) ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
    }
}

static void list_request(const request *r, hpack_list *ret)
{
    hpack_list_clear(ret);
    for (size_t i = 0; i < r->n; i++) {
        const nghttp2_nv *nv = &r->fields[i];

        hpack_list_add(ret, &(terni_hpack_field){ (char *)nv->name, (char *)nv->value,
                                                  (uint32_t)nv->namelen, (uint32_t)nv->valuelen });
    }
}

static nghttp2_hd_deflater *new_deflater(void)
{
    nghttp2_hd_deflater *deflater;

    assert_int_equal(nghttp2_hd_deflate_new(&deflater, MAX_TABLE), 0);
    return deflater;
}

static size_t deflate_request(nghttp2_hd_deflater *deflater, const request *r, uint8_t *block)
{
    ssize_t n = nghttp2_hd_deflate_hd(deflater, block, MAX_BLOCK, r->fields, r->n);

    assert_true(n >= 0);
    return (size_t)n;
}

static size_t deflate_something(nghttp2_hd_deflater *deflater, uint8_t *block)
{
    static request r;

    make_request(&r);
    return deflate_request(deflater, &r, block);
}

// In memory of just its size.
static bool decode(hpack_compare *c, const uint8_t *block, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    bool     is_fine;

    assert_non_null(copy);
    memcpy(copy, block, len);
    is_fine = hpack_compare_decode(c, copy, len);
    free(copy);
    return is_fine;
}

// ---- tests ---------------------------------------------------------------

static const uint32_t table_sizes[] = { 0, 31, 50, 200, 1000, 4096, MAX_TABLE };

static void test_what_nghttp2_deflates_comes_out_as_it_went_in(void **state)
{
    static request       r;
    static uint8_t       block[MAX_BLOCK];
    nghttp2_hd_deflater *deflater = new_deflater();
    hpack_compare        c;
    hpack_list           expected = { 0 };

    (void)state;
    random_state = 1;
    hpack_compare_init(&c, MAX_TABLE);
    for (int i = 0; i < N_BLOCKS; i++) {
        if (one_in(30))
            nghttp2_hd_deflate_change_table_size(deflater, table_sizes[next_random() % 7]);
        make_request(&r);
        assert_true(decode(&c, block, deflate_request(deflater, &r, block)));
        list_request(&r, &expected);
        assert_true(hpack_list_is_equal(&c.our_fields, &expected));
    }
    hpack_list_done(&expected);
    hpack_compare_done(&c);
    nghttp2_hd_deflate_del(deflater);
}

static size_t mutate(uint8_t *block, size_t len)
{
    for (uint64_t n = 1 + next_random() % 3; n > 0 && len > 0; n--) {
        size_t at = next_random() % len, rest = len - at;

        switch (next_random() % 5) {
        case 0:
            block[at] ^= (uint8_t)(1u << next_random() % 8);
            break;
        case 1:
            block[at] = (uint8_t)next_random();
            break;
        case 2:  // one byte less
            memmove(block + at, block + at + 1, rest - 1);
            len--;
            break;
        case 3:  // one more
            memmove(block + at + 1, block + at, rest);
            block[at] = (uint8_t)next_random();
            len++;
            break;
        default:
            len -= next_random() % rest;
        }
    }
    return len;
}

// A few good blocks, and then bad ones until one is refused.
static unsigned decode_mutated(hpack_compare *c)
{
    static uint8_t       block[MAX_BLOCK + 16];
    nghttp2_hd_deflater *deflater = new_deflater();
    unsigned             n = 0;
    bool                 is_fine = true;

    for (uint64_t good = next_random() % 10; good > 0; good--)
        assert_true(decode(c, block, deflate_something(deflater, block)));
    for (; is_fine; n++)
        is_fine = decode(c, block, mutate(block, deflate_something(deflater, block)));
    nghttp2_hd_deflate_del(deflater);
    return n;
}

static void test_mutated_blocks_are_judged_as_nghttp2_does(void **state)
{
    unsigned n_refused = 0;

    (void)state;
    random_state = 2;
    for (unsigned n = 0; n < N_MUTATED; n_refused++) {
        hpack_compare c;

        hpack_compare_init(&c, MAX_TABLE);
        n += decode_mutated(&c);
        hpack_compare_done(&c);
    }
    assert_in_range(n_refused, N_MUTATED / 4, N_MUTATED * 3 / 4);  // both are tried
}

// Bytes by which most representations are short and meet something that exists.
static size_t make_random_block(uint8_t *block)
{
    size_t len = next_random() % (one_in(10) ? 200 : 12);

    for (size_t i = 0; i < len; i++) {
        static const uint8_t likely[] = { 0x00, 0x01, 0x02, 0x07, 0x10, 0x20, 0x3f,
                                          0x40, 0x41, 0x7e, 0x7f, 0x80, 0x81, 0x82,
                                          0x83, 0xbe, 0xbf, 0xc0, 0xff };

        block[i] = one_in(2) ? likely[next_random() % sizeof likely] : (uint8_t)next_random();
    }
    return len;
}

static void test_random_blocks_are_judged_as_nghttp2_does(void **state)
{
    uint8_t  block[256];
    unsigned n_refused = 0;

    (void)state;
    random_state = 3;
    for (unsigned n = 0; n < N_RANDOM; n_refused++) {
        hpack_compare c;

        hpack_compare_init(&c, table_sizes[next_random() % TERN_COUNT_OF(table_sizes)]);
        for (bool is_fine = true; is_fine; n++)
            is_fine = decode(&c, block, make_random_block(block));
        hpack_compare_done(&c);
    }
    assert_in_range(n_refused, N_RANDOM / 4, N_RANDOM * 9 / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_what_nghttp2_deflates_comes_out_as_it_went_in),
        TERN_TEST(test_mutated_blocks_are_judged_as_nghttp2_does),
        TERN_TEST(test_random_blocks_are_judged_as_nghttp2_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
