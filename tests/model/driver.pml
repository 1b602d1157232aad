/* The hand-over of a poller's seat among those who wait for something that is done there: terni_driver_wait, _leave and
 * _call (transport/poller/driver.c) below terni_waiter and tern_ticket_wait, with a host (tern_poller_run) that comes and
 * goes, or stays. Each of N_WAITERS threads posts one errand, which takes a round or two, and waits until it was called; whoever has
 * the seat runs what is posted.
 *
 * What happens under the lock is one step; a wait on a condition gives it back, and a signal is lost on who does not wait.
 * That a post wakes who drives is post_wake.pml's; here it does.
 *
 * Holds: at most one has the seat; everybody's errand is done, and everybody hears of it (no invalid end state).
 *
 * Each of these takes a step out, and must be found:
 *   -DDONE_OFFERS_NOTHING   who was offered the seat and is done does not pass the offer on
 *   -DLEAVER_OFFERS_NOTHING who leaves the seat tells nobody
 *   -DCALL_IS_SILENT        a ticket is called, and its owner is not told
 *   -DHOST_IS_NOT_WAITED_FOR who leaves offers the seat to a waiter though a host wants it
 */
#define N_WAITERS 3
#define NOBODY 255
#define HOST 254

byte seat = NOBODY;
bool posted[N_WAITERS], done[N_WAITERS];
bool queued[N_WAITERS], called[N_WAITERS]; /* waits on its condition; and was signalled */
byte order[N_WAITERS], n_queued;           /* the newest last */
byte n_hosts;
bool host_waits, host_freed, is_wanted;

/* All with the lock. */
inline signal(w) {
    if
    :: queued[w] -> called[w] = true
    :: else
    fi
}

inline offer() {
    if
    :: seat != NOBODY
#ifdef HOST_IS_NOT_WAITED_FOR
    :: seat == NOBODY && n_queued > 0 -> signal(order[n_queued - 1])
    :: seat == NOBODY && n_queued == 0 && host_waits -> host_freed = true
    :: seat == NOBODY && n_queued == 0 && !host_waits
#else
    :: seat == NOBODY && n_hosts > 0 -> host_freed = host_waits
    :: seat == NOBODY && n_hosts == 0 && n_queued > 0 -> signal(order[n_queued - 1])
    :: seat == NOBODY && n_hosts == 0 && n_queued == 0
#endif
    fi
}

inline queue_up(w) {
    order[n_queued] = w;
    n_queued++;
    queued[w] = true
}

inline leave_queue(w) {
    i = 0;
    do
    :: order[i] == w -> break
    :: else -> i++
    od;
    do
    :: i + 1 < n_queued -> order[i] = order[i + 1]; i++
    :: else -> break
    od;
    n_queued--;
    order[n_queued] = 0;
    queued[w] = false;
    called[w] = false;
    i = 0
}

/* One round: what was posted before it. An errand may post itself once more. */
inline run_round() {
    d_step {
        i = 0;
        do
        :: i < N_WAITERS -> taken[i] = posted[i]; posted[i] = false; i++
        :: else -> break
        od;
        i = 0
    }
    do
    :: i < N_WAITERS && !taken[i] -> i++
    :: i < N_WAITERS && taken[i] && !was_long[i] -> was_long[i] = true; taken[i] = false; posted[i] = true; i++
    :: i < N_WAITERS && taken[i] ->
        atomic {
            done[i] = true;
#ifndef CALL_IS_SILENT
            signal(i);
#endif
            taken[i] = false;
            i++
        }
    :: i == N_WAITERS -> i = 0; break
    od
}

inline leave() {
    atomic {
        assert(seat != NOBODY);
        seat = NOBODY;
#ifndef LEAVER_OFFERS_NOTHING
        offer()
#endif
    }
}

bool was_long[N_WAITERS];
byte n_over;

proctype waiter(byte me) {
    byte i;
    bool taken[N_WAITERS];

    posted[me] = true;
ask:
    atomic {
        if
        :: done[me] ->
#ifndef DONE_OFFERS_NOTHING
            offer();
#endif
            goto over
        :: !done[me] && seat == NOBODY && n_hosts == 0 -> seat = me; goto drive
        :: else -> queue_up(me)
        fi
    }
    atomic { called[me] -> leave_queue(me); goto ask }
drive:
    do
    :: is_wanted || done[me] -> break
    :: !is_wanted && !done[me] && (posted[0] || posted[1] || posted[2]) -> run_round()
    od;
    leave();
    goto ask;
over:
    n_over++
}

/* Comes once. */
proctype host(bool stays) {
    byte i;
    bool taken[N_WAITERS];

    atomic { n_hosts++ }
wait:
    atomic {
        if
        :: seat == NOBODY -> seat = HOST; n_hosts--; is_wanted = false; goto drive
        :: else -> is_wanted = true; host_waits = true
        fi
    }
    atomic { host_freed -> host_freed = false; host_waits = false; goto wait }
drive:
    do
    :: (posted[0] || posted[1] || posted[2]) -> run_round()
    :: !stays || n_over == N_WAITERS -> break
    od;
    leave()
}

init {
    atomic {
        run waiter(0);
        run waiter(1);
        run waiter(2);
        if
        :: run host(false)
        :: run host(true)
        fi
    }
}
