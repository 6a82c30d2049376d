#!/bin/sh
# Run a short selection of the tests on the newest Python of this machine: newest.sh VENV [ARGUMENTS]
set -eu

venv=$1
shift
tests="tests/test_baseline.py tests/test_arithmetic.py tests/test_randomness.py tests/test_roster.py
    tests/test_portable.py tests/test_floors.py"

told='import sys
if sys.version_info.releaselevel == "final" and sys.version_info >= (3, 11):
    print("%03d%03d%03d" % sys.version_info[:3], sys.executable)'

# On the path, under pyenv and known to uv; the last by its version.
newest=$({
    for name in python3 python3.11 python3.12 python3.13 python3.14 python3.15 python3.16; do
        command -v "$name" || true
    done
    ls "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python3 2>/dev/null || true
    sh scripts/uv.sh "$venv" python find --no-project '>=3.11' 2>/dev/null || true
} | while read -r python; do
    "$python" -c "$told" 2>/dev/null || true
done | sort | tail -n 1)
number=${newest%% *}
python=${newest#* }
own=$("$venv/bin/python" -c 'import sys; print("%03d%03d%03d" % sys.version_info[:3])')
if [ -z "$newest" ] || ! [ "$number" \> "$own" ]; then
    echo "newest: left out, no Python here is newer than that of $venv"
    exit 0
fi

where=$(mktemp -d)
trap 'rm -rf "$where"' EXIT
echo "newest: $("$python" -V)"
"$python" -m venv --without-pip "$where/env"
sh scripts/uv.sh "$venv" pip sync --quiet --python "$where/env/bin/python" --require-hashes \
    requirements.lock
"$where/env/bin/python" -m pytest -q -p no:cacheprovider $tests "$@"
