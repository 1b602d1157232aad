#!/usr/bin/env bash
# Our own tree has no circle of files, and no arrow that points up.
PYTHONDONTWRITEBYTECODE=1 exec python3 tests/layering/rooms.py tests/layering/{files.txt,floors,allowed}
