"""How many further hostile acts does one act call forth, and where?

The *reproduction number* F of an act: displays begun, raised or renewed and uses of force, of
either side, that it causes within a year, in the same worlds with it and without it. It is counted
for four acts of the east's leader, in the four worlds of Jervis, toward a receiver that seeks
security or gain and that understands more or less of its own part in a quarrel, and through
different channels; the act itself and what else happens in its own week are not counted. Run as
``python experiments/reproduction.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import pandas as pd
from finding import level, mean, of_studies
from matplotlib.figure import Figure

from sim import Study, plots
from sim.evidence.claims import JERVIS
from sim.evidence.laboratory import (
    AT,
    YEAR,
    between_leaders,
    hostile_acts,
    inserted,
    one_display,
    one_exchange,
    play,
)
from sim.lanes import Floats
from sim.model.roster import Roster, StateTraits
from sim.model.vocabulary import Happening
from sim.plan.scenario import Job
from sim.report import figures
from sim.report.drawing import drawn_into

NAME = "reproduction"
SHOW = "show of force"
MANY = 5
"""Further acts from which an act is said to have set off a spiral."""
LABEL = (
    "further displays and uses of force within a year, by either side\n"
    "(mean per world, 95 % interval)"
)


def threat(roster: Roster) -> Roster:
    """Return the roster in which the east's leader once threatens the west's."""
    west, east = roster.leaders
    return inserted(roster, Happening.SPEECH, 0.75, (east, west))


def sanctions(roster: Roster) -> Roster:
    """Return the roster in which the east's leader once imposes sectoral sanctions."""
    west, east = roster.leaders
    return inserted(roster, Happening.SANCTIONS, 0.5, (east, west))


ACTS = {
    "threat": threat,
    "sanctions": sanctions,
    SHOW: one_display,
    "exchange of fire": one_exchange,
}
"""What is inserted, by its name; an exchange of fire is both sides' act."""


class Setting(NamedTuple):
    """Where an act is inserted: parameters and traits of the receiver that differ."""

    group: str
    name: str
    values: Mapping[str, float]
    receiver: Mapping[str, float]

    def of(self, roster: Roster) -> Roster:
        """Return the roster with the receiver's traits."""
        traits = roster.atlas.state_traits.copy()
        at = roster.codes.index(roster.leaders[0])
        for name, value in self.receiver.items():
            traits[at, StateTraits.FIELDS.index(name), 0] = value
        return replace(roster, atlas=roster.atlas._replace(state_traits=traits))


SETTINGS = (
    Setting("Scenario", "as declared", {}, {}),
    *(Setting("World of Jervis", name, values, {}) for name, values in JERVIS.items()),
    Setting("Receiver", "seeks security", {}, {"greed": 0.0}),
    Setting("Receiver", "probes for gain", {}, {"greed": 0.8}),
    Setting("Receiver", "blames the other alone", {}, {"sensibility": 0.0}),
    Setting("Receiver", "knows its own part", {}, {"sensibility": 1.0}),
    Setting("Channel", "none", {"channel_strength": 0.0}, {}),
    Setting("Channel", "embassies and attaches", {}, {}),
    Setting("Channel", "hotline", {"hotline": 1.0}, {}),
)
"""As declared, the four worlds, seekers and probers, and channels of three kinds."""


Found = Sequence[tuple[Setting, Mapping[str, Floats]]]
"""The further acts that each act causes in each setting, ``[world]``."""


def caused(job: Job, setting: Setting) -> dict[str, Floats]:
    """Return the further acts that each act causes within a year, by its name, ``[world]``."""
    roster, stop = setting.of(job.scenario.roster), AT + 1 + YEAR
    values = {**job.points[0].parameters, **setting.values}
    sides = between_leaders(roster)

    def acts(of: Roster) -> Floats:
        tracks = play(of, values, worlds=job.n_worlds, weeks=stop, seed=job.seed)
        return hostile_acts(tracks, sides, AT + 1, stop)

    before = acts(roster)
    return {name: acts(insert(roster)) - before for name, insert in ACTS.items()}


def table(found: Found) -> Iterator[str]:
    """Yield a Markdown table of F by setting and act, with 95 % intervals."""
    yield "| | " + " | ".join(ACTS) + " |"
    yield "|---" * (1 + len(ACTS)) + "|"
    for setting, each in found:
        cells = " | ".join(level(mean(each[name])) for name in ACTS)
        yield f"| {setting.group}: {setting.name} | {cells} |"


def told(found: Found) -> Iterator[str]:
    """Yield what one show of force calls forth, and in how few worlds most of it happens."""
    for name in ("as declared", "doubly stable", "doubly dangerous"):
        each = next(of[SHOW] for setting, of in found if setting.name == name)
        none, many = ((each <= 0.0).mean(), (each >= MANY).mean())
        yield (
            f"One show of force, {name}: {level(mean(each))} further acts within a year; none in "
            f"{100.0 * none:.0f} % of worlds, {MANY} or more in {100.0 * many:.1f} %."
        )


# The figure


def rows_of(found: Found) -> pd.DataFrame:
    """Return F with its interval in rows: each act as declared, and a show of force elsewhere."""
    declared, *others = found
    rows = [("What is done, as declared", name, *mean(each))
            for name, each in declared[1].items()]  # fmt: skip
    rows += [(f"{setting.group}: one show of force", setting.name, *mean(each[SHOW]))
             for setting, each in others]  # fmt: skip
    return pd.DataFrame(rows, columns=["group", "label", "value", "lo", "hi"])


def draw(rows: pd.DataFrame, caption: figures.SmallPrint) -> Figure:
    """Return F by act, world, receiver and channel, on one axis, each with its number."""
    groups = list(rows.groupby("group", sort=False))
    sizes = [len(each) for _, each in groups]
    title = "How many further hostile acts does one act call forth?"
    figure = figures.sheet(10.5, 1.7 + 0.62 * len(groups) + 0.36 * sum(sizes), title, caption)
    axes = figure.subplots(len(groups), 1, sharex=True, height_ratios=sizes)
    for k, (ax, (name, each)) in enumerate(zip(axes, groups, strict=True)):
        plots.draw_forest(ax, each, plots.OKABE_ITO[k], zero=True, unit="acts")
        ax.set_title(str(name))
        for y, row in zip(range(len(each))[::-1], each.itertuples(), strict=True):
            ax.annotate(f"{row.value:.2f}", (row.hi, y), xytext=(6, 0), va="center",
                        textcoords="offset points", fontsize=10, fontweight="bold")  # fmt: skip
    low, high = min(0.0, float(rows["lo"].min())), float(rows["hi"].max())
    axes[-1].set_xlim(1.05 * low - 0.02 * high, 1.1 * high)
    axes[-1].set_xlabel(LABEL)
    return figure


def main(overrides: Sequence[str]) -> int:
    """Run the study, count what each act causes, print the table and draw the figure."""
    code: int = of_studies(NAME, overrides, _tell)
    return code


def _tell(job: Job, study: Study) -> int:
    found = [(setting, caused(job, setting)) for setting in SETTINGS]
    caption = figures.Caption(job.scenario.title, job.n_worlds, job.seed)
    folder = study.folder / "figures"
    folder.mkdir(exist_ok=True)
    plans = [(NAME, partial(draw, rows_of(found), caption))]
    _, failed = drawn_into(folder, ["png"], partial(iter, plans))
    for reason in failed.values():
        raise FileNotFoundError(f"no figure {folder / NAME}.png: {reason}")
    print("", *table(found), "", *told(found), f"Figure: {folder / NAME}.png", sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
