// rpc/base/list_internal.h: lists whose links lie in what they hold: a member `next`, and a member `link`,
// the address of the pointer that points here. Push and remove take two stores each and no search. Macros,
// since each list has a type of its own.
//
// Lifetime:  the items'. A list is a pointer to the first, NULL when empty.
// Threads:   none.
// Invariant: *item->link == item for each that is on a list; `link` is NULL for one that was removed.
//
//   TERNI_LIST_PUSH(&conn->calls, call);
//   ...
//   TERNI_LIST_REMOVE(call);
#ifndef RPC_BASE_LIST_INTERNAL_H
#define RPC_BASE_LIST_INTERNAL_H

#include <tern/base.h>

// In front. `head` is the address of the first one's pointer.
#define TERNI_LIST_PUSH(head, item)                                                                \
    do {                                                                                           \
        TERN_DEBUG_ASSERT(!(item)->link && (!*(head) || (*(head))->link == (head)));               \
        (item)->next = *(head);                                                                    \
        (item)->link = (head);                                                                     \
        if ((item)->next)                                                                          \
            (item)->next->link = &(item)->next;                                                    \
        *(head) = (item);                                                                          \
    } while (0)

#define TERNI_LIST_REMOVE(item)                                                                    \
    do {                                                                                           \
        TERN_DEBUG_ASSERT(*(item)->link == (item));                                                \
        *(item)->link = (item)->next;                                                              \
        if ((item)->next)                                                                          \
            (item)->next->link = (item)->link;                                                     \
        (item)->link = NULL;                                                                       \
    } while (0)

#endif
