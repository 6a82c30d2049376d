"""The model as JavaScript, for the classroom page: the same text, and the same bits.

The source of each rule, of each stage and of the turn is handed to ``pscript`` (an extra, needed
only here), which turns that small subset of Python into JavaScript. Before that, what Python says
with views and enums is said with numbers: the view ``Relation(world.relations, r, lane)`` becomes
its offset in a flat array, ``me.fear`` the number at that offset, ``Draw.CHOOSE`` its value. What
is left to write by hand, in ``classroom/engine.js``, is ``least`` and ``most``, the words of a
random number, and where a week's notes go. Arithmetic without library functions gives the
same doubles in both languages.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterable
from enum import IntEnum
from functools import cache
from graphlib import TopologicalSorter
from types import ModuleType
from typing import Any

import numpy as np

from sim import arithmetic, rules, stages, tracks, turn
from sim.inlining import Inlining, better
from sim.lanes import Row
from sim.parameters import Parameters
from sim.roster import PairTraits, RelationTraits, StateTraits
from sim.tracks import Total
from sim.vocabulary import Draw, Happening
from sim.world import Pair, Relation, State, System

LANES = """\
const lanes = {
    least: (a, b) => a < b ? a : b,
    most: (a, b) => a > b ? a : b,
};
"""
ROWS: dict[str, type[Row]] = {
    kind.__name__: kind
    for kind in (Relation, Pair, State, System, RelationTraits, PairTraits, StateTraits, Total)
}
"""Kinds of rows that become offsets; ``Parameters``, of which there is one, is an array itself."""
ENUMS: dict[str, type[IntEnum]] = {kind.__name__: kind for kind in (Draw, Happening)}
BY_HAND = ("sim.lanes", "sim.randomness")
"""Modules of which the page has its own version, under the last part of their names."""


# What is translated


def rule_modules() -> tuple[ModuleType, ...]:
    """Return :mod:`sim.arithmetic` and the modules of rules, each after those it calls."""
    return _in_order([arithmetic, *_modules_of(rules)])


def turn_modules() -> tuple[ModuleType, ...]:
    """Return the modules of stages, the turn and its record, each after those it calls."""
    return _in_order([*_modules_of(stages), turn, tracks])


def functions(module: ModuleType) -> dict[str, ast.FunctionDef]:
    """Return the compiled functions of a module by name, in the order of its text."""
    body = ast.parse(inspect.getsource(module)).body
    return {
        node.name: node
        for node in body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(d, ast.Name) and d.id == "jit" for d in node.decorator_list)
    }


def javascript() -> str:
    """Return all rules as JavaScript: one object a module, of the functions by their names.

    Arguments are numbers in the order of the Python function; parameters ``p`` are an array in the
    order of :class:`~sim.parameters.Parameters`. A truth value may come as 0 or 1.
    """
    return LANES + _objects(rule_modules(), rule_modules())


def javascript_of_turn() -> str:
    """Return rules, stages, the turn and its record as JavaScript.

    Needed around it are ``lanes`` with ``least``, ``most`` and ``note``; ``randomness.uniforms``,
    which leaves four numbers in ``drawn`` beside it; and ``here``, which holds a flat array under
    the name of every kind of row. The argument ``lane`` means nothing; ``atlas.toward`` is flat.
    """
    every = (*rule_modules(), *turn_modules())
    return _objects(every, every)


def _modules_of(package: ModuleType) -> list[ModuleType]:
    found = pkgutil.iter_modules(package.__path__)
    return [importlib.import_module(f"{package.__name__}.{each.name}") for each in found]


def _in_order(modules: Iterable[ModuleType]) -> tuple[ModuleType, ...]:
    """Return modules, each after those it imports from."""
    known = {module.__name__: module for module in modules}
    needs = {name: sorted({m for m, _ in _imports(known[name])} & set(known)) for name in known}
    return tuple(known[name] for name in TopologicalSorter(needs).static_order())


def _imports(module: ModuleType) -> list[tuple[str, str]]:
    """Return the module and the name of everything a module imports from the package.

    A module that is imported as a whole has no name.
    """
    found = []
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                is_module = isinstance(getattr(module, alias.name, None), ModuleType)
                found.append((whole, "") if is_module else (str(node.module), alias.name))
    return found


# One module


def _objects(modules: Iterable[ModuleType], known: Iterable[ModuleType]) -> str:
    given = {*BY_HAND, *(module.__name__ for module in known)}
    return "".join(_object(module, given) for module in modules)


def _short(name: str) -> str:
    """Return what a module is called in JavaScript; a stage may have the name of its rules."""
    parts = name.split(".")[1:]
    return f"{parts[1]}_stage" if parts[0] == "stages" else parts[-1]


def _object(module: ModuleType, given: set[str]) -> str:
    """Return one module's functions as an object that knows what the module imports."""
    taken = [
        f"const {{ {name} }} = {_short(source)};"
        for source, name in _imports(module)
        if source in given and name and name in _used(module)
    ]
    own = functions(module)
    made = [_function(function, module) for function in own.values()]
    told = _constants(module, own.values())
    body = "\n".join([*taken, *told, *made, f"return {{ {', '.join(own)} }};"])
    return f"const {_short(module.__name__)} = (() => {{\n{textwrap.indent(body, '    ')}\n}})();\n"


def _used(module: ModuleType) -> set[str]:
    """Return the names that the functions of a module use, but for those replaced by numbers."""
    gone = {*ROWS, *ENUMS, "Parameters", "anywhere", "where"}
    return {
        node.id
        for function in functions(module).values()
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id not in gone
    }


def _constants(module: ModuleType, own: Iterable[ast.FunctionDef]) -> list[str]:
    """Return the arrays of numbers that a module's functions use."""
    return [
        f"const {name} = {getattr(module, name).tolist()};"
        for name in sorted(_used(module))
        if isinstance(getattr(module, name, None), np.ndarray)
    ]


# One function


def _function(function: ast.FunctionDef, module: ModuleType) -> str:
    """Return one function as JavaScript: no decorator, annotation or docstring, plain operators."""
    from pscript import py2js

    stripped = ast.parse(ast.unparse(function)).body[0]
    assert isinstance(stripped, ast.FunctionDef)
    if ast.get_docstring(stripped) is not None:
        del stripped.body[0]
    flat = _Flat(stripped, module)
    stripped.body = [statement for part in stripped.body for statement in flat.statements(part)]
    if module.__name__.startswith("sim.stages."):
        stripped.body = Inlining(_flat_rules()).block(stripped.body)
    stripped.decorator_list, stripped.returns = [], None
    for argument in stripped.args.args:
        argument.annotation = None
    first = ["PSCRIPT_OVERLOAD = False", *(f"{flat.array(k)} = here.{k}" for k in flat.kinds)]
    stripped.body[:0] = ast.parse("\n".join(first)).body
    text: str = py2js(ast.unparse(ast.fix_missing_locations(stripped)))
    return text.strip()


class _Flat(ast.NodeTransformer):
    """Says with numbers what a function says with views, enums and tuples.

    Args:
        function: the function, with the annotations of its arguments.
        module: where it is from.
    """

    def __init__(self, function: ast.FunctionDef, module: ModuleType) -> None:
        self.module = module
        self.kinds: list[str] = []  # of rows, in the order of use
        self.views: dict[str, str] = {}  # local name -> kind of row
        self.local = {a.arg for a in function.args.args}
        for argument in function.args.args:
            if isinstance(argument.annotation, ast.Name):
                self._view(argument.arg, argument.annotation.id)
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.local.add(node.id)
            if isinstance(node, ast.Assign):
                for name, value in _pairs(node):
                    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
                        self._view(name, value.func.id)

    def _view(self, name: str, kind: str) -> None:
        if kind in ROWS or kind == "Parameters":
            self.views[name] = kind

    def array(self, kind: str) -> str:
        """Return the local name of the array of a kind of row."""
        return f"{kind.lower()}_"

    def statements(self, node: ast.stmt) -> list[ast.stmt]:
        """Return a statement as one or more."""
        made = self.visit(node)
        return made if isinstance(made, list) else [made]

    def visit_Assign(self, node: ast.Assign) -> Any:
        """Take draws one by one from where they are left, and views apart."""
        parts = _pairs(node)
        if isinstance(node.value, ast.Call) and _called(node.value) == "uniforms":
            call = self.visit_Call(node.value)
            names = [t.id for t in node.targets[0].elts]  # type: ignore[attr-defined]
            taken = [f"{n} = randomness.drawn[{k}]" for k, n in enumerate(names) if n != "_"]
            return [ast.Expr(call), *ast.parse("\n".join(taken)).body]
        if len(parts) > 1:
            return [self.generic_visit(ast.Assign([ast.Name(n, ast.Store())], v)) for n, v in parts]
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> Any:
        """Turn the making of a view into its offset; a condition in any lane is the condition."""
        name = _called(node)
        if name == "Parameters":
            return ast.parse("here.Parameters", mode="eval").body
        if name in ROWS:
            row = self.visit(node.args[1])
            return ast.BinOp(row, ast.Mult(), ast.Constant(len(ROWS[name].FIELDS)))
        given = [self.visit(argument) for argument in node.args]
        if name == "anywhere":
            return _holds(given[0])
        if name == "where":
            return ast.IfExp(_holds(given[0]), given[1], given[2])
        if name in ("least", "most") and all(_is_plain(value) for value in given):
            return better(name, given)
        known = getattr(self.module, name, None)
        home = getattr(getattr(known, "py_func", known), "__module__", "")
        if home.startswith(("sim.rules.", "sim.arithmetic")):
            return ast.Call(ast.parse(f"{_short(home)}.{name}", mode="eval").body, given, [])
        return ast.Call(self.visit(node.func), given, [])

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """Turn a field into the number at its offset, and a member of an enum into its value."""
        if isinstance(node.value, ast.Name) and node.value.id in ENUMS:
            return ast.Constant(int(ENUMS[node.value.id][node.attr]))
        if isinstance(node.value, ast.Name):
            kind = self.views.get(node.value.id)
        else:
            kind = _called(node.value) if isinstance(node.value, ast.Call) else None
        if kind == "Parameters":
            at = ast.Constant(Parameters.FIELDS.index(node.attr))
            return ast.Subscript(self.visit(node.value), at, node.ctx)
        if kind in ROWS:
            if kind not in self.kinds:
                self.kinds.append(kind)
            at = ast.Constant(ROWS[kind].FIELDS.index(node.attr))
            offset = ast.BinOp(self.visit(node.value), ast.Add(), at)
            return ast.Subscript(ast.Name(self.array(kind), ast.Load()), offset, node.ctx)
        whole = ast.unparse(node.value)
        known = getattr(self.module, whole, None)
        if isinstance(known, ModuleType):
            return ast.Attribute(ast.Name(_short(known.__name__), ast.Load()), node.attr, node.ctx)
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        """Turn ``atlas.toward[i, side]`` into a place in a flat array of two columns."""
        if isinstance(node.slice, ast.Tuple):
            row, column = map(self.visit, node.slice.elts)
            at = ast.BinOp(ast.BinOp(row, ast.Mult(), ast.Constant(2)), ast.Add(), column)
            return ast.Subscript(self.visit(node.value), at, node.ctx)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> Any:
        """Turn a constant of the module into its number."""
        known = None if node.id in self.local else getattr(self.module, node.id, None)
        return ast.Constant(known) if isinstance(known, int | float) else node


def _holds(condition: ast.expr) -> ast.expr:
    """Return a condition, which may be 0 or 1, as a truth value."""
    if isinstance(condition, ast.Compare):
        return condition
    return ast.Compare(condition, [ast.NotEq()], [ast.Constant(0)])


def _is_plain(value: ast.expr) -> bool:
    """Say whether a value may stand twice: a name, a number, or a field of a row."""
    if isinstance(value, ast.UnaryOp):
        return _is_plain(value.operand)
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.BinOp):
        return isinstance(value.slice.left, ast.Name)
    return isinstance(value, ast.Name | ast.Constant)


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


@cache
def _flat_rules() -> dict[str, ast.FunctionDef]:
    """Return every rule, said with numbers, by ``module.function``."""
    found = {}
    for module in rule_modules():
        for name, function in functions(module).items():
            flat = _Flat(function, module)
            body = function.body[1:] if ast.get_docstring(function) else function.body
            function.body = [made for part in body for made in flat.statements(part)]
            found[f"{_short(module.__name__)}.{name}"] = function
    return found


def _pairs(node: ast.Assign) -> list[tuple[str, ast.expr]]:
    """Return the names and values of an assignment; none where it is not to plain names.

    Of a tuple the values are taken apart only where each makes a view or is a constant: nothing
    then depends on their being assigned at once.
    """
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Name):
        return [(target.id, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        names = [t.id for t in target.elts if isinstance(t, ast.Name)]
        return list(zip(names, value.elts, strict=True))
    return []
