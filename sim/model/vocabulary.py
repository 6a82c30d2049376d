"""The words of the model as numbers: rungs, instruments, roles, kinds of miscalculation, draws."""

from __future__ import annotations

from enum import IntEnum


class Rung(IntEnum):
    """Where a pair of states stands on the escalation ladder.

    Rungs 3, 5 and 6 are levels 3 (display), 4 (use of force) and 5 (war) of the Correlates of
    War militarised-dispute data, so that simulated and recorded disputes can be compared.
    """

    CALM = 0
    ACCUSATION = 1
    COERCION = 2
    DISPLAY = 3
    CRISIS = 4
    CLASH = 5
    WAR = 6
    NUCLEAR = 7


class Instrument(IntEnum):
    """What a state can raise, hold or lower toward another, in named steps."""

    RHETORIC = 0
    DEPLOYMENT = 1
    SANCTIONS = 2
    DIPLOMACY = 3


STEPS: dict[Instrument, tuple[str, ...]] = {
    Instrument.RHETORIC: ("silence", "criticism", "accusation", "threat", "ultimatum"),
    Instrument.DEPLOYMENT: ("none", "presence", "show of force", "mobilisation", "attack posture"),
    Instrument.SANCTIONS: ("none", "listings", "sectoral", "broad", "embargo"),
    Instrument.DIPLOMACY: ("expelled", "reduced", "embassies and attaches", "talks", "summit"),
}
"""Names of the levels 0, .25, .5, .75 and 1 of each instrument."""


class Role(IntEnum):
    """What a state is to the contest: a bloc's leader, its ally, or neither."""

    LEADER = 0
    ALLY = 1
    NEUTRAL = 2


class Bloc(IntEnum):
    """The side a state is on."""

    NONE = 0
    WEST = 1
    EAST = 2


class Violence(IntEnum):
    """State of violence of a pair: the only part of its rung that is not read off instruments."""

    NONE = 0
    CLASH = 1
    WAR = 2
    NUCLEAR = 3


class Draw(IntEnum):
    """The purpose of a call for random numbers; each call gives four."""

    PERCEIVE = 0
    CHOOSE = 1
    ACT = 2
    CONFRONT = 3
    ISSUE = 4
    CLIMATE = 5
    SPREAD = 6


class Happening(IntEnum):
    """Kinds of dated events a scenario may hold."""

    SPEECH = 0
    DEPLOYMENT = 1
    SANCTIONS = 2
    DIPLOMACY = 3
    GRIEVANCE = 4
    ACCESSION = 5
    FORCE = 6
    WAR = 7
    CEASEFIRE = 8
    ALARM = 9
