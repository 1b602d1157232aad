// What a server answers with: the handles that a method's handlers get, what they can do with them, and
// the slots that handlers go into.
#include "codegen/emit.h"

#include "codegen/emit_method.h"
#include "codegen/memory.h"

// What the method's handle is called; the struct is demo_greeter_watch_out.
static const char *handle_word(const gen_method *m)
{
    static const char *const words[] = {
        [GEN_UNARY] = "call",
        [GEN_CLIENT_STREAM] = "in",
        [GEN_SERVER_STREAM] = "out",
        [GEN_BIDI_STREAM] = "io",
    };
    return words[m->kind];
}

static const char *handle_param(const gen_method *m)
{
    return gen_pointer(gen_method_name(m, handle_word(m)), handle_word(m));
}

static void emit_handle(gen_printer *p, const gen_method *m)
{
    const char *type = gen_method_name(m, handle_word(m));

    if (m->kind != GEN_SERVER_STREAM) {
        gen_line(p, "TERN_HANDLE(%s);", type);
        return;
    }
    gen_open(p, "typedef struct %s {", type);
    gen_column(p, "tern_ctx", "*ctx");
    gen_column(p, "void", "*state");
    gen_column(p, gen_format("const %s", m->input->c_name), "*req");
    gen_columns_end(p);
    gen_close(p, "} %s;", type);
}

// The client of a bidirectional stream has taken the plain words.
static const char *verb(const gen_method *m, const char *word)
{
    return m->kind == GEN_BIDI_STREAM ? gen_format("io_%s", word) : word;
}

static void emit_reading_verb(gen_printer *p, const gen_method *m)
{
    gen_emit_alias(p, m, gen_format("const %s *", m->input->c_name), verb(m, "next"),
                   GEN_LIST(handle_param(m)), "in_next");
}

static void emit_sending_verbs(gen_printer *p, const gen_method *m)
{
    const char *handle = handle_param(m), *msg = gen_const_pointer(m->output->c_name, "msg");

    gen_emit_alias(p, m, "TERN_NODISCARD tern_code", verb(m, "send"), GEN_LIST(handle, msg),
                   "out_send");
    gen_emit_alias(p, m, "void", verb(m, "push"), GEN_LIST(handle, msg), "out_push");
    gen_emit_alias(p, m, "void", verb(m, "finish"), GEN_LIST(handle, "tern_code code"),
                   "out_finish");
    gen_emit_alias(p, m, "void", verb(m, "wake"), GEN_LIST(handle), "wake");
}

static void emit_replying_verbs(gen_printer *p, const gen_method *m)
{
    const char *handle = handle_param(m);

    gen_emit_alias(p, m, "void", "reply",
                   GEN_LIST(handle, gen_const_pointer(m->output->c_name, "reply")), "reply");
    gen_emit_alias(p, m, "void", "fail", GEN_LIST(handle, "tern_code code"), "fail");
}

void gen_emit_method_server(gen_printer *p, const gen_method *m)
{
    emit_handle(p, m);
    if (gen_client_reads(m))
        emit_sending_verbs(p, m);
    if (gen_client_sends(m))
        emit_reading_verb(p, m);
    if (!gen_client_reads(m))
        emit_replying_verbs(p, m);
}

// ---- slots ---------------------------------------------------------------

static void emit_slot(gen_printer *p, const char *result, const char *slot, gen_list params)
{
    gen_wrapped(p, gen_format("%s (*%s)(", result, slot), params, ");");
}

static void emit_sync_slot(gen_printer *p, const gen_method *m)
{
    const char *ctx = "tern_ctx *ctx", *handle = handle_param(m);
    const char *req = gen_const_pointer(m->input->c_name, "req");
    const char *reply = gen_pointer(m->output->c_name, "reply");

    switch (m->kind) {
    case GEN_UNARY:
        emit_slot(p, "tern_code", m->slot, GEN_LIST(ctx, req, reply));
        break;
    case GEN_SERVER_STREAM:
        emit_slot(p, "tern_code", m->slot, GEN_LIST(ctx, req, handle));
        break;
    case GEN_CLIENT_STREAM:
        emit_slot(p, "tern_code", m->slot, GEN_LIST(ctx, handle, reply));
        break;
    case GEN_BIDI_STREAM:
        emit_slot(p, "tern_code", m->slot, GEN_LIST(ctx, handle));
        break;
    }
}

// In the order of tern_stub_out_slot, tern_stub_in_slot and tern_stub_io_slot.
static void emit_async_stream_slot(gen_printer *p, const gen_method *m)
{
    const char *handle = handle_param(m);

    gen_open(p, "struct {");
    if (gen_client_sends(m)) {
        emit_slot(p, "void", "message",
                  GEN_LIST(handle, gen_const_pointer(m->input->c_name, "msg")));
        emit_slot(p, "void", "finished", GEN_LIST(handle));
    }
    if (gen_client_reads(m))
        emit_slot(p, "void", "ready", GEN_LIST(handle));
    emit_slot(p, "void", "end", GEN_LIST(handle, "tern_status st"));
    gen_line(p, "size_t state_size;");
    gen_close(p, "} %s;", m->async_slot);
}

void gen_emit_method_slots(gen_printer *p, const gen_method *m)
{
    emit_sync_slot(p, m);
    if (m->kind == GEN_UNARY)
        emit_slot(p, "void", m->async_slot,
                  GEN_LIST(handle_param(m), gen_const_pointer(m->input->c_name, "req")));
    else
        emit_async_stream_slot(p, m);
}
