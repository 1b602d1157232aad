#include "rpc/codec/codec_internal.h"

#include <protobuf-c/protobuf-c.h>
#include <stdio.h>

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

size_t terni_codec_error_print(const terni_codec_error *e, char *text, size_t size)
{
    const char *message = e->message ? e->message->name : "message";
    int len = e->field ? snprintf(text, size, "%s.%s: %s", message, e->field->name, texts[e->fault])
                       : snprintf(text, size, "%s: %s", message, texts[e->fault]);

    return len < 0 ? 0 : (size_t)len;
}
