#!/usr/bin/env bash
# Words are counted, taken apart and put together, in C++.
. tests/examples/common.sh

words=examples/words/words
serve examples/words/words_server

cat >"$scratch/expected" <<'END'
5 words, the longest is tern
1 the
1 tern
1 and
2 the
1 pole
the tern and the pole
three times: 15 words
END
$words "$address" 'the tern and the pole' | diff "$scratch/expected" -
verdict $? words_are_counted_split_and_joined
[ "$($words "$address" ' ' 2>&1)" = 'INVALID_ARGUMENT: a text without a word' ]
verdict $? what_a_handler_refuses_is_said
stop $server words_server
exit $failed
