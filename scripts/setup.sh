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
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' ||
    fail "Python $version found; Spiral needs 3.11, 3.12 or 3.13 (make PYTHON=python3.11)"

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

# uv is quick, but needs to be told of the system's certificates and of pip's index.
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
fi
if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
    index=$("$venv/bin/python" -m pip config list 2>/dev/null |
        sed -n "s/^[^=]*\.index-url='\(.*\)'\$/\1/p" | head -n 1)
    [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
fi

# pip does the same where uv cannot reach the index.
echo "setup: installing the locked packages"
if ! "$venv/bin/uv" pip sync --quiet --compile-bytecode --python "$venv/bin/python" --require-hashes \
    requirements.lock; then
    echo "setup: uv failed, trying pip"
    $pip install --require-hashes -r requirements.lock
fi
$pip install --no-deps --no-build-isolation --editable .
echo "setup: ready"
