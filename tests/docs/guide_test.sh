#!/usr/bin/env bash
# Has guide_test.py do what documents say, one after the other, as one who has just cloned Tern and has nothing set. The
# last one is tested; of those before it, which it builds on, only the first commands are run, which install Tern.
#   guide_test.sh [DOCUMENT] DOCUMENT
set -u

root=$PWD
folder=$(mktemp -d /tmp/guide.XXXXXX)  # short: unix sockets are made in there
trap 'kill $(jobs -p) 2>/dev/null; pkill -P $$ 2>/dev/null; rm -rf "$folder"' EXIT
mkdir -p "$folder"/{work,home,bin}
ln -s "$root/tools" "$folder/work/tools"
# `bazel run //:install -- ...`: this test is run by Bazel, and has it already.
cat >"$folder/bin/bazel" <<END
#!/bin/sh
[ "\$1 \$2 \$3" = "run //:install --" ] || exit 1
shift 3
cd "$root" && RUNFILES_DIR="$RUNFILES_DIR" exec ./install "\$@" >/dev/null
END
chmod +x "$folder/bin/bazel"
setsid env -i LC_ALL=C.UTF-8 /usr/bin/python3 "$root/tests/docs/guide_test.py" "$folder" "${@/#/$root/}" &
player=$!
wait $player
status=$?
kill -TERM -- -$player 2>/dev/null  # the servers that the guide has started
exit $status
