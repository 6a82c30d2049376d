"""A block: a few worlds that are played side by side, from any week to any other.

A block can be begun, played on, stopped between the choices and the acts of a week, and its worlds
be copied from lane to lane and given another luck. Ensembles, replays, agents and forks are loops
over these. Nothing that happens in one lane depends on another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engine import notes as noting
from sim.engine.forks import Fork
from sim.engine.native import Reference, entry, refer, width
from sim.engine.notes import Tracks, empty_tracks
from sim.lanes import Floats, Real, Reals
from sim.lanes.randomness import key_of
from sim.model import turn
from sim.model.parameters import Parameters
from sim.model.roster import Roster
from sim.model.state import Pair, Relation, State, System, World, empty_world
from sim.model.vocabulary import HELD_PARAMETER, N_HELD

_play_weeks = entry(noting.play_weeks)
_observe = entry(noting.observe)
_decide = entry(turn.decide)
_carry_out = entry(turn.carry_out)


class WorldError(ArithmeticError):
    """A world left the numbers: something in it is not finite."""


class Block:
    """Worlds side by side, one a lane, and what was noted of them.

    A block is of a fixed width; fewer worlds leave lanes that repeat the last one.

    Args:
        roster: who is in the worlds.
        n_weeks: the most weeks that can be played.
        seed: master seed, 0 to 2**64 - 1.
    """

    def __init__(self, roster: Roster, n_weeks: int, seed: int) -> None:
        self.roster, self.n_weeks, self.seed = roster, n_weeks, seed
        self.week = -1  # weeks played; -1 before the start
        self.n_worlds = 0
        self._lanes = np.arange(width())
        nobody = np.zeros(len(self._lanes), np.uint32)
        parameters = np.zeros((1, len(Parameters.FIELDS), len(nobody)), Real)
        world = empty_world(roster, parameters, key_of(seed, nobody, nobody.copy()))
        self._varied = refer(world)
        self._uniform = refer(world._replace(parameters=parameters[:, :, :1].copy()))
        self._world = self._varied
        self.atlas = refer(roster.atlas)
        self._later = later_parameters(roster)
        self._tracks = refer(empty_tracks(roster, n_weeks, len(nobody)))

    @property
    def world(self) -> World:
        """The state of the worlds, live: ``[row, field, lane]``."""
        return self._world.value

    @property
    def reference(self) -> Reference[World]:
        """The state of the worlds, as an entry of the library takes it."""
        return self._world

    @property
    def tracks(self) -> Reference[Tracks]:
        """What was noted, week by week."""
        return self._tracks

    # From week to week

    def begin(
        self, parameters: Floats, numbers: ArrayLike, streams: ArrayLike = 0, lucks: ArrayLike = 0
    ) -> None:
        """Set worlds to their start, and note it.

        Args:
            parameters: ``[world, parameter]``, or ``[parameter]`` where all have the same.
            numbers: of the worlds, ``[world]``, at most the block's width of them.
            streams: 0 where points of a design share random numbers, else one a point, ``[world]``.
            lucks: 0 for a world's own luck, else another future's, ``[world]``.

        Raises:
            ValueError: if there are more worlds than lanes.
        """
        numbers = np.atleast_1d(np.asarray(numbers))
        self.n_worlds = len(numbers)
        if self.n_worlds > len(self._lanes):
            raise ValueError(f"a block has {len(self._lanes)} lanes, not {self.n_worlds}")
        of = np.minimum(self._lanes, self.n_worlds - 1)
        self._set_parameters(np.atleast_2d(parameters), of)
        for array in self.world[:4]:
            array.fill(0.0)
        self.tracks.value.totals.fill(0.0)
        key = self.world.key
        key.worlds[:] = numbers[of]
        key.points[:] = np.broadcast_to(streams, numbers.shape)[of]
        key.lucks[:] = np.broadcast_to(lucks, numbers.shape)[of]
        self.week = -1
        self.play(0)

    def _set_parameters(self, parameters: Floats, of: NDArray[np.int64]) -> None:
        if len(parameters) == 1 or (parameters == parameters[0]).all():
            self._world = self._uniform
            self.world.parameters[0, :, 0] = parameters[0]
        else:
            self._world = self._varied
            self.world.parameters[0] = parameters[of].T

    def play(self, until: int) -> None:
        """Play on until so many weeks are played.

        Raises:
            ValueError: if that is before where the block is, or after its last week.
        """
        if not self.week <= until <= self.n_weeks:
            raise ValueError(f"a block in week {self.week} of {self.n_weeks} has no week {until}")
        for week in self._later:
            if self.week <= week < until:
                self._play(week)
                self.turn_parameters(week)
        self._play(until)

    def _play(self, until: int) -> None:
        _play_weeks(self._world, self.atlas, self.week + 1, until + 1, self._tracks)
        self.week = until

    def turn_parameters(self, week: int) -> None:
        """Give the parameters that a change sets from after a week on their new values."""
        for row, value in self._later.get(week, ()):
            self.world.parameters[0, row] = value

    def decide(self) -> None:
        """Play the next week up to the choices of all states, which may then be changed."""
        self.turn_parameters(self.week)
        _decide(self._world, self.atlas, self.week)

    def carry_out(self) -> None:
        """Play the rest of the week that :meth:`decide` began."""
        _carry_out(self._world, self.atlas, self.week)
        self.note(self.week + 1)

    def note(self, week: int) -> None:
        """Note a week that was played by the stages of the turn, one by one, from outside."""
        self.week = week
        _observe(self._world, self.atlas, week, self._tracks)

    # From lane to lane

    def change(self, roster: Roster) -> None:
        """Let other things be held and other events happen from here: of the same states.

        Args:
            roster: who is in the worlds, as before; what is held, and the calendar.
        """
        self.roster, self.atlas = roster, refer(roster.atlas)
        self._later = later_parameters(roster)

    def gather(self, sources: Sequence[tuple[Block, int]]) -> None:
        """Go on from worlds of several blocks that have come to the same week, without their past.

        Args:
            sources: a block and a lane for each world, at most this block's width of them.
        """
        lanes = [*sources, *[sources[-1]] * (len(self._lanes) - len(sources))]
        self.n_worlds, self.week = len(sources), sources[0][0].week
        blocks = list({id(block): block for block, _ in lanes}.values())
        values = [b.world.parameters[0, :, lane if b.world.parameters.shape[2] > 1 else 0]
                  for b, lane in lanes]  # fmt: skip
        self._set_parameters(np.array(values), self._lanes)
        for block in blocks:
            here = np.array([k for k, (each, _) in enumerate(lanes) if each is block])
            there = np.array([lane for each, lane in lanes if each is block])
            for mine, its in zip(self.world[:4], block.world[:4], strict=True):
                mine[..., here] = its[..., there]
            for words, others in zip(self.world.key[2:], block.world.key[2:], strict=True):
                words[here] = others[there]

    def take(self, other: Block, lanes: ArrayLike, *, past: bool = True) -> None:
        """Go on from the worlds of another block where it is now, with what was noted of them.

        The two blocks may differ in what is held and in their calendars, but not in who is there.

        Args:
            other: the block, which stays as it is.
            lanes: which of its worlds, ``[world]``, at most this block's width of them.
            past: whether what was noted of them is taken along.
        """
        lanes = np.atleast_1d(np.asarray(lanes))
        self.n_worlds = len(lanes)
        of = lanes[np.minimum(self._lanes, self.n_worlds - 1)]
        given = other.world.parameters[0]
        self._set_parameters(given[:, of if given.shape[1] > 1 else of * 0].T, self._lanes)
        for mine, its in zip(self.world[:4], other.world[:4], strict=True):
            np.take(its, of, axis=-1, out=mine)
        for words, others in zip(self.world.key[2:], other.world.key[2:], strict=True):
            words[:] = others[of]
        self.week = other.week
        if not past:
            return
        shown = other.week + 1
        for name in ("rungs", "acts", "traces", "causes", "levels"):
            mine, its = getattr(self.tracks.value, name), getattr(other.tracks.value, name)
            np.take(its[:shown], of, axis=-1, out=mine[:shown])
        np.take(other.tracks.value.totals, of, axis=-1, out=self.tracks.value.totals)

    def copy(self, lane: int, into: int) -> None:
        """Copy one world, what was noted of it and its luck, into another lane."""
        for array in (*self.world[:5], *self.tracks.value):
            if array.shape[-1] > 1:
                array[..., into] = array[..., lane]
        for words in self.world.key[2:]:
            words[into] = words[lane]

    def give_lucks(self, lucks: ArrayLike) -> None:
        """Let worlds go on with another luck from here, each with its own or all with one.

        Args:
            lucks: 0 for a world's own, else one of 2**32, ``[world]`` or one number.
        """
        given = np.broadcast_to(np.asarray(lucks, np.uint32), self.n_worlds)
        self.world.key.lucks[:] = given[np.minimum(self._lanes, self.n_worlds - 1)]

    # What there is

    def kept(self, lane: int = 0) -> tuple[Reals, ...]:
        """Return the state of one world: relations, pairs, states and system, ``[row, field]``."""
        return tuple(array[:, :, lane].copy() for array in self.world[:4])

    def field(self, of: str, row: int, name: str) -> Reals:
        """Return a field of one relation, pair or state in each lane, ``[lane]``, live.

        Args:
            of: ``relations``, ``pairs`` or ``states``.
            row: which.
            name: of the field.
        """
        kind = {"relations": Relation, "pairs": Pair, "states": State}[of]
        found: Reals = getattr(self.world, of)[row, kind.FIELDS.index(name)]
        return found

    def check_finite(self) -> None:
        """Raise :class:`WorldError` if anything in its worlds is not a finite number."""
        for array, row in zip(self.world[:4], (Relation, Pair, State, System), strict=True):
            if not np.isfinite(array).all():
                where, field, lane = np.argwhere(~np.isfinite(array))[0]
                name = f"{row.__name__.lower()} {where}"
                if row is Relation:
                    name = "relation {}>{}".format(*self.roster.relations[where])
                number = self.world.key.worlds[lane]
                told = f"world {number}: {name}, field {row.FIELDS[field]}: not a finite number"
                raise WorldError(told)


def later_parameters(roster: Roster) -> dict[int, list[tuple[int, float]]]:
    """Return the parameters that changes set, by the week after which they count: (which, value).

    A change from the first week on counts from after the start.
    """
    first, found = roster.atlas.change_first, dict[int, list[tuple[int, float]]]()
    for week in range((len(first) - 1) // N_HELD):
        place = week * N_HELD + HELD_PARAMETER
        for k in range(first[place], first[place + 1]):
            entry = int(roster.atlas.change_row[k]), float(roster.atlas.change_value[k])
            found.setdefault(week, []).append(entry)
    return found


def noted(
    roster: Roster,
    parameters: Floats,
    numbers: ArrayLike,
    *,
    n_weeks: int,
    seed: int,
    stream: int = 0,
    fork: Fork | None = None,
) -> Tracks:
    """Return what is noted of some worlds, played here and now, ``[..., world]``.

    Args:
        roster: who is in the worlds.
        parameters: ``[world, parameter]``, or ``[parameter]`` where all have the same.
        numbers: of the worlds, ``[world]``.
        n_weeks: weeks to play.
        seed: master seed.
        stream: 0 where points of a design share random numbers, else their point's.
        fork: where they leave the worlds whose futures they are.
    """
    numbers = np.atleast_1d(np.asarray(numbers))
    block, parts = Block(roster, n_weeks, seed), []
    for first in range(0, len(numbers), width()):
        mine = slice(first, first + width())
        values = parameters if parameters.ndim == 1 else parameters[mine]
        block.begin(values, fork.pasts(numbers[mine]) if fork else numbers[mine], stream)
        for week, lucks in fork.turns(numbers[mine]).items() if fork else ():
            block.play(week)
            block.give_lucks(lucks)
        block.play(n_weeks)
        parts.append([array[..., : block.n_worlds].copy() for array in block.tracks.value])
    return Tracks(*(np.concatenate(of, axis=-1) for of in zip(*parts, strict=True)))
