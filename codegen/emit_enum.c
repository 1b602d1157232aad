#include "codegen/emit.h"

#include <stdlib.h>
#include <string.h>

#include "codegen/emit_util.h"
#include "codegen/memory.h"

// INT_MIN has no literal: -2147483648 is a minus before a number too large for int.
static const char *literal(int32_t number)
{
    return number == INT32_MIN ? "-2147483647 - 1" : gen_format("%d", number);
}

void gen_emit_enum(gen_printer *p, const gen_enum *e)
{
    gen_emit_doc(p, e->doc);
    gen_open(p, "typedef enum %s {", e->c_name);
    for (size_t i = 0; i < e->n_values; i++) {
        const gen_enum_value *v = &e->values[i];

        gen_emit_doc(p, v->doc);
        gen_line(p, "%s%s = %s,", v->c_name, v->is_deprecated ? " __attribute__((deprecated))" : "",
                 literal(v->proto->number));
    }
    gen_close(p, "} %s;", e->c_name);
    gen_line(p, "extern const ProtobufCEnumDescriptor %s_descriptor;", e->c_name);
}

// ---- tables --------------------------------------------------------------

static int by_number(const void *a, const void *b)
{
    const gen_enum_value *va = *(const gen_enum_value *const *)a,
                         *vb = *(const gen_enum_value *const *)b;

    if (va->proto->number != vb->proto->number)
        return va->proto->number < vb->proto->number ? -1 : 1;
    return (va > vb) - (va < vb);  // of several names for a number the first one counts
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const gen_enum_value *const *)a)->proto->name,
                  (*(const gen_enum_value *const *)b)->proto->name);
}

static const gen_enum_value **sorted(const gen_enum *e, int (*compare)(const void *, const void *))
{
    const gen_enum_value **values = gen_alloc(e->n_values, sizeof *values);

    for (size_t i = 0; i < e->n_values; i++)
        values[i] = &e->values[i];
    qsort(values, e->n_values, sizeof *values, compare);
    return values;
}

// One row per number; `numbers` gets them. Returns how many.
static size_t emit_values(gen_printer *p, const gen_enum *e, int32_t *numbers)
{
    const gen_enum_value **values = sorted(e, by_number);
    size_t                 n = 0;

    gen_open(p, "static const ProtobufCEnumValue values_of_%s[] = {", e->c_name);
    for (size_t i = 0; i < e->n_values; i++) {
        int32_t number = values[i]->proto->number;

        if (n > 0 && numbers[n - 1] == number)
            continue;
        numbers[n++] = number;
        gen_line(p, "{ \"%s\", \"%s\", %s },", values[i]->proto->name, values[i]->c_name,
                 literal(number));
    }
    gen_close(p, "};");
    return n;
}

static void emit_names(gen_printer *p, const gen_enum *e, const int32_t *numbers)
{
    const gen_enum_value **values = sorted(e, by_name);

    gen_open(p, "static const ProtobufCEnumValueIndex names_of_%s[] = {", e->c_name);
    for (size_t i = 0; i < e->n_values; i++) {
        size_t index = 0;

        while (numbers[index] != values[i]->proto->number)
            index++;
        gen_line(p, "{ \"%s\", %zu },", values[i]->proto->name, index);
    }
    gen_close(p, "};");
}

void gen_emit_enum_tables(gen_printer *p, const gen_enum *e)
{
    int32_t    *numbers = gen_alloc(e->n_values, sizeof *numbers);
    const char *package = e->file->proto->package;
    size_t      n_ranges, n_values = emit_values(p, e, numbers);

    emit_names(p, e, numbers);
    gen_emit_ranges(p, e->c_name, numbers, n_values, &n_ranges);
    gen_line(p, "_Static_assert(sizeof(%s) == sizeof(int), \"protobuf-c stores enums as int\");",
             e->c_name);
    gen_open(p, "const ProtobufCEnumDescriptor %s_descriptor = {", e->c_name);
    gen_line(p, ".magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,");
    gen_line(p, ".name = \"%s\",", e->full_name);
    gen_line(p, ".short_name = \"%s\",", e->proto->name);
    gen_line(p, ".c_name = \"%s\",", e->c_name);
    gen_line(p, ".package_name = \"%s\",", package ? package : "");
    gen_line(p, ".n_values = %zu,", n_values);
    gen_line(p, ".values = values_of_%s,", e->c_name);
    gen_line(p, ".n_value_names = %zu,", e->n_values);
    gen_line(p, ".values_by_name = names_of_%s,", e->c_name);
    gen_line(p, ".n_value_ranges = %zu,", n_ranges);
    gen_line(p, ".value_ranges = ranges_of_%s,", e->c_name);
    gen_close(p, "};");
}

void gen_emit_ranges(gen_printer *p, const char *name, const int32_t *numbers, size_t n,
                     size_t *ret_n_ranges)
{
    const char **items = NULL;
    size_t       n_items = 0;

    for (size_t i = 0; i < n; i++)
        if (i == 0 || (int64_t)numbers[i] != (int64_t)numbers[i - 1] + 1)
            *GEN_PUSH(items, n_items) = gen_format("{ %s, %zu }", literal(numbers[i]), i);
    *ret_n_ranges = n_items;
    *GEN_PUSH(items, n_items) = gen_format("{ 0, %zu }", n);  // protobuf-c wants the end as well
    gen_wrapped(p, gen_format("static const ProtobufCIntRange ranges_of_%s[] = { ", name),
                (gen_list){ items, n_items }, " };");
}
