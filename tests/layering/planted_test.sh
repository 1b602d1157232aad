#!/usr/bin/env bash
# rooms.py finds what has been planted in a tree, and names it as its `expected` does.
#   planted_test.sh FOLDER_OF_THE_TREE
set -u

export PYTHONDONTWRITEBYTECODE=1
rooms=$PWD/tests/layering/rooms.py
cd "$1" || exit 1
python3 "$rooms" files.txt floors allowed >"$TEST_TMPDIR/found"
echo "exit $?" >>"$TEST_TMPDIR/found"
diff -u --label expected --label found expected "$TEST_TMPDIR/found"
