#!/usr/bin/env bash
# The safe of examples/guarded: who gets in, who does not and why, and new certificates by SIGHUP.
. tests/examples/common.sh

bin=examples/guarded
certs=$scratch/certs
tools/certs "$certs" ada
exec 3< <(exec "$bin/safe" "$certs")
server=$!
read -r -u 3 said
address=${said#listening on }

# What the safe answers, or the error: ask NAME ADDRESS TOKEN
ask() { timeout 50 "$bin/burglar" "$certs" "$1" "$2" "$3" 2>&1; }

opened='the top drawer of spiffe://tern.test/ada, over TLSv1.3'
[ "$(ask ada "$address" sesame)" = "$opened" ]
verdict $? opens_for_a_certificate_and_a_token
[ "$(ask ada "grpcs${address#tls}" sesame)" = "$opened" ]
verdict $? opens_over_grpc
[ "$(ask ada "$address" guessed)" = 'UNAUTHENTICATED: the token is not known here' ]
verdict $? stays_shut_for_a_guess
[[ $(ask - "$address" sesame) == *'it wants a certificate of ours'* ]]
verdict $? stays_shut_without_a_certificate
# Nothing of the call is sent, so there may be anything at the other end.
[ "$(ask ada "tcp${address#tls}" sesame)" = \
    'UNAUTHENTICATED: the token is not sent in plain text: connect with tls:// or grpcs://' ]
verdict $? token_does_not_leave_in_plain_text

rm "$certs/server.pem"
tools/certs "$certs" ada
kill -HUP $server
read -r -u 3 said
[ "$said" = 'the certificates are read again' ]
verdict $? sighup_reads_the_certificates
[ "$(ask ada "$address" sesame)" = "$opened" ]
verdict $? opens_with_the_new_certificate
kill $server
wait $server
verdict $? safe_leaves_cleanly
exit $failed
