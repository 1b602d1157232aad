#include "rpc/base/seldom_internal.h"

#include "rpc/call/info_internal.h"

#include <string.h>

#include <tern/mem.h>

#include "rpc/session/identity_internal.h"

// Of the program's, which may have been compiled with other headers, what is there here as well. 0: nobody has told.
static size_t common_size(size_t theirs)
{
    return theirs && theirs < sizeof(tern_call_info) ? theirs : sizeof(tern_call_info);
}

static void store(tern_call_info *info, tern_call_info now)
{
    now.size_ = info->size_;
    memcpy(info, &now, common_size(now.size_));
}

void tern_call_info_done_sized(tern_call_info *info, uint64_t sizes)
{
    tern_mem_free(info->memory_);
    memset(info, 0, common_size(tern_size_at(sizes, 0)));
}

void terni_info_reset(tern_call_info *info)
{
    tern_mem_free(info->memory_);
    store(info, (tern_call_info){ .message = "", .peer = "" });
}

// ---- one allocation: the entries, the identity, then bytes, each piece with a NUL behind it ----

static size_t bytes_of(const terni_meta_list *list)
{
    size_t n = 0;

    for (uint32_t i = 0; i < list->n; i++)
        n += (size_t)list->entries[i].key_len + list->entries[i].value_len + 2;
    return n;
}

static size_t size_of(const terni_facts *f)
{
    return ((size_t)f->initial.n + f->trailing.n) * sizeof(tern_metadata) + bytes_of(&f->initial) +
           bytes_of(&f->trailing) + f->message_len + f->details_len + strlen(f->peer) + 3 +
           (f->identity ? terni_identity_len(f->identity) : 0);
}

static char *put(char **pos, const void *bytes, size_t len)
{
    char *copy = *pos;

    if (len)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    *pos += len + 1;
    return copy;
}

static void put_entries(char **pos, tern_metadata *to, const terni_meta_list *list)
{
    for (uint32_t i = 0; i < list->n; i++) {
        const terni_meta *m = &list->entries[i];

        to[i].key = put(pos, m->key, m->key_len);
        to[i].value = put(pos, m->value, m->value_len);
        to[i].len = m->value_len;
    }
}

// All of it, into `entries`.
static void fill(tern_call_info *info, tern_metadata *entries, const terni_facts *f)
{
    char *pos = (char *)(entries + f->initial.n + f->trailing.n);

    info->memory_ = entries;
    if (f->identity) {
        info->identity = terni_identity_put(f->identity, pos);
        pos += terni_identity_len(f->identity);
    }
    put_entries(&pos, entries, &f->initial);
    put_entries(&pos, entries + f->initial.n, &f->trailing);
    info->initial = f->initial.n ? entries : NULL;
    info->n_initial = f->initial.n;
    info->trailing = f->trailing.n ? entries + f->initial.n : NULL;
    info->n_trailing = f->trailing.n;
    info->message = put(&pos, f->message, f->message_len);
    info->peer = put(&pos, f->peer, strlen(f->peer));
    if (f->details_len) {
        info->details = put(&pos, f->details, f->details_len);
        info->details_len = f->details_len;
    }
    TERN_ASSERT((size_t)(pos - (char *)entries) <= size_of(f));
}

void terni_info_fill(tern_call_info *info, const terni_facts *f)
{
    tern_metadata *entries = tern_mem_alloc(size_of(f));
    tern_call_info now = {
        .n_attempts = f->n_attempts, .n_compressed = f->n_compressed, .message = "", .peer = ""
    };

    if (entries)
        fill(&now, entries, f);
    tern_mem_free(info->memory_);
    store(info, now);
}
