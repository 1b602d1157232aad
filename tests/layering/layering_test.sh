#!/usr/bin/env bash
# The layer rules of ARCHITECTURE.md that Bazel's visibility cannot see, checked on the #include lines.
set -u

cd "$(dirname "$(realpath WORKSPACE)")" || exit 1
status=0

# The files FIND_ARGUMENTS name must include nothing that matches PATTERN (of what follows #include).
#   forbid RULE PATTERN FIND_ARGUMENT...
forbid() {
    local rule=$1 pattern=$2 hits

    shift 2
    hits=$(find "$@" -name '*.[chS]' -type f -exec \
        grep -HnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($pattern)" {} + 2>/dev/null)
    if [ -n "$hits" ]; then
        printf '%s\n%s\n\n' "broken: $rule" "$hits"
        status=1
    fi
}

# rpc's public headers are <tern/...> like transport's, so they are named one by one.
rpc_headers=$(find rpc/include/tern -name '*.h' -printf 'tern/%f|' 2>/dev/null)
system_io='unistd|fcntl|poll|netdb|sys/(socket|epoll|uio|un|ioctl|time)|arpa/|netinet/|time\.h|liburing'

forbid 'transport/ uses nothing of rpc/, codegen/ or protobuf' \
    "${rpc_headers}rpc/|codegen/|(\.\./)+|protobuf" transport
forbid 'rpc/ uses public headers of transport/ only' '(\.\./)*transport/' rpc
forbid 'rpc/wire does no I/O and reads no clock' "$system_io" rpc/wire
forbid 'rpc/wire knows nothing above it' 'rpc/(session|call|client|server)/' rpc/wire
forbid 'codegen/ uses neither rpc/ nor transport/' 'rpc/|transport/' codegen
forbid 'protobuf-c belongs to rpc/codec/, rpc/json/, <tern/message.h>, codegen/ and generated code' 'protobuf-c/' \
    rpc transport -not -path 'rpc/codec/*' -not -path 'rpc/json/*' -not -name 'message.h'
forbid 'zlib and libzstd belong to rpc/compress/' '(zlib|zstd|zstd_errors|zconf)\.h' \
    rpc transport codegen -not -path 'rpc/compress/*'
forbid 'OpenSSL belongs to rpc/tls/' 'openssl/' rpc transport codegen -not -path 'rpc/tls/*'
forbid 'rpc/broadcast/, rpc/json/, rpc/testing/, rpc/tls/ and rpc/wkt/ use public headers and their own' \
    '(rpc/(base|call|client|codec|compress|server|session|wire)|transport)/' rpc/broadcast rpc/json rpc/testing rpc/tls rpc/wkt
forbid 'examples use public headers only' '[^>"]*_internal\.h' examples

exit $status
