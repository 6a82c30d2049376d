"""What allies share and what poles ask of neutrals.

Allies pool fear and count on each other's capability by solidarity (Snyder 1984); a leader's
accusations are also appeals, which move neutrals by their affinity with it (Walt 1987).
"""

from __future__ import annotations

from sim.lanes import most, where
from sim.lanes.arithmetic import clamp
from sim.model.parameters import Parameters
from sim.model.vocabulary import Bloc


def pooled_fear(p: Parameters, own: float, allies: float) -> float:
    """Return fear after consulting allies who fear the same rival more."""
    return own + p.solidarity * p.fear_pooling * most(0.0, allies - own)


def pooled_capability(p: Parameters, own: float, bloc: float) -> float:
    """Return capability with the part of the bloc's that can be counted on."""
    return own + p.capability_pooling * p.solidarity * most(0.0, bloc - own)


def expected_retaliation(
    p: Parameters, resolve: float, their_share: float, error: float, hosted: float
) -> float:
    """Return the retaliation expected, 0 to 1: believed resolve times relative capability.

    Forces of allies that stand in a state are a tripwire (Schelling 1966).

    Args:
        p: parameters.
        resolve: of the other, as believed.
        their_share: the other's share of the two sides' capability.
        error: factor on it, where it is misread.
        hosted: forces of allies that stand in the other, 0 to 1.
    """
    return clamp(resolve * 2.0 * their_share * error + p.tripwire * hosted)


def nuclear_cover(p: Parameters, own: float, bloc: float) -> float:
    """Return a state's nuclear cover: its own weapons or its bloc's umbrella, 0 to 1."""
    return most(own, where(bloc > Bloc.NONE, p.umbrella, 0.0))


def briefed(p: Parameters, lean: float, side: float, size: float, affinity: float) -> float:
    """Return a neutral's leaning after a leader's briefing.

    Args:
        p: parameters.
        lean: -1 (east) to 1 (west).
        side: 1 where the west's leader speaks, -1 where the east's does.
        size: of the briefing, 0 to 1.
        affinity: of the neutral with the leader, 0 to 1.
    """
    pull = p.appeal_strength * p.appeal_briefing * size * affinity
    return lean + pull * (side - lean)


def appealed(
    p: Parameters, lean: float, west_rhetoric: float, east_rhetoric: float,
    west_affinity: float, east_affinity: float,
) -> float:  # fmt: skip
    """Return a neutral's leaning after the two leaders' appeals.

    Each leader's rhetoric pulls by the neutral's affinity with it, the more the further away the
    neutral still is.
    """
    pull = p.appeal_strength * p.appeal
    west = pull * west_rhetoric * west_affinity * (1.0 - lean)
    east = pull * east_rhetoric * east_affinity * (1.0 + lean)
    return lean + west - east
