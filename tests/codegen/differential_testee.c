// Decodes what comes on standard input, messages one behind the other, and encodes them again. Each is:
// a type's number (2 bytes) and a length (4 bytes), little-endian, and the bytes. The answer: 1 or 0 (it is one or not), and if it is, a
// length and the bytes.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "all_texts.tern.h"
#include "kinds.tern.h"
#include "presence.tern.h"
#include "texts.tern.h"

// In the order of differential_test.py.
static const struct ProtobufCMessageDescriptor *const types[] = {
    &demo_v1_scalars_descriptor,   &demo_v1_optionals_descriptor, &demo_v1_repeats_descriptor,
    &demo_v1_shape_descriptor,     &demo_v1_maps_descriptor,      &demo_v1_tree_descriptor,
    &demo_old_defaults_descriptor, &demo_old_required_descriptor, &demo_old_lists_descriptor,
    &demo_old_closed_descriptor,   &demo_old_answer_descriptor,   &demo_old_open_descriptor,
    &demo_texts_letter_descriptor, &demo_texts_old_descriptor,
};

static void answer(const void *message, const struct ProtobufCMessageDescriptor *type)
{
    uint32_t len = (uint32_t)tern_message_size(type, message);
    uint8_t *bytes = malloc(len + 1);

    if (!bytes || tern_message_pack(type, message, bytes, len) != (ssize_t)len)
        abort();
    fputc(1, stdout);
    fwrite(&len, sizeof len, 1, stdout);
    fwrite(bytes, 1, len, stdout);
    free(bytes);
}

int main(void)
{
    uint16_t number;
    uint32_t len;

    while (fread(&number, sizeof number, 1, stdin) == 1 && fread(&len, sizeof len, 1, stdin) == 1) {
        uint8_t *bytes = malloc(len + 1);
        void    *message;

        if (!bytes || fread(bytes, 1, len, stdin) != len || number >= sizeof types / sizeof *types)
            abort();
        if ((message = tern_message_unpack(types[number], bytes, len)))
            answer(message, types[number]);
        else
            fputc(0, stdout);
        tern_message_free(types[number], message);
        free(bytes);
    }
    return 0;
}
