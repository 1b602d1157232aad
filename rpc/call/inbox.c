#include "rpc/call/inbox_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

enum { MIN_PINNED_SHARE = 4 };

struct terni_inbox_item {
    terni_inbox_item *next;
    terni_piece       piece;  // holds a reference to its block
};

void terni_inbox_init(terni_inbox *inbox, terni_stream *stream)
{
    *inbox = (terni_inbox){ .stream = stream };
    inbox->tail = &inbox->head;
}

static tern_block *pin(const terni_piece *piece, const uint8_t **ret_data)
{
    tern_pool  *pool = piece->block ? piece->block->pool : NULL;
    tern_block *copy;

    if (piece->block && piece->len >= piece->block->cap / MIN_PINNED_SHARE) {
        *ret_data = piece->data;
        return tern_block_ref(piece->block);
    }
    if (!(copy = pool ? tern_block_new(pool, piece->len) : tern_block_new_shared(piece->len)))
        return NULL;
    if (piece->len)
        memcpy(copy->base, piece->data, piece->len);
    copy->used = piece->len;
    *ret_data = copy->base;
    return copy;
}

static terni_inbox_item *make_item(const terni_piece *piece)
{
    terni_inbox_item *item = tern_mem_alloc(sizeof *item);

    if (!item)
        return NULL;
    *item = (terni_inbox_item){ .piece = *piece };
    if (!(item->piece.block = pin(piece, &item->piece.data))) {
        tern_mem_free(item);
        return NULL;
    }
    return item;
}

int terni_inbox_push(terni_inbox *inbox, terni_session *from, const terni_piece *piece)
{
    terni_inbox_item *item = NULL;

    if (!inbox->holding)
        inbox->holding = terni_session_hold(from);
    if (!inbox->holding || !(item = make_item(piece))) {
        terni_session_consumed(from, inbox->stream, piece->len);
        return -ENOMEM;
    }
    TERN_ASSERT(inbox->holding == from->holding);
    TERN_DEBUG_ASSERT(!*inbox->tail);
    terni_holding_add(inbox->holding, piece->len);
    *inbox->tail = item;
    inbox->tail = &item->next;
    return 0;
}

const terni_piece *terni_inbox_peek(const terni_inbox *inbox)
{
    return inbox->head ? &inbox->head->piece : NULL;
}

void terni_inbox_pop(terni_inbox *inbox)
{
    terni_inbox_item *item = inbox->head;
    size_t            len = item->piece.len;

    TERN_DEBUG_ASSERT(inbox->holding && item->piece.block);
    if (!(inbox->head = item->next))
        inbox->tail = &inbox->head;
    tern_block_unref(item->piece.block);
    tern_mem_free(item);
    terni_holding_give_back(inbox->holding, inbox->stream, len);
}

void terni_inbox_drop(terni_inbox *inbox)
{
    while (inbox->head)
        terni_inbox_pop(inbox);
}
