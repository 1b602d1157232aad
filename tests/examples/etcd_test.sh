#!/usr/bin/env bash
# A real etcd, Debian's, which has never heard of Tern: each command of the example, and a watch and a held key that
# outlive the server. All over unix sockets in a folder of the test's own.
. tests/examples/common.sh

leave() {
    kill -KILL $(jobs -p) 2>/dev/null
    [ $failed = 0 ] || cat "$scratch/etcd.said"
    rm -rf "$scratch"
}

trap leave EXIT
client=$PWD/examples/etcd/etcd_client
command -v etcd >/dev/null || { echo "there is no etcd: tools/setup test" >&2; exit 1; }
# etcd makes its sockets in the folder that it runs in, and wants a port in their names.
export ETCD_ADDRESS=grpc+unix://$scratch/client:0

etcd_answers() { "$client" list '' &>/dev/null; }

start_etcd() {
    rm -f "$scratch"/*:0
    (cd "$scratch" && exec etcd --data-dir data \
        --listen-client-urls unix://client:0 --advertise-client-urls unix://client:0 \
        --listen-peer-urls unix://peer:0 --initial-advertise-peer-urls unix://peer:0 \
        --initial-cluster default=unix://peer:0) >>"$scratch/etcd.said" 2>&1 &
    etcd=$!
    await 'etcd answers' etcd_answers
}

# What it says, and its exit code: says CODE WORDS ARGUMENT...
says() {
    local code=$1 words=$2 said

    shift 2
    said=$(timeout 50 "$client" "$@" 2>&1)
    [ $? = $code ] && [ "$said" = "$words" ] || { echo "$*: $said"; return 1; }
}

watcher_says() { await "the watcher says: $1" grep -qxs "$1" "$scratch/watcher"; }

"$client" watch user/ 7 >"$scratch/watcher" &
watcher=$!
says 1 "UNAVAILABLE: cannot connect to unix:$scratch/client:0: No such file or directory" get user/ada
verdict $? nobody_there_is_told_in_one_sentence
start_etcd
watcher_says watching
verdict $? a_watch_waits_for_its_server

says 0 '' put user/ada lovelace && says 0 lovelace get user/ada
verdict $? what_was_put_is_got
says 0 '' put usher poe && says 0 '' put user/bob baker &&
    says 0 $'user/ada = lovelace\nuser/bob = baker' list user/ &&
    says 0 $'user/ada = lovelace\nuser/bob = baker\nusher = poe' list ''
verdict $? a_prefix_lists_what_begins_with_it
says 0 '' swap user/ada lovelace byron && says 0 byron get user/ada &&
    says 1 'ABORTED: user/ada is not "lovelace"' swap user/ada lovelace king
verdict $? a_swap_wants_what_was_there
says 0 '' delete user/bob && says 1 'NOT_FOUND: there is no key "user/bob"' get user/bob &&
    says 1 'NOT_FOUND: there is no key "user/bob"' delete user/bob
verdict $? what_was_deleted_is_gone

"$client" hold user/eve here 3600 >"$scratch/holder" &
holder=$!
await 'the key is held' grep -qxs 'kept for another 3600 s' "$scratch/holder"
says 0 here get user/eve
verdict $? a_held_key_is_there

# The watcher sees nothing of this until it is too late to see it happen.
kill -STOP $watcher
{ kill -KILL $etcd && wait $etcd; } 2>/dev/null
start_etcd
says 0 here get user/eve && says 0 '' put user/ada king
verdict $? a_held_key_outlives_the_server
kill -CONT $watcher
watcher_says 'user/ada = king'
kill $holder
wait $holder
verdict $? its_holder_leaves_cleanly_though_the_server_is_another
wait $watcher
verdict $? a_watch_ends_when_it_has_seen_enough  # the last of it: a lease takes its keys along
diff - "$scratch/watcher" <<END
watching
user/ada = lovelace
user/bob = baker
user/ada = byron
user/bob is gone
user/eve = here
user/ada = king
user/eve is gone
END
verdict $? a_watch_that_broke_has_missed_nothing

kill $etcd
wait $etcd
exit $failed
