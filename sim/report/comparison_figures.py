"""The figures of variants played in the same worlds: what they change, when, and whose fate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim import plots
from sim.analysis.quantities import file_name
from sim.engine.notes import MEASURES
from sim.plots import SHARE
from sim.report.designs import (
    MOST_LINES,
    MOST_PANELS,
    Quantities,
    axis_label,
    is_numeric,
    shared_axes,
    variants_of,
)
from sim.report.figures import (
    Caption,
    Plan,
    below_title,
    columns_for,
    grid_of,
    height_of_rows,
    sheet,
    width_for,
    wrapped,
)

MOST_FATES, MOST_CURVES, MOST_LETTERS = 6, 4, 20
"""Panels of fates, lines of a panel of curves, letters of a name at the end of a line."""
SERIES = {
    **{rung: (f"{rung} reached", SHARE) for rung in ("display", "crisis", "clash", "war")},
    **{measure.name: (measure.label, measure.unit) for measure in MEASURES},
}
"""Label and unit of what can be followed week by week."""


def pairs_of(rows: pd.DataFrame) -> list[tuple[int, int]]:
    """Return each point that is compared with its baseline, in order, once."""
    pairs = rows[["point", "baseline"]].drop_duplicates()
    return [(int(point), int(baseline)) for point, baseline in pairs.to_numpy()]


def differences(
    rows: pd.DataFrame, names: Mapping[int, str], quantities: Quantities, caption: Caption
) -> Figure:
    """Return the paired differences of each quantity, one row for each comparison."""
    drawn = [name for name in quantities if name in set(rows["quantity"])]
    columns = columns_for(len(drawn))
    row = height_of_rows([names[int(point)] for point in rows["point"].unique()])
    height = 1.6 + row * max(2, int(rows["point"].nunique()))
    longest = max(len(line) for name in names.values() for line in wrapped(name).split("\n"))
    width = 0.7 + 0.085 * longest + 4.3 * max(2, columns)
    size = width, 0.9 + height * -(-len(drawn) // columns)
    figure = sheet(*size, "Paired differences from the baseline", caption)
    axes = grid_of(figure, len(drawn), columns, sharey=True)
    for ax, name in zip(axes, drawn, strict=True):
        label, unit = quantities[name]
        mine = rows[rows["quantity"] == name]
        told = mine.assign(label=[wrapped(names[int(point)]) for point in mine["point"]])
        plots.draw_differences(ax, told, unit)
        ax.set_title(fill(label, 36), pad=18)
    _explain(figure, any(quantities[name][1] == SHARE for name in drawn))
    return figure


def _explain(figure: Figure, bars: bool) -> None:
    """Write beside the title what the marks of differences mean."""
    mark: dict[str, Any] = {"color": plots.INK, "marker": "o", "ms": 7, "mew": 1.6, "lw": 2.2}
    handles: list[Artist] = [
        Line2D([], [], label="95 % interval excludes 0", **mark),
        Line2D([], [], label="includes 0", mfc="white", **mark),
    ]
    if bars:
        handles += [Patch(color=plots.EAST, alpha=0.22, label="worlds that rose"),
                    Patch(color=plots.WEST, alpha=0.22, label="worlds that fell")]  # fmt: skip
    place: dict[str, Any] = {
        "loc": "upper right",
        "bbox_to_anchor": (1.0, 1.0),
        "borderaxespad": 0.6,
    }
    figure.legend(handles=handles, ncols=4, fontsize=9, columnspacing=1.2, **place)


def along(rows: pd.DataFrame, design: pd.DataFrame) -> str | None:
    """Return the one numeric axis that variants share, if it is one."""
    shared = shared_axes(design, pairs_of(rows))
    return shared[0] if len(shared) == 1 and is_numeric(design[shared[0]]) else None


def differences_along(
    axis: str, rows: pd.DataFrame, design: pd.DataFrame, quantities: Quantities, caption: Caption
) -> Figure:
    """Return the paired differences along a numeric axis, one line for each variant."""
    levels = design.set_index("point")[axis].reindex(rows["point"]).to_numpy(float)
    variants = variants_of(design, pairs_of(rows))
    lines = [variants[int(point)] for point in rows["point"]]
    told = rows.rename(columns={"difference": "value"}).assign(level=levels, line=lines)
    drawn = [name for name in quantities if name in set(rows["quantity"])]
    title = f"Paired differences from the baseline, by {axis_label(axis)}"
    columns = columns_for(len(drawn))
    size = width_for(columns), 0.8 + 4.2 * -(-len(drawn) // columns)
    figure = sheet(*size, title, caption)
    for ax, name in zip(grid_of(figure, len(drawn), columns), drawn, strict=True):
        label, unit = quantities[name]
        plots.draw_differences_of_axis(ax, told[told["quantity"] == name], unit)
        ax.set_title(label)
        ax.set_xlabel(axis_label(axis))
    return figure


def clouds(
    rows: pd.DataFrame, design: pd.DataFrame, quantities: Quantities, caption: Caption
) -> Iterator[Plan]:
    """Yield the differences of many points, a scatter along each numeric axis that they share."""
    shared = [a for a in shared_axes(design, pairs_of(rows)) if is_numeric(design[a])]
    variants = variants_of(design, pairs_of(rows))
    told = rows.rename(columns={"difference": "value"})
    told = told.assign(line=[variants[int(point)] for point in rows["point"]])
    told = told.merge(design[["point", *shared]], on="point", how="left")
    for name, about in quantities.items() if shared else ():
        mine = told[told["quantity"] == name]
        if len(mine):
            make = partial(_cloud, mine, shared[:MOST_PANELS], about, caption)
            yield f"differences_cloud_{file_name(name)}", make


def _cloud(
    rows: pd.DataFrame, shown: Sequence[str], about: tuple[str, str], caption: Caption
) -> Figure:
    label, unit = about
    columns = columns_for(len(shown))
    size = max(9.0, 5.0 * columns), 1.0 + 3.9 * -(-len(shown) // columns)
    figure = sheet(*size, f"Paired differences from the baseline: {label}", caption)
    for ax, axis in zip(grid_of(figure, len(shown), columns), shown, strict=True):
        plots.draw_difference_cloud(ax, rows.assign(level=rows[axis]), axis_label(axis), unit)
    kinds = figure.axes[0].get_legend_handles_labels()[1]
    n_columns = plots.columns_within(72.0 * size[0] / columns, kinds, 4)
    figure.axes[0].legend(ncols=n_columns, **plots.ABOVE)
    return figure


def curves(rows: pd.DataFrame, names: Mapping[int, str], caption: Caption) -> Figure:
    """Return differences by week, one panel for each measure, or for each comparison if many."""
    title = "Paired differences from the baseline by week (95 % bands)"
    moved = (
        rows.assign(moved=rows["difference"] != 0.0).groupby("measure", sort=False)["moved"].any()
    )
    measures = [str(name) for name in moved.index if moved[name]] or [str(moved.index[0])]
    same = [str(name).replace("_", " ") for name in moved.index if name not in measures]
    title += f"; unchanged: {', '.join(same)}" if same else ""
    told = rows.assign(label=[wrapped(names[int(point)]) for point in rows["point"]])
    if len(pairs_of(rows)) > MOST_LINES:
        return _curves_by_comparison(told, measures, title, caption)
    return _curves_by_measure(told, measures, title, caption)


def _curves_by_measure(
    told: pd.DataFrame, measures: list[str], title: str, caption: Caption
) -> Figure:
    """Return one panel for each measure, one line for each comparison; long names in a legend."""
    n, columns = len(measures), columns_for(len(measures))
    labels = told["label"].drop_duplicates()
    brief = len(labels) == 1 or int(labels.str.len().max()) <= MOST_LETTERS
    abreast = plots.columns_within(72.0 * width_for(columns), list(labels), 3)
    room = 0.0 if brief else _height_of_legend(list(labels), abreast)
    height = 0.9 + room + 3.8 * -(-n // columns)
    figure = sheet(width_for(columns), height, title, caption, legend=room)
    for ax, measure in zip(grid_of(figure, n, columns), measures, strict=True):
        label, unit = SERIES.get(measure, (measure.replace("_", " "), ""))
        plots.draw_difference_curve(ax, told[told["measure"] == measure], unit, ends=brief)
        ax.set_title(label)
    if not brief:
        lines, words = figure.axes[0].get_legend_handles_labels()
        figure.legend(lines, words, loc="upper left", bbox_to_anchor=below_title(figure),
                      ncols=abreast, handlelength=3.2, borderaxespad=0.0)  # fmt: skip
    return figure


def _height_of_legend(labels: Sequence[str], n_columns: int) -> float:
    """Return how high a legend in columns is, in inches."""
    n_rows = -(-len(labels) // n_columns)
    columns = (labels[k : k + n_rows] for k in range(0, len(labels), n_rows))
    return 0.1 + max(sum(0.06 + 0.17 * (x.count("\n") + 1) for x in rows) for rows in columns)


def _curves_by_comparison(
    told: pd.DataFrame, measures: list[str], title: str, caption: Caption
) -> Figure:
    """Return a panel for each comparison, with the shares of worlds as lines."""
    shares = [name for name in measures if SERIES.get(name, ("", ""))[1] == SHARE][:MOST_CURVES]
    shown = told[told["measure"].isin(shares or measures[:1])]
    everyone = list(dict.fromkeys(shown["label"]))
    moved = shown["difference"].abs().groupby(shown["label"]).max()
    labels = sorted(moved.nlargest(MOST_PANELS).index, key=everyone.index)
    if len(labels) < len(everyone):
        some = f"{len(labels)} of {len(everyone)} variants"
        title += f": {some}, largest differences" if moved.any() else f": {some}, all unchanged"
    figure = sheet(15.0, 0.8 + 3.4 * -(-len(labels) // 4), title, caption)
    axes = grid_of(figure, len(labels), 4, sharey=True)
    lowest, highest = float(shown["lo"].min()), float(shown["hi"].max())
    pad = 0.04 * max(highest - lowest, 1e-9)
    axes[0].set_ylim(lowest - pad, highest + pad)
    for k, (ax, label) in enumerate(zip(axes, labels, strict=True)):
        mine = shown[shown["label"] == label]
        plots.draw_difference_curve(ax, mine.assign(label=mine["measure"]), SHARE)
        ax.set_title(label, fontsize=10.5)
        if k % 4:
            ax.set_ylabel("")
    return figure


def fates(
    rows: pd.DataFrame, compared: pd.DataFrame, names: Mapping[int, str], caption: Caption
) -> Figure:
    """Return at which rung the leaders peaked in the baseline and in each variant.

    Args:
        rows: table of fates; the comparisons with most changed worlds are drawn.
        compared: ``point, worlds``: how many were compared.
        names: of the comparisons, by point.
        caption: of the figure.
    """
    changed = rows["point"].value_counts()
    points = sorted(int(point) for point in changed.index[:MOST_FATES])
    peaks = rows[["before", "after"]].to_numpy()
    rungs = range(min(2, int(peaks.min())), max(6, int(peaks.max())) + 1)
    n_worlds = compared.groupby("point")["worlds"].max()
    columns = columns_for(len(points))
    width, height = max(9.0, 0.8 + 4.9 * columns), 0.9 + 4.6 * -(-len(points) // columns)
    title = "Peak rung of the leader dyad: baseline and variant"
    if len(points) < len(changed):
        title += f" ({len(points)} of {len(changed)} variants, most changed worlds)"
    figure = sheet(width, height, title, caption)
    for ax, point in zip(grid_of(figure, len(points), columns), points, strict=True):
        plots.draw_fates(ax, rows[rows["point"] == point], int(n_worlds[point]), rungs)
        ax.set_title(wrapped(names[point]), pad=22)
    return figure
