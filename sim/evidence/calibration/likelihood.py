"""How far a simulated figure is from a recorded one.

Shares are compared as log-odds and everything else as logarithms, since that is how the rules act.
On that scale a target's interval is taken as 95 % of a normal distribution; where it is narrower
than a quarter of the value to either side, that quarter is taken instead: no stylised model of
states is right to a few per cent (the *discrepancy* of Kennedy & O'Hagan 2001).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.evidence.targets import Target
from sim.lanes import Floats

_NONE_OF = 0.003  # what stands for no case in a share
_LITTLE = 0.5  # days, incidents or onsets per 1000 dyad-years: what stands for none
_WIDTH = 3.92  # standard deviations in a 95 % interval


def linked(targets: Sequence[Target], found: Floats) -> Floats:
    """Return figures on the scale on which they are compared, ``[..., target]``."""
    columns = [_link(t.unit, found[..., k]) for k, t in enumerate(targets)]
    return np.stack(columns, axis=-1)


def unlinked(targets: Sequence[Target], scaled: Floats) -> Floats:
    """Return figures in their units from the scale on which they are compared."""
    columns = [_unlink(t.unit, scaled[..., k]) for k, t in enumerate(targets)]
    return np.stack(columns, axis=-1)


def centre(targets: Sequence[Target]) -> Floats:
    """Return the recorded figures on that scale, ``[target]``."""
    return linked(targets, np.array([t.value for t in targets]))


def spread(targets: Sequence[Target]) -> Floats:
    """Return the standard deviations of the recorded figures on that scale, ``[target]``."""
    low, high = (np.array([t.span[end] for t in targets]) for end in (0, 1))
    return (linked(targets, high) - linked(targets, low)) / _WIDTH


def distance(scaled: Floats, centre: Floats, variance: Floats) -> Floats:
    """Return the squared distance of figures from what is recorded, summed over targets.

    Args:
        scaled: figures on the scale of comparison, ``[point, target]``.
        centre: what is recorded, ``[target]``.
        variance: of the difference, ``[target]``.
    """
    found: Floats = ((scaled - centre) ** 2 / variance).sum(axis=-1)
    return found


def _is_share(unit: str) -> bool:
    return unit in ("share", "probability")


def _link(unit: str, found: Floats) -> Floats:
    if _is_share(unit):
        share = np.clip(found, 0.0, 1.0)
        scaled: Floats = np.log((share + _NONE_OF) / (1.0 - share + _NONE_OF))
        return scaled
    logged: Floats = np.log(found + _LITTLE)
    return logged


def _unlink(unit: str, scaled: Floats) -> Floats:
    if _is_share(unit):
        odds = np.exp(scaled)
        share: Floats = (odds * (1.0 + _NONE_OF) - _NONE_OF) / (1.0 + odds)
        return np.clip(share, 0.0, 1.0)
    whole: Floats = np.exp(scaled) - _LITTLE
    return np.maximum(whole, 0.0)
