// rpc/session/survey_internal.h: a connection in a line, for people. Knows nothing of who asks.
//
// Threads:   its poller's.
#ifndef RPC_SESSION_SURVEY_INTERNAL_H
#define RPC_SESSION_SURVEY_INTERNAL_H

#include "rpc/base/text_internal.h"
#include "rpc/session/session_internal.h"

// "127.0.0.1:4711, native, 3 calls, 0 bytes wait to be sent, 0 to be read, silent for 0.012 s", without an end.
void terni_session_describe(const terni_session *s, terni_text *to);
// ", 1.234 s left", or that there is none.
void terni_session_describe_deadline(uint64_t now_ns, uint64_t deadline_ns, terni_text *to);

#endif
