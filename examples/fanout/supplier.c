// supplier ADDRESS [NAME [PRICE [DELAY_MS]]]: one of those whom the shop asks; some take their time.
#include <stdio.h>
#include <stdlib.h>

#include <tern/fiber.h>

#include "fanout.tern.h"

typedef struct supplier supplier;
struct supplier {
    const char *name;
    uint32_t    price;
    uint64_t    delay_ms;
};

static tern_code price(tern_ctx *ctx, const fanout_item *item, fanout_offer *offer)
{
    const supplier *s = tern_ctx_user_data(ctx);

    if (!*item->name)
        return tern_fail(ctx, TERN_INVALID_ARGUMENT, "an item has a name");
    fprintf(stderr, "%s: what does %s cost?\n", s->name, item->name);
    if (tern_fiber_sleep(s->delay_ms * TERN_NS_PER_MS) < 0) {
        fprintf(stderr, "%s: nobody waits for %s any more\n", s->name, item->name);
        return tern_ctx_check(ctx);
    }
    offer->supplier = s->name;
    offer->price = s->price;
    return TERN_OK;
}

int main(int argc, char **argv)
{
    supplier self = { .name = argc > 2 ? argv[2] : "somebody",
                      .price = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 100,
                      .delay_ms = argc > 4 ? strtoul(argv[4], NULL, 10) : 0 };
    TERN_AUTO(tern_server) *srv = tern_listen(argc > 1 ? argv[1] : "tcp://127.0.0.1:7005", NULL);

    fanout_supplier_register(srv, &(fanout_supplier_handlers){ .price = price },
                             &(tern_service_opts){ .user_data = &self });
    return tern_serve(srv);
}
