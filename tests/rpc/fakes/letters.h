// tests/rpc/fakes/letters.h: a service whose methods take and give notes, one method of each kind. Nobody serves
// it: what tests need is a method's table.
#ifndef TESTS_RPC_FAKES_LETTERS_H
#define TESTS_RPC_FAKES_LETTERS_H

#include <tern/stub.h>

#include "tests/rpc/fakes/letter.pb-c.h"

extern const tern_method letters_methods[4];  // by tern_method_kind

// For cmocka_run_group_tests: plans are made once and kept for good, and no test is to blame for them.
int letters_warm_up(void **state);

Test__Note letters_note(const char *text);

#endif
