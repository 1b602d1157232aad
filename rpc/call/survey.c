#include "rpc/base/seldom_internal.h"

#include "rpc/call/survey_internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include <tern/mem.h>

enum { HELP_MS = 10 };  // between two looks whether a poller has nobody to drive it

typedef enum state { UNASKED, ASKED, ANSWERING, ANSWERED, GIVEN_UP } state;

typedef struct question question;
struct question {
    tern_task        task;
    terni_survey    *survey;
    tern_poller     *poller;
    terni_survey_fn *fn;
    void            *subject;
    state            state;  // under the lock
    bool             is_driven_by_us;
    terni_text       text;  // the poller's while ANSWERING
};

struct terni_survey {
    atomic_uint     refs;
    pthread_mutex_t lock;
    pthread_cond_t  answered;
    unsigned        n, n_open;
    question        questions[];
};

terni_survey *terni_survey_new(unsigned n)
{
    terni_survey      *s = tern_mem_zalloc(sizeof *s + n * sizeof *s->questions);
    pthread_condattr_t monotonic;

    if (!s)
        return NULL;
    atomic_init(&s->refs, 1);
    s->n = n;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->answered, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return s;
}

void terni_survey_unref(terni_survey *s)
{
    if (atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (unsigned i = 0; i < s->n; i++) {
        terni_text_done(&s->questions[i].text);
        tern_poller_unref(s->questions[i].poller);
    }
    pthread_cond_destroy(&s->answered);
    pthread_mutex_destroy(&s->lock);
    tern_mem_free(s);
}

// ---- answering -----------------------------------------------------------

static bool begin_answer(question *q)
{
    bool is_wanted;

    pthread_mutex_lock(&q->survey->lock);
    if ((is_wanted = q->state == ASKED))
        q->state = ANSWERING;
    pthread_mutex_unlock(&q->survey->lock);
    return is_wanted;
}

static void end_answer(question *q)
{
    pthread_mutex_lock(&q->survey->lock);
    q->state = ANSWERED;
    q->survey->n_open--;
    pthread_cond_signal(&q->survey->answered);
    pthread_mutex_unlock(&q->survey->lock);
}

static void run_question(tern_task *task)
{
    question *q = TERN_CONTAINER_OF(task, question, task);

    if (begin_answer(q)) {
        q->fn(&q->text, q->subject);
        end_answer(q);
    }
    terni_survey_unref(q->survey);
}

// ---- asking --------------------------------------------------------------

void terni_survey_ask(terni_survey *s, unsigned i, tern_poller *poller, terni_survey_fn *fn,
                      void *subject)
{
    question *q = &s->questions[i];

    TERN_ASSERT(i < s->n && q->state == UNASKED);
    *q = (question){ .task.run = run_question,
                     .survey = s,
                     .poller = tern_poller_ref(poller),
                     .fn = fn,
                     .subject = subject,
                     .state = ASKED };
    pthread_mutex_lock(&s->lock);
    s->n_open++;
    pthread_mutex_unlock(&s->lock);
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    if (poller == tern_poller_current())
        run_question(&q->task);
    else
        tern_poller_post(poller, &q->task);
}

void terni_survey_drive(terni_survey *s, unsigned i)
{
    s->questions[i].is_driven_by_us = true;
    tern_poller_help(s->questions[i].poller);
}

static void help(terni_survey *s)
{
    for (unsigned i = 0; i < s->n; i++)
        if (s->questions[i].is_driven_by_us)
            tern_poller_help(s->questions[i].poller);
}

static struct timespec in_ms(unsigned ms)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += (long)ms * (long)TERN_NS_PER_MS;
    t.tv_sec += t.tv_nsec / (long)TERN_NS_PER_S;
    t.tv_nsec %= (long)TERN_NS_PER_S;
    return t;
}

// Who has begun to answer is waited for: it reads what we ask about.
static void give_up(terni_survey *s)
{
    for (unsigned i = 0; i < s->n; i++)
        if (s->questions[i].state == ASKED) {
            s->questions[i].state = GIVEN_UP;
            s->n_open--;
        }
    while (s->n_open > 0)
        pthread_cond_wait(&s->answered, &s->lock);
}

void terni_survey_wait(terni_survey *s)
{
    pthread_mutex_lock(&s->lock);
    for (int i = 0; s->n_open > 0 && i < TERNI_SURVEY_MS / HELP_MS; i++) {
        struct timespec until = in_ms(HELP_MS);

        pthread_cond_timedwait(&s->answered, &s->lock, &until);
        if (s->n_open == 0)
            break;
        pthread_mutex_unlock(&s->lock);
        help(s);
        pthread_mutex_lock(&s->lock);
    }
    give_up(s);
    pthread_mutex_unlock(&s->lock);
}

const terni_text *terni_survey_answer(const terni_survey *s, unsigned i)
{
    return s->questions[i].state == ANSWERED ? &s->questions[i].text : NULL;
}

bool terni_survey_print(const terni_survey *s, unsigned i, FILE *to)
{
    const terni_text *t = terni_survey_answer(s, i);

    if (!t)
        return false;
    if (t->len)
        fwrite(t->at, 1, t->len, to);
    if (t->is_cut)
        fputs("  ... and more, for which there is no memory\n", to);
    return true;
}
