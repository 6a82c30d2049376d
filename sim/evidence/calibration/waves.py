"""Calibration: waves of simulated points close in on what is recorded, then a posterior is drawn.

History matching (Craig et al. 1997; Vernon, Goldstein & Bower 2010; Andrianakis et al. 2015): the
first wave fills the prior; after each wave an emulator is fitted and the next wave is drawn from
what it leaves plausible, its own error counted as variance. After the last wave a posterior is
drawn from the emulator, every draw is simulated in more worlds than a wave's points were, and its
weight corrects for what the emulator got wrong.

Targets are taken as independent given the parameters, which they are not quite, so that the
posterior is somewhat too narrow; the discrepancy in :mod:`sim.evidence.calibration.likelihood`
leans the other way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.evidence.calibration.emulator import Emulator, fitted
from sim.evidence.calibration.likelihood import centre, distance, linked, spread
from sim.evidence.calibration.prior import CALIBRATED, first_wave, unit_of, values, whole
from sim.evidence.calibration.sampling import sampled
from sim.evidence.calibration.watching import Watch, watched
from sim.evidence.targets import Target, targets
from sim.lanes import Floats
from sim.plan.scenario import Calibration
from sim.study.store import Store
from sim.study.table_writer import write_table

Progress = Callable[[int], None]
PART = 64
"""Points in a part of a wave, which is kept as soon as it is done."""
_DECLARED = 8  # points' worth of worlds that the hand-set parameters get
_CHAINS = 4  # chains for each parameter
_STEPS = 3000
_TEMPERATURES = (4.0, 2.0, 1.5)  # of the waves after the first; later ones 1


@dataclass(frozen=True)
class Wave:
    """Points of the parameters and what was observed at each."""

    unit: Floats  # [point, parameter] in 0..1
    seen: Floats  # [point, target], all targets


@dataclass(frozen=True)
class Calibrated:
    """What a calibration found."""

    waves: tuple[Wave, ...]
    emulator: Emulator  # of the targets that are fitted, the last
    final: Wave  # draws of the posterior, simulated
    weights: Floats  # [draw], summing to 1
    declared: Wave  # the parameters as they are declared, several times over

    @property
    def effective(self) -> float:
        """The number of equally weighted draws that would be worth as much."""
        return float(1.0 / (self.weights**2).sum())

    def table(self) -> pd.DataFrame:
        """Return the weighted parameter sets, one a row, the weightiest first."""
        frame = pd.DataFrame(values(self.final.unit), columns=list(CALIBRATED))
        frame.insert(0, "weight", self.weights)
        return frame.sort_values("weight", ascending=False, kind="stable", ignore_index=True)


def distances(wave: Wave) -> Floats:
    """Return how far a wave's points are from the record, in standard errors (root mean square).

    Points at which a fitted target could not be observed are left out.
    """
    found = distance(fit_columns(wave.seen), centre(fit_targets()), spread(fit_targets()) ** 2)
    seen: Floats = np.sqrt(found[np.isfinite(found)] / len(fit_targets()))
    return seen


def fit_targets() -> list[Target]:
    """Return the targets that calibration sees."""
    return [t for t in targets().values() if t.use == "fit"]


def n_worlds(plan: Calibration, at_a_point: int) -> int:
    """Return how many worlds a calibration plays."""
    return at_a_point * (plan.waves * plan.points + (plan.draws + _DECLARED) * plan.more)


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
    parts = Parts(store, watch, base, progress)
    waves: list[Wave] = []
    unit = first_wave(plan.points, watch.seed)
    for k in range(plan.waves):
        waves.append(parts.wave(f"wave_{k}", unit, first_world=k * plan.points * watch.n_worlds))
        emulator = emulated(waves[-2:])
        last = k + 1 == plan.waves
        heat = 1.0 if last or k >= len(_TEMPERATURES) else _TEMPERATURES[k]
        n_next = plan.draws if last else plan.points
        unit = plausible(emulator, waves[-1].unit, n_next, watch.seed + 1 + k, heat)
    begun = plan.waves * plan.points * watch.n_worlds
    final = parts.wave("posterior", unit, first_world=begun, more=plan.more)
    begun += plan.draws * plan.more * watch.n_worlds
    own = np.tile(unit_of(base), (_DECLARED, 1))
    declared = parts.wave("declared", own, first_world=begun, more=plan.more)
    return Calibrated(tuple(waves), emulator, final, weights(emulator, final), declared)


def emulated(waves: Sequence[Wave]) -> Emulator:
    """Return the emulator of the fitted targets over some waves."""
    unit = np.concatenate([wave.unit for wave in waves])
    scaled = fit_columns(np.concatenate([wave.seen for wave in waves]))
    whole_rows = np.isfinite(scaled).all(axis=1)
    return fitted(unit[whole_rows], scaled[whole_rows])


def fit_columns(seen: Floats) -> Floats:
    """Return the fitted targets of what was seen, on the scale of comparison."""
    chosen = [t.use == "fit" for t in targets().values()]
    return linked(fit_targets(), seen[:, chosen])


def log_likelihood(emulator: Emulator, *recorded: Floats) -> Callable[[Floats], Floats]:
    """Return the log-likelihood of parameters by an emulator.

    Args:
        emulator: of the fitted targets.
        recorded: figures on the scale of comparison, ``[target]``, one record or several; the
            record's own if none is given.
    """
    records = recorded or (centre(fit_targets()),)
    variance = spread(fit_targets()) ** 2 + emulator.variance

    def found(unit: Floats) -> Floats:
        emulated = emulator(unit)
        apart = [distance(emulated, record, variance) for record in records]
        total: Floats = -0.5 * np.sum(apart, axis=0)
        return total

    return found


def plausible(
    emulator: Emulator, known: Floats, n_draws: int, seed: int, heat: float = 1.0
) -> Floats:
    """Return points drawn from what an emulator leaves plausible.

    Args:
        emulator: of the fitted targets.
        known: points to start from the best of, ``[point, parameter]``.
        n_draws: how many.
        seed: of the draws.
        heat: above 1 the log-likelihood is divided by it, which widens the draws.
    """
    likelihood = log_likelihood(emulator)
    best = np.argsort(-likelihood(known), kind="stable")[: _CHAINS * known.shape[1]]
    return sampled(
        lambda unit: likelihood(unit) / heat, known[best], n_draws=n_draws, n_steps=_STEPS,
        seed=seed,
    )  # fmt: skip


def weights(emulator: Emulator, final: Wave) -> Floats:
    """Return the weights that turn draws from an emulator into draws from the simulation.

    Log weights are the simulated less the emulated log-likelihood. None may exceed the mean by more
    than the root of their number (truncated importance sampling, Ionides 2008). A draw in which a
    fitted target could not be observed weighs nothing.
    """
    scaled = fit_columns(final.seen)
    variance = spread(fit_targets()) ** 2 + emulator.variance
    simulated = -0.5 * distance(scaled, centre(fit_targets()), variance)
    excess = np.where(np.isfinite(simulated), simulated, -np.inf) - log_likelihood(emulator)(
        final.unit
    )
    raw = np.exp(excess - excess.max())
    held = np.minimum(raw, raw.mean() * len(raw) ** 0.5)
    found: Floats = held / held.sum()
    return found


@dataclass(frozen=True)
class Parts:
    """The simulated parts of waves, in a store."""

    store: Store
    watch: Watch
    base: Floats
    progress: Progress | None

    def wave(self, name: str, unit: Floats, *, first_world: int, more: int = 1) -> Wave:
        """Return a wave, from the store as far as it is there.

        Args:
            name: of the wave.
            unit: its points.
            first_world: number of the first world.
            more: how many times as many worlds as the plan's a point gets.
        """
        seen = [
            self._part(f"{name}_{at // PART:03d}", unit[at : at + PART], first_world, at, more)
            for at in range(0, len(unit), PART)
        ]
        return Wave(unit, np.concatenate(seen))

    def _part(self, name: str, unit: Floats, first_world: int, at: int, more: int) -> Floats:
        names = list(targets())
        watch = Watch(**{**vars(self.watch), "n_worlds": more * self.watch.n_worlds})
        if (held := _held(self.store.folder / "waves" / f"{name}.parquet", unit)) is not None:
            if self.progress:
                self.progress(len(unit) * watch.n_worlds)
            return held[names].to_numpy()
        seen = watched(
            watch, whole(unit, self.base), names, first_world + at * watch.n_worlds, self.progress
        )
        frame = pd.DataFrame(unit, columns=list(CALIBRATED))
        write_table(self.store, f"waves/{name}", frame.join(pd.DataFrame(seen, columns=names)))
        return seen


def _held(path: Path, unit: Floats) -> pd.DataFrame | None:
    """Return a part that is there and of the same points; None if it is absent or damaged."""
    try:
        frame = pd.read_parquet(path)
        same = np.array_equal(frame[list(CALIBRATED)].to_numpy(), unit)
        return frame if same else None
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return None
