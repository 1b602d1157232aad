// Prototypes: the parameters fill the lines behind the opening parenthesis, and the names of those that
// stand under each other are aligned.
#include "codegen/printer.h"

#include <stdbool.h>
#include <string.h>

#include "codegen/memory.h"

typedef struct layout layout;
struct layout {
    gen_list params;
    size_t   start;  // the column behind the parenthesis
    size_t   tail;   // what follows the last parameter on its line, the parenthesis included
    size_t  *first;  // of each line, its first parameter; one more at the end
    size_t   n_lines;
};

static size_t joined_length(gen_list params)
{
    size_t len = params.n > 0 ? 2 * (params.n - 1) : 0;  // ", "

    for (size_t i = 0; i < params.n; i++)
        len += strlen(params.items[i]);
    return len;
}

// Breaks the list where the line is full. `)` or `,` follows each parameter.
static void fill(layout *l)
{
    size_t at = l->start;

    l->first = gen_alloc(l->params.n + 1, sizeof *l->first);
    l->n_lines = 0;
    for (size_t i = 0; i < l->params.n; i++) {
        size_t len = strlen(l->params.items[i]) + 1;

        if (i == 0 || at + 1 + len > GEN_COLUMNS) {
            l->first[l->n_lines++] = i;
            at = l->start + len;
        } else {
            at += 1 + len;
        }
    }
    l->first[l->n_lines] = l->params.n;
}

// "const char **name": the length of "const char **", with one space before the stars.
static size_t type_length(const char *param)
{
    size_t len = strlen(param);

    while (len > 0 && param[len - 1] != ' ' && param[len - 1] != '*')
        len--;
    return len;
}

static bool is_lone(const layout *l, size_t line)
{
    return l->first[line + 1] - l->first[line] == 1;
}

// With the comma, or with what follows the list.
static size_t line_length(const layout *l, size_t line)
{
    gen_list on_line = { l->params.items + l->first[line], l->first[line + 1] - l->first[line] };

    return l->start + joined_length(on_line) + (line + 1 == l->n_lines ? l->tail : 1);
}

// How wide the types of a group are, or 0: alignment would push a line over the edge.
static size_t group_width(const layout *l, size_t line, size_t end)
{
    size_t width = 0;

    for (size_t i = line; i < end; i++) {
        size_t len = type_length(l->params.items[l->first[i]]);

        width = len > width ? len : width;
    }
    for (size_t i = line; i < end; i++)
        if (line_length(l, i) + width - type_length(l->params.items[l->first[i]]) > GEN_COLUMNS)
            return 0;
    return width;
}

// The lines [line, end) whose first names clang-format puts under each other: a line with more than
// one parameter ends the group, and so does one that alignment would push over the edge.
static size_t group_end(const layout *l, size_t line)
{
    size_t end = line + 1;

    while (end < l->n_lines && is_lone(l, end - 1) && group_width(l, line, end + 1))
        end++;
    return end;
}

// The first parameter of a line with its name in the group's column.
static void print_aligned(gen_printer *p, const char *param, size_t width)
{
    size_t type = type_length(param), stars = type;

    while (stars > 0 && param[stars - 1] == '*')
        stars--;
    gen_text_append(&p->out, param, stars);
    gen_text_repeat(&p->out, ' ', width > type ? width - type : 0);
    gen_text_print(&p->out, "%s", param + stars);
}

static void print_params(gen_printer *p, const layout *l)
{
    size_t end = 0, width = 0;

    for (size_t line = 0; line < l->n_lines; line++) {
        if (line == end) {
            end = group_end(l, line);
            width = group_width(l, line, end);
        }
        if (line > 0) {
            gen_text_append(&p->out, "\n", 1);
            gen_text_repeat(&p->out, ' ', l->start);
        }
        print_aligned(p, l->params.items[l->first[line]], width);
        for (size_t i = l->first[line] + 1; i < l->first[line + 1]; i++)
            gen_text_print(&p->out, ", %s", l->params.items[i]);
        if (line + 1 < l->n_lines)
            gen_text_append(&p->out, ",", 1);
    }
}

static bool overflows(const layout *l)
{
    for (size_t line = 0; line < l->n_lines; line++)
        if (line_length(l, line) > GEN_COLUMNS)
            return true;
    return false;
}

// Where the name and the list go: behind the result, on a line of their own, or the list alone.
typedef enum place {
    BEHIND,
    OWN_LINE,
    LIST_ON_OWN_LINE,
} place;

static place choose_place(layout *l, const char *result, const char *name)
{
    layout below = *l;

    l->start = strlen(result) + strlen(name) + 1;
    fill(l);
    below.start = strlen(name) + 1;
    fill(&below);
    if (!overflows(l) && l->n_lines < 5 &&
        (l->n_lines < 3 || below.n_lines > 1 || overflows(&below)))
        return BEHIND;
    if (overflows(&below)) {
        l->start = 4;
        fill(l);
        return LIST_ON_OWN_LINE;
    }
    *l = below;
    return OWN_LINE;
}

void gen_prototype(gen_printer *p, const char *result, const char *name, gen_list params,
                   const char *tail)
{
    bool        is_attribute = *tail && *tail != ';';
    const char *head = result[strlen(result) - 1] == '*' ? result : gen_format("%s ", result);
    layout      l = { .params = params, .tail = 1 + (is_attribute ? 0 : strlen(tail)) };
    place       where = choose_place(&l, head, name);

    if (where == OWN_LINE)  // no blank at the line's end
        head = result;
    gen_text_print(&p->out, "%s%s%s(%s", head, where == OWN_LINE ? "\n" : "", name,
                   where == LIST_ON_OWN_LINE ? "\n    " : "");
    if (is_attribute && line_length(&l, l.n_lines - 1) + 1 + strlen(tail) <= GEN_COLUMNS)
        l.tail += 1 + strlen(tail);
    print_params(p, &l);
    gen_text_print(&p->out, ")%s%s\n", !is_attribute ? "" : l.tail > 1 ? " " : "\n    ", tail);
}
