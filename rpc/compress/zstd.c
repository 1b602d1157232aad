// zstd, by libzstd.
#include "rpc/base/seldom_internal.h"

#define ZSTD_STATIC_LINKING_ONLY  // for contexts in our own memory; the same since 1.0
#include <errno.h>

#include <tern/mem.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "rpc/compress/algorithm_internal.h"

enum {
    LEVEL = 1,  // of 22: of JSON it leaves what gzip does (gzip.c), in a fifth of the time
    MAX_WINDOW_LOG = 23,  // TERNI_MAX_WINDOW
};

_Static_assert(1 << MAX_WINDOW_LOG == TERNI_MAX_WINDOW, "one is the logarithm of the other");

static void *allocate(void *unused, size_t size)
{
    (void)unused;
    return tern_mem_alloc(size);
}

static void release(void *unused, void *p)
{
    (void)unused;
    tern_mem_free(p);
}

static const ZSTD_customMem our_memory = { allocate, release, NULL };

static int failure(size_t result)
{
    return ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation ? -ENOMEM : -EBADMSG;
}

typedef size_t step_fn(void *state, ZSTD_outBuffer *out, ZSTD_inBuffer *in, bool is_last);

// What is left to be done, 0: nothing; or an error of zstd's.
static int step(void *state, step_fn *fn, terni_pack_io *io, bool is_last)
{
    ZSTD_inBuffer  in = { io->in, io->in_len, 0 };
    ZSTD_outBuffer out = { io->out, io->out_len, 0 };
    size_t         result = fn(state, &out, &in, is_last);

    io->in += in.pos;
    io->in_len -= in.pos;
    io->out += out.pos;
    io->out_len -= out.pos;
    if (ZSTD_isError(result))
        return failure(result);
    return result == 0;
}

// ---- packing -------------------------------------------------------------

static void *begin_pack(uint64_t size)
{
    ZSTD_CCtx *c = ZSTD_createCCtx_advanced(our_memory);

    if (!c)
        return NULL;
    if (!ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, LEVEL)) &&
        !ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(c, size)))
        return c;
    ZSTD_freeCCtx(c);
    return NULL;
}

static size_t compress(void *state, ZSTD_outBuffer *out, ZSTD_inBuffer *in, bool is_last)
{
    return ZSTD_compressStream2(state, out, in, is_last ? ZSTD_e_end : ZSTD_e_continue);
}

static int step_pack(void *state, terni_pack_io *io, bool is_last)
{
    int done = step(state, compress, io, is_last);

    TERN_ASSERT(done != -EBADMSG);
    return done > 0 && !is_last ? 0 : done;
}

static void end_pack(void *state) { ZSTD_freeCCtx(state); }

// ---- unpacking -----------------------------------------------------------

static void *begin_unpack(uint64_t size)
{
    ZSTD_DCtx *d = ZSTD_createDCtx_advanced(our_memory);

    (void)size;
    if (!d)
        return NULL;
    if (!ZSTD_isError(ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, MAX_WINDOW_LOG)))
        return d;
    ZSTD_freeDCtx(d);
    return NULL;
}

static size_t decompress(void *state, ZSTD_outBuffer *out, ZSTD_inBuffer *in, bool is_last)
{
    (void)is_last;
    return ZSTD_decompressStream(state, out, in);
}

static int step_unpack(void *state, terni_pack_io *io, bool is_last)
{
    return step(state, decompress, io, is_last);
}

static void end_unpack(void *state) { ZSTD_freeDCtx(state); }

// ---- the table -----------------------------------------------------------

static const terni_pack_ops pack_ops = { begin_pack, step_pack, end_pack };
static const terni_pack_ops unpack_ops = { begin_unpack, step_unpack, end_unpack };

const terni_compression terni_zstd = { "zstd", &pack_ops, &unpack_ops };
