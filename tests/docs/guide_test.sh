#!/usr/bin/env bash
# Installs into a temporary prefix, and has guide_test.py do there what a document says: guide_test.sh DOCUMENT
set -u

root=$PWD
folder=$(mktemp -d /tmp/guide.XXXXXX)  # short: unix sockets are made in there
trap 'kill $(jobs -p) 2>/dev/null; pkill -P $$ 2>/dev/null; rm -rf "$folder"' EXIT
mkdir "$folder/work"
./install --prefix="$folder/prefix" || exit 1
ln -s "$root/tools" "$folder/work/tools"
# The first python3 need not be Debian's, which is where packages go.
python3 -c 'import grpc' 2>/dev/null || ln -s /usr/bin/python3 "$folder/prefix/bin/python3"
setsid python3 "$root/tests/docs/guide_test.py" "$root/$1" "$folder/prefix" "$folder/work" &
player=$!
wait $player
status=$?
kill -TERM -- -$player 2>/dev/null  # the servers that the guide has started
exit $status
