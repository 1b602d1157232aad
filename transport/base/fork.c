#include "transport/base/fork_internal.h"

#include <pthread.h>

uint32_t terni_fork_generation;

static void on_child(void) { terni_fork_generation++; }

static void watch(void) { (void)!pthread_atfork(NULL, NULL, on_child); }

void terni_fork_watch(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, watch);
}
