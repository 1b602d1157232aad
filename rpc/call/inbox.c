#include "rpc/call/inbox_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/base/varint_internal.h"

enum {
    MIN_PINNED_SHARE = 4,
    MAX_PACKED = 256,  // bytes of a message that lies in a block with others
};

// One message; or several short ones in a row, each behind its length: then `piece` is the first of them.
struct terni_inbox_item {
    terni_inbox_item *next;
    terni_piece       piece;  // holds a reference to its block
    uint8_t          *rest;   // what follows it; NULL: it stands alone
};

void terni_inbox_init(terni_inbox *inbox, terni_stream *stream)
{
    *inbox = (terni_inbox){ .stream = stream };
    inbox->tail = &inbox->head;
}

static terni_inbox_item *last_of(const terni_inbox *inbox)
{
    return inbox->head ? TERN_CONTAINER_OF(inbox->tail, terni_inbox_item, next) : NULL;
}

// ---- one by one ----------------------------------------------------------

static tern_block *new_block(const terni_piece *piece, size_t cap)
{
    tern_pool *pool = piece->block ? piece->block->pool : NULL;

    return pool ? tern_block_new(pool, cap) : tern_block_new_shared(cap);
}

static bool is_worth_its_block(const terni_piece *piece)
{
    return piece->block && piece->len >= piece->block->cap / MIN_PINNED_SHARE;
}

static tern_block *pin(const terni_piece *piece, const uint8_t **ret_data)
{
    tern_block *copy;

    if (is_worth_its_block(piece)) {
        *ret_data = piece->data;
        return tern_block_ref(piece->block);
    }
    if (!(copy = new_block(piece, piece->len)))
        return NULL;
    memcpy(copy->base, piece->data, piece->len);
    copy->used = piece->len;
    *ret_data = copy->base;
    return copy;
}

static terni_inbox_item *add_item(terni_inbox *inbox, const terni_piece *piece, tern_block *block)
{
    terni_inbox_item *item = block ? tern_mem_alloc(sizeof *item) : NULL;

    if (!item) {
        tern_block_unref(block);
        return NULL;
    }
    *item = (terni_inbox_item){ .piece = *piece };
    item->piece.block = block;
    *inbox->tail = item;
    inbox->tail = &item->next;
    return item;
}

static bool add_alone(terni_inbox *inbox, const terni_piece *piece)
{
    terni_piece kept = *piece;

    return add_item(inbox, &kept, pin(piece, &kept.data)) != NULL;
}

// ---- in a row ------------------------------------------------------------

static uint8_t *put_message(uint8_t *p, const terni_piece *piece)
{
    p = terni_varint_write(p, (uint64_t)piece->len << 1 | piece->is_compressed);
    if (piece->len)
        memcpy(p, piece->data, piece->len);
    return p + piece->len;
}

static uint8_t *get_message(uint8_t *p, terni_piece *piece)
{
    uint64_t head;

    p = (uint8_t *)(uintptr_t)terni_varint_read(p, p + TERNI_MAX_VARINT, &head);
    piece->data = p;
    piece->len = (size_t)(head >> 1);
    piece->is_compressed = head & 1;
    return p + piece->len;
}

static bool has_room(const terni_inbox_item *item, size_t len)
{
    const tern_block *block = item ? item->piece.block : NULL;

    return item && item->rest && block->cap - block->used >= len + TERNI_MAX_VARINT;
}

// The first row is short: most inboxes hold little.
static bool add_row(terni_inbox *inbox, const terni_piece *piece)
{
    size_t            cap = inbox->head ? TERN_BLOCK_MEDIUM : TERN_BLOCK_SMALL;
    terni_inbox_item *item = add_item(inbox, piece, new_block(piece, cap));
    uint8_t          *end;

    if (!item)
        return false;
    end = put_message(item->piece.block->base, piece);
    item->piece.block->used = (size_t)(end - item->piece.block->base);
    item->rest = get_message(item->piece.block->base, &item->piece);
    return true;
}

static bool add_packed(terni_inbox *inbox, const terni_piece *piece)
{
    terni_inbox_item *last = last_of(inbox);
    tern_block       *block;

    if (!has_room(last, piece->len))
        return add_row(inbox, piece);
    block = last->piece.block;
    block->used = (size_t)(put_message(block->base + block->used, piece) - block->base);
    return true;
}

static bool is_row_over(const terni_inbox_item *item)
{
    return !item->rest || item->rest == item->piece.block->base + item->piece.block->used;
}

// ---- coming and going ----------------------------------------------------

static int add(terni_inbox *inbox, const terni_piece *piece)
{
    bool is_short = piece->len <= MAX_PACKED && !is_worth_its_block(piece);

    if (!piece->len && inbox->n_empty >= TERNI_INBOX_MAX_EMPTY)
        return -ENOBUFS;
    if (!(is_short ? add_packed(inbox, piece) : add_alone(inbox, piece)))
        return -ENOMEM;
    inbox->n_empty += !piece->len;
    return 0;
}

int terni_inbox_push(terni_inbox *inbox, terni_session *from, const terni_piece *piece)
{
    int err;

    TERN_DEBUG_ASSERT(!*inbox->tail);
    if (!inbox->holding)
        inbox->holding = terni_session_hold(from);
    if ((err = inbox->holding ? add(inbox, piece) : -ENOMEM) < 0) {
        terni_session_consumed(from, inbox->stream, piece->len);
        return err;
    }
    TERN_ASSERT(inbox->holding == from->holding);
    terni_holding_add(inbox->holding, piece->len);
    return 0;
}

const char *terni_inbox_why(int err)
{
    return err == -ENOBUFS ? "too many empty messages wait to be read"
                           : "out of memory for a message";
}

const terni_piece *terni_inbox_peek(const terni_inbox *inbox)
{
    return inbox->head ? &inbox->head->piece : NULL;
}

static void drop_item(terni_inbox *inbox, terni_inbox_item *item)
{
    if (!(inbox->head = item->next))
        inbox->tail = &inbox->head;
    tern_block_unref(item->piece.block);
    tern_mem_free(item);
}

void terni_inbox_pop(terni_inbox *inbox)
{
    terni_inbox_item *item = inbox->head;
    size_t            len = item->piece.len;

    TERN_DEBUG_ASSERT(inbox->holding && item->piece.block);
    inbox->n_empty -= !len;
    if (is_row_over(item))
        drop_item(inbox, item);
    else
        item->rest = get_message(item->rest, &item->piece);
    terni_holding_give_back(inbox->holding, inbox->stream, len);
}

void terni_inbox_drop(terni_inbox *inbox)
{
    while (inbox->head)
        terni_inbox_pop(inbox);
}

size_t terni_inbox_memory(const terni_inbox *inbox)
{
    size_t n = 0;

    for (const terni_inbox_item *item = inbox->head; item; item = item->next)
        n += sizeof *item + tern_block_share(item->piece.block);
    return n;
}
