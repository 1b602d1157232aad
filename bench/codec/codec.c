// bench/codec/codec.c: what decoding and encoding cost beside protobuf-c's unpack and pack.
//
//   codec [rounds]                    all, nanoseconds per message (best of the rounds) and ratios
//   codec only <order|echo> <ours|theirs> <decode|encode> <n>    one thing n times, for callgrind
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <protobuf-c/protobuf-c.h>

#include "bench/codec/order.pb-c.h"
#include "rpc/codec/codec_internal.h"

enum { N_ITEMS = 8, N_TAGS = 24, N_ATTRIBUTES = 4, ECHO_BYTES = 128 };
enum { N_PER_ROUND = 20000, DEFAULT_ROUNDS = 15 };

// ---- the messages --------------------------------------------------------

static const ProtobufCMessage *make_order(void)
{
    static Bench__Item                   items[N_ITEMS], *item_list[N_ITEMS];
    static Bench__Order__AttributesEntry attributes[N_ATTRIBUTES], *attribute_list[N_ATTRIBUTES];
    static char                         *tags[N_TAGS], text[N_ITEMS + N_TAGS + N_ATTRIBUTES][2][24];
    static Bench__Order                  order = BENCH__ORDER__INIT;
    int                                  t = 0;

    for (int i = 0; i < N_ITEMS; i++, t++) {
        bench__item__init(item_list[i] = &items[i]);
        snprintf(text[t][0], sizeof text[t][0], "SKU-%05d", 1000 + i * 77);
        items[i].sku = text[t][0];
        items[i].quantity = (uint32_t)i + 1;
        items[i].price_cents = 1999 + 250 * i;
        items[i].discount = i % 2 ? 0.05 * i : 0;
    }
    for (int i = 0; i < N_TAGS; i++, t++) {
        snprintf(text[t][0], sizeof text[t][0], "tag-%d", i * 37);
        tags[i] = text[t][0];
    }
    for (int i = 0; i < N_ATTRIBUTES; i++, t++) {
        bench__order__attributes_entry__init(attribute_list[i] = &attributes[i]);
        snprintf(text[t][0], sizeof text[t][0], "attribute-%d", i);
        snprintf(text[t][1], sizeof text[t][1], "value %d", i * 1001);
        attributes[i].key = text[t][0];
        attributes[i].value = text[t][1];
    }
    order.id = 123456789012;
    order.customer = "Ada Lovelace";
    order.currency = "EUR";
    order.created_ms = 1780000000000;
    order.n_items = N_ITEMS, order.items = item_list;
    order.n_tags = N_TAGS, order.tags = tags;
    order.n_attributes = N_ATTRIBUTES, order.attributes = attribute_list;
    order.note = "please leave it at the door";
    order.is_express = 1;
    order.priority = -3;
    return &order.base;
}

static const ProtobufCMessage *make_echo(void)
{
    static Bench__Echo echo = BENCH__ECHO__INIT;
    static uint8_t     payload[ECHO_BYTES];

    memset(payload, 'x', sizeof payload);
    echo.id = 4711;
    echo.payload.data = payload;
    echo.payload.len = sizeof payload;
    return &echo.base;
}

// ---- the work ------------------------------------------------------------

typedef struct bench bench;
struct bench {
    const ProtobufCMessage *msg;
    const terni_plan       *plan;
    tern_pool              *pool;
    tern_block             *block;  // the encoded message
    tern_linkbuf            in, out;
    uint8_t                *flat;  // where protobuf-c packs
    // protobuf-c's arena: bumps a pointer, frees nothing, starts again for each message.
    uint8_t           *bump, *bump_pos;
    ProtobufCAllocator allocator;
};

enum { BUMP_SIZE = 64 << 10, FLUSH_BYTES = 16 << 10 };

static void *bump_alloc(void *arg, size_t n)
{
    bench   *b = arg;
    uint8_t *p = b->bump_pos;

    b->bump_pos = p + ((n + 7) & ~(size_t)7);
    return b->bump_pos <= b->bump + BUMP_SIZE ? p : NULL;
}

static void bump_free(void *arg, void *p) { (void)arg, (void)p; }

static void bench_init(bench *b, const ProtobufCMessage *msg)
{
    terni_encoding e;

    b->msg = msg;
    b->plan = terni_plan_get(msg->descriptor);
    b->pool = tern_pool_new();
    tern_linkbuf_init(&b->in, b->pool);
    tern_linkbuf_init(&b->out, b->pool);
    b->bump = malloc(BUMP_SIZE);
    b->flat = malloc(BUMP_SIZE);
    b->allocator = (ProtobufCAllocator){ bump_alloc, bump_free, b };
    if (!b->plan || terni_codec_measure(&e, b->plan, msg, NULL) < 0 ||
        terni_codec_write(&e, &b->in) < 0 || e.size != protobuf_c_message_pack(msg, b->flat) ||
        memcmp(tern_linkbuf_peek(&b->in, e.size), b->flat, e.size) != 0) {
        fprintf(stderr, "codec: %s is not encoded as protobuf-c does\n", msg->descriptor->name);
        exit(1);
    }
}

static void decode_ours(bench *b)
{
    _Alignas(8) uint8_t first[512];  // as a call has it
    ProtobufCMessage   *msg;
    terni_arena         a;

    terni_arena_init_with(&a, b->pool, TERN_MAX_ARENA_BYTES, first, sizeof first);
    if (terni_codec_decode(b->plan, &b->in, &a, TERNI_DECODE_DEFAULT, &msg, NULL) < 0)
        abort();
    terni_arena_done(&a);
}

static void decode_theirs(bench *b)
{
    b->bump_pos = b->bump;
    if (!protobuf_c_message_unpack(b->msg->descriptor, &b->allocator, b->in.len, b->in.head->pos))
        abort();
}

static void encode_ours(bench *b)
{
    terni_encoding e;

    if (terni_codec_measure(&e, b->plan, b->msg, NULL) < 0 || terni_codec_write(&e, &b->out) < 0)
        abort();
    if (tern_linkbuf_len(&b->out) > FLUSH_BYTES)
        tern_linkbuf_clear(&b->out);
}

static void encode_theirs(bench *b)
{
    if (protobuf_c_message_get_packed_size(b->msg) > BUMP_SIZE)
        abort();
    protobuf_c_message_pack(b->msg, b->flat);
}

typedef void work_fn(bench *b);
static const struct work {
    const char *what;
    work_fn    *ours, *theirs;
} works[] = {
    { "decode", decode_ours, decode_theirs },
    { "encode", encode_ours, encode_theirs },
};

// ---- the clock -----------------------------------------------------------

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double time_round(work_fn *work, bench *b)
{
    double start = now_ns();

    for (int i = 0; i < N_PER_ROUND; i++)
        work(b);
    return (now_ns() - start) / N_PER_ROUND;
}

// Alternates the two, so that a slow moment of the machine meets both.
static void compare(const char *name, const struct work *w, bench *b, int n_rounds)
{
    double ours = 1e12, theirs = 1e12;

    for (int i = 0; i < n_rounds; i++) {
        double a = time_round(w->ours, b), t = time_round(w->theirs, b);

        ours = a < ours ? a : ours;
        theirs = t < theirs ? t : theirs;
    }
    printf("%-6s %4zu bytes  %s  %7.1f ns  protobuf-c %7.1f ns  ratio %.2f\n", name, b->in.len,
           w->what, ours, theirs, ours / theirs);
}

static int run_only(bench *b, char **argv)
{
    const struct work *w = &works[strcmp(argv[4], "encode") == 0];
    work_fn           *work = strcmp(argv[3], "ours") == 0 ? w->ours : w->theirs;

    for (long n = atol(argv[5]); n > 0; n--)
        work(b);
    return 0;
}

int main(int argc, char **argv)
{
    static bench order, echo;
    int          n_rounds = argc == 2 ? atoi(argv[1]) : DEFAULT_ROUNDS;

    bench_init(&order, make_order());
    bench_init(&echo, make_echo());
    if (argc == 6)
        return run_only(strcmp(argv[2], "echo") == 0 ? &echo : &order, argv);
    for (size_t i = 0; i < TERN_COUNT_OF(works); i++) {
        compare("order", &works[i], &order, n_rounds);
        compare("echo", &works[i], &echo, n_rounds);
    }
    return 0;
}
