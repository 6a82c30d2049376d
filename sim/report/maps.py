"""States at their capitals, without coastlines: fear by dyad. Draws on an Axes it is given.

Dots are sized by capability and coloured by bloc; a line is the mean fear of a pair. States beyond
the view stand at its edge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.patheffects import withStroke

from sim.model.sheets import StateSheet
from sim.model.vocabulary import Bloc
from sim.plots import EAST, INK, NEUTRAL, WEST

EUROPE = (-16.0, 58.0, 33.5, 64.0)
"""Longitudes and latitudes, degrees: west, east, south, north."""
EDGE = 2.5
"""Degrees from the edge of a map at which states beyond it are drawn."""
LEAST = 0.1
"""Fear below this part of the greatest is not drawn."""
HALO = [withStroke(linewidth=2.0, foreground="white")]


def _side(blocs: Mapping[str, Bloc], code: str) -> str:
    return {Bloc.WEST: WEST, Bloc.EAST: EAST}.get(blocs.get(code, Bloc.NONE), NEUTRAL)


def draw_map(
    ax: Axes,
    pairs: pd.DataFrame,
    sheets: Sequence[StateSheet],
    blocs: Mapping[str, Bloc],
    view: tuple[float, float, float, float] = EUROPE,
) -> ScalarMappable:
    """Draw states at their capitals and the mean fear of each pair as a line.

    Args:
        ax: where to draw.
        pairs: table of pairs, of one point.
        sheets: the states; those far away stand at the edge, those without coordinates nowhere.
        blocs: side of each state at the start.
        view: longitudes and latitudes drawn, degrees: west, east, south, north.

    Returns:
        The colour scale of the lines, for a colour bar.
    """
    place = _places(sheets, view)
    west, east, south, north = view
    fear = pairs[["fear_first", "fear_second"]].mean(axis=1)
    top = max(0.1, float(fear.max()))
    norm, fears = Normalize(0.0, top), colormaps["cividis_r"]
    lines = zip(fear.tolist(), pairs["first"].tolist(), pairs["second"].tolist(), strict=True)
    for level, first, second in sorted(lines):
        if level > LEAST * top and first in place and second in place:
            ends, shade = zip(place[first], place[second], strict=True), fears(norm(level))
            width = 0.5 + 3.0 * level / top
            ax.plot(*ends, color=shade, lw=width, zorder=1 + level, solid_capstyle="round")
    taken = list(place.values())
    for sheet in (s for s in sheets if s.code in place):
        x, y = place[sheet.code]
        size = 25.0 + 700.0 * float(np.sqrt(sheet.capability))
        ax.scatter(
            x, y, s=size, color=_side(blocs, sheet.code), edgecolor="white", lw=0.8, zorder=3
        )
        edge = -1 if x <= west + EDGE else 1 if x >= east - EDGE else 0
        dx, dy = (edge, 0) if edge else _free_side(x, y, taken)
        away = 2 + np.sqrt(size) / 2
        ax.annotate(
            sheet.code, (x, y), (dx * away, dy * (away + 4)), textcoords="offset points",
            ha={-1: "right", 0: "center", 1: "left"}[dx], va="center", fontsize=8, color=INK,
            zorder=4, path_effects=HALO,
        )  # fmt: skip
    ax.set_xlim(west, east)
    ax.set_ylim(south, north)
    ax.set_aspect(1.0 / np.cos(np.radians(0.5 * (south + north))))
    ax.set_axis_off()
    return ScalarMappable(norm, fears)


def _free_side(x: float, y: float, taken: list[tuple[float, float]]) -> tuple[int, int]:
    """Return the side of a dot with most room for its label, and note where the label goes."""
    sides = ((0, 1), (1, 0), (-1, 0), (0, -1))
    spots = [(x + 1.5 * dx, y + 0.9 * dy) for dx, dy in sides]

    def room(spot: tuple[float, float]) -> float:
        gaps = (
            ((spot[0] - a) / 1.4) ** 2 + ((spot[1] - b) / 0.7) ** 2
            for a, b in taken
            if (a, b) != (x, y)
        )
        return min(1.0, min(gaps, default=1.0))

    best = max(range(len(sides)), key=lambda k: (room(spots[k]), -k))
    taken.append(spots[best])
    return sides[best]


def _places(
    sheets: Sequence[StateSheet], view: tuple[float, float, float, float]
) -> dict[str, tuple[float, float]]:
    """Return where each state is drawn: at its capital, or at the edge nearest to it."""
    west, east, south, north = view
    place = {}
    edges: dict[float, list[tuple[float, str]]] = {}
    for s in sheets:
        if s.longitude is None or s.latitude is None:
            continue
        x = min(max(s.longitude, west + EDGE), east - EDGE)
        y = min(max(s.latitude, south + 1.0), north - 1.0)
        place[s.code] = (x, y)
        if x != s.longitude:
            edges.setdefault(x, []).append((y, s.code))
    for x, found in edges.items():  # keep states at an edge apart
        lowest = -np.inf
        for y, code in sorted(found):
            lowest = max(y, lowest + 2.4)
            place[code] = (x, lowest)
    return place
