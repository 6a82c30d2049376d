"""The model's modules as text: what a name in one of them stands for.

A module is read, never imported. Constants are computed from their expressions, which may use the
standard library, enums and dataclasses of the package, and other constants.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

ROWS = frozenset({"Row", "TraitRow"})
"""Bases of a class whose annotations are the fields of a row."""


class TranslationError(ValueError):
    """The text uses something that has no translation; the message names the place."""


@dataclass(frozen=True)
class Function:
    """A function of a module."""

    module: Module
    node: ast.FunctionDef

    @property
    def name(self) -> str:
        """Its name in C++."""
        return f"{self.module.short}_{self.node.name}"


@dataclass(frozen=True)
class RowClass:
    """A view of a row of a block array."""

    name: str
    FIELDS: tuple[str, ...]  # the name that the class itself has for them
    fixed: bool  # one lane for all worlds


@dataclass(frozen=True)
class Struct:
    """A named tuple of arrays and numbers."""

    module: Module
    name: str
    fields: tuple[tuple[str, ast.expr], ...]  # name and annotation


@dataclass(frozen=True)
class Constant:
    """A number, or a table of them."""

    name: str
    value: Any


@dataclass(eq=False)
class Module:
    """A module of the package."""

    package: Package
    name: str
    tree: ast.Module
    _values: dict[str, Any] = field(default_factory=dict)

    @property
    def short(self) -> str:
        """Its last name."""
        return self.name.rpartition(".")[2]

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef]:
        """Functions by name."""
        return {n.name: n for n in self.tree.body if isinstance(n, ast.FunctionDef)}

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """Classes by name."""
        return {n.name: n for n in self.tree.body if isinstance(n, ast.ClassDef)}

    @cached_property
    def imports(self) -> dict[str, tuple[str, str]]:
        """What is imported from a module, by its name here: the module, and the name there."""
        found = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    found[alias.asname or alias.name] = (node.module, alias.name)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name.split(".")[0]] = (alias.name, "")
        return found

    @cached_property
    def expressions(self) -> dict[str, ast.expr]:
        """Expressions that the module's names are assigned, by name."""
        found: dict[str, ast.expr] = {}
        for node in self.tree.body:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        found[target.id] = node.value
                    elif isinstance(target, ast.Tuple):
                        for k, element in enumerate(target.elts):
                            at = ast.Subscript(node.value, ast.Constant(k), ast.Load())
                            # list(...) so that a range or any other sequence can be indexed
                            at.value = ast.Call(ast.Name("list", ast.Load()), [node.value], [])
                            found[element.id] = at  # type: ignore[attr-defined]
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                found[node.target.id] = node.value  # type: ignore[union-attr]
        return found

    def meaning(self, name: str) -> Meaning:
        """Return what a name stands for.

        Raises:
            TranslationError: if the module does not know it.
        """
        if name in self.functions:
            return Function(self, self.functions[name])
        if name in self.classes:
            return self._class(self.classes[name])
        if name in self.imports:
            module, there = self.imports[name]
            return self.package.imported(module, there)
        if name in self.expressions:
            return Constant(f"{self.short}_{name.strip('_')}", self.value(name))
        raise TranslationError(f"{self.name}: {name} is not known")

    def _class(self, node: ast.ClassDef) -> Meaning:
        bases = {b.id for b in node.bases if isinstance(b, ast.Name)}
        fields = [(n.target.id, n.annotation) for n in node.body if isinstance(n, ast.AnnAssign)
                  and isinstance(n.target, ast.Name)]  # fmt: skip
        if bases & ROWS:
            names = tuple(name for one in node.body for name in self.fields(one))
            return RowClass(node.name, names, "TraitRow" in bases)
        if "NamedTuple" in bases:
            return Struct(self, node.name, tuple(fields))
        return Constant(node.name, self.value(node.name))

    def fields(self, node: ast.stmt) -> tuple[str, ...]:
        """Return the fields for which a line of a row stands: several, or one, or none."""
        match node:
            case ast.AnnAssign(value=ast.Call(ast.Name("each"), [ast.Name(names)])):
                return tuple(self.value(names))
            case ast.AnnAssign(ast.Name(name)):
                return (name,)
            case _:
                return ()

    def value(self, name: str) -> Any:
        """Return the value of a constant, a dataclass or an enum, computed from its text."""
        if name not in self._values:
            self._values[name] = self._compute(name)
        return self._values[name]

    def _compute(self, name: str) -> Any:
        if name in self.classes:
            told = self.classes[name]
            if any(isinstance(base, ast.Name) and base.id in ROWS for base in told.bases):
                return self._class(told)
            space = self._names_of(told)
            exec(compile(ast.Module([told], []), self.name, "exec"), space)
            return space[name]
        if name in self.expressions:
            told_by = self.expressions[name]
            text = ast.fix_missing_locations(ast.Expression(told_by))
            return eval(compile(text, self.name, "eval"), self._names_of(told_by))
        module, there = self.imports[name]
        if self.package.has(module):
            found = self.package.module(module)
            return found if not there else found.value(there)
        if module.split(".")[0] not in sys.stdlib_module_names:
            raise TranslationError(f"{self.name}: {name} comes from {module}, not computed here")
        library = importlib.import_module(module)
        return getattr(library, there) if there else library

    def _names_of(self, node: ast.AST) -> dict[str, Any]:
        """Return what the names in an expression or a class stand for."""
        used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        known = used & {*self.classes, *self.expressions, *self.imports}
        own = {node.name} if isinstance(node, ast.ClassDef) else set()
        space = {n: self.value(n) for n in known - own - set(dir(builtins))}
        return space | {"__name__": __name__}


Meaning = Function | RowClass | Struct | Constant | Module


class Package:
    """The package whose text is read.

    Args:
        root: the folder that holds the packages' folders.
        names: of the packages.
    """

    def __init__(self, root: Path, names: Sequence[str] = ("sim",)) -> None:
        self.root, self.names = root, names
        self._modules: dict[str, Module] = {}

    def _path(self, module: str) -> Path | None:
        place = self.root.joinpath(*module.split("."))
        found = (place.with_suffix(".py"), place / "__init__.py")
        return next((path for path in found if path.is_file()), None)

    def has(self, module: str) -> bool:
        """Say whether a module is one of the package."""
        return module.split(".")[0] in self.names and self._path(module) is not None

    def module(self, name: str) -> Module:
        """Return a module by its dotted name."""
        if name not in self._modules:
            path = self._path(name)
            if path is None:
                raise TranslationError(f"there is no module {name}")
            self._modules[name] = Module(self, name, ast.parse(path.read_text("utf-8")))
        return self._modules[name]

    def imported(self, module: str, name: str) -> Meaning:
        """Return what ``from module import name`` brings."""
        if name and self.has(f"{module}.{name}"):
            return self.module(f"{module}.{name}")
        if not self.has(module):
            raise TranslationError(f"{module}.{name} has no translation")
        return self.module(module).meaning(name)

    @property
    def read(self) -> tuple[str, ...]:
        """Names of the modules read so far, sorted."""
        return tuple(sorted(self._modules))

    def file_of(self, module: str) -> Path:
        """Return the file of a module."""
        path = self._path(module)
        assert path is not None
        return path
