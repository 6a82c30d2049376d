"""What rules and stages are tested with: numbers chosen by hand, and nan for all others.

A rule that reads a coefficient which its test does not name, or a stage that reads a field, a trait
or a lane which its test does not name, answers nan and fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from sim.lanes import Real, Row
from sim.lanes.randomness import Key, key_of
from sim.model.parameters import Parameters, parameter_block
from sim.model.roster import PairTraits, RelationTraits, Roster, StateTraits, build_roster
from sim.model.sheets import PairSheet, StateSheet
from sim.model.state import Pair, Relation, State, System, empty_world
from sim.model.vocabulary import Bloc, Draw

about = partial(pytest.approx, rel=2e-6, abs=1e-7)
"""Equal but for float32's rounding and the error of :func:`sim.lanes.arithmetic.exponential`."""

quick = settings(max_examples=30, derandomize=True, deadline=None)
units = st.floats(0.0, 1.0)

WEEK, LANE = 7, 1
"""The week and the lane that the stages are called for; lane 0 is nan throughout."""

NUMBERS = {"ALF": 11, "BET": 12, "GAM": 13, "DEL": 14}
DECLARED = parameter_block({}, 1).astype(Real)
AnyRow = TypeVar("AnyRow", bound=Row)


def only(**values: float) -> Parameters:
    """Return a row of parameters with these values and nan for all others."""
    return put(Parameters(np.full((1, len(Parameters.FIELDS), 1), np.nan, Real), 0, 0), values)


def declared(**values: float) -> Parameters:
    """Return a row of parameters with the declared values but for these."""
    return put(Parameters(DECLARED.copy(), 0, 0), values)


def put(row: AnyRow, values: Mapping[str, float]) -> AnyRow:
    """Store values into fields of a row and return it.

    Raises:
        KeyError: if the row has no such field.
    """
    for name, value in values.items():
        if name not in row.FIELDS:
            raise KeyError(f"{type(row).__name__} has no field {name}")
        setattr(row, name, value)
    return row


def wrong_ways(
    rule: Callable[..., float],
    p: Parameters | None,
    at: Mapping[str, float],
    other: float,
    signs: Mapping[str, int],
) -> list[str]:
    """Return the arguments that move a rule's answer another way than they should.

    Args:
        rule: the rule, called with ``p``, if there is one, and keywords.
        p: parameters.
        at: where all arguments stand.
        other: the number that each argument in turn is moved to.
        signs: 1 for an argument that should never lower the answer, -1 for the reverse.
    """
    first = () if p is None else (p,)

    def change(name: str) -> float:
        low, high = sorted((at[name], other))
        return rule(*first, **{**at, name: high}) - rule(*first, **{**at, name: low})

    return [name for name, sign in signs.items() if sign * change(name) < -1e-6]


def roster() -> Roster:
    """Return two leaders, an ally of the west and a neutral.

    Relations are, in this order, ALF>BET, ALF>DEL, BET>ALF, BET>GAM, BET>DEL, GAM>BET, DEL>ALF and
    DEL>BET; pairs are ALF-BET, ALF-DEL, BET-GAM and BET-DEL.
    """
    return build_roster(
        [StateSheet(code, number, code, 0.1) for code, number in NUMBERS.items()],
        [
            PairSheet(one, other, proximity=1.0, adjacent=True)
            for one, other in (("ALF", "BET"), ("BET", "GAM"), ("ALF", "DEL"), ("BET", "DEL"))
        ],
        {"ALF": Bloc.WEST, "GAM": Bloc.WEST, "BET": Bloc.EAST},
        ("ALF", "BET"),
    )


class Tiny:
    """A world of four states of which nothing is known but what a test says.

    Rows are named ``ALF`` (a state), ``ALF>BET`` (a relation) and ``ALF-BET`` (a pair); a field of
    one, or of the system, is named ``ALF>BET.fear`` or ``system.climate``.

    Args:
        parameters: the parameters that are known.
    """

    def __init__(self, **parameters: float) -> None:
        made = roster()
        block = np.full((1, len(Parameters.FIELDS), 2), np.nan, Real)
        key = key_of(1, np.arange(2, dtype=np.uint32), np.zeros(2, np.uint32))
        self.world = empty_world(made, block, key)
        for array in self.world[:4]:
            array[:] = np.nan
        traits = ("relation_traits", "pair_traits", "state_traits")
        blank = {name: np.full_like(getattr(made.atlas, name), np.nan) for name in traits}
        self.atlas = made.atlas._replace(**blank)
        self.p = put(Parameters(block, 0, LANE), parameters)
        self.rows = {code: i for i, code in enumerate(made.codes)}
        self.rows |= {f"{i}>{j}": r for r, (i, j) in enumerate(made.relations)}
        pairs = [f"{made.codes[i]}-{made.codes[j]}" for i, j in made.pairs]
        self.rows |= {name: pair for pair, name in enumerate(pairs)}

    def relation(self, name: str, **values: float) -> Relation:
        """Return a relation, with these values put."""
        return put(Relation(self.world.relations, self.rows[name], LANE), values)

    def pair(self, name: str, **values: float) -> Pair:
        """Return a pair, with these values put."""
        return put(Pair(self.world.pairs, self.rows[name], LANE), values)

    def state(self, name: str, **values: float) -> State:
        """Return a state, with these values put."""
        return put(State(self.world.states, self.rows[name], LANE), values)

    def system(self, **values: float) -> System:
        """Return the system, with these values put."""
        return put(System(self.world.system, 0, LANE), values)

    def relation_traits(self, name: str, **values: float) -> RelationTraits:
        """Return the traits of a relation, with these values put."""
        return put(RelationTraits(self.atlas.relation_traits, self.rows[name], 0), values)

    def pair_traits(self, name: str, **values: float) -> PairTraits:
        """Return the traits of a pair, with these values put."""
        return put(PairTraits(self.atlas.pair_traits, self.rows[name], 0), values)

    def state_traits(self, name: str, **values: float) -> StateTraits:
        """Return the traits of a state, with these values put."""
        return put(StateTraits(self.atlas.state_traits, self.rows[name], 0), values)

    def changes(self, stage: Callable[..., None], *where: Any) -> dict[str, float]:
        """Run a stage, named rows among its arguments, and return every field that it changed.

        A number is the shortest that its float32 is nearest to, so that what was put comes back.
        """
        now = self.world[:4]
        before = [array.copy() for array in now]
        stage(*(self.rows.get(at, at) if isinstance(at, str) else at for at in where))
        changed = {}
        for kind, old, new in zip((Relation, Pair, State, System), before, now, strict=True):
            for row, field, lane in np.argwhere((old != new) & ~(np.isnan(old) & np.isnan(new))):
                assert lane == LANE
                name = f"{self._named(kind, row)}.{kind.FIELDS[field]}"
                changed[name] = float(str(new[row, field, lane]))
        return changed

    def _named(self, kind: type[Row], row: int) -> str:
        mark = {Relation: ">", Pair: "-"}
        if kind is System:
            return "system"
        return next(
            name
            for name, at in self.rows.items()
            if at == row and (mark[kind] in name if kind in mark else len(name) == 3)
        )


Uniforms = tuple[float, float, float, float]


def number(name: str) -> int:
    """Return the number that draws for a state, a relation or a pair are made by."""
    codes = name.replace("-", ">").split(">")
    return sum(NUMBERS[code] << 16 * k for k, code in enumerate(reversed(codes)))


def throws(known: Mapping[tuple[str, Draw], Uniforms]) -> Callable[..., Uniforms]:
    """Return what stands in for :func:`sim.lanes.randomness.uniforms`: numbers by row and purpose.

    Asked for any other row or purpose it raises KeyError, for another week or lane AssertionError.
    """
    numbers = {(number(name), purpose): four for (name, purpose), four in known.items()}

    def uniforms(key: Key, week: int, who: int, purpose: int, lane: int) -> Uniforms:
        assert (week, lane) == (WEEK, LANE)
        return numbers[int(who), Draw(purpose)]

    return uniforms
