#!/usr/bin/env bash
# python.sh MODULES SCRIPT ARGUMENT...: the script with a Python that has the modules. The first python3 need not
# be Debian's, which is where packages go.
set -euo pipefail

for python in python3 /usr/bin/python3; do
    if "$python" -c "import $1" 2>/dev/null; then
        shift
        PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$PWD/tests/interop:$PWD/tests/interop/testing \
            exec "$python" "$@"
    fi
done
echo "no Python has $1: tools/setup test" >&2
exit 1
