"""What the summary says of several points: designs, variants, what matters, enough worlds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.quantities import between_groups, distance, quantity_of
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
UNSEEN = "It was seen in no world, so nothing is known of what moves it: play more worlds."
UNMOVED = "No varied input has an effect, so there is no ranking."


def spread(study: Study) -> Iterator[str]:
    """Yield the spread of each reported quantity between points, and the largest effects on it."""
    for name in study.quantities:
        values = study.points.loc[study.points["quantity"] == name, "value"]
        how = percent if quantity_of(name).is_share else amount
        low, middle, high = (how(float(values.quantile(q))) for q in (0.05, 0.5, 0.95))
        told = f"Over {len(values):,} points, {quantity_of(name).label}: median {middle}, "
        told += f"5-95 % range {low} to {high}."
        if study.has("sensitivity"):
            most = moving(study.sensitivity[study.sensitivity["quantity"] == name])[:3]
            told += f" Largest effects: {', '.join(most)}." if most else f" {_unmoved(values)}"
        yield told


def _unmoved(values: pd.Series[float]) -> str:
    """Return why nothing is ranked: nothing was seen, or nothing moved."""
    if (values == 0.0).all():
        return UNSEEN
    return UNMOVED


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
    lines = table(("point", *(quantity_of(name).label for name in names), "worlds"), rows)
    if (rest := study.points["point"].nunique() - MOST_ROWS) > 0:
        lines += ["", f"{rest} more points are in `points.parquet` and `design.parquet`."]
    return lines


def _in_order(found: pd.DataFrame, names: Sequence[str]) -> list[pd.Series[Any]]:
    by_name = found.set_index("quantity")
    rows: list[Any] = [by_name.loc[name] for name in names]
    return rows


def _cells(row: pd.Series[Any]) -> tuple[str, str]:
    """Return an estimate and its interval in the quantity's own manner."""
    e = Estimate(row["value"], row["lo"], row["hi"])
    if quantity_of(str(row.name)).is_share:
        return percent(e.value), span(e)
    return amount(e.value), amounts(e)


def _cell(row: pd.Series[Any]) -> str:
    """Return an estimate with its interval in the quantity's own manner."""
    return "{} ({})".format(*_cells(row))


def own(study: Study, point: int, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return the quantities of one's own at a point: name, estimate and interval."""
    found: Any = study.points[study.points["point"] == point].set_index("quantity")
    return [(name, *_cells(found.loc[name])) for name in names if name in found.index]


def comparison(study: Study) -> list[str]:
    """Return what each variant changes in the same worlds, and in which."""
    rows, told = [], []
    estimates = study.differences[study.differences["quantity"].isin(study.quantities)]
    fates = dict(list(study.fates.groupby("point")))
    for point, found in list(estimates.groupby("point"))[:MOST_ROWS]:
        label = plain(study.label(int(str(point))))
        for row in _in_order(found, study.quantities):
            quantity = quantity_of(str(row.name))
            rows.append((
                label, quantity.label, *_moved(row, "difference", is_share=quantity.is_share),
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


def effects(study: Study) -> Iterator[str]:
    """Yield what each factor of a grid does to each quantity, and which factors interact."""
    for name, rows in study.effects.groupby("quantity", sort=False):
        quantity = quantity_of(str(name))
        yield f"{plain(quantity.label)}:"
        yield ""

        def moved(row: Mapping[Any, Any], is_share: bool = quantity.is_share) -> str:
            return "{} ({})".format(*_moved(row, "value", is_share=is_share))

        for factor, steps in rows[rows["other"] == ""].groupby("factor", sort=False):
            told = "; ".join(f"{plain(r['low'])} to {plain(r['high'])}: {moved(r)}"
                             for r in steps.to_dict("records"))  # fmt: skip
            yield f"- {code(str(factor))}, over all levels of the others: {told}"
        pairs = rows[rows["other"] != ""].to_dict("records")
        clear = [r for r in pairs if r["lo"] > 0.0 or r["hi"] < 0.0]
        for r in sorted(clear, key=lambda r: -abs(r["value"]))[:MOST_MATTERING]:
            yield (
                f"- the effect of {code(r['factor'])} ({plain(r['low'])} to {plain(r['high'])}) "
                f"differs by {moved(r)} between {code(r['other'])} at {plain(r['other_high'])} and "
                f"at {plain(r['other_low'])}"
            )
        if not clear:
            yield "- no two factors interact clearly (all 95 % intervals hold 0)"
        yield ""


def _moved(
    row: Mapping[Any, Any] | pd.Series[Any], name: str, *, is_share: bool
) -> tuple[str, str]:
    """Return a change, which has this name in a row, and its interval; of shares in points."""
    scale, unit = (100.0, " points") if is_share else (1.0, "")
    value, low, high = (change(scale * row[key]) for key in (name, "lo", "hi"))
    return f"{value}{unit}", f"{low} to {high}"


def matters(study: Study) -> list[str]:
    """Return the parameters that matter most to each quantity, or that none does."""
    lines: list[str] = []
    for name, indexed in study.sensitivity.groupby("quantity", sort=False):
        order = moving(indexed)[:MOST_MATTERING]
        values = study.points.loc[study.points["quantity"] == name, "value"]
        told = _ranked(indexed, order) if order else [_unmoved(values)]
        lines += [f"{quantity_of(str(name)).label}:", "", *told, ""]
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
        share = between_groups(quantity_of(name).seen(outcomes), draw)
        if share == share:
            yield (
                f"Of the variance between worlds{at} ({quantity_of(name).label}) about "
                f"{percent(share)} is between parameter sets; the rest is chance."
            )


def precision(job: Job, study: Study) -> str:
    """Return how many worlds it took to be as precise as was requested."""
    assert job.precision is not None
    asked = job.precision
    rows = study.points[study.points["quantity"] == asked.quantity]
    told = (
        f"Worlds were added in batches of {job.n_worlds:,} until the 95 % interval of "
        f"*{quantity_of(asked.quantity).label}* was within {asked.tolerance:g} of the estimate, "
        f"or to {asked.most:,}: {rows['worlds'].sum():,} in all, "
        f"{from_to(rows['worlds'].tolist(), 'world')} a point."
    )
    return f"{told} {missed(job, study)}".rstrip()


def missed(job: Job, study: Study) -> str:
    """Return how many points did not come to the precision that was asked for, or ''."""
    assert job.precision is not None
    rows = study.points[study.points["quantity"] == job.precision.quantity]
    unsure = int((~(distance(rows) <= job.precision.tolerance)).sum())
    return f"{count(unsure, 'point')} did not reach it." if unsure else ""
