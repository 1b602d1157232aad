#!/usr/bin/env bash
# model_test.sh MODEL...: each model holds in every order of its steps, and does not when one of the steps that it names
# with -D is taken out: a model that finds nothing proves nothing. Prints verdicts as cmocka does.
set -euo pipefail

scratch=$(mktemp -d "${TEST_TMPDIR:-/tmp}/model.XXXXXX")
failed=0

# Whether the model holds. All states are visited, or it fails.
#   holds MODEL [-DWITHOUT]
holds() {
    (
        cd "$scratch"
        rm -f pan*
        spin "${@:2}" -a "$1" >spin.log 2>&1 || { cat spin.log >&2; exit 2; }
        cc -O2 -DSAFETY -o pan pan.c 2>cc.log || { cat cc.log >&2; exit 2; }
        ./pan -m1000000 >pan.log
        ! grep -q 'max search depth too small' pan.log || exit 2
        grep -q 'errors: 0$' pan.log
    )
}

say() {
    printf '[%9s ] %s\n' "$1" "$2"
    [ "$1" = OK ] || failed=1
}

for model; do
    model=$(realpath "$model")
    name=$(basename "$model" .pml)
    if holds "$model"; then say OK "$name"; else say FAILED "$name"; fi
    mapfile -t steps < <(grep -o '^ \*   -D[A-Z_]*' "$model" | grep -o '\-D.*')
    [ ${#steps[@]} -gt 0 ] || say FAILED "${name}_has_steps"
    for step in "${steps[@]}"; do
        status=0
        holds "$model" "$step" || status=$?
        if [ $status = 1 ]; then say OK "${name}_without_${step#-D}"; else say FAILED "${name}_without_${step#-D}"; fi
    done
done
exit $failed
