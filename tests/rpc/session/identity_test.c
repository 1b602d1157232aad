// A copy of who a peer is: of all that is known, of what another library knows, and of nothing.
#include "tests/support/leak.h"

#include <string.h>

#include <tern/mem.h>

#include "rpc/session/identity_internal.h"

static const tern_name names[] = { { TERN_NAME_DNS, "a.example" }, { TERN_NAME_IP, "10.0.0.1" } };

static const tern_identity ada = { .size = sizeof ada,
                                   .protocol = "TLSv1.3",
                                   .cipher = "TLS_AES_128_GCM_SHA256",
                                   .alpn = "h2",
                                   .server_name = "db.example",
                                   .is_resumed = true,
                                   .is_verified = true,
                                   .subject = "CN=ada",
                                   .issuer = "CN=ca",
                                   .spiffe_id = "",
                                   .names = names,
                                   .n_names = 2 };

static void test_copy_has_all_and_points_at_nothing_of_the_original(void **state)
{
    tern_identity *copy = terni_identity_copy(&ada);

    (void)state;
    assert_non_null(copy);
    assert_string_equal(copy->protocol, "TLSv1.3");
    assert_string_equal(copy->cipher, "TLS_AES_128_GCM_SHA256");
    assert_string_equal(copy->alpn, "h2");
    assert_string_equal(copy->server_name, "db.example");
    assert_string_equal(copy->issuer, "CN=ca");
    assert_string_equal(copy->spiffe_id, "");
    assert_true(copy->is_resumed && copy->is_verified);
    assert_int_equal(copy->n_names, 2);
    assert_int_equal(copy->names[1].kind, TERN_NAME_IP);
    assert_string_equal(copy->names[1].text, "10.0.0.1");
    assert_ptr_not_equal(copy->subject, ada.subject);
    assert_ptr_not_equal(copy->names, names);
    assert_ptr_not_equal(copy->names[0].text, names[0].text);
    tern_mem_free(copy);
}

// What it does not know of is "", never NULL.
static void test_identity_of_an_older_library_lacks_the_rest(void **state)
{
    tern_identity  older = ada;
    tern_identity *copy;

    (void)state;
    older.size = offsetof(tern_identity, issuer);
    copy = terni_identity_copy(&older);
    assert_non_null(copy);
    assert_string_equal(copy->subject, "CN=ada");
    assert_string_equal(copy->issuer, "");
    assert_int_equal(copy->n_names, 0);
    assert_int_equal(copy->size, sizeof *copy);
    tern_mem_free(copy);
}

static void copy_and_free(void *arg) { tern_mem_free(terni_identity_copy(arg)); }

static void test_copy_is_one_allocation(void **state)
{
    (void)state;
    assert_int_equal(for_each_failed_allocation(copy_and_free, (void *)(uintptr_t)&ada), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_copy_has_all_and_points_at_nothing_of_the_original),
        TERN_TEST(test_identity_of_an_older_library_lacks_the_rest),
        TERN_TEST(test_copy_is_one_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
