"""Where the points of a drawn design lie: rows of shares of the unit cube.

A row has a share, 0 to 1, of each axis; :func:`scaled` turns a share into a value. What the axes
are is in :mod:`sim.config.axes`, what the outcome says of them in :mod:`sim.analysis.sensitivity`.
A seed gives the same rows, to the last bit, on every machine and Python.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sim.lanes import Floats

MORRIS_LEVELS = 4
"""Levels of an axis in a Morris design; a step is two thirds of it (Morris 1991, p/(2(p-1)))."""


class MissingLibraryError(ImportError):
    """A library that only some designs need is not installed; the text says how to install it."""


@contextmanager
def needs_salib() -> Iterator[None]:
    """Import SALib under this: if it is missing, the error says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        told = 'Morris and Saltelli designs need SALib: pip install "spiral-sim[analysis]"'
        raise MissingLibraryError(told) from error


def seed32(seed: int) -> int:
    """Return a seed of 32 bits, never 0, that depends on all of a longer one.

    SALib takes no longer ones, and 0 for no seed.
    """
    return 1 + int(np.random.SeedSequence(seed).generate_state(1)[0]) % (2**32 - 1)


# Shares of each axis, drawn


def latin_hypercube(n_points: int, n_axes: int, seed: int) -> Floats:
    """Return a Latin hypercube: each of ``n_points`` equal parts of an axis holds one point.

    McKay, Beckman & Conover 1979, by SciPy.

    Args:
        n_points: points, 1 or more.
        n_axes: axes, 1 or more.
        seed: 0 to 2**64 - 1.

    Returns:
        Shares, 0 to 1, ``[point, axis]``.

    Raises:
        ValueError: if a number is too small.
    """
    _check(n_points=n_points, n_axes=n_axes)
    from scipy.stats import qmc

    drawn: Floats = qmc.LatinHypercube(n_axes, seed=np.random.default_rng(seed)).random(n_points)
    return drawn


def sobol(n_points: int, n_axes: int, seed: int) -> Floats:
    """Return the first points of a scrambled Sobol sequence, which fills the cube evenly.

    Sobol 1967, scrambled after Owen by SciPy. Powers of two are balanced: of 2**m points each half,
    quarter, ... of an axis holds its exact share.

    Args:
        n_points: points, 1 or more.
        n_axes: axes, 1 to 21201.
        seed: 0 to 2**64 - 1.

    Returns:
        Shares, 0 to 1, ``[point, axis]``.

    Raises:
        ValueError: if a number is too small, or there are too many axes.
    """
    _check(n_points=n_points, n_axes=n_axes)
    from scipy.stats import qmc

    sequence = qmc.Sobol(n_axes, scramble=True, seed=np.random.default_rng(seed))
    drawn: Floats = sequence.random_base2(_exponent(n_points))[:n_points]
    return drawn


def morris(n_trajectories: int, n_axes: int, seed: int) -> Floats:
    """Return trajectories that step along one axis at a time, each axis once, in random order.

    Morris 1991, by SALib. No trajectory comes twice before all have come: one axis has 4 of them,
    two have 32, three 384.

    Args:
        n_trajectories: trajectories, 2 or more; 10 to 50 are usual.
        n_axes: axes, 1 or more.
        seed: 0 to 2**64 - 1.

    Returns:
        Shares, multiples of 1/3, ``[trajectory * (n_axes + 1), axis]``, one trajectory after the
        other.

    Raises:
        MissingLibraryError: if SALib is not installed.
        ValueError: if a number is too small.
    """
    _check(n_axes=n_axes)
    _check(least=2, n_trajectories=n_trajectories)
    most = 4**n_axes * math.factorial(n_axes)  # starts and directions, and orders of the axes
    n_different = n_drawn = min(n_trajectories, most)
    while True:
        different = {path.tobytes(): path for path in _trajectories(n_drawn, n_axes, seed)}
        if len(different) >= n_different:
            paths = [*different.values()]
            return np.concatenate([paths[k % n_different] for k in range(n_trajectories)])
        n_drawn *= 2


def _trajectories(n_drawn: int, n_axes: int, seed: int) -> Floats:
    """Return trajectories as drawn, ``[trajectory, step, axis]``; more begin with the fewer."""
    with needs_salib():
        from SALib.sample import morris as sampler
    problem = unit_cube(n_axes)
    drawn = sampler.sample(problem, n_drawn, num_levels=MORRIS_LEVELS, seed=seed32(seed))
    paths: Floats = drawn.reshape(n_drawn, n_axes + 1, n_axes)
    return paths


def saltelli(n_base: int, n_axes: int, seed: int) -> Floats:
    """Return the blocks from which first and total order Sobol indices are estimated.

    A block is a point A, for each axis A with that axis taken from B, and the point B; A and B are
    halves of one point of a scrambled Sobol sequence. Saltelli et al. 2010, by SALib.

    Args:
        n_base: blocks, 2 or more; powers of two are balanced.
        n_axes: axes, 1 or more.
        seed: 0 to 2**64 - 1.

    Returns:
        Shares, 0 to 1, ``[n_base * (n_axes + 2), axis]``, one block after the other.

    Raises:
        MissingLibraryError: if SALib is not installed.
        ValueError: if a number is too small.
    """
    _check(n_axes=n_axes)
    _check(least=2, n_base=n_base)
    with needs_salib():
        from SALib.sample import sobol as sampler
    drawn: Floats = sampler.sample(
        unit_cube(n_axes), 2 ** _exponent(n_base), calc_second_order=False, seed=seed32(seed)
    )
    return drawn[: n_base * (n_axes + 2)]


def unit_cube(n_axes: int) -> dict[str, Any]:
    """Return the axes as SALib wants them."""
    names = [f"axis {k}" for k in range(n_axes)]  # unlike: like ones it takes for a group
    return {"num_vars": n_axes, "names": names, "bounds": [[0.0, 1.0]] * n_axes}


def _exponent(n: int) -> int:
    """Return the least m with 2**m >= n."""
    return (n - 1).bit_length()


def _check(least: int = 1, **numbers: int) -> None:
    """Raise ValueError if a number is too small."""
    for name, number in numbers.items():
        if number < least:
            raise ValueError(f"{name} must be {least} or more, not {number}")


# Shares to values


def scaled(unit: ArrayLike, low: float, high: float, log: bool = False) -> Floats:
    """Return the values at some shares of the way from ``low`` to ``high``.

    low (1 - u) + high u, or low (high/low)**u: on a logarithmic scale equal steps are equal ratios.

    Args:
        unit: shares, 0 to 1, of any shape.
        low: value at 0; above 0 on a logarithmic scale.
        high: value at 1, not below ``low``.
        log: whether the scale is logarithmic.

    Returns:
        Values, ``low`` to ``high``, in the shape of ``unit``.

    Raises:
        ValueError: if a share is outside 0..1, or the ends are in the wrong order or not above 0.
    """
    share = np.asarray(unit, float)
    if not np.all((share >= 0.0) & (share <= 1.0)):
        raise ValueError("shares must be from 0 to 1")
    if not (low <= high and (low > 0.0 or not log)):
        raise ValueError(f"cannot go from {low:g} to {high:g}{' by equal ratios' if log else ''}")
    inner = low * _power(high / low, share) if log else (1.0 - share) * low + share * high
    return np.where(share == 1.0, high, np.clip(inner, low, high))


def _power(base: float, share: Floats) -> Floats:
    """Return base**share for shares of 0 to below 1, to about 14 digits.

    Only square roots and products, which all machines round alike, one for each binary digit of
    the share.
    """
    found, root, rest = np.ones_like(share), base, share
    for _ in range(52):
        root, rest = math.sqrt(root), 2.0 * rest
        digit = rest >= 1.0
        found, rest = np.where(digit, found * root, found), rest - digit
    return found
