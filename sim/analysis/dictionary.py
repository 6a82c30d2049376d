"""What the columns of a study's tables mean, with their units: for people and for the files.

Every table that a run writes carries this as ``columns`` in its Parquet metadata, as JSON: by name
``meaning`` and ``unit``. The page ``docs/columns.md`` is written from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sim.analysis.quantities import QUANTITIES, quantity_of
from sim.analysis.tables import QUANTILES, RUNG_NAMES
from sim.engine.notes import MEASURES
from sim.engine.record import OUTCOMES
from sim.model.vocabulary import Cause, Instrument, Origin

Told = tuple[str, str]
"""The meaning of a column, and its unit or range."""

TABLES: Mapping[str, str] = {
    "design": "the design points: what is varied, and its level at each",
    "points": "every quantity at every design point",
    "outcomes": "one row a world: how far it came, what happened in it",
    "curves": "every measure by week, over the worlds of a point",
    "reached": "share of worlds that have come to a rung by a week",
    "rungs": "share of worlds that stand on a rung in a week",
    "pairs": "every pair of states, over the worlds of a point",
    "series": "the measures of `series`, week by week in every world",
    "differences": "every quantity, less that of its baseline in the same worlds",
    "difference_curves": "every measure by week, less that of its baseline in the same worlds",
    "fates": "worlds whose leaders came to another rung than in the baseline",
    "sensitivity": "what each parameter does to each quantity",
    "effects": "main effects and interactions of a full grid, over the same worlds",
    "convergence": "every quantity of `quantities`, over more and more worlds",
    "failed": "points that could not be played",
    "leading": "the two leaders in the worlds that the summary tells, by week",
}
"""What the rows of each table are."""

_LO, _HI = "low end of the 95 % interval", "high end of the 95 % interval"
_OF = "in the unit of the quantity"
_COMMON: Mapping[str, Told] = {
    "point": ("design point", "number from 0"),
    "baseline": ("design point that it is compared with", "number from 0"),
    "world": ("world; the same number has the same luck at every point", "number from 0"),
    "worlds": ("worlds that it is of", "count"),
    "week": ("week from the start; 0 is the start", "weeks"),
    "quantity": ("name of the quantity", "see the table of quantities"),
    "measure": ("name of the measure", "see the table of measures"),
    "variant": ("variant of `compare`; baseline where there is none", "name"),
    "scope": ("whose rung: the leaders', any opposed pair's or the subject's", "name"),
    "rung": ("rung of the ladder", "0 calm to 7"),
    "name": ("name of the rung", "text"),
    "share": ("share of worlds", "0 to 1"),
    "value": ("estimate", _OF), "lo": (_LO, _OF), "hi": (_HI, _OF),
    "draw": ("line of the posterior that the world has, from 0; -1 without one", "number"),
    "difference": ("mean over worlds of the paired difference", "unit of quantity or measure"),
    "up": ("worlds in which it is higher than in the baseline", "count"),
    "down": ("worlds in which it is lower than in the baseline", "count"),
    "before": ("highest rung of the leaders in the baseline", "0 to 7"),
    "after": ("highest rung of the leaders here", "0 to 7"),
    "parameter": ("name of the parameter", "see the table of parameters"),
    "index": ("name of the index of sensitivity", "text"),
    "factor": ("the factor, one of what is varied", "name"),
    "low": ("its first level", "text"), "high": ("its level that is compared", "text"),
    "other": ("the factor that it interacts with; empty: a main effect", "name"),
    "other_low": ("first level of that", "text"), "other_high": ("last level of that", "text"),
    "reason": ("why it could not be played", "text"),
    "first": ("code of the state of the lower number", "ISO 3166"),
    "second": ("code of the other state", "ISO 3166"),
    "opposed": ("whether they are of opposed blocs at the start", "true or false"),
    "fear_first": ("fear of the first, mean over worlds and weeks", "0 to 1"),
    "fear_second": ("fear of the second, mean over worlds and weeks", "0 to 1"),
    "pairs": ("mean number of opposed pairs on the rung", "count a world"),
    "subject": ("share of worlds in which the pair that it is about stands there", "0 to 1"),
    "mean": ("mean over worlds", "unit of the measure"),
    "mcse": ("standard error of that mean, of the finite number of worlds", "unit of the measure"),
    "actor": ("code of the leader whose row it is", "ISO 3166"),
    "meant": ("hostility of its acts as they are meant", "0 to about 1.4"),
    "seen": ("hostility of its acts as the other sees them", "0 to about 1.4"),
    "fear": ("of the other", "0 to 1"),
    **{q: (f"what {share:.0%} of worlds do not exceed", "unit of the measure")
       for q, share in QUANTILES.items()},
    **{i.field: (f"level of {i.field}", "0 to 1 in quarters") for i in Instrument},
    **{f"peak_{rung}{end}": (
        f"share of worlds in which the pair comes to a {RUNG_NAMES[rung]}" + more, "0 to 1")
       for rung in (3, 5, 6) for end, more in (("", ""), ("_lo", f", {_LO}"), ("_hi", f", {_HI}"))},
}  # fmt: skip
_OUTCOMES: Mapping[str, Told] = {
    "peak_rung_leaders": ("highest rung of the two leaders", "0 to 7"),
    "peak_rung_any": ("highest rung of any opposed pair", "0 to 7"),
    "peak_rung_subject": ("highest rung of the pair that the scenario is about", "0 to 7"),
    "peak_week": ("first week of the leaders' highest rung", "weeks"),
    "returned_week": ("first week in which the leaders are back at their first rung, after they "
                      "rose above it; missing where they did not", "weeks"),
    "first_cause_leaders": ("what the leaders' first clash began with", ", ".join(
        f"{c.value} {c.name.lower()}" for c in Cause)),
    "first_origin_leaders": ("what it goes back to", ", ".join(
        f"{o.value} {o.name.lower()}" for o in Origin)),
    "first_links_leaders": ("acts from that root to it", "count; 0 without a clash"),
    **{f"first_week_rung_{rung}{end}": (
        f"first week in which {who} come to rung {rung}, {RUNG_NAMES[rung]}; missing where they "
        "never do", "weeks")
       for rung in range(1, len(RUNG_NAMES))
       for end, who in (("", "the leaders"), ("_subject", "the two that it is about"))},
}  # fmt: skip


def meaning(table: str, column: str) -> Told:
    """Return what a column means and its unit; of what a design varies, that it is varied.

    Args:
        table: name of the table.
        column: of it.
    """
    if table == "outcomes" and column in OUTCOMES:
        if column in _OUTCOMES:
            return _OUTCOMES[column]
        label = next(q.label for q in QUANTITIES.values() if q.column == column)
        return label, "count"
    if table == "series":
        for measure in MEASURES:
            if measure.name == column:
                return measure.label, measure.unit
    if column in _COMMON:
        return _COMMON[column]
    if table == "outcomes":
        return "quantity of one's own, by its expression", quantity_of(column).unit
    return f"what is varied: {column}", "as in the configuration"


def metadata(table: str, columns: Iterable[str]) -> dict[bytes, bytes]:
    """Return what a table's file says of its columns."""
    told = {name: dict(zip(("meaning", "unit"), meaning(table, name), strict=True))
            for name in columns}  # fmt: skip
    return {b"table": TABLES.get(table, table).encode(), b"columns": json.dumps(told).encode()}


def page(columns: Mapping[str, Iterable[str]]) -> str:
    """Return the page of all columns, in Markdown.

    Args:
        columns: of each table, by its name.
    """
    lines = ["# What the columns mean", "", "*Written by `make docs`.* The same stands in the "
             "metadata of every Parquet file, and `study.columns(NAME)` returns it.", "",
             "## Measures", "", "| measure | meaning | unit |", "|---|---|---|"]  # fmt: skip
    lines += [f"| `{m.name}` | {m.label} | {m.unit} |" for m in MEASURES]
    lines += ["", "## Quantities", "", "| quantity | meaning | unit |", "|---|---|---|"]
    lines += [f"| `{q.name}` | {q.label} | {q.unit} |" for q in QUANTITIES.values()]
    for table, names in columns.items():
        lines += ["", f"## `{table}`: {TABLES[table]}", "", "| column | meaning | unit |",
                  "|---|---|---|"]  # fmt: skip
        for name in names:
            told, unit = meaning(table, name)
            lines.append(f"| `{name}` | {told} | {unit} |")
    return "\n".join(lines) + "\n"
