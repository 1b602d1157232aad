#include "tests/rpc/tls/gate.h"

#include <stdio.h>
#include <string.h>

#include "tests/rpc/support/warm_up.h"

cert *gate_ca, *gate_server, *gate_client;

int gate_warm_up(void **state)
{
    (void)state;
    warm_up(&guard_guard_service);
    gate_ca = certs_make(&(cert_wish){ .name = "gate CA", .is_ca = true });
    gate_server = certs_make(
        &(cert_wish){ .name = "server", .sans = "DNS:localhost,IP:127.0.0.1", .by = gate_ca });
    gate_client = certs_make(&(cert_wish){
        .name = "ada", .sans = "URI:spiffe://test/ada,DNS:ada.example", .by = gate_ca });
    return 0;
}

int gate_cool_down(void **state)
{
    (void)state;
    certs_free(gate_client);
    certs_free(gate_server);
    certs_free(gate_ca);
    return 0;
}

// ---- the server ----------------------------------------------------------

static const char *tell_names(tern_ctx *ctx, const tern_identity *id)
{
    static const char *const kinds[] = { "DNS", "URI", "EMAIL", "IP" };
    const char              *text = "";

    for (size_t i = 0; i < id->n_names; i++)
        text = tern_printf(ctx, "%s%s%s:%s", text, i ? "," : "", kinds[id->names[i].kind],
                           id->names[i].text);
    return text;
}

static char *keep(tern_ctx *ctx, const char *text) { return tern_printf(ctx, "%s", text); }

static tern_code who(tern_ctx *ctx, const guard_question *q, guard_answer *a)
{
    const tern_identity *id = tern_ctx_identity(ctx);

    a->load = q->load;
    if (!id)
        return TERN_OK;
    a->is_known = true;
    a->subject = keep(ctx, id->subject);
    a->spiffe_id = keep(ctx, id->spiffe_id);
    a->names = keep(ctx, tell_names(ctx, id));
    a->protocol = keep(ctx, id->protocol);
    a->cipher = keep(ctx, id->cipher);
    a->alpn = keep(ctx, id->alpn);
    a->server_name = keep(ctx, id->server_name);
    a->is_verified = id->is_verified;
    a->is_resumed = id->is_resumed;
    return TERN_OK;
}

void gate_add_services(tern_server *srv, void *arg)
{
    (void)arg;
    guard_guard_register(srv, &(guard_guard_handlers){ .who = who }, NULL);
}

static void open_at(gate *g, const tern_tls_opts *opts, host_place place)
{
    tern_tls_opts o = opts ? *opts : (tern_tls_opts){ .cert_pem = NULL };

    if (!o.cert_pem && !o.cert_file && !o.n_pairs) {
        o.cert_pem = gate_server->pem;
        o.key_pem = gate_server->key_pem;
    }
    *g = (gate){ .host = {
                     .scheme = HOST_FILTERED, .place = place, .add_services = gate_add_services } };
    assert_int_equal(tern_report(tern_tls_new(&o, &g->tls)), 0);
    g->filters = tern_tls_filters(g->tls);
    g->host.opts.filters = &g->filters;
    host_start(&g->host);
}

void gate_open(gate *g, const tern_tls_opts *opts) { open_at(g, opts, HOST_ON_THREAD); }

void gate_open_in_process(gate *g) { open_at(g, NULL, HOST_IN_PROCESS); }

void gate_close(gate *g)
{
    host_end(&g->host);
    g->tls = tern_tls_unref(g->tls);
}

// ---- clients -------------------------------------------------------------

tern_channel *gate_connect(const gate *g, gate_wire wire, const tern_tls_opts *opts)
{
    const tern_tls_opts trusting = { .ca_pem = gate_ca->pem };
    tern_filter_source  filters;
    tern_tls           *tls;
    char                address[TERN_MAX_ADDRESS];
    tern_channel       *ch;

    assert_int_equal(tern_report(tern_tls_new(opts ? opts : &trusting, &tls)), 0);
    filters = tern_tls_filters(tls);
    snprintf(address, sizeof address, "%s%s", wire == GATE_GRPC ? "grpcs" : "tls",
             strchr(g->host.address, ':'));
    ch = tern_connect(address, &(tern_channel_opts){ .filters = &filters });
    tern_tls_unref(tls);
    return ch;
}

tern_status gate_ask(const gate *g, gate_wire wire, const tern_tls_opts *opts,
                     guard_answer **ret_answer)
{
    TERN_AUTO(tern_channel) *ch = gate_connect(g, wire, opts);

    return guard_guard_who(ch, GUARD_QUESTION(), NULL, ret_answer);
}

void gate_expect_failure(const gate *g, const tern_tls_opts *opts, tern_code code,
                         const char *words)
{
    for (gate_wire wire = GATE_NATIVE; wire < GATE_N_WIRES; wire++) {
        guard_answer *a = NULL;
        tern_status   st = gate_ask(g, wire, opts, &a);

        assert_int_equal(st.code, code);
        if (!strstr(st.msg, words))
            fail_msg("\"%s\" does not say \"%s\"", st.msg, words);
    }
}
