"""The figures of a stored study, drawn from its tables alone: nothing is run."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis import causes
from sim.analysis.quantities import quantity_of
from sim.errors import StudyError
from sim.plan.scenario import FIGURES, Scenario
from sim.report.gallery import renewed
from sim.study.results import Study

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.report.figures import Plan

REST = "others"
"""Stands for the figures after one that could not even be planned."""
MOST_REASON = 160
"""Letters of the reason why a figure could not be drawn."""


@dataclass(frozen=True)
class Drawn:
    """What became of the figures of a study.

    Attributes:
        names: of those that were drawn, in order.
        failed: why others could not be drawn, by their names.
        instead: what stands in figures for text that no font here has the letters of, by the text.
    """

    names: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)


def draw(study: Study, kinds: Collection[str] = FIGURES["all"]) -> Drawn:
    """Draw every figure of a study into its folder; one that fails costs no other.

    Args:
        study: what was run.
        kinds: of files that each is written as; of none, what was drawn before is taken away.

    Raises:
        OSError: if a figure cannot be written.
        StudyError: if a table is missing, damaged or not what a run leaves.
    """
    with renewed(study.folder / "figures") as folder:
        names, failed = drawn_into(folder, kinds, lambda: figures_of(study))
    return Drawn(names, failed, _instead(study) if names else {})


def drawn_into(
    folder: Path, kinds: Collection[str], planned: Callable[[], Iterable[Plan]]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Draw figures into a folder; return the names of those drawn, and why others were not."""
    names, failed = [], {}
    if not kinds:
        return (), {}
    try:
        from sim import plots
        from sim.report import figures
    except Exception as error:  # matplotlib refuses an environment it does not like
        return (), {REST: _reason(error)}
    with plots.drawing():
        for name, make in _guarded(planned):
            try:
                files = figures.rendered(make(), kinds)
            except StudyError:  # its tables are not what a run leaves
                raise
            except Exception as error:  # whatever else it is, it costs this figure only
                failed[name] = _reason(error)
                continue
            figures.write(files, folder, name)
            names.append(name)
    return tuple(names), failed


def _guarded(planned: Callable[[], Iterable[Plan]]) -> Iterator[Plan]:
    """Yield plans as long as they can be made; what stops them stands for all that follow."""
    try:
        yield from planned()
    except StudyError:
        raise
    except Exception as error:
        yield REST, partial(_fail, error)


def _fail(error: Exception) -> Figure:
    raise error


def _reason(error: Exception) -> str:
    """Return what went wrong, in a line."""
    told = " ".join(str(error).split()) or "no reason reported"
    return textwrap.shorten(f"{type(error).__name__}: {told}", MOST_REASON, placeholder=" ...")


def _instead(study: Study) -> dict[str, str]:
    """Return what stands in figures for text that cannot be drawn, by the text."""
    from sim import plots
    from sim.report.designs import undrawn_levels

    title, scenario = study.scenario.title, study.scenario.name
    names = {s.name: s.code for s in study.scenario.roster.states if not plots.has_letters(s.name)}
    titles = {} if plots.has_letters(title) else {title: scenario}
    return titles | names | undrawn_levels(study.design)


def _titled(scenario: Scenario) -> str:
    """Return a scenario's title, or its name where the title cannot be drawn."""
    from sim import plots

    title: str = scenario.title if plots.has_letters(scenario.title) else scenario.name
    return title


def figures_of(study: Study, point: int | None = None) -> Iterator[Plan]:
    """Yield the figures that a study calls for, each under its name and not yet drawn.

    Args:
        study: what was run.
        point: the design point whose own figures are among them; the first that was played if not
            given.
    """
    from sim import plots
    from sim.report import figures

    worlds, scenario = study.points["worlds"], study.scenario
    title: str = study.title if plots.has_letters(study.title) else scenario.name
    caption = figures.Caption(
        title, int(worlds.min()), study.manifest["seed"], most_worlds=int(worlds.max()),
        n_draws=study.n_draws,
    )  # fmt: skip
    if study.is_drawn:
        yield from _of_design(study, caption)
        return
    leading = study.table("leading")
    if worlds.max() == 1:
        yield from _histories(study, leading, caption)
        return
    yield from _causes(study, caption)
    if study.n_points > 1:
        yield from _of_design(study, caption)
    yield from _of_point(study, leading, caption, point)


def _histories(study: Study, leading: Any, caption: Any) -> Iterator[Plan]:
    """Yield each of the single narrated worlds, week by week."""
    from sim.report import figures

    roster = study.scenario.roster
    for (point, world), rows in leading.groupby(["point", "world"]):
        at = f"_{point}" if study.n_points > 1 else ""
        yield f"history{at}", partial(figures.history, rows, roster, caption, world)
        yield f"views{at}", partial(figures.views, world, rows, roster, caption)


def _causes(study: Study, caption: Any) -> Iterator[Plan]:
    """Yield the clashes by cause, of a study that knows them and has few points."""
    from sim.report import figures
    from sim.report.designs import MOST_ROWS, drawn_levels, labels_of

    points = study.points
    if study.n_points <= MOST_ROWS and set(causes.names()) <= set(points["quantity"]):
        labels = labels_of(drawn_levels(study.design))
        labels = {k: label for k, label in labels.items() if k in set(points["point"])}
        caption = replace(caption, n_points=len(labels))
        yield "causes", partial(figures.causes, points, labels, caption)


def _of_design(study: Study, caption: Any) -> Iterator[Plan]:
    """Yield the points of a design beside one another, and what follows from them."""
    from sim.report import design_figures, figures
    from sim.report.designs import drawn_levels, labels_of

    def table(name: str) -> Any:
        return study.table(name) if study.has(name) else None

    if study.n_points <= figures.MOST_PANELS:
        played = sorted(set(study.points["point"]))
        labels = labels_of(drawn_levels(study.design))
        labels = {k: label for k, label in labels.items() if k in played}
        reached = study.table("reached")
        roster = study.scenario.roster if study.manifest["same_leaders"] else None
        yield "points_reached", partial(figures.side_by_side, reached, labels, roster, caption)
    names = ("convergence", "differences", "difference_curves", "fates", "sensitivity")
    frames = design_figures.Frames(
        study.design, study.points, **{name: table(name) for name in names}
    )
    quantities = {name: (quantity_of(name).label, quantity_of(name).unit)
                  for name in study.quantities}  # fmt: skip
    precision = study.config.get("precision")
    aim = (precision["quantity"], precision["tolerance"]) if precision else None
    yield from design_figures.of_design(frames, quantities, caption, aim=aim)


def _of_point(study: Study, leading: Any, caption: Any, point: int | None) -> Iterator[Plan]:
    """Yield a point, the first if none is given: rung of the leader dyad, rungs reached, fear."""
    from sim.report import figures
    from sim.report.designs import drawn_levels, labels_of

    first = int(study.points["point"].min())
    point = first if point is None else point
    roster, tables = study.scenario.roster, study.in_parts(point)
    n_worlds = len(tables.outcomes)
    caption = replace(
        caption, scenario=_titled(study.scenario), n_worlds=n_worlds, most_worlds=n_worlds
    )
    if study.n_points > 1:
        label = labels_of(drawn_levels(study.design))[point]
        caption = replace(caption, scenario=f"{caption.scenario} ({label})")
    yield "fan", partial(figures.fan, tables, roster, caption)
    yield "reached", partial(figures.reached, tables, roster, caption)
    yield "rungs", partial(figures.rungs, tables, roster, caption)
    told = leading[leading["point"] == point]
    if len(told):
        world = int(told["world"].iloc[0])
        views = told[told["world"] == world]
        yield "gap", partial(figures.gap, tables, views, roster, caption, world)
    yield from figures.fear(tables, roster, caption)
    if study.n_points == 1 and study.config.get("precision"):
        yield from _of_design(study, caption)
