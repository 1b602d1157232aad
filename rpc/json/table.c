#include "rpc/json/table_internal.h"

#include <pthread.h>
#include <string.h>

#include <tern/mem.h>
#include <tern/message.h>

#include "rpc/json/name_internal.h"

enum { N_BUCKETS = 128, MAX_NAME = 4096 };

// ---- one field -----------------------------------------------------------

static terni_json_kind kind_of(const ProtobufCFieldDescriptor *d)
{
    switch (d->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return TERNI_JSON_INT32;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return TERNI_JSON_UINT32;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return TERNI_JSON_INT64;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return TERNI_JSON_UINT64;
    case PROTOBUF_C_TYPE_FLOAT:
        return TERNI_JSON_FLOAT;
    case PROTOBUF_C_TYPE_DOUBLE:
        return TERNI_JSON_DOUBLE;
    case PROTOBUF_C_TYPE_BOOL:
        return TERNI_JSON_BOOL;
    case PROTOBUF_C_TYPE_ENUM:
        return strcmp(((const ProtobufCEnumDescriptor *)d->descriptor)->name,
                      "google.protobuf.NullValue") == 0
                   ? TERNI_JSON_NULL
                   : TERNI_JSON_ENUM;
    case PROTOBUF_C_TYPE_STRING:
        return TERNI_JSON_STRING;
    case PROTOBUF_C_TYPE_BYTES:
        return d->reserved_flags & TERN_FIELD_TEXT ? TERNI_JSON_TEXT : TERNI_JSON_BYTES;
    case PROTOBUF_C_TYPE_MESSAGE:
        return d->reserved_flags & TERN_FIELD_GROUP ? TERNI_JSON_GROUP : TERNI_JSON_MESSAGE;
    }
    TERN_UNREACHABLE();
}

static terni_json_coding coding_of(const ProtobufCFieldDescriptor *d)
{
    switch (d->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_BOOL:
    case PROTOBUF_C_TYPE_ENUM:
        return TERNI_JSON_VARINT;
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SINT64:
        return TERNI_JSON_ZIGZAG;
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return TERNI_JSON_FIXED32;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return TERNI_JSON_FIXED64;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return TERNI_JSON_BYTEWISE;
    }
    TERN_UNREACHABLE();
}

static uint8_t element_size_of(terni_json_kind kind)
{
    switch (kind) {
    case TERNI_JSON_INT32:
    case TERNI_JSON_UINT32:
    case TERNI_JSON_BOOL:
    case TERNI_JSON_FLOAT:
    case TERNI_JSON_ENUM:
    case TERNI_JSON_NULL:
        return 4;
    case TERNI_JSON_INT64:
    case TERNI_JSON_UINT64:
    case TERNI_JSON_DOUBLE:
        return 8;
    case TERNI_JSON_TEXT:
    case TERNI_JSON_BYTES:
        return sizeof(ProtobufCBinaryData);
    case TERNI_JSON_STRING:
    case TERNI_JSON_MESSAGE:
    case TERNI_JSON_GROUP:
        return sizeof(void *);
    }
    TERN_UNREACHABLE();
}

static terni_json_presence presence_of(const ProtobufCFieldDescriptor *d, bool is_pointer)
{
    if (d->label == PROTOBUF_C_LABEL_REPEATED)
        return d->reserved_flags & TERN_FIELD_MAP ? TERNI_JSON_MAP : TERNI_JSON_LIST;
    if (d->label == PROTOBUF_C_LABEL_REQUIRED)
        return TERNI_JSON_REQUIRED;
    if (d->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
        return TERNI_JSON_CASE;
    if (is_pointer && (d->type == PROTOBUF_C_TYPE_MESSAGE || d->label != PROTOBUF_C_LABEL_NONE))
        return TERNI_JSON_POINTER;
    return d->label == PROTOBUF_C_LABEL_NONE ? TERNI_JSON_IMPLICIT : TERNI_JSON_HAS;
}

static void fill_tag(terni_json_field *f)
{
    static const uint8_t wire_types[] = { [TERNI_JSON_VARINT] = 0,
                                          [TERNI_JSON_ZIGZAG] = 0,
                                          [TERNI_JSON_FIXED32] = 5,
                                          [TERNI_JSON_FIXED64] = 1,
                                          [TERNI_JSON_BYTEWISE] = 2 };
    uint32_t             wire_type = wire_types[f->coding], tag;

    if (f->kind == TERNI_JSON_GROUP)
        wire_type = 3;
    if (f->is_packed)
        wire_type = 2;
    for (tag = f->desc->id << 3 | wire_type; tag >= 0x80; tag >>= 7)
        f->tag[f->tag_len++] = (uint8_t)(tag | 0x80);
    f->tag[f->tag_len++] = (uint8_t)tag;
}

static uint16_t oneof_of(terni_json_table *t, const terni_json_field *f)
{
    if (f->presence != TERNI_JSON_CASE)
        return 0;
    for (const terni_json_field *other = t->fields; other < f; other++)
        if (other->oneof && other->quantifier == f->quantifier)
            return other->oneof;
    return (uint16_t)++t->n_oneofs;
}

static void fill_field(terni_json_table *t, terni_json_field *f, const ProtobufCFieldDescriptor *d)
{
    f->desc = d;
    f->kind = (uint8_t)kind_of(d);
    f->coding = (uint8_t)coding_of(d);
    f->element_size = element_size_of((terni_json_kind)f->kind);
    f->presence = (uint8_t)presence_of(d, terni_json_is_pointer(f));
    f->is_packed = f->presence == TERNI_JSON_LIST && f->coding != TERNI_JSON_BYTEWISE;
    f->offset = d->offset;
    f->quantifier = d->quantifier_offset;
    f->oneof = oneof_of(t, f);
    t->has_required |= f->presence == TERNI_JSON_REQUIRED;
    fill_tag(f);
}

// ---- names ---------------------------------------------------------------

// A name that the .proto chose may hold anything.
static size_t write_quoted(const char *s, size_t len, char *ret)
{
    static const char hex[] = "0123456789abcdef";
    char             *p = ret;

    *p++ = '"';
    for (size_t i = 0; i < len; i++) {
        if ((uint8_t)s[i] < 0x20) {
            memcpy(p, "\\u00", 4);
            p[4] = hex[s[i] >> 4];
            p[5] = hex[s[i] & 15];
            p += 6;
            continue;
        }
        if (s[i] == '"' || s[i] == '\\')
            *p++ = '\\';
        *p++ = s[i];
    }
    *p++ = '"';
    *p++ = ':';
    return (size_t)(p - ret);
}

// What four names come to at most: two of them plain, two quoted.
static size_t room_for_names(const ProtobufCFieldDescriptor *d)
{
    size_t own = strlen(d->name), given = d->reserved2 ? strlen(d->reserved2) : own;

    return own + given + 6 * (own + given) + 2 * strlen("\"\":");
}

// Returns what is behind it.
static char *fill_name(terni_json_name *name, char *room, size_t len)
{
    name->plain = room;
    name->plain_len = (uint16_t)len;
    name->text = room + len;
    name->text_len = (uint16_t)write_quoted(name->plain, len, room + len);
    return room + len + name->text_len;
}

static char *fill_names(terni_json_field *f, char *room)
{
    const char *own = f->desc->name, *given = f->desc->reserved2;
    size_t      len = given ? strlen(given) : terni_json_name_to_camel(own, strlen(own), room);

    if (given)
        memcpy(room, given, len);
    room = fill_name(&f->name, room, len);
    memcpy(room, own, strlen(own));
    return fill_name(&f->own_name, room, strlen(own));
}

static uint32_t hash_of(const uint8_t *name, size_t len)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < len; i++)
        h = (h ^ name[i]) * 16777619u;
    return h ^ h >> 15;
}

static void put_in_slot(terni_json_table *t, uint16_t *slots, const terni_json_name *name,
                        size_t index)
{
    uint32_t at = hash_of((const uint8_t *)name->plain, name->plain_len) & t->mask;

    while (slots[at])
        at = (at + 1) & t->mask;
    slots[at] = (uint16_t)(index + 1);
}

static bool is_named(const terni_json_name *n, const uint8_t *name, size_t len)
{
    return n->plain_len == len && memcmp(n->plain, name, len) == 0;
}

const terni_json_field *terni_json_table_find(const terni_json_table *t, const uint8_t *name,
                                              size_t len)
{
    uint32_t at = hash_of(name, len) & t->mask;

    for (; t->slots[at]; at = (at + 1) & t->mask) {
        const terni_json_field *f = &t->fields[t->slots[at] - 1];

        if (is_named(&f->name, name, len) || is_named(&f->own_name, name, len))
            return f;
    }
    return NULL;
}

// ---- well-known types ----------------------------------------------------

enum { MAX_KNOWN = 6 };

// clang-format off
static const struct known {
    const char *name;
    uint8_t     form, n_fields;
    uint8_t     types[MAX_KNOWN];  // of the fields 1, 2, ...
} known[] = {
    { "Any",         TERNI_JSON_ANY,        2, { PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES } },
    { "Timestamp",   TERNI_JSON_TIMESTAMP,  2, { PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_INT32 } },
    { "Duration",    TERNI_JSON_DURATION,   2, { PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_INT32 } },
    { "FieldMask",   TERNI_JSON_FIELD_MASK, 1, { PROTOBUF_C_TYPE_STRING } },
    { "Struct",      TERNI_JSON_STRUCT,     1, { PROTOBUF_C_TYPE_MESSAGE } },
    { "Value",       TERNI_JSON_VALUE,      6, { PROTOBUF_C_TYPE_ENUM, PROTOBUF_C_TYPE_DOUBLE,
                                                 PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BOOL,
                                                 PROTOBUF_C_TYPE_MESSAGE, PROTOBUF_C_TYPE_MESSAGE } },
    { "ListValue",   TERNI_JSON_LIST_VALUE, 1, { PROTOBUF_C_TYPE_MESSAGE } },
    { "DoubleValue", TERNI_JSON_WRAPPER,    1, { PROTOBUF_C_TYPE_DOUBLE } },
    { "FloatValue",  TERNI_JSON_WRAPPER,    1, { PROTOBUF_C_TYPE_FLOAT } },
    { "Int64Value",  TERNI_JSON_WRAPPER,    1, { PROTOBUF_C_TYPE_INT64 } },
    { "UInt64Value", TERNI_JSON_WRAPPER,    1, { PROTOBUF_C_TYPE_UINT64 } },
    { "Int32Value",  TERNI_JSON_WRAPPER,    1, { PROTOBUF_C_TYPE_INT32 } },
    { "UInt32Value", TERNI_JSON_WRAPPER,    1, { PROTOBUF_C_TYPE_UINT32 } },
    { "BoolValue",   TERNI_JSON_WRAPPER,    1, { PROTOBUF_C_TYPE_BOOL } },
    { "StringValue", TERNI_JSON_WRAPPER,    1, { PROTOBUF_C_TYPE_STRING } },
    { "BytesValue",  TERNI_JSON_WRAPPER,    1, { PROTOBUF_C_TYPE_BYTES } },
};
// clang-format on

// Strings may be texts, where somebody generates them so.
static bool is_type(const terni_json_field *f, unsigned type)
{
    if (f->kind == TERNI_JSON_TEXT)
        return type == PROTOBUF_C_TYPE_STRING;
    return f->desc->type == type;
}

static bool is_shaped(const terni_json_table *t, const struct known *k)
{
    if (t->n_fields != k->n_fields)
        return false;
    for (unsigned i = 0; i < k->n_fields; i++)
        if (t->fields[i].desc->id != i + 1 || !is_type(&t->fields[i], k->types[i]))
            return false;
    return true;
}

static uint8_t form_of(const terni_json_table *t)
{
    static const char package[] = "google.protobuf.";
    const char       *name = t->desc->name;

    if (strncmp(name, package, strlen(package)) != 0)
        return TERNI_JSON_PLAIN;
    name += strlen(package);
    for (size_t i = 0; i < TERN_COUNT_OF(known); i++)
        if (strcmp(name, known[i].name) == 0 && is_shaped(t, &known[i]))
            return known[i].form;
    return TERNI_JSON_PLAIN;
}

// ---- a whole message -----------------------------------------------------

static bool is_sound(const ProtobufCMessageDescriptor *desc)
{
    if (desc->magic != PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC ||
        desc->n_fields > TERNI_JSON_MAX_FIELDS)
        return false;
    for (unsigned i = 0; i < desc->n_fields; i++)
        if (room_for_names(&desc->fields[i]) > MAX_NAME)
            return false;
    return true;
}

// Half of the slots stay empty.
static uint32_t count_slots(const ProtobufCMessageDescriptor *desc)
{
    uint32_t n = 4;

    while (n < 4 * desc->n_fields)
        n *= 2;
    return n;
}

static terni_json_table *make_table(const ProtobufCMessageDescriptor *desc)
{
    uint32_t          n_slots = count_slots(desc);
    size_t            fields = sizeof(terni_json_table) + desc->n_fields * sizeof(terni_json_field);
    size_t            names = 0;
    terni_json_table *t;
    uint16_t         *slots;
    char             *room;

    for (unsigned i = 0; i < desc->n_fields; i++)
        names += room_for_names(&desc->fields[i]);
    if (!(t = tern_mem_zalloc(fields + n_slots * sizeof *slots + names)))
        return NULL;
    slots = (uint16_t *)(void *)((uint8_t *)t + fields);
    room = (char *)(slots + n_slots);
    *t = (terni_json_table){
        .desc = desc, .n_fields = desc->n_fields, .mask = n_slots - 1, .slots = slots
    };
    for (unsigned i = 0; i < desc->n_fields; i++) {
        fill_field(t, &t->fields[i], &desc->fields[i]);
        room = fill_names(&t->fields[i], room);
        put_in_slot(t, slots, &t->fields[i].name, i);
    }
    for (unsigned i = 0; i < desc->n_fields; i++)
        put_in_slot(t, slots, &t->fields[i].own_name, i);
    t->form = form_of(t);
    return t;
}

// ---- the cache -----------------------------------------------------------

// Readers walk the buckets without a lock: a table is complete before it is linked in. Writers take turns.
static _Atomic(const terni_json_table *) buckets[N_BUCKETS];
static pthread_mutex_t                   making = PTHREAD_MUTEX_INITIALIZER;

static const terni_json_table *find(const ProtobufCMessageDescriptor *desc, size_t bucket)
{
    const terni_json_table *t = atomic_load_explicit(&buckets[bucket], memory_order_acquire);

    while (t && t->desc != desc)
        t = t->next;
    return t;
}

const terni_json_table *terni_json_table_get(const ProtobufCMessageDescriptor *desc)
{
    size_t                  bucket = (uintptr_t)desc * UINT64_C(0x9e3779b97f4a7c15) >> 57;
    const terni_json_table *found = find(desc, bucket);
    terni_json_table       *fresh;

    if (found || !is_sound(desc))
        return found;
    pthread_mutex_lock(&making);
    if (!(found = find(desc, bucket)) && (fresh = make_table(desc))) {
        fresh->next = atomic_load_explicit(&buckets[bucket], memory_order_relaxed);
        atomic_store_explicit(&buckets[bucket], fresh, memory_order_release);
        found = fresh;
    }
    pthread_mutex_unlock(&making);
    return found;
}

void terni_json_table_cleanup(void)
{
    pthread_mutex_lock(&making);
    for (size_t i = 0; i < N_BUCKETS; i++) {
        const terni_json_table *t =
            atomic_exchange_explicit(&buckets[i], NULL, memory_order_relaxed);

        while (t) {
            const terni_json_table *next = t->next;

            tern_mem_free((void *)(uintptr_t)t);
            t = next;
        }
    }
    pthread_mutex_unlock(&making);
}

// ---- enums ---------------------------------------------------------------

const char *terni_json_enum_name(const ProtobufCEnumDescriptor *e, int32_t number)
{
    unsigned low = 0, high = e->n_values;

    while (low < high) {
        unsigned mid = low + (high - low) / 2;

        if (e->values[mid].value < number)
            low = mid + 1;
        else
            high = mid;
    }
    return low < e->n_values && e->values[low].value == number ? e->values[low].name : NULL;
}

static int compare_names(const char *known_name, const uint8_t *name, size_t len)
{
    int order = strncmp(known_name, (const char *)name, len);

    return order ? order : known_name[len] != '\0';
}

bool terni_json_enum_find(const ProtobufCEnumDescriptor *e, const uint8_t *name, size_t len,
                          int32_t *ret_number)
{
    unsigned low = 0, high = e->n_value_names;

    if (memchr(name, '\0', len))
        return false;
    while (low < high) {
        unsigned mid = low + (high - low) / 2;
        int      order = compare_names(e->values_by_name[mid].name, name, len);

        if (order == 0) {
            *ret_number = e->values[e->values_by_name[mid].index].value;
            return true;
        }
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}
