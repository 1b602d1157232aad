#include "rpc/base/seldom_internal.h"

#include "rpc/codec/codec_internal.h"

#include <protobuf-c/protobuf-c.h>
#include <stdio.h>
#include <string.h>

// clang-format off
static const char *const texts[] = {
    [TERNI_CODEC_FINE]             = "fine",
    [TERNI_CODEC_NO_MEMORY]        = "no memory left for it",
    [TERNI_CODEC_TRUNCATED]        = "ends in the middle",
    [TERNI_CODEC_BAD_VARINT]       = "malformed number",
    [TERNI_CODEC_BAD_TAG]          = "malformed tag",
    [TERNI_CODEC_BAD_FIELD_NUMBER] = "field number out of range",
    [TERNI_CODEC_BAD_WIRE_TYPE]    = "wrong wire type",
    [TERNI_CODEC_BAD_GROUP]        = "a group ends that has not begun",
    [TERNI_CODEC_BAD_LENGTH]       = "length out of range",
    [TERNI_CODEC_BAD_PACKED]       = "packed elements do not fill their length",
    [TERNI_CODEC_BAD_UTF8]         = "not UTF-8",
    [TERNI_CODEC_HAS_NUL]          = "has a NUL inside",
    [TERNI_CODEC_MISSING]          = "required but missing",
    [TERNI_CODEC_TOO_DEEP]         = "nested too deeply",
    [TERNI_CODEC_TOO_LARGE]        = "too large",
};
// clang-format on

void terni_codec_error_set(terni_codec_error *e, terni_codec_fault fault,
                           const ProtobufCMessageDescriptor *message)
{
    e->fault = fault;
    e->message = e->outermost = message;
    e->field = NULL;
    e->is_cut = false;
    e->path[0] = '\0';
}

void terni_codec_error_within(terni_codec_error *e, const ProtobufCMessageDescriptor *message,
                              const ProtobufCFieldDescriptor *field, size_t index)
{
    const char *dot = *e->path ? "." : "";
    char        path[sizeof e->path];
    int         len;

    e->outermost = message;
    if (!e->field && e->message == message && !*e->path)
        e->field = field;
    if (e->is_cut)
        return;
    if (index == SIZE_MAX)
        len = snprintf(path, sizeof path, "%s%s%s", field->name, dot, e->path);
    else
        len = snprintf(path, sizeof path, "%s[%zu]%s%s", field->name, index, dot, e->path);
    if (len >= 0 && (size_t)len < sizeof path)
        memcpy(e->path, path, (size_t)len + 1);
    else
        e->is_cut = true;
}

size_t terni_codec_error_print(const terni_codec_error *e, char *text, size_t size)
{
    int len = snprintf(text, size, "%s%s%s%s: %s", e->outermost ? e->outermost->name : "message",
                       *e->path ? "." : "", e->is_cut ? "..." : "", e->path, texts[e->fault]);

    return len < 0 ? 0 : (size_t)len;
}
