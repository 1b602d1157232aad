#!/usr/bin/env bash
# Installs into a temporary prefix, and has guide_test.py do there what the guide says.
set -u

root=$PWD
folder=$(mktemp -d /tmp/guide.XXXXXX)  # short: unix sockets are made in there
trap 'kill $(jobs -p) 2>/dev/null; pkill -P $$ 2>/dev/null; rm -rf "$folder"' EXIT
mkdir "$folder/work"
./install --prefix="$folder/prefix" || exit 1
setsid python3 "$root/tests/docs/guide_test.py" "$root/docs/guide.md" "$folder/prefix" "$folder/work" &
player=$!
wait $player
status=$?
kill -TERM -- -$player 2>/dev/null  # the servers that the guide has started
exit $status
