"""A block: a few worlds that are played side by side, from any week to any other.

A block can be begun, played on, stopped between the choices and the acts of a week, and its worlds
be copied from lane to lane and given another luck. Ensembles, replays, agents and forks are loops
over these. Nothing that happens in one lane depends on another.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engine import notes as noting
from sim.engine.native import Reference, entry, refer, width
from sim.engine.notes import Tracks, empty_tracks
from sim.lanes import Floats, Real, Reals
from sim.lanes.randomness import key_of
from sim.model import turn
from sim.model.parameters import Parameters
from sim.model.roster import Roster
from sim.model.state import Pair, Relation, State, System, World, empty_world

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
        """Play on until so many weeks are played."""
        _play_weeks(self._world, self.atlas, self.week + 1, until + 1, self._tracks)
        self.week = until

    def decide(self) -> None:
        """Play the next week up to the choices of all states, which may then be changed."""
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

    def copy(self, lane: int, into: int) -> None:
        """Copy one world, what was noted of it and its luck, into another lane."""
        for array in (*self.world[:5], *self.tracks.value):
            if array.shape[-1] > 1:
                array[..., into] = array[..., lane]
        for words in self.world.key[2:]:
            words[into] = words[lane]

    def give_luck(self, lane: int, luck: int) -> None:
        """Let a world go on with another luck from here: 0 its own, else one of 2**32."""
        self.world.key.lucks[lane] = luck

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


def noted(
    roster: Roster,
    parameters: Floats,
    numbers: ArrayLike,
    *,
    n_weeks: int,
    seed: int,
    stream: int = 0,
) -> Tracks:
    """Return what is noted of some worlds, played here and now, ``[..., world]``.

    Args:
        roster: who is in the worlds.
        parameters: ``[world, parameter]``, or ``[parameter]`` where all have the same.
        numbers: of the worlds, ``[world]``.
        n_weeks: weeks to play.
        seed: master seed.
        stream: 0 where points of a design share random numbers, else their point's.
    """
    numbers = np.atleast_1d(np.asarray(numbers))
    block, parts = Block(roster, n_weeks, seed), []
    for first in range(0, len(numbers), width()):
        mine = slice(first, first + width())
        block.begin(parameters if parameters.ndim == 1 else parameters[mine], numbers[mine], stream)
        block.play(n_weeks)
        parts.append([array[..., : block.n_worlds].copy() for array in block.tracks.value])
    return Tracks(*(np.concatenate(of, axis=-1) for of in zip(*parts, strict=True)))
