#include "rpc/base/seldom_internal.h"

#include "rpc/codec/map_internal.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <tern/message.h>

// ---- keys ----------------------------------------------------------------

static int compare_numbers(uint64_t a, uint64_t b) { return (a > b) - (a < b); }

static int compare_texts(const tern_text *a, const tern_text *b)
{
    size_t n = a->len < b->len ? a->len : b->len;
    int    order = n > 0 ? memcmp(a->data, b->data, n) : 0;

    return order ? order : compare_numbers(a->len, b->len);
}

static int compare_strings(const char *const *a, const char *const *b)
{
    return strcmp(*a ? *a : "", *b ? *b : "");
}

int terni_map_compare(const ProtobufCFieldDescriptor *field, const void *a, const void *key)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return compare_numbers(*(const uint64_t *)a, *(const uint64_t *)key);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_BOOL:
    case PROTOBUF_C_TYPE_ENUM:
        return compare_numbers(*(const uint32_t *)a, *(const uint32_t *)key);
    case PROTOBUF_C_TYPE_STRING:
        return compare_strings(a, key);
    case PROTOBUF_C_TYPE_BYTES:
        return compare_texts(a, key);
    case PROTOBUF_C_TYPE_FLOAT:  // no key of a map has one of these types
    case PROTOBUF_C_TYPE_DOUBLE:
    case PROTOBUF_C_TYPE_MESSAGE:
        break;
    }
    TERN_UNREACHABLE();
}

static int compare(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
    return terni_map_compare(&a->descriptor->fields[0], terni_map_key(a), terni_map_key(b));
}

// ---- one entry for each key ----------------------------------------------

enum { N_FEW = 8 };  // that are compared each with each

static bool is_in_order(ProtobufCMessage *const *entries, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (compare(entries[i - 1], entries[i]) >= 0)
            return false;
    return true;
}

static void drop_few(ProtobufCMessage **entries, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t later = i + 1; later < n && entries[i]; later++)
            if (compare(entries[i], entries[later]) == 0)
                entries[i] = NULL;
}

// Merges two neighbouring runs of places; of equal keys the earlier place stays first.
static void merge(ProtobufCMessage *const *entries, const uint32_t *left, size_t n_left,
                  size_t n_right, uint32_t *out)
{
    const uint32_t *right = left + n_left, *left_end = right, *right_end = right + n_right;

    while (left < left_end && right < right_end)
        *out++ = compare(entries[*left], entries[*right]) <= 0 ? *left++ : *right++;
    memcpy(out, left, (size_t)(left_end - left) * sizeof *out);
    memcpy(out + (left_end - left), right, (size_t)(right_end - right) * sizeof *out);
}

// The places 0 .. n-1 in the order of their keys; `other` is as much room again.
static const uint32_t *sort_places(ProtobufCMessage *const *entries, size_t n, uint32_t *places,
                                   uint32_t *other)
{
    for (size_t i = 0; i < n; i++)
        places[i] = (uint32_t)i;
    for (size_t run = 1; run < n; run *= 2) {
        uint32_t *swap = places;

        for (size_t at = 0; at < n; at += 2 * run) {
            size_t n_left = n - at < run ? n - at : run;
            size_t n_right = n - at - n_left < run ? n - at - n_left : run;

            merge(entries, places + at, n_left, n_right, other + at);
        }
        places = other;
        other = swap;
    }
    return places;
}

static int drop_many(ProtobufCMessage **entries, size_t n, terni_arena *a)
{
    uint32_t       *room = n <= UINT32_MAX ? terni_arena_alloc(a, 2 * n * sizeof *room) : NULL;
    const uint32_t *places;

    if (!room)
        return -ENOMEM;
    places = sort_places(entries, n, room, room + n);
    for (size_t i = 1; i < n; i++)
        if (compare(entries[places[i - 1]], entries[places[i]]) == 0)
            entries[places[i - 1]] = NULL;
    return 0;
}

int terni_map_unite(ProtobufCMessage **entries, size_t *n_entries, terni_arena *a)
{
    size_t n = *n_entries, n_left = 0;

    if (is_in_order(entries, n))
        return 0;
    if (n <= N_FEW)
        drop_few(entries, n);
    else if (drop_many(entries, n, a) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        if (entries[i])
            entries[n_left++] = entries[i];
    *n_entries = n_left;
    return 0;
}
