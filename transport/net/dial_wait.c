#include "transport/base/seldom_internal.h"

#include <errno.h>

#include <tern/conn_io.h>
#include <tern/dialer.h>

#include "transport/fiber/run_on_internal.h"
#include "transport/fiber/wait_slot_internal.h"

typedef struct dialing dialing;
struct dialing {
    tern_poller        *poller;
    const tern_address *address;
    uint64_t            deadline_ns;
    terni_wait_slot     slot;
    bool                is_over;
    int                 fd;  // or -errno
};

static void on_dialed(int fd, void *arg)
{
    dialing *d = arg;

    TERN_ASSERT(!d->is_over);
    d->fd = fd;
    d->is_over = true;
    terni_wait_slot_wake(&d->slot);
}

// The dialer's callback knows our stack: it is waited for also after a cancel. It comes soon then. A second
// cancel is of the fiber's next wait.
static void dial(void *arg)
{
    dialing     *d = arg;
    tern_dialer *dialer;
    bool         is_cancelled = false;
    int          err = tern_dial(d->poller, d->address, d->deadline_ns, on_dialed, d, &dialer);

    if (err < 0) {
        d->fd = err;
        return;
    }
    while (!d->is_over) {
        if (terni_wait_slot_park(&d->slot, "dial", TERN_NEVER) != -ECANCELED)
            continue;
        if (!is_cancelled)
            tern_dialer_cancel(dialer);
        is_cancelled = true;
    }
}

int tern_dial_wait(tern_poller *poller, const tern_address *address, uint64_t deadline_ns,
                   int *ret_fd)
{
    dialing d = { .poller = poller, .address = address, .deadline_ns = deadline_ns };
    int     err = 0;

    if (terni_run_on_is_home(poller))
        dial(&d);
    else
        err = terni_run_on(poller, dial, &d);
    if (err < 0 || d.fd < 0)
        return err < 0 ? err : d.fd;
    *ret_fd = d.fd;
    return 0;
}
