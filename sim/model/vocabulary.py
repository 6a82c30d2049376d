"""The words of the model as numbers: rungs, instruments, roles, kinds of miscalculation, draws.

An :class:`Instrument` and a kind of :class:`Miscalculation` are declared here, once: fields of
state and traits, flags of what is noted, columns of outcomes, keys of a config, quantities, plots
and the page follow. What is left to write of a new one are its parameters, its rules and the stage
that calls them, and the words of a story.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from sim.lanes.whole import IntEnum


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


SIDES = (float(Bloc.WEST), float(Bloc.EAST))
"""The blocs in the order in which their leaders stand in an atlas."""


class Violence(IntEnum):
    """State of violence of a pair: the only part of its rung that is not read off instruments."""

    NONE = 0
    CLASH = 1
    WAR = 2
    NUCLEAR = 3


class Cause(IntEnum):
    """What begins a clash or a dispute: its proximate cause."""

    NONE = 0
    CHOICE = 1  # force, or a display, that a state chose
    MET = 2  # forces on display met, and both sides stood
    ACCIDENT = 3  # an unauthorised or unintended act that the other side took for meant
    EVENT = 4  # a dated event of the scenario
    DRAWN_IN = 5  # an ally's clash


class Origin(IntEnum):
    """What an act goes back to: its root, through the acts that called it forth."""

    NONE = 0
    OWN = 1  # an issue, a grievance or a fear of the state's own
    GAIN = 2  # an opportunity
    MISREADING = 3  # the other's intent, taken for hostile
    ACCIDENT = 4
    EVENT = 5  # a dated event of the scenario
    DRAWN_IN = 6  # an ally's clash
    STANDING = 7  # words and forces that stood from the start


class Draw(IntEnum):
    """The purpose of a call for random numbers; each call gives four."""

    PERCEIVE = 0
    CHOOSE = 1
    ACT = 2
    CONFRONT = 3
    ISSUE = 4
    CLIMATE = 5
    SPREAD = 6
    FORCE = 7
    STATION = 8


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
    FORWARD = 10  # forces of a bloc take their place in one of its members, or leave it (0)
    EXERCISE = 11  # announced in good time
    SNAP_EXERCISE = 12  # unannounced
    BRIEFING = 13  # of foreign attaches: heard by rivals, at home and by neutrals


@dataclass(frozen=True, kw_only=True)
class Lever:
    """The declaration of an instrument."""

    levels: tuple[str, ...]  # names of the levels 0, .25, .5, .75 and 1
    strength: str  # parameter: readiness to raise it; at 0 nobody does
    given: str  # parameter: part of the levels that a scenario gives; at 0 none
    raising: str  # beginning of the names of the coefficients of raising it
    lowering: str
    event: Happening | None = None  # kind of dated event that sets it
    start: float = 0.0  # level at the start, where a scenario gives none
    start_opposed: float = 0.0  # ... more between opposed states
    start_near: float = 0.0  # ... and more between those that are near as well
    ordinary: float | None = None  # level to which it goes back without a reason


class Instrument(IntEnum):
    """What a state can raise, hold or lower toward another, in named steps."""

    declared: Lever

    RHETORIC = Lever(
        levels=("silence", "criticism", "accusation", "threat", "ultimatum"),
        strength="rhetoric_strength",
        given="rhetoric_given",
        raising="accuse",
        lowering="soften",
        event=Happening.SPEECH,
        start_opposed=0.25,
    )
    DEPLOYMENT = Lever(
        levels=("none", "presence", "show of force", "mobilisation", "attack posture"),
        strength="deployment_strength",
        given="deployment_given",
        raising="deploy",
        lowering="withdraw",
        event=Happening.DEPLOYMENT,
        start_near=0.25,
    )
    SANCTIONS = Lever(
        levels=("none", "listings", "sectoral", "broad", "embargo"),
        strength="sanctions_strength",
        given="sanctions_given",
        raising="sanction",
        lowering="lift",
        event=Happening.SANCTIONS,
    )
    DIPLOMACY = Lever(
        levels=("expelled", "reduced", "embassies and attaches", "talks", "summit"),
        strength="channel_strength",
        given="diplomacy_given",
        raising="talk",
        lowering="expel",
        event=Happening.DIPLOMACY,
        start=0.5,
        ordinary=0.5,
    )

    def __new__(cls, declared: Lever) -> Self:
        """Return the next member, which is as many as there are before it."""
        member = int.__new__(cls, len(cls.__members__))
        member._value_ = len(cls.__members__)
        member.declared = declared
        return member

    @property
    def field(self) -> str:
        """The field of a relation that holds its level."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """The declaration of a kind of miscalculation."""

    field: str  # of a relation: 1 in the first direction, -1 in the second, 0 none, this week
    directions: tuple[str, str]
    share: str  # trait of a relation: share in the first direction
    column: str  # of outcomes: how many in a world
    label: str  # of many of them
    rate: str  # ... in a table of rates
    count: str  # of one of them, after its number; after "misreadings" where it begins with "of"


class Miscalculation(IntEnum):
    """In what a state can be wrong about another, or its forces slip."""

    declared: Mistake

    INTENT = Mistake(
        field="misread_intent",
        directions=("hostile", "benign"),
        share="hostile_share",
        column="misread_intent",
        label="misreadings of intent",
        rate="intent misread",
        count="of intent",
    )
    CAPABILITY = Mistake(
        field="misread_capability",
        directions=("over", "under"),
        share="overestimate_share",
        column="misread_capability",
        label="misreadings of capability",
        rate="capability misread",
        count="of capability",
    )
    SIGNAL = Mistake(
        field="misread_signal",
        directions=("a warning lost", "a concession lost"),
        share="concession_share",
        column="misread_signal",
        label="lost signals",
        rate="signals lost",
        count="lost signal",
    )
    ACCIDENT = Mistake(
        field="accident",
        directions=("force", "an unintended display"),
        share="force_share",
        column="accidents",
        label="accidents",
        rate="accidents",
        count="accident",
    )
    RESOLVE = Mistake(
        field="misread_resolve",
        directions=('"will yield"', '"will stand"'),
        share="yielding_share",
        column="misjudged_resolve",
        label="misjudgements of resolve",
        rate="resolve misjudged",
        count="of resolve",
    )

    def __new__(cls, declared: Mistake) -> Self:
        """Return the next member, which is as many as there are before it."""
        member = int.__new__(cls, len(cls.__members__))
        member._value_ = len(cls.__members__)
        member.declared = declared
        return member

    @property
    def odds(self) -> str:
        """The trait of a relation that is a factor on its odds."""
        return f"{self.name.lower()}_odds"


HELD_MISTAKE = 0
"""What a change may hold in a week, by number: what is mistaken, of each kind of miscalculation in
their order (-1, 0 or 1), then what follows here."""
HELD_LEVEL = len(Miscalculation)
"""... the level of each instrument, in their order (0 to 1)."""
HELD_RISE = HELD_LEVEL + len(Instrument)
"""... the highest step that may be taken with each instrument (0: it is not raised)."""
HELD_CEILING = HELD_RISE + len(Instrument)
"""... the level above which each instrument may not stand: it comes down to it, is not raised."""
HELD_STEP = HELD_CEILING + len(Instrument)
"""... the step that is taken with each instrument: a quarter up (1), none, or down (-1)."""
HELD_MET = HELD_STEP + len(Instrument)
"""... whether the forces of a pair meet (0 or 1), and what follows one by one: how a side that is
met stands (1 or -1), whether it uses force by choice, whether its accident is taken for one, the
channel of a pair, whether a neutral begins to mediate, whether a state joins an ally's fight, and a
parameter of the whole world."""
(
    HELD_STANCE, HELD_STRIKE, HELD_EXCUSED, HELD_CHANNEL, HELD_MEDIATION, HELD_JOINING,
    HELD_PARAMETER,
) = range(HELD_MET + 1, HELD_MET + 8)  # fmt: skip
N_HELD = HELD_PARAMETER + 1

PRESENCE = 0.25
"""Deployment that is a routine presence."""
EXERCISES = (Happening.EXERCISE, Happening.SNAP_EXERCISE)
SHOWN = 0.5
"""Deployment from which it is a display of force."""
LEVELS = tuple(i.field for i in Instrument)
STEPS = tuple(f"step_{i.field}" for i in Instrument)
STARTS = tuple(f"start_{i.field}" for i in Instrument)
"""Fields of the instruments: of a relation its level and the step chosen this week, of its traits
the level at the start."""
MISTAKES = tuple(kind.declared.field for kind in Miscalculation)
ODDS = tuple(kind.odds for kind in Miscalculation)
SHARES = tuple(kind.declared.share for kind in Miscalculation)
"""Fields of the kinds of miscalculation: of a relation what was mistaken this week, of its traits a
factor on the odds and the share in the first direction."""
