#include "rpc/codec/plan_internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include <tern/mem.h>
#include <tern/message.h>

#include "rpc/base/varint_internal.h"

enum {
    N_BUCKETS = 256,
    MAX_FIELDS = UINT16_MAX - 1,
    MAX_MESSAGE_STRUCT = 1 << 24,
    SPARE_NUMBERS = 64,  // gaps that a table of field numbers may have beyond its fields
    MAX_FLAT = 512,      // room that a message which is not measured may leave unused
};

// ---- one field -----------------------------------------------------------

static terni_kind kind_of(const ProtobufCFieldDescriptor *d)
{
    switch (d->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_ENUM:
        return TERNI_KIND_INT32;
    case PROTOBUF_C_TYPE_UINT32:
        return TERNI_KIND_UINT32;
    case PROTOBUF_C_TYPE_SINT32:
        return TERNI_KIND_SINT32;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return TERNI_KIND_INT64;
    case PROTOBUF_C_TYPE_SINT64:
        return TERNI_KIND_SINT64;
    case PROTOBUF_C_TYPE_BOOL:
        return TERNI_KIND_BOOL;
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return TERNI_KIND_FIXED32;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return TERNI_KIND_FIXED64;
    case PROTOBUF_C_TYPE_STRING:
        return TERNI_KIND_STRING;
    case PROTOBUF_C_TYPE_BYTES:
        return d->reserved_flags & TERN_FIELD_TEXT ? TERNI_KIND_TEXT : TERNI_KIND_BYTES;
    case PROTOBUF_C_TYPE_MESSAGE:
        return d->reserved_flags & TERN_FIELD_GROUP ? TERNI_KIND_GROUP : TERNI_KIND_MESSAGE;
    }
    TERN_UNREACHABLE();
}

// clang-format off
static const struct kind_row {
    uint8_t wire_type, element_size, op, repeated_op;
} kinds[] = {
    [TERNI_KIND_INT32]   = { TERNI_WIRE_VARINT, 4, TERNI_DECODE_UINT32, TERNI_DECODE_ELEMENT },
    [TERNI_KIND_UINT32]  = { TERNI_WIRE_VARINT, 4, TERNI_DECODE_UINT32, TERNI_DECODE_ELEMENT },
    [TERNI_KIND_SINT32]  = { TERNI_WIRE_VARINT, 4, TERNI_DECODE_SINT32, TERNI_DECODE_ELEMENT },
    [TERNI_KIND_INT64]   = { TERNI_WIRE_VARINT, 8, TERNI_DECODE_UINT64, TERNI_DECODE_ELEMENT },
    [TERNI_KIND_SINT64]  = { TERNI_WIRE_VARINT, 8, TERNI_DECODE_SINT64, TERNI_DECODE_ELEMENT },
    [TERNI_KIND_BOOL]    = { TERNI_WIRE_VARINT, sizeof(protobuf_c_boolean),
                                                   TERNI_DECODE_BOOL,   TERNI_DECODE_ELEMENT },
    [TERNI_KIND_FIXED32] = { TERNI_WIRE_32,     4, TERNI_DECODE_FIXED32, TERNI_DECODE_ELEMENT },
    [TERNI_KIND_FIXED64] = { TERNI_WIRE_64,     8, TERNI_DECODE_FIXED64, TERNI_DECODE_ELEMENT },
    [TERNI_KIND_STRING]  = { TERNI_WIRE_BYTES, sizeof(char *),
                                                   TERNI_DECODE_STRING, TERNI_DECODE_STRINGS },
    [TERNI_KIND_BYTES]   = { TERNI_WIRE_BYTES, sizeof(ProtobufCBinaryData),
                                                   TERNI_DECODE_BYTES,  TERNI_DECODE_ELEMENT },
    [TERNI_KIND_TEXT]    = { TERNI_WIRE_BYTES, sizeof(tern_text),
                                                   TERNI_DECODE_TEXT,   TERNI_DECODE_ELEMENT },
    [TERNI_KIND_MESSAGE] = { TERNI_WIRE_BYTES, sizeof(void *),
                                                   TERNI_DECODE_MESSAGE, TERNI_DECODE_MESSAGES },
    [TERNI_KIND_GROUP]   = { TERNI_WIRE_GROUP, sizeof(void *),
                                                   TERNI_DECODE_GROUP,  TERNI_DECODE_GROUP },
};
// clang-format on

// A tern_text is read and written as a ProtobufCBinaryData.
_Static_assert(sizeof(tern_text) == sizeof(ProtobufCBinaryData) &&
                   offsetof(tern_text, len) == offsetof(ProtobufCBinaryData, len) &&
                   offsetof(tern_text, data) == offsetof(ProtobufCBinaryData, data),
               "tern_text is laid out as protobuf-c's bytes");

// Of a field without presence of its own.
static terni_encode_op implicit_op(terni_kind kind)
{
    switch (kind) {
    case TERNI_KIND_INT32:
        return TERNI_ENCODE_INT32;
    case TERNI_KIND_UINT32:
        return TERNI_ENCODE_UINT32;
    case TERNI_KIND_SINT32:
        return TERNI_ENCODE_SINT32;
    case TERNI_KIND_INT64:
        return TERNI_ENCODE_INT64;
    case TERNI_KIND_SINT64:
        return TERNI_ENCODE_SINT64;
    case TERNI_KIND_BOOL:
        return TERNI_ENCODE_BOOL;
    case TERNI_KIND_FIXED32:
        return TERNI_ENCODE_FIXED32;
    case TERNI_KIND_FIXED64:
        return TERNI_ENCODE_FIXED64;
    case TERNI_KIND_STRING:
        return TERNI_ENCODE_TEXT;
    case TERNI_KIND_BYTES:
    case TERNI_KIND_TEXT:
        return TERNI_ENCODE_BYTES;
    case TERNI_KIND_MESSAGE:
        return TERNI_ENCODE_MESSAGE;
    case TERNI_KIND_GROUP:
        return TERNI_ENCODE_GROUP;
    }
    TERN_UNREACHABLE();
}

static terni_encode_op repeated_op(const ProtobufCFieldDescriptor *d, terni_kind kind)
{
    if (kind == TERNI_KIND_STRING)
        return TERNI_ENCODE_STRINGS;
    if (kind == TERNI_KIND_MESSAGE)
        return TERNI_ENCODE_MESSAGES;
    if (kind == TERNI_KIND_GROUP)
        return TERNI_ENCODE_GROUPS;
    return d->flags & PROTOBUF_C_FIELD_FLAG_PACKED ? TERNI_ENCODE_PACKED : TERNI_ENCODE_ELEMENTS;
}

static terni_encode_op encode_op_of(const ProtobufCFieldDescriptor *d, terni_kind kind)
{
    bool is_pointer = kind == TERNI_KIND_STRING || terni_kind_has_plan(kind);
    bool is_oneof = d->flags & PROTOBUF_C_FIELD_FLAG_ONEOF;

    if (d->label == PROTOBUF_C_LABEL_REQUIRED)
        return TERNI_ENCODE_ALWAYS;
    if (d->label == PROTOBUF_C_LABEL_REPEATED)
        return repeated_op(d, kind);
    if (is_oneof)
        return is_pointer ? TERNI_ENCODE_IF_CASE_SET : TERNI_ENCODE_IF_CASE;
    if (d->label == PROTOBUF_C_LABEL_NONE)
        return implicit_op(kind);
    if (terni_kind_has_plan(kind))
        return implicit_op(kind);
    return kind == TERNI_KIND_STRING ? TERNI_ENCODE_STRING : TERNI_ENCODE_IF_HAS;
}

static void fill_repeated_ops(terni_field *f, const struct kind_row *row)
{
    f->op = row->repeated_op;
    if (row->wire_type == TERNI_WIRE_BYTES || row->wire_type == TERNI_WIRE_GROUP)
        return;
    f->other_op = TERNI_DECODE_PACKED;
    f->other_wire_type = TERNI_WIRE_BYTES;
    if (f->encode_op == TERNI_ENCODE_PACKED) {
        f->op = TERNI_DECODE_PACKED;
        f->other_op = row->repeated_op;
        f->other_wire_type = row->wire_type;
    }
}

static void fill_closed_ops(terni_field *f)
{
    if (f->own_op == TERNI_DECODE_PACKED)
        f->own_op = TERNI_DECODE_PACKED_ENUM;
    if (f->other_op == TERNI_DECODE_PACKED)
        f->other_op = TERNI_DECODE_PACKED_ENUM;
    f->tag |= TERNI_LOOKED_AT;
    f->op = TERNI_DECODE_NOTHING;
}

static void fill_tag(terni_field *f, uint32_t number, uint8_t wire_type)
{
    f->tag = number << 3 | wire_type;
    f->tag_len = (uint8_t)(terni_varint_write(f->tag_bytes, f->tag) - f->tag_bytes);
}

static void fill_field(terni_field *f, const ProtobufCFieldDescriptor *d)
{
    terni_kind             kind = kind_of(d);
    const struct kind_row *row = &kinds[kind];

    *f = (terni_field){
        .desc = d,
        .kind = (uint8_t)kind,
        .encode_op = (uint8_t)encode_op_of(d, kind),
        .op = row->op,
        .other_op = TERNI_DECODE_NOTHING,
        .offset = d->offset,
        .element_size = row->element_size,
        .default_value = d->default_value,
    };
    if (d->label == PROTOBUF_C_LABEL_REPEATED)
        fill_repeated_ops(f, row);
    if (d->label != PROTOBUF_C_LABEL_REQUIRED)
        f->quantifier = d->quantifier_offset;
    if (f->quantifier > 0 && d->label != PROTOBUF_C_LABEL_REPEATED)
        f->mark = d->flags & PROTOBUF_C_FIELD_FLAG_ONEOF ? d->id : 1;
    fill_tag(f, d->id, f->op == TERNI_DECODE_PACKED ? TERNI_WIRE_BYTES : row->wire_type);
    if (d->reserved_flags & TERN_FIELD_MAP)
        f->op = TERNI_DECODE_MAP;
    f->own_op = f->op;
    if (d->reserved_flags & TERN_FIELD_CLOSED)
        fill_closed_ops(f);
}

// What a field of a flat message takes at most, without the bytes of strings and `bytes`; 0 if it
// makes its message none.
static uint32_t max_flat_of(const terni_field *f)
{
    if (f->encode_op > TERNI_ENCODE_BYTES)
        return 0;
    return f->tag_len +
           (f->encode_op > TERNI_ENCODE_FIXED64 ? (uint32_t)TERNI_MAX_VARINT32 : TERNI_MAX_VARINT);
}

static uint32_t max_flat(const terni_plan *plan)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < plan->n_fields; i++) {
        uint32_t max = max_flat_of(&plan->fields[i]);

        if (max == 0 || (sum += max) > MAX_FLAT)
            return 0;
    }
    return sum;
}

// ---- a whole message -----------------------------------------------------

static const ProtobufCFieldDescriptor *last_field(const ProtobufCMessageDescriptor *desc)
{
    return &desc->fields[desc->n_fields - 1];
}

// As many numbers as pay for themselves; those above are searched for.
static uint32_t count_numbers(const ProtobufCMessageDescriptor *desc)
{
    uint32_t max = 2 * desc->n_fields + SPARE_NUMBERS;

    if (desc->n_fields == 0)
        return 0;
    return last_field(desc)->id < max ? last_field(desc)->id + 1 : max;
}

static void fill_numbers(terni_plan *plan, uint16_t *by_number)
{
    for (uint32_t n = 0; n < plan->n_numbers; n++)
        by_number[n] = (uint16_t)plan->n_fields;
    for (uint32_t i = 0; i < plan->n_fields; i++) {
        uint32_t number = plan->fields[i].desc->id;

        if (number < plan->n_numbers)
            by_number[number] = (uint16_t)i;
    }
}

// Old generated code has no init function.
static void init_by_fields(const terni_plan *plan, uint8_t *msg)
{
    *(const ProtobufCMessageDescriptor **)(void *)msg = plan->desc;
    for (uint32_t i = 0; i < plan->n_fields; i++) {
        const terni_field *f = &plan->fields[i];

        if (!f->default_value || f->desc->label == PROTOBUF_C_LABEL_REPEATED)
            continue;
        if (f->kind == TERNI_KIND_STRING || terni_kind_has_plan(f->kind))
            memcpy(msg + f->offset, &f->default_value, sizeof f->default_value);
        else
            memcpy(msg + f->offset, f->default_value, f->element_size);
    }
}

static void fill_image(const terni_plan *plan, uint8_t *image)
{
    if (plan->desc->message_init)
        plan->desc->message_init((ProtobufCMessage *)(void *)image);
    else
        init_by_fields(plan, image);
}

static __attribute__((cold)) terni_plan *make_plan(const ProtobufCMessageDescriptor *desc)
{
    uint32_t    n_numbers = count_numbers(desc);
    size_t      fields = sizeof(terni_plan) + (desc->n_fields + 1) * sizeof(terni_field);
    size_t      image = (desc->sizeof_message + 7) & ~(size_t)7;
    terni_plan *plan = tern_mem_zalloc(fields + image + n_numbers * sizeof(uint16_t));
    uint8_t    *memory;

    if (!plan)
        return NULL;
    memory = (uint8_t *)plan + fields;
    plan->desc = desc;
    plan->size = (uint32_t)desc->sizeof_message;
    plan->n_fields = desc->n_fields;
    plan->n_numbers = n_numbers;
    for (uint32_t i = 0; i < desc->n_fields; i++) {
        fill_field(&plan->fields[i], &desc->fields[i]);
        if (desc->fields[i].label == PROTOBUF_C_LABEL_REQUIRED) {
            plan->fields[i].mark = 1;
            plan->fields[i].required = (uint16_t)++plan->n_required;
        }
    }
    plan->fields[desc->n_fields].op = TERNI_DECODE_NOTHING;
    plan->max_flat = max_flat(plan);
    fill_image(plan, memory);
    plan->image = memory;
    fill_numbers(plan, (uint16_t *)(void *)(memory + image));
    plan->by_number = (uint16_t *)(void *)(memory + image);
    return plan;
}

const terni_field *terni_plan_find(const terni_plan *plan, uint32_t number)
{
    uint32_t low = 0, high = plan->n_fields;

    if (number < plan->n_numbers) {
        uint32_t i = plan->by_number[number];

        return i < plan->n_fields ? &plan->fields[i] : NULL;
    }
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (plan->fields[mid].desc->id < number)
            low = mid + 1;
        else
            high = mid;
    }
    return low < plan->n_fields && plan->fields[low].desc->id == number ? &plan->fields[low] : NULL;
}

// ---- what holds of a plan ------------------------------------------------

static bool is_inside(const terni_plan *plan, uint32_t offset, size_t size)
{
    return offset >= sizeof(ProtobufCMessage) && offset <= plan->size &&
           size <= plan->size - offset;
}

// The decoder writes through these offsets.
static bool is_field_valid(const terni_plan *plan, const terni_field *f)
{
    bool   is_array = f->desc->label == PROTOBUF_C_LABEL_REPEATED;
    size_t size = is_array ? sizeof(void *) : f->element_size;
    size_t quantifier = is_array ? sizeof(size_t) : sizeof(uint32_t);

    if (!is_inside(plan, f->offset, size) ||
        (f->quantifier && !is_inside(plan, f->quantifier, quantifier)))
        return false;
    return f->required <= plan->n_required && (f->quantifier || f->required || !f->mark) &&
           terni_kind_has_plan(f->kind) == (f->sub != NULL) &&
           terni_plan_find(plan, f->desc->id) == f;
}

bool terni_plan_is_valid(const terni_plan *plan)
{
    for (uint32_t i = 0; i < plan->n_fields; i++)
        if (!is_field_valid(plan, &plan->fields[i]) ||
            (i > 0 && plan->fields[i - 1].desc->id >= plan->fields[i].desc->id))
            return false;
    return plan->fields[plan->n_fields].tag == 0;
}

// ---- the cache -----------------------------------------------------------

// Readers walk the buckets without a lock: a plan is complete, with all that it reaches, before it
// is linked in, and stays until clean-up. Writers take turns.
static _Atomic(const terni_plan *) buckets[N_BUCKETS];
static pthread_mutex_t             making = PTHREAD_MUTEX_INITIALIZER;

static _Atomic(const terni_plan *) *bucket_of(const ProtobufCMessageDescriptor *desc)
{
    uint64_t hash = (uintptr_t)desc * UINT64_C(0x9e3779b97f4a7c15);

    return &buckets[hash >> 56];
}

static const terni_plan *find_in(const terni_plan *plan, const ProtobufCMessageDescriptor *desc)
{
    while (plan && plan->desc != desc)
        plan = plan->next;
    return plan;
}

static const terni_plan *find_published(const ProtobufCMessageDescriptor *desc)
{
    return find_in(atomic_load_explicit(bucket_of(desc), memory_order_acquire), desc);
}

static void publish(terni_plan *fresh)
{
    while (fresh) {
        terni_plan                  *next = (terni_plan *)(uintptr_t)fresh->next;
        _Atomic(const terni_plan *) *bucket = bucket_of(fresh->desc);

        TERN_ASSERT(terni_plan_is_valid(fresh));
        fresh->next = atomic_load_explicit(bucket, memory_order_relaxed);
        atomic_store_explicit(bucket, fresh, memory_order_release);
        fresh = next;
    }
}

static void free_list(const terni_plan *plan)
{
    while (plan) {
        const terni_plan *next = plan->next;

        tern_mem_free((void *)(uintptr_t)plan);
        plan = next;
    }
}

static bool is_sound(const ProtobufCMessageDescriptor *desc)
{
    return desc->magic == PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC && desc->n_fields <= MAX_FIELDS &&
           desc->sizeof_message >= sizeof(ProtobufCMessage) &&
           desc->sizeof_message <= MAX_MESSAGE_STRUCT;
}

// Puts a plan for `desc` on the list, if it is neither there nor published. Message fields are
// linked later, so that a message may contain itself.
static const terni_plan *find_or_make(const ProtobufCMessageDescriptor *desc, terni_plan **fresh)
{
    const terni_plan *found = find_published(desc);
    terni_plan       *plan;

    if (!found)
        found = find_in(*fresh, desc);
    if (found || !is_sound(desc) || !(plan = make_plan(desc)))
        return found;
    plan->next = *fresh;
    *fresh = plan;
    return plan;
}

static bool link_fields(terni_plan *plan, terni_plan **fresh)
{
    for (uint32_t i = 0; i < plan->n_fields; i++) {
        terni_field *f = &plan->fields[i];

        if (terni_kind_has_plan(f->kind) && !f->sub &&
            !(f->sub = find_or_make(f->desc->descriptor, fresh)))
            return false;
    }
    return true;
}

// New plans come in front of the list: walks it again until a whole round has linked them all.
static bool link_all(terni_plan **fresh)
{
    const terni_plan *before;

    do {
        before = *fresh;
        for (terni_plan *p = *fresh; p; p = (terni_plan *)(uintptr_t)p->next)
            if (!link_fields(p, fresh))
                return false;
    } while (*fresh != before);
    return true;
}

static __attribute__((cold)) const terni_plan *
make_and_publish(const ProtobufCMessageDescriptor *desc)
{
    terni_plan       *fresh = NULL;
    const terni_plan *plan = find_or_make(desc, &fresh);

    if (!plan || !link_all(&fresh)) {
        free_list(fresh);
        return NULL;
    }
    publish(fresh);
    return plan;
}

const terni_plan *terni_plan_get(const ProtobufCMessageDescriptor *desc)
{
    const terni_plan *plan = find_published(desc);

    if (plan)
        return plan;
    pthread_mutex_lock(&making);
    plan = make_and_publish(desc);
    pthread_mutex_unlock(&making);
    return plan;
}

struct ProtobufCMessage *terni_codec_new(const terni_plan *plan, terni_arena *a)
{
    void *msg = terni_arena_alloc(a, plan->size);

    return msg ? memcpy(msg, plan->image, plan->size) : NULL;
}

void terni_plan_cleanup(void)
{
    pthread_mutex_lock(&making);
    for (size_t i = 0; i < N_BUCKETS; i++)
        free_list(atomic_exchange_explicit(&buckets[i], NULL, memory_order_relaxed));
    pthread_mutex_unlock(&making);
}
