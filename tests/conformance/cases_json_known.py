"""The forms that JSON has for protobuf's own types."""
from cases_json import member
from spec import PROTO3, Refusals, accepted, printed, refused, unprintable

WRAPPERS = {"Bool": ("true", "true", "false", "false", ["1", '"true"']), "Int32": ("1", "1", "0", "0", ['"a"', "1.5", "2147483648"]),
            "Int64": ('"1"', "1", '"0"', "0", ['"a"', "1.5", "9223372036854775808"]),
            "Uint32": ("1", "1", "0", "0", ["-1", "4294967296"]), "Uint64": ('"1"', "1", '"0"', "0", ["-1", '"18446744073709551616"']),
            "Float": ("1.5", "1.5", "0", "0", ['"a"', "1e39"]), "Double": ("1.5", "1.5", "0", "0", ['"a"', "1e999"]),
            "String": ('"a"', "'a'", '""', "''", ["1", "true"]), "Bytes": ('"AQ=="', r"'\001'", '""', "''", ["1", "true"])}
PLACE = "it looks at the year that is written, not at the one that it is"
CARRY = "it adds nanoseconds that are beyond a second to it"
WKT = "type.googleapis.com/"


def of_wrappers():
    for name, (one, said_one, zero, said_zero, wrong) in WRAPPERS.items():
        field = name.lower() + "_wrapper"
        for what, text, said in [("one", one, said_one), ("zero", zero, said_zero)]:
            whole = "optional_%s { value: %s }" % (field, said)
            yield accepted("wrapper.%s.%s" % (name, what), PROTO3, member("optional%sWrapper" % name, text), whole)
            yield printed("wrapper.%s.%s.out" % (name, what), PROTO3, whole)
        yield accepted("wrapper.%s.null" % name, PROTO3, member("optional%sWrapper" % name, "null"), "")
        yield accepted("wrapper.%s.list" % name, PROTO3, member("repeated%sWrapper" % name, "[%s, %s]" % (zero, one)),
                       "repeated_%s { value: %s } repeated_%s { value: %s }" % (field, said_zero, field, said_one))
        yield refused("wrapper.%s.null_in_list" % name, PROTO3, member("repeated%sWrapper" % name, "[null]"))
        for i, text in enumerate(wrong + ["{}", "[]", '{"value": %s}' % one]):
            yield refused("wrapper.%s.wrong.%d" % (name, i), PROTO3, member("optional%sWrapper" % name, text))


# ---- times ---------------------------------------------------------------

DURATIONS = {  # JSON: seconds, nanoseconds
    "0s": (0, 0), "1s": (1, 0), "-1s": (-1, 0), "1.5s": (1, 500000000), "-1.5s": (-1, -500000000), "-0.5s": (0, -500000000),
    "0.000000001s": (0, 1), "1.000340012s": (1, 340012), "1.010s": (1, 10000000), "1.000010s": (1, 10000), "1.1s": (1, 100000000),
    "315576000000s": (315576000000, 0), "-315576000000s": (-315576000000, 0),
    "315575999999.999999999s": (315575999999, 999999999), "-315575999999.999999999s": (-315575999999, -999999999),
}
TIMESTAMPS = {
    "1970-01-01T00:00:00Z": (0, 0), "0001-01-01T00:00:00Z": (-62135596800, 0),
    "9999-12-31T23:59:59.999999999Z": (253402300799, 999999999), "2000-02-29T12:30:45Z": (951827445, 0),
    "1969-12-31T23:59:59.500Z": (-1, 500000000), "1970-01-01T00:00:00.010Z": (0, 10000000),
    "1970-01-01T00:00:00.010010Z": (0, 10010000), "1970-01-01T00:00:00.000000001Z": (0, 1),
    "1970-01-01T08:00:00+08:00": (0, 0), "1969-12-31T16:00:00-08:00": (0, 0), "1970-01-01T05:30:00.5+05:30": (0, 500000000),
    "1970-01-01T00:00:00.1Z": (0, 100000000), "2038-01-19T03:14:08Z": (2**31, 0), "1900-03-01T00:00:00Z": (-2203891200, 0),
}


def of_time(name, field, values, wrong, lax, unsound):
    for i, (text, (seconds, nanos)) in enumerate(values.items()):
        said = "optional_%s { seconds: %d nanos: %d }" % (field, seconds, nanos)
        yield accepted("%s.%d" % (name, i), PROTO3, member("optional" + name, '"%s"' % text), said)
    yield accepted("%s.null" % name, PROTO3, member("optional" + name, "null"), "")
    yield accepted("%s.list" % name, PROTO3, member("repeated" + name, '["%s"]' % next(iter(values))), "repeated_%s {}" % field)
    refusals = Refusals(name + ".wrong", PROTO3)
    for text in ["1", "true", "{}", "[]", '""', '" "'] + ['"%s"' % text for text in wrong]:
        yield refusals.next(member("optional" + name, text), differs=lax.get(text[1:-1], ""))
    for i, (seconds, nanos, differs) in enumerate(unsound):
        yield unprintable("%s.unsound.%d" % (name, i), PROTO3, "optional_%s { seconds: %d nanos: %d }" % (field, seconds, nanos),
                          differs=differs)


def of_times():
    yield from of_time(
        "Duration", "duration", DURATIONS,
        ["s", "-s", "x1s", "1", "1.5", "1 s", "1s ", "1S", "1m", "+1s", "-315576000001s", "315576000001s", "9223372036854775808s",
         "--1s", "-1.-5s", "1.0000000001s", "1.s", ".5s", "1e3s"],
        {text: "it goes by int() and round()" for text in ["1 s", "+1s", "1.0000000001s", "1.s"]},
        [(315576000001, 0, ""), (-315576000001, 0, ""), (0, 1000000000, ""), (0, -1000000000, ""), (1, -1, ""), (-1, 1, "")])
    yield from of_time(
        "Timestamp", "timestamp", TIMESTAMPS,
        ["x970-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "x", "-001-01-01T00:00:00Z", "10000-01-01T00:00:00Z",
         "1970-01-01 00:00:00Z", "1970-01-01T00:00:00", "1970-01-01t00:00:00Z", "1970-01-01T00:00:00z", "1900-02-29T00:00:00Z",
         "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z", "1970-01-32T00:00:00Z", "1970-01-00T00:00:00Z",
         "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.0000000001Z",
         "1970-01-01T00:00:00ZZ", "1970-01-01T00:00Z", "1970-01-01", "1970-01-01T00:00:00+0800", "1970-01-01T00:00:00+8",
         "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"],
        {"1970-01-01T00:00:00.Z": "it goes by round()", "0001-01-01T00:00:00+00:01": PLACE, "9999-12-31T23:59:59-00:01": PLACE},
        [(-62135596801, 0, ""), (253402300800, 0, ""), (0, -1, CARRY), (0, 1000000000, CARRY)])


# ---- masks, structs ------------------------------------------------------

def of_masks():
    for name, text, paths in [("two", "foo,barBaz", ["foo", "bar_baz"]), ("none", "", []), ("way", "foo.barBaz.qux", ["foo.bar_baz.qux"]),
                              ("one", "a", ["a"])]:
        said = "optional_field_mask { %s }" % " ".join("paths: '%s'" % path for path in paths)
        yield accepted("FieldMask.%s" % name, PROTO3, member("optionalFieldMask", '"%s"' % text), said)
    yield accepted("FieldMask.null", PROTO3, '{"optionalFieldMask": null}', "")
    yield accepted("FieldMask.list", PROTO3, '{"repeatedFieldmask": ["a", "bC,d"]}',
                   "repeated_fieldmask { paths: 'a' } repeated_fieldmask { paths: 'b_c' paths: 'd' }")
    for i, text in enumerate(['"foo_bar"', "1", "[]", "{}", '["a"]']):
        yield refused("FieldMask.wrong.%d" % i, PROTO3, member("optionalFieldMask", text))
    for i, path in enumerate(["fooBar", "foo_3_bar", "foo__bar", "foo_Bar"]):
        yield unprintable("FieldMask.no_way_back.%d" % i, PROTO3, "optional_field_mask { paths: '%s' }" % path)


VALUES = {
    "null": "null_value: NULL_VALUE", "1.5": "number_value: 1.5", "-1": "number_value: -1", '"a"': "string_value: 'a'",
    '""': "string_value: ''", "true": "bool_value: true", "false": "bool_value: false", "[]": "list_value {}", "{}": "struct_value {}",
    '[1, null, "a"]': "list_value { values { number_value: 1 } values { null_value: NULL_VALUE } values { string_value: 'a' } }",
    '{"a": {"b": [true]}}': "struct_value { fields { key: 'a' value { struct_value { fields { key: 'b' value { "
                            "list_value { values { bool_value: true } } } } } } } }",
}


def of_structs():
    for i, (text, said) in enumerate(VALUES.items()):
        yield accepted("Value.%d" % i, PROTO3, member("optionalValue", text), "optional_value { %s }" % said)
        yield accepted("Value.list.%d" % i, PROTO3, member("repeatedValue", "[%s]" % text), "repeated_value { %s }" % said)
        yield accepted("Struct.%d" % i, PROTO3, '{"optionalStruct": {"k": %s}}' % text,
                       "optional_struct { fields { key: 'k' value { %s } } }" % said)
        yield accepted("ListValue.%d" % i, PROTO3, '{"repeatedListValue": [[%s], []]}' % text,
                       "repeated_list_value { values { %s } } repeated_list_value {}" % said)
    yield accepted("Struct.empty", PROTO3, '{"optionalStruct": {}}', "optional_struct {}")
    yield accepted("Struct.null", PROTO3, '{"optionalStruct": null}', "")
    yield accepted("Struct.list", PROTO3, '{"repeatedStruct": [{}, {"a": 1}]}',
                   "repeated_struct {} repeated_struct { fields { key: 'a' value { number_value: 1 } } }")
    for i, text in enumerate(["1", "[]", '"a"', "true", '{"a": }', "{1: 2}"]):
        yield refused("Struct.wrong.%d" % i, PROTO3, member("optionalStruct", text))
    for i, text in enumerate(["1", "[1]", '["a"]', "[{}]", "[null]"]):
        yield refused("ListValue.wrong.%d" % i, PROTO3, member("repeatedListValue", text))
    for name in ["nan", "inf", "-inf"]:
        yield unprintable("Value.%s" % name, PROTO3, "optional_value { number_value: %s }" % name,
                          differs="it quotes it, as that of a double: another Value")
    yield accepted("NullValue.null", PROTO3, '{"optionalNullValue": null}', "")
    yield accepted("NullValue.name", PROTO3, '{"optionalNullValue": "NULL_VALUE"}', "")
    yield accepted("NullValue.in_oneof", PROTO3, '{"oneofNullValue": null}', "oneof_null_value: NULL_VALUE")
    yield accepted("NullValue.in_oneof_by_name", PROTO3, '{"oneofNullValue": "NULL_VALUE"}', "oneof_null_value: NULL_VALUE")
    yield refused("Value.too_deep", PROTO3, '{"optionalValue": ' + "[" * 200 + "]" * 200 + "}",
                  differs="it counts other messages only")


# ---- Any -----------------------------------------------------------------

ANYS = {  # type: what is beside it in JSON, what it is in text
    "google.protobuf.Int32Value": ('"value": 12345', "value: 12345"),
    "google.protobuf.StringValue": ('"value": "a"', "value: 'a'"),
    "google.protobuf.Duration": ('"value": "1.500s"', "seconds: 1 nanos: 500000000"),
    "google.protobuf.Timestamp": ('"value": "1970-01-01T00:00:00Z"', ""),
    "google.protobuf.FieldMask": ('"value": "foo,barBaz"', "paths: 'foo' paths: 'bar_baz'"),
    "google.protobuf.Struct": ('"value": {"foo": 1}', "fields { key: 'foo' value { number_value: 1 } }"),
    "google.protobuf.Value": ('"value": [null]', "list_value { values { null_value: NULL_VALUE } }"),
    "google.protobuf.ListValue": ('"value": [1]', "values { number_value: 1 }"),
    "google.protobuf.Any": ('"value": {"@type": "%s%s", "optionalInt32": 5}' % (WKT, PROTO3), "[%s%s] { optional_int32: 5 }" % (WKT, PROTO3)),
    PROTO3: ('"optionalInt32": 12345, "repeatedString": ["a"]', "optional_int32: 12345 repeated_string: 'a'"),
}


def of_any():
    for name, (beside, said) in ANYS.items():
        short, said = name.rpartition(".")[2], "optional_any { [%s%s] { %s } }" % (WKT, name, said)
        yield accepted("Any.%s" % short, PROTO3, '{"optionalAny": {"@type": "%s%s", %s}}' % (WKT, name, beside), said)
        yield accepted("Any.%s.type_last" % short, PROTO3, '{"optionalAny": {%s, "@type": "%s%s"}}' % (beside, WKT, name), said)
    for short, zero in [("Int32Value", "0"), ("StringValue", '""'), ("Duration", '"0s"'), ("FieldMask", '""'), ("Struct", "{}"),
                        ("ListValue", "[]")]:  # of no bytes
        yield accepted("Any.%s.zero" % short, PROTO3, '{"optionalAny": {"@type": "%sgoogle.protobuf.%s", "value": %s}}' % (
            WKT, short, zero), "optional_any { [%sgoogle.protobuf.%s] {} }" % (WKT, short))
    yield accepted("Any.empty", PROTO3, '{"optionalAny": {}}', "optional_any {}")
    yield accepted("Any.null", PROTO3, '{"optionalAny": null}', "")
    yield accepted("Any.list", PROTO3, '{"repeatedAny": [{"@type": "%s%s"}]}' % (WKT, PROTO3), "repeated_any { [%s%s] {} }" % (WKT, PROTO3))
    for i, text in enumerate(['{"optionalInt32": 1}', '{"@type": 1}', '{"@type": ""}', '{"@type": "%sno.such.Type"}' % WKT,
                              '{"@type": "%s%s", "unknown": 1}' % (WKT, PROTO3),
                              '{"@type": "%s%s", "optionalInt32": "a"}' % (WKT, PROTO3),
                              '{"@type": "%sgoogle.protobuf.Duration", "value": 1}' % WKT, "1", '"a"']):
        yield refused("Any.wrong.%d" % i, PROTO3, member("optionalAny", text))
    yield unprintable("Any.unknown_type.out", PROTO3, "optional_any { type_url: '%sno.such.Type' value: '' }" % WKT)
    yield unprintable("Any.no_such_message.out", PROTO3, r"optional_any { type_url: '%s%s' value: '\010' }" % (WKT, PROTO3))


def specs():
    for of in (of_wrappers, of_times, of_masks, of_structs, of_any):
        for made in of():
            yield from made
