#include "tests/support/test.h"

#include "tests/proto_library/journey.tern.h"

#include "cargo/ship.tern.h"
#include "journey.tern.h"  // the same, as a program beside the proto writes it

static void test_message_with_imported_type_survives_pack_and_unpack(void **state)
{
    uint8_t buf[64];
    ssize_t len =
        journeys_journey_pack(JOURNEYS_JOURNEY(.from = PLACES_PLACE(.name = "Arctic"),
                                               .to = PLACES_PLACE(.name = "Antarctic"), .km = 35000,
                                               .by = CARGO_SHIP(.box = CARGO_BOX(.kg = 7))),
                              buf, sizeof buf);
    (void)state;
    assert_true(len > 0);

    TERN_AUTO(journeys_journey) *journey = journeys_journey_unpack(buf, (size_t)len);
    assert_non_null(journey);
    assert_string_equal(journey->from->name, "Arctic");
    assert_string_equal(journey->to->name, "Antarctic");
    assert_int_equal(journey->km, 35000);
    assert_int_equal(journey->by->box->kg, 7);
}

static void test_two_libraries_with_one_well_known_type_are_linked(void **state)
{
    uint8_t buf[64];
    ssize_t len = journeys_journey_pack(
        JOURNEYS_JOURNEY(.from = PLACES_PLACE(.seen = GOOGLE_PROTOBUF_TIMESTAMP(.seconds = 1)),
                         .left = GOOGLE_PROTOBUF_TIMESTAMP(.seconds = 2),
                         .end = GOOGLE_RPC_STATUS(.message = "fog")),
        buf, sizeof buf);
    (void)state;
    assert_true(len > 0);

    TERN_AUTO(journeys_journey) *journey = journeys_journey_unpack(buf, (size_t)len);
    assert_non_null(journey);
    assert_int_equal(journey->from->seen->seconds, 1);
    assert_int_equal(journey->left->seconds, 2);
    assert_ptr_equal(journey->left->base.descriptor, journey->from->seen->base.descriptor);
    assert_string_equal(journey->end->message, "fog");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message_with_imported_type_survives_pack_and_unpack),
        cmocka_unit_test(test_two_libraries_with_one_well_known_type_are_linked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
