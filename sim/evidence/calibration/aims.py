"""What a calibration is held to: recorded figures of this population, and figures of cause.

Rates alone cannot tell memory from noise, nor whether force is chosen, nor what words carry: a
world of many accidents and no reaction can have the record's rates too. So beside the recorded
figures stand some of what one act calls forth, of what clashes begin with and of what remains when
a mechanism is taken out, each with the band that the design asks for (P13 to P18). A band is a
demand and not a measurement: it counts as :data:`DEMAND` standard errors either side of its middle.
Where the design names one end alone, the other is where a share ends or well beyond what is seen.

The record's errors are not independent of one another: a record with long disputes by chance has
more incidents in each. How they go together is found by playing the record's years many times over
at one set of parameters and coding each time what there is (:func:`correlations`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from sklearn.covariance import ledoit_wolf

from sim.analysis.intervals import Z
from sim.evidence import laboratory as lab
from sim.evidence.claims import JERVIS
from sim.evidence.score import linked
from sim.evidence.targets import Target, targets
from sim.lanes import Floats
from sim.model.vocabulary import Cause as Begin


@dataclass(frozen=True)
class Cause:
    """A figure of what an act calls forth, and the band it is asked to lie in."""

    name: str
    label: str
    low: float
    high: float
    by_ratio: bool = False  # judged by its logarithm

    def linked(self, value: Floats) -> Floats:
        """Return figures on the scale on which they are judged."""
        judged: Floats = np.log(np.maximum(value, 0.05)) if self.by_ratio else value
        return judged


CAUSES = (
    Cause("acts_after_display", "P13: acts after one display, two rivals", 0.3, 0.8),
    Cause("acts_after_display_dangerous", "P13: the same, doubly dangerous", 1.0, 5.0),
    Cause("acts_after_display_stable", "P13: the same, doubly stable", 0.0, 0.15),
    Cause("chosen", "P14: share of clashes that are chosen or met, members", 0.6, 1.0),
    Cause("kept_without_accidents", "P14: kept without accidents, two rivals", 0.6, 1.0),
    Cause("kept_frozen", "P15: kept with reactions frozen, two rivals", 0.15, 0.45),
    Cause("kept_without_words", "P15: kept without words, two rivals", 0.3, 0.7),
    Cause("kept_without_deployments", "P15: kept without deployments, two rivals", 0.5, 0.9),
    Cause("force_after_fire", "P16: rise of later force by an exchange of fire", 0.03, 0.15),
    Cause("clash_after_clash", "P16: a clash in year 2 multiplies year 3's by", 2.0, 20.0, True),
    Cause("settled_calm", "P17: doubly dangerous, from calm: worlds at a display", 0.3, 0.7),
    Cause("settled_tense", "P17: the same, from tension", 0.6, 1.0),
    Cause("clash_of_greed", "P18: greed .8 multiplies clashes at 0 by", 1.15, 3.0, True),
)
DEMAND = 3.0
"""Standard errors from the middle of a cause's band to its ends."""
_TODAY = 32  # worlds of two rivals for each of the default scenario


def caused(values: Mapping[str, float], worlds: int, seed: int) -> list[float]:
    """Return the figures of :data:`CAUSES` at some parameters.

    Args:
        values: parameters that differ from the declared ones.
        worlds: of two rivals, for the figures that need fewest.
        seed: of the worlds.
    """
    two = lab.pair_of_rivals()

    def acts(world: str | None) -> float:
        changed = JERVIS[world] if world else {}
        return float(lab.reproduction(two, {**values, **changed}, worlds=worlds, seed=seed).mean())

    def clashes(changed: Mapping[str, float], **greed: float) -> float:
        roster = lab.with_traits(two, BBB=greed) if greed else two
        return 0.5 + float(
            lab.clashed(roster, {**values, **changed}, worlds=worlds, seed=seed).sum()
        )

    def settled(*, tense: bool) -> float:
        spent = lab.regimes(values, tense=tense, world="doubly dangerous", worlds=worlds // 2,
                            seed=seed)  # fmt: skip
        return float((spent > lab.SETTLED).mean())

    now = lab.play(lab.today(), values, worlds=max(1, worlds // _TODAY), seed=seed)
    begun = lab.causes(now, lab.today())
    total = sum(begun[cause.name.lower()] for cause in Begin)
    second, third = lab.second_and_third_year(two, values, worlds=4 * worlds, seed=seed)
    after = (third[second].sum() + 0.5) / (second.sum() + 1.0)
    otherwise = (third[~second].sum() + 0.5) / ((~second).sum() + 1.0)
    plain = clashes({})
    return [
        acts(None),
        acts("doubly dangerous"),
        acts("doubly stable"),
        (begun["choice"] + begun["met"] + 0.5) / (total + 1.0),
        clashes(lab.NO_ACCIDENTS) / plain,
        clashes(lab.FROZEN) / plain,
        clashes(lab.NO_WORDS) / plain,
        clashes(lab.NO_DEPLOYMENTS) / plain,
        float(lab.memory(two, values, worlds=2 * worlds, seed=seed).mean()),
        float(after / otherwise),
        settled(tense=False),
        settled(tense=True),
        clashes({}, greed=0.8) / clashes({}, greed=0.0),
    ]


@cache
def fitted_rows() -> tuple[Target, ...]:
    """Return the recorded figures that calibration sees."""
    return tuple(t for t in targets().values() if t.use == "fit")


TOGETHER = 0.5
"""Part of the correlation in the model that the record's rows are taken to have."""
NAMES = (*targets(), *(cause.name for cause in CAUSES))
"""What is observed at a point: every recorded figure, then every figure of cause."""


def names() -> list[str]:
    """Return the names of what is held to, in order: ``[aim]``."""
    return [t.name for t in fitted_rows()] + [cause.name for cause in CAUSES]


def aimed(seen: Floats) -> Floats:
    """Return what is held to, on the scale on which it is judged.

    Args:
        seen: what was observed, ``[point, name]`` in the order of :data:`NAMES`.

    Returns:
        ``[point, aim]``; nan where a figure could not be observed.
    """
    columns = [linked(t, seen[:, NAMES.index(t.name)]) for t in fitted_rows()]
    columns += [cause.linked(seen[:, NAMES.index(cause.name)]) for cause in CAUSES]
    return np.stack(columns, axis=-1)


def _ends() -> tuple[Floats, Floats]:
    """Return the ends of the intervals on the scale on which they are judged, ``[aim]`` each."""
    rows = [linked(t, [t.low, t.high]) for t in fitted_rows()]
    rows += [cause.linked(np.array([cause.low, cause.high])) for cause in CAUSES]
    low, high = np.array(rows).T
    return low, high


def centre() -> Floats:
    """Return what is aimed at, ``[aim]``: the recorded value, the middle of a cause's band."""
    recorded = [float(linked(t, t.value)) for t in fitted_rows()]
    middles = (cause.linked(np.array([cause.low, cause.high])).mean() for cause in CAUSES)
    return np.array([*recorded, *middles])


def spread() -> Floats:
    """Return the standard errors of that, ``[aim]``."""
    low, high = _ends()
    either_side = np.repeat([Z, DEMAND], [len(fitted_rows()), len(CAUSES)])
    found: Floats = (high - low) / (2.0 * either_side)
    return found


def covariance(correlated: Floats) -> Floats:
    """Return the covariance of the record's errors, ``[aim, aim]``.

    Args:
        correlated: of the recorded figures, see :func:`correlations`; the bands of causes are
            demands, and go with nothing.
    """
    n = len(fitted_rows())
    whole = np.eye(n + len(CAUSES))
    whole[:n, :n] = correlated
    found: Floats = whole * np.outer(spread(), spread())
    return found


def correlations(replicas: Floats) -> Floats:
    """Return how the errors of recorded figures go together, ``[row, row]``.

    Args:
        replicas: what was observed in stretches of about the record's size, ``[replica, name]``.

    The sample's correlation is shrunk as its size asks for (Ledoit & Wolf 2004), and halved: the
    record's rows were counted from different lists of disputes, so that what follows strictly in
    the model (the share with force from two rates) does not in the record.
    """
    rows = aimed(replicas)[:, : len(fitted_rows())]
    rows = rows[np.isfinite(rows).all(axis=1)]
    around = (rows - rows.mean(axis=0)) / np.maximum(rows.std(axis=0), 1e-9)
    shrunk, _ = ledoit_wolf(around)
    scale = np.sqrt(np.diag(shrunk))
    found: Floats = shrunk / np.outer(scale, scale)
    return TOGETHER * found + (1.0 - TOGETHER) * np.eye(len(found))


def distances(seen: Floats, *, causes: bool = True) -> Floats:
    """Return how far points are from what is aimed at: root mean square, in standard errors.

    Args:
        seen: what was observed, ``[point, name]``.
        causes: whether figures of cause count beside the recorded ones.

    Returns:
        ``[point]``; inf where an aim could not be observed.
    """
    off = (aimed(seen) - centre()) / spread()
    off = off if causes else off[:, : len(fitted_rows())]
    found: Floats = np.sqrt((np.where(np.isfinite(off), off, np.inf) ** 2).mean(axis=1))
    return found
