#include "codegen/emit_util.h"

#include <string.h>

#include "codegen/memory.h"

static const char *joined(const char *a, const char *b)
{
    return a && b ? gen_format("%s%s%s", a, a[strlen(a) - 1] == '\n' ? "" : "\n", b) : a ? a : b;
}

void gen_emit_doc(gen_printer *p, gen_doc doc)
{
    gen_comment(p, joined(doc.leading, doc.trailing));
}

void gen_emit_rule(gen_printer *p, const char *title)
{
    gen_text line = { 0 };

    gen_text_print(&line, "// ---- %s ", title);
    gen_text_repeat(&line, '-', line.len < 76 ? 76 - line.len : 4);
    gen_blank(p);
    gen_line(p, "%s", line.data);
    gen_blank(p);
}
