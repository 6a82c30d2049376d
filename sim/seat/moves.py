"""What a player may do, and who sits opposite.

A turn is two weeks. The player takes one act, a quarter up or down with one instrument, and gives
the forces their orders, should others meet them: stand or give way. All else that the state could
choose is kept as it is, and it never opens fire of its own accord. What follows is up to the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sim.model.vocabulary import Instrument
from sim.plan.changes import Change

SCENARIO = "two_rivals"
TURNS, WEEKS = 26, 2
SEATS = ("AAA", "BBB")
"""The player's state, and the other: the model's, or a neighbour's."""


class Act(NamedTuple):
    """One thing that a state can do in a turn."""

    name: str
    instrument: str = ""
    step: str = "keep"


ACTS = (
    Act("hold"),
    Act("threaten", "rhetoric", "raise"), Act("reassure", "rhetoric", "lower"),
    Act("deploy", "deployment", "raise"), Act("withdraw", "deployment", "lower"),
    Act("sanction", "sanctions", "raise"), Act("lift", "sanctions", "lower"),
    Act("talk", "diplomacy", "raise"),
)  # fmt: skip
"""Acts, in the order of their numbers in a code."""
BY_NAME = {act.name: act for act in ACTS}


class Move(NamedTuple):
    """What a player does in a turn: the name of an act, and whether the forces stand if met."""

    act: str
    stand: bool


_TENSE = {"rhetoric": 0.5, "deployment": 0.5, "grievance": 0.25}
RIVALS: Mapping[str, Mapping[str, Any]] = {
    "fearful": {
        "traits": {"AAA": {"firmness": 0.0}, "BBB": {"greed": 0.0}},
        "relations": {"BBB>AAA": {**_TENSE, "fear": 0.5}},
    },
    "prober": {
        "traits": {"AAA": {"firmness": 0.0}, "BBB": {"greed": 1.0}},
        "relations": {"BBB>AAA": {**_TENSE, "fear": 0.1}},
    },
}
"""What is changed in :data:`SCENARIO` for each kind of rival.

Both begin with loud words and a show of force, so that nothing seen tells them apart. How resolute
the player is, the rival learns from the player's acts alone.
"""


PARAMETERS: Mapping[str, float] = {"distinguishability": 0.0}
"""Parameters of a game that differ from the declared ones: what is meant for defence looks as what
is meant for attack, so that what is perceived does not tell who probes."""

HOSTILITY = (0.15, 0.4, 0.75)
"""Perceived hostility from which a rival seems a little hostile, hostile and very hostile."""


def changes_of(moves: Sequence[Move], seat: int = 0) -> Iterator[Change]:
    """Yield what a player's moves change in the world.

    Args:
        moves: one a turn.
        seat: 0 for Alphia's, 1 for Betania's.
    """
    who, toward = SEATS[seat], SEATS[1 - seat]
    weeks = WEEKS * len(moves)
    if moves:
        yield Change("hold_fire", 1, who, toward, weeks=weeks)
    for instrument in (i.field for i in Instrument):
        for turn, move in enumerate(moves):
            act, week = BY_NAME[move.act], WEEKS * turn + 1
            step = act.step if act.instrument == instrument else "keep"
            yield Change("step", week, who, toward, instrument, step)
            yield Change("step", week + 1, who, toward, instrument, "keep", WEEKS - 1)
    for turn, move in enumerate(moves):
        orders = "stand" if move.stand else "yield"
        yield Change("orders", WEEKS * turn + 1, who, toward, value=orders, weeks=WEEKS)
