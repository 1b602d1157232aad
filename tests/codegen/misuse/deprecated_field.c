// error: 'stale' is deprecated
#include "kinds.tern.h"

demo_v1_old *old(void);
demo_v1_old *old(void)
{
    static demo_v1_old m;

    m.stale = 1;
    return &m;
}
