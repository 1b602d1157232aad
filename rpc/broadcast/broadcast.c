#include <tern/broadcast.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <tern/mem.h>
#include <tern/poller.h>

enum { MAX_COALESCED = 1 };  // what waits is the newest, and nothing else

// A message on its way to a poller.
typedef struct parcel parcel;
struct parcel {
    parcel     *next;
    tern_block *block;
};

// The members on one poller, and what is on its way to them.
struct tern_broadcast_room_ {
    tern_broadcast_room_  *next;
    tern_broadcast        *of;
    tern_poller           *poller;
    tern_broadcast_member *members;  // the poller's
    tern_task              task;
    atomic_uint            n_members;
    // Under the lock:
    parcel  *first, **last;
    parcel  *spare;  // taken before it is known that all rooms have one
    uint32_t n_parcels;
    bool     is_posted;
};

typedef tern_broadcast_room_ room;

struct tern_broadcast {
    const struct ProtobufCMessageDescriptor *type;
    tern_broadcast_opts                      opts;
    atomic_uint                              refs;  // a task on its way has one
    pthread_mutex_t                          lock;
    room                                    *rooms;  // the list only grows
};

// ---- life ----------------------------------------------------------------

static bool read_opts(tern_broadcast_opts *o, const tern_broadcast_opts *given, size_t size)
{
    if (tern_opts_read(o, sizeof *o, given, size) < 0 || o->max_behind > TERN_MAX_BEHIND)
        return false;
    if (o->max_behind == 0)
        o->max_behind = 1;
    return (unsigned)o->behind <= TERN_BEHIND_END;
}

tern_broadcast *tern_broadcast_new_sized(const struct ProtobufCMessageDescriptor *type,
                                         const tern_broadcast_opts *opts, uint64_t sizes)
{
    tern_broadcast *b = tern_mem_zalloc(sizeof *b);

    if (!b)
        return NULL;
    if (!read_opts(&b->opts, opts, tern_size_at(sizes, 0))) {
        tern_mem_free(b);
        return NULL;
    }
    b->type = type;
    atomic_init(&b->refs, 1);
    pthread_mutex_init(&b->lock, NULL);
    return b;
}

static void drop_parcels(parcel *p)
{
    for (parcel *next; p; p = next) {
        next = p->next;
        tern_block_unref(p->block);
        tern_mem_free(p);
    }
}

static void unref(tern_broadcast *b)
{
    if (atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (room *r; (r = b->rooms);) {
        b->rooms = r->next;
        drop_parcels(r->first);
        tern_mem_free(r->spare);
        tern_poller_unref(r->poller);
        tern_mem_free(r);
    }
    pthread_mutex_destroy(&b->lock);
    tern_mem_free(b);
}

void tern_broadcast_free(tern_broadcast *b)
{
    if (!b)
        return;
    TERN_ASSERT(tern_broadcast_n_members(b) == 0);
    unref(b);
}

uint32_t tern_broadcast_n_members(tern_broadcast *b)
{
    uint32_t n = 0;

    pthread_mutex_lock(&b->lock);
    for (const room *r = b->rooms; r; r = r->next)
        n += atomic_load_explicit(&r->n_members, memory_order_relaxed);
    pthread_mutex_unlock(&b->lock);
    return n;
}

// ---- a member that is behind ---------------------------------------------

static const tern_broadcast_opts *opts_of(const tern_broadcast_member *m)
{
    return &m->room_->of->opts;
}

static uint32_t room_for(const tern_broadcast_member *m)
{
    return opts_of(m)->behind == TERN_BEHIND_COALESCE ? MAX_COALESCED : opts_of(m)->max_behind;
}

static tern_block **slot(const tern_broadcast_member *m, uint32_t i)
{
    return &m->waiting_[(m->first_ + i) % room_for(m)];
}

static bool keep(tern_broadcast_member *m, tern_block *block)
{
    if (!m->waiting_ && !(m->waiting_ = tern_mem_alloc(room_for(m) * sizeof(tern_block *))))
        return false;
    if (m->n_ == room_for(m))
        return false;
    *slot(m, m->n_++) = tern_block_ref(block);
    return true;
}

static void replace_newest(tern_broadcast_member *m, tern_block *block)
{
    tern_block **newest = slot(m, m->n_ - 1);

    tern_block_unref(*newest);
    *newest = tern_block_ref(block);
}

static void fall_behind(tern_broadcast_member *m, tern_block *block)
{
    if (keep(m, block))
        return;
    switch (opts_of(m)->behind) {
    case TERN_BEHIND_DROP:
        break;
    case TERN_BEHIND_COALESCE:
        if (m->n_)
            replace_newest(m, block);
        break;
    case TERN_BEHIND_END:
        m->is_too_slow_ = true;
        break;
    }
    m->n_missed++;
}

static void end_slow(const tern_broadcast_member *m)
{
    tern_stub_handle *out = m->out_;

    tern_stub_out_finish(out, tern_fail(out->ctx, TERN_RESOURCE_EXHAUSTED,
                                        "the reader is more than %u messages behind",
                                        (unsigned)room_for(m)));
}

static void drop_first(tern_broadcast_member *m)
{
    tern_block_unref(*slot(m, 0));
    m->first_ = (m->first_ + 1) % room_for(m);
    m->n_--;
}

// What waits, as far as there is room; then the end of one that is too slow.
static void catch_up(tern_broadcast_member *m)
{
    while (m->n_ > 0) {
        if (!tern_stub_out_offer(m->out_, *slot(m, 0)))
            return;
        drop_first(m);
    }
    if (m->is_too_slow_)
        end_slow(m);
}

static void give(tern_broadcast_member *m, tern_block *block)
{
    if (m->is_too_slow_)
        return;
    if (m->n_ > 0 || !tern_stub_out_offer(m->out_, block))
        fall_behind(m, block);
}

// ---- rooms ---------------------------------------------------------------

// On its poller. A member may leave because of what it is given.
static void hand_out(room *r, tern_block *block)
{
    for (tern_broadcast_member *m = r->members, *next; m; m = next) {
        next = m->next_;
        give(m, block);
    }
}

static parcel *take_parcels(room *r)
{
    parcel *p;

    pthread_mutex_lock(&r->of->lock);
    p = r->first;
    r->first = NULL;
    r->last = &r->first;
    r->n_parcels = 0;
    r->is_posted = false;
    pthread_mutex_unlock(&r->of->lock);
    return p;
}

static void run_room(tern_task *task)
{
    room   *r = TERN_CONTAINER_OF(task, room, task);
    parcel *parcels = take_parcels(r);

    for (const parcel *p = parcels; p; p = p->next)
        hand_out(r, p->block);
    drop_parcels(parcels);
    unref(r->of);
}

static room *make_room(tern_broadcast *b, tern_poller *poller)
{
    room *r = tern_mem_zalloc(sizeof *r);

    if (!r)
        return NULL;
    *r = (room){
        .next = b->rooms, .of = b, .poller = tern_poller_ref(poller), .task.run = run_room
    };
    r->last = &r->first;
    b->rooms = r;
    return r;
}

static room *room_of(tern_broadcast *b, tern_poller *poller)
{
    room *r;

    pthread_mutex_lock(&b->lock);
    for (r = b->rooms; r && r->poller != poller; r = r->next)
        ;
    if (!r)
        r = make_room(b, poller);
    pthread_mutex_unlock(&b->lock);
    return r;
}

static bool join(tern_broadcast *b, tern_broadcast_member *m, tern_stub_handle *out)
{
    room *r = room_of(b, tern_poller_current());

    if (!r)
        return false;
    m->room_ = r;
    m->out_ = out;
    m->link_ = &r->members;
    if ((m->next_ = r->members))
        m->next_->link_ = &m->next_;
    r->members = m;
    atomic_fetch_add_explicit(&r->n_members, 1, memory_order_relaxed);
    return true;
}

void tern_broadcast_ready(tern_broadcast *b, tern_broadcast_member *m, void *out)
{
    if (m->room_)
        catch_up(m);
    else if (!join(b, m, out))
        tern_stub_out_finish(out, tern_fail(((tern_stub_handle *)out)->ctx, TERN_RESOURCE_EXHAUSTED,
                                            "out of memory for the stream"));
}

void tern_broadcast_leave(tern_broadcast_member *m)
{
    if (!m || !m->room_)
        return;
    while (m->n_ > 0)
        drop_first(m);
    tern_mem_free(m->waiting_);
    *m->link_ = m->next_;
    if (m->next_)
        m->next_->link_ = m->link_;
    atomic_fetch_sub_explicit(&m->room_->n_members, 1, memory_order_relaxed);
    m->room_ = NULL;
}

// ---- sending -------------------------------------------------------------

static bool is_wanted(const room *r)
{
    return atomic_load_explicit(&r->n_members, memory_order_relaxed) > 0;
}

// All or nobody: each room's parcel is taken before the first one is filled.
static int reserve(tern_broadcast *b)
{
    for (room *r = b->rooms; r; r = r->next) {
        if (!is_wanted(r))
            continue;
        if (r->n_parcels >= TERN_MAX_BROADCAST_QUEUE)
            return -EAGAIN;
        if (!r->spare && !(r->spare = tern_mem_alloc(sizeof *r->spare)))
            return -ENOMEM;
    }
    return 0;
}

static void post(room *r, tern_block *block)
{
    parcel *p = r->spare;

    r->spare = NULL;
    *p = (parcel){ .block = tern_block_ref(block) };
    *r->last = p;
    r->last = &p->next;
    r->n_parcels++;
    if (r->is_posted)
        return;
    r->is_posted = true;
    atomic_fetch_add_explicit(&r->of->refs, 1, memory_order_relaxed);
    tern_poller_post(r->poller, &r->task);
}

static int send(tern_broadcast *b, tern_block *block)
{
    int err;

    pthread_mutex_lock(&b->lock);
    if ((err = reserve(b)) == 0)
        for (room *r = b->rooms; r; r = r->next)
            if (r->spare)
                post(r, block);
    pthread_mutex_unlock(&b->lock);
    return err;
}

int tern_broadcast_send(tern_broadcast *b, const void *msg)
{
    tern_block *block = tern_stub_encode(b->type, msg);
    int         err = block ? send(b, block) : -ENOMEM;

    tern_block_unref(block);
    return err;
}
