"""What a state makes of what it sees: fear.

Fear rises quickly and falls slowly. It weighs perceived hostility by proximity, relative
capability and the advantage of offence (Walt 1987; Jervis 1978), and discounts it by how far the
state understands that the other may be reacting to *it* (Booth & Wheeler 2008).
"""

from __future__ import annotations

from sim.lanes import least, most, where
from sim.model.parameters import Parameters


def unprovoked(sensibility: float, perceived: float, own: float) -> float:
    """Return the perceived hostility that is not put down to the state's own acts."""
    return most(0.0, perceived - sensibility * least(most(0.0, own), perceived))


def share(theirs: float, ours: float) -> float:
    """Return the adversary's share of the two sides' capability, 0 to 1."""
    total = theirs + ours
    return where(total > 0.0, theirs / where(total > 0.0, total, 1.0), 0.0)


def threat(
    p: Parameters, unprovoked: float, proximity: float, their_share: float, greed: float,
    trust: float,
) -> float:  # fmt: skip
    """Return the level that fear moves to, 0 to 1: saturating, never clipped.

    x / (1 + x) with x = gain * (1 - calm * greed) * (1 - discount * trust) * hostility *
    proximity * (base + capability * share) * (floor + offence).
    """
    x = (
        p.fear_gain
        * (1.0 - p.greed_calm * greed)
        * (1.0 - p.fear_trust * least(1.0, trust))
        * unprovoked
        * proximity
        * (p.fear_base + p.fear_capability * their_share)
        * (p.fear_offence + p.offence)
    )
    return x / (1.0 + x)


def fear(p: Parameters, before: float, threat: float) -> float:
    """Return fear a week on: quick to rise, slow to fall."""
    return before + where(threat > before, p.fear_rise, p.fear_fall) * (threat - before)
