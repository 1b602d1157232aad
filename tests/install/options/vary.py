#!/usr/bin/env python3
"""vary.py FOLDER HOW: makes the headers in a folder those of another version.

    older-options    each of OPTIONS has not got its last member yet
    older-elements   nor has what options point at
    newer            each has one more, `added`
"""
import pathlib
import re
import sys

# What a program fills in, where that has more than one member.
OPTIONS = """tern_call_opts tern_channel_opts tern_conn_opts tern_fiber_opts tern_group_opts tern_listener_opts
    tern_server_opts tern_service_opts""".split()
ELEMENTS = "tern_call_info tern_client_interceptor tern_server_interceptor tern_method_limit tern_retry".split()
MORE = ["tern_conn_events", "tern_poller_opts"]  # nothing can be taken from them yet


def varied(text, name, how):
    struct = re.compile(r"(^struct %s \{\n)(.*?)(^\};)" % name, re.M | re.S)
    if not struct.search(text):
        return None
    if how == "newer":  # without padding, in front of it or behind
        kind = "int" if name == "tern_poller_opts" else "int64_t"
        return struct.sub(r"\1\2    %s added;\n\3" % kind, text)
    return struct.sub(lambda m: m[1] + re.sub(r".*;.*\n\Z", "", m[2]) + m[3], text)


def main():
    folder, how = sys.argv[1:]
    names = {
        "older-options": OPTIONS,
        "older-elements": ELEMENTS,
        "newer": OPTIONS + ELEMENTS + MORE,
    }[how]
    for path in pathlib.Path(folder).glob("*.h"):
        text = path.read_text()
        for name in list(names):
            changed = varied(text, name, how)
            if changed:
                names.remove(name)
                text = changed
        path.write_text(text)
    if names:
        sys.exit(f"no header has {names}")


main()
