"""The figures of a study: its points beside one another, what variants change, what matters.

Each function takes tables of a study and gives whole figures, as :mod:`sim.report.figures` does for
a run; :func:`of_design` chooses among them by what there is. Nothing is computed here but what a
line or a surface through scattered points needs. The drawings are in :mod:`sim.plots`, how a design
is told apart and put into words in :mod:`sim.report.designs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from sim import plots
from sim.analysis.quantities import file_name
from sim.report import comparison_figures as comparing
from sim.report import point_figures
from sim.report.designs import (
    MOST_ROWS,
    Quantities,
    axis_label,
    changes_of,
    drawn_levels,
    kind_of,
    labels_of,
)
from sim.report.figures import Caption, Plan, panels, sheet, wrapped

MOST_NAMED = 5
"""Points whose convergence is drawn in colour."""
NOTHING = "No varied input has an effect"
CAPTIONS = {
    "points_forest": "Estimates at the design points, with 95 % intervals.",
    "points_line": "Estimates by level of the varied input, with 95 % intervals.",
    "points_lines": "Estimates over one input, one line for each level of the other; 95 % bands.",
    "points_response": "Estimates over two varied inputs, with the half-widths of their intervals.",
    "points_star": "One input varied at a time; diamond and grey band: the base point.",
    "points_cloud": "One dot for each design point, with the local mean.",
    "points_surface": "Quadratic response surface; other inputs at their mid-range.",
    "differences": "Variant minus baseline, paired by world; hollow: the interval includes 0.",
    "differences_along": "Variant minus baseline, paired by world, over the varied input.",
    "differences_cloud": "Variant minus baseline, paired by world, one dot for each design point.",
    "difference_curves": "Variant minus baseline, paired by world, by week.",
    "fates": "Number of worlds by peak rung of the leader dyad, baseline and variant.",
    "morris": "Morris screening: mean absolute effect (mu*) and standard deviation (sigma).",
    "sobol": "Sobol indices: first-order and total share of the variance.",
    "convergence": "Estimate and interval as a function of the number of worlds.",
}
"""How to read each figure, by the start of its name (the longest that fits)."""


@dataclass(frozen=True)
class Frames:
    """The tables of a study that are drawn; None (or no rows) is a table it does not have.

    Attributes:
        design: ``point`` and a column for each varied name.
        points: ``point, quantity, value, lo, hi, worlds``.
        convergence: ``point, worlds, quantity, value, lo, hi``.
        differences: ``point, baseline, quantity, difference, lo, hi, up, down, worlds``.
        difference_curves: ``point, baseline, week, measure, difference, lo, hi``.
        fates: ``point, baseline, world, before, after``.
        sensitivity: ``quantity, parameter, index, value, lo, hi``.
    """

    design: pd.DataFrame
    points: pd.DataFrame
    convergence: pd.DataFrame | None = None
    differences: pd.DataFrame | None = None
    difference_curves: pd.DataFrame | None = None
    fates: pd.DataFrame | None = None
    sensitivity: pd.DataFrame | None = None


def of_design(
    frames: Frames,
    quantities: Quantities,
    caption: Caption,
    *,
    aim: tuple[str, float] | None = None,
) -> Iterator[Plan]:
    """Yield the figures that a study calls for, each under its name and not yet drawn.

    Args:
        frames: the tables.
        quantities: label and unit of what is drawn, in order.
        caption: scenario and seed; points and worlds are read off the tables.
        aim: a quantity and the half-width of its interval that was requested, if any.
    """
    worlds = frames.points["worlds"]
    if worlds.empty:
        return
    frames = replace(frames, design=drawn_levels(frames.design))
    caption = replace(caption, n_points=int(frames.points["point"].nunique()),
                      n_worlds=int(worlds.min()), most_worlds=int(worlds.max()))  # fmt: skip
    yield from of_sensitivity(frames, quantities, caption)
    yield from of_comparison(frames, quantities, caption)
    yield from of_points(frames, quantities, caption)
    yield from of_convergence(frames, quantities, caption, aim)


# What matters


def of_sensitivity(frames: Frames, quantities: Quantities, caption: Caption) -> Iterator[Plan]:
    """Yield Morris's screening or Sobol's indices of each quantity that has them."""
    table = _given(frames.sensitivity)
    for name, (label, unit) in quantities.items():
        rows = table[table["quantity"] == name] if len(table) else table
        if not len(rows):
            continue
        rows = rows.assign(parameter=[axis_label(p).partition(" (")[0] for p in rows["parameter"]])
        if "mu_star" in set(rows["index"]):
            yield f"morris_{file_name(name)}", partial(_morris, rows, label, unit, caption)
        if "ST" in set(rows["index"]):
            yield f"sobol_{file_name(name)}", partial(_sobol, rows, label, caption)


def _morris(rows: pd.DataFrame, label: str, unit: str, caption: Caption) -> Figure:
    n_bars = min(20, rows["parameter"].nunique())
    height = 2.0 + 0.26 * max(14, n_bars)
    moved = bool(rows["value"].any())
    title = f"Morris screening: {label}{'' if moved else f' ({NOTHING.lower()})'}"
    figure = sheet(15.0, height, title, caption)
    bars, cloud = panels(figure, 2, gridspec_kw={"width_ratios": (1.0, 1.25)})
    plots.draw_morris_bars(bars, rows, unit)
    some = f"the {n_bars} largest effects" if moved else f"{n_bars} of the varied inputs"
    bars.set_title(f"{some}, with 95 % intervals")
    plots.draw_morris(cloud, rows, unit)
    cloud.set_title("mean effect and its spread (high sigma: interactions, nonlinearity)")
    return figure


def _sobol(rows: pd.DataFrame, label: str, caption: Caption) -> Figure:
    n_bars = min(20, rows["parameter"].nunique())
    none = "" if rows["value"].any() else f"; {NOTHING.lower()}"
    title = f"Sobol indices: {label} (95 % intervals{none})"
    figure = sheet(11.0, 1.8 + 0.42 * max(5, n_bars), title, caption)
    plots.draw_sobol(figure.subplots(), rows)
    return figure


# What a variant changes


def of_comparison(frames: Frames, quantities: Quantities, caption: Caption) -> Iterator[Plan]:
    """Yield the paired differences, their course over the weeks, and the changed fates."""
    rows = _given(frames.differences)
    rows = rows[rows["quantity"].isin(list(quantities))] if len(rows) else rows
    if not len(rows):
        return
    names = changes_of(frames.design, comparing.pairs_of(rows))
    if axis := comparing.along(rows, frames.design):
        make = partial(comparing.differences_along, axis, rows, frames.design, quantities, caption)
        yield "differences_along", make
    if len(names) <= MOST_ROWS:
        yield "differences", partial(comparing.differences, rows, names, quantities, caption)
    else:
        yield from comparing.clouds(rows, frames.design, quantities, caption)
    if len(course := _given(frames.difference_curves)):
        yield "difference_curves", partial(comparing.curves, course, names, caption)
    if len(fates := _given(frames.fates)):
        yield "fates", partial(comparing.fates, fates, rows, names, caption)


# The points


def of_points(frames: Frames, quantities: Quantities, caption: Caption) -> Iterator[Plan]:
    """Yield the quantities at the points of a design, drawn as its shape asks for."""
    kind, design = kind_of(frames.design), frames.design
    table = frames.points.merge(design, on="point").sort_values("point", kind="stable")
    drawn = {name: about for name, about in quantities.items() if name in set(table["quantity"])}
    screened = "mu_star" in set(_given(frames.sensitivity).get("index", ()))
    if kind == "none" or screened or not drawn:
        return
    if whole := point_figures.WHOLE.get(kind):
        yield f"points_{kind}", partial(whole, table, design, drawn, caption)
        return
    for name, (label, unit) in drawn.items():
        about = point_figures.About(table[table["quantity"] == name], design, label, unit)
        for ending, make in point_figures.EACH[kind](about, caption):
            yield f"points_{ending}_{file_name(name)}", make


# Enough worlds


def of_convergence(
    frames: Frames, quantities: Quantities, caption: Caption, aim: tuple[str, float] | None
) -> Iterator[Plan]:
    """Yield the convergence of the target quantity, or of all quantities without a target."""
    table = _given(frames.convergence)
    for name, (label, unit) in quantities.items():
        rows = table[table["quantity"] == name] if len(table) else table
        unsure = len(rows) > 0 and bool((rows["hi"] > rows["lo"]).any())
        if unsure and (aim is None or aim[0] == name):
            tolerance = aim[1] if aim else None
            named = _named_points(rows, labels_of(frames.design))
            make = partial(_convergence, rows, label, unit, named, tolerance, caption)
            yield f"convergence_{file_name(name)}", make


def _named_points(rows: pd.DataFrame, labels: Mapping[int, str]) -> dict[int, str]:
    """Return names of a few points: all, or the lowest, middle, highest and longest played."""
    last = rows.sort_values("worlds").groupby("point").tail(1).sort_values(["value", "point"])
    points = [int(point) for point in last["point"]]
    if len(points) > MOST_NAMED:
        longest = int(last["point"].iloc[int(last["worlds"].argmax())])
        points = list(dict.fromkeys([points[-1], points[len(points) // 2], points[0], longest]))
    return {point: wrapped(labels[point]) if len(labels) > 1 else "" for point in sorted(points)}


def _convergence(
    rows: pd.DataFrame, label: str, unit: str, named: dict[int, str], tolerance: float | None,
    caption: Caption,
) -> Figure:  # fmt: skip
    figure = sheet(13.5, 5.4, f"Convergence of the estimate: {label}", caption)
    left, right = panels(figure, 2, gridspec_kw={"width_ratios": (1.2, 1.0)})
    plots.draw_half_widths(left, rows, unit, named, tolerance)
    left.set_title("width of the 95 % interval")
    plots.draw_convergence(right, rows, unit, named)
    right.set_title("estimate with 95 % bands")
    return figure


def _given(frame: pd.DataFrame | None) -> pd.DataFrame:
    return pd.DataFrame() if frame is None else frame
