// tests/transport/failing_mem.h: an allocator under <tern/mem.h> that counts what is alive and
// fails where it is told to.
//
//   failing_mem_install();
//   failing_mem_fail_at(2);                 // the third allocation from here on
//   ...
//   assert_int_equal(failing_mem_live(), 0);
//   failing_mem_remove();
#ifndef TESTS_TRANSPORT_FAILING_MEM_H
#define TESTS_TRANSPORT_FAILING_MEM_H

#include <stdbool.h>
#include <stddef.h>

void failing_mem_install(void);
void failing_mem_remove(void);

// One failure, of the i-th allocation (0: the next). -1: none.
void failing_mem_fail_at(int i);
bool failing_mem_has_failed(void);  // since the last failing_mem_fail_at

size_t failing_mem_live(void);   // allocations not freed
size_t failing_mem_calls(void);  // allocations made since failing_mem_install

#endif
