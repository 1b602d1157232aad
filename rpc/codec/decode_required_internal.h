// rpc/codec/decode_required_internal.h: which required fields have come. A message may come in pieces, none of which need
// have all: what one lacks is noted, and is missing only if no other piece has it.
//
// Lifetime:  notes are in the arena of the run.
// Invariant: d->needs has each message that lacks something, once.
#ifndef RPC_CODEC_DECODE_REQUIRED_INTERNAL_H
#define RPC_CODEC_DECODE_REQUIRED_INTERNAL_H

#include "rpc/codec/decode_field_internal.h"

// So many messages may lack something at a time; one more is an error at once. Each has been looked for among them.
enum { TERNI_DECODE_MAX_NEEDS = 64 };

// A bit for each required field that was seen: `near_bits`, which is 0, or in the arena where there are more than 64. NULL,
// with d->fault set: no memory.
uint64_t *terni_decode_begin_required(terni_decoder *d, const terni_plan *plan, const uint8_t *msg,
                                      uint64_t *near_bits);
// At the end of a piece. False, with d->fault set: `*ret_missing` has not come, and will not.
bool terni_decode_end_required(terni_decoder *d, const terni_plan *plan, const uint8_t *msg,
                               const uint64_t *seen, const terni_field **ret_missing);

#endif
