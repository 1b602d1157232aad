/* The hand-over of work to a poller that may sleep: tern_poller_post and wake_if_sleeping on one side, run_round,
 * announce_sleep and take_posted on the other (transport/poller/poller.c). Two threads post N_POSTS times each; the list
 * of what is posted is a number, since who takes it takes all.
 *
 * Memory is sequentially consistent here, as the accesses it is about are there (seq_cst). The eventfd counts, and is level:
 * a wait returns when a write is pending, and clears it.
 *
 * Holds: every task runs, and the poller does not sleep for ever (no invalid end state).
 *
 * Each of these takes a step out, and must be found:
 *   -DNO_RECHECK   announce_sleep does not look again behind its store
 *   -DWAKE_FIRST   post wakes before it has pushed
 *   -DNO_ANNOUNCE  the poller sleeps without having said so
 */
#define N_POSTERS 2
#define N_POSTS 2
#define ALL (N_POSTERS * N_POSTS)

byte posted, n_run;
bool sleeping, edge;

inline wake_if_sleeping() {
    if
    :: !sleeping
    :: else ->
        /* the exchange */
        d_step { was = sleeping; sleeping = false }
        if
        :: was -> edge = true
        :: else
        fi
    fi
}

proctype poster() {
    byte i;
    bool was;

    for (i : 1 .. N_POSTS) {
#ifdef WAKE_FIRST
        wake_if_sleeping();
        posted++
#else
        posted++;
        wake_if_sleeping()
#endif
    }
}

proctype poller() {
    byte taken;

    do
    :: n_run == ALL -> break
    :: else ->
        /* take_posted: what was posted before this exchange */
        d_step { taken = posted; posted = 0; n_run = n_run + taken }
        if
        :: n_run == ALL -> skip
        :: else ->
#ifndef NO_ANNOUNCE
            sleeping = true;
#endif
#ifndef NO_RECHECK
            if
            :: posted > 0 -> sleeping = false
            :: else ->
                    d_step { edge -> edge = false };  /* waits */
                sleeping = false
            fi
#else
            d_step { edge -> edge = false };
            sleeping = false
#endif
        fi
    od
end:
    assert(n_run == ALL && posted == 0)
}

init {
    atomic {
        byte i;

        for (i : 1 .. N_POSTERS) { run poster() }
        run poller()
    }
}
