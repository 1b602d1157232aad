// upload [ADDRESS [MIB]]: sends so many made-up mebibytes, and compares what the server has counted.
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "checksum.h"
#include "upload.tern.h"

enum { CHUNK = 256 * 1024, MIB = 1024 * 1024 };

// A bar for people, drawn again with each mebibyte.
static void show_progress(uint64_t done, uint64_t total)
{
    static const char bar[] = "########################################";
    int               filled = (int)(done * (sizeof bar - 1) / total);

    if (done % MIB == 0 && isatty(STDERR_FILENO))
        fprintf(stderr, "\r[%-40.*s] %" PRIu64 " of %" PRIu64 " MiB", filled, bar, done / MIB,
                total / MIB);
}

static void end_progress(void)
{
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
}

static void make_chunk(uint8_t *chunk, uint64_t seed)
{
    for (size_t i = 0; i < CHUNK; i += sizeof seed) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
        memcpy(chunk + i, &seed, sizeof seed);
    }
}

// Sends everything; `ret_sum` is what it was.
static tern_code send_all(upload_upload_send_stream *stream, uint64_t total, uint64_t *ret_sum)
{
    static uint8_t chunk[CHUNK];
    tern_code      code = TERN_OK;

    *ret_sum = CHECKSUM_START;
    for (uint64_t done = 0; done < total && code == TERN_OK; done += CHUNK) {
        make_chunk(chunk, done);
        *ret_sum = checksum(*ret_sum, chunk, CHUNK);
        code = upload_upload_send_send(stream, UPLOAD_CHUNK(.data = { CHUNK, chunk }));
        if (code == TERN_OK)
            show_progress(done + CHUNK, total);
    }
    end_progress();
    return code;
}

static bool is_right(const upload_receipt *receipt, uint64_t total, uint64_t sum)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    printf("%" PRIu64 " MiB in %" PRIu64 " chunks have arrived; this side took %ld MiB at most\n",
           receipt->n_bytes / MIB, receipt->n_chunks, used.ru_maxrss / 1024);
    if (receipt->n_bytes == total && receipt->checksum == sum)
        return true;
    fputs("but they are not what was sent\n", stderr);
    return false;
}

int main(int argc, char **argv)
{
    uint64_t total = (argc > 2 ? strtoull(argv[2], NULL, 10) : 1024) * MIB, sum;
    TERN_AUTO(tern_channel) *ch = tern_connect(argc > 1 ? argv[1] : "tcp://127.0.0.1:7002", NULL);
    TERN_AUTO(upload_upload_send_stream) *stream =
        upload_upload_send(ch, &(tern_call_opts){ .timeout_ms = TERN_NO_TIMEOUT });
    TERN_AUTO(upload_receipt) *receipt = NULL;
    tern_status st;

    (void)!send_all(stream, total, &sum);  // why it failed, _finish says better
    st = upload_upload_send_finish(stream, &receipt);
    return st.code ? tern_report(st) : !is_right(receipt, total, sum);
}
