// tests/rpc/fakes/journal.h: what happened, in one line of text: fakes and the tests' own callbacks write it
// down, and the test reads it.
//
// Lifetime:  journal_clear before each test.
// Threads:   one.
//
//   journal_say("opened(%d) ", n);
//   assert_string_equal(journal_take(), "opened(1) ");
#ifndef TESTS_RPC_FAKES_JOURNAL_H
#define TESTS_RPC_FAKES_JOURNAL_H

#include <tern/base.h>

void journal_clear(void);
void journal_say(const char *fmt, ...) TERN_PRINTF(1, 2);
// All since this was called last. Borrowed until it is called again.
const char *journal_take(void);

#endif
