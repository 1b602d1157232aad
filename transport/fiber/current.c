#include "transport/fiber/current_internal.h"

__thread terni_fibers *terni_current_fibers;

tern_fiber *tern_fiber_current(void)
{
    terni_fibers *home = terni_current_fibers;

    return home ? home->running : NULL;
}
