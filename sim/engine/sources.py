"""What the code computes, as a digest: comments, docstrings, layout and places of files apart.

The rules are known by the digest of the text that they are compiled from
(:func:`sim.engine.native.digest`); this is for what decides a study's numbers in Python.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def code_digest(*modules: str) -> str:
    """Return a name for what some modules compute.

    Args:
        modules: full names of modules, or of packages with all that they hold.
    """
    codes = sorted(bare(path.read_text("utf-8")) for name in modules for path in _files(name))
    return hashlib.sha256("\0".join(codes).encode()).hexdigest()[:16]


def _files(name: str) -> Iterator[Path]:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"there is no module {name}")
    origin = Path(spec.origin)
    yield from sorted(origin.parent.rglob("*.py")) if spec.submodule_search_locations else [origin]


def bare(source: str) -> str:
    """Return a module's code without comments and docstrings, in one layout."""
    return ast.unparse(_Bare().visit(ast.parse(source)))


class _Bare(ast.NodeTransformer):
    """Takes out strings that stand alone, which say something and do nothing."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        """Return a statement, None if it is a string."""
        text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if text else node
