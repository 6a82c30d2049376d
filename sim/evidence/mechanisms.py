"""What each mechanism of the report does: the same worlds with more and less of it.

A mechanism S1 to S10 has a *strength*, the readiness to use it, and four of them a part of what a
scenario *gives* at the start and by its events. With readiness at 0 the given levels stay and
nobody adds to them, which measures the reaction; with both at 0 the mechanism is absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from sim.evidence import laboratory as lab
from sim.evidence.claims import Trial, rise
from sim.lanes import Floats
from sim.model.parameters import COEFFICIENTS
from sim.model.vocabulary import Instrument, Rung

Values = Mapping[str, float]

MECHANISMS = {
    "rhetoric": "S1 words", "deployment": "S2 deployments", "sanctions": "S3 sanctions",
    "accession": "S4 accession", "perception": "S5 two pictures", "cohesion": "S6 home front",
    "spending": "S7 spending", "appeal": "S8 appeals", "channel": "S9 channels",
    "miscalculation": "S10 miscalculation",
}  # fmt: skip
"""The mechanisms by the beginning of the name of their strength."""
READINESS = {"0": 0.0, "1/3": 1.0 / 3.0, "1": 1.0, "3": 3.0}
OFF = "off"
GIVEN = {i.declared.strength: i.declared.given for i in Instrument}
QUANTITIES = {
    "display": "leaders' display", "crisis": "leaders' crisis", "clash": "leaders' clash",
    "disputes": "disputes", "clashes": "clashes", "widened": "allies drawn in",
    "accessions": "accessions", "fear": "leaders' fear",
}  # fmt: skip


def settings(mechanism: str) -> dict[str, dict[str, float]]:
    """Return the parameters of each readiness of a mechanism, as far as its range allows."""
    strength = f"{mechanism}_strength"
    top = COEFFICIENTS[strength].high
    found = {
        name: {strength: min(value, top)}
        for name, value in READINESS.items()
        if value <= 1.0 or top > 1.0
    }
    if strength in GIVEN:
        found = {OFF: {strength: 0.0, GIVEN[strength]: 0.0}, **found}
    return found


def headline(trial: Trial, changed: Values, *, worlds: int = 640) -> dict[str, Floats]:
    """Return the headline quantities of the default scenario, ``[world]`` each.

    Returns:
        Whether the leaders reached a display, a crisis and a clash (0 or 1); disputes, clashes,
        allies drawn in and accessions of a world; the leaders' mean fear, 0 to 1.
    """
    roster = lab.today()
    record = trial.play(roster, changed, worlds=worlds)
    peak = record.outcome("peak_rung_leaders")[0]
    reached = {
        rung.name.lower(): (peak >= rung).astype(float)
        for rung in (Rung.DISPLAY, Rung.CRISIS, Rung.CLASH)
    }
    counted = {
        name: record.outcome(name)[0].astype(float)
        for name in ("disputes", "clashes", "widened", "accessions")
    }
    fear = trial.measured(roster, "fear_leaders", changed, worlds=worlds)[:, 1:].mean(1)
    return {**reached, **counted, "fear": fear}


def elasticities(trial: Trial, *, worlds: int = 640) -> pd.DataFrame:
    """Return what each readiness of each mechanism does, against what is declared.

    Returns:
        Columns ``mechanism, readiness, quantity, value`` (its mean) and ``change, lo, hi`` with the
        95 % interval, paired world by world.
    """
    return pd.DataFrame(list(_rows(trial, worlds)))


def _rows(trial: Trial, worlds: int) -> Iterator[dict[str, object]]:
    base = headline(trial, {}, worlds=worlds)
    for mechanism in MECHANISMS:
        for readiness, changed in settings(mechanism).items():
            found = base if readiness == "1" else headline(trial, changed, worlds=worlds)
            for quantity in QUANTITIES:
                change = rise(base[quantity], found[quantity])
                yield {
                    "mechanism": mechanism, "readiness": readiness, "quantity": quantity,
                    "value": float(found[quantity].mean()), "change": change.mean,
                    "lo": change.low, "hi": change.high,
                }  # fmt: skip
