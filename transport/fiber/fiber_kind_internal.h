// transport/fiber/fiber_kind_internal.h: what fibers are about, by the function that they run. Knows nothing of dumps.
//
// Threads:   any; terni_fiber_kind_describe on the fiber's own, also in a signal handler.
#ifndef TRANSPORT_FIBER_FIBER_KIND_INTERNAL_H
#define TRANSPORT_FIBER_FIBER_KIND_INTERNAL_H

#include <tern/fiber.h>

enum { TERNI_FIBER_LABEL = 256 };  // bytes

// Its name, or what is said of its kind, in `text`; or "(no name)".
const char *terni_fiber_kind_label(const tern_fiber *f, char text[TERNI_FIBER_LABEL]);

#endif
