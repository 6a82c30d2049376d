"""Quantities of one's own: a short expression over what a world shows week by week.

=============================  =====================================================================
``clash[CHN-PHL]``             whether the two ever reach a clash: a share of worlds
``fear[EST>RUS]``              its mean over all weeks, week 0 (the start) among them
``fear[EST>RUS] @ 52``         what it is in week 52
``max(alarm[RUS>USA][26:])``   the most from week 26 on; ``[:26]`` is before it
``weeks(rung[CHN-PHL] >= 2)``  the number of weeks in which
``first(war[CHN-PHL])``        the first week in which; one past the last where there is none
``mine()``                     what a Python function of that name returns for the world
=============================  =====================================================================

What stands before ``[A-B]`` is an event of a pair (``display, crisis, clash, war``: that rung or
above) or a field of :class:`~sim.model.state.Pair`, before ``[A>B]`` a field of
:class:`~sim.model.state.Relation`, before ``[A]`` one of :class:`~sim.model.state.State`; a name
alone is a measure. ``+ - * /``, comparisons, ``and, or, not`` and ``abs`` go week by week;
``max, min, mean, sum, last`` give one number, ``ever, always, weeks, first`` ask for a condition.

An expression is read into a tree of the few things that are known here. Nothing is evaluated that
is not in it: no name of Python's, no attribute, no call of anything else.
"""

from __future__ import annotations

import ast
import inspect
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.engine.notes import MEASURES, Tracks, some_worlds
from sim.errors import clean, nearest
from sim.lanes import Floats
from sim.model.roster import Roster
from sim.model.state import Pair, Relation, State
from sim.model.vocabulary import Rung

EVENTS = {rung.name.lower(): rung for rung in (Rung.DISPLAY, Rung.CRISIS, Rung.CLASH, Rung.WAR)}
"""Rungs of a pair that are asked for by name: that rung or above."""
SCALE = 1000
"""A number is kept as a whole number of thousandths, so that sums do not depend on their order."""
MOST = 10_000
"""Largest number that may be kept."""
LONGEST = 200
"""Characters of an expression."""
_MEASURES = {measure.name: k for k, measure in enumerate(MEASURES)}
_ROWS: Mapping[str, Any] = {"relations": Relation, "pairs": Pair, "states": State}


def _written(kind: str, ends: Sequence[str]) -> str:
    """Return how the states of a relation, a pair or a state are written, of those given."""
    first, other = (*ends, "RUS")[:2] if len(ends) == 1 else ends[:2]
    return {"relations": f"[{first}>{other}]", "pairs": f"[{first}-{other}]"}.get(
        kind, f"[{first}]"
    )


class Field(NamedTuple):
    """A field of a relation, a pair or a state."""

    of: str  # relations, pairs or states
    row: int
    name: str


class Seen(Protocol):
    """What worlds show, ``[week, world]``."""

    roster: Roster
    n_weeks: int
    tracks: Tracks

    def field(self, of: Field) -> Floats:
        """Return a field of the state."""

    def called(self, name: str) -> Floats:
        """Return what a function of Python gives, ``[world]``."""


class ExpressionError(ValueError):
    """What is wrong with an expression, and the name most like one in it."""

    def __init__(self, told: str, like: str = "") -> None:
        super().__init__(told)
        self.like = like


class Part(NamedTuple):
    """A part of an expression, once read."""

    weekly: bool  # whether it has a value each week
    kind: str  # event (0 or 1), whole (numbers) or real
    at: Callable[[Seen], Any]


@dataclass(frozen=True)
class Asked:
    """An expression, once read."""

    text: str
    kind: str  # event, whole or real
    ends: tuple[tuple[str, ...], ...]  # codes of the states, pairs and relations that it names
    last: int  # last week that it names
    functions: tuple[str, ...]  # of Python, that it names
    at: Callable[[Seen], Any]

    def of(self, seen: Seen) -> NDArray[np.int32]:
        """Return its value in each world, as it is kept: numbers as thousandths.

        Raises:
            ArithmeticError: if it is not finite in a world, or too large.
        """
        with np.errstate(all="ignore"):
            values = np.asarray(self.at(seen), float)
        if not (np.isfinite(values) & (np.abs(values) <= MOST)).all():
            told = f"is not a number from -{MOST} to {MOST} in every world"
            raise ArithmeticError(f"{self.text}: {told}")
        kept: NDArray[np.int32] = np.rint(values * (SCALE if self.kind == "real" else 1)).astype(
            "i4"
        )
        return kept


@cache
def asked(text: str) -> Asked:
    """Return an expression, read.

    Raises:
        ExpressionError: telling what is wrong.
    """
    if not 0 < len(text) <= LONGEST or not text.isprintable():
        raise ExpressionError(f"must be a line of 1 to {LONGEST} characters")
    if text[0] in "=+-@ " or text[-1] == " ":
        raise ExpressionError("must not begin with =, +, -, @ or a blank, nor end with one")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError("is no expression, such as max(fear[EST>RUS])") from None
    reader = _Reader()
    try:
        found = reader.read(tree)
    except RecursionError:
        raise ExpressionError("is nested too deeply") from None
    if not (reader.ends or reader.measures or reader.functions):
        raise ExpressionError("names no pair, relation, state or measure")
    at = found.at
    if found.weekly:
        over = np.max if found.kind == "event" else np.mean
        found, whole = Part(False, found.kind if found.kind == "event" else "real", at), at

        def at(seen: Seen) -> Any:
            return over(whole(seen), axis=0)

    return Asked(text, found.kind, tuple(reader.ends), reader.last, tuple(reader.functions), at)


_ARITHMETIC: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
_COMPARED: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
_OVER_NUMBERS: Mapping[str, Callable[[Any], Any]] = {
    "max": lambda x: x.max(axis=0), "min": lambda x: x.min(axis=0),
    "mean": lambda x: x.mean(axis=0), "sum": lambda x: x.sum(axis=0), "last": lambda x: x[-1],
}  # fmt: skip
_OVER_EVENTS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "ever": ("event", lambda x: x.any(axis=0)), "always": ("event", lambda x: x.all(axis=0)),
    "weeks": ("whole", lambda x: x.sum(axis=0)),
    "first": ("whole", lambda x: np.where(x.any(axis=0), x.argmax(axis=0), len(x))),
}  # fmt: skip
_FUNCTIONS = (*_OVER_NUMBERS, *_OVER_EVENTS, "abs")


class _Reader:
    """Reads the tree of an expression, and notes what it names."""

    def __init__(self) -> None:
        self.ends: list[tuple[str, ...]] = []
        self.measures: list[str] = []
        self.functions: list[str] = []
        self.last = 0

    def read(self, node: ast.expr) -> Part:
        """Return a part of an expression.

        Raises:
            ExpressionError: telling what is wrong.
        """
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return Part(False, "whole" if isinstance(value, int) else "real", lambda _: value)
            case ast.Name(id=name):
                return self._measure(name)
            case ast.Subscript(value=ast.Name(id=name), slice=where) if not _is_weeks(where):
                return self._named(name, where)
            case ast.Subscript(value=inner, slice=ast.Slice(lower=low, upper=high, step=None)):
                return self._some_weeks(self._series(inner), low, high)
            case ast.BinOp(left=inner, op=ast.MatMult(), right=week):
                series, at = self._series(inner), self._week(week)
                return Part(False, series.kind, lambda seen: series.at(seen)[at])
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return self._joined(_ARITHMETIC[type(op)], left, right)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                part = self.read(inner)
                return part._replace(kind=_number(part), at=lambda seen: -1.0 * part.at(seen))
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                event = self._event(inner)
                return event._replace(at=lambda seen: np.logical_not(event.at(seen)))
            case ast.BoolOp(op=op, values=values):
                of = np.logical_and if isinstance(op, ast.And) else np.logical_or
                return _each(of, [self._event(value) for value in values], "event")
            case ast.Compare(left=left, ops=ops, comparators=rest):
                return self._compared([left, *rest], [type(op) for op in ops])
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._called(name, args)
        told = f"cannot hold {clean(ast.unparse(node))}"
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
            told += "; write and, or"
        raise ExpressionError(told)

    def _measure(self, name: str) -> Part:
        if name not in _MEASURES:
            told = f"has no measure {clean(name)}; of a pair, relation or state write its codes"
            raise ExpressionError(f"{told}: clash[CHN-PHL]", nearest(name, _MEASURES))
        self.measures.append(name)
        k, measure = _MEASURES[name], MEASURES[_MEASURES[name]]
        kind = "whole" if measure.scale == 1 else "real"
        return Part(
            True, kind, lambda seen: seen.tracks.levels[:, k] / measure.scale - measure.offset
        )

    def _named(self, name: str, where: ast.expr) -> Part:
        match where:
            case ast.Name(id=code) if _is_code(code):
                return self._field("states", name, (code,))
            case ast.BinOp(left=ast.Name(id=a), op=ast.Sub(), right=ast.Name(id=b)) if _is_code(
                a
            ) and _is_code(b):
                if name in EVENTS or name == "rung":
                    return self._rung(name, (a, b))
                return self._field("pairs", name, (a, b))
            case ast.Compare(left=ast.Name(id=a), ops=[ast.Gt()], comparators=[ast.Name(id=b)]) if (
                _is_code(a) and _is_code(b)
            ):
                return self._field("relations", name, (a, b, ""))
        told = f"{clean(name)}[...] must hold codes: [CHN-PHL] a pair, [EST>RUS] a relation, [RUS]"
        raise ExpressionError(f"{told} a state")

    def _rung(self, name: str, ends: tuple[str, str]) -> Part:
        self.ends.append(ends)

        def rung(seen: Seen) -> Any:
            return seen.tracks.rungs[:, _pair(seen.roster, *ends)]

        if name == "rung":
            return Part(True, "whole", rung)
        least = EVENTS[name]
        return Part(True, "event", lambda seen: rung(seen) >= least)

    def _field(self, of: str, name: str, ends: tuple[str, ...]) -> Part:
        fields: Sequence[str] = _ROWS[of].FIELDS
        if name not in fields:
            elsewhere = [kind for kind, row in _ROWS.items() if name in row.FIELDS]
            if elsewhere or name in EVENTS:
                kind = elsewhere[0] if elsewhere else "pairs"
                told = f"{name} is of a {kind[:-1]}: write {name}{_written(kind, ends)}"
                raise ExpressionError(f"has no {name} of a {of[:-1]}; {told}")
            known = (*fields, *EVENTS) if of == "pairs" else fields
            told = f"has no {clean(name)} of a {of[:-1]}; there are {', '.join(sorted(known))}"
            raise ExpressionError(told, nearest(name, known))
        self.ends.append(ends)

        def values(seen: Seen) -> Any:
            roster = seen.roster
            row = (
                roster.codes.index(ends[0]) if of == "states"
                else _pair(roster, *ends) if of == "pairs" else roster.relation(*ends[:2])
            )  # fmt: skip
            return seen.field(Field(of, row, name))

        return Part(True, "real", values)

    def _series(self, node: ast.expr) -> Part:
        part = self.read(node)
        if not part.weekly:
            raise ExpressionError(f"{clean(ast.unparse(node))} has one value, not one a week")
        return part

    def _event(self, node: ast.expr) -> Part:
        part = self.read(node)
        if part.kind != "event":
            told = f"{clean(ast.unparse(node))} is a number where a condition is needed, as x > 0.5"
            raise ExpressionError(told)
        return part

    def _week(self, node: ast.expr | None) -> int:
        match node:
            case ast.Constant(value=int() as week) if not isinstance(week, bool) and week >= 0:
                self.last = max(self.last, week)
                return week
        raise ExpressionError("weeks must be whole numbers from 0: x @ 52, x[10:52]")

    def _some_weeks(self, series: Part, low: ast.expr | None, high: ast.expr | None) -> Part:
        first = 0 if low is None else self._week(low)
        stop = None if high is None else self._week(high)
        if stop is not None and stop <= first:
            raise ExpressionError(f"[{first}:{stop}] holds no week")
        return series._replace(at=lambda seen: series.at(seen)[first:stop])

    def _joined(self, of: Callable[[Any, Any], Any], left: ast.expr, right: ast.expr) -> Part:
        parts = [self.read(left), self.read(right)]
        whole = of is not operator.truediv and all(p.kind != "real" for p in parts)
        return _each(of, parts, "whole" if whole else "real", as_number=True)

    def _compared(self, nodes: Sequence[ast.expr], ops: Sequence[type]) -> Part:
        parts = [self.read(node) for node in nodes]
        for op in ops:
            if op not in _COMPARED:
                raise ExpressionError("can compare by <, <=, >, >=, == and != alone")
        steps = [
            _each(_COMPARED[op], parts[k : k + 2], "event", as_number=True)
            for k, op in enumerate(ops)
        ]
        return _each(np.logical_and, steps, "event") if len(steps) > 1 else steps[0]

    def _called(self, name: str, args: Sequence[ast.expr]) -> Part:
        if not args and name not in _FUNCTIONS:
            self.functions.append(name)
            return Part(False, "real", lambda seen: seen.called(name))
        if name not in _FUNCTIONS:
            told = f"has no function {clean(name)}; there are {', '.join(_FUNCTIONS)}"
            raise ExpressionError(told, nearest(name, _FUNCTIONS))
        if len(args) != 1:
            raise ExpressionError(f"{name}() takes one thing")
        if name == "abs":
            part = self.read(args[0])
            return part._replace(kind=_number(part), at=lambda seen: np.abs(part.at(seen) * 1.0))
        if name in _OVER_NUMBERS:
            part, over = self._series(args[0]), _OVER_NUMBERS[name]
            kind = "real" if name == "mean" else _number(part)
            return Part(False, kind, lambda seen: over(part.at(seen) * 1.0))
        self._event(args[0])
        (kind, of), part = _OVER_EVENTS[name], self._series(args[0])
        return Part(False, kind, lambda seen: of(part.at(seen)))


def _each(
    of: Callable[[Any, Any], Any], parts: Sequence[Part], kind: str, *, as_number: bool = False
) -> Part:
    """Return what joins parts from the left to the right, week by week if one of them is."""
    factor: Any = 1.0 if as_number else True

    def joined(seen: Seen) -> Any:
        values = [part.at(seen) * factor for part in parts]
        found = values[0]
        for value in values[1:]:
            found = of(found, value)
        return found

    return Part(any(part.weekly for part in parts), kind, joined)


def _number(part: Part) -> str:
    return "whole" if part.kind == "event" else part.kind


def _is_weeks(node: ast.expr) -> bool:
    return isinstance(node, ast.Slice)


def _is_code(name: str) -> bool:
    return re.fullmatch("[A-Z]{3}", name) is not None


def _pair(roster: Roster, first: str, second: str) -> int:
    return int(roster.atlas.pair[roster.relation(first, second)])


def wrong_with(text: str, roster: Roster, n_weeks: int) -> tuple[str, str]:
    """Return what in an expression a scenario does not have, and the name most like it, or ''.

    Args:
        text: of the expression.
        roster: who is in the worlds.
        n_weeks: of each world.
    """
    it = asked(text)
    for ends in it.ends:
        codes = [code for code in ends if code]
        for code in codes:
            if code not in roster.codes:
                return f"names {code}, which is not in the scenario", nearest(code, roster.codes)
        if len(codes) == 2:
            a, b = codes
            known = set(roster.relations)
            if (a, b) not in known and not (len(ends) == 2 and (b, a) in known):
                told = f"{a} and {b} have nothing to do with one another in the scenario"
                return f"names a pair that there is not: {told}", ""
    if it.last > n_weeks:
        return f"names week {it.last}; the last is {n_weeks}", ""
    for name in it.functions:
        if name not in FUNCTIONS:
            told = f"names {name}(), a function of Python that was not given"
            return f"{told}: sim.run(quantities=[{name}])", nearest(name, FUNCTIONS)
    return "", ""


# Functions of Python


@dataclass(frozen=True)
class WorldSeen:
    """One world, as a function of one's own sees it."""

    number: int
    n_weeks: int
    roster: Roster
    _seen: Seen

    def series(self, text: str) -> Floats:
        """Return an expression's value, ``[week]`` from week 0, or one number if it has one.

        Args:
            text: such as ``fear[EST>RUS]``; see :mod:`sim.engine.asked`.

        Raises:
            ExpressionError: if it is none, or names what the scenario does not have.
        """
        part = _series_of(text)
        if told := wrong_with(text, self.roster, self.n_weeks)[0]:
            raise ExpressionError(f"{clean(text)} {told}")
        found: Floats = np.asarray(part.at(self._seen), float)[..., 0]
        return found


@cache
def _series_of(text: str) -> Part:
    asked(text)
    return _Reader().read(ast.parse(text, mode="eval").body)


Function = Callable[[WorldSeen], float]
FUNCTIONS: dict[str, Function] = {}
"""Functions of one's own that may be named in this process."""


def register(function: Function) -> str:
    """Make a function known by its name; return the expression that names it.

    Raises:
        ExpressionError: if it has no name of its own, or that of something else.
    """
    name = getattr(function, "__name__", "")
    if not name.isidentifier() or name in _FUNCTIONS:
        raise ExpressionError("must be a function with a name of its own: def, no lambda")
    FUNCTIONS[name] = function
    return f"{name}()"


def source_of(name: str) -> str:
    """Return what makes a function of one's own what it is: its text, and what it takes along.

    Functions that it calls and values that it reads count with it.
    """
    return "\n".join(_texts(FUNCTIONS[name], set()))


def _texts(function: Any, seen: set[Any]) -> Iterable[str]:
    """Yield the text of a function, then what it takes from around it: functions and values."""
    if function in seen:
        return
    seen.add(function)
    code = function.__code__
    try:
        yield inspect.getsource(function)
    except (OSError, TypeError):
        yield repr((code.co_code, code.co_consts, code.co_names))
    around = inspect.getclosurevars(function)
    for name, value in sorted({**around.globals, **around.nonlocals}.items()):
        if inspect.isfunction(value):
            yield from _texts(value, seen)
        elif isinstance(value, bool | int | float | str | tuple | list | dict):
            yield f"{name} = {value!r}"


# While worlds are played


class UnseenError(BaseException):
    """A field was asked for that was not looked at while the worlds were played.

    No error: the worlds are played again with it. Nothing that a function of one's own catches.
    """

    def __init__(self, of: Field) -> None:
        super().__init__(of)
        self.field = of


@dataclass
class Watched:
    """What some worlds showed, with the fields that were looked at week by week."""

    roster: Roster
    n_weeks: int
    tracks: Tracks  # [..., world]
    numbers: Sequence[int]  # of the worlds
    fields: Mapping[Field, Floats]  # [week, world]

    def field(self, of: Field) -> Floats:
        """Return a field of the state, ``[week, world]``.

        Raises:
            UnseenError: if it was not looked at.
        """
        try:
            return self.fields[of]
        except KeyError:
            raise UnseenError(of) from None

    def called(self, name: str) -> Floats:
        """Return what a function of one's own gives, ``[world]``."""
        function = FUNCTIONS[name]
        found = np.zeros(len(self.numbers))
        for lane, number in enumerate(self.numbers):
            try:
                found[lane] = float(function(self._world(lane)))
            except Exception as error:
                error.add_note(f"in world {number}")
                raise
        return found

    def _world(self, lane: int) -> WorldSeen:
        mine = slice(lane, lane + 1)
        alone = Watched(
            self.roster, self.n_weeks, some_worlds(self.tracks, mine),
            self.numbers[mine], {of: values[:, mine] for of, values in self.fields.items()},
        )  # fmt: skip
        return WorldSeen(int(self.numbers[lane]), self.n_weeks, self.roster, alone)


def values_of(texts: Iterable[str], watched: Watched) -> NDArray[np.int32]:
    """Return the values of expressions in each world, ``[world, expression]``, as they are kept.

    Raises:
        UnseenError: if a field was not looked at.
        ArithmeticError: if one is not a number in every world.
    """
    return np.stack([asked(text).of(watched) for text in texts], axis=-1)
