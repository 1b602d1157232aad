/* A channel is freed by one thread while another frees the poller that its calls ran on: tern_channel_free, close_shard and
 * on_shard_gone (rpc/client/channel.c) beside close_down and tern_poller_free (transport/poller/poller.c). The channel's part
 * on that poller, its shard, is a guest there, and holds a reference to each of the two; the shard's memory is the channel's.
 *
 * Holds: nobody touches what was freed, the shard closes once, and both are freed at the end.
 *
 * Each of these takes a step out, and must be found:
 *   -DGONE_WITHOUT_LOCK   the shard leaves its poller while the other thread is about to post to that
 *   -DTASK_WITHOUT_REF    the task that closes the shard does not hold the channel
 *   -DLOOK_BEFORE_LOCK    whether the shard still has its poller is looked up before the lock is taken
 *   -DGUESTS_GO_LAST      the poller runs what was posted before it sends its guests away, and not behind that
 */
byte poller_refs = 2, channel_refs = 2; /* the owner's, and the shard's */
bool poller_freed, channel_freed, locked;
bool found = true;   /* found_by */
bool posted;         /* close_task */
bool is_guest = true;
bool is_closing, is_closed;
byte n_over;

inline lock() { atomic { !locked -> locked = true } }

inline unlock() {
    assert(!channel_freed); /* the lock lies in it */
    locked = false
}

inline unref_channel() {
    d_step {
        assert(!channel_freed);
        channel_refs--;
        channel_freed = channel_refs == 0
    }
}

inline unref_poller() {
    d_step {
        assert(!poller_freed);
        poller_refs--;
        poller_freed = poller_refs == 0
    }
}

/* terni_shard_close, and on_shard_gone below it. On the poller's thread, or after its end. */
inline close_shard() {
    assert(!channel_freed);
    if
    :: is_closing
    :: else ->
        is_closing = true;
        is_guest = false;
#ifdef GONE_WITHOUT_LOCK
        found = false;
#else
        lock();
        found = false;
        unlock();
#endif
        unref_poller();
        unref_channel()
    fi
}

inline run_posted() {
    if
    :: posted ->
        posted = false;
        close_shard();
#ifndef TASK_WITHOUT_REF
        unref_channel()
#endif
    :: else
    fi
}

proctype poller_owner() {
    run_posted();
    if /* send_guests_away */
    :: is_guest -> close_shard()
    :: else
    fi;
#ifndef GUESTS_GO_LAST
    run_posted();
#endif
    is_closed = true;
    unref_poller();
    n_over++
}

proctype channel_owner() {
    bool was_found;

#ifdef LOOK_BEFORE_LOCK
    was_found = found;
    lock();
#else
    lock();
    was_found = found;
#endif
    if
    :: was_found ->
        assert(!poller_freed);
        if
        :: is_closed ->
            unlock();
            close_shard()
        :: else ->
#ifndef TASK_WITHOUT_REF
            channel_refs++;
#endif
            posted = true; /* tern_poller_post looks at the poller */
            assert(!poller_freed);
            unlock()
        fi
    :: else -> unlock()
    fi;
    unref_channel();
    n_over++
}

init {
    atomic {
        run poller_owner();
        run channel_owner()
    }
    n_over == 2;
    assert(poller_freed && channel_freed && !posted)
}
