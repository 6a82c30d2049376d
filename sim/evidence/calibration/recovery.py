"""Does the method find parameters that are known? Simulation-based calibration.

The rank test of Talts et al. (2018), made about the posterior as by Säilynoja et al. (2025): a
draw of the posterior is taken for the truth, a record is made up from its simulation and the
record's own error, and the posterior is drawn again given both records. If the method is right,
the truth's rank among the new draws is uniform for each parameter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chisquare, false_discovery_control

from sim.analysis.intervals import wilson
from sim.evidence.calibration.aims import aimed, centre
from sim.evidence.calibration.prior import CALIBRATED
from sim.evidence.calibration.sampling import sampled
from sim.evidence.calibration.waves import Calibrated, log_likelihood
from sim.lanes import Floats

RANKS = 99
"""Draws among which a truth is ranked, so that a rank is one of a hundred."""
_BINS = 10
_STEPS = 800
_CHAINS = 4  # for each parameter


@dataclass(frozen=True)
class Recovery:
    """Ranks of truths among draws that were made without knowing them."""

    ranks: Floats  # [trial, parameter] 0..RANKS

    def table(self) -> pd.DataFrame:
        """Return a row for each parameter: the test of uniform ranks, and coverage.

        Columns ``parameter``, ``p`` (chi-square over ten bins), ``q`` (after Benjamini & Hochberg),
        ``cover_50``, ``cover_50_lo``, ``cover_50_hi`` and the same of 90 (share of truths inside
        the central interval, with its 95 % Wilson interval).
        """
        counts = np.stack([np.histogram(r, _BINS, (-0.5, RANKS + 0.5))[0] for r in self.ranks.T])
        p = chisquare(counts, axis=1).pvalue
        frame = pd.DataFrame({"parameter": CALIBRATED, "p": p, "q": false_discovery_control(p)})
        for width in (50, 90):
            share = (self.ranks + 0.5) / (RANKS + 1)
            inside = np.abs(share - 0.5) <= width / 200
            n = len(self.ranks)
            low, high = wilson(inside.sum(axis=0), n)
            frame[f"cover_{width}"] = inside.mean(axis=0)
            frame[f"cover_{width}_lo"], frame[f"cover_{width}_hi"] = low, high
        return frame


def recovered(
    found: Calibrated, n_trials: int, seed: int, progress: Callable[[int], None] | None = None
) -> Recovery:
    """Return the ranks of ``n_trials`` truths drawn from a posterior.

    Args:
        found: the calibration.
        n_trials: 1 or more.
        seed: of truths, records and chains.
        progress: called with 1 after each trial.
    """
    generator = np.random.default_rng(seed)
    scaled, unit = aimed(found.final.seen), found.final.unit
    usable = np.flatnonzero(np.isfinite(scaled).all(axis=1))
    truths = generator.choice(usable, n_trials, replace=n_trials > len(usable))
    made_up = scaled[truths] + generator.multivariate_normal(
        np.zeros(scaled.shape[1]), found.errors, n_trials
    )
    n_chains = _CHAINS * len(CALIBRATED)
    ranks = []
    for trial, truth in enumerate(truths):
        both = log_likelihood(found.emulator, found.errors, centre(), made_up[trial])
        starts = unit[generator.choice(len(unit), n_chains, replace=n_chains > len(unit))]
        draws = sampled(both, starts, n_draws=RANKS, n_steps=_STEPS, seed=seed + trial)
        ranks.append((draws.unit < unit[truth]).sum(axis=0))
        if progress:
            progress(1)
    return Recovery(np.array(ranks, dtype=float))
