// grpc.reflection.v1 and v1alpha, which differ in their names alone.
#include "rpc/base/seldom_internal.h"

#include <tern/reflection.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tern/mem.h>
#include <tern/stub.h>

#include "proto/tern/reflection.tern.h"
#include "rpc/server/catalog_internal.h"
#include "rpc/server/server_internal.h"

typedef tern_reflection_request  question;
typedef tern_reflection_response answer;

// All that is told of a server.
typedef struct reflection reflection;
struct reflection {
    terni_server_addition     addition;
    terni_catalog             catalog;
    tern_reflection_service  *services;  // by name
    tern_reflection_service **service_list;
    size_t                    n_services;
};

// ---- before the start ----------------------------------------------------

static int count_service(void *arg, const tern_service *service)
{
    (void)service;
    ((reflection *)arg)->n_services++;
    return 0;
}

static int add_service(void *arg, const tern_service *service)
{
    reflection              *r = arg;
    tern_reflection_service *s = &r->services[r->n_services++];

    tern_reflection_service_init(s);
    s->name = service->name;
    return terni_catalog_add(&r->catalog, service->file);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const tern_reflection_service *)a)->name,
                  ((const tern_reflection_service *)b)->name);
}

static int add_services(reflection *r, const terni_registry *registry)
{
    int err;

    (void)!terni_registry_visit(registry, count_service, r);
    r->services = tern_mem_zalloc(r->n_services * sizeof *r->services);
    r->service_list = tern_mem_zalloc(r->n_services * sizeof *r->service_list);
    if (!r->services || !r->service_list)
        return -ENOMEM;
    r->n_services = 0;
    if ((err = terni_registry_visit(registry, add_service, r)) < 0)
        return err;
    qsort(r->services, r->n_services, sizeof *r->services, compare_names);
    for (size_t i = 0; i < r->n_services; i++)
        r->service_list[i] = &r->services[i];
    return 0;
}

static int start(terni_server_addition *a, const terni_registry *registry)
{
    reflection *r = TERN_CONTAINER_OF(a, reflection, addition);
    int         err = add_services(r, registry);

    return err < 0 ? err : terni_catalog_link(&r->catalog);
}

static void free_reflection(terni_server_addition *a)
{
    reflection *r = TERN_CONTAINER_OF(a, reflection, addition);

    terni_catalog_done(&r->catalog);
    tern_mem_free(r->services);
    tern_mem_free(r->service_list);
    tern_mem_free(r);
}

// ---- one stream ----------------------------------------------------------

// What its answers are put together in. Its size is the program's doing, and it lasts for all of them: a client
// that asks for ever makes nothing grow.
typedef struct dialogue dialogue;
struct dialogue {
    tern_ctx            *ctx;
    tern_stub_handle    *io;
    const reflection    *r;
    uint32_t            *indices;  // twice the number of files
    ProtobufCBinaryData *files;
    int32_t             *numbers;  // as many as there are extensions
};

static bool make_room(dialogue *d)
{
    const terni_catalog *c = &d->r->catalog;

    d->indices = tern_ctx_alloc(d->ctx, 2 * c->n_files, sizeof *d->indices);
    d->files = tern_ctx_alloc(d->ctx, c->n_files, sizeof *d->files);
    d->numbers = tern_ctx_alloc(d->ctx, c->n_extensions + 1, sizeof *d->numbers);
    return d->indices && d->files && d->numbers;
}

// What is asked for; "" if nothing is.
static const char *name_of(const question *q)
{
    switch (q->question_case) {
    case TERN_REFLECTION_REQUEST_QUESTION_FILE_BY_FILENAME:
        return q->file_by_filename;
    case TERN_REFLECTION_REQUEST_QUESTION_FILE_CONTAINING_SYMBOL:
        return q->file_containing_symbol;
    case TERN_REFLECTION_REQUEST_QUESTION_FILE_CONTAINING_EXTENSION:
        return q->file_containing_extension->containing_type;
    case TERN_REFLECTION_REQUEST_QUESTION_ALL_EXTENSION_NUMBERS_OF_TYPE:
        return q->all_extension_numbers_of_type;
    case TERN_REFLECTION_REQUEST_QUESTION_LIST_SERVICES:
        return q->list_services;
    case TERN_REFLECTION_REQUEST_QUESTION_NOT_SET:
        break;
    }
    return "";
}

// ---- answers -------------------------------------------------------------

// What was looked at, and found to be short; fields that nobody knows may be as long as a message.
static void repeat_question(question *echo, tern_reflection_extension *e, const question *q)
{
    *echo = *q;
    echo->base.n_unknown_fields = 0;
    if (q->question_case != TERN_REFLECTION_REQUEST_QUESTION_FILE_CONTAINING_EXTENSION)
        return;
    *e = *q->file_containing_extension;
    e->base.n_unknown_fields = 0;
    echo->file_containing_extension = e;
}

static tern_code send_answer(const dialogue *d, const question *q, answer *a)
{
    tern_reflection_extension e;
    question                  echo;

    repeat_question(&echo, &e, q);
    a->valid_host = q->host;
    a->original_request = &echo;
    return tern_stub_out_send(d->io, a);
}

// The question failed, not the stream.
static tern_code send_error(const dialogue *d, const question *q, tern_code code, const char *text)
{
    tern_reflection_error *error = TERN_REFLECTION_ERROR(.error_code = code, .error_message = text);

    return send_answer(
        d, q,
        TERN_REFLECTION_RESPONSE(.answer_case = TERN_REFLECTION_RESPONSE_ANSWER_ERROR_RESPONSE,
                                 .error_response = error));
}

// The file that was meant comes first, then all that it imports: a client needs no second question.
static tern_code send_closure(const dialogue *d, const question *q, const terni_catalog_file *file)
{
    const terni_catalog   *c = &d->r->catalog;
    tern_reflection_files *files = TERN_REFLECTION_FILES(.file_descriptor_proto = d->files);

    files->n_file_descriptor_proto = terni_catalog_list_closure(c, file, d->indices);
    for (size_t i = 0; i < files->n_file_descriptor_proto; i++) {
        terni_span bytes = c->files[d->indices[i]].bytes;

        d->files[i] = (ProtobufCBinaryData){ bytes.len, (uint8_t *)bytes.data };  // only read
    }
    return send_answer(
        d, q,
        TERN_REFLECTION_RESPONSE(.answer_case =
                                     TERN_REFLECTION_RESPONSE_ANSWER_FILE_DESCRIPTOR_RESPONSE,
                                 .file_descriptor_response = files));
}

static tern_code answer_file(const dialogue *d, const question *q)
{
    const terni_catalog_file *f =
        terni_catalog_find_file(&d->r->catalog, terni_span_of(q->file_by_filename));

    return f ? send_closure(d, q, f)
             : send_error(d, q, TERN_NOT_FOUND,
                          tern_tmpf(d->ctx, "no file `%s` is known here", q->file_by_filename));
}

static tern_code answer_symbol(const dialogue *d, const question *q)
{
    terni_element             element;
    const terni_catalog_file *f = terni_catalog_find_symbol(
        &d->r->catalog, terni_span_of(q->file_containing_symbol), &element);

    return f ? send_closure(d, q, f)
             : send_error(
                   d, q, TERN_NOT_FOUND,
                   tern_tmpf(d->ctx, "nothing is called `%s` here", q->file_containing_symbol));
}

static tern_code answer_extension(const dialogue *d, const question *q)
{
    const tern_reflection_extension *e = q->file_containing_extension;
    const terni_catalog_file        *f = terni_catalog_find_extension(
               &d->r->catalog, terni_span_of(e->containing_type), e->extension_number, d->numbers);

    return f ? send_closure(d, q, f)
             : send_error(d, q, TERN_NOT_FOUND,
                          tern_tmpf(d->ctx, "no extension %d of `%s` is known here",
                                    e->extension_number, e->containing_type));
}

static tern_code answer_numbers(const dialogue *d, const question *q)
{
    const char              *type = q->all_extension_numbers_of_type;
    terni_element            element;
    tern_reflection_numbers *numbers =
        TERN_REFLECTION_NUMBERS(.base_type_name = type, .extension_number = d->numbers);

    if (!terni_catalog_find_symbol(&d->r->catalog, terni_span_of(type), &element) ||
        element != TERNI_ELEMENT_MESSAGE)
        return send_error(d, q, TERN_NOT_FOUND,
                          tern_tmpf(d->ctx, "no message is called `%s` here", type));
    numbers->n_extension_number =
        terni_catalog_list_extensions(&d->r->catalog, terni_span_of(type), d->numbers);
    return send_answer(
        d, q,
        TERN_REFLECTION_RESPONSE(.answer_case =
                                     TERN_REFLECTION_RESPONSE_ANSWER_ALL_EXTENSION_NUMBERS_RESPONSE,
                                 .all_extension_numbers_response = numbers));
}

static tern_code answer_list(const dialogue *d, const question *q)
{
    tern_reflection_services *services =
        TERN_REFLECTION_SERVICES(.n_service = d->r->n_services, .service = d->r->service_list);

    return send_answer(
        d, q,
        TERN_REFLECTION_RESPONSE(.answer_case =
                                     TERN_REFLECTION_RESPONSE_ANSWER_LIST_SERVICES_RESPONSE,
                                 .list_services_response = services));
}

static tern_code reply_to(const dialogue *d, const question *q)
{
    if (strlen(q->host) > TERN_MAX_REFLECTION_NAME || strlen(name_of(q)) > TERN_MAX_REFLECTION_NAME)
        return tern_fail(d->ctx, TERN_INVALID_ARGUMENT,
                         "a name is longer than TERN_MAX_REFLECTION_NAME (%d)",
                         TERN_MAX_REFLECTION_NAME);
    switch (q->question_case) {
    case TERN_REFLECTION_REQUEST_QUESTION_FILE_BY_FILENAME:
        return answer_file(d, q);
    case TERN_REFLECTION_REQUEST_QUESTION_FILE_CONTAINING_SYMBOL:
        return answer_symbol(d, q);
    case TERN_REFLECTION_REQUEST_QUESTION_FILE_CONTAINING_EXTENSION:
        return answer_extension(d, q);
    case TERN_REFLECTION_REQUEST_QUESTION_ALL_EXTENSION_NUMBERS_OF_TYPE:
        return answer_numbers(d, q);
    case TERN_REFLECTION_REQUEST_QUESTION_LIST_SERVICES:
        return answer_list(d, q);
    case TERN_REFLECTION_REQUEST_QUESTION_NOT_SET:
        break;
    }
    return send_error(d, q, TERN_INVALID_ARGUMENT, "the request asks for nothing");
}

static tern_code converse(tern_ctx *ctx, tern_stub_handle *io)
{
    dialogue        d = { .ctx = ctx, .io = io, .r = tern_ctx_user_data(ctx) };
    const question *q;
    tern_code       code;

    if (!make_room(&d))
        return tern_fail(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory for the answers");
    while ((q = tern_stub_in_next(io)))
        if ((code = reply_to(&d, q)) != TERN_OK)
            return code;
    return tern_ctx_check(ctx);
}

// ---- the services, as the generator would write them ---------------------

typedef struct reflection_handlers reflection_handlers;
struct reflection_handlers {
    tern_code (*info)(tern_ctx *ctx, tern_stub_handle *io);
    tern_stub_io_slot none;
};

static const reflection_handlers handlers = { .info = converse };

#define METHOD(service)                                                                            \
    {                                                                                              \
        .name = "ServerReflectionInfo", .path = "/" service "/ServerReflectionInfo",               \
        .kind = TERN_BIDI_STREAM, .flags = TERN_METHOD_IDEMPOTENT,                                 \
        .request = &tern_reflection_request_descriptor,                                            \
        .reply = &tern_reflection_response_descriptor,                                             \
        .slot = offsetof(reflection_handlers, info),                                               \
        .async_slot = offsetof(reflection_handlers, none),                                         \
    }

static const tern_method methods[] = {
    METHOD("grpc.reflection.v1.ServerReflection"),
    METHOD("grpc.reflection.v1alpha.ServerReflection"),
};

// Without a file: the library has the official ones.
static const tern_service services[] = {
    { "grpc.reflection.v1.ServerReflection", NULL, &methods[0], 1, sizeof handlers },
    { "grpc.reflection.v1alpha.ServerReflection", NULL, &methods[1], 1, sizeof handlers },
};

void tern_reflection_register(tern_server *srv)
{
    reflection *r = tern_mem_zalloc(sizeof *r);

    if (r) {
        r->addition.start = start;
        r->addition.free = free_reflection;
        terni_catalog_init(&r->catalog);
    }
    if (!terni_server_add(srv, r ? &r->addition : NULL)) {
        tern_mem_free(r);
        return;
    }
    for (size_t i = 0; i < TERN_COUNT_OF(services); i++)
        tern_stub_register(srv, &services[i], &handlers, &(tern_service_opts){ .user_data = r });
}
