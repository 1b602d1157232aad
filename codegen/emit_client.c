// What a client calls: one method, synchronous and asynchronous.
#include "codegen/emit.h"

#include "codegen/emit_method.h"
#include "codegen/memory.h"

// Parameters that most of the functions have.
#define CHANNEL  "tern_channel *ch"
#define OPTIONS  "const tern_call_opts *opts"
#define ARGUMENT "void *arg"

static const char *request(const gen_method *m)
{
    return gen_const_pointer(m->input->c_name, "req");
}

// The method's entry in the table, as an expression.
static const char *table_entry(const gen_method *m)
{
    return gen_format("&%s_methods[%zu]", m->service->c_name, (size_t)(m - m->service->methods));
}

// An inline function, up to its brace. The body adds the method's table to the arguments.
static void emit_function(gen_printer *p, const gen_method *m, const char *result, const char *name,
                          gen_list params)
{
    const char *deprecated = m->is_deprecated ? "__attribute__((deprecated)) " : "";

    gen_prototype(p, gen_format("%s%s", deprecated, result), name, params, "");
    gen_open(p, "{");
}

static void emit_body(gen_printer *p, const char *head, gen_list args)
{
    gen_wrapped(p, head, args, ");");
    gen_close(p, "}");
}

static void emit_unary(gen_printer *p, const gen_method *m)
{
    const char *done = gen_method_name(m, "done"), *reply = m->output->c_name;

    emit_function(p, m, "TERN_NODISCARD static inline tern_status", m->c_name,
                  GEN_LIST(CHANNEL, request(m), OPTIONS, gen_format("%s **ret_reply", reply)));
    emit_body(p, "return tern_stub_unary(",
              GEN_LIST("ch", table_entry(m), "req", "opts", "ret_reply"));
    emit_function(p, m, "TERN_NODISCARD static inline tern_call *", gen_method_name(m, "begin"),
                  GEN_LIST(CHANNEL, request(m), OPTIONS, gen_format("%s **ret_reply", reply)));
    emit_body(p, "return tern_stub_begin(",
              GEN_LIST("ch", table_entry(m), "req", "opts", "ret_reply"));
    gen_blank(p);

    gen_prototype(p, "typedef void", done,
                  GEN_LIST("tern_status st", gen_const_pointer(reply, "reply"), ARGUMENT), ";");
    gen_blank(p);
    emit_function(p, m, "static inline void", gen_method_name(m, "async"),
                  GEN_LIST(CHANNEL, request(m), OPTIONS, gen_pointer(done, "done"), ARGUMENT));
    emit_body(p, "tern_stub_unary_async(",
              GEN_LIST("ch", table_entry(m), "req", "opts", "(tern_stub_done_fn *)done", "arg"));
}

// ---- streams -------------------------------------------------------------

static void emit_open(gen_printer *p, const gen_method *m)
{
    const char *stream = gen_method_name(m, "stream");
    const char *head = gen_format("return (%s *)tern_stub_open(", stream);
    bool        sends = gen_client_sends(m);

    gen_line(p, "TERN_STREAM(%s);", stream);
    emit_function(p, m, gen_format("TERN_NODISCARD static inline %s *", stream), m->c_name,
                  sends ? GEN_LIST(CHANNEL, OPTIONS) : GEN_LIST(CHANNEL, request(m), OPTIONS));
    emit_body(p, head, GEN_LIST("ch", table_entry(m), sends ? "NULL" : "req", "opts"));
}

static void emit_sending_verbs(gen_printer *p, const gen_method *m, const char *stream)
{
    gen_emit_alias(p, m, "TERN_NODISCARD tern_code", "send",
                   GEN_LIST(stream, gen_const_pointer(m->input->c_name, "msg")), "send");
    gen_emit_alias(p, m, "void", "close_send", GEN_LIST(stream), "close_send");
}

static void emit_verbs(gen_printer *p, const gen_method *m)
{
    const char *stream = gen_pointer(gen_method_name(m, "stream"), "stream");
    const char *reply = m->output->c_name;

    if (gen_client_sends(m))
        emit_sending_verbs(p, m, stream);
    if (!gen_client_reads(m)) {
        gen_emit_alias(p, m, "void", "wake", GEN_LIST(stream), "stream_wake");
        gen_emit_alias(p, m, "TERN_NODISCARD tern_status", "finish",
                       GEN_LIST(stream, gen_format("%s **ret_reply", reply)), "finish");
        return;
    }
    gen_emit_alias(p, m, gen_format("const %s *", reply), "next", GEN_LIST(stream), "next");
    if (gen_client_sends(m))
        gen_emit_alias(p, m, "void", "wake", GEN_LIST(stream), "stream_wake");
    gen_emit_alias(p, m, "TERN_NODISCARD tern_status", "status", GEN_LIST(stream), "status");
}

static void emit_events(gen_printer *p, const gen_method *m)
{
    const char *stream = gen_method_name(m, "stream"), *reply = m->output->c_name;

    gen_open(p, "typedef struct %s_events {", m->c_name);
    if (m->kind == GEN_BIDI_STREAM)
        gen_line(p, "void (*message)(%s *stream, const %s *msg, void *arg);", stream, reply);
    if (m->kind == GEN_SERVER_STREAM)
        gen_line(p, "void (*message)(const %s *msg, void *arg);", reply);
    if (gen_client_sends(m))
        gen_line(p, "void (*writable)(%s *stream, void *arg);", stream);
    if (m->kind == GEN_CLIENT_STREAM)
        gen_line(p, "void (*end)(tern_status st, const %s *reply, void *arg);", reply);
    else
        gen_line(p, "void (*end)(tern_status st, void *arg);");
    gen_close(p, "} %s_events;", m->c_name);
}

static void emit_open_async(gen_printer *p, const gen_method *m)
{
    const char *events = gen_const_pointer(gen_method_name(m, "events"), "events");
    bool        sends = gen_client_sends(m);

    emit_function(p, m, "static inline void", gen_method_name(m, "async"),
                  sends ? GEN_LIST(CHANNEL, OPTIONS, events, ARGUMENT)
                        : GEN_LIST(CHANNEL, request(m), OPTIONS, events, ARGUMENT));
    emit_body(p, "tern_stub_open_async(",
              GEN_LIST("ch", table_entry(m), sends ? "NULL" : "req", "opts", "events", "arg"));
}

void gen_emit_method_client(gen_printer *p, const gen_method *m)
{
    if (m->kind == GEN_UNARY) {
        emit_unary(p, m);
        return;
    }
    emit_open(p, m);
    emit_verbs(p, m);
    gen_blank(p);
    emit_events(p, m);
    emit_open_async(p, m);
}
