// tern/status.h: how a call ended: a code and one line of text, by value. Knows nothing of calls.
//
// Lifetime:  a plain value; nothing to free.
// Threads:   none needed.
// Invariant: msg ends with a NUL, is valid UTF-8 and empty when code is TERN_OK.
//
//   tern_status st = demo_greeter_say_hello(ch, DEMO_HELLO_REQUEST(.name = "world"), NULL, &reply);
//   if (st.code)
//       return tern_report(st);
#ifndef TERN_STATUS_H
#define TERN_STATUS_H

#include <tern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

// The codes of gRPC, with its numbers, so that people and tools recognise them.
typedef enum tern_code {
    TERN_OK = 0,
    TERN_CANCELLED = 1,          // by the caller
    TERN_UNKNOWN = 2,            // the peer sent a code that nobody knows
    TERN_INVALID_ARGUMENT = 3,   // wrong whatever the state of the server
    TERN_DEADLINE_EXCEEDED = 4,  // the work may have been done all the same
    TERN_NOT_FOUND = 5,
    TERN_ALREADY_EXISTS = 6,
    TERN_PERMISSION_DENIED = 7,    // the caller is known, and may not
    TERN_RESOURCE_EXHAUSTED = 8,   // a limit, a quota, or memory
    TERN_FAILED_PRECONDITION = 9,  // wrong in this state; do not repeat before it has changed
    TERN_ABORTED = 10,             // lost against another one; repeat from the start
    TERN_OUT_OF_RANGE = 11,
    TERN_UNIMPLEMENTED = 12,
    TERN_INTERNAL = 13,
    TERN_UNAVAILABLE = 14,  // nobody there, or not now; may be repeated
    TERN_DATA_LOSS = 15,
    TERN_UNAUTHENTICATED = 16,  // the caller is not known
} tern_code;

typedef struct tern_status tern_status;
struct tern_status {
    tern_code code;
    char      msg[124];  // a longer message is cut at a character; tern_call_info has all of it
};

// "NOT_FOUND". A number that is no code gives "UNKNOWN".
TERN_API const char *tern_code_name(tern_code code);

// `fmt` is ignored for TERN_OK.
TERN_API TERN_PRINTF(2, 3) tern_status tern_status_make(tern_code code, const char *fmt, ...);

// For main: says on stderr what went wrong, in one line, and returns the program's exit code: 0 for
// TERN_OK (and says nothing), 1 for everything else.
TERN_API int tern_report(tern_status st);

#ifdef __cplusplus
}
#endif

#endif
