#include "transport/base/seldom_internal.h"

#include "transport/poller/guests_internal.h"

#include <errno.h>

#include "transport/poller/core_internal.h"

int tern_poller_join(tern_poller *p, tern_guest *guest)
{
    TERN_ASSERT(guest->leave);
    if (p->is_closing)
        return -ECANCELED;
    guest->next = p->guests;
    guest->link = &p->guests;
    if (guest->next)
        guest->next->link = &guest->next;
    p->guests = guest;
    return 0;
}

void tern_poller_part(tern_guest *guest)
{
    if (!guest->link)
        return;
    TERN_ASSERT(*guest->link == guest);
    *guest->link = guest->next;
    if (guest->next)
        guest->next->link = guest->link;
    guest->link = NULL;
}

void terni_guests_leave(tern_poller *p)
{
    for (tern_guest *guest; (guest = p->guests);) {
        tern_poller_part(guest);
        guest->leave(guest);
    }
}
