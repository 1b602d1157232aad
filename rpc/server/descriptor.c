#include "rpc/base/seldom_internal.h"

#include "rpc/server/descriptor_internal.h"

#include "rpc/base/varint_internal.h"

// Field numbers of descriptor.proto.
enum {
    SET_FILE = 1,
    ANY_NAME = 1,  // of whatever has one
    FILE_PACKAGE = 2,
    FILE_DEPENDENCY = 3,
    FILE_MESSAGE = 4,
    FILE_ENUM = 5,
    FILE_SERVICE = 6,
    FILE_EXTENSION = 7,
    MESSAGE_FIELD = 2,
    MESSAGE_NESTED = 3,
    MESSAGE_ENUM = 4,
    MESSAGE_EXTENSION = 6,
    MESSAGE_ONEOF = 8,
    ENUM_VALUE = 2,
    SERVICE_METHOD = 2,
    FIELD_EXTENDEE = 2,
    FIELD_NUMBER = 3,
};

// ---- fields --------------------------------------------------------------

typedef struct field field;
struct field {
    uint64_t   number;
    uint64_t   value;  // of a varint
    terni_span bytes;  // of what has a length
};

enum {
    VARINT = 0,
    FIXED64 = 1,
    BYTES = 2,
    FIXED32 = 5
};  // groups are of no use to descriptor.proto

static bool skip(terni_span *rest, uint64_t len)
{
    if (len > rest->len)
        return false;
    rest->data += len;
    rest->len -= len;
    return true;
}

static bool read_varint(terni_span *rest, uint64_t *ret_value)
{
    const uint8_t *end = terni_varint_read(rest->data, rest->data + rest->len, ret_value);

    return end && skip(rest, (uint64_t)(end - rest->data));
}

// Whatever follows what cannot be read is not looked at.
static bool next_field(terni_span *rest, field *ret_field)
{
    uint64_t tag, len;

    *ret_field = (field){ .number = 0 };
    if (!rest->len || !read_varint(rest, &tag))
        return false;
    ret_field->number = tag >> 3;
    switch (tag & 7) {
    case VARINT:
        return read_varint(rest, &ret_field->value);
    case FIXED64:
        return skip(rest, 8);
    case FIXED32:
        return skip(rest, 4);
    case BYTES:
        if (!read_varint(rest, &len))
            return false;
        ret_field->bytes = (terni_span){ rest->data, (size_t)len };
        return skip(rest, len);
    default:
        return false;
    }
}

// The next field of that number.
static bool next_of(terni_span *rest, uint64_t number, terni_span *ret_bytes)
{
    field f;

    while (next_field(rest, &f))
        if (f.number == number) {
            *ret_bytes = f.bytes;
            return true;
        }
    return false;
}

static terni_span first_of(terni_span message, uint64_t number)
{
    terni_span bytes = { NULL, 0 };

    (void)!next_of(&message, number, &bytes);
    return bytes;
}

terni_span terni_descriptor_name(terni_span file) { return first_of(file, ANY_NAME); }

bool terni_descriptor_next_import(terni_span *rest, terni_span *ret_name)
{
    return next_of(rest, FILE_DEPENDENCY, ret_name);
}

bool terni_descriptor_next_file(terni_span *rest, terni_span *ret_file)
{
    return next_of(rest, SET_FILE, ret_file);
}

// ---- symbols -------------------------------------------------------------

// What stands under a field's number within a file, a message, an enum, a service.
static const uint8_t elements[][9] = {
    [TERNI_ELEMENT_FILE] = { [FILE_MESSAGE] = TERNI_ELEMENT_MESSAGE,
                             [FILE_ENUM] = TERNI_ELEMENT_ENUM,
                             [FILE_SERVICE] = TERNI_ELEMENT_SERVICE,
                             [FILE_EXTENSION] = TERNI_ELEMENT_MEMBER },
    [TERNI_ELEMENT_MESSAGE] = { [MESSAGE_FIELD] = TERNI_ELEMENT_MEMBER,
                                [MESSAGE_NESTED] = TERNI_ELEMENT_MESSAGE,
                                [MESSAGE_ENUM] = TERNI_ELEMENT_ENUM,
                                [MESSAGE_EXTENSION] = TERNI_ELEMENT_MEMBER,
                                [MESSAGE_ONEOF] = TERNI_ELEMENT_MEMBER },
    [TERNI_ELEMENT_ENUM] = { [ENUM_VALUE] = TERNI_ELEMENT_MEMBER },
    [TERNI_ELEMENT_SERVICE] = { [SERVICE_METHOD] = TERNI_ELEMENT_MEMBER },
    [TERNI_ELEMENT_MEMBER] = { 0 },
};

static terni_element element_of(terni_element container, uint64_t number)
{
    return number < sizeof elements[0] ? elements[container][number] : TERNI_ELEMENT_NONE;
}

// Takes "demo." from "demo.Greeter".
static bool take_scope(terni_span *symbol, terni_span scope)
{
    if (symbol->len <= scope.len || symbol->data[scope.len] != '.' ||
        memcmp(symbol->data, scope.data, scope.len) != 0)
        return false;
    return skip(symbol, scope.len + 1);
}

static terni_element find_in(terni_element container, terni_span body, terni_span symbol);

// Each level takes a part of the symbol, and none is deeper than the program's own messages are nested.
static terni_element match(terni_element kind, terni_span element, terni_span symbol)
{
    terni_span name = first_of(element, ANY_NAME);

    if (!name.len)
        return TERNI_ELEMENT_NONE;
    if (terni_span_is(name, symbol))
        return kind;
    if (kind == TERNI_ELEMENT_ENUM || take_scope(&symbol, name))
        return find_in(kind, element, symbol);
    return TERNI_ELEMENT_NONE;
}

static terni_element find_in(terni_element container, terni_span body, terni_span symbol)
{
    terni_element found = TERNI_ELEMENT_NONE;
    field         f;

    while (!found && next_field(&body, &f)) {
        terni_element kind = element_of(container, f.number);

        if (kind)
            found = match(kind, f.bytes, symbol);
    }
    return found;
}

terni_element terni_descriptor_find(terni_span file, terni_span symbol)
{
    terni_span package = first_of(file, FILE_PACKAGE);

    if (package.len && !take_scope(&symbol, package))
        return TERNI_ELEMENT_NONE;
    return find_in(TERNI_ELEMENT_FILE, file, symbol);
}

// ---- extensions ----------------------------------------------------------

typedef struct collection collection;
struct collection {
    terni_span type;
    int32_t   *numbers;
    size_t     n, max;
};

static void collect_one(collection *c, terni_span extension)
{
    terni_span extendee = first_of(extension, FIELD_EXTENDEE);  // ".demo.Options"
    field      f = { .number = 0 };

    if (c->type.len && (!skip(&extendee, 1) || !terni_span_is(extendee, c->type)))
        return;
    while (next_field(&extension, &f) && f.number != FIELD_NUMBER)
        ;
    if (c->n < c->max)
        c->numbers[c->n] = (int32_t)f.value;
    c->n++;
}

static void collect_from(collection *c, terni_element container, terni_span body)
{
    uint64_t extension =
        container == TERNI_ELEMENT_FILE ? (uint64_t)FILE_EXTENSION : (uint64_t)MESSAGE_EXTENSION;
    field f;

    while (next_field(&body, &f)) {
        if (f.number == extension)
            collect_one(c, f.bytes);
        else if (element_of(container, f.number) == TERNI_ELEMENT_MESSAGE)
            collect_from(c, TERNI_ELEMENT_MESSAGE, f.bytes);
    }
}

size_t terni_descriptor_extensions(terni_span file, terni_span type, int32_t *numbers, size_t max)
{
    collection c = { .type = type, .numbers = numbers, .max = max };

    collect_from(&c, TERNI_ELEMENT_FILE, file);
    return c.n;
}
