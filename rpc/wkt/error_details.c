#include <tern/error_details.h>

#include <string.h>

#include <tern/any.h>
#include <tern/duration.h>
#include <tern/mem.h>

// ---- a handler's failure -------------------------------------------------

static bool is_code(int32_t number) { return number >= TERN_OK && number <= TERN_UNAUTHENTICATED; }

static void set_details(tern_ctx *ctx, const google_rpc_status *status)
{
    const size_t  size = google_rpc_status_size(status);
    void *const   bytes = tern_mem_alloc(size + 1);  // 0 if it cannot be packed
    const ssize_t len = bytes ? google_rpc_status_pack(status, bytes, size) : -1;

    tern_fail_details(ctx, len > 0 ? bytes : "", len > 0 ? (size_t)len : 0);
    tern_mem_free(bytes);
}

tern_code tern_fail_status(tern_ctx *ctx, const google_rpc_status *status)
{
    google_rpc_status sent = *status;

    if (status->code == TERN_OK)
        return TERN_OK;
    if (!is_code(status->code))
        sent.code = TERN_UNKNOWN;  // as the call will say
    set_details(ctx, &sent);
    return tern_fail(ctx, (tern_code)sent.code, "%s", sent.message ? sent.message : "");
}

static void free_all(google_protobuf_any **packed, size_t n)
{
    while (n > 0)
        google_protobuf_any_free(packed[--n]);
    tern_mem_free(packed);
}

tern_code tern_fail_with(tern_ctx *ctx, tern_code code, const char *text,
                         const void *const *details, size_t n_details)
{
    google_rpc_status status;

    google_rpc_status_init(&status);
    status.code = (int32_t)code;
    status.message = text;
    status.details = tern_mem_alloc((n_details + 1) * sizeof *status.details);
    for (size_t i = 0; status.details && i < n_details; i++)
        if (tern_any_pack(details[i], &status.details[status.n_details]) == 0)
            status.n_details++;
    code = tern_fail_status(ctx, &status);
    free_all(status.details, status.n_details);
    return code;
}

typedef google_rpc_bad_request_field_violation violation;

// The array grows by itself at each power of two.
static bool has_room(const google_rpc_bad_request *bad)
{
    return bad->n_field_violations & (bad->n_field_violations - 1);
}

static bool make_room(tern_ctx *ctx, google_rpc_bad_request *bad)
{
    const size_t n = bad->n_field_violations;
    violation  **longer;

    if (has_room(bad))
        return true;
    if (!(longer = tern_ctx_alloc(ctx, n ? 2 * n : 1, sizeof *longer)))
        return false;
    if (n)
        memcpy(longer, bad->field_violations, n * sizeof *longer);
    bad->field_violations = longer;
    return true;
}

void tern_error_details_add_field(tern_ctx *ctx, google_rpc_bad_request *bad, const char *field,
                                  const char *description)
{
    violation *v = tern_ctx_alloc(ctx, 1, sizeof *v);

    if (!v || !make_room(ctx, bad))
        return;  // sticky
    google_rpc_bad_request_field_violation_init(v);
    v->field = field;
    v->description = description;
    bad->field_violations[bad->n_field_violations++] = v;
}

// ---- what its caller reads -----------------------------------------------

google_rpc_status *tern_error_details_unpack(const tern_call_info *info)
{
    return info->details ? google_rpc_status_unpack(info->details, info->details_len) : NULL;
}

void *tern_error_details_find(const tern_call_info *info, const ProtobufCMessageDescriptor *type)
{
    google_rpc_status *status = tern_error_details_unpack(info);
    void              *found = NULL;

    for (size_t i = 0; status && i < status->n_details; i++) {
        if (tern_any_is(status->details[i], type)) {
            found = tern_any_unpack(status->details[i], type);
            break;
        }
    }
    google_rpc_status_free(status);
    return found;
}

int64_t tern_error_details_retry_ms(const tern_call_info *info)
{
    google_rpc_retry_info *retry = tern_error_details_find(info, &google_rpc_retry_info_descriptor);
    int64_t                ms = -1;

    if (retry && (tern_duration_to_ms(retry->retry_delay, &ms) < 0 || ms < 0))
        ms = -1;
    google_rpc_retry_info_free(retry);
    return ms;
}
