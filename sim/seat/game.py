"""A game: a seed, a rival and moves; the world that it is, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, NamedTuple, Self

import numpy as np

from sim.config.job import load_scenario, scenario_from
from sim.config.settings import job
from sim.engine.blocks import Block, noted
from sim.engine.history import History, replay
from sim.errors import Fault, InputError, is_whole, nearest, show
from sim.lanes import Floats
from sim.model.parameters import parameter_block
from sim.model.roster import Roster
from sim.model.state import Pair, Relation, System
from sim.model.vocabulary import MISTAKES, Cause, Instrument, Rung
from sim.plan.changes import Change
from sim.plan.changes import changed as laid_on
from sim.plan.scenario import Scenario
from sim.seat import codes
from sim.seat.moves import (
    BY_NAME,
    PARAMETERS,
    RIVALS,
    SCENARIO,
    SEATS,
    TURNS,
    WEEKS,
    Move,
    changes_of,
)
from sim.worlds import World

_POINT = parameter_block(PARAMETERS, 1)[0, :, 0]
LUCKS = 200
"""Other lucks under which a game is played again."""


class Seen(NamedTuple):
    """What a player's state perceives at the start of a turn: through fog, misreadings included."""

    hostility: float  # 0.., what the other is believed to be doing, 1 is much
    forces: float  # 0 to 1.5, the other's forces as last looked at
    fear: float  # 0 to 1, of the other
    own: Mapping[str, float]  # levels of the own instruments, 0 to 1 in quarters
    rung: Rung  # highest of the last turn, if force was shown or used; else calm


class Side(NamedTuple):
    """One side's part in a turn."""

    act: str  # what was done, by an act's name
    meant: Mapping[str, float]  # levels of the own instruments after it
    read: float  # hostility that the other took it for, 0..
    misread: tuple[str, ...]  # mistakes of the other about it, fields of a relation
    feared: float  # fear of the other after it, 0 to 1
    stance: str  # stood, yielded, or nothing, where forces met


class Turn(NamedTuple):
    """Two weeks of both diaries."""

    number: int  # 1 for the first
    mine: Side
    theirs: Side
    rung: Rung  # the highest of the turn
    accidents: tuple[str, ...]  # whose forces had one


class Outcome(NamedTuple):
    """How a game came out."""

    peace: bool  # no clash
    rung: Rung  # the highest
    week: int  # in which it was first
    cause: Cause  # of the first clash
    stake: float  # 0 to 1, the player's part of what is at issue; a half at the start
    concessions: tuple[int, int]  # times that each gave way, or left force unanswered


@dataclass(frozen=True)
class Game:
    """A game from Alphia's seat, finished or not.

    Attributes:
        seed: of its luck, 0 to 4,194,303.
        rival: ``fearful`` or ``prober``.
        moves: the player's, at most 26.
        theirs: a neighbour's moves from the other seat; None where the model plays.

    Raises:
        InputError: listing all errors.
    """

    seed: int
    rival: str
    moves: tuple[Move, ...] = ()
    theirs: tuple[Move, ...] | None = None

    def __post_init__(self) -> None:
        faults = []
        if not is_whole(self.seed, 0, codes.MOST_SEEDS - 1):
            told = f"must be a whole number from 0 to {codes.MOST_SEEDS - 1}"
            faults.append(Fault("argument seed", "", told, show(self.seed)))
        if self.rival not in RIVALS:
            told = f"must be one of {', '.join(RIVALS)}"
            faults.append(Fault("argument rival", "", told, show(self.rival),
                                nearest(self.rival, RIVALS)))  # fmt: skip
        for name, moves in (("moves", self.moves), ("theirs", self.theirs or ())):
            told = f"must be among {', '.join(BY_NAME)}"
            wrong = [each[0] for each in moves if each[0] not in BY_NAME]
            faults += [Fault(f"argument {name}", "", told, show(act), nearest(act, BY_NAME))
                       for act in wrong]  # fmt: skip
            if len(moves) > TURNS:
                told = f"must be at most {TURNS}, not {len(moves)}"
                faults.append(Fault(f"argument {name}", "", told))
        if self.theirs is not None and not 0 <= len(self.moves) - len(self.theirs) <= 1:
            told = f"must be as many as the player's {len(self.moves)} moves, or one less"
            faults.append(Fault("argument theirs", "", told, str(len(self.theirs))))
        if faults:
            raise InputError(faults)

    def __repr__(self) -> str:
        told = f"Game({self.code!r}: turn {self.n_turns} of {TURNS}"
        if not self.n_turns:
            return f"{told})"
        came = self.outcome
        return (
            f"{told}, {'peace' if came.peace else came.rung.name.lower()}, stake {came.stake:.2f})"
        )

    # Its code

    @classmethod
    def of(cls, code: str) -> Self:
        """Return the game of a code.

        Raises:
            InputError: if it is no code, or was mistyped.
        """
        return cls(*codes.read(code))

    @property
    def code(self) -> str:
        """What replays it anywhere."""
        return codes.written(self.seed, self.rival, self.moves, self.theirs)

    def played(self, move: Move, theirs: Move | None = None) -> Self:
        """Return the game one turn on."""
        more = None if self.theirs is None or theirs is None else (*self.theirs, theirs)
        return replace(self, moves=(*self.moves, move), theirs=more)

    @property
    def n_turns(self) -> int:
        """Turns that are played."""
        return len(self.moves if self.theirs is None else self.theirs)

    @property
    def n_weeks(self) -> int:
        """Weeks that are played."""
        return WEEKS * self.n_turns

    # Its world

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the moves change in the world."""
        n = self.n_turns
        return (*changes_of(self.moves[:n]), *changes_of((self.theirs or ())[:n], seat=1))

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario that it is, moves included: for a config, Mesa or :func:`sim.run`."""
        base = opposite(self.rival)
        return replace(base, roster=laid_on(base.roster, self.changes), changes=self.changes)

    @cached_property
    def world(self) -> World:
        """Its world, as any other: its history, story, forks and why it went so.

        Raises:
            InputError: if nothing is played.
        """
        if not self.n_turns:
            raise InputError([Fault("game", "moves", "must be one at least")])
        return World(job(self.settings()), 0)

    def settings(self, worlds: int = 1) -> dict[str, Any]:
        """Return the settings of a study of the same moves, see :func:`sim.run`."""
        changes = [{k: v for k, v in vars(each).items() if v not in ("", None)}
                   for each in self.changes]  # fmt: skip
        return {
            "scenario": opposite(self.rival), "scenario.changes": changes, "seed": self.seed,
            "weeks": self.n_weeks, "worlds": worlds, "figures": "none",
            "parameters": dict(PARAMETERS),
        }  # fmt: skip

    def _block(self, roster: Roster) -> Block:
        """Return world 0 of its seed, played as far as it is."""
        block = Block(roster, self.n_weeks, self.seed)
        block.begin(_POINT, 0)
        block.play(self.n_weeks)
        return block

    @cached_property
    def _played(self) -> Block:
        return self._block(self.scenario.roster)

    # While it is played

    def seen(self, seat: int = 0) -> Seen:
        """Return what a player's state perceives now.

        Args:
            seat: 0 for Alphia, 1 for Betania.
        """
        block, r = self._played, self.scenario.roster.relation(SEATS[seat], SEATS[1 - seat])
        me = Relation(block.world.relations, r, 0)
        rungs = block.tracks.value.rungs[max(0, self.n_weeks - WEEKS + 1) : self.n_weeks + 1, 0, 0]
        highest = Rung(int(rungs.max()))
        return Seen(
            float(me.perceived), float(me.seen_posture), float(me.fear),
            {i.field: float(me[Relation.FIELDS.index(i.field)]) for i in Instrument},
            highest if highest >= Rung.DISPLAY else Rung.CALM,
        )  # fmt: skip

    @property
    def outcome(self) -> Outcome:
        """How it came out, or how it stands."""
        return _outcome(self._played)

    # The curtain

    @cached_property
    def history(self) -> History:
        """Every field of every week."""
        return replay(self.scenario.roster, _POINT, world=0, n_weeks=self.n_weeks,
                      seed=self.seed)  # fmt: skip

    def diary(self) -> list[Turn]:
        """Return both sides' diaries, turn by turn."""
        rungs = self.history.pair(*SEATS, "rung")
        found = []
        for turn in range(self.n_turns):
            weeks = slice(WEEKS * turn + 1, WEEKS * turn + 1 + WEEKS)
            slipped = tuple(code for seat, code in enumerate(SEATS)
                            if self._of(seat, "accident")[weeks].any())  # fmt: skip
            found.append(Turn(turn + 1, self._side(turn, 0), self._side(turn, 1),
                              Rung(int(rungs[weeks].max())), slipped))  # fmt: skip
        return found

    def _of(self, seat: int, name: str) -> Floats:
        return self.history.relation(SEATS[seat], SEATS[1 - seat], name)

    def _side(self, turn: int, seat: int) -> Side:
        first, last = WEEKS * turn + 1, WEEKS * turn + WEEKS
        weeks = slice(first, last + 1)

        def of(name: str, whose: int = seat) -> Floats:
            return self._of(whose, name)

        moves = (self.moves, self.theirs)[seat]
        change = {i.field: of(i.field)[last] - of(i.field)[first - 1] for i in Instrument}
        act = moves[turn].act if moves is not None else _named(change)
        stance = of("stance")[weeks]
        return Side(
            act, {i.field: float(of(i.field)[last]) for i in Instrument},
            float(of("perceived", 1 - seat)[last]),
            tuple(name for name in MISTAKES
                  if self._mistaken(of(name, 1 - seat)[weeks], name, change)),
            float(of("fear")[last]),
            "yielded" if (stance < 0).any() else "stood" if (stance > 0).any() else "",
        )  # fmt: skip

    @staticmethod
    def _mistaken(made: Floats, name: str, change: Mapping[str, float]) -> bool:
        """Say whether a mistake tells of a turn: a signal is lost only where one was given."""
        if name != "misread_signal":
            return name != "accident" and bool(made.any())
        way = sum(-size if of == "diplomacy" else size for of, size in change.items())
        return bool((made * way > 0.0).any())

    def of_rules(self) -> Outcome:
        """Return how it would have come out had the model played this seat, with the same luck."""
        roster = opposite(self.rival).roster
        if self.theirs is not None:
            roster = laid_on(roster, changes_of(self.theirs, seat=1))
        return _outcome(self._block(roster))

    def under_other_luck(self, n: int = LUCKS) -> int:
        """Return in how many worlds of other luck the same moves come to a clash.

        Args:
            n: worlds; they are 1 to n of the same seed.
        """
        tracks = noted(self.scenario.roster, _POINT, np.arange(1, n + 1), n_weeks=self.n_weeks,
                       seed=self.seed)  # fmt: skip
        return int((tracks.rungs[:, 0].max(axis=0) >= Rung.CLASH).sum())


def _outcome(block: Block) -> Outcome:
    """Return how a game came out that was played in the first lane of a block."""
    tracks = block.tracks.value
    rungs = tracks.rungs[: block.week + 1, 0, 0]
    clashes = np.flatnonzero(rungs >= Rung.CLASH)
    cause = Cause(int(tracks.causes[clashes[0], 0, 0]) % 8) if len(clashes) else Cause.NONE
    whole = System(block.world.system, 0, 0)
    return Outcome(
        not len(clashes), Rung(int(rungs.max())), int(rungs.argmax()), cause,
        float(Pair(block.world.pairs, 0, 0).stake),
        (int(whole.west_concessions), int(whole.east_concessions)),
    )  # fmt: skip


def _named(change: Mapping[str, float]) -> str:
    """Return the act that most of a change in levels comes to."""
    most = max(change, key=lambda name: abs(change[name]))
    if not change[most]:
        return "hold"
    step = "raise" if change[most] > 0 else "lower"
    fitting = (act.name for act in BY_NAME.values() if (act.instrument, act.step) == (most, step))
    return next(fitting, "expel")


@cache
def opposite(rival: str) -> Scenario:
    """Return the scenario of a game before its moves, for one kind of rival."""
    base = load_scenario(SCENARIO)
    tree: dict[str, Any] = {**base.given}
    for part, more in RIVALS[rival].items():
        tree[part] = {k: {**tree.get(part, {}).get(k, {}), **more.get(k, {})}
                      for k in {**tree.get(part, {}), **more}}  # fmt: skip
    return scenario_from(tree, f"seat_{rival}")
