// client ADDRESS: places an order, and prints what it finds in the refusal.
#include <stdio.h>

#include <tern/channel.h>
#include <tern/error_details.h>

#include "tests/rpc/wkt/calls/desk.tern.h"

static void print_bad_request(const tern_call_info *info)
{
    TERN_AUTO(google_rpc_bad_request) *bad = tern_error_details_bad_request(info);

    for (size_t i = 0; bad && i < bad->n_field_violations; i++)
        printf("%s: %s\n", bad->field_violations[i]->field, bad->field_violations[i]->description);
}

static void print_error_info(const tern_call_info *info)
{
    TERN_AUTO(google_rpc_error_info) *why = tern_error_details_error_info(info);

    if (why)
        printf("%s of %s, %s\n", why->reason, why->domain,
               google_rpc_error_info_metadata_get(why, "limit")->value);
}

int main(int argc, char **argv)
{
    TERN_AUTO(tern_call_info) info = { 0 };
    TERN_AUTO(tern_channel) *ch = tern_connect(argc > 1 ? argv[1] : "", NULL);
    TERN_AUTO(test_desk_receipt) *receipt = NULL;
    tern_status st =
        test_desk_desk_place(ch, TEST_DESK_ORDER(), &(tern_call_opts){ .info = &info }, &receipt);

    printf("%s: %s\n", tern_code_name(st.code), st.msg);
    print_bad_request(&info);
    print_error_info(&info);
    printf("again in %d ms\n", (int)tern_error_details_retry_ms(&info));
    return 0;
}
