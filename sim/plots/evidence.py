"""Drawings of the evidence: what each mechanism buys, and crises told the day before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.plots.style import EAST, INK, NEUTRAL, OKABE_ITO, WEST, percents


def draw_structure(
    axes: Sequence[Axes], rows: pd.DataFrame, bands: Mapping[str, tuple[float, float]]
) -> None:
    """Draw how near structures come to the record, and what an act calls forth in each.

    Args:
        axes: three, for ``own, acts, fire``.
        rows: ``structure, setting`` (``as it is`` or ``set anew``), ``own`` (root mean square
            distance of recorded figures), ``acts`` (after a display), ``fire`` (rise of later
            force by an exchange of fire).
        bands: what is asked of ``acts`` and ``fire``.
    """
    names = list(dict.fromkeys(rows["structure"]))
    y = np.arange(len(names))[::-1]
    labels = {
        "own": "distance from Russia-NATO figures,\nRMS, in standard errors",
        "acts": "further acts after one display,\ntwo rivals, a year",
        "fire": "rise of later force by an\nexchange of fire, probability",
    }
    for ax, (column, label) in zip(axes, labels.items(), strict=True):
        if column in bands:
            ax.axvspan(*bands[column], color="#dddddd", lw=0)
        for setting, mark, colour in (("as it is", "o", WEST), ("set anew", "D", EAST)):
            some = rows[rows["setting"] == setting].set_index("structure").loc[names]
            ax.plot(some[column], y, mark, color=colour, ms=7.0, label=setting)
        ax.set_yticks(y, names)
        widest = float(rows[column].max())
        ax.set_xlim(min(0.0, float(rows[column].min())) - 0.03 * widest, 1.08 * widest)
        ax.set_xlabel(label)
        ax.grid(visible=False, axis="y")
    axes[0].legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2)
    for ax, (low, high) in zip(axes[1:], bands.values(), strict=True):
        ax.text(0.5 * (low + high), len(names) - 0.45, "asked", ha="center", color=INK)
    axes[0].set_ylim(-0.6, len(names) - 0.2)


def draw_hindcasts(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw the probability of force that accounts gave each crisis, and what happened.

    Args:
        ax: where to draw.
        rows: see :func:`sim.evidence.hindcasts.judged`.
    """
    once = rows.drop_duplicates("crisis")
    once = once.sort_values("force", kind="stable")
    y = pd.Series(np.arange(len(once))[::-1], index=once["crisis"])
    colours, marks = (WEST, OKABE_ITO[4], NEUTRAL, EAST), ("o", "s", "^", "D")
    for k, (name, some) in enumerate(rows.groupby("account", sort=False)):
        p = np.maximum(some["probability"].to_numpy(), 1e-3)
        at = y.loc[some["crisis"]].to_numpy()
        low, high = np.maximum(some["lo"].to_numpy(), 1e-3), some["hi"].to_numpy()
        ax.hlines(at, low, high, color=colours[k], lw=1.6)
        ax.plot(p, at, marks[k], color=colours[k], ms=6.0, mew=0, label=str(name))
    n_force = int(once["force"].sum())
    ax.axhline(n_force - 0.5, color=INK, lw=0.8)
    ax.text(1.02, 0.5 * (n_force - 1), "force", rotation=90, va="center",
            transform=ax.get_yaxis_transform())  # fmt: skip
    ax.text(1.02, n_force + 0.5 * (len(once) - n_force - 1), "no force", rotation=90, va="center",
            transform=ax.get_yaxis_transform())  # fmt: skip
    told = [f"{t} {d:%Y}, {n} days" for t, d, n in
            zip(once["title"], pd.to_datetime(once["day"]), once["days"], strict=True)]  # fmt: skip
    ax.set_yticks(y.to_numpy(), told)
    ax.set_ylim(-0.6, len(once) - 0.4)
    ax.set_xscale("log")
    ax.set_xlim(0.8e-3, 1.0)
    ax.xaxis.set_major_formatter(percents())
    ax.set_xlabel("probability of force, told the day before")
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower left", bbox_to_anchor=(-0.3, 1.0), ncols=2)
