"""Futures of one world: from a week on, with the same luck or another, with something changed.

A :class:`Past` is a world that can be forked. It is played once, and stopped at each week from
which futures are wanted; these are played in threads, a block of lucks at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.engine.blocks import Block
from sim.engine.forks import Fork
from sim.engine.history import History, replay
from sim.engine.native import width
from sim.engine.threads import in_threads
from sim.lanes import Floats
from sim.model.parameters import parameter_block
from sim.model.roster import RelationTraits, Roster
from sim.model.state import Pair
from sim.plan.calendar import dated
from sim.plan.changes import Change, changed
from sim.plan.scenario import Scenario

Ints = NDArray[np.int64]
_RUNG = Pair.FIELDS.index("rung")
_OPPOSED = RelationTraits.FIELDS.index("opposed")
NEVER = -1
"""Week of what does not come."""


@dataclass(frozen=True)
class Past:
    """One world of a scenario, which can be forked.

    Attributes:
        scenario: whose world it is, its own changes included.
        parameters: all of them, by name.
        number: of the world; of a future, its luck.
        seed: master seed.
        n_weeks: weeks that it has.
        stream: 0 where points share random numbers, else its point's number plus 1.
        fork: where it left the world whose future it is, if it is one.
    """

    scenario: Scenario
    parameters: Mapping[str, float]
    number: int
    seed: int
    n_weeks: int
    stream: int = 0
    fork: Fork | None = None

    @cached_property
    def point(self) -> Floats:
        """Its parameters, ``[parameter]``."""
        return parameter_block(self.parameters, 1)[0, :, 0]

    @cached_property
    def history(self) -> History:
        """Every field of every week."""
        return replay(
            self.scenario.roster, self.point, world=self.number, n_weeks=self.n_weeks,
            seed=self.seed, of_point=self.stream, fork=self.fork,
        )  # fmt: skip

    @property
    def label(self) -> str:
        """What it is called: ``world 8``, ``future 3 of world 8 after week 40``."""
        if self.fork is None:
            return f"world {self.number}"
        if self.fork.world is None:
            return f"world {self.number} with other luck after week {self.fork.week}"
        luck = int(self.fork.turns(self.number)[self.fork.week][0])
        if not luck:
            return f"world {self.fork.world}"
        return f"future {luck} of world {self.fork.world} after week {self.fork.week}"

    def begun(self, n_weeks: int) -> Block:
        """Return a block with it in every lane, at its start."""
        block = Block(self.scenario.roster, n_weeks, self.seed)
        pasts = self.fork.pasts(self.number) if self.fork else self.number
        block.begin(self.point, pasts, self.stream)
        return block

    def bring(self, block: Block, week: int) -> None:
        """Play a block that was begun on to a week, with the luck it had then."""
        for at, lucks in self.fork.turns(self.number).items() if self.fork else ():
            if block.week <= at <= week:
                block.play(at)
                block.give_lucks(lucks)
        block.play(week)

    def with_changes(self, changes: Sequence[Change] = (), without: Iterable[int] = ()) -> Roster:
        """Return the roster of futures in which something is changed.

        Args:
            changes: what is held, with what the scenario changes itself.
            without: places in the scenario's events of those that do not happen.
        """
        gone = set(without)
        events = [e for k, e in enumerate(self.scenario.events) if k not in gone]
        roster = self.scenario.roster
        if gone:
            roster = dated(roster, events)
        if gone or changes:
            roster = changed(roster, (*self.scenario.changes, *changes))
        return roster


@dataclass(frozen=True)
class Outcome:
    """What a future is asked for: whether a pair comes to a rung, and within which weeks."""

    pair: int
    rung: int
    week: int  # in which it came in the world itself
    until: int  # last week in which it counts

    def came(self, rungs: NDArray[np.uint8], after: int) -> Ints:
        """Return the week in which it comes, ``[world]``; :data:`NEVER` where it does not.

        Args:
            rungs: of the pair up to the last week that counts, ``[week, world]``.
            after: the last week that does not count.
        """
        there = rungs[after + 1 :] >= self.rung
        return np.where(there.any(0), there.argmax(0) + after + 1, NEVER)


@dataclass(frozen=True)
class Arm:
    """Futures in which one thing is changed, and those it is compared with have the same lucks.

    Attributes:
        name: to find them by.
        first: week in which the first change acts: the past before it is the world's.
        parts: week after which luck is another.
        changes: what is held.
        without: places of the events that do not happen.
        n_lucks: futures, of which the first has the world's own luck.
        until: the last week that counts, if it is not the outcome's.
    """

    name: object
    first: int
    parts: int
    changes: tuple[Change, ...] = ()
    without: tuple[int, ...] = ()
    n_lucks: int = 1
    until: int | None = None


def outcomes_of(
    past: Past, outcome: Outcome, arms: Sequence[Arm], *, threads: int = 1
) -> dict[object, Ints]:
    """Return the week in which an outcome comes in the futures of each arm, ``[luck]``.

    Args:
        past: the world.
        outcome: what is asked for.
        arms: what is changed.
        threads: threads to use.
    """
    found = {arm.name: np.full(arm.n_lucks, NEVER) for arm in arms}

    def play(task: tuple[Arm, Block, Ints]) -> tuple[Arm, Ints, Ints]:
        arm, before, lucks = task
        roster, until = past.with_changes(arm.changes, arm.without), arm.until or outcome.until
        block = Block(roster, until, past.seed)
        block.take(before, np.zeros(len(lucks), np.int64))
        block.play(arm.parts)
        own = int(before.world.key.lucks[0])
        block.give_lucks(np.where(lucks == 0, own, lucks))
        block.play(until)
        rungs = block.tracks.value.rungs[:, outcome.pair, : len(lucks)]
        return arm, lucks, outcome.came(rungs, arm.first - 1)

    def tasks() -> Iterator[tuple[Arm, Block, Ints]]:
        moving = past.begun(outcome.until)
        at, kept = -1, moving
        for arm in sorted(arms, key=lambda arm: arm.first):
            if arm.first - 1 > at:
                at = arm.first - 1
                past.bring(moving, at)
                kept = Block(past.scenario.roster, at, past.seed)
                kept.take(moving, 0)
            for start in range(0, arm.n_lucks, width()):
                yield arm, kept, np.arange(start, min(start + width(), arm.n_lucks))

    for arm, lucks, weeks in in_threads(play, tasks(), threads):
        found[arm.name][lucks] = weeks
    return found


def worst(history: History, pair: tuple[str, str] | None = None, within: int = 26) -> Outcome:
    """Return the worst that a world came to: its highest rung, and the week it first came.

    Args:
        history: the world in full.
        pair: of which two states; if not given, the pair that came highest of those that are
            opposed and the one that the scenario is about: this one if it is among the highest,
            else the first to come.
        within: weeks after that in which it still counts.
    """
    roster = history.roster
    rungs = history.pairs[:, :, _RUNG]
    if pair is not None:
        at = int(roster.atlas.pair[roster.relation(*pair)])
    else:
        opposed = roster.atlas.relation_traits[roster.atlas.left, _OPPOSED, 0] > 0.0
        opposed[roster.atlas.subject_pair] = True
        highest = np.where(opposed, rungs[1:].max(0), -1.0)
        best = np.flatnonzero(highest == highest.max())
        first = (rungs[1:, best] == highest.max()).argmax(0)
        own = roster.atlas.subject_pair
        at = own if own in best else int(best[first.argmin()])
    top = int(rungs[1:, at].max())
    week = int((rungs[1:, at] == top).argmax()) + 1
    return Outcome(at, top, week, week + within)
