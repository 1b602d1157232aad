#include "tests/transport/linkbuf_fixture.h"

#include <string.h>

#include "tests/transport/failing_mem.h"

tern_pool   *pool;
tern_linkbuf q, other;

int fixture_setup(void **state)
{
    (void)state;
    failing_mem_install();
    if (!(pool = tern_pool_new()))
        return -1;
    tern_linkbuf_init(&q, pool);
    tern_linkbuf_init(&other, pool);
    return 0;
}

int fixture_teardown(void **state)
{
    size_t live;

    (void)state;
    tern_linkbuf_done(&q);
    tern_linkbuf_done(&other);
    live = live_bytes();
    tern_pool_free(pool);
    failing_mem_remove();
    return live == 0 && failing_mem_live() == 0 ? 0 : -1;
}

void append(tern_linkbuf *b, const char *text)
{
    assert_int_equal(tern_linkbuf_append(b, text, strlen(text)), 0);
}

void append_alone(tern_linkbuf *b, const char *text)
{
    assert_int_equal(tern_linkbuf_append_ref(b, text, strlen(text), NULL, NULL), 0);
}

void fill(tern_linkbuf *b, size_t n)
{
    uint8_t *room = tern_linkbuf_reserve(b, n);

    assert_non_null(room);
    memset(room, 'x', n);
    tern_linkbuf_commit(b, n);
}

void assert_holds(const tern_linkbuf *b, const char *text)
{
    char copy[256] = "";

    assert_true(tern_linkbuf_is_valid(b));
    assert_int_equal(tern_linkbuf_len(b), strlen(text));
    assert_true(tern_linkbuf_copy_out(b, 0, copy, strlen(text)));
    assert_string_equal(copy, text);
}

int count_segments(const tern_linkbuf *b)
{
    struct iovec iov[64];

    return tern_linkbuf_iovec(b, iov, 64);
}

size_t live_bytes(void) { return tern_pool_get_stats(pool).live_bytes; }
