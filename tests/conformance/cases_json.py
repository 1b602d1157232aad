"""What the suite asks of JSON, both ways. A message is said in protobuf's text format, so that what is expected does not hang
on Python's own reading of JSON; those of JSON's syntax and of fields are here, those of protobuf's own types in
cases_json_known.py."""
import json

from spec import PROTO2, PROTO3, Refusals, accepted, ignored, printed, refused
from wire import bytes_field, number_field

# Why Python takes what it should refuse.
BOOL = "true is a 1 to it"
LIST = "what has no members is a message to it"

INTS = {"Int32": (-2**31, 2**31 - 1), "Uint32": (0, 2**32 - 1), "Sint32": (-2**31, 2**31 - 1), "Fixed32": (0, 2**32 - 1),
        "Sfixed32": (-2**31, 2**31 - 1), "Int64": (-2**63, 2**63 - 1), "Uint64": (0, 2**64 - 1),
        "Sint64": (-2**63, 2**63 - 1), "Fixed64": (0, 2**64 - 1), "Sfixed64": (-2**63, 2**63 - 1)}


def member(name, value):
    return '{"%s": %s}' % (name, value)


# ---- numbers -------------------------------------------------------------

def of_integers(kind):
    for name, (low, high) in INTS.items():
        key, field = "optional" + name, "optional_" + name.lower()
        for what, text, value in [
                ("least", low, low), ("greatest", high, high), ("quoted", '"%d"' % high, high), ("quoted_least", '"%d"' % low, low),
                ("zero", "0", 0), ("whole", "17.0", 17), ("exponent", "1e5", 100000), ("exponent_plus", "1E+2", 100),
                ("fraction_and_exponent", "1.5e1", 15), ("zeros", "100000.000", 100000)]:
            yield accepted("%s.%s" % (name, what), kind, member(key, text), "%s: %d" % (field, value))
        yield accepted("%s.null" % name, kind, member(key, "null"), "")
        for what, text in [
                ("too_small", low - 1), ("too_large", high + 1), ("quoted_too_large", '"%d"' % (high + 1)),
                ("far_too_large", "1e30"), ("fraction", "0.5"), ("quoted_fraction", '"0.5"'), ("small_fraction", "1e-1"),
                ("empty", '""'), ("word", '"one"'), ("bool", "true"), ("list", "[1]"), ("object", "{}"),
                ("leading_space", '" 1"'), ("trailing_space", '"1 "'), ("leading_zero", "01"),
                ("negative_leading_zero", "-01"), ("leading_plus", "+1"), ("hex", "0x1"), ("no_digits", "-"),
                ("cut_fraction", "1."), ("cut_exponent", "1e"), ("no_whole", ".5")]:
            yield refused("%s.%s" % (name, what), kind, member(key, text))
        yield printed("%s.out" % name, kind, "%s: %d" % (field, high))
        yield printed("%s.out_least" % name, kind, "%s: %d" % (field, low))
        yield printed("%s.out_list" % name, kind, "repeated_%s: [%d, 1, %d]" % (name.lower(), low, high))


FLOATS = {"Float": ["1.5", "-1.5", "3.402823e+38", "-3.402823e+38", "1.175494e-38", "1e2", "123456789", "0.1"],
          "Double": ["1.5", "-1.5", "1.79769e+308", "-1.79769e+308", "2.22507e-308", "5e-324", "1e2", "0.1", "123456789.125"]}
TOO_LARGE = {"Float": ["3.502823e+38", "-3.502823e+38", "1e39"], "Double": ["1.89769e+308", "-1.89769e+308", "1e999"]}


def of_floats(kind):
    for name, values in FLOATS.items():
        key, field = "optional" + name, "optional_" + name.lower()
        for i, value in enumerate(values):
            yield accepted("%s.value.%d" % (name, i), kind, member(key, value), "%s: %s" % (field, value))
            yield accepted("%s.quoted.%d" % (name, i), kind, member(key, '"%s"' % value), "%s: %s" % (field, value))
        for text, value in [("NaN", "nan"), ("Infinity", "inf"), ("-Infinity", "-inf")]:
            yield accepted("%s.%s" % (name, text), kind, member(key, '"%s"' % text), "%s: %s" % (field, value))
            yield refused("%s.%s_unquoted" % (name, text), kind, member(key, text), category="recommended")
        yield accepted("%s.null" % name, kind, member(key, "null"), "")
        yield accepted("%s.minus_zero" % name, kind, member(key, "-0.0"), field + ": -0.0")
        for i, text in enumerate(TOO_LARGE[name]):
            yield refused("%s.too_large.%d" % (name, i), kind, member(key, text))
        for i, text in enumerate(['"x"', "true", "[]", "{}", '"1.5x"', '"0x1p3"']):
            yield refused("%s.wrong.%d" % (name, i), kind, member(key, text), differs=BOOL if text == "true" else "")
    yield printed("numbers.not_finite", kind, "repeated_float: [nan, inf, -inf, -0.0] repeated_double: [nan, inf, -inf, -0.0]")
    yield printed("numbers.shortest", kind, "repeated_float: [0.1, 3.4028235e38, 1.17549435e-38, 16777216, 0.3] "
                  "repeated_double: [0.1, 1.7976931348623157e308, 2.2250738585072014e-308, 5e-324, 9007199254740993, 0.3]")
    yield printed("numbers.least", kind, "optional_float: 1e-45", '{"optionalFloat": 1e-45}', differs="it has more digits")


# ---- bools, texts, bytes, enums ------------------------------------------

def of_bools(kind):
    yield accepted("bool.true", kind, '{"optionalBool": true}', "optional_bool: true")
    yield accepted("bool.false", kind, '{"optionalBool": false}', "optional_bool: false")
    for i, text in enumerate(["1", "0", '"true"', '"false"', '""', "[]", "True", "tru"]):
        yield refused("bool.wrong.%d" % i, kind, member("optionalBool", text))
    yield printed("bool.out", kind, "repeated_bool: [true, false]")


TEXTS = ["", "Hello", "\"\\/\b\f\n\r\t", "\u8c37\u6b4c", "\u00e9", "\U0001f601", "\u2028", "\x7f", "\x01"]


def of_texts(kind):
    for i, text in enumerate(TEXTS):
        said = "optional_string: '%s'" % "".join("\\%03o" % byte for byte in text.encode())
        yield accepted("string.escaped.%d" % i, kind, member("optionalString", json.dumps(text)), said)
        yield accepted("string.plain.%d" % i, kind, member("optionalString", json.dumps(text, ensure_ascii=False)), said)
    yield accepted("string.slash", kind, r'{"optionalString": "\/"}', "optional_string: '/'")
    yield accepted("string.upper_case_hex", kind, r'{"optionalString": "\u8C37\u00E9"}', "optional_string: '\u8c37\u00e9'")
    yield accepted("string.lower_case_hex", kind, r'{"optionalString": "\u8c37\u00e9"}', "optional_string: '\u8c37\u00e9'")
    yield accepted("string.name_is_escaped", kind, r'{"optional\u0053tring": "a"}', "optional_string: 'a'")
    for name, text in [("high_alone", r'"\ud83d"'), ("high_before_letter", r'"\ud83da"'), ("high_before_escape", r'"\ud83d\n"'),
                       ("low_alone", r'"\ude01"'), ("wrong_order", r'"\ude01\ud83d"'), ("two_high", r'"\ud83d\ud83d\ude01"')]:
        yield refused("string.surrogate.%s" % name, kind, member("optionalString", text))
    for i, text in enumerate(["1", "true", "[]", "{}", r'"\x41"', r'"\u12"', r'"\u12G4"', r'"\U00000041"', '"\n"', '"\t"',
                              "'a'", '"a', "a", r'"\"']):
        yield refused("string.wrong.%d" % i, kind, member("optionalString", text))
    yield printed("string.out", kind, r"optional_string: '\"\\\n\001\177\342\200\250<>&'")


def of_bytes(kind):
    for name, text, value in [
            ("standard", "AQI=", r"\001\002"), ("unpadded", "AQI", r"\001\002"), ("url", "-_8=", r"\373\377"),
            ("url_unpadded", "-_8", r"\373\377"), ("plus_slash", "+/8=", r"\373\377"), ("whole", "AQID", r"\001\002\003"),
            ("one", "AQ==", r"\001"), ("one_unpadded", "AQ", r"\001"), ("empty", "", "")]:
        yield accepted("bytes.%s" % name, kind, member("optionalBytes", '"%s"' % text), "optional_bytes: '%s'" % value)
    lax = "its base64 skips what is no letter of it"
    for name, text, differs in [("letters", '"!!!!"', lax), ("number", "1", ""), ("one_letter", '"A"', ""),
                                ("list", "[1]", "")]:
        yield refused("bytes.wrong.%s" % name, kind, member("optionalBytes", text), differs=differs)
    yield printed("bytes.out", kind, r"repeated_bytes: ['', '\001', '\001\002', '\001\002\003', '\373\377\376']")


def of_enums(kind):
    for i, (text, value) in enumerate([('"FOO"', "FOO"), ('"BAR"', "BAR"), ('"NEG"', "NEG"), ("0", "FOO"), ("1", "BAR"), ("-1", "NEG")]):
        yield accepted("enum.%d" % i, kind, member("optionalNestedEnum", text), "optional_nested_enum: " + value)
    yield accepted("enum.null", kind, '{"optionalNestedEnum": null}', "")
    for i, text in enumerate(['"UNKNOWN"', '"bar"', "true", "[]", "{}", "1.5", '""', "2147483648"]):
        yield refused("enum.wrong.%d" % i, kind, member("optionalNestedEnum", text),
                      differs="it goes by int(), which cuts" if text == "1.5" else BOOL if text == "true" else "")
    yield printed("enum.out", kind, "optional_nested_enum: BAZ repeated_nested_enum: [NEG, FOO]")
    cut = "it skips no name of an enum"
    yield ignored("enum.unknown_name", kind, '{"optionalNestedEnum": "UNKNOWN"}', "", differs=cut)
    yield ignored("enum.unknown_name_repeated", kind, '{"repeatedNestedEnum": ["FOO", "UNKNOWN", "BAR"]}',
                  "repeated_nested_enum: [FOO, BAR]", differs=cut)
    yield ignored("enum.unknown_name_in_map", kind, '{"mapStringNestedEnum": {"a": "BAR", "b": "UNKNOWN"}}',
                  "map_string_nested_enum { key: 'a' value: BAR }", differs=cut)


# ---- lists, maps, messages, oneofs ---------------------------------------

def of_lists(kind):
    yield accepted("list.values", kind, '{"repeatedInt32": [1, "2", 3.0]}', "repeated_int32: [1, 2, 3]")
    yield accepted("list.empty", kind, '{"repeatedInt32": [], "repeatedString": null}', "")
    yield accepted("list.messages", kind, '{"repeatedNestedMessage": [{}, {"a": 1}]}',
                   "repeated_nested_message {} repeated_nested_message { a: 1 }")
    for i, text in enumerate(["[1, null]", "1", '"1"', "{}", "[1,]", "[,1]", "[1 2]", "[1", "[[1]]", "[true]", '["a"]']):
        yield refused("list.wrong.%d" % i, kind, member("repeatedInt32", text))
    yield refused("list.null_message", kind, '{"repeatedNestedMessage": [{}, null]}')
    yield refused("list.null_string", kind, '{"repeatedString": ["a", null]}')
    yield refused("list.numbers_for_texts", kind, '{"repeatedString": ["a", 1]}')
    yield refused("list.number_for_message", kind, '{"repeatedNestedMessage": [1]}')
    yield printed("list.out", kind, "repeated_string: ['a', ''] repeated_nested_message {} packed_int32: 1 unpacked_int32: 2")


MAPS = {"Int32Int32": ("-1", "7", "7"), "Int64Int64": ("-1", '"7"', "7"), "Uint32Uint32": ("1", "7", "7"), "Uint64Uint64": ("1", '"7"', "7"),
        "Sint32Sint32": ("-1", "7", "7"), "Sint64Sint64": ("-1", "7", "7"), "Fixed32Fixed32": ("1", "7", "7"),
        "Fixed64Fixed64": ("1", "7", "7"), "Sfixed32Sfixed32": ("-1", "7", "7"), "Sfixed64Sfixed64": ("-1", "7", "7"),
        "Int32Float": ("1", "1.5", "1.5"), "Int32Double": ("1", "1.5", "1.5"), "BoolBool": ("true", "true", "true"),
        "StringString": ("a", '"b"', "'b'"), "StringBytes": ("a", '"AQ=="', r"'\001'"),
        "StringNestedMessage": ("a", '{"a": 1}', "{ a: 1 }"), "StringNestedEnum": ("a", '"BAR"', "BAR")}


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def of_maps(kind):
    for name, (key, value, said) in MAPS.items():
        entry = "map%s { key: %s value: %s }" % (snake(name), key if not name.startswith("String") else "'%s'" % key, said)
        yield accepted("map.%s" % name, kind, '{"map%s": {"%s": %s}}' % (name, key, value), entry)
        yield accepted("map.%s.empty" % name, kind, '{"map%s": {}}' % name, "")
        yield accepted("map.%s.none" % name, kind, '{"map%s": null}' % name, "")
        yield refused("map.%s.null_value" % name, kind, '{"map%s": {"%s": null}}' % (name, key))
        yield refused("map.%s.list" % name, kind, '{"map%s": []}' % name)
        yield printed("map.%s.out" % name, kind, entry)
    yield accepted("map.two", kind, '{"mapInt32Int32": {"1": 2, "3": 4}}',
                   "map_int32_int32 { key: 1 value: 2 } map_int32_int32 { key: 3 value: 4 }")
    yield accepted("map.key_is_escaped", kind, r'{"mapInt32Int32": {"\u0031": 2}}', "map_int32_int32 { key: 1 value: 2 }")
    yield accepted("map.both_bools", kind, '{"mapBoolBool": {"false": false, "true": true}}',
                   "map_bool_bool { key: false value: false } map_bool_bool { key: true value: true }",
                   data=bytes_field(68, b"") + bytes_field(68, number_field(1, 1) + number_field(2, 1)))
    for i, text in enumerate(["{1: 2}", '{"a": 2}', '{"": 2}', '{"2147483648": 1}', '{"1": "a"}', '{"1.5": 2}', '{"1": 2,}',
                              "{true: 2}"]):
        yield refused("map.wrong.%d" % i, kind, '{"mapInt32Int32": %s}' % text)
    for i, text in enumerate(['{"yes": true}', '{"1": true}', "{true: true}", '{"true": 1}']):
        yield refused("map.wrong_bool.%d" % i, kind, '{"mapBoolBool": %s}' % text)


def of_messages(kind):
    yield accepted("message.empty", kind, "{}", "")
    yield accepted("message.space", kind, ' \t\r\n{ "optionalInt32" \n:\t1 , "optionalBool":true } \n',
                   "optional_int32: 1 optional_bool: true")
    yield accepted("message.nested", kind, '{"optionalNestedMessage": {"a": 1, "corecursive": {"optionalInt32": 2}}}',
                   "optional_nested_message { a: 1 corecursive { optional_int32: 2 } }")
    yield accepted("message.nested_empty", kind, '{"optionalNestedMessage": {}}', "optional_nested_message {}")
    yield accepted("message.null", kind, '{"optionalNestedMessage": null, "recursiveMessage": null}', "")
    yield accepted("message.nulls", kind, "{%s}" % ", ".join('"optional%s": null' % name for name in [
        *INTS, "Float", "Double", "Bool", "String", "Bytes", "NestedEnum", "NestedMessage"]), "")
    for i, text in enumerate(["1", "true", '"a"', "[]", "[{}]"]):
        yield refused("message.wrong.%d" % i, kind, member("optionalNestedMessage", text),
                      differs=LIST if text == "[]" else "")
    yield refused("message.too_deep", kind, '{"recursiveMessage": ' * 120 + "{}" + "}" * 120)
    yield accepted("message.deep", kind, '{"recursiveMessage": ' * 20 + "{}" + "}" * 20,
                   "recursive_message { " * 20 + "}" * 20)


def of_oneofs(kind):
    for name, text, value in [("Uint32", "0", "0"), ("Uint64", "0", "0"), ("String", '""', "''"), ("Bytes", '""', "''"),
                              ("Bool", "false", "false"), ("Float", "0", "0"), ("Double", "0", "0"), ("Enum", '"FOO"', "FOO"),
                              ("NestedMessage", "{}", "{}")]:
        said = "oneof%s%s %s" % (snake(name), "" if value == "{}" else ":", value)
        yield accepted("oneof.%s" % name, kind, member("oneof" + name, text), said)
        yield printed("oneof.%s.out" % name, kind, said)
        yield accepted("oneof.%s.null" % name, kind, member("oneof" + name, "null"), "")
    yield refused("oneof.two", kind, '{"oneofUint32": 1, "oneofString": "a"}')
    yield refused("oneof.two_zero", kind, '{"oneofString": "", "oneofUint32": 0}')
    yield accepted("oneof.one_and_null", kind, '{"oneofUint32": 1, "oneofString": null}', "oneof_uint32: 1")
    yield accepted("oneof.null_and_one", kind, '{"oneofString": null, "oneofUint32": 1}', "oneof_uint32: 1")


# ---- names and syntax ----------------------------------------------------

NAMES = ["fieldname1", "field_name2", "_field_name3", "field__name4_", "field0name5", "field_0_name6", "fieldName7", "FieldName8",
         "field_Name9", "Field_Name10", "FIELD_NAME11", "FIELD_name12", "__field_name13", "__Field_name14", "field__name15",
         "field__Name16", "field_name17__", "Field_name18__"]
JSON_NAMES = ["fieldname1", "fieldName2", "FieldName3", "fieldName4", "field0name5", "field0Name6", "fieldName7", "FieldName8",
              "fieldName9", "FieldName10", "FIELDNAME11", "FIELDName12", "FieldName13", "FieldName14", "fieldName15",
              "fieldName16", "fieldName17", "FieldName18"]


def of_names(kind):
    for name, camel in zip(NAMES, JSON_NAMES):
        yield accepted("name.%s" % name, kind, member(name, 1), "%s: 1" % name)
        yield accepted("name.%s.camel" % name, kind, member(camel, 1), "%s: 1" % name)
    yield printed("name.out", kind, " ".join("%s: %d" % (name, i + 1) for i, name in enumerate(NAMES)),
                  json.dumps({camel: i + 1 for i, camel in enumerate(JSON_NAMES)}))
    yield refused("name.unknown", kind, '{"unknown": 1}')
    yield refused("name.unknown_within", kind, '{"optionalNestedMessage": {"unknown": 1}}')
    yield refused("name.other_case", kind, '{"optionalint32": 1}')
    for i, text in enumerate(["1", "-1.5e3", "true", "false", "null", '"a\\u00e9"', "[]", "[1, [2, {}]]", "{}",
                              '{"a": {"b": [null, {"c": "}"}]}}']):
        yield ignored("name.skipped.%d" % i, kind, '{"unknown": %s, "optionalInt32": 1}' % text, "optional_int32: 1")
        yield ignored("name.skipped_within.%d" % i, kind, '{"optionalNestedMessage": {"a": 2, "unknown": %s}}' % text,
                      "optional_nested_message { a: 2 }")
    for i, text in enumerate(["01", "tru", "[1,]", '{"a": 1,}', "'a'", '{"a"}', "[", "+1"]):
        yield refused("name.skipped_wrong.%d" % i, kind, '{"unknown": %s}' % text, ignores=True)
    yield refused("name.twice", kind, '{"optionalInt32": 1, "optionalInt32": 2}', category="recommended")
    yield refused("name.twice_in_two_ways", kind, '{"optionalNestedMessage": {"a": 1}, "optional_nested_message": {}}',
                  category="recommended", differs="it looks at what is written only")
    yield refused("name.twice_in_two_ways_back", kind, '{"optional_nested_message": {"a": 1}, "optionalNestedMessage": {}}',
                  category="recommended", differs="it looks at what is written only")


def of_syntax(kind):
    wrong = Refusals("syntax", kind)
    for text in ["", " ", "{", "}", "[]", "null", "1", '"a"', "{}{}", "{} x", "{}]", '{"optionalInt32": 1', '{"optionalInt32": }',
                 '{"optionalInt32"}', '{"optionalInt32" 1}', '{"optionalInt32": 1,}', '{,"optionalInt32": 1}',
                 '{"optionalInt32": 1,, "optionalBool": true}', '{"optionalInt32": 1 "optionalBool": true}',
                 '{optionalInt32: 1}', "{'optionalInt32': 1}", '{"optionalInt32": 1} // x', '/* x */ {}', '{"optionalInt32": 1;}',
                 '{"optionalBool": truefalse}', '{"optionalInt32": NULL}', '{"optionalInt32": nul}', "\ufeff{}",
                 '{"optionalInt32":\u00a01}', '{"optionalInt32":\x0b1}', '{"": 1}', '{"optionalInt32": 1}}',
                 '{"optionalNestedMessage": {"a": 1}', '{"repeatedInt32": [1, 2}']:
        yield wrong.next(text, differs=LIST if text == "[]" else "")


# ---- one syntax alone ----------------------------------------------------

def of_proto2():
    yield refused("enum.closed", PROTO2, '{"optionalNestedEnum": 77}')
    yield accepted("group", PROTO2, '{"data": {"groupInt32": 1, "groupUint32": 2}}', "Data { group_int32: 1 group_uint32: 2 }")
    yield accepted("extension", PROTO2, '{"[protobuf_test_messages.proto2.extension_int32]": 5}',
                   "[protobuf_test_messages.proto2.extension_int32]: 5", category="recommended")
    yield printed("presence", PROTO2, "optional_int32: 0 optional_string: '' optional_bool: false default_int32: -123456789 "
                  "default_string: 'Rosebud'")
    yield printed("defaults_are_not_there", PROTO2, "")


def of_proto3():
    yield accepted("enum.open", PROTO3, '{"optionalNestedEnum": 77}', "optional_nested_enum: 77")
    yield printed("enum.open.out", PROTO3, "optional_nested_enum: 77 repeated_nested_enum: [77, 1]")
    for name in ["ALIAS_BAZ", "MOO", "moo", "bAz"]:
        yield accepted("enum.alias.%s" % name, PROTO3, member("optionalAliasedEnum", '"%s"' % name), "optional_aliased_enum: ALIAS_BAZ")
    yield printed("zeros_are_not_there", PROTO3, "optional_int32: 0 optional_string: '' optional_bool: false optional_nested_enum: FOO")


def specs():
    for kind in (PROTO2, PROTO3):
        for of in (of_integers, of_floats, of_bools, of_texts, of_bytes, of_enums, of_lists, of_maps, of_messages, of_oneofs,
                   of_names, of_syntax):
            for made in of(kind):
                yield from made
    for made in [*of_proto2(), *of_proto3()]:
        yield from made
