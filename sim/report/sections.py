"""What the summary says of several points: designs, variants, what matters, enough worlds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.quantities import QUANTITIES, between_groups, distance
from sim.model.vocabulary import Rung
from sim.plan.scenario import Job
from sim.report.numbers import (
    Estimate,
    amount,
    amounts,
    change,
    count,
    from_to,
    percent,
    span,
    table,
)
from sim.story.escaping import code, plain
from sim.study.results import Study

MOST_ROWS = 60
"""Design points listed in the summary; all are in the tables."""
MOST_MATTERING = 15
"""Parameters listed for each quantity."""
UNMOVED = "No varied input has an effect, so there is no ranking."


def spread(study: Study) -> Iterator[str]:
    """Yield the spread of each reported quantity between points, and the largest effects on it."""
    for name in study.quantities:
        values = study.points.loc[study.points["quantity"] == name, "value"]
        how = percent if QUANTITIES[name].is_share else amount
        low, middle, high = (how(float(values.quantile(q))) for q in (0.05, 0.5, 0.95))
        told = f"Over {len(values):,} points, {QUANTITIES[name].label}: median {middle}, "
        told += f"5-95 % range {low} to {high}."
        if study.has("sensitivity"):
            most = moving(study.sensitivity[study.sensitivity["quantity"] == name])[:3]
            told += f" Largest effects: {', '.join(most)}." if most else f" {UNMOVED}"
        yield told


def moving(found: pd.DataFrame) -> list[str]:
    """Return the parameters that move a quantity, the first most; none where it never changed.

    Args:
        found: the sensitivity indices of one quantity.
    """
    leading = found[found["index"].isin(["mu_star", "ST"]) & (found["value"] > 0.0)]
    return list(leading.sort_values("value", ascending=False)["parameter"])


def points(study: Study) -> list[str]:
    """Return the quantities of the report at each point, with intervals and worlds."""
    names = study.quantities
    rows = []
    estimates = study.points[study.points["quantity"].isin(names)]
    for point, found in list(estimates.groupby("point"))[:MOST_ROWS]:
        cells = [_cell(row) for row in _in_order(found, names)]
        rows.append((plain(study.label(int(str(point)))), *cells, f"{found['worlds'].iloc[0]:,}"))
    lines = table(("point", *(QUANTITIES[name].label for name in names), "worlds"), rows)
    if (rest := study.points["point"].nunique() - MOST_ROWS) > 0:
        lines += ["", f"{rest} more points are in `points.parquet` and `design.parquet`."]
    return lines


def _in_order(found: pd.DataFrame, names: Sequence[str]) -> list[pd.Series[Any]]:
    by_name = found.set_index("quantity")
    rows: list[Any] = [by_name.loc[name] for name in names]
    return rows


def _cell(row: pd.Series[Any]) -> str:
    """Return an estimate with its interval in the quantity's own manner."""
    e = Estimate(row["value"], row["lo"], row["hi"])
    if QUANTITIES[str(row.name)].is_share:
        return f"{percent(e.value)} ({span(e)})"
    return f"{amount(e.value)} ({amounts(e)})"


def comparison(study: Study) -> list[str]:
    """Return what each variant changes in the same worlds, and in which."""
    rows, told = [], []
    estimates = study.differences[study.differences["quantity"].isin(study.quantities)]
    fates = dict(list(study.fates.groupby("point")))
    for point, found in list(estimates.groupby("point"))[:MOST_ROWS]:
        label = plain(study.label(int(str(point))))
        for row in _in_order(found, study.quantities):
            scale, unit = (100.0, " points") if QUANTITIES[str(row.name)].is_share else (1.0, "")
            value, low, high = (change(scale * row[key]) for key in ("difference", "lo", "hi"))
            rows.append((
                label, QUANTITIES[str(row.name)].label, f"{value}{unit}", f"{low} to {high}",
                percent(row["up"]), percent(row["down"]),
            ))  # fmt: skip
        worlds = fates.get(point)
        if worlds is not None:
            first = ", ".join(str(world) for world in worlds["world"].head(5))
            many = count(len(worlds), "world")
            told.append(f"- {label}: {many} with another peak rung, the first {first}")
    head = ("variant", "quantity", "minus baseline", "95 % interval", "higher in", "lower in")
    lines = table(head, rows)
    if told:
        lines += ["", "Worlds in which the peak rung of the leader dyad differs from the baseline "
                  "(all: `fates.parquet`; `tracks=[...]` stores one in full):",
                  "", *told]  # fmt: skip
    return lines


def matters(study: Study) -> list[str]:
    """Return the parameters that matter most to each quantity, or that none does."""
    lines: list[str] = []
    for name, indexed in study.sensitivity.groupby("quantity", sort=False):
        order = moving(indexed)[:MOST_MATTERING]
        told = _ranked(indexed, order) if order else [UNMOVED]
        lines += [f"{QUANTITIES[str(name)].label}:", "", *told, ""]
    return lines


def _ranked(indexed: pd.DataFrame, order: Sequence[str]) -> list[str]:
    """Return a table of some parameters' indices, in this order."""
    indices = [k for k in ("mu_star", "sigma", "S1", "ST") if k in set(indexed["index"])]
    wide = indexed.pivot(index="parameter", columns="index")
    rows = [
        (f"`{parameter}`", *(
            f"{wide['value'][k][parameter]:.3f} "
            f"({wide['lo'][k][parameter]:.3f} to {wide['hi'][k][parameter]:.3f})"
            if k != "sigma" else f"{wide['value'][k][parameter]:.3f}"
            for k in indices
        ))
        for parameter in order
    ]  # fmt: skip
    heads = {"mu_star": "mu*", "sigma": "sigma", "S1": "first order", "ST": "total"}
    return table(("parameter", *(heads[k] for k in indices)), rows)


def same_world(study: Study, world: int) -> list[str]:
    """Return what became of one world, with the same random numbers, at every point."""
    rows = []
    columns = ["peak_rung_leaders", "peak_week", "disputes", "clashes", "wars"]
    found = study.table("outcomes", worlds=world, columns=["point", *columns])
    found = found.sort_values("point")
    for point, *values in found[["point", *columns]].to_numpy(int):
        peak, *counts = values
        rows.append((plain(study.label(int(point))), Rung(peak).name.lower(), *map(str, counts)))
    return table(("point", "highest rung", "in week", "disputes", "clashes", "wars"), rows)


def posterior(job: Job, study: Study) -> Iterator[str]:
    """Yield what parameters are sampled from, and their share of the variance."""
    assert job.posterior is not None
    source = code(job.posterior.source)
    if not job.drawn:
        yield f"No parameter is sampled from {source}: all are set or varied here."
        return
    sets = count(job.posterior.n_draws, "plausible set")
    names = ", ".join(f"`{name}`" for name in job.drawn)
    yield (
        f"Parameters are uncertain: each world uses one of {sets} from {source}, sampled by weight "
        "and the same at every point, so that ranges and intervals include parameter uncertainty "
        f"as well as chance. Sampled parameters: {names}; the others are fixed."
    )
    outcomes = study.first().outcomes
    draw = outcomes["draw"].to_numpy(np.int64)
    at = " of the first point" if study.n_points > 1 else ""
    for name in study.quantities:
        share = between_groups(QUANTITIES[name].seen(outcomes), draw)
        if share == share:
            yield (
                f"Of the variance between worlds{at} ({QUANTITIES[name].label}) about "
                f"{percent(share)} is between parameter sets; the rest is chance."
            )


def precision(job: Job, study: Study) -> str:
    """Return how many worlds it took to be as precise as was requested."""
    assert job.precision is not None
    asked = job.precision
    rows = study.points[study.points["quantity"] == asked.quantity]
    unsure = int((~(distance(rows) <= asked.tolerance)).sum())
    told = (
        f"Worlds were added in batches of {job.n_worlds:,} until the 95 % interval of "
        f"*{QUANTITIES[asked.quantity].label}* was within {asked.tolerance:g} of the estimate, "
        f"or to {asked.most:,}: {rows['worlds'].sum():,} in all, "
        f"{from_to(rows['worlds'].tolist(), 'world')} a point."
    )
    return told + (f" {count(unsure, 'point')} did not reach it." if unsure else "")
