// shop ADDRESS SUPPLIER...: a handler that makes calls of its own, all at once, and answers with what has come
// back in time. Its calls end with its own: by its deadline, or when its caller goes away.
#include <stdio.h>

#include "fanout.tern.h"

enum { MAX_SUPPLIERS = 16 };

typedef struct shop shop;
struct shop {
    unsigned      n_suppliers;
    const char   *addresses[MAX_SUPPLIERS];
    tern_channel *suppliers[MAX_SUPPLIERS];
};

// Some of the time that is left is for the way back.
static int64_t patience_ms(const tern_ctx *ctx)
{
    int64_t left_ms = tern_ctx_time_left_ms(ctx);

    return left_ms == INT64_MAX ? 0 : left_ms * 3 / 4 + 1;
}

static void take_offer(fanout_quote *quote, fanout_offer *offer)
{
    if (!quote->best || offer->price < quote->best->price)
        quote->best = offer;
}

static void note_silence(tern_ctx *ctx, fanout_quote *quote, const char *who, tern_status st)
{
    quote->silent[quote->n_silent++] =
        tern_printf(ctx, "%s, %s: %s", who, tern_code_name(st.code), st.msg);
}

static tern_code ask(tern_ctx *ctx, const fanout_item *item, fanout_quote *quote)
{
    const shop          *s = tern_ctx_user_data(ctx);
    const tern_call_opts opts = { .timeout_ms = patience_ms(ctx) };
    tern_call           *calls[MAX_SUPPLIERS];
    fanout_offer        *offers[MAX_SUPPLIERS] = { NULL };

    if (!(quote->silent = tern_ctx_alloc(ctx, s->n_suppliers, sizeof *quote->silent)))
        return TERN_RESOURCE_EXHAUSTED;
    quote->n_asked = s->n_suppliers;
    for (unsigned i = 0; i < s->n_suppliers; i++)
        calls[i] = fanout_supplier_price_begin(s->suppliers[i], item, &opts, &offers[i]);
    (void)!tern_wait_all(calls, s->n_suppliers).code;  // each is looked at
    for (unsigned i = 0; i < s->n_suppliers; i++) {
        tern_status st = tern_call_status(calls[i]);

        tern_call_free(calls[i]);
        tern_ctx_own(ctx, offers[i]);  // the reply may point into it
        if (st.code == TERN_OK)
            take_offer(quote, offers[i]);
        else
            note_silence(ctx, quote, s->addresses[i], st);
    }
    return quote->best ? TERN_OK : tern_fail(ctx, TERN_UNAVAILABLE, "no supplier has answered");
}

static void free_shop(shop *s)
{
    while (s->n_suppliers > 0)
        tern_channel_free(s->suppliers[--s->n_suppliers]);
}

int main(int argc, char **argv)
{
    shop         s = { .n_suppliers = 0 };
    tern_server *srv;
    int          status;

    if (argc < 3 || argc - 2 > MAX_SUPPLIERS) {
        fprintf(stderr, "shop ADDRESS SUPPLIER...   (at most %d)\n", MAX_SUPPLIERS);
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        s.addresses[s.n_suppliers] = argv[i];
        s.suppliers[s.n_suppliers++] = tern_connect(argv[i], NULL);
    }
    srv = tern_listen(argv[1], NULL);
    fanout_shop_register(srv, &(fanout_shop_handlers){ .ask = ask },
                         &(tern_service_opts){ .user_data = &s });
    status = tern_serve(srv);
    free_shop(&s);
    tern_server_free(srv);
    return status;
}
