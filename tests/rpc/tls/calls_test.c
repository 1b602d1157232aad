// Calls over TLS: both wires, and who the handler finds at the other end.
#include "tests/rpc/tls/gate.h"

#include <string.h>

static void test_call_goes_over_either_wire(void **state)
{
    static const char *const alpn[] = { "tern/1", "h2" };
    gate                     g;

    (void)state;
    gate_open(&g, NULL);
    for (gate_wire wire = GATE_NATIVE; wire < GATE_N_WIRES; wire++) {
        TERN_AUTO(guard_answer) *a = NULL;

        assert_int_equal(tern_report(gate_ask(&g, wire, NULL, &a)), 0);
        assert_true(a->is_known);
        assert_string_equal(a->alpn, alpn[wire]);
        assert_string_equal(a->protocol, "TLSv1.3");
        assert_false(a->is_verified);
        assert_string_equal(a->subject, "");
    }
    gate_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_call_goes_over_either_wire),
    };

    return cmocka_run_group_tests(tests, gate_warm_up, gate_cool_down);
}
