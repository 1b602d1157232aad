#!/usr/bin/env bash
# The defects of this folder can still be planted: each patch fits the tree, names a test that there is, and there is one
# of each kind. tools/planted sees whether they are found. Prints verdicts as cmocka does.
set -u

cd "$(dirname "$(realpath WORKSPACE)")" || exit 1
kinds=('lost wake-up' 'double completion' 'leaked block' 'leaked credit' 'missing limit' 'length off by one'
    'free in the wrong order' 'silent loss')
failed=0

said() { sed -n "s/^$1: //p" "$2"; }

say() {
    printf '[%9s ] %s\n' "$1" "$2"
    [ "$1" = OK ] || failed=1
}

fits() { patch -s -p1 -F0 --dry-run <"$1"; }

# //a/b:c_test is a/b/c_test.c, or that of c in another way, or a rule's.
names_a_test() {
    local target package name

    target=$(said test "$1")
    package=${target%:*}
    name=${target#*:}
    name=${name%_test}
    [ -e "${package#//}/${name%_over_grpc}_test.c" ] || grep -q "\"$name" "${package#//}/BUILD"
}

for patch in tests/planted/*.patch; do
    if fits "$patch" && names_a_test "$patch"; then
        say OK "$(basename "$patch" .patch)"
    else
        say FAILED "$(basename "$patch" .patch)"
    fi
done
for kind in "${kinds[@]}"; do
    if grep -qx "kind: $kind" tests/planted/*.patch; then say OK "${kind// /_}"; else say FAILED "${kind// /_}"; fi
done
exit $failed
