"""The figures of a stored study, drawn from its tables alone: nothing is run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.quantities import QUANTITIES
from sim.study import Study

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(study: Study) -> list[str]:
    """Draw every figure of a study into its folder; return their names.

    Args:
        study: what was run.
    """
    import matplotlib

    matplotlib.use("Agg")
    from sim import plots
    from sim.report import figures

    folder = study.folder / "figures"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    drawn = []
    with matplotlib.rc_context(plots.STYLE):
        for name, figure in figures_of(study):
            figures.save(figure, folder, name)
            drawn.append(name)
    return drawn


def figures_of(study: Study) -> Iterator[tuple[str, Figure]]:
    """Give the figures that a study calls for, each under its name."""
    from sim.report import figures

    worlds = study.points["worlds"]
    caption = figures.Caption(
        study.scenario.title, int(worlds.min()), study.manifest["seed"], n_draws=study.n_draws
    )
    if study.is_drawn:
        yield from _of_design(study, caption)
        return
    leading = study.table("leading")
    if worlds.max() == 1:
        yield from _histories(study, leading, caption)
        return
    if study.n_points > 1:
        yield from _of_design(study, caption)
    yield from _of_point(study, leading, caption)


def _histories(study: Study, leading: Any, caption: Any) -> Iterator[tuple[str, Figure]]:
    """Give each of the single worlds that are told, week by week."""
    from sim.report import figures

    roster = study.scenario.roster
    for (point, world), rows in leading.groupby(["point", "world"]):
        at = f"_{point}" if study.n_points > 1 else ""
        yield f"history{at}", figures.history(rows, roster, caption, world)
        yield f"views{at}", figures.views(world, rows, roster, caption)


def _of_design(study: Study, caption: Any) -> Iterator[tuple[str, Figure]]:
    """Give the points of a design beside one another, and what follows from them."""
    from sim.report import design_figures, figures
    from sim.report.designs import labels_of

    def table(name: str) -> Any:
        return study.table(name) if study.has(name) else None

    if study.n_points <= figures.MOST_PANELS:
        played = sorted(set(study.points["point"]))
        labels = {k: label for k, label in labels_of(study.design).items() if k in played}
        reached = study.table("reached")
        yield (
            "points_reached",
            figures.side_by_side(reached, labels, study.scenario.roster, caption),
        )
    names = ("convergence", "differences", "difference_curves", "fates", "sensitivity")
    frames = design_figures.Frames(
        study.design, study.points, **{name: table(name) for name in names}
    )
    quantities = {name: (QUANTITIES[name].label, QUANTITIES[name].unit)
                  for name in study.quantities}  # fmt: skip
    precision = study.config.get("precision")
    aim = (precision["quantity"], precision["tolerance"]) if precision else None
    yield from design_figures.of_design(frames, quantities, caption, aim=aim)


def _of_point(study: Study, leading: Any, caption: Any) -> Iterator[tuple[str, Figure]]:
    """Give the first point: where the leaders stand, how far they came, who fears whom."""
    from sim.report import figures

    point = int(study.points["point"].min())
    roster, tables = study.scenario.roster, study.first()
    if study.n_points > 1:
        caption = replace(caption, scenario=f"{caption.scenario} ({study.label(point)})")
    yield "fan", figures.fan(tables, roster, caption)
    yield "reached", figures.reached(tables, roster, caption)
    yield "rungs", figures.rungs(tables, roster, caption)
    told = leading[leading["point"] == point]
    world = int(told["world"].iloc[0])
    views = told[told["world"] == world]
    yield "gap", figures.gap(tables, views, roster, caption, world)
    yield from figures.fear(tables, roster, caption)
    if study.n_points == 1 and study.config.get("precision"):
        yield from _of_design(study, caption)
