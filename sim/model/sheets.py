"""Data of states and pairs of states: one sheet each, from tables or from a scenario.

The data of real states are the tables in ``sim/data``; ``sources.csv`` there lists unit, year and
source of every column, and what is assumed where a value is missing. A pair that must be listed and
is not is an error: without its row the two states would silently have no relation.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sim.errors import Fault, InputError, clean

DATA = Path(__file__).parents[1] / "data"
MAJOR = ("USA", "GBR", "FRA", "RUS", "CHN")
"""Permanent members of the Security Council: relevant to everybody (COW major powers)."""


@dataclass(frozen=True)
class StateSheet:
    """One state as a scenario gives it; None is a figure that is missing."""

    code: str
    number: int
    name: str
    capability: float
    democracy: float = 0.5
    nuclear: float = 0.0
    firmness: float = 0.3
    greed: float = 0.0
    sensibility: float | None = None
    challenger: float = 0.0
    spending: float = 0.0
    hosted: float = 0.0
    west_agreement: float | None = None
    east_agreement: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    miscalculation: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class PairSheet:
    """One pair as a scenario gives it."""

    first: str
    second: str
    proximity: float
    rivalry: float = 0.0
    trade: float = 0.0  # US$ million
    adjacent: bool = False


def _number(text: str) -> float | None:
    return float(text) if text else None


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@cache
def state_table() -> dict[str, StateSheet]:
    """Return the sheets of the real states by ISO 3166 alpha-3 code."""
    sheets = [
        StateSheet(
            code=r["iso3"],
            number=int(r["number"]),
            name=r["name"],
            capability=float(r["cinc"]),
            democracy=float(r["polyarchy"]),
            nuclear=1.0 if (_number(r["warheads"]) or 0.0) > 0.0 else 0.0,
            west_agreement=_number(r["un_agree_usa"]),
            east_agreement=_number(r["un_agree_russia"]),
            latitude=_number(r["capital_latitude"]),
            longitude=_number(r["capital_longitude"]),
        )
        for r in _rows("states.csv")
    ]
    return {s.code: s for s in sheets}


@cache
def membership_table() -> dict[str, dict[str, str]]:
    """Return ISO dates ``nato_since``, ``csto_since`` and ``csto_until`` by state, or ''."""
    keep = ("nato_since", "csto_since", "csto_until")
    return {r["iso3"]: {k: r[k] for k in keep} for r in _rows("states.csv")}


@dataclass(frozen=True)
class Geography:
    """How near two states are to each other's forces, 0 to 1 (loss of strength: Boulding 1962)."""

    land: float = 1.0  # a land border
    sea: float = 0.8  # up to 400 miles of water
    half_km: float = 700.0  # distance between borders at which nearness is halved
    reach: Mapping[str, float] = field(
        default_factory=lambda: {"USA": 0.9, "GBR": 0.6, "FRA": 0.6}
    )  # forces that are present far from home

    def proximity(self, first: str, second: str, contiguity: int, km: float) -> float:
        """Return the proximity of a pair from COW contiguity (0 none, 1 land, 2..5 sea)."""
        if contiguity == 1:
            return self.land
        if contiguity > 1:
            return self.sea
        far = 1.0 / (1.0 + km / self.half_km)
        return max(far, self.reach.get(first, 0.0), self.reach.get(second, 0.0))


@cache
def pair_table(geography: Geography | None = None) -> dict[tuple[str, str], PairSheet]:
    """Return the sheets of the relevant pairs of real states, by codes in number order.

    Raises:
        InputError: listing every pair that is missing, repeated, in the wrong order or unknown.
    """
    where = geography or Geography()
    sheets, rows = {}, _rows("pairs.csv")
    if faults := _pair_faults([(r["first"], r["second"]) for r in rows]):
        raise InputError(faults)
    for r in rows:
        contiguity = int(r["contiguity"])
        km = _number(r["distance_km"])
        km = float(r["capitals_km"]) if km is None else km
        sheets[r["first"], r["second"]] = PairSheet(
            first=r["first"],
            second=r["second"],
            proximity=where.proximity(r["first"], r["second"], contiguity, km),
            rivalry=float(r["rivalry"]),
            trade=_number(r["trade_usd_m"]) or 0.0,
            adjacent=contiguity > 0,
        )
    return sheets


def _pair_faults(listed: list[tuple[str, str]]) -> list[Fault]:
    """Return what is wrong with the pairs listed: with a major power, every pair is relevant."""
    states, told = state_table(), list[tuple[str, str]]()
    for first, second in listed:
        if unknown := [code for code in (first, second) if code not in states]:
            told.append((f"{first}-{second}", f"no row for {', '.join(unknown)} in states.csv"))
        elif states[first].number >= states[second].number:
            told.append((f"{first}-{second}", "the state with the lower number must be first"))
    there = set(listed)
    if len(there) < len(listed):
        twice = sorted(pair for pair in there if listed.count(pair) > 1)
        told += [(f"{first}-{second}", "is listed twice") for first, second in twice]
    for code in states:
        for major in MAJOR:
            if code != major and not {(major, code), (code, major)} & there:
                told.append((f"{major}-{code}", "no row; pairs with a major power need one"))
    path = str(DATA / "pairs.csv")
    return [Fault(path, clean(pair), what) for pair, what in dict.fromkeys(told)]
