"""A design in words and shape: its axes, the labels of its points, and how they are best drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from sim.analysis.effects import axes_of, is_full
from sim.analysis.tables import names_apart, numerals
from sim.model.parameters import COEFFICIENTS
from sim.plots.lettering import has_letters, shown

Quantities = Mapping[str, tuple[str, str]]
"""What is drawn, in order: the label and the unit of each quantity (of shares: ``SHARE``)."""
Kind = Literal["none", "forest", "line", "lines", "response", "star", "cloud"]
"""How points are drawn: alone, in rows, along one axis or two, over two, or scattered."""
MOST_ROWS, MOST_LINES, MOST_LEVELS, MOST_PANELS, MOST_WORDS = 40, 6, 25, 12, 4


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
    if is_full(design) and any(numbers) and len(axes) == 2:
        return "lines" if across(design)[1] is not None else "response"
    if is_full(design) and len(axes) == 3 and min(sizes) <= MOST_PANELS:
        return "response"
    repeats = not any(numbers) or max(sizes) <= 0.75 * len(design)
    return "forest" if repeats and len(design) <= MOST_ROWS else "cloud"


def _single(number: bool, size: int) -> Kind:
    if number:
        return "line" if size <= MOST_LEVELS else "cloud"
    return "forest" if size <= MOST_ROWS else "cloud"


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


def level_label(axis: str, level: Any, among: pd.Series[Any] | None = None) -> str:
    """Return one level of an axis in words: ``doubly stable``, ``hotline = 1``.

    Args:
        axis: its name.
        level: a number or a name.
        among: all its levels, from which this one must be told.
    """
    levels = pd.Series([level]) if among is None else among
    return _level_labels(axis, levels)[level]


def drawn_levels(design: pd.DataFrame) -> pd.DataFrame:
    """Return a design with its names as figures can draw them, no two of an axis alike.

    A name that no font of this machine has the letters of is replaced by the axis and a number.
    """
    found = design.copy()
    for axis in axes_of(design):
        if not is_numeric(design[axis]):
            found[axis] = design[axis].map(_drawn_names(axis, design[axis]))
    return found


def _drawn_names(axis: str, names: pd.Series[Any]) -> dict[str, str]:
    return {
        name: shown(word) if has_letters(word) else f"{axis_label(axis)} {k + 1}"
        for k, (name, word) in enumerate(names_apart(names).items())
    }


def undrawn_levels(design: pd.DataFrame) -> dict[str, str]:
    """Return what figures write for names that no font here has the letters of, by the name."""
    axes = [axis for axis in axes_of(design) if not is_numeric(design[axis])]
    words = {name: word for axis in axes for name, word in _drawn_names(axis, design[axis]).items()}
    return {name: word for name, word in words.items() if not has_letters(name)}


def labels_of(design: pd.DataFrame) -> dict[int, str]:
    """Return each point in words, by its number; where very many things vary, its number."""
    axes = axes_of(design)
    if len(axes) > MOST_WORDS:
        return {int(point): f"point {point}" for point in design["point"]}
    words = {axis: _level_labels(axis, design[axis]) for axis in axes}
    return {
        int(row["point"]): ", ".join(words[axis][row[axis]] for axis in axes) or "as given"
        for row in design.to_dict("records")
    }


def _level_labels(axis: str, levels: pd.Series[Any]) -> dict[Any, str]:
    """Return the words for all levels of an axis."""
    if not is_numeric(levels):
        return dict(names_apart(levels))
    name = axis_label(axis).partition(" (")[0]
    return {x: f"{name} = {word}" for x, word in numerals(levels, digits=3).items()}


def changes_of(design: pd.DataFrame, pairs: Sequence[tuple[int, int]]) -> dict[int, str]:
    """Return what sets points apart from their baselines, and where both stand otherwise.

    Args:
        design: ``point`` and a column for each axis.
        pairs: a point and its baseline.

    Returns:
        Words by point: ``hotline at accident = 0.1``.
    """
    same, change = shared_axes(design, pairs), variants_of(design, pairs)
    places = _told(design, {point: same for point, _ in pairs})
    return {
        point: f"{change[point]} at {place}" if place else change[point]
        for point, place in places.items()
    }


def variants_of(design: pd.DataFrame, pairs: Sequence[tuple[int, int]]) -> dict[int, str]:
    """Return what sets points apart from their baselines, by point: ``hotline``."""
    rows = design.set_index("point")
    apart = {
        point: [axis for axis in axes_of(design) if rows[axis][point] != rows[axis][baseline]]
        for point, baseline in pairs
    }
    return _told(design, apart)


def _told(design: pd.DataFrame, axes: Mapping[int, Sequence[str]]) -> dict[int, str]:
    """Return where points stand on some axes, in words."""
    rows = design.set_index("point")
    words = {axis: _level_labels(axis, design[axis]) for axis in axes_of(design)}
    return {
        point: ", ".join(words[axis][rows[axis][point]] for axis in chosen)
        for point, chosen in axes.items()
    }


def shared_axes(design: pd.DataFrame, pairs: Sequence[tuple[int, int]]) -> list[str]:
    """Return the axes in which no point differs from its baseline."""
    rows = design.set_index("point")
    points, baselines = ([pair[k] for pair in pairs] for k in (0, 1))
    mine, theirs = rows.loc[points], rows.loc[baselines]
    return [a for a in axes_of(design) if mine[a].tolist() == theirs[a].tolist()]
