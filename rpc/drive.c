// Plain threads that wait for a channel's private loop, which has no thread of its own.
#include "rpc/channel_internal.h"

static void drive(terni_set *set, const bool *is_done)
{
    int err = 0;

    set->is_driven = true;
    while (!*is_done && err == 0) {
        pthread_mutex_unlock(&set->lock);
        err = tern_poller_step(set->poller, -1);
        pthread_mutex_lock(&set->lock);
    }
    set->is_driven = false;
    pthread_cond_broadcast(&set->has_progress);  // somebody else may want to drive on
}

void terni_drive_until(terni_set *set, const bool *is_done)
{
    pthread_mutex_lock(&set->lock);
    while (!*is_done) {
        if (set->is_driven || !set->is_private)
            pthread_cond_wait(&set->has_progress, &set->lock);
        else
            drive(set, is_done);
    }
    pthread_mutex_unlock(&set->lock);
}
