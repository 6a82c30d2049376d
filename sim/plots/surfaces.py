"""Drawings of a quantity over two axes: heat maps of points, and surfaces fitted to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.ticker import MaxNLocator

from sim.lanes import Floats
from sim.plots.fits import Quadratic
from sim.plots.style import INK, SHARE, percents, plain_logs, shorts, told

SURFACE = ListedColormap(colormaps["viridis_r"](np.linspace(0.0, 0.9, 256)), "surface")
"""Colours of a quantity over two axes: the darker the more."""
MOST_PRINTED = 8
"""Longest side of a heat map whose values are printed, and most ticks on one."""


def draw_response(ax: Axes, rows: pd.DataFrame, unit: str, norm: Normalize) -> ScalarMappable:
    """Draw a quantity over two axes as a heat map, a cell a point, with contour lines.

    Cells are equally wide whatever the levels. The values of small maps are printed, with half the
    width of their interval; there, contours between numeric levels run along the cells.

    Args:
        ax: where to draw.
        rows: ``x, y`` (levels: numbers, or names in order), ``value, lo, hi``, one a point.
        unit: of the quantity.
        norm: range of the colours, shared by panels.

    Returns:
        The colour scale, for a colour bar.
    """
    ticks = [_levels(rows[axis]) for axis in ("x", "y")]
    value, half = (_table(rows, column, ticks) for column in ("value", "half"))
    image = ax.imshow(value, cmap=SURFACE, norm=norm, origin="lower", aspect="auto")
    for axis, levels in zip((ax.xaxis, ax.yaxis), ticks, strict=True):
        step = 1 if isinstance(levels[0], str) else -(-len(levels) // MOST_PRINTED)
        axis.set_ticks(range(0, len(levels), step), shorts(levels)[::step])
    if isinstance(ticks[0][0], str):
        ax.tick_params(axis="x", rotation=20)
    ax.grid(visible=False)
    printed = max(value.shape) <= MOST_PRINTED
    if not isinstance(ticks[0][0], str) and not isinstance(ticks[1][0], str):
        (_borders if printed else _contours)(ax, value, norm, unit)
    if printed:
        _print_cells(ax, value, half, unit, norm)
    return image


def _levels(column: pd.Series[Any]) -> list[Any]:
    found = list(dict.fromkeys(column))
    return found if any(isinstance(level, str) for level in found) else sorted(found)


def _table(rows: pd.DataFrame, column: str, ticks: Sequence[Sequence[Any]]) -> Floats:
    """Return ``[y, x]``, not a number where there is no point."""
    half = rows.assign(half=0.5 * (rows["hi"] - rows["lo"]))
    table = half.pivot(index="y", columns="x", values=column)
    found: Floats = table.reindex(index=list(ticks[1]), columns=list(ticks[0])).to_numpy(float)
    return found


def _contours(ax: Axes, value: Floats, norm: Normalize, unit: str) -> None:
    """Draw contour lines at the ticks of the colours, with their values."""
    if min(value.shape) > 1 and np.ptp(value[np.isfinite(value)]) > 0.0:
        steps = steps_of(norm)[1:-1]
        lines = ax.contour(value, levels=steps, colors=INK, linewidths=0.9, alpha=0.7)
        ax.clabel(lines, fmt=percents() if unit == SHARE else "%.3g", fontsize=9)


def _borders(ax: Axes, value: Floats, norm: Normalize, _unit: str) -> None:
    """Draw contours between cells, so that none crosses what is printed in them."""
    known, edges = np.isfinite(value), []
    for level in steps_of(norm)[1:-1]:
        above = value >= level - 1e-9  # a level that is met is passed, however it is rounded
        parted = (above[:, 1:] != above[:, :-1]) & known[:, 1:] & known[:, :-1]
        edges += [((x + 0.5, y - 0.5), (x + 0.5, y + 0.5)) for y, x in np.argwhere(parted)]
        parted = (above[1:] != above[:-1]) & known[1:] & known[:-1]
        edges += [((x - 0.5, y + 0.5), (x + 0.5, y + 0.5)) for y, x in np.argwhere(parted)]
    lines = LineCollection(edges, colors=INK, linewidths=1.6, capstyle="round")
    ax.add_collection(lines, autolim=False)


def steps_of(norm: Normalize) -> Floats:
    """Return the round values of a range of colours at which contours are drawn."""
    rounds = MaxNLocator(8, steps=[1, 2, 2.5, 5, 10])
    return np.asarray(rounds.tick_values(norm.vmin or 0.0, norm.vmax or 1.0))


def _print_cells(ax: Axes, value: Floats, half: Floats, unit: str, norm: Normalize) -> None:
    for (row, column), found in np.ndenumerate(value):
        if np.isfinite(found):
            ink = INK if _luminance(SURFACE(norm(found))) > 0.2 else "white"
            place: dict[str, Any] = {"ha": "center", "color": ink}
            ax.text(column, row, told(found, unit), va="bottom", fontsize=10.5, **place)
            around = told(float(half[row, column]), unit).removesuffix("%")
            ax.text(column, row - 0.04, f"± {around}", va="top", fontsize=8, alpha=0.9, **place)


def _luminance(colour: tuple[float, ...]) -> float:
    """Return how light a colour is, 0 to 1: dark ink stands out better above about 0.2."""
    return float(np.dot(np.power(colour[:3], 2.2), (0.2126, 0.7152, 0.0722)))


def draw_surface(
    ax: Axes, fit: Quadratic, axes: tuple[int, int], wide: tuple[bool, bool], norm: Normalize
) -> None:
    """Draw a fitted surface over two of its axes, the others at the middle of their range.

    Args:
        ax: where to draw.
        fit: the surface.
        axes: numbers of the axis of x and of y.
        wide: whether x and y are logarithmic; the surface is one of their decimal logarithms.
        norm: range of the colours; what the surface exceeds it by is cut off.
    """
    x, y, z = fit.slice(*axes)
    x, y = (10.0**side if log else side for side, log in zip((x, y), wide, strict=True))
    z = np.clip(z, norm.vmin, norm.vmax)
    ax.pcolormesh(x, y, z, cmap=SURFACE, norm=norm, shading="gouraud", rasterized=True)
    ax.contour(x, y, z, levels=steps_of(norm)[1:-1], colors=INK, linewidths=0.9, alpha=0.7)
    ax.grid(visible=False)
    for log, scale, axis in zip(
        wide, (ax.set_xscale, ax.set_yscale), (ax.xaxis, ax.yaxis), strict=True
    ):
        scale("log" if log else "linear")
        if log:
            plain_logs(axis)
