// bench/hpack/hpack.c: what the header block of a gRPC call costs to read beside nghttp2's inflater:
// nine fields that the table has; or eight of them and a grpc-timeout that is new each time, which goes
// into the table, and drives the others out of it now and then, or does not.
//
//   hpack [rounds]                                           nanoseconds per block, the best of the rounds
//   hpack only <steady|kept|literal> <ours|theirs> <n>    n passes of 4,096 blocks, for callgrind
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <nghttp2/nghttp2.h>

#include "rpc/wire/h2/hpack_internal.h"

enum { N_BLOCKS = 4096, MAX_BLOCK = 320, TABLE_SIZE = 4096, N_PASSES = 20, DEFAULT_ROUNDS = 15 };

static char timeout[8] = "999999u";

static const struct {
    const char *name, *value;
    uint8_t     index;  // of the static table, for both
} fields[] = {
    { ":method", "POST", 3 },
    { ":scheme", "http", 6 },
    { ":path", "/bench.Echo/Unary", 0 },
    { ":authority", "127.0.0.1:50051", 0 },
    { "te", "trailers", 0 },
    { "content-type", "application/grpc", 0 },
    { "user-agent", "grpc-c++/1.51.1 grpc-c/29.0.0 (linux; chttp2)", 0 },
    { "grpc-accept-encoding", "identity, deflate, gzip", 0 },
    { "grpc-timeout", timeout, 0 },
};

enum { N_FIELDS = TERN_COUNT_OF(fields), TIMEOUT_AT = N_FIELDS - 1 };

// ---- the blocks ----------------------------------------------------------

typedef struct block block;
struct block {
    uint8_t bytes[MAX_BLOCK];
    size_t  len;
};

// What the peer has put into its table, all of it, and when it did so with each field.
typedef struct encoder encoder;
struct encoder {
    nghttp2_hd_deflater *deflater;  // for Huffman's code
    uint32_t             sizes[N_FIELDS * N_BLOCKS];
    int                  n, inserted_at[N_FIELDS];
};

// 0 if it has left, or has never been there.
static int index_of(const encoder *e, size_t i)
{
    uint32_t size = 0;
    int      at = e->inserted_at[i];

    if (at < 0)
        return 0;
    for (int k = at; k < e->n; k++)
        size += e->sizes[k];
    return size <= TABLE_SIZE ? TERNI_HPACK_N_STATIC + e->n - at : 0;
}

static void put_int(block *b, unsigned first, int n_bits, int value)
{
    int ones = (1 << n_bits) - 1;

    b->bytes[b->len++] = (uint8_t)(first | (unsigned)(value < ones ? value : ones));
    if (value < ones)
        return;
    for (value -= ones; value >= 0x80; value >>= 7)
        b->bytes[b->len++] = (uint8_t)(value | 0x80);
    b->bytes[b->len++] = (uint8_t)value;
}

// As the deflater would, behind a name of one byte.
static void put_string(encoder *e, block *b, const char *string)
{
    uint8_t    name[] = "x", coded[MAX_BLOCK];
    nghttp2_nv nv = { .name = name, .namelen = 1, .flags = NGHTTP2_NV_FLAG_NO_INDEX };
    ssize_t    n;

    nv.value = (uint8_t *)(uintptr_t)string;
    nv.valuelen = strlen(string);
    if ((n = nghttp2_hd_deflate_hd(e->deflater, coded, sizeof coded, &nv, 1)) < 3)
        abort();
    memcpy(b->bytes + b->len, coded + 3, (size_t)n - 3);
    b->len += (size_t)n - 3;
}

static void put_field(encoder *e, block *b, size_t i, bool is_timeout_new, bool is_kept)
{
    int index = fields[i].index ? fields[i].index : index_of(e, i);

    if (index && !(is_timeout_new && i == TIMEOUT_AT)) {
        put_int(b, 0x80, 7, index);
        return;
    }
    put_int(b, is_kept ? 0x40 : 0, is_kept ? 6 : 4, index);
    if (!index)
        put_string(e, b, fields[i].name);
    put_string(e, b, fields[i].value);
    if (is_kept) {
        e->inserted_at[i] = e->n;
        e->sizes[e->n++] = (uint32_t)(strlen(fields[i].name) + strlen(fields[i].value) + 32);
    }
}

typedef struct bench bench;
struct bench {
    const char          *name;
    bool                 is_timeout_new, is_timeout_kept;
    block                first, blocks[N_BLOCKS];
    terni_hpack          ours;
    nghttp2_hd_inflater *theirs;
    size_t               n_fields, n_bytes;
};

static void make_blocks(bench *b)
{
    static encoder e;

    e.n = 0;
    memset(e.inserted_at, -1, sizeof e.inserted_at);
    if (nghttp2_hd_deflate_new(&e.deflater, TABLE_SIZE) != 0)
        abort();
    for (size_t i = 0; i < N_FIELDS; i++)
        put_field(&e, &b->first, i, false, true);
    for (int n = 0; n < N_BLOCKS; n++) {
        snprintf(timeout, sizeof timeout, "%06du", 100000 + n * 7919 % 899999);
        for (size_t i = 0; i < N_FIELDS; i++)
            put_field(&e, &b->blocks[n], i, b->is_timeout_new,
                      i < TIMEOUT_AT || b->is_timeout_kept);
    }
    nghttp2_hd_deflate_del(e.deflater);
}

// ---- the work ------------------------------------------------------------

// So that nobody is spared a look at what was found.
static void on_field(void *arg, const terni_hpack_field *field)
{
    bench *b = arg;

    b->n_fields++;
    b->n_bytes += field->name_len + field->value_len;
}

static void decode_ours(bench *b, const block *from)
{
    if (terni_hpack_decode(&b->ours, from->bytes, from->len, on_field, b) < 0)
        abort();
}

static void decode_theirs(bench *b, const block *from)
{
    const uint8_t *p = from->bytes, *end = p + from->len;

    for (int flags = 0; !(flags & NGHTTP2_HD_INFLATE_FINAL);) {
        nghttp2_nv nv;
        ssize_t    n;

        flags = 0;
        n = nghttp2_hd_inflate_hd2(b->theirs, &nv, &flags, p, (size_t)(end - p), 1);
        if (n < 0)
            abort();
        p += n;
        if (flags & NGHTTP2_HD_INFLATE_EMIT)
            on_field(b, &(terni_hpack_field){ .name_len = (uint32_t)nv.namelen,
                                              .value_len = (uint32_t)nv.valuelen });
    }
    nghttp2_hd_inflate_end_headers(b->theirs);
}

static void begin_ours(bench *b)
{
    terni_hpack_done(&b->ours);
    terni_hpack_init(&b->ours, TABLE_SIZE);
}

static void begin_theirs(bench *b)
{
    if (b->theirs)
        nghttp2_hd_inflate_del(b->theirs);
    if (nghttp2_hd_inflate_new(&b->theirs) != 0)
        abort();
}

typedef struct work work;
struct work {
    void (*begin)(bench *b);
    void (*decode)(bench *b, const block *from);
};

static const work ours = { begin_ours, decode_ours };
static const work theirs = { begin_theirs, decode_theirs };

// Every block once, on a table of its own.
static void pass(const work *w, bench *b)
{
    w->begin(b);
    w->decode(b, &b->first);
    for (size_t i = 0; i < N_BLOCKS; i++)
        w->decode(b, &b->blocks[i]);
}

// ---- the clock -----------------------------------------------------------

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double time_round(const work *w, bench *b)
{
    double start = now_ns();

    for (int i = 0; i < N_PASSES; i++)
        pass(w, b);
    return (now_ns() - start) / N_PASSES / N_BLOCKS;
}

// Alternates the two, so that a slow moment of the machine meets both.
static void compare(bench *b, int n_rounds)
{
    double best_ours = 1e12, best_theirs = 1e12;

    for (int i = 0; i < n_rounds; i++) {
        double a = time_round(&ours, b), t = time_round(&theirs, b);

        best_ours = a < best_ours ? a : best_ours;
        best_theirs = t < best_theirs ? t : best_theirs;
    }
    printf("%-8s %3zu bytes  %6.1f ns  nghttp2 %6.1f ns  ratio %.2f\n", b->name,
           b->blocks[N_BLOCKS - 1].len, best_ours, best_theirs, best_ours / best_theirs);
}

// Both see the same.
static void check(bench *b)
{
    size_t n_fields, n_bytes;

    pass(&ours, b);
    n_fields = b->n_fields, n_bytes = b->n_bytes;
    pass(&theirs, b);
    if (n_fields != (N_BLOCKS + 1) * N_FIELDS || b->n_fields != 2 * n_fields ||
        b->n_bytes != 2 * n_bytes) {
        fprintf(stderr, "hpack: %s is not decoded as nghttp2 does\n", b->name);
        exit(1);
    }
}

static bench benches[] = {
    { .name = "steady" },
    { .name = "kept", .is_timeout_new = true, .is_timeout_kept = true },
    { .name = "literal", .is_timeout_new = true },
};

static void run_only(bench *b, const work *w, long n)
{
    make_blocks(b);
    for (; n > 0; n--)
        pass(w, b);
}

int main(int argc, char **argv)
{
    int n_rounds = argc == 2 ? atoi(argv[1]) : DEFAULT_ROUNDS;

    for (bench *b = benches; b < benches + TERN_COUNT_OF(benches); b++) {
        if (argc == 5) {
            if (strcmp(b->name, argv[2]) == 0)
                run_only(b, strcmp(argv[3], "ours") == 0 ? &ours : &theirs, atol(argv[4]));
            continue;
        }
        make_blocks(b);
        check(b);
        compare(b, n_rounds);
    }
    return 0;
}
