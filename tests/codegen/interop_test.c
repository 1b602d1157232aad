// Messages that protoc wrote go through our descriptors and back to protoc: what it reads then is what
// it wrote.
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <protobuf-c/protobuf-c.h>

#include "kinds.tern.h"
#include "presence.tern.h"

struct sample {
    const ProtobufCMessageDescriptor *type;
    const char                       *file, *text;
};

static const struct sample samples[] = {
    { &demo_v1_scalars_descriptor, "kinds.proto",
      "a_double: -1.5 a_float: 0.25 an_int32: -1 an_int64: -9223372036854775808 a_uint32: 4294967295 "
      "a_uint64: 18446744073709551615 a_sint32: -2147483648 a_sint64: -3 a_fixed32: 7 a_fixed64: 8 "
      "a_sfixed32: -9 a_sfixed64: -10 a_bool: true a_string: 'gr\\303\\274n' some_bytes: '\\000\\377' "
      "color: COLOR_INFRARED again { again { an_int32: 3 } } at { seconds: 5 nanos: 6 }" },
    { &demo_v1_optionals_descriptor, "kinds.proto",
      "count: 0 name: '' data: '' color: COLOR_RED inner { flag: false }" },
    { &demo_v1_repeats_descriptor, "kinds.proto",
      "packed: [1, -2, 3] unpacked: [4, 5] names: ['', 'b'] blobs: ['x', ''] colors: [GREEN, COLOR_LOWEST] "
      "items { a_bool: true } items { } doubles: [1, 2.5] flags: [true, false]" },
    { &demo_v1_tree_descriptor, "kinds.proto",
      "left { right { node { leaf { state: DRY owner { } } } } } children { } children { left { } }" },
    { &demo_v1_shape_descriptor, "kinds.proto", "name: 'a' rect { w: 1 h: -1 } large: 1" },
    { &demo_v1_shape_descriptor, "kinds.proto", "circle: 0 z: 4 small: 0" },
    { &demo_v1_shape_descriptor, "kinds.proto", "raw: '\\001' large: 18446744073709551615" },
    { &demo_v1_shape_descriptor, "kinds.proto", "color: COLOR_RED" },
    { &demo_v1_maps_descriptor, "kinds.proto",
      "labels { key: 'k' value: 'v' } shapes { key: -1 value { text: 't' } } blobs { key: true value: 'b' } "
      "colors { key: 1 value: GREEN } numbers { key: -2 value: 0.5 }" },
    { &demo_v1_empty_descriptor, "kinds.proto", "" },
    { &demo_v1_old_descriptor, "kinds.proto", "current: 1 stale: 2 stale_names: 's'" },
    { &demo_v1_sparse_descriptor, "kinds.proto", "nine: 9 one: 1 ten: 10 last: -1" },
    { &demo_old_defaults_descriptor, "presence.proto",
      "count: -5 text: '' raw: '' level: LEVEL_HIGH yes: false endless: inf zigzag: 0" },
    { &demo_old_required_descriptor, "presence.proto",
      "name: '' count: 0 level: LEVEL_LOW data: '' inner { plain: 'p' } greeting: ''" },
    { &demo_old_lists_descriptor, "presence.proto",
      "unpacked: [1, 2] packed: [3, -4] levels: [LEVEL_LOW, LEVEL_HIGH] word: ''" },
    { &demo_old_open_descriptor, "presence.proto", "known: -1" },
    { &demo_old_closed_descriptor, "presence.proto",
      "one: LEVEL_LOW many: [LEVEL_HIGH, LEVEL_LOW] packed: LEVEL_LOW chosen: LEVEL_LOW must: LEVEL_LOW "
      "by_name { key: 'a' value: GRADE_TOP }" },
    { &demo_old_answer_descriptor, "presence.proto",
      "Result { url: 'u' rank: 1 Deep { again { Note { text: 't' marks: [1, 2] } } } } Result { url: '' } "
      "Good { n: 1 }" },
    { &demo_old_answer_descriptor, "presence.proto", "Note { } Bad { why: '' }" },
};

static const char *in_tmp(const char *name)
{
    static char paths[4][512];
    static int  next;
    char       *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", getenv("TEST_TMPDIR"), name);
    return path;
}

static size_t read_file(const char *path, uint8_t *buf, size_t size)
{
    FILE  *f = fopen(path, "rb");
    size_t len;

    assert_non_null(f);
    len = fread(buf, 1, size, f);
    fclose(f);
    return len;
}

static void write_file(const char *path, const void *data, size_t len)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    fclose(f);
}

static void protoc(const char *verb, const struct sample *s, const char *from, const char *to)
{
    char command[2048];

    snprintf(command, sizeof command,
             "protoc -Itests/codegen/proto -I/usr/include --%s=%s %s < %s > %s", verb,
             s->type->name, s->file, from, to);
    assert_int_equal(system(command), 0);
}

static void check_sample(const struct sample *s)
{
    uint8_t in[4096], out[4096], want[8192], got[8192];
    size_t  len, want_len;
    void   *m;

    write_file(in_tmp("text"), s->text, strlen(s->text));
    protoc("encode", s, in_tmp("text"), in_tmp("bytes"));
    len = read_file(in_tmp("bytes"), in, sizeof in);

    m = tern_message_unpack(s->type, in, len);
    assert_non_null(m);
    len = (size_t)tern_message_pack(s->type, m, out, sizeof out);
    tern_message_free(s->type, m);

    write_file(in_tmp("ours"), out, len);
    protoc("decode", s, in_tmp("bytes"), in_tmp("want"));
    protoc("decode", s, in_tmp("ours"), in_tmp("got"));
    want_len = read_file(in_tmp("want"), want, sizeof want);
    assert_int_equal(read_file(in_tmp("got"), got, sizeof got), want_len);
    assert_memory_equal(got, want, want_len);
}

static void test_protoc_reads_what_it_wrote(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(samples); i++)
        check_sample(&samples[i]);
}

// The embedded FileDescriptorProto is one that protoc's own descriptor message accepts.
static void test_embedded_file_reads_back(void **state)
{
    const struct sample              file = { NULL, "google/protobuf/descriptor.proto", NULL };
    const ProtobufCMessageDescriptor type = { .name = "google.protobuf.FileDescriptorProto" };
    struct sample                    s = file;
    uint8_t                          text[65536];
    size_t                           len;

    (void)state;
    s.type = &type;
    write_file(in_tmp("file"), kinds_proto_file.bytes, kinds_proto_file.len);
    protoc("decode", &s, in_tmp("file"), in_tmp("file.txt"));
    len = read_file(in_tmp("file.txt"), text, sizeof text - 1);
    text[len] = '\0';
    assert_non_null(strstr((const char *)text, "name: \"kinds.proto\"\npackage: \"demo.v1\""));
    assert_null(strstr((const char *)text, "source_code_info"));
    assert_string_equal(kinds_proto_file.imports[0]->name, "google/protobuf/timestamp.proto");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_protoc_reads_what_it_wrote),
        cmocka_unit_test(test_embedded_file_reads_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
