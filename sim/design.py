"""Where the points of a sampled design lie: rows in the unit cube, the same for the same seed.

Latin hypercubes and Sobol's sequences are those of :mod:`scipy.stats.qmc`; the trajectories of
Morris and the blocks of Saltelli are those of SALib, which analyses them too
(:mod:`sim.sensitivity`).
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sim.lanes import Floats

LEVELS = 4
"""Levels of the grid on which Morris's trajectories walk."""
INSTALL = 'needs SALib: pip install "spiral-sim[analysis]"'


class MissingLibraryError(ImportError):
    """A library of an extra is not installed; the text says how to install it."""


def narrow(seed: int) -> int:
    """Return a seed of 32 bits for libraries that take no wider one."""
    return int(np.random.SeedSequence(seed).generate_state(1)[0])


def scaled(share: ArrayLike, low: float, high: float, log: bool = False) -> Floats:
    """Return the value at a share of the way from one end of a range to the other.

    Args:
        share: 0..1.
        low, high: ends of the range; above 0 on a log scale.
        log: whether equal shares are equal factors rather than equal steps.
    """
    share = np.asarray(share, float)
    if log:
        low, high = np.log(low), np.log(high)
    value = low + share * (high - low)
    found: Floats = np.exp(value) if log else value
    return np.clip(found, *((np.exp(low), np.exp(high)) if log else (low, high)))


def latin_hypercube(n_points: int, n_axes: int, seed: int) -> Floats:
    """Return points of which each of ``n_points`` equal slices of every axis holds one.

    Source: McKay, Beckman & Conover 1979.

    Args:
        n_points: 1 or more.
        n_axes: 1 or more.
        seed: 0 to 2**64 - 1.

    Returns:
        ``[point, axis]`` in 0..1.
    """
    from scipy.stats import qmc

    found: Floats = qmc.LatinHypercube(n_axes, seed=np.random.default_rng(seed)).random(n_points)
    return found


def sobol(n_points: int, n_axes: int, seed: int) -> Floats:
    """Return the first points of a scrambled Sobol sequence.

    A power of two is balanced: each half of every axis holds half of the points.
    Source: Sobol' 1967; Owen 1998.

    Args:
        n_points: 1 or more.
        n_axes: 1 to 21201.
        seed: 0 to 2**64 - 1.

    Returns:
        ``[point, axis]`` in 0..1.
    """
    from scipy.stats import qmc

    whole = 1 << max(0, n_points - 1).bit_length()
    sequence = qmc.Sobol(n_axes, seed=np.random.default_rng(seed))
    found: Floats = sequence.random(whole)[:n_points]
    return found


def morris(n_trajectories: int, n_axes: int, seed: int) -> Floats:
    """Return trajectories that move one axis at a time by two thirds of its range.

    Source: Morris 1991.

    Args:
        n_trajectories: 1 or more; 10 to 50 are usual.
        n_axes: 1 or more.
        seed: 0 to 2**64 - 1.

    Returns:
        ``[trajectory * (axes + 1), axis]`` in 0..1.

    Raises:
        MissingLibraryError: if SALib is not installed.
    """
    sample = salib("sample.morris").sample
    found: Floats = sample(problem_of(n_axes), n_trajectories, num_levels=LEVELS, seed=narrow(seed))
    return found


def saltelli(n_base: int, n_axes: int, seed: int) -> Floats:
    """Return blocks A, one A with a column of B for each axis, and B, for Sobol's indices.

    Source: Saltelli 2002; Saltelli et al. 2010.

    Args:
        n_base: base samples, 1 or more; a power of two is balanced.
        n_axes: 1 or more.
        seed: 0 to 2**64 - 1.

    Returns:
        ``[base * (axes + 2), axis]`` in 0..1.

    Raises:
        MissingLibraryError: if SALib is not installed.
    """
    sample = salib("sample.sobol").sample
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a number is no power of two, which is said above
        found: Floats = sample(
            problem_of(n_axes), n_base, calc_second_order=False, seed=narrow(seed)
        )
    return found


def problem_of(n_axes: int, names: list[str] | None = None) -> dict[str, Any]:
    """Return a problem as SALib has it: axes from 0 to 1."""
    names = names or [f"x{k}" for k in range(n_axes)]
    return {"num_vars": n_axes, "names": names, "bounds": [[0.0, 1.0]] * n_axes}


def salib(module: str) -> Any:
    """Return a module of SALib.

    Raises:
        MissingLibraryError: if it is not installed.
    """
    try:
        return import_module(f"SALib.{module}")
    except ImportError:
        raise MissingLibraryError(INSTALL) from None
