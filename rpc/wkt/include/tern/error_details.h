// tern/error_details.h: google.rpc.Status: a failure with details that programs read. The same on both wires: gRPC has it as
// the trailer `grpc-status-details-bin`. Knows nothing of what the details mean.
//
// Lifetime:  on the server all is copied, or the call's. What a client is given is as any message from an _unpack: T_free,
//            or TERN_AUTO(T).
// Threads:   as tern_ctx, as tern_call_info.
// Limits:    a status is a trailer: most peers take 8 KiB of those.
//
// A handler:
//   return TERN_FAIL_WITH(ctx, TERN_INVALID_ARGUMENT, "how many?", TERN_BAD_FIELD("count", "at least one"));
//   return TERN_FAIL_WITH(ctx, TERN_UNAVAILABLE, "too many orders", TERN_RETRY_AFTER(1500),
//                         TERN_ERROR_INFO("QUEUE_FULL", "orders.example.com"));
//
// Its caller:
//   TERN_AUTO(tern_call_info) info = { 0 };
//   tern_status st = orders_desk_order(ch, order, &(tern_call_opts){ .info = &info }, &receipt);
//   if (st.code == TERN_INVALID_ARGUMENT) {
//       TERN_AUTO(google_rpc_bad_request) *bad = tern_error_details_bad_request(&info);
//       for (size_t i = 0; bad && i < bad->n_field_violations; i++)
//           puts(bad->field_violations[i]->field);
//   }
#ifndef TERN_ERROR_DETAILS_H
#define TERN_ERROR_DETAILS_H

#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/call.h>
#include <tern/ctx.h>
#include <tern/pb/google/rpc/error_details.tern.h>
#include <tern/pb/google/rpc/status.tern.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- a handler's failure -------------------------------------------------

// Fails with the status: its code, its message, and all of it as details. Returns its code, for the handler to return. A
// number that is no code is UNKNOWN; TERN_OK is no failure, and nothing is set. What cannot be packed goes without
// details.
TERN_API TERN_NODISCARD tern_code tern_fail_status(tern_ctx *ctx, const google_rpc_status *status);

// The same with `details`, generated messages of any kind: those of google/rpc/error_details.proto, or the service's
// own. One that cannot be packed is left out. The text may be one of tern_printf's.
TERN_API TERN_NODISCARD tern_code tern_fail_with(tern_ctx *ctx, tern_code code, const char *text,
                                                 const void *const *details, size_t n_details);

// One more wrong field, where a handler looks for all of them. `bad` is one that was initialised; its array is the
// call's, the two strings are borrowed until the call has failed with it.
//   google_rpc_bad_request bad;
//   google_rpc_bad_request_init(&bad);
//   if (!req->count) tern_error_details_add_field(ctx, &bad, "count", "at least one");
//   ...
//   if (bad.n_field_violations)
//       return TERN_FAIL_WITH(ctx, TERN_INVALID_ARGUMENT, "no order", &bad);
TERN_API void tern_error_details_add_field(tern_ctx *ctx, google_rpc_bad_request *bad,
                                           const char *field, const char *description);

#ifndef __cplusplus
// tern_fail_with, of at least one message.
#define TERN_FAIL_WITH(ctx, code, text, ...)                                                       \
    tern_fail_with((ctx), (code), (text), (const void *const[]){ __VA_ARGS__ },                    \
                   TERN_COUNT_OF(((const void *const[]){ __VA_ARGS__ })))

// The common ones, with what is common in them. `ms` is not below 0, and evaluated twice.
#define TERN_BAD_FIELD(path, why)                                                                  \
    GOOGLE_RPC_BAD_REQUEST(.n_field_violations = 1,                                                \
                           .field_violations = (google_rpc_bad_request_field_violation *[]){       \
                               GOOGLE_RPC_BAD_REQUEST_FIELD_VIOLATION(.field = (path),             \
                                                                      .description = (why)) })
#define TERN_RETRY_AFTER(ms)                                                                       \
    GOOGLE_RPC_RETRY_INFO(.retry_delay =                                                           \
                              GOOGLE_PROTOBUF_DURATION(.seconds = (ms) / 1000,                     \
                                                       .nanos = (int32_t)((ms) % 1000) * 1000000))
#define TERN_ERROR_INFO(why, whose) GOOGLE_RPC_ERROR_INFO(.reason = (why), .domain = (whose))
#endif

// ---- what its caller reads -----------------------------------------------

// The status that came. NULL: none did, what came is no status, or no memory.
TERN_API TERN_NODISCARD google_rpc_status *tern_error_details_unpack(const tern_call_info *info);

// The first of its details that is of the type. NULL: there is none, it is no such message, or no memory.
TERN_API TERN_NODISCARD void *tern_error_details_find(const tern_call_info             *info,
                                                      const ProtobufCMessageDescriptor *type);

TERN_NODISCARD static inline google_rpc_bad_request *
tern_error_details_bad_request(const tern_call_info *info)
{
    return (google_rpc_bad_request *)tern_error_details_find(info,
                                                             &google_rpc_bad_request_descriptor);
}

TERN_NODISCARD static inline google_rpc_error_info *
tern_error_details_error_info(const tern_call_info *info)
{
    return (google_rpc_error_info *)tern_error_details_find(info,
                                                            &google_rpc_error_info_descriptor);
}

// When the server wants to be asked again, from now: its RetryInfo. -1: it says nothing, or no time to come.
TERN_API TERN_NODISCARD int64_t tern_error_details_retry_ms(const tern_call_info *info);

#ifdef __cplusplus
}
#endif

#endif
