"""The figures of a design's points: in rows, along axes, over surfaces, one at a time, scattered.

A figure holds several quantities where a panel tells all of one (:data:`WHOLE`), else there is one
a quantity (:data:`EACH`). Tables are those of points, joined with the design.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim import plots
from sim.analysis.effects import axes_of
from sim.lanes import Floats
from sim.plots import SHARE, Quadratic
from sim.report.designs import (
    MOST_PANELS,
    Kind,
    Quantities,
    across,
    axis_label,
    is_numeric,
    labels_of,
    level_label,
)
from sim.report.figures import (
    Caption,
    Plan,
    columns_for,
    grid_of,
    height_of_rows,
    sheet,
    width_for,
    wrapped,
)

MOST_STARS = 24
LEAST_EXPLAINED = 0.3
"""A fitted surface that explains less of the variance between points is not drawn."""


@dataclass(frozen=True)
class About:
    """One quantity at all points: its rows, the design, its label and unit."""

    rows: pd.DataFrame
    design: pd.DataFrame
    label: str
    unit: str

    @property
    def title(self) -> str:
        """Return the label as the beginning of a title."""
        return self.label[:1].upper() + self.label[1:]

    @property
    def norm(self) -> Normalize:
        """Return the range of colours: from 0 to a round number above the highest value."""
        highest = float(self.rows["value"].max()) or 1.0
        return Normalize(0.0, float(plots.steps_of(Normalize(0.0, highest))[-1]))


# All quantities on one sheet


def _forest(
    table: pd.DataFrame, design: pd.DataFrame, quantities: Quantities, caption: Caption
) -> Figure:
    labels, columns = labels_of(design), columns_for(len(quantities))
    row = height_of_rows(list(labels.values()))
    height = 0.9 + -(-len(quantities) // columns) * (1.0 + row * max(3, len(labels)))
    figure = sheet(2.0 + 5.0 * max(columns, 1.4), height, "Estimates at the design points", caption)
    axes = grid_of(figure, len(quantities), columns, sharey=True)
    for k, (ax, (name, (label, unit))) in enumerate(zip(axes, quantities.items(), strict=True)):
        rows = table[table["quantity"] == name]
        rows = rows.assign(label=[wrapped(labels[int(point)]) for point in rows["point"]])
        plots.draw_forest(ax, rows, plots.OKABE_ITO[k % len(plots.OKABE_ITO)], unit=unit)
        ax.set_title(label)
        ax.set_xlabel(f"{unit}, 95 % interval")
    return figure


def _lines(
    table: pd.DataFrame, design: pd.DataFrame, quantities: Quantities, caption: Caption
) -> Figure:
    """Return each quantity along an axis, a line for each level of the second, if there is one."""
    axes = axes_of(design)
    x, second = across(design) if len(axes) == 2 else (axes[0], None)
    title = f"By {axis_label(x)}"
    if second:
        levels = "level of " if is_numeric(design[second]) else ""
        title += f", a line for each {levels}{axis_label(second)}"
    columns = columns_for(len(quantities))
    n_rows = -(-len(quantities) // columns)
    figure = sheet(width_for(columns), 0.8 + 4.2 * n_rows, f"{title} (95 % bands)", caption)
    for ax, (name, (label, unit)) in zip(
        grid_of(figure, len(quantities), columns), quantities.items(), strict=True
    ):
        rows = table[table["quantity"] == name]
        told = rows.assign(level=rows[x], line=rows[second] if second else "")
        plots.draw_lines_of_axis(ax, told, unit)
        ax.set_title(label)
        ax.set_xlabel(axis_label(x))
    return figure


WHOLE: dict[
    Kind, Callable[[pd.DataFrame, pd.DataFrame, Quantities, Caption], Figure]
] = {"forest": _forest, "line": _lines, "lines": _lines}  # fmt: skip
"""Figures of all quantities."""


# One quantity a sheet


def _response(about: About, caption: Caption) -> Figure:
    """Return a heat map over two axes for each level of the third."""
    x, y, third = _over(about.design)
    levels = list(dict.fromkeys(about.design[third])) if third else [None]
    columns = _columns(len(levels))
    size = (
        1.4 + (4.2 if columns < 4 else 3.6) * max(columns, 1.8),
        0.9 + 3.9 * -(-len(levels) // columns),
    )
    printed = max(about.design[axis].nunique() for axis in (x, y)) <= plots.MOST_PRINTED
    note = " (± half the 95 % interval; lines: steps of the scale)" if printed else ""
    figure = sheet(*size, about.title + note, caption)
    axes = grid_of(figure, len(levels), columns, sharey=True)
    norm = about.norm
    for k, (ax, level) in enumerate(zip(axes, levels, strict=True)):
        mine = about.rows if third is None else about.rows[about.rows[third] == level]
        scale = plots.draw_response(ax, mine.assign(x=mine[x], y=mine[y]), about.unit, norm)
        ax.set_xlabel(axis_label(x))
        ax.set_title(level_label(third, level, about.design[third]) if third else "")
        ax.set_ylabel("" if k % columns else axis_label(y))
    form = plots.percents() if about.unit == SHARE else None
    figure.colorbar(
        scale,
        ax=axes,
        shrink=0.8,
        pad=0.02,
        label=about.unit,
        format=form,
        ticks=plots.steps_of(norm),
    )
    return figure


def _over(design: pd.DataFrame) -> tuple[str, str, str | None]:
    """Return the axes of x and y, and that of the panels: the only names, or the last that can."""
    axes = axes_of(design)
    if len(axes) == 2:
        return axes[0], axes[1], None
    few = [axis for axis in axes if design[axis].nunique() <= MOST_PANELS]
    names = [axis for axis in few if not is_numeric(design[axis])]
    third = names[0] if len(names) == 1 else few[-1]
    x, y = (axis for axis in axes if axis != third)
    return x, y, third


def _columns(n_panels: int) -> int:
    """Return how many panels stand side by side: three or four, with the fewest places empty."""
    if n_panels > 16:
        return 6
    return min(n_panels, 3, 4) if n_panels < 4 else min((4, 3), key=lambda k: -n_panels % k)


def _base(about: About) -> pd.DataFrame:
    """Return the row of the point from which a star varies; none if it failed."""
    rows: pd.DataFrame = about.rows[about.rows["point"] == about.design["point"].iloc[0]]
    return rows


def _star(about: About, caption: Caption) -> Figure:
    """Return a panel for each axis varied alone; of many, for those that move it most."""
    axes, rows, base = axes_of(about.design), about.rows, _base(about)
    arms = {axis: rows[rows[axis] != base[axis].iloc[0]] for axis in axes}
    moved = {axis: (arms[axis]["value"] - base["value"].iloc[0]).abs().max() for axis in axes}
    shown = sorted(sorted(axes, key=lambda axis: -moved[axis])[:MOST_STARS], key=axes.index)
    title = f"{about.title}: one input varied at a time, 95 % intervals"
    if len(shown) < len(axes):
        some = f"{len(shown)} of {len(axes)}"
        most = any(change > 0.0 for change in moved.values())
        title += f" ({some}, largest effects)" if most else f" ({some}; no effect)"
    columns = _columns(len(shown))
    width = max(9.0, 1.0 + (3.6 if columns < 6 else 2.7) * columns)
    figure = sheet(width, 1.0 + 3.1 * -(-len(shown) // columns), title, caption)
    panels = grid_of(figure, len(shown), columns, sharey=True)
    for k, (ax, axis) in enumerate(zip(panels, shown, strict=True)):
        mine = pd.concat([base, arms[axis]])
        told = mine.assign(level=mine[axis], base=mine["point"] == base["point"].iloc[0])
        plots.draw_star(ax, told, about.unit)
        ax.set_title(axis_label(axis).replace(" (", "\n("), fontsize=10.5)
        ax.set_ylabel("" if k % columns else about.unit)
    _settle(panels[0], about)
    return figure


def _clouds(about: About, caption: Caption) -> Figure:
    """Return a scatter along each axis; of many, along those it goes with most."""
    axes, numbers = axes_of(about.design), _numbers(about)
    shown = _foremost(about.rows, axes, numbers)
    title = f"{about.title}, by varied input"
    if len(shown) < len(axes):
        some, unlike = f"{len(shown)} of {len(axes)}", about.rows["value"].nunique() > 1
        title += f" ({some}, strongest correlation)" if unlike else f" ({some}; constant)"
    columns = _columns(len(shown))
    size = max(9.0, 1.0 + 3.7 * columns), 1.0 + 3.4 * -(-len(shown) // columns)
    figure = sheet(*size, title, caption)
    panels = grid_of(figure, len(shown), columns, sharey=True)
    for k, (ax, axis) in enumerate(zip(panels, shown, strict=True)):
        _cloud(ax, about, axis)
        ax.set_ylabel("" if k % columns else about.unit)
    _settle(panels[0], about)
    return figure


def _numbers(about: About) -> list[str]:
    """Return the axes that hold numbers."""
    return [axis for axis in axes_of(about.design) if is_numeric(about.design[axis])]


def _foremost(rows: pd.DataFrame, axes: list[str], numbers: list[str]) -> list[str]:
    """Return the axes drawn: names first, then numbers by their rank correlation; in order."""
    if rows["value"].nunique() < 2:
        return axes[:MOST_PANELS]
    ranks = rows[[*numbers, "value"]].rank()
    tied = {axis: abs(ranks[axis].corr(ranks["value"])) for axis in numbers}
    ordered = sorted(axes, key=lambda axis: -tied.get(axis, 2.0))
    return sorted(ordered[:MOST_PANELS], key=axes.index)


def _cloud(ax: Axes, about: About, axis: str) -> None:
    rows = about.rows
    if is_numeric(rows[axis]):
        plots.draw_cloud(ax, rows.assign(level=rows[axis]), axis_label(axis), about.unit)
    else:
        values = rows["value"].to_numpy(float)
        plots.draw_scatter(ax, rows[axis], values, axis_label(axis), about.unit)


def _settle(ax: Axes, about: About) -> None:
    """Set a range on a shared y axis that contains every interval."""
    drawn = ["value", "hi"] if len(about.rows) <= plots.MOST_BARS else ["value"]
    plots.value_axis(ax, float(about.rows[drawn].max().max()), about.unit)


@dataclass(frozen=True)
class Fitted:
    """A quadratic surface through the points, some of whose axes are logarithmic."""

    levels: Floats  # [point, axis]
    wide: NDArray[np.bool_]  # [axis]
    scaled: Floats  # [point, axis] logarithms where an axis is wide
    fit: Quadratic


def _fitted(about: About) -> Fitted | None:
    """Return the surface through the points, if there is one that explains enough."""
    numbers = _numbers(about)
    if len(numbers) < 2:
        return None
    levels, values = about.rows[numbers].to_numpy(float), about.rows["value"].to_numpy(float)
    wide = np.array([plots.is_wide(column) for column in levels.T])
    scaled = np.where(wide, np.log10(np.where(wide, levels, 1.0)), levels)
    fit = Quadratic.through(scaled, values)
    if fit is None or fit.explained < LEAST_EXPLAINED:
        return None
    return Fitted(levels, wide, scaled, fit)


def _surface(about: About, fitted: Fitted, caption: Caption) -> Figure:
    """Return a quadratic surface over the two axes that bend it most."""
    numbers, values = _numbers(about), about.rows["value"].to_numpy(float)
    levels, wide, fit = fitted.levels, fitted.wide, fitted.fit
    x, y = fit.leading(fitted.scaled)
    figure = sheet(9.0, 6.6, f"{about.title}: quadratic response surface", caption)
    ax, norm = figure.subplots(), about.norm
    plots.draw_surface(ax, fit, (x, y), (bool(wide[x]), bool(wide[y])), norm)
    dots = ax.scatter(
        levels[:, x], levels[:, y], c=values, cmap=plots.SURFACE, norm=norm, s=32,
        edgecolor="white", lw=0.8, clip_on=False,
    )  # fmt: skip
    rest = "; other inputs at mid-range" if len(numbers) > 2 else ""
    ax.set_title(f"explains {100.0 * fit.explained:.0f}% of the variance{rest}", fontsize=10.5)
    ax.set_xlabel(axis_label(numbers[x]))
    ax.set_ylabel(axis_label(numbers[y]))
    form = plots.percents() if about.unit == SHARE else None
    figure.colorbar(
        dots,
        ax=ax,
        label=f"{about.unit} (dots: simulated)",
        format=form,
        ticks=plots.steps_of(norm),
    )
    return figure


def _responses(about: About, caption: Caption) -> Iterator[Plan]:
    """Yield the heat map."""
    yield "response", partial(_response, about, caption)


def _stars(about: About, caption: Caption) -> Iterator[Plan]:
    """Yield the star, if there is a base to compare with."""
    if not _base(about).empty:
        yield "star", partial(_star, about, caption)


def _scattered(about: About, caption: Caption) -> Iterator[Plan]:
    """Yield the scatter, and the surface through it where it explains enough."""
    yield "cloud", partial(_clouds, about, caption)
    if fitted := _fitted(about):
        yield "surface", partial(_surface, about, fitted, caption)


EACH: dict[Kind, Callable[[About, Caption], Iterator[Plan]]] = {
    "response": _responses,
    "star": _stars,
    "cloud": _scattered,
}
"""Figures of one quantity."""
