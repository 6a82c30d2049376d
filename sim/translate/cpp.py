"""The functions that the engine needs, said in C++.

The subset of Python is the one that rules and stages are written in: arithmetic and comparisons,
``where``, ``least``, ``most``; views of rows; ``for`` over a range, ``while`` and ``if`` over whole
numbers; functions of the package. Types follow from the arguments, as they do in Python: every
function becomes a template, so that a lane may be one world or sixteen. What a value is in C++
stands in ``prelude.hpp``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from sim.translate.reading import (
    Constant,
    Function,
    Meaning,
    Module,
    Package,
    RowClass,
    Struct,
    TranslationError,
)

PRELUDE = Path(__file__).parent / "prelude.hpp"
LEVEL = Path(__file__).parent / "level.hpp"
EXPORT = """\
#if defined(_WIN32)
#define EXPORT extern "C" __declspec(dllexport)
#else
#define EXPORT extern "C" __attribute__((visibility("default")))
#endif
"""
ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.BitXor: "^",
              ast.FloorDiv: "/", ast.Mod: "%"}  # fmt: skip
NAMED = {ast.BitAnd: "both_", ast.BitOr: "either_", ast.LShift: "left_", ast.RShift: "right_"}
COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==",
               ast.NotEq: "!="}  # fmt: skip
WORDS = {"where": "where", "least": "least", "most": "most", "anywhere": "anywhere",
         "word": "word", "words": "words", "fraction": "fraction", "scaled": "scaled",
         "note": "note", "min": "smaller_", "max": "larger_", "int": "I"}  # fmt: skip
"""Functions of :mod:`sim.lanes` and of Python that the prelude has."""
ELEMENTS = {"float32": "REAL", "float64": "double", "int64": "I", "int32": "i32",
            "uint32": "u32", "uint16": "u16", "uint8": "u8"}  # fmt: skip
ARRAYS = {"Reals": "REAL", "Floats": "double", "Ints": "I"}
PARTS = "abcd"
INDENT = "  "


@dataclass
class Text:
    """What has been said so far."""

    package: Package
    structs: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def function(self, function: Function) -> str:
        """Say a function, after those it calls, and return its name."""
        if function.name in self._open:
            raise TranslationError(f"{function.name} calls itself")
        if function.name not in self.functions:
            self._open.append(function.name)
            said = _Body(self, function).said()
            self._open.pop()
            self.functions[function.name] = said
        return function.name

    def struct(self, struct: Struct) -> str:
        """Say a named tuple, after those it holds, and return its name."""
        if struct.name not in self.structs:
            fields = [f"{INDENT}{self.type_of(struct.module, a)} {name};"
                      for name, a in struct.fields]  # fmt: skip
            self.structs[struct.name] = f"struct {struct.name} {{\n" + "\n".join(fields) + "\n};\n"
        return struct.name

    def constant(self, constant: Constant) -> str:
        """Say a table of numbers, and return its name."""
        if constant.name not in self.constants:
            values = list(constant.value)
            whole = all(isinstance(v, int) for v in values)
            told = ", ".join(_number(v) for v in values)
            kind = "I" if whole else "W"
            self.constants[constant.name] = f"static const {kind} {constant.name}[] = {{{told}}};\n"
        return constant.name

    def type_of(self, module: Module, annotation: ast.expr | None) -> str:
        """Return the C++ type of an annotation."""
        told = ast.unparse(annotation) if annotation is not None else ""
        if told == "int":
            return "I"
        if told == "float":
            return "REAL"
        if told in ARRAYS:
            return f"Array<{ARRAYS[told]}>"
        if told.startswith("NDArray["):
            return f"Array<{ELEMENTS[told.removeprefix('NDArray[np.').removesuffix(']')]}>"
        meaning = module.meaning(told)
        if isinstance(meaning, Struct):
            return self.struct(meaning)
        raise TranslationError(f"{module.name}: {told} is no type of the engine")

    def whole(self) -> str:
        """Return everything said, in an order that compiles."""
        parts = (self.structs, self.constants, self.functions)
        return "\n".join(said for part in parts for said in part.values())


def _number(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, int) else f"K({float(value)!r})"


class _Body:
    """The body of a function, being said."""

    def __init__(self, text: Text, function: Function) -> None:
        self.text, self.function, self.module = text, function, function.module
        node = function.node
        self.scopes: list[set[str]] = [{a.arg for a in node.args.args}]
        self.rows: dict[str, RowClass] = {}  # names that are views, and of what
        for argument in node.args.args:
            if isinstance(argument.annotation, ast.Name):
                self._see(argument.arg, self._meaning(argument.annotation.id))
        self.n_taken = 0
        branching = ast.For | ast.While | ast.If
        self.is_straight = not any(isinstance(part, branching) for part in ast.walk(node))
        self.version: dict[str, int] = {}  # of straight lines: a name set again is another
        self.repeated = set() if self.is_straight else _assigned_again(node)

    def said(self) -> str:
        """Return the function."""
        arguments = ", ".join(map(self._argument, self.function.node.args.args))
        lines = self._block(self.function.node.body, INDENT)
        head = f"INLINE auto {self.function.name}({arguments}) {{"
        return "\n".join([head, *lines, "}", ""])

    def _argument(self, argument: ast.arg) -> str:
        """Say an argument: of any type, a named tuple by reference."""
        name = argument.annotation.id if isinstance(argument.annotation, ast.Name) else ""
        is_struct = isinstance(self._meaning(name), Struct)
        return f"{'const auto&' if is_struct else 'auto'} {argument.arg}"

    # Names

    def _meaning(self, name: str) -> Meaning | None:
        try:
            return self.module.meaning(name)
        except (TranslationError, ModuleNotFoundError):
            return None

    def _see(self, name: str, meaning: Meaning | None) -> None:
        if isinstance(meaning, RowClass):
            self.rows[name] = meaning

    def _is_local(self, name: str) -> bool:
        return any(name in scope for scope in self.scopes)

    def _local(self, name: str) -> str:
        return f"{name}__{self.version[name]}" if name in self.version else name

    def _row_of(self, node: ast.expr) -> RowClass | None:
        """Return what a view is a view of; None for what is no view."""
        if isinstance(node, ast.Name):
            return self.rows.get(node.id)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            meaning = self._meaning(node.func.id)
            return meaning if isinstance(meaning, RowClass) else None
        return None

    def _fail(self, node: ast.AST, told: str) -> TranslationError:
        line = getattr(node, "lineno", self.function.node.lineno)
        place = f"{self.module.name}, line {line}"
        return TranslationError(f"{place}: {told}: {ast.unparse(node)}")

    # Statements

    def _block(self, body: Iterable[ast.stmt], indent: str) -> list[str]:
        self.scopes.append(set())
        lines = [indent + line for statement in body for line in self._statement(statement)]
        self.scopes.pop()
        return lines

    def _statement(self, node: ast.stmt) -> Iterator[str]:
        match node:
            case ast.Expr(ast.Constant()) | ast.Pass():
                return
            case ast.Expr(value):
                yield f"{self._value(value)};"
            case ast.Return(None):
                yield "return;"
            case ast.Return(value):
                assert value is not None
                yield f"return {self._given(value)};"
            case ast.Continue():
                yield "continue;"
            case ast.Break():
                yield "break;"
            case ast.Assign([target], value):
                yield from self._assign(target, value)
            case ast.AnnAssign(target, _, value) if value is not None:
                yield from self._assign(target, value)
            case ast.AugAssign(target, operator, value):
                whole = ast.BinOp(_loaded(target), operator, value)
                yield from self._set(target, self._value(whole))
            case ast.For():
                yield from self._for(node)
            case ast.While(test, body, []):
                yield f"while ({self._value(test)}) {{"
                yield from self._block(body, INDENT)
                yield "}"
            case ast.If():
                yield from self._if(node)
            case _:
                raise self._fail(node, "this statement has no translation")

    def _if(self, node: ast.If) -> Iterator[str]:
        yield f"if ({self._value(node.test)}) {{"
        yield from self._block(node.body, INDENT)
        if node.orelse:
            yield "} else {"
            yield from self._block(node.orelse, INDENT)
        yield "}"

    def _for(self, node: ast.For) -> Iterator[str]:
        match node:
            case ast.For(ast.Name(name), ast.Call(ast.Name("range"), bounds), body, []):
                first, stop = ["0", *map(self._value, bounds)][-2:]
            case _:
                raise self._fail(node, "a loop goes over a range")
        end = f"{name}_end"
        yield f"for (I {name} = {first}, {end} = {stop}; {name} < {end}; ++{name}) {{"
        self.scopes.append({name})
        yield from self._block(body, INDENT)
        self.scopes.pop()
        yield "}"

    def _assign(self, target: ast.expr, value: ast.expr) -> Iterator[str]:
        if not isinstance(target, ast.Tuple):
            if isinstance(target, ast.Name):
                self._see(target.id, self._row_of(value))
            yield from self._set(target, self._given(value))
            return
        self.n_taken += 1
        taken = f"taken{self.n_taken}"
        if isinstance(value, ast.Tuple):
            if len(value.elts) == len(target.elts) and all(map(_is_plain, value.elts)):
                for one, its in zip(target.elts, value.elts, strict=True):
                    yield from self._assign(one, its)
                return
            names = [f"{taken}_{k}" for k in range(len(value.elts))]
            for name, one, its in zip(names, target.elts, value.elts, strict=True):
                if isinstance(one, ast.Name):
                    self._see(one.id, self._row_of(its))
                yield f"auto {name} = {self._given(its)};"
        else:
            yield f"auto {taken} = {self._value(value)};"
            names = [f"{taken}.{part}" for part in PARTS[: len(target.elts)]]
        for one, name in zip(target.elts, names, strict=True):
            if not (isinstance(one, ast.Name) and one.id == "_"):
                yield from self._set(one, name)

    def _set(self, target: ast.expr, said: str) -> Iterator[str]:
        match target:
            case ast.Name(name) if self._is_local(name) and self.is_straight:
                self.version[name] = self.version.get(name, 1) + 1
                yield f"auto {self._local(name)} = {said};"
            case ast.Name(name) if self._is_local(name):
                yield f"{name} = {said};"
            case ast.Name(name):
                self.scopes[-1].add(name)
                yield f"auto {name} = {f'lift_({said})' if name in self.repeated else said};"
            case ast.Attribute(of, name):
                row = self._row_of(of)
                if row is None:
                    raise self._fail(target, "only fields of rows can be set")
                yield f"store_({self._value(of)}, {self._field(row, target)}, {said});"
            case ast.Subscript(of, at) if self._row_of(of) is not None:
                yield f"store_({self._value(of)}, {self._value(at)}, {said});"
            case ast.Subscript():
                yield f"{self._value(target)} = {said};"
            case _:
                raise self._fail(target, "this cannot be assigned to")

    # Expressions

    def _given(self, node: ast.expr) -> str:
        """Say a value that is named, handed on or returned: a whole number gets its full width."""
        said = self._value(node)
        plain = node.operand if isinstance(node, ast.UnaryOp) else node
        is_number = isinstance(plain, ast.Constant) or said.lstrip("-").isdigit()
        return f"I({said})" if is_number and "K(" not in said else said

    def _value(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value) if isinstance(value, bool | int | float):
                return _number(value)
            case ast.Name(name):
                if self._is_local(name):
                    return self._local(name)
                return self._named(node, self._meaning(name))
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                return self._element(node)
            case ast.BinOp(left, operator, right):
                return self._operation(node, left, operator, right)
            case ast.UnaryOp(ast.USub(), operand):
                return f"(-{self._value(operand)})"
            case ast.UnaryOp(ast.Not(), operand):
                return f"(!{self._value(operand)})"
            case ast.Compare(left, [operator], [right]):
                sign = COMPARISONS.get(type(operator))
                if sign is None:
                    raise self._fail(node, "this comparison has no translation")
                return f"({self._value(left)} {sign} {self._value(right)})"
            case ast.BoolOp(operator, values):
                sign = " && " if isinstance(operator, ast.And) else " || "
                return f"({sign.join(map(self._value, values))})"
            case ast.IfExp(test, yes, no):
                return f"({self._value(test)} ? {self._given(yes)} : {self._given(no)})"
            case ast.Call():
                return self._call(node)
            case ast.Tuple(elements):
                return f"pack_({', '.join(map(self._given, elements))})"
            case _:
                raise self._fail(node, "this has no translation")

    def _operation(
        self, node: ast.BinOp, left: ast.expr, operator: ast.operator, right: ast.expr
    ) -> str:
        if _is_written(node):
            return _number(eval(compile(ast.Expression(node), self.module.name, "eval")))
        if sign := ARITHMETIC.get(type(operator)):
            return f"({self._value(left)} {sign} {self._value(right)})"
        if name := NAMED.get(type(operator)):
            return f"{name}({self._value(left)}, {self._value(right)})"
        raise self._fail(node, "this operation has no translation")

    def _named(self, node: ast.expr, meaning: Meaning | None) -> str:
        """Say what a name of the module stands for."""
        if isinstance(meaning, Function):
            return self.text.function(meaning)
        if isinstance(meaning, Constant):
            value = meaning.value
            if isinstance(value, Enum | int):
                return str(int(value))  # type: ignore[arg-type]
            return _number(value) if isinstance(value, float) else self.text.constant(meaning)
        raise self._fail(node, "the module does not know this name")

    def _field(self, row: RowClass, node: ast.Attribute) -> int:
        if node.attr not in row.FIELDS:
            raise self._fail(node, f"{row.name} has no field {node.attr}")
        return row.FIELDS.index(node.attr)

    def _attribute(self, node: ast.Attribute) -> str:
        row = self._row_of(node.value)
        if row is not None:
            return f"load_({self._value(node.value)}, {self._field(row, node)})"
        if isinstance(node.value, ast.Name) and not self._is_local(node.value.id):
            meaning = self._meaning(node.value.id)
            if isinstance(meaning, Module):
                return self._named(node, meaning.meaning(node.attr))
            if isinstance(meaning, Constant):
                member = getattr(meaning.value, node.attr)
                return str(int(member)) if isinstance(member, int) else _number(member)
        return f"{self._value(node.value)}.{node.attr}"

    def _element(self, node: ast.Subscript) -> str:
        if isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
            return f"{self._value(node.value.value)}.n[{self._value(node.slice)}]"
        at = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        of = self._value(node.value)
        if self._row_of(node.value) is not None:
            return f"load_({of}, {self._value(node.slice)})"
        if of in self.text.constants:
            return f"{of}[{self._value(node.slice)}]"
        return f"{of}({', '.join(map(self._value, at))})"

    def _call(self, node: ast.Call) -> str:
        if node.keywords:
            raise self._fail(node, "arguments are given by place")
        if isinstance(node.func, ast.Name):
            name = node.func.id
            if name == "len":
                return self._length(node.args[0])
            if name == "row_of":
                return f"{self._value(node.args[0])}.row({self._value(node.args[1])})"
            if name in WORDS:
                return f"{WORDS[name]}({', '.join(map(self._value, node.args))})"
            if row := self._row_of(node):
                return self._view(row, node.args)
        return f"{self._value(node.func)}({', '.join(map(self._given, node.args))})"

    def _length(self, node: ast.expr) -> str:
        said = self._value(node)
        if said in self.text.constants and isinstance(node, ast.Name):
            meaning = self.module.meaning(node.id)
            assert isinstance(meaning, Constant)
            return str(len(meaning.value))
        return f"{said}.n[0]"

    def _view(self, row: RowClass, arguments: list[ast.expr]) -> str:
        """Say a view; parameters may be the same in all lanes, which the world's type says."""
        array, at, lane = arguments
        if row.fixed:
            return f"fixed_<{len(row.FIELDS)}>({self._value(array)}, {self._value(at)})"
        if isinstance(array, ast.Attribute) and array.attr == "parameters":
            return (
                f"parameters_<{len(row.FIELDS)}>({self._value(array.value)}, {self._value(lane)})"
            )
        given = f"{self._value(array)}, {self._value(at)}, {self._value(lane)}"
        return f"view_<{len(row.FIELDS)}>({given})"


def _loaded(target: ast.expr) -> ast.expr:
    """Return the target of an assignment as the value that stands there."""
    return ast.parse(ast.unparse(target), mode="eval").body


def _is_plain(node: ast.expr) -> bool:
    """Say whether a value reads nothing that an assignment beside it may change."""
    return isinstance(node, ast.Constant) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)
    )


def _is_written(node: ast.expr) -> bool:
    """Say whether a value consists of written numbers, so that it is what Python makes of them."""
    match node:
        case ast.BinOp(left, _, right):
            return _is_written(left) and _is_written(right)
        case ast.UnaryOp(ast.USub(), operand):
            return _is_written(operand)
        case ast.Constant(value):
            return isinstance(value, int | float)
    return False


def _assigned_again(node: ast.FunctionDef) -> set[str]:
    """Return the names that a function assigns more than once."""
    seen: set[str] = set()
    again: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            (again if part.id in seen else seen).add(part.id)
        if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            again.add(part.target.id)
    return again


# The library


@dataclass(frozen=True)
class Entry:
    """A function that Python calls in the library."""

    module: str
    function: str
    wide: bool = True  # plays all lanes of a block, so that its ``lane`` is a group


def translated(package: Package, entries: Iterable[Entry]) -> str:
    """Return the C++ of some entries and of all they need.

    Args:
        package: the package's text.
        entries: what Python calls.

    Raises:
        TranslationError: if a function uses what has no translation.
    """
    text = Text(package)
    exported = [_exported(text, package, entry) for entry in entries]
    width = "EXPORT int spiral_width(void) { return WIDTH; }\n"
    told = [EXPORT, PRELUDE.read_text("utf-8"), _worlds(text), *exported, width]
    return "\n".join([*told, LEVEL.read_text("utf-8")])


def level() -> str:
    """Return the C++ of a library that says what the processor can do, and nothing else."""
    return EXPORT + LEVEL.read_text("utf-8")


def _worlds(text: Text) -> str:
    """Say everything so far, with the two kinds of worlds where parameters are read."""
    structs = "\n".join(text.structs.values())
    rest = "\n".join([*text.constants.values(), *text.functions.values()])
    return f"{structs}\n{UNIFORM if 'World' in text.structs else ''}\n{rest}"


UNIFORM = """\
// A world whose parameters are the same in every lane.
struct UniformWorld : World {};
template <int FIELDS> INLINE WideRow parameters_(const World& world, Group lane) {
  return WideRow{world.parameters.p + lane.first};
}
template <int FIELDS> INLINE LaneRow parameters_(const World& world, I lane) {
  return view_<FIELDS>(world.parameters, 0, lane);
}
template <int FIELDS> INLINE LaneRow parameters_(const UniformWorld& world, Group) {
  return LaneRow{world.parameters.p, 1};
}
template <int FIELDS> INLINE LaneRow parameters_(const UniformWorld& world, I) {
  return LaneRow{world.parameters.p, 1};
}
"""


def _exported(text: Text, package: Package, entry: Entry) -> str:
    """Say the function that the library exports for an entry."""
    module = package.module(entry.module)
    function = Function(module, module.functions[entry.function])
    text.function(function)
    head, given, has_world = [], [], False
    for argument in function.node.args.args:
        kind = text.type_of(module, argument.annotation)
        if argument.arg == "lane" and entry.wide:
            given.append("Group{0}")
        elif kind in ("I", "REAL"):
            head.append(f"{kind} {argument.arg}")
            given.append(argument.arg)
        else:
            head.append(f"const {kind}* {argument.arg}")
            given.append(f"*{argument.arg}")
            has_world |= kind == "World"
    answer = "I" if ast.unparse(function.node.returns or ast.Constant(None)) == "int" else "void"
    call = f"{function.name}({', '.join(given)})"
    lines = [f"{INDENT}{'return ' if answer == 'I' else ''}{call};"]
    if has_world:
        uniform = call.replace("*world", "*(const UniformWorld*)world")
        lines.insert(0, f"{INDENT}if (world->parameters.n[2] == 1) {{ {uniform}; return; }}")
    name = f"spiral_{entry.function.strip('_')}"
    return "\n".join([f"EXPORT {answer} {name}({', '.join(head)}) {{", *lines, "}", ""])
