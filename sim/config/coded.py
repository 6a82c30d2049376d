"""Starting levels from coded events: who did what to whom in the weeks before, by CAMEO codes.

Each event speaks of one instrument (``sim/data/cameo.csv``) with the weight of its Goldstein score
(Goldstein 1992). The level of an instrument is the recent weight of its events a week, halved
every :data:`HALF_LIFE` weeks, against that at which the instrument stands at full level; its spread
comes from drawing the weeks anew (Efron 1979). Diplomacy starts from ordinary embassies, a half.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Fault, InputError, clean, nearest, show
from sim.lanes import Floats

HALF_LIFE = 13.0
"""Weeks in which the weight of an event halves."""
FULL: Mapping[str, float] = {"rhetoric": 10.0, "deployment": 5.0, "sanctions": 5.0,
                             "diplomacy": 20.0}  # fmt: skip
"""Goldstein points a week at which an instrument stands at full level: assumptions."""
ORDINARY = {"diplomacy": 0.5}
"""Levels without any event; others 0."""
COLUMNS = ("date", "actor", "target", "code")
MOST_ROWS = 5_000_000
MOST_FAULTS = 20
_DRAWS = 200
_QUARTER = 0.25


@cache
def codes() -> Mapping[str, tuple[float, str]]:
    """Return the Goldstein score and the instrument of each CAMEO code."""
    text = (files("sim.data") / "cameo.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["code"]: (float(row["goldstein"]), row["instrument"]) for row in rows}


def coded_starts(
    events: str | Path, states: Iterable[str], start: str, *, weeks: int = 52,
    full: Mapping[str, float] | None = None, seed: int = 1,
) -> dict[str, Any]:  # fmt: skip
    """Return the starting levels that coded events call for, as a part of a scenario.

    Args:
        events: a CSV with columns ``date`` (YYYY-MM-DD), ``actor``, ``target`` (codes of states;
            of longer actors' codes the first three letters) and ``code`` (CAMEO).
        states: whose events count.
        start: of the scenario, a date; events of that day and later are left out.
        weeks: how many before it count, 4 to 520.
        full: Goldstein points a week at full level, by instrument: 10 of rhetoric, 5 of deployment
            and sanctions, 20 of diplomacy if not given. How densely a source codes decides.
        seed: of the draws for the spread.

    Returns:
        ``relations`` with the levels, in quarters, where events are enough for one, and ``coded``,
        what they were read from with their spread: lay both over a scenario,
        ``sim.scenario("mine", base=..., **found)``. The summary of a study tells them.

    Raises:
        InputError: listing what is wrong with the file or the arguments.
    """
    known, points = set(states), {**FULL, **(full or {})}
    first = _checked(start, weeks, points)
    faults: list[Fault] = []
    weight: dict[tuple[str, str, str], Floats] = {}
    count: dict[tuple[str, str, str], int] = {}
    n_used = 0
    for actor, target, day, code in _rows(Path(events), faults):
        age = (first - day).days
        if not (0 < age <= 7 * weeks and {actor, target} <= known and actor != target):
            continue
        score, instrument = codes()[code]
        if instrument:
            n_used += 1
            key = (actor, target, instrument)
            by_week = weight.setdefault(key, np.zeros(weeks))
            by_week[(age - 1) // 7] += abs(score)
            count[key] = count.get(key, 0) + 1
    if not faults and not n_used:
        told = f"has no event between these states in the {weeks} weeks before {first}"
        faults.append(Fault(clean(events), "", told))
    if faults:
        raise InputError(faults)
    relations: dict[str, dict[str, float]] = {}
    levels: dict[str, dict[str, Any]] = {}
    draw = np.random.default_rng(seed).integers(weeks, size=(_DRAWS, weeks))
    for (actor, target, instrument), by_week in sorted(weight.items()):
        level, low, high = _level(by_week, points[instrument], draw, ORDINARY.get(instrument, 0.0))
        name = f"{actor}>{target}"
        if level > ORDINARY.get(instrument, 0.0):  # too few events leave it to the rules
            relations.setdefault(name, {})[instrument] = level
        levels.setdefault(name, {})[instrument] = {
            "level": level, "low": low, "high": high, "events": count[actor, target, instrument],
        }  # fmt: skip
    source = {"source": Path(events).name, "weeks": weeks, "events": n_used, "levels": levels}
    return {"relations": relations, "coded": source}


def _level(
    by_week: Floats, full: float, draw: NDArray[np.int64], least: float
) -> tuple[float, float, float]:
    """Return a level in quarters, and what holds 95 % of those of weeks drawn anew."""
    faded = 0.5 ** (np.arange(len(by_week)) / HALF_LIFE)
    faded /= faded.sum()

    def level(weights: Floats) -> Floats:
        share = np.minimum(1.0, (weights * faded).sum(axis=-1) / full)
        found: Floats = np.round((least + (1.0 - least) * share) / _QUARTER) * _QUARTER
        return found

    drawn = level(by_week[draw])
    low, high = np.quantile(drawn, (0.025, 0.975), method="nearest")
    return float(level(by_week)), float(low), float(high)


def _checked(start: str, weeks: int, full: Mapping[str, float]) -> date:
    faults = []
    try:
        first = date.fromisoformat(start)
    except (TypeError, ValueError):
        faults.append(Fault("argument start", "", "must be a date as YYYY-MM-DD", show(start)))
        first = date.min
    if isinstance(weeks, bool) or not isinstance(weeks, int) or not 4 <= weeks <= 520:
        faults.append(Fault("argument weeks", "", "must be a whole number from 4 to 520",
                            show(weeks)))  # fmt: skip
    for name, points in full.items():
        if name not in FULL:
            faults.append(Fault("argument full", clean(name), "is no instrument", "",
                                nearest(name, FULL)))  # fmt: skip
        elif (
            isinstance(points, bool) or not isinstance(points, int | float) or not 0 < points < 1e6
        ):
            faults.append(Fault("argument full", name, "must be a number above 0", show(points)))
    if faults:
        raise InputError(faults)
    return first


def _rows(path: Path, faults: list[Fault]) -> Iterable[tuple[str, str, date, str]]:
    """Yield actor, target, day and code of each event; what is wrong is noted."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                told = f"must have columns {', '.join(COLUMNS)}; {', '.join(missing)} missing"
                faults.append(Fault(clean(path), "", told))
                return
            for number, row in enumerate(reader, start=2):
                if number > MOST_ROWS:
                    faults.append(Fault(clean(path), "", f"has more than {MOST_ROWS} events"))
                    return
                yield from _event(path, number, row, faults)
                if len(faults) >= MOST_FAULTS:
                    return
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        faults.append(Fault(clean(path), "", f"cannot be read: {clean(error)}"))


def _event(
    path: Path, number: int, row: Mapping[str, str], faults: list[Fault]
) -> Iterable[tuple[str, str, date, str]]:
    """Yield an event, if its line has one."""
    given = {name: (row[name] or "").strip() for name in COLUMNS}
    where = f"line {number}"
    try:
        day = date.fromisoformat(given["date"])
    except ValueError:
        told = "date must be YYYY-MM-DD"
        faults.append(Fault(clean(path), where, told, show(given["date"])))
        return
    code = given["code"]
    while code and code not in codes():
        code = code[:-1]  # a finer code than is known: its root
    if len(code) < 2 or not re.fullmatch(r"[0-9]{2,4}[a-z]?", given["code"]):
        faults.append(Fault(clean(path), where, "code is no CAMEO code", show(given["code"])))
        return
    yield given["actor"][:3].upper(), given["target"][:3].upper(), day, code
