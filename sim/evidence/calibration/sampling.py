"""Plausible parameters by Markov chains, on an emulator and the uniform prior."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import emcee
import numpy as np

from sim.lanes import Floats

_MOVES = [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)]
_SHAKE, _EDGE = 1e-3, 1e-6


@dataclass(frozen=True)
class Draws:
    """Draws from a posterior."""

    unit: Floats  # [draw, parameter] in 0..1
    worth: float  # independent draws that all chains are worth, by the slowest parameter


def sampled(
    log_likelihood: Callable[[Floats], Floats],
    starts: Floats,
    *,
    n_draws: int,
    n_steps: int,
    seed: int,
) -> Draws:
    """Return draws from a posterior.

    The first half of the chains is dropped, and the draws are taken from the rest without
    repetition. What they are worth follows from the autocorrelation of the chains (Goodman & Weare
    2010).

    Args:
        log_likelihood: of points ``[point, parameter]``.
        starts: one for each chain, ``[chain, parameter]`` in 0..1; they are shaken a little, as
            chains that begin at one place would stay there.
        n_draws: wanted.
        n_steps: of each chain.
        seed: of the chains.
    """

    def log_posterior(unit: Floats) -> Floats:
        inside = ((unit > 0.0) & (unit < 1.0)).all(axis=1)
        found = np.full(len(unit), -np.inf)
        if inside.any():
            found[inside] = log_likelihood(unit[inside])
        return found

    n_chains, n_parameters = starts.shape
    chains = emcee.EnsembleSampler(
        n_chains, n_parameters, log_posterior, moves=_MOVES, vectorize=True
    )
    generator = np.random.RandomState(seed)
    shaken = np.clip(starts + _SHAKE * generator.standard_normal(starts.shape), _EDGE, 1.0 - _EDGE)
    state = emcee.State(shaken, random_state=generator.get_state())
    chains.run_mcmc(state, n_steps, skip_initial_state_check=True)
    half = n_steps // 2
    whole = chains.get_chain(discard=half)  # [step, chain, parameter]
    moving = whole[:, whole.std(axis=0).min(axis=1) > 0.0]
    times = emcee.autocorr.integrated_time(moving, tol=0)
    kept: Floats = whole.reshape(-1, n_parameters)
    chosen = np.random.default_rng(seed).permutation(len(kept))[:n_draws]
    return Draws(kept[chosen], float(moving.shape[0] * moving.shape[1] / times.max()))
