// bench/json/json.c: what messages as JSON cost beside protobuf C++'s own, and what JSON alone costs simdjson, which
// makes no messages of it.
//
//   json [rounds]                    all, nanoseconds per document (best of the rounds) and ratios
//   json only <type> <way> <n>       one thing n times, for callgrind: json only Order decode 1000
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tern/json.h>

#include "bench/json/rivals.h"
#include "documents.tern.h"

enum { N_ITEMS = 8, N_TAGS = 24, N_ATTRIBUTES = 4, N_SAMPLES = 200, N_LINES = 40 };
enum { BYTES_PER_ROUND = 8 << 20, DEFAULT_ROUNDS = 7, MAX_TEXT = 64 << 10 };

// ---- the documents -------------------------------------------------------

static size_t write_order(char *p)
{
    char *start = p;

    p += sprintf(p, "{\"id\":\"123456789012\",\"customer\":\"Ada Lovelace\",\"currency\":\"EUR\","
                    "\"createdMs\":\"1780000000000\",\"items\":[");
    for (int i = 0; i < N_ITEMS; i++) {
        p += sprintf(p, "%s{\"sku\":\"SKU-%05d\",\"quantity\":%d,\"priceCents\":\"%d\"",
                     i ? "," : "", 1000 + i * 77, i + 1, 1999 + 250 * i);
        p += i % 2 ? sprintf(p, ",\"discount\":%g}", 0.05 * i) : sprintf(p, "}");
    }
    p += sprintf(p, "],\"tags\":[");
    for (int i = 0; i < N_TAGS; i++)
        p += sprintf(p, "%s\"tag-%d\"", i ? "," : "", i * 37);
    p += sprintf(p, "],\"attributes\":{");
    for (int i = 0; i < N_ATTRIBUTES; i++)
        p += sprintf(p, "%s\"attribute-%d\":\"value %d\"", i ? "," : "", i, i * 1001);
    p += sprintf(p,
                 "},\"note\":\"please leave it at the door\",\"isExpress\":true,\"priority\":-3}");
    return (size_t)(p - start);
}

static size_t write_samples(char *p)
{
    char    *start = p;
    uint64_t seed = 1;

    p += sprintf(p, "{\"values\":[");
    for (int i = 0; i < N_SAMPLES; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        p += sprintf(p, "%s%.17g", i ? "," : "", (double)(seed >> 11) / (1ull << 46) - 60);
    }
    p += sprintf(p, "]}");
    return (size_t)(p - start);
}

static size_t write_letters(char *p)
{
    char *start = p;

    p += sprintf(p, "{\"lines\":[");
    for (int i = 0; i < N_LINES; i++)
        p += sprintf(p, "%s\"%d: she said \\\"na\xc3\xafve caf\xc3\xa9\\\" and left it there\\n\"",
                     i ? "," : "", i);
    p += sprintf(p, "]}");
    return (size_t)(p - start);
}

// ---- the work ------------------------------------------------------------

typedef struct bench bench;
struct bench {
    const char                       *name;
    const ProtobufCMessageDescriptor *type;
    char                              text[MAX_TEXT];
    size_t                            len;
    void                             *msg;
    tern_pool                        *pool;
    tern_linkbuf                      out;
};

static void decode_ours(bench *b)
{
    void *msg = tern_json_decode(b->type, b->text, b->len, NULL, NULL);

    if (!msg)
        abort();
    tern_message_free(b->type, msg);
}

static void encode_ours(bench *b)
{
    if (tern_json_encode(b->type, b->msg, &b->out, NULL, NULL) < 0)
        abort();
    tern_linkbuf_clear(&b->out);
}

static void check(int is_fine)
{
    if (!is_fine)
        abort();
}

static void decode_protobuf(bench *b) { (void)b, check(protobuf_decode()); }
static void encode_protobuf(bench *b) { (void)b, check(protobuf_encode()); }
static void decode_simdjson(bench *b) { (void)b, check(simdjson_decode()); }
static void encode_simdjson(bench *b) { (void)b, check(simdjson_encode()); }

typedef void work_fn(bench *b);
static const struct work {
    const char *what;
    work_fn    *ours, *protobuf, *simdjson;
} works[] = {
    { "decode", decode_ours, decode_protobuf, decode_simdjson },
    { "encode", encode_ours, encode_protobuf, encode_simdjson },
};

static void load(bench *b)
{
    tern_json_error why;

    b->pool = tern_pool_new();
    tern_linkbuf_init(&b->out, b->pool);
    b->msg = tern_json_decode(b->type, b->text, b->len, NULL, &why);
    if (!b->msg || !protobuf_load(b->type->name, b->text, b->len) ||
        !simdjson_load(b->text, b->len)) {
        fprintf(stderr, "json: %s\n", b->msg ? "others cannot read it" : why.text);
        exit(1);
    }
}

static void unload(bench *b)
{
    tern_message_free(b->type, b->msg);
    tern_linkbuf_done(&b->out);
    tern_pool_free(b->pool);
}

// ---- the clock -----------------------------------------------------------

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void time_round(work_fn *work, bench *b, double *best)
{
    int    n = (int)(BYTES_PER_ROUND / b->len);
    double start = now_ns(), each;

    for (int i = 0; i < n; i++)
        work(b);
    each = (now_ns() - start) / n;
    if (*best == 0 || each < *best)
        *best = each;
}

// Takes turns, so that a slow moment of the machine meets all.
static void compare(const struct work *w, bench *b, int n_rounds)
{
    double ours = 0, protobuf = 0, simdjson = 0;

    for (int i = 0; i < n_rounds; i++) {
        time_round(w->ours, b, &ours);
        time_round(w->protobuf, b, &protobuf);
        time_round(w->simdjson, b, &simdjson);
    }
    printf("%-8s %5zu bytes  %s  %6.0f ns  protobuf C++ %7.0f ns  ratio %.2f  "
           "simdjson %6.0f ns  ratio %.2f\n",
           b->name, b->len, w->what, ours, protobuf, ours / protobuf, simdjson, ours / simdjson);
}

static int run_only(bench *b, const char *what, int n)
{
    for (size_t i = 0; i < TERN_COUNT_OF(works); i++)
        for (int k = 0; k < n && strcmp(works[i].what, what) == 0; k++)
            works[i].ours(b);
    return 0;
}

int main(int argc, char **argv)
{
    static bench orders = { .name = "Order", .type = &bench_json_order_descriptor };
    static bench samples = { .name = "Samples", .type = &bench_json_samples_descriptor };
    static bench letters = { .name = "Letters", .type = &bench_json_letters_descriptor };
    bench       *all[] = { &orders, &samples, &letters };
    int          n_rounds = argc == 2 ? atoi(argv[1]) : DEFAULT_ROUNDS;

    orders.len = write_order(orders.text);
    samples.len = write_samples(samples.text);
    letters.len = write_letters(letters.text);
    for (size_t i = 0; i < TERN_COUNT_OF(all); i++) {
        load(all[i]);
        if (argc == 5 && strcmp(argv[2], all[i]->name) == 0)
            return run_only(all[i], argv[3], atoi(argv[4]));
        for (size_t w = 0; argc < 5 && w < TERN_COUNT_OF(works); w++)
            compare(&works[w], all[i], n_rounds);
        unload(all[i]);
    }
    return 0;
}
