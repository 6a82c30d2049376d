"""The rules as JavaScript, for the classroom page: the same text, and the same bits.

The source of each rule is handed to ``pscript`` (an extra, needed only here), which turns that
small subset of Python into JavaScript; ``where``, ``least`` and ``most`` have twins of one line.
Arithmetic without library functions gives the same doubles in both languages.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from graphlib import TopologicalSorter
from types import ModuleType

from sim import arithmetic, rules

LANES = """\
const lanes = {
    where: (condition, yes, no) => condition ? yes : no,
    least: (a, b) => a < b ? a : b,
    most: (a, b) => a > b ? a : b,
};
"""


def rule_modules() -> tuple[ModuleType, ...]:
    """Return :mod:`sim.arithmetic` and the modules of rules, each after those it calls."""
    names = [f"sim.rules.{found.name}" for found in pkgutil.iter_modules(rules.__path__)]
    modules = {m.__name__: m for m in (arithmetic, *map(importlib.import_module, names))}
    needs = {name: set(_imports(module)) & set(modules) for name, module in modules.items()}
    return tuple(modules[name] for name in TopologicalSorter(needs).static_order())


def functions(module: ModuleType) -> dict[str, ast.FunctionDef]:
    """Return the functions of a module by name, in the order of its text."""
    body = ast.parse(inspect.getsource(module)).body
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def javascript() -> str:
    """Return all rules as JavaScript: one object a module, of the functions by their names.

    Arguments are numbers in the order of the Python function; parameters ``p`` are an object with
    a number under each name. A truth value may come as 0 or 1.
    """
    return LANES + "".join(_object(module) for module in rule_modules())


def _imports(module: ModuleType) -> dict[str, list[str]]:
    """Return the names a module imports from each other module."""
    body = ast.parse(inspect.getsource(module)).body
    return {
        str(node.module): [alias.name for alias in node.names]
        for node in body
        if isinstance(node, ast.ImportFrom)
    }


def _object(module: ModuleType) -> str:
    """Return one module's functions as an object that knows what the module imports."""
    given = {"sim.lanes", *(m.__name__ for m in rule_modules())}
    taken = [
        f"const {{ {', '.join(names)} }} = {source.rpartition('.')[2]};"
        for source, names in _imports(module).items()
        if source in given
    ]
    own = functions(module)
    made = [_function(function) for function in own.values()]
    body = textwrap.indent("\n".join([*taken, *made, f"return {{ {', '.join(own)} }};"]), "    ")
    return f"const {module.__name__.rpartition('.')[2]} = (() => {{\n{body}\n}})();\n"


def _function(function: ast.FunctionDef) -> str:
    """Return one rule as JavaScript: no decorator, annotations or docstring, plain operators."""
    from pscript import py2js

    stripped = ast.parse(ast.unparse(function)).body[0]
    assert isinstance(stripped, ast.FunctionDef)
    stripped.decorator_list, stripped.returns = [], None
    for argument in stripped.args.args:
        argument.annotation = None
    if ast.get_docstring(stripped) is not None:
        del stripped.body[0]
    stripped.body[:0] = ast.parse("PSCRIPT_OVERLOAD = False").body
    text: str = py2js(ast.unparse(stripped))
    return text.strip()
