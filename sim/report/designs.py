"""A design in words and shape: its axes, the labels of its points, and how they are best drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from sim.parameters import COEFFICIENTS

Quantities = Mapping[str, tuple[str, str]]
"""What is drawn, in order: the label and the unit of each quantity (of shares: ``SHARE``)."""
Kind = Literal["none", "forest", "line", "lines", "response", "star", "cloud"]
"""How points are drawn: alone, in rows, along one axis or two, over two, or scattered."""
MOST_ROWS, MOST_LINES, MOST_LEVELS, MOST_PANELS, MOST_WORDS = 40, 6, 25, 12, 4


def axes_of(design: pd.DataFrame) -> list[str]:
    """Return the names of what differs between points, in the order of the columns."""
    return [name for name in design.columns if name != "point" and design[name].nunique() > 1]


def is_numeric(column: pd.Series[Any]) -> bool:
    """Say whether an axis holds numbers."""
    return bool(pd.api.types.is_numeric_dtype(column))


def kind_of(design: pd.DataFrame) -> Kind:
    """Return how the points of a design are best drawn.

    Args:
        design: ``point`` and a column for each axis.
    """
    axes = axes_of(design)
    sizes = [int(design[axis].nunique()) for axis in axes]
    numbers = [is_numeric(design[axis]) for axis in axes]
    if not axes:
        return "none"
    if len(axes) == 1:
        return _single(numbers[0], sizes[0])
    if is_star(design):
        return "star"
    if is_grid(design) and any(numbers) and len(axes) == 2:
        return "lines" if across(design)[1] is not None else "response"
    if is_grid(design) and len(axes) == 3 and min(sizes) <= MOST_PANELS:
        return "response"
    repeats = not any(numbers) or max(sizes) <= 0.75 * len(design)
    return "forest" if repeats and len(design) <= MOST_ROWS else "cloud"


def _single(number: bool, size: int) -> Kind:
    if number:
        return "line" if size <= MOST_LEVELS else "cloud"
    return "forest" if size <= MOST_ROWS else "cloud"


def is_grid(design: pd.DataFrame) -> bool:
    """Say whether every combination of the levels is there, once."""
    axes = axes_of(design)
    n_points = 1
    for axis in axes:
        n_points *= int(design[axis].nunique())
    return len(design) == n_points and not design[axes].duplicated().any()


def is_star(design: pd.DataFrame) -> bool:
    """Say whether every point differs from the first in one axis at most, and some in each."""
    axes = axes_of(design)
    moved = design[axes].ne(design[axes].iloc[0])
    return len(axes) > 1 and bool((moved.sum(axis=1) <= 1).all())


def across(design: pd.DataFrame) -> tuple[str, str | None]:
    """Return which of two axes x runs along, and which the lines are of (None: too many levels)."""
    first, second = axes_of(design)
    for x, lines in ((first, second), (second, first)):
        if is_numeric(design[x]) and design[lines].nunique() <= MOST_LINES:
            return x, lines
    return first, None


# Words


def axis_label(name: str) -> str:
    """Return the name of an axis in words, with its unit: ``accident (1/relation-week)``."""
    words = " ".join(name.split(".")[-2:]).replace("_", " ")
    unit = COEFFICIENTS[name].unit if name in COEFFICIENTS else "1"
    return words if unit == "1" else f"{words} ({unit})"


def level_label(axis: str, level: Any) -> str:
    """Return one level of an axis in words: ``doubly stable``, ``hotline = 1``."""
    if isinstance(level, str):
        return level.replace("_", " ")
    return f"{axis_label(axis).partition(' (')[0]} = {level:.3g}"


def labels_of(design: pd.DataFrame) -> dict[int, str]:
    """Return each point in words, by its number; where very many things vary, its number."""
    axes = axes_of(design)
    if len(axes) > MOST_WORDS:
        return {int(point): f"point {point}" for point in design["point"]}
    return {
        int(row["point"]): ", ".join(level_label(axis, row[axis]) for axis in axes) or "as given"
        for row in design.to_dict("records")
    }


def changes_of(design: pd.DataFrame, pairs: Sequence[tuple[int, int]]) -> dict[int, str]:
    """Return what sets points apart from their baselines, and where both stand otherwise.

    Args:
        design: ``point`` and a column for each axis.
        pairs: a point and its baseline.

    Returns:
        Words by point: ``hotline at accident = 0.1``.
    """
    rows, same = design.set_index("point"), shared_axes(design, pairs)
    axes = axes_of(design)
    found = {}
    for point, baseline in pairs:
        mine, theirs = rows.loc[point], rows.loc[baseline]
        apart = [axis for axis in axes if mine[axis] != theirs[axis]]
        words = ", ".join(level_label(axis, mine[axis]) for axis in apart)
        place = ", ".join(level_label(axis, mine[axis]) for axis in same)
        found[point] = f"{words} at {place}" if place else words
    return found


def shared_axes(design: pd.DataFrame, pairs: Sequence[tuple[int, int]]) -> list[str]:
    """Return the axes in which no point differs from its baseline."""
    rows = design.set_index("point")
    points, baselines = ([pair[k] for pair in pairs] for k in (0, 1))
    mine, theirs = rows.loc[points], rows.loc[baselines]
    return [a for a in axes_of(design) if mine[a].tolist() == theirs[a].tolist()]
