"""The figures of a run: which drawings stand side by side, under what title, with what small print.

Each function takes tables and gives a :class:`matplotlib.figure.Figure`; :func:`save` writes it as
PNG, as SVG or as both. The drawings themselves are in :mod:`sim.plots`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from PIL import Image

from sim import plots
from sim.analysis.causes import BY_CAUSE
from sim.analysis.tables import Tables
from sim.model.roster import Roster
from sim.model.vocabulary import Instrument, Rung
from sim.plan.scenario import FIGURES
from sim.report import maps
from sim.story.wording import Names

NOTE = "Spiral: an instrument for thinking, not a forecast"
DPI = 150
TITLE, SUBTITLE, SMALL = 15.0, 11.0, 8.5
"""Sizes of the letters of titles, of titles in somebody's figure and of small print, in points."""
_WIDTHS = (0.0, 9.0, 13.0, 17.5)
"""Of a sheet of as many panels that name their lines beside them, in inches."""
ROOM_OF_ROW = 216.0
"""Width of a line of a point's label, in points."""


Plan = tuple[str, Callable[[], Figure]]
"""A figure that is to be drawn: its name, and what draws it."""


@dataclass(frozen=True)
class Caption:
    """What every figure of a run says about it."""

    scenario: str
    n_worlds: int  # at a point; the fewest, where they differ
    seed: int
    n_points: int = 1
    most_worlds: int = 0  # at a point, where they differ
    n_draws: int = 0  # sets of parameters that worlds draw from, where they do

    def small_print(self) -> str:
        """Return the line at the foot of a figure."""
        worlds = f"{self.n_worlds:,} world{'' if self.n_worlds == 1 else 's'}"
        if self.most_worlds > self.n_worlds:
            worlds = f"{self.n_worlds:,} to {self.most_worlds:,} worlds"
        if self.n_points > 1:
            worlds = f"{self.n_points:,} points of {worlds} each"
        if self.n_draws:
            worlds += f" over {self.n_draws:,} sets of parameters"
        return f"{NOTE}.  {self.scenario}; {worlds}, seed {self.seed}."


def save(figure: Figure, folder: Path, name: str, kinds: Collection[str] = FIGURES["all"]) -> None:
    """Write a figure as ``name.png`` and ``name.svg``; both are drawn before either is written."""
    write(rendered(figure, kinds), folder, name)


def write(files: Mapping[str, bytes], folder: Path, name: str) -> None:
    """Write the files of a figure, by their kind."""
    for kind, content in files.items():
        (folder / f"{name}.{kind}").write_bytes(content)


def rendered(figure: Figure, kinds: Collection[str]) -> dict[str, bytes]:
    """Return a figure as files of some kinds: the same bytes for the same figure."""
    figure.set_dpi(DPI)
    plots.settle(figure)
    return {kind: draw(figure) for kind, draw in _DRAW.items() if kind in kinds}


def _png(figure: Figure) -> bytes:
    file = BytesIO()
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    # A figure covers its paper, so that a layer of transparency says nothing; level 4 of zlib takes
    # three quarters of the time of the default and one per cent more room.
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    image.save(file, "png", dpi=(DPI, DPI), compress_level=4)
    return file.getvalue()


def _svg(figure: Figure) -> bytes:
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    file = BytesIO()
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(file, metadata={"Date": None})
    return file.getvalue()


_DRAW = {"png": _png, "svg": _svg}


class DrawnNames(Names):
    """States by their names as figures have room and letters for."""

    def __init__(self, roster: Roster) -> None:
        super().__init__(roster)
        self._names = self.by_code = plots.short_names({s.code: s.name for s in roster.states})


class SmallPrint(Protocol):
    """Whatever has something to say at the foot of a figure."""

    def small_print(self) -> str:
        """Return the line at the foot."""
        ...


class Sheet(Figure):
    """A figure that a notebook shows by itself."""

    def _repr_png_(self) -> bytes:
        with plots.drawing():
            return rendered(self, ("png",))["png"]


_PLACE: ContextVar[SubFigure | None] = ContextVar("place", default=None)
"""The part of somebody's figure that the next sheet is to be, if it is to be one."""


@contextmanager
def placed_on(ax: Axes) -> Iterator[None]:
    """Let the sheet that is made under this take the place of somebody's axes.

    Raises:
        ValueError: if the axes were not made by ``subplots`` or ``add_subplot``.
    """
    spec = ax.get_subplotspec()
    if spec is None:
        raise ValueError("must be axes of subplots, whose place in the figure is known")
    figure = ax.figure
    ax.remove()
    token = _PLACE.set(figure.add_subfigure(spec))
    try:
        yield
    finally:
        _PLACE.reset(token)


def sheet(
    width: float, height: float, title: str, caption: SmallPrint, *, legend: float = 0.0
) -> Figure:
    """Return an empty figure with its title and its small print, and room for a legend, in inches.

    Titles and small print that are too long for one line make the figure higher. The legend's upper
    left corner is at :func:`below_title`. Under :func:`placed_on` it is a part of somebody's
    figure, which has a title and no small print.
    """
    place = _PLACE.get()
    if place is not None:
        room = 72.0 * place.bbox.width / place.dpi
        place.suptitle(plots.folded(title, room, SUBTITLE), fontsize=SUBTITLE)
        return cast(Figure, place)
    room = 72.0 * (width - 0.3)
    head = plots.folded(title, room, TITLE, weight="bold", most=3)
    foot = plots.folded(caption.small_print(), room, SMALL, most=3)
    above, below = 0.5 + 0.25 * head.count("\n") + legend, 0.36 + 0.15 * foot.count("\n")
    height += above - 0.5 - legend + below - 0.36
    figure = Sheet(figsize=(width, height), layout="constrained")
    engine = figure.get_layout_engine()
    if engine is not None:
        rect = (0.008, below / height, 0.984, 1.0 - (above + below) / height)
        engine.set(rect=rect, wspace=0.04, hspace=0.04)  # type: ignore[call-arg]
    left = 0.13 / width
    figure.text(left, 1.0 - 0.08 / height, head, fontsize=TITLE, fontweight="bold", va="top")
    figure.text(left, 0.12 / height, foot, fontsize=SMALL, color="#5a5a5a", va="bottom")
    return figure


def below_title(figure: Figure) -> tuple[float, float]:
    """Return the place below the title of a sheet, in parts of the figure."""
    n_lines = figure.texts[0].get_text().count("\n") + 1
    return 0.008, 1.0 - (0.19 + 0.25 * n_lines) * figure.dpi / float(figure.bbox.height)


def panels(figure: Figure, n: int, **options: Any) -> list[Axes]:
    """Return axes side by side on a sheet."""
    return list(np.atleast_1d(figure.subplots(1, n, **options)))


def columns_for(n: int) -> int:
    """Return how many wide panels stand side by side: at most three, and four two by two."""
    return 2 if n == 4 else min(3, n)


def width_for(n_columns: int) -> float:
    """Return how wide a sheet of one to three wide panels is, in inches."""
    return (9.0, 12.5, 14.5)[n_columns - 1]


def grid_of(figure: Figure, n: int, n_columns: int, **options: Any) -> list[Axes]:
    """Return axes row by row on a sheet; places left over are empty."""
    columns = min(n, n_columns)
    axes = figure.subplots(-(-n // columns), columns, squeeze=False, **options).ravel()
    for ax in axes[n:]:
        ax.set_axis_off()
    return list(axes[:n])


def fan(tables: Tables, roster: Roster, caption: Caption) -> Figure:
    """Return the rung of the leader dyad by week, over all worlds; below a scenario's subject."""
    if not roster.names_subject:
        title = f"Escalation rung of the leader dyad over time: {_pair(roster)}"
        figure = sheet(11.0, 6.0, title, caption)
        plots.draw_fan(figure.subplots(), tables.rungs)
        return figure
    title = f"Escalation rung over time: {_pair(roster, roster.subject)}"
    figure = sheet(11.0, 10.6, title, caption)
    above, below = figure.subplots(2, 1, sharex=True)
    plots.draw_fan(above, tables.rungs, "subject")
    plots.draw_fan(below, tables.rungs, legend=False)
    below.set_title(f"Beside them the leader dyad: {_pair(roster)}")
    above.set_xlabel("")
    return figure


def reached(tables: Tables, roster: Roster, caption: Caption) -> Figure:
    """Return the share of worlds that reached display, crisis, clash and war by each week."""
    title = "Share of worlds that have reached each rung"
    titles = {"subject": _title(roster, roster.subject)} if roster.names_subject else {}
    titles |= {"leaders": _title(roster)}
    titles |= {"any": "Any opposed dyad"} if _several(tables) else {}
    figure = sheet(_WIDTHS[len(titles)], 5.4, title, caption)
    axes = panels(figure, len(titles))
    for ax, scope in zip(axes, titles, strict=True):
        rows = tables.reached[tables.reached["scope"] == scope]
        plots.draw_reached(ax, rows, top=_top(rows))
        ax.set_title(titles[scope])
    axes[0].set_ylabel("cumulative share of worlds")
    return figure


def rungs(tables: Tables, roster: Roster, caption: Caption) -> Figure:
    """Return the rungs the leaders and all opposed pairs stand on, stacked."""
    several = _several(tables)
    titles = {"subject": _title(roster, roster.subject)} if roster.names_subject else {}
    titles |= {"share": _title(roster)}
    n_panels = len(titles) + several
    figure = sheet(_WIDTHS[n_panels], 5.4, "Distribution over rungs by week", caption)
    axes = panels(figure, n_panels)
    for ax, (column, title) in zip(axes, titles.items(), strict=False):
        plots.draw_rungs(ax, tables.rungs, column, "share of worlds")
        ax.set_title(title)
    if several:
        label = "mean number of dyads"
        plots.draw_rungs(axes[-1], tables.rungs, "pairs", label, lowest=Rung.DISPLAY)
        axes[-1].set_title("Opposed dyads at display or above")
    return figure


def gap(
    tables: Tables, views: pd.DataFrame, roster: Roster, caption: Caption, world: int
) -> Figure:
    """Return the same acts as meant and as seen, in one world, and the gap over all worlds."""
    figure = sheet(13.0, 8.4, f"Acts as intended and as perceived (world {world})", caption)
    grid = figure.add_gridspec(2, 2, height_ratios=(1.15, 1.0))
    _two_views([figure.add_subplot(grid[0, k]) for k in range(2)], views, roster)
    ax = figure.add_subplot(grid[1, :])
    plots.draw_measure(ax, tables.curves, "gap_leaders", "difference in hostility, about 0 to 1.4")
    ax.set_title("Perception gap over all worlds: perceived against intended hostility")
    return figure


def _two_views(axes: Sequence[Axes], views: pd.DataFrame, roster: Roster) -> None:
    (west, east), names = roster.leaders, DrawnNames(roster)
    sides = ((west, east, plots.WEST), (east, west, plots.EAST))
    for ax, (actor, other, colour) in zip(axes, sides, strict=True):
        plots.draw_views(ax, views, actor, names.the(actor), names.the(other), colour)


def fear(tables: Tables, roster: Roster, caption: Caption) -> Iterator[Plan]:
    """Yield fear by dyad: on a map where states have coordinates, and leader by leader."""
    if sum(s.latitude is not None for s in roster.states) > 2:
        yield "fear_map", partial(_fear_map, tables, roster, caption)
    if _several(tables):
        yield "fear_pairs", partial(_fear_pairs, tables, roster, caption)
    else:
        yield "fear", partial(_fear_of_two, tables, roster, caption)


def _fear_of_two(tables: Tables, roster: Roster, caption: Caption) -> Figure:
    figure = sheet(11.0, 5.4, f"Mean fear of the leader dyad: {_pair(roster)}", caption)
    label = "fear, mean of both directions, 0 to 1"
    plots.draw_measure(figure.subplots(), tables.curves, "fear_leaders", label)
    return figure


def _fear_map(tables: Tables, roster: Roster, caption: Caption) -> Figure:
    figure = sheet(13.0, 8.6, "Mean fear by dyad", caption)
    ax = figure.subplots()
    scale = maps.draw_map(ax, tables.pairs, roster.states, roster.blocs)
    label = "mean fear of both directions, 0 to 1"
    figure.colorbar(scale, ax=ax, shrink=0.6, pad=0.01, label=label)
    west, east = map(DrawnNames(roster).the, roster.leaders)
    sides = {f"bloc of {west}": plots.WEST, f"bloc of {east}": plots.EAST, "neither": plots.NEUTRAL}
    dots = [Line2D([], [], color=c, marker="o", ls="", label=side) for side, c in sides.items()]
    ax.legend(handles=dots, ncols=plots.columns_within(800.0, list(sides), 3), **plots.ABOVE)
    return figure


def _fear_pairs(tables: Tables, roster: Roster, caption: Caption) -> Figure:
    (west, east), names = roster.leaders, DrawnNames(roster)
    counts = [len(plots.fear_of(tables.pairs, leader)) for leader in (east, west)]
    n_panels = 2 if min(counts) > 1 else 1
    height = 2.2 + 0.25 * max(3, *counts)
    figure = sheet(13.0 if n_panels > 1 else 9.0, height, "Mean fear by direction", caption)
    colours = ((plots.WEST, plots.EAST), (plots.EAST, plots.WEST))
    for ax, leader, pair in zip(panels(figure, n_panels), (east, west), colours, strict=False):
        whose = f"its fear of {names.the(leader)}", f"{names.of(leader)} fear of it"
        plots.draw_fear(ax, tables.pairs, leader, names.by_code, whose, pair, max(counts))
    return figure


# Several points

MOST_PANELS = 12


def side_by_side(
    reached: pd.DataFrame, labels: Mapping[int, str], roster: Roster | None, caption: Caption
) -> Figure:
    """Return the cumulative share of worlds by rung, one panel for each design point.

    Args:
        reached: of all points.
        labels: of the points that are drawn.
        roster: whose subject or leaders they are; None where points have different ones.
        caption: the small print.
    """
    n = len(labels)
    n_columns = n if n < 5 else min((3, 4, 5), key=lambda k: (-n % k, -k))
    n_rows = -(-n // n_columns)
    pair = _pair(roster, roster.subject) if roster else "the leader dyad"
    title = f"Rungs reached by week: {pair}"
    figure = sheet(max(9.0, 1.0 + 3.3 * n_columns), 1.2 + 3.4 * n_rows, title, caption)
    axes = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
    scope = "subject" if roster and roster.names_subject else "leaders"
    shown = reached[reached["scope"] == scope]
    for k, (ax, (point, label)) in enumerate(zip(axes, labels.items(), strict=False)):
        last = (k + 1) % n_columns == 0 or k == n - 1
        rows = shown[shown["point"] == point]
        plots.draw_reached(ax, rows, top=_top(shown), legend=last)
        ax.set_title(wrapped(label), fontsize=10.5)
        ax.tick_params(labelleft=k % n_columns == 0)
        if k + n_columns < n:
            ax.set_xlabel("")
    for ax in axes[n:]:
        ax.set_axis_off()
    for ax in axes[::n_columns]:
        ax.set_ylabel("cumulative share of worlds")
    return figure


def causes(points: pd.DataFrame, labels: Mapping[int, str], caption: Caption) -> Figure:
    """Return the clashes at each point by what they began with, stacked.

    Args:
        points: ``point, quantity, value, lo, hi`` of clashes and of their parts.
        labels: of the points that are drawn.
        caption: the small print.
    """
    words = [wrapped(label) if len(labels) > 1 else "" for label in labels.values()]
    rows = points[points["quantity"] == "clashes"].set_index("point").loc[list(labels)]
    values = points.pivot(index="point", columns="quantity", values="value")
    parts = {part.name: part.counted(values) for part in BY_CAUSE}
    rows = rows.assign(**{name: each.clip(lower=0.0) for name, each in parts.items()}, label=words)
    height = 1.2 + height_of_rows(words) * max(2.2, 1.2 * len(words))
    figure = sheet(11.0, height, "Clashes by what they began with", caption, legend=0.34)
    ax = figure.subplots()
    plots.draw_causes(ax, rows, list(parts))
    names = plots.cause_handles(list(parts))
    figure.legend(handles=names, loc="upper left", bbox_to_anchor=below_title(figure), ncols=6,
                  columnspacing=1.4, handlelength=1.2)  # fmt: skip
    return figure


def _top(reached: pd.DataFrame) -> float:
    shown = reached[reached["rung"].between(Rung.DISPLAY, Rung.WAR) & (reached["share"] > 0.0)]
    return plots.nice_top(float(shown["hi"].max()) if len(shown) else 0.0)


def wrapped(label: str) -> str:
    """Return a point's label in lines of one or a few settings each."""
    lines: list[str] = []
    for part in label.split(", ") if len(label) > 30 else [label]:
        if lines and len(lines[-1]) + len(part) < 36 and label.count(",") > 2:
            lines[-1] += f", {part}"
        else:
            lines.append(part)
    return "\n".join(plots.folded(line, ROOM_OF_ROW, 11.0) for line in lines)


def height_of_rows(labels: Sequence[str]) -> float:
    """Return how high a row of a panel must be to hold any of its labels, in inches."""
    n_lines = max((wrapped(label).count("\n") + 1 for label in labels), default=1)
    return max(0.42, 0.18 * n_lines + 0.06)


# One history


def history(told: pd.DataFrame, roster: Roster, caption: Caption, world: int) -> Figure:
    """Return one world of the two leaders: rungs, fear and the instruments of both sides.

    Args:
        told: what the leaders did, as of :func:`sim.analysis.tables.two_views`.
        roster: who is there.
        caption: the small print.
        world: its number.
    """
    (west, east), names = roster.leaders, DrawnNames(roster)
    of = {me: told[told["actor"] == me] for me in (west, east)}
    n_rows = (len(Instrument) + 1) // 2  # of instruments, two a row
    height = 4.2 + 2.7 * n_rows
    figure = sheet(13.0, height, f"{_title(roster)}, week by week (world {world})", caption)
    ratios = (1.25, *[1.0] * n_rows)
    axes = figure.subplots(1 + n_rows, 2, gridspec_kw={"height_ratios": ratios}).ravel()
    plots.draw_ladder(axes[0], of[west]["rung"].to_numpy())
    axes[0].set_title("rung")
    colours = (plots.WEST, plots.EAST)
    felt = {f"{names.of(me)} fear": rows["fear"].to_numpy() for me, rows in of.items()}
    plots.draw_lines(axes[1], felt, "fear, 0 to 1", colours)
    axes[1].set_title("fear of the other side")
    for empty in axes[2 + len(Instrument) :]:
        empty.set_axis_off()
    for ax, instrument in zip(axes[2:], Instrument, strict=False):
        levels = {str(names.the(me)): rows[instrument.field].to_numpy() for me, rows in of.items()}
        plots.draw_steps(ax, levels, instrument, colours)
    sides = [names.the(me) for me in (west, east)]
    beside_title = {**plots.ABOVE, "bbox_to_anchor": (0.25, 1.0)}
    axes[2].legend(ncols=plots.columns_within(270.0, sides, 2), **beside_title)
    return figure


def views(world: int, seen: pd.DataFrame, roster: Roster, caption: Caption) -> Figure:
    """Return each side's acts in one world as meant and as the other saw them."""
    figure = sheet(13.0, 5.2, f"Acts as intended and as perceived (world {world})", caption)
    _two_views(panels(figure, 2), seen, roster)
    return figure


def _several(tables: Tables) -> bool:
    return int(tables.pairs["opposed"].sum()) > 1


def _title(roster: Roster, codes: tuple[str, str] | None = None) -> str:
    pair = _pair(roster, codes)
    return pair[:1].upper() + pair[1:]


def _pair(roster: Roster, codes: tuple[str, str] | None = None) -> str:
    """Return the names of two states, the leaders unless others are given."""
    one, other = map(DrawnNames(roster).the, codes or roster.leaders)
    return f"{one} and {other}"
