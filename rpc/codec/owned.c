#include "rpc/codec/decode_field_internal.h"

// In front of every owned message, in the first chunk of its arena.
typedef struct owned_head owned_head;
struct owned_head {
    terni_arena arena;
};

// Structs, pointers and NULs beside the bytes themselves: what messages of many small fields need.
// Too little costs a second allocation.
static size_t guess_size(const terni_plan *plan, size_t len)
{
    return sizeof(owned_head) + plan->size + 3 * len + 64;
}

// Only a block without a pool may be held by another thread.
static size_t hold_min(const terni_codec_input *in)
{
    return in->block && !in->block->pool ? TERNI_CODEC_HOLD_MIN : SIZE_MAX;
}

// The head, with the message decoded behind it; NULL on failure.
static owned_head *decode_in(terni_arena *a, const terni_plan *plan, const terni_codec_input *in,
                             terni_decode_flags flags, terni_codec_error *ret_error, int *ret_err)
{
    size_t      guess = guess_size(plan, in->len);
    owned_head *head = NULL;

    if (guess > a->max_bytes || (*ret_err = terni_arena_reserve(a, guess)) == 0)
        head = terni_arena_alloc(a, sizeof *head + plan->size);
    if (!head) {
        *ret_err = terni_arena_error(a);
        return NULL;
    }
    *ret_err = terni_codec_decode_into(plan, in, a, hold_min(in), flags, head + 1, ret_error);
    return *ret_err < 0 ? NULL : head;
}

int terni_codec_decode_owned(const terni_plan *plan, const terni_codec_input *in, size_t max_bytes,
                             terni_decode_flags flags, ProtobufCMessage **ret_msg,
                             terni_codec_error *ret_error)
{
    owned_head *head;
    terni_arena a;
    int         err;

    terni_decode_note_no_memory(plan, ret_error);  // until the decoder knows better
    terni_arena_init(&a, NULL, max_bytes);
    if (!(head = decode_in(&a, plan, in, flags, ret_error, &err))) {
        terni_arena_done(&a);
        return err;
    }
    head->arena = a;  // moves in at the end
    *ret_msg = (ProtobufCMessage *)(void *)(head + 1);
    return 0;
}

void terni_codec_free(ProtobufCMessage *msg)
{
    terni_arena a;

    if (!msg)
        return;
    a = ((owned_head *)(void *)msg)[-1].arena;
    TERN_DEBUG_ASSERT(!a.pool && terni_arena_is_valid(&a));  // a call gave it, or _unpack
    terni_arena_done(&a);
}
