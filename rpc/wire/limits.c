#include "rpc/wire/limits_internal.h"

const terni_wire_limits terni_limits_default = {
    .max_message = 64 * 1024 * 1024,  // as <tern/server.h> and <tern/channel.h> promise
    .max_streams = 10000,             // bench/run measures so many: 6 % more for each call than at 100
    .max_metadata = 64 * 1024,        // what the head of one native frame can hold
    .max_status_message = 16 * 1024,  // a text for people
    .stream_window = 256 * 1024,      // what an output holds (TERNI_WIRE_ENOUGH)
    .connection_window = 16 * 1024 * 1024,  // the first flight's, and 64 streams' worth
    .max_unsent_control = 64 * 1024,        // 3,276 answers to PINGs
    .native = {
        .max_frame = (1024 + 64) * 1024,  // so that a message of 1 MiB and its head fit one
        .max_path_ids = 4096,             // a server's table of them has 64 KiB then
    },
};
