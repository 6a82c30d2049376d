#!/bin/sh
# Run uv as pip would run here: uv.sh VENV ARGUMENTS (uv needs to be told of the system's
# certificates and of pip's index).
set -eu

venv=$1
shift
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
fi
if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
    index=$("$venv/bin/python" -m pip config list 2>/dev/null |
        sed -n "s/^[^=]*\.index-url='\(.*\)'\$/\1/p" | head -n 1)
    [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
fi
exec "$venv/bin/uv" "$@"
