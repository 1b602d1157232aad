#include "tests/rpc/wkt/calls/desk.h"

#include <string.h>

#include <tern/any.h>
#include <tern/error_details.h>

#include "tests/rpc/wkt/calls/desk.tern.h"

typedef tern_code refusal(tern_ctx *ctx, const test_desk_order *order);

static tern_code bad_field(tern_ctx *ctx, const test_desk_order *order)
{
    (void)order;
    return TERN_FAIL_WITH(ctx, TERN_INVALID_ARGUMENT, "how many?",
                          TERN_BAD_FIELD("count", "at least one"));
}

static tern_code bad_fields(tern_ctx *ctx, const test_desk_order *order)
{
    google_rpc_bad_request bad;

    (void)order;
    google_rpc_bad_request_init(&bad);
    for (int i = 0; i < 5; i++)
        tern_error_details_add_field(ctx, &bad, tern_printf(ctx, "items[%d]", i), "out of stock");
    return TERN_FAIL_WITH(ctx, TERN_INVALID_ARGUMENT, "no order", &bad);
}

static tern_code busy(tern_ctx *ctx, const test_desk_order *order)
{
    (void)order;
    return TERN_FAIL_WITH(ctx, TERN_UNAVAILABLE, tern_printf(ctx, "%d orders wait", 12),
                          TERN_RETRY_AFTER(1500), TERN_ERROR_INFO("QUEUE_FULL", "desk.example.com"),
                          TEST_DESK_ELSEWHERE(.desk = "the other one"));
}

// As the order says, whatever code that is; the last of its details is none that could be packed.
static tern_code by_code(tern_ctx *ctx, const test_desk_order *order)
{
    return TERN_FAIL_WITH(ctx, (tern_code)order->code, "see the code",
                          TERN_ERROR_INFO("CODE", "desk.example.com"),
                          TERN_ERROR_INFO("\xff", "desk.example.com"));
}

// One that was made elsewhere is passed on.
static tern_code status(tern_ctx *ctx, const test_desk_order *order)
{
    return tern_fail_status(ctx, GOOGLE_RPC_STATUS(.code = order->code, .message = "passed on"));
}

static tern_code unsendable(tern_ctx *ctx, const test_desk_order *order)
{
    google_protobuf_any *any = GOOGLE_PROTOBUF_ANY(.type_url = "\xff");

    (void)order;
    return tern_fail_status(ctx, GOOGLE_RPC_STATUS(.code = TERN_ABORTED, .message = "no details",
                                                   .n_details = 1, .details = &any));
}

void (*desk_brace)(int32_t code);

static tern_code fragile(tern_ctx *ctx, const test_desk_order *order)
{
    tern_code code;

    desk_brace(order->code);
    code = bad_fields(ctx, order);
    desk_brace(0);
    return code;
}

static tern_code no_status(tern_ctx *ctx, const test_desk_order *order)
{
    (void)order;
    tern_fail_details(ctx, "\x0a\x7f", 2);
    return tern_fail(ctx, TERN_ABORTED, "what is this?");
}

// ---- the service ---------------------------------------------------------

static const struct {
    const char *how;
    refusal    *refuse;
} refusals[] = {
    { "bad field", bad_field }, { "bad fields", bad_fields }, { "busy", busy },
    { "code", by_code },        { "status", status },         { "unsendable", unsendable },
    { "no status", no_status }, { "fragile", fragile },
};

static tern_code refuse(tern_ctx *ctx, const test_desk_order *order)
{
    for (size_t i = 0; i < TERN_COUNT_OF(refusals); i++)
        if (strcmp(refusals[i].how, order->how) == 0)
            return refusals[i].refuse(ctx, order);
    return tern_fail(ctx, TERN_NOT_FOUND, "nothing is refused like that");
}

static tern_code place(tern_ctx *ctx, const test_desk_order *order, test_desk_receipt *receipt)
{
    (void)receipt;
    return refuse(ctx, order);
}

static tern_code watch(tern_ctx *ctx, const test_desk_order *order, test_desk_desk_watch_out *out)
{
    (void)!test_desk_desk_watch_send(out, TEST_DESK_RECEIPT());
    return refuse(ctx, order);
}

void desk_register(tern_server *srv, void *unused)
{
    (void)unused;
    test_desk_desk_register(srv, &(test_desk_desk_handlers){ .place = place, .watch = watch },
                            NULL);
}
