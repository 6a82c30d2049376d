"""Calibration: waves of simulated points close in on what is recorded, then a posterior is drawn.

History matching (Craig et al. 1997; Vernon, Goldstein & Bower 2010; Andrianakis et al. 2015): the
first wave fills the prior; after each wave an emulator is fitted and the next wave is drawn from
what it leaves plausible, its own error counted as variance. After the last wave a posterior is
drawn from the emulator. Its draws weigh alike: they are what ships, and what the test of recovery
is of (:mod:`sim.evidence.calibration.recovery`). Every one is then simulated in more worlds than a
wave's points were. How much its weight would have to change for what the emulator got wrong is
told beside it, and not applied: the simulated likelihood of a finite number of worlds is noise in
good part.

Errors of the record that go together count as such, see :mod:`sim.evidence.calibration.aims`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.linalg import solve_triangular

from sim.evidence.calibration.aims import NAMES, aimed, centre, correlations, covariance
from sim.evidence.calibration.emulator import Emulator, fitted
from sim.evidence.calibration.prior import CALIBRATED, first_wave, unit_of, values, whole
from sim.evidence.calibration.sampling import sampled
from sim.evidence.calibration.watching import Watch, with_causes
from sim.lanes import Floats
from sim.plan.scenario import Calibration
from sim.study.store import Store
from sim.study.table_writer import write_table

Progress = Callable[[int], None]
PART = 64
"""Points in a part of a wave, which is kept as soon as it is done."""
REPLICAS, STRETCH = 384, 4
"""Times that the record's years are played again, and worlds that hold about as many of them."""
_DECLARED = 8  # points' worth of worlds that the hand-set parameters get
_CHAINS = 6  # chains for each parameter
_FITTED = 4  # last waves that an emulator is fitted to
_STEPS = 4000
_TEMPERATURES = (6.0, 3.0, 1.5)  # of the waves after the first; later ones 1


@dataclass(frozen=True)
class Wave:
    """Points of the parameters and what was observed at each."""

    unit: Floats  # [point, parameter] in 0..1
    seen: Floats  # [point, name] see aims.NAMES


@dataclass(frozen=True)
class Calibrated:
    """What a calibration found."""

    waves: tuple[Wave, ...]
    emulator: Emulator  # of what is aimed at, the last
    errors: Floats  # [aim, aim] covariance of the record's errors
    final: Wave  # draws of the posterior, simulated
    worth: float  # independent draws that these are worth
    corrections: Floats  # [draw] weights that the simulation would give them, summing to 1
    declared: Wave  # the parameters as they are declared, several times over

    @property
    def corrected_worth(self) -> float:
        """The number of equally weighted draws that the corrected weights would be worth."""
        return float(1.0 / (self.corrections**2).sum())

    @property
    def shift(self) -> Floats:
        """How far the corrections would move each mean, in standard deviations, ``[parameter]``."""
        middle, sd = self.final.unit.mean(axis=0), self.final.unit.std(axis=0)
        found: Floats = (self.corrections @ self.final.unit - middle) / sd
        return found

    def table(self) -> pd.DataFrame:
        """Return the parameter sets, one a row, each with the same weight."""
        frame = pd.DataFrame(values(self.final.unit), columns=list(CALIBRATED))
        frame.insert(0, "weight", 1.0 / len(frame))
        return frame


def n_worlds(plan: Calibration, at_a_point: int) -> int:
    """Return how many worlds a calibration plays."""
    waves = at_a_point * (plan.waves * plan.points + (plan.draws + _DECLARED) * plan.more)
    return waves + REPLICAS * STRETCH


def calibrate(plan: Calibration, watch: Watch, base: Floats, store: Store,
              progress: Progress | None = None) -> Calibrated:  # fmt: skip
    """Return the calibration of a plan, going on from what a store holds.

    Args:
        plan: how much of it.
        watch: what is played at a point of a wave.
        base: values of the parameters that are not calibrated, ``[parameter]``.
        store: where every part of a wave is kept.
        progress: called with the number of worlds just finished, or found in the store.
    """
    parts = Parts(store, base, progress)
    often = replace(watch, n_worlds=watch.n_worlds * plan.more)
    own = unit_of(base)
    again = parts.wave("record", np.tile(own, (REPLICAS, 1)), replace(watch, n_worlds=STRETCH), 0)
    errors, begun = covariance(correlations(again.seen)), REPLICAS * STRETCH
    waves: list[Wave] = []
    unit = first_wave(plan.points, watch.seed)
    for k in range(plan.waves):
        waves.append(parts.wave(f"wave_{k}", unit, watch, begun))
        begun += plan.points * watch.n_worlds
        emulator = emulated(waves[-_FITTED:])
        last = k + 1 == plan.waves
        heat = 1.0 if last or k >= len(_TEMPERATURES) else _TEMPERATURES[k]
        n_next = plan.draws if last else plan.points
        unit, worth = plausible(
            log_likelihood(emulator, errors), waves[-1].unit, n_next, watch.seed + 1 + k, heat
        )
    final = parts.wave("posterior", unit, often, begun)
    begun += plan.draws * often.n_worlds
    declared = parts.wave("declared", np.tile(own, (_DECLARED, 1)), often, begun)
    corrected = corrections(emulator, errors, final)
    return Calibrated(tuple(waves), emulator, errors, final, worth, corrected, declared)


def emulated(waves: Sequence[Wave]) -> Emulator:
    """Return the emulator of what is aimed at over some waves, its error that of the last."""
    scaled = [aimed(wave.seen) for wave in waves]
    whole_rows = [np.isfinite(rows).all(axis=1) for rows in scaled]
    return fitted(
        np.concatenate([wave.unit[kept] for wave, kept in zip(waves, whole_rows, strict=True)]),
        np.concatenate([rows[kept] for rows, kept in zip(scaled, whole_rows, strict=True)]),
        judged=int(whole_rows[-1].sum()),
    )


def log_likelihood(
    emulator: Emulator, errors: Floats, *recorded: Floats
) -> Callable[[Floats], Floats]:
    """Return the log-likelihood of parameters by an emulator.

    Args:
        emulator: of what is aimed at.
        errors: covariance of the record's errors, ``[aim, aim]``; the emulator's own is added.
        recorded: figures on the scale of comparison, ``[aim]``, one record or several; the
            record's own if none is given.
    """
    records = recorded or (centre(),)

    def found(unit: Floats) -> Floats:
        guessed = emulator(unit)
        apart = [distance(guessed - record, errors + emulator.covariance) for record in records]
        total: Floats = -0.5 * np.sum(apart, axis=0)
        return total

    return found


def distance(off: Floats, variance: Floats) -> Floats:
    """Return squared Mahalanobis distances.

    Args:
        off: differences, ``[point, aim]``.
        variance: their covariance, ``[aim, aim]``.
    """
    whitened = solve_triangular(np.linalg.cholesky(variance), off.T, lower=True)
    found: Floats = (whitened**2).sum(axis=0)
    return found


def plausible(
    likelihood: Callable[[Floats], Floats], known: Floats, n_draws: int, seed: int,
    heat: float = 1.0,
) -> tuple[Floats, float]:  # fmt: skip
    """Return points drawn from what a likelihood leaves plausible, and what they are worth.

    Args:
        likelihood: the logarithm of it, by :func:`log_likelihood`.
        known: points to start from the best of, ``[point, parameter]``.
        n_draws: how many.
        seed: of the draws.
        heat: above 1 the log-likelihood is divided by it, which widens the draws.
    """
    best = np.argsort(-likelihood(known), kind="stable")[: _CHAINS * known.shape[1]]
    found = sampled(
        lambda unit: likelihood(unit) / heat, known[best], n_draws=n_draws, n_steps=_STEPS,
        seed=seed,
    )  # fmt: skip
    return found.unit, min(float(len(found.unit)), found.worth)


def corrections(emulator: Emulator, errors: Floats, final: Wave) -> Floats:
    """Return the weights that the simulation would give to draws from the emulator.

    Log weights are the simulated less the emulated log-likelihood. None may exceed the mean by more
    than the root of their number (truncated importance sampling, Ionides 2008). A draw in which an
    aim could not be observed weighs nothing.
    """
    off = aimed(final.seen) - centre()
    known = np.isfinite(off).all(axis=1)
    variance = errors + emulator.covariance
    simulated = np.full(len(off), -np.inf)
    simulated[known] = -0.5 * distance(off[known], variance)
    excess = simulated - log_likelihood(emulator, errors)(final.unit)
    raw = np.exp(excess - excess.max())
    held = np.minimum(raw, raw.mean() * len(raw) ** 0.5)
    found: Floats = held / held.sum()
    return found


@dataclass(frozen=True)
class Parts:
    """The simulated parts of waves, in a store."""

    store: Store
    base: Floats
    progress: Progress | None

    def wave(self, name: str, unit: Floats, watch: Watch, first_world: int) -> Wave:
        """Return a wave, from the store as far as it is there.

        Args:
            name: of the wave.
            unit: its points.
            watch: what is played at each.
            first_world: number of the first world.
        """
        seen = [
            self._part(f"{name}_{at // PART:03d}", unit[at : at + PART], watch,
                       first_world + at * watch.n_worlds)
            for at in range(0, len(unit), PART)
        ]  # fmt: skip
        return Wave(unit, np.concatenate(seen))

    def _part(self, name: str, unit: Floats, watch: Watch, first_world: int) -> Floats:
        if (held := _held(self.store.folder / "waves" / f"{name}.parquet", unit)) is not None:
            if self.progress:
                self.progress(len(unit) * watch.n_worlds)
            return held[list(NAMES)].to_numpy()
        seen = with_causes(watch, whole(unit, self.base), first_world, self.progress)
        frame = pd.DataFrame(unit, columns=list(CALIBRATED))
        write_table(self.store, f"waves/{name}",
                    frame.join(pd.DataFrame(seen, columns=list(NAMES))))  # fmt: skip
        return seen


def _held(path: Path, unit: Floats) -> pd.DataFrame | None:
    """Return a part that is there and of the same points; None if it is absent or damaged."""
    try:
        frame = pd.read_parquet(path)
        same = np.array_equal(frame[list(CALIBRATED)].to_numpy(), unit)
        return frame if same else None
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return None
