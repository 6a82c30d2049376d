"""What all drawings share: colours, dashes, names of rungs, and axes of weeks, rungs and values.

Colours are those of Okabe & Ito (2008) for sides and series and of the viridis and cividis maps
for rungs, ordered levels and fear; the colour-blind can tell them apart, and line styles differ as
well.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from matplotlib import (
    MatplotlibDeprecationWarning,
    colormaps,
    rc_context,
    rcParams,
    rcParamsDefault,
)
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.patheffects import withStroke
from matplotlib.ticker import (
    FuncFormatter,
    MaxNLocator,
    MultipleLocator,
    NullFormatter,
)

from sim.analysis.tables import names_apart, numerals
from sim.model.vocabulary import Rung
from sim.plots.lettering import families, folded, width_of

WEST, EAST, NEUTRAL, INK = "#0072B2", "#D55E00", "#5F5F5F", "#222222"
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
RUNG_COLOURS = tuple(colormaps["viridis_r"](x) for x in np.linspace(0.0, 1.0, len(Rung)))
RUNG_NAMES = ("calm", "accusation", "coercion", "display", "crisis", "clash", "war", "nuclear use")
SHARE = "share of worlds"
"""The unit of what happens in a world or does not; drawn in per cent."""
ABOVE: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (-0.02, 1.0), "borderaxespad": 0.1}
STYLE: dict[Any, Any] = {
    "font.size": 11.0,
    "axes.titlesize": 12.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "lines.linewidth": 2.0,
    "legend.frameon": False,
    "legend.fontsize": 10.0,
    "svg.hashsalt": "spiral",
    "svg.fonttype": "path",
    "text.parse_math": False,  # a dollar in a name is a dollar
}
"""Settings under which figures of this project are made and saved, see :func:`drawing`."""
TOPS = {
    0.01: 0.002,
    0.02: 0.005,
    0.05: 0.01,
    0.1: 0.02,
    0.2: 0.05,
    0.4: 0.1,
    0.6: 0.2,
    0.8: 0.2,
    1.0: 0.2,
}
"""Upper ends of axes of shares, and the steps of their ticks."""
LOG_SPAN, LOG_MIDDLE = 30.0, 0.25
"""Levels are spread by factors where their ends differ by one of :data:`LOG_SPAN` or more and half
of them lie below :data:`LOG_MIDDLE` of the highest."""
HALO = [withStroke(linewidth=2.5, foreground="white")]
LINE, LETTER = 14.0, 6.5
"""Height of a line of text beside a drawing and width of a letter at a tick, in points."""
ROOM, HANDLE = 150.0, 48.0
"""Width of a name beside a line or at a tick, and what a legend adds to each name, in points."""


@contextmanager
def drawing() -> Iterator[None]:
    """Make and save figures under this: they are the same whatever a matplotlibrc says.

    The settings are matplotlib's own defaults with :data:`STYLE` over them; those from before come
    back at the end. No backend is chosen: a notebook goes on showing its own plots.
    """
    with rc_context():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MatplotlibDeprecationWarning)
            rcParams.update({k: v for k, v in rcParamsDefault.items() if "backend" not in k})
        rcParams.update({**STYLE, "font.family": list(families())})
        yield


# Axes


def weeks_axis(ax: Axes, n_weeks: int) -> None:
    """Let x run over the weeks of a world."""
    ax.set_xlim(0, max(1, n_weeks))
    step = next((s for s in (1, 2, 4, 13, 26, 52) if n_weeks / s <= 10), 104)
    ax.set_xticks(range(0, n_weeks + 1, step))
    ax.set_xlabel("weeks from the start")


def share_axis(ax: Axes, top: float = 1.0) -> None:
    """Let y be a share in per cent, from 0 to one of :data:`TOPS`."""
    ax.set_ylim(0.0, top)
    ax.yaxis.set_major_locator(MultipleLocator(TOPS[top]))
    ax.yaxis.set_major_formatter(percents())


def percents() -> FuncFormatter:
    """Return what writes shares at ticks in per cent."""
    return FuncFormatter(lambda x, _: f"{100.0 * x:.3g}%")


def rung_axis(ax: Axes, top: int) -> None:
    """Let y be the rungs from calm to ``top``, with their names."""
    ax.set_ylim(-0.5, top + 0.5)
    ax.set_yticks(range(top + 1), [f"{RUNG_NAMES[k]}  {k}" for k in range(top + 1)])


def nice_top(highest: float) -> float:
    """Return a round upper end of an axis of shares that holds the highest one."""
    return next((top for top in TOPS if highest <= top), 1.0)


def value_axis(ax: Axes, highest: float, unit: str) -> None:
    """Let y be a quantity of worlds from 0 up to its highest value: shares in per cent."""
    if unit == SHARE:
        share_axis(ax, nice_top(highest))
    else:
        ax.set_ylim(0.0, 1.08 * highest if highest > 0.0 else 1.0)
    ax.set_ylabel(unit)


def difference_format(axis: Axis, unit: str) -> str:
    """Write signed ticks, shares in percentage points, and return the label of the axis."""
    scale, word = (100.0, "percentage points") if unit == SHARE else (1.0, unit)
    axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], min_n_ticks=3))
    axis.set_major_formatter(
        FuncFormatter(lambda x, _: f"{scale * x:+.4g}" if abs(scale * x) > 1e-9 else "0")
    )
    return f"difference, {word}" if word else "difference"


def change_format(axis: Axis, unit: str) -> str:
    """Write the sizes of changes, of shares in percentage points, and return their unit."""
    if unit != SHARE:
        return unit
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{100.0 * x:.3g}"))
    return "percentage points"


def level_axis(ax: Axes, levels: Sequence[float]) -> None:
    """Let x hold levels of something varied: few have a tick each, wide spans are logarithmic."""
    found = sorted(set(levels))
    if is_wide(found):
        ax.set_xscale("log")
        plain_logs(ax.xaxis)
    elif len(found) <= 8:
        ax.set_xticks(found, _fitting(found, width_across(ax)))


def plain_logs(axis: Axis) -> None:
    """Write numbers, not powers of ten, at the ticks of a logarithmic axis."""
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axis.set_minor_formatter(NullFormatter())


def is_wide(levels: Iterable[float]) -> bool:
    """Say whether positive levels are spread by factors and belong on a logarithmic axis."""
    found = np.asarray(list(levels), float)
    low, high = float(found.min()), float(found.max())
    return 0.0 < low <= high / LOG_SPAN and float(np.median(found)) < LOG_MIDDLE * high


def _fitting(levels: Sequence[float], width: float) -> list[str]:
    """Return the words of ticks, empty where they would touch: the ends first, then from the left.

    Args:
        levels: of the ticks, rising.
        width: of the axis, in points.
    """
    words = shorts(levels)
    span = max(levels[-1] - levels[0], 1e-300)
    middles = [0.9 * width * (level - levels[0]) / span for level in levels]
    kept = [0, len(levels) - 1]
    for k in range(1, len(levels) - 1):
        half = [LETTER * (0.5 * len(words[k]) + 0.5 * len(words[other]) + 1) for other in kept]
        if all(abs(middles[k] - middles[other]) > h for other, h in zip(kept, half, strict=True)):
            kept.append(k)
    return [word if k in kept else "" for k, word in enumerate(words)]


# Names and numbers


def shorts(levels: Sequence[Any]) -> list[str]:
    """Return levels as they stand at ticks or lines: names folded, numbers as told apart.

    A number has three digits, or as many more as it takes to tell it from the others.
    """
    if any(isinstance(level, str) for level in levels):
        names = names_apart(levels)
        return [folded(names[level], ROOM, 10.5) for level in levels]
    numbers = numerals(levels, digits=3)
    return [numbers[float(level)] for level in levels]


def columns_within(room: float, labels: Sequence[str], most: int, size: float = 10.0) -> int:
    """Return how many columns of a legend have room side by side: 1 to ``most``.

    Args:
        room: in points.
        labels: of the legend.
        most: columns wanted.
        size: of the letters, in points.
    """
    widest = max((width_of(label, size) for label in labels), default=0.0)
    return max(1, min(most, int(room // (widest + HANDLE))))


def told(value: float, unit: str) -> str:
    """Return a value as a drawing prints it: shares in per cent, finer near 0 and 1."""
    if unit != SHARE:
        return f"{value:#.2g}" if 0.0 < abs(value) < 10.0 else f"{value:.0f}"
    near = min(value, 1.0 - value)
    return f"{100.0 * value:.{0 if near <= 0.0 or near >= 0.0095 else 1}f}%"


def spread(heights: Sequence[float], room: float, top: float) -> list[float]:
    """Return rising heights pushed apart by ``room`` or more, below ``top`` where there is room.

    Args:
        heights: wanted, from the lowest up.
        room: least distance of two.
        top: highest height allowed; heights stay above 0 at its cost.
    """
    found = list(heights)
    for k in range(1, len(found)):
        found[k] = max(found[k], found[k - 1] + room)
    for k in reversed(range(len(found))):
        found[k] = min(found[k], top)
        top = found[k] - room
    lift = max(0.0, -found[0]) if found else 0.0
    return [height + lift for height in found]


def height_of(ax: Axes) -> float:
    """Return about how high an Axes is, in points, before its figure is laid out."""
    return float(ax.bbox.height) * 72.0 / float(ax.figure.dpi)


def width_across(ax: Axes) -> float:
    """Return about how wide an Axes is, in points, before its figure is laid out."""
    return float(ax.bbox.width) * 72.0 / float(ax.figure.dpi)


def name_ends(ax: Axes, x: float, ends: Sequence[tuple[float, str, Any]]) -> None:
    """Write names at the right ends of lines, folded and pushed apart so that none covers another.

    Args:
        ax: where to draw; its limits are set.
        x: where the lines end.
        ends: height, name and colour of each line.
    """
    last = len(ends)
    ends = [(height, folded(name, ROOM, 10.5), colour) for height, name, colour in ends]
    ranked = [ends[k] for k in sorted(range(last), key=lambda k: (ends[k][0], last - k))]
    bottom, top = ax.get_ylim()
    n_lines = max((name.count("\n") + 1 for _, name, _ in ends), default=1)
    room = n_lines * LINE / height_of(ax) * (top - bottom)
    wanted = [end[0] - bottom for end in ranked]
    heights = spread(wanted, room, top - bottom - 0.5 * room)
    for height, (_, name, colour) in zip(heights, ranked, strict=True):
        ax.annotate(
            name, (x, bottom + height), (5, 0), textcoords="offset points", va="center",
            color=colour, fontsize=10.5, annotation_clip=False,
        )  # fmt: skip
