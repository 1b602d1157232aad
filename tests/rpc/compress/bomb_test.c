// A few KiB that would be 64 MiB: what they make us hold.
#include "tests/support/test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/compress/compression_internal.h"

enum { BOMB = 64 * 1024 * 1024, MAX = 256 * 1024 };

// ---- what is live, and what was at most ----------------------------------

static size_t live, most;

static void *watched_alloc(size_t size, void *unused)
{
    size_t *p = malloc(size + 16);

    (void)unused;
    if (!p)
        return NULL;
    *p = size;
    live += size;
    most = live > most ? live : most;
    return p + 2;
}

static void watched_free(void *at, void *unused)
{
    size_t *p = at;

    (void)unused;
    if (!p)
        return;
    live -= p[-2];
    free(p - 2);
}

static void *watched_realloc(void *at, size_t size, void *unused)
{
    size_t *p = at;
    void   *more = watched_alloc(size, unused);

    if (more && p)
        memcpy(more, p, p[-2] < size ? p[-2] : size);
    if (more)
        watched_free(at, unused);
    return more;
}

// ---- the bomb ------------------------------------------------------------

static void check_bomb(const terni_compression *c, const uint8_t *zeros, size_t state_bytes)
{
    tern_linkbuf in, packed, out;

    tern_linkbuf_init(&in, NULL);
    tern_linkbuf_init(&packed, NULL);
    tern_linkbuf_init(&out, NULL);
    assert_int_equal(tern_linkbuf_append_ref(&in, zeros, BOMB, NULL, NULL), 0);
    assert_int_equal(terni_compression_pack(c, &in, &packed), 0);
    assert_true(packed.len < BOMB / 100);
    assert_non_null(tern_linkbuf_peek(&packed, packed.len));
    most = live;
    assert_int_equal(terni_compression_unpack(c, tern_linkbuf_peek(&packed, packed.len), packed.len,
                                              MAX, NULL, &out),
                     -EMSGSIZE);
    assert_in_range(most - live, MAX, MAX + MAX / 2 + state_bytes);
    tern_linkbuf_done(&in);
    tern_linkbuf_done(&packed);
    tern_linkbuf_done(&out);
    assert_int_equal(live, 0);
}

static void test_bomb_is_unpacked_no_further_than_the_limit(void **state)
{
    static const struct {
        tern_compression which;
        size_t           state_bytes;
    } all[] = { { TERN_COMPRESSION_GZIP, 64 * 1024 },
                { TERN_COMPRESSION_DEFLATE, 64 * 1024 },
                { TERN_COMPRESSION_ZSTD, TERNI_UNPACK_STATE } };
    uint8_t *zeros = calloc(1, BOMB);

    (void)state;
    assert_non_null(zeros);
    tern_mem_set(&(tern_mem){ watched_alloc, watched_realloc, watched_free, NULL });
    for (size_t i = 0; i < TERN_COUNT_OF(all); i++)
        if (terni_compression_get(all[i].which))
            check_bomb(terni_compression_get(all[i].which), zeros, all[i].state_bytes);
    tern_mem_set(NULL);
    free(zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bomb_is_unpacked_no_further_than_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
