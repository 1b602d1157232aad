// tests/transport/linkbuf_fixture.h: two queues on one pool, and the words that the LinkBuffer's
// tests are written in. Each test must give all memory back.
#ifndef TESTS_TRANSPORT_LINKBUF_FIXTURE_H
#define TESTS_TRANSPORT_LINKBUF_FIXTURE_H

#include "tests/support/test.h"

#include <tern/linkbuf.h>

extern tern_pool   *pool;
extern tern_linkbuf q, other;

int fixture_setup(void **state);
int fixture_teardown(void **state);

void append(tern_linkbuf *b, const char *text);
// A segment of its own, as foreign memory never grows. `text` must outlive the queue.
void append_alone(tern_linkbuf *b, const char *text);
// `n` bytes that nobody looks at, in one piece.
void fill(tern_linkbuf *b, size_t n);

void   assert_holds(const tern_linkbuf *b, const char *text);  // and is valid
int    count_segments(const tern_linkbuf *b);                  // 64 at most
size_t live_bytes(void);                                       // of the pool

#endif
