#include "rpc/wire/limits_internal.h"

#include <string.h>

#include "rpc/wire/events_internal.h"

const terni_wire_limits terni_limits_default = {
    .max_message = 64 * 1024 * 1024,  // as <tern/server.h> and <tern/channel.h> promise
    .max_streams = 10000,             // bench/run measures so many: 6 % more for each call than at 100
    .max_metadata = 64 * 1024,        // what the head of one native frame can hold
    .max_status_message = 16 * 1024,  // a text for people
    .stream_window = 256 * 1024,      // what an output holds (TERNI_WIRE_ENOUGH)
    .connection_window = 16 * 1024 * 1024,  // the first flight's, and 64 streams' worth
    .max_unsent_control = 64 * 1024,        // 3,276 answers to PINGs
    .max_untaken = 2 * 1024 * 1024,         // more than a socket holds: who reads keeps it busy
    .max_waiting = 128 * 1024 * 1024,       // two of the longest messages
    .max_nuisance = 16 * 1024,              // who gives up all its max_streams at once is no enemy
    .nuisance_per_s = 1000,                 // a thousandth of what one core could be kept busy with
    .header_timeout_ms = 20 * 1000,   // 1 KB/s is enough for what is not a message
    .message_timeout_ms = 60 * 1000,  // 11 KB/s for the longest message
    .write_timeout_ms = 60 * 1000,    // as long as it may stand still itself
    .h2 = {
        .max_frame = 16 * 1024,  // what everybody can take; parts of messages lie apart in any case
        .max_header_block = 80 * 1024,  // max_metadata, and something for what stands beside them
        .max_continuations = 16,
    },
    .native = {
        .max_frame = (1024 + 64) * 1024,  // so that a message of 1 MiB and its head fit one
        .max_path_ids = 4096,             // a server's table of them has 64 KiB then
    },
};

bool terni_limits_allow_encoding(const terni_wire_limits *limits, const char *name, size_t len)
{
    static const char none[] = "identity";

    if (len == 0 || (len == sizeof none - 1 && memcmp(name, none, len) == 0))
        return true;
    for (const char *one = limits->encodings; one; one = strchr(one, ',')) {
        one += *one == ',';
        if (strcspn(one, ",") == len && memcmp(one, name, len) == 0)
            return true;
    }
    return false;
}

enum { EXHAUSTED = 8 };  // of gRPC's codes

void terni_limits_cut_status(const terni_wire_limits *limits, terni_close *close,
                             uint64_t metadata_bytes)
{
    static const char too_large[] = "the trailing metadata are larger than max_metadata";
    uint32_t          max_len = limits->max_status_message;

    if (TERN_UNLIKELY(metadata_bytes > limits->max_metadata))
        *close = (terni_close){ .code = EXHAUSTED,
                                .message = too_large,
                                .message_len = sizeof too_large - 1 };
    if (TERN_LIKELY(close->message_len <= max_len))
        return;
    while (max_len > 0 && ((uint8_t)close->message[max_len] & 0xc0) == 0x80)
        max_len--;  // not in the middle of a character
    close->message_len = max_len;
}
