// The reflection services, asked as gRPC's tools ask them.
#include <tern/reflection.h>

#include <stdlib.h>
#include <string.h>

#include "proto/grpc/reflection/v1/reflection.tern.h"
#include "proto/grpc/reflection/v1alpha/reflection.tern.h"
#include "rpc/server/server_internal.h"
#include "tests/rpc/server/shelf.tern.h"
#include "tests/rpc/support/host.h"
#include "tests/rpc/support/warm_up.h"
#include "tests/support/leak.h"

typedef grpc_reflection_v1_server_reflection_server_reflection_info_stream talk;
typedef grpc_reflection_v1_server_reflection_request                       question;
typedef grpc_reflection_v1_server_reflection_response                      answer;

// A question with one name in it.
#define ASK(what, name)                                                                            \
    GRPC_REFLECTION_V1_SERVER_REFLECTION_REQUEST(                                                  \
            .host = "here",                                                                        \
            .message_request_case =                                                                \
                GRPC_REFLECTION_V1_SERVER_REFLECTION_REQUEST_MESSAGE_REQUEST_##what,               \
            name)

#define BY_FILE(f)    ASK(FILE_BY_FILENAME, .file_by_filename = (f))
#define BY_SYMBOL(s)  ASK(FILE_CONTAINING_SYMBOL, .file_containing_symbol = (s))
#define NUMBERS_OF(t) ASK(ALL_EXTENSION_NUMBERS_OF_TYPE, .all_extension_numbers_of_type = (t))
#define LIST()        ASK(LIST_SERVICES, .list_services = "")

#define ANSWER(what) GRPC_REFLECTION_V1_SERVER_REFLECTION_RESPONSE_MESSAGE_RESPONSE_##what

// ---- a server ------------------------------------------------------------

static const library_shelf_shelving_handlers handlers;

static void add_services(tern_server *srv, void *arg)
{
    (void)arg;
    tern_reflection_register(
        srv);  // before the service it tells of: the order is the program's choice
    library_shelf_shelving_register(srv, &handlers, NULL);
}

static void add_shelving(tern_server *srv, void *arg)
{
    (void)arg;
    library_shelf_shelving_register(srv, &handlers, NULL);
}

typedef struct shop shop;
struct shop {
    host          host;
    tern_channel *channel;
    talk         *talk;
};

static void enter(shop *s)
{
    s->channel = host_connect(s->host.address, NULL);
    s->talk = grpc_reflection_v1_server_reflection_server_reflection_info(s->channel, NULL);
}

static void leave(shop *s)
{
    grpc_reflection_v1_server_reflection_server_reflection_info_stream_free(s->talk);
    tern_channel_free(s->channel);
}

static void open_shop(shop *s)
{
    *s = (shop){ .host = { .add_services = add_services } };
    host_start(&s->host);
    enter(s);
}

static void close_shop(shop *s)
{
    leave(s);
    host_end(&s->host);
}

static const answer *ask(shop *s, const question *q)
{
    const answer *a;

    assert_int_equal(grpc_reflection_v1_server_reflection_server_reflection_info_send(s->talk, q),
                     TERN_OK);
    a = grpc_reflection_v1_server_reflection_server_reflection_info_next(s->talk);
    assert_non_null(a);
    assert_string_equal(a->valid_host, q->host);
    assert_int_equal(a->original_request->message_request_case, q->message_request_case);
    return a;
}

static void expect_error(shop *s, const question *q, tern_code code, const char *text)
{
    const answer *a = ask(s, q);

    assert_int_equal(a->message_response_case, ANSWER(ERROR_RESPONSE));
    assert_int_equal(a->error_response->error_code, code);
    assert_string_equal(a->error_response->error_message, text);
}

static bool begins_with_name(ProtobufCBinaryData file, const char *name)
{
    size_t len = strlen(name);

    return file.len > len + 2 && file.data[1] == len && memcmp(file.data + 2, name, len) == 0;
}

static void expect_files(shop *s, const question *q, const char *const *names)
{
    const answer *a = ask(s, q);
    size_t        n = 0;

    assert_int_equal(a->message_response_case, ANSWER(FILE_DESCRIPTOR_RESPONSE));
    for (; names[n]; n++)
        assert_true(
            n < a->file_descriptor_response->n_file_descriptor_proto &&
            begins_with_name(a->file_descriptor_response->file_descriptor_proto[n], names[n]));
    assert_int_equal(a->file_descriptor_response->n_file_descriptor_proto, n);
}

static const char *const shelf_files[] = { "tests/rpc/server/shelf.proto",
                                           "tests/rpc/server/label.proto", "tern/options.proto",
                                           "google/protobuf/descriptor.proto", NULL };
static const char *const options_files[] = { "tern/options.proto",
                                             "google/protobuf/descriptor.proto", NULL };

// ---- what is told --------------------------------------------------------

static void test_all_services_are_listed_by_name(void **state)
{
    static const char *const expected[] = { "grpc.health.v1.Health",
                                            "grpc.reflection.v1.ServerReflection",
                                            "grpc.reflection.v1alpha.ServerReflection",
                                            "library.shelf.Shelving" };
    shop                     s;
    const answer            *a;

    (void)state;
    open_shop(&s);
    a = ask(&s, LIST());
    assert_int_equal(a->message_response_case, ANSWER(LIST_SERVICES_RESPONSE));
    assert_int_equal(a->list_services_response->n_service, TERN_COUNT_OF(expected));
    for (size_t i = 0; i < TERN_COUNT_OF(expected); i++)
        assert_string_equal(a->list_services_response->service[i]->name, expected[i]);
    close_shop(&s);
}

static void test_file_comes_with_all_that_it_imports(void **state)
{
    shop s;

    (void)state;
    open_shop(&s);
    expect_files(&s, BY_FILE("tests/rpc/server/shelf.proto"), shelf_files);
    expect_files(&s, BY_FILE("tern/options.proto"), options_files);
    expect_files(&s, BY_SYMBOL("library.shelf.Shelving"), shelf_files);
    expect_files(&s, BY_SYMBOL("library.shelf.Shelving.Fetch"), shelf_files);
    expect_files(&s, BY_SYMBOL("library.shelf.Shelf.Board.wood"), shelf_files);
    expect_files(&s, BY_SYMBOL("label.Label"), &(const char *const[]){ shelf_files[1], NULL }[0]);
    close_shop(&s);
}

// Every service that is listed can be described, the library's own among them.
static void test_built_in_services_are_described(void **state)
{
    shop s;

    (void)state;
    open_shop(&s);
    expect_files(&s, BY_SYMBOL("grpc.health.v1.Health"),
                 (const char *const[]){ "grpc/health/v1/health.proto", NULL });
    expect_files(&s, BY_SYMBOL("grpc.reflection.v1.ServerReflection"),
                 (const char *const[]){ "grpc/reflection/v1/reflection.proto", NULL });
    expect_files(&s, BY_SYMBOL("grpc.reflection.v1alpha.ServerReflection"),
                 (const char *const[]){ "grpc/reflection/v1alpha/reflection.proto", NULL });
    close_shop(&s);
}

static const question *by_extension(grpc_reflection_v1_extension_request *e)
{
    static question q;

    q = *ASK(FILE_CONTAINING_EXTENSION, .file_containing_extension = e);
    return &q;
}

static void test_extensions_are_found_by_type_and_number(void **state)
{
    grpc_reflection_v1_extension_request e;
    shop                                 s;
    const answer                        *a;

    (void)state;
    open_shop(&s);
    e = *GRPC_REFLECTION_V1_EXTENSION_REQUEST(.containing_type = "google.protobuf.MethodOptions",
                                              .extension_number = 51820);
    expect_files(&s, by_extension(&e), options_files);
    e.extension_number = 1;
    expect_error(&s, by_extension(&e), TERN_NOT_FOUND,
                 "no extension 1 of `google.protobuf.MethodOptions` is known here");
    a = ask(&s, NUMBERS_OF("google.protobuf.MethodOptions"));
    assert_int_equal(a->message_response_case, ANSWER(ALL_EXTENSION_NUMBERS_RESPONSE));
    assert_string_equal(a->all_extension_numbers_response->base_type_name,
                        "google.protobuf.MethodOptions");
    assert_int_equal(a->all_extension_numbers_response->n_extension_number, 2);
    assert_int_equal(a->all_extension_numbers_response->extension_number[0], 51820);
    assert_int_equal(a->all_extension_numbers_response->extension_number[1], 51821);
    a = ask(&s, NUMBERS_OF("label.Label"));
    assert_int_equal(a->message_response_case, ANSWER(ALL_EXTENSION_NUMBERS_RESPONSE));
    assert_int_equal(a->all_extension_numbers_response->n_extension_number, 0);
    close_shop(&s);
}

static void test_first_version_answers_as_the_second(void **state)
{
    const grpc_reflection_v1alpha_server_reflection_request *q =
        GRPC_REFLECTION_V1ALPHA_SERVER_REFLECTION_REQUEST(
                .message_request_case =
                    GRPC_REFLECTION_V1ALPHA_SERVER_REFLECTION_REQUEST_MESSAGE_REQUEST_LIST_SERVICES,
                .list_services = "*");
    shop s;

    (void)state;
    open_shop(&s);
    {
        TERN_AUTO(grpc_reflection_v1alpha_server_reflection_server_reflection_info_stream) *old =
            grpc_reflection_v1alpha_server_reflection_server_reflection_info(s.channel, NULL);
        const grpc_reflection_v1alpha_server_reflection_response *a;

        assert_int_equal(
            grpc_reflection_v1alpha_server_reflection_server_reflection_info_send(old, q), TERN_OK);
        a = grpc_reflection_v1alpha_server_reflection_server_reflection_info_next(old);
        assert_non_null(a);
        assert_string_equal(a->original_request->list_services, "*");
        assert_int_equal(a->list_services_response->n_service, 4);
    }
    close_shop(&s);
}

// ---- what is not ---------------------------------------------------------

static void test_unknown_names_are_an_answer_and_the_stream_goes_on(void **state)
{
    shop s;

    (void)state;
    open_shop(&s);
    expect_error(&s, BY_FILE("shelf.proto"), TERN_NOT_FOUND, "no file `shelf.proto` is known here");
    expect_error(&s, BY_FILE(""), TERN_NOT_FOUND, "no file `` is known here");
    expect_error(&s, BY_SYMBOL("library.shelf.Table"), TERN_NOT_FOUND,
                 "nothing is called `library.shelf.Table` here");
    expect_error(&s, NUMBERS_OF("library.shelf.Table"), TERN_NOT_FOUND,
                 "no message is called `library.shelf.Table` here");
    expect_error(&s, NUMBERS_OF("library.shelf.Size"), TERN_NOT_FOUND,
                 "no message is called `library.shelf.Size` here");
    expect_error(&s, GRPC_REFLECTION_V1_SERVER_REFLECTION_REQUEST(.host = ""),
                 TERN_INVALID_ARGUMENT, "the request asks for nothing");
    expect_files(&s, BY_SYMBOL("library.shelf.Size"), shelf_files);
    grpc_reflection_v1_server_reflection_server_reflection_info_close_send(s.talk);
    assert_null(grpc_reflection_v1_server_reflection_server_reflection_info_next(s.talk));
    assert_int_equal(
        grpc_reflection_v1_server_reflection_server_reflection_info_status(s.talk).code, TERN_OK);
    close_shop(&s);
}

static char *long_name(size_t len)
{
    char *name = malloc(len + 1);

    memset(name, 'x', len);
    name[len] = '\0';
    return name;
}

static void expect_end(const question *q)
{
    tern_status st;
    shop        s;

    open_shop(&s);
    (void)!grpc_reflection_v1_server_reflection_server_reflection_info_send(s.talk, q);
    st = grpc_reflection_v1_server_reflection_server_reflection_info_status(s.talk);
    assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
    assert_non_null(strstr(st.msg, "TERN_MAX_REFLECTION_NAME (4096)"));
    close_shop(&s);
}

static void test_names_have_a_limit(void **state)
{
    char         *right = long_name(TERN_MAX_REFLECTION_NAME);
    char         *wrong = long_name(TERN_MAX_REFLECTION_NAME + 1);
    shop          s;
    const answer *a;

    (void)state;
    open_shop(&s);
    a = ask(&s, BY_SYMBOL(right));
    assert_int_equal(a->error_response->error_code, TERN_NOT_FOUND);
    assert_string_equal(a->original_request->file_containing_symbol, right);
    close_shop(&s);
    expect_end(BY_SYMBOL(wrong));
    expect_end(BY_FILE(wrong));
    expect_end(NUMBERS_OF(wrong));
    expect_end(ASK(LIST_SERVICES, .list_services = wrong));
    expect_end(by_extension(GRPC_REFLECTION_V1_EXTENSION_REQUEST(.containing_type = wrong)));
    expect_end(GRPC_REFLECTION_V1_SERVER_REFLECTION_REQUEST(.host = wrong));
    free(right);
    free(wrong);
}

// Nothing that a question brings is kept: together these are more than a call may hold (64 MiB).
static void test_stream_that_asks_for_ever_takes_no_more_memory(void **state)
{
    enum { N_QUESTIONS = 17000 };
    char *name = long_name(TERN_MAX_REFLECTION_NAME);
    shop  s;

    (void)state;
    open_shop(&s);
    for (unsigned i = 0; i < N_QUESTIONS; i++)
        assert_int_equal(ask(&s, BY_SYMBOL(name))->error_response->error_code, TERN_NOT_FOUND);
    close_shop(&s);
    free(name);
}

// Fields that we do not know are no part of the question.
static void test_unknown_fields_are_not_repeated(void **state)
{
    char                        *load = long_name(100000);
    ProtobufCMessageUnknownField field = { .tag = 99,
                                           .wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED };
    question                    *q = LIST();
    shop                         s;
    const answer                *a;

    (void)state;
    memcpy(load, "\x9d\x8d\x06", 3);  // the length of what follows: 99,997
    field.data = (uint8_t *)load;
    field.len = 100000;
    q->base.n_unknown_fields = 1;
    q->base.unknown_fields = &field;
    open_shop(&s);
    a = ask(&s, q);
    assert_int_equal(a->original_request->base.n_unknown_fields, 0);
    assert_int_equal(a->list_services_response->n_service, 4);
    close_shop(&s);
    free(load);
}

// ---- registration --------------------------------------------------------

static void test_it_is_off_unless_asked_for(void **state)
{
    shop s = { .host = { .add_services = add_shelving } };

    (void)state;
    host_start(&s.host);
    enter(&s);
    assert_int_equal(
        grpc_reflection_v1_server_reflection_server_reflection_info_status(s.talk).code,
        TERN_UNIMPLEMENTED);
    close_shop(&s);
}

static void test_it_is_registered_once(void **state)
{
    tern_server *srv = tern_listen("unix:@", NULL);
    tern_status  st;

    (void)state;
    tern_reflection_register(srv);
    tern_reflection_register(srv);
    st = tern_server_start(srv, NULL, 0);
    assert_int_equal(st.code, TERN_ALREADY_EXISTS);
    assert_string_equal(st.msg, "grpc.reflection.v1.ServerReflection is registered twice");
    tern_server_free(srv);
}

// ---- memory --------------------------------------------------------------

static void prepare_server(void *arg)
{
    tern_server *srv = tern_listen("unix:@", NULL);
    int          err = 0;

    add_services(srv, arg);
    for (terni_server_addition *a = srv->additions; a; a = a->next)
        err = a->start(a, &srv->policy.registry);
    if (!fail_malloc_has_failed())
        assert_true(srv->additions && err == 0 && srv->status.code == TERN_OK);
    else
        assert_true(err < 0 || srv->status.code == TERN_RESOURCE_EXHAUSTED);
    tern_server_free(srv);
}

static void test_registration_without_memory_says_so(void **state)
{
    (void)state;
    assert_true(for_each_failed_allocation(prepare_server, NULL) >= 8);
}

// Server and client run at once: which of them lacks the memory is left to chance.
static void test_question_without_memory_ends_its_stream_at_most(void **state)
{
    shop s;

    (void)state;
    open_shop(&s);
    for (uint64_t i = 1; i <= 60; i++) {
        TERN_AUTO(grpc_reflection_v1_server_reflection_server_reflection_info_stream) *t = NULL;
        const answer *a;

        fail_malloc_at(i, 1);
        t = grpc_reflection_v1_server_reflection_server_reflection_info(s.channel, NULL);
        (void)!grpc_reflection_v1_server_reflection_server_reflection_info_send(
            t, BY_SYMBOL("library.shelf.Shelf"));
        a = grpc_reflection_v1_server_reflection_server_reflection_info_next(t);
        if (a)
            assert_int_equal(a->file_descriptor_response->n_file_descriptor_proto, 4);
        else
            assert_int_not_equal(
                grpc_reflection_v1_server_reflection_server_reflection_info_status(t).code,
                TERN_OK);
        fail_malloc_at(0, 0);
    }
    leave(&s);  // a connection may have been lost, and be waited for
    enter(&s);
    expect_files(&s, BY_SYMBOL("library.shelf.Shelf"), shelf_files);
    close_shop(&s);
}

static int prepare(void **state)
{
    shop s;

    (void)state;
    warm_up(&library_shelf_shelving_service);
    warm_up(&grpc_reflection_v1_server_reflection_service);
    warm_up(&grpc_reflection_v1alpha_server_reflection_service);
    open_shop(&s);
    expect_files(&s, BY_SYMBOL("library.shelf.Shelf"), shelf_files);
    close_shop(&s);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_all_services_are_listed_by_name),
        TERN_TEST(test_file_comes_with_all_that_it_imports),
        TERN_TEST(test_built_in_services_are_described),
        TERN_TEST(test_extensions_are_found_by_type_and_number),
        TERN_TEST(test_first_version_answers_as_the_second),
        TERN_TEST(test_unknown_names_are_an_answer_and_the_stream_goes_on),
        TERN_TEST(test_names_have_a_limit),
        TERN_TEST(test_stream_that_asks_for_ever_takes_no_more_memory),
        TERN_TEST(test_unknown_fields_are_not_repeated),
        TERN_TEST(test_it_is_off_unless_asked_for),
        TERN_TEST(test_it_is_registered_once),
        TERN_TEST(test_registration_without_memory_says_so),
        TERN_TEST(test_question_without_memory_ends_its_stream_at_most),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
