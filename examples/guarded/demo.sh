# mutual TLS with certificates made on the spot, a token on top, and what those are told who lack one
build //examples/guarded/...
certs=$(mktemp -d .cache/certs.XXXXXX)
show tools/certs "$certs" ada
serve bazel-bin/examples/guarded/safe "$certs"
show bazel-bin/examples/guarded/burglar "$certs" ada "$address" sesame
show bazel-bin/examples/guarded/burglar "$certs" ada "grpcs${address#tls}" sesame
show bazel-bin/examples/guarded/burglar "$certs" ada "$address" || true
show bazel-bin/examples/guarded/burglar "$certs" - "$address" sesame || true
show bazel-bin/examples/guarded/burglar "$certs" ada "tcp${address#tls}" sesame || true
rm -r "$certs"
