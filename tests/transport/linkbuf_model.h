// tests/transport/linkbuf_model.h: plays a program of queue operations, written in bytes, on real
// LinkBuffers and on flat arrays, and compares. Knows nothing of where the bytes come from: a fuzzer
// or a random generator.
//
// Five queues: three on one pool, one on a second pool, one without a pool. Operations fail for want
// of memory where the program says so. Aborts (TERN_ASSERT) on the first difference; at the end
// everything must be back where it came from.
#ifndef TESTS_TRANSPORT_LINKBUF_MODEL_H
#define TESTS_TRANSPORT_LINKBUF_MODEL_H

#include <stddef.h>
#include <stdint.h>

void linkbuf_model_run(const uint8_t *program, size_t len);

#endif
