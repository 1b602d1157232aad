// client ADDRESS gzip|deflate: calls somebody else's press, whose replies are compressed as ours are. Says on stderr
// what is wrong.
#include "tests/rpc/packing/press.h"

#include <stdio.h>
#include <string.h>

#define REQUIRE(cond) ((cond) ? (void)0 : fail(#cond, __LINE__))

enum { LONG = 100000 };

static uint8_t zeros[LONG];
static bool    has_failed;

static void fail(const char *what, int line)
{
    fprintf(stderr, "line %d: %s\n", line, what);
    has_failed = true;
}

static void call_once(tern_channel *ch, const tern_call_opts *opts, bool is_compressed)
{
    TERN_AUTO(press_receipt) *r = NULL;
    tern_status st =
        press_press_one(ch, PRESS_PARCEL(.body = { LONG, zeros }, .reply_size = LONG), opts, &r);

    REQUIRE(tern_report(st) == 0);
    if (st.code)
        return;
    REQUIRE(r->n_bytes == LONG && r->body.len == LONG);
    REQUIRE(opts->info->n_compressed == is_compressed);
}

static void talk(tern_channel *ch, const tern_call_opts *opts)
{
    TERN_AUTO(press_press_both_stream) *io = press_press_both(ch, opts);

    for (unsigned i = 0; i < 10; i++) {
        const press_receipt *r;

        tern_stub_compress(io, i % 2 ? TERN_COMPRESS_ALWAYS : TERN_COMPRESS_NEVER);
        REQUIRE(press_press_both_send(io, PRESS_PARCEL(.body = { i * 1000, zeros },
                                                       .reply_size = i * 3000 + 500)) == TERN_OK);
        REQUIRE((r = press_press_both_next(io)) != NULL);
        REQUIRE(r && r->n_bytes == i * 1000 && r->body.len == i * 3000 + 500);
        REQUIRE(tern_stub_is_compressed(io));
    }
    press_press_both_close_send(io);
    REQUIRE(!press_press_both_next(io));
    REQUIRE(tern_report(press_press_both_status(io)) == 0);
}

int main(int argc, char **argv)
{
    bool is_gzip = argc == 3 && strcmp(argv[2], "gzip") == 0;
    TERN_AUTO(tern_call_info) info = { 0 };
    const tern_call_opts opts = {
        .info = &info,
        .compression = { is_gzip ? TERN_COMPRESSION_GZIP : TERN_COMPRESSION_DEFLATE,
                         TERN_COMPRESS_ALWAYS },
    };
    TERN_AUTO(tern_channel) *ch = tern_connect(argc == 3 ? argv[1] : "", NULL);

    for (int i = 0; i < 3; i++)
        call_once(ch, &opts, true);
    talk(ch, &opts);
    return has_failed;
}
