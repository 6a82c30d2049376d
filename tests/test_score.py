"""Distances from the record, groups that count once, and what a pencil makes of the fitted rows."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from sim.evidence.score import FURTHEST, distance, linked, pencil, score, unlinked
from sim.evidence.targets import OURS, Target, targets


def row(name: str, value: float, low: float, high: float, **more: str) -> Target:
    """Return a recorded figure."""
    said = {"unit": "days", "group": name, "population": OURS, "use": "fit", **more}
    empty = dict.fromkeys(("label", "window", "source", "definition", "limits"), "")
    return Target(name=name, value=value, low=low, high=high, before=None, n=100.0, **said, **empty)


@pytest.mark.parametrize(
    ("unit", "value", "low", "high", "found", "expected"),
    [
        ("days", 10.0, 5.0, 20.0, 10.0, 0.0),
        ("days", 10.0, 5.0, 20.0, 20.0, 1.96),  # at an end
        ("days", 10.0, 5.0, 20.0, 5.0, 1.96),
        ("days", 10.0, 5.0, 20.0, 39.524, 3.92),  # 10.5, 20.5, 40.02: half a day is none
        ("days", 10.0, 8.0, 40.0, 20.122, 0.98),  # half way in logarithms, on its own side
        ("share", 0.5, 0.2, 0.8, 0.8, 1.96),
        ("share", 0.5, 0.2, 0.8, 0.94257, 3.92),  # odds .803/.203, then their square
        ("share", 0.0, 0.0, 0.05, 0.0, 0.0),  # a recorded zero
        ("share", 0.0, 0.0, 0.05, 0.05, 1.96),
        ("share", 0.0, 0.0, 0.05, 0.1, 3.92),
        ("days", 10.0, 9.9, 10.1, 1e6, FURTHEST),
        ("days", 10.0, 5.0, 20.0, math.nan, FURTHEST),
    ],
)
def test_a_distance_is_in_standard_errors_of_the_record(
    unit: str, value: float, low: float, high: float, found: float, expected: float
) -> None:
    target = row("x", value, low, high, unit=unit)
    assert distance(target, found) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("unit", "value"), [("share", 0.3), ("probability", 0.9), ("days", 40.0)])
def test_a_scale_and_back_is_the_figure(unit: str, value: float) -> None:
    target = row("x", value, 0.1, 50.0, unit=unit)
    assert unlinked(target, linked(target, value)) == pytest.approx(value)


def test_a_group_counts_once_however_many_rows_say_the_same() -> None:
    twins = [row(f"twin {k}", 10.0, 5.0, 20.0, group="twins") for k in range(3)]
    other = row("other", 10.0, 5.0, 20.0)
    found = {**dict.fromkeys(("twin 0", "twin 1", "twin 2"), 40.0), "other": 10.0}
    got = score(found, [*twins, other])
    assert (got.inside, got.of, got.groups) == (1, 4, 2)
    assert got.share == 0.25
    off = distance(twins[0], 40.0)
    assert got.groups_inside == 1.0
    assert got.median == pytest.approx(off, rel=1e-6)
    assert got.rms == pytest.approx(off * math.sqrt(3.0 / 4.0), rel=1e-6)
    assert got.groups_rms == pytest.approx(off * math.sqrt(0.5), rel=1e-6)


def test_a_score_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        score({}, [])


def test_every_row_says_whose_disputes_it_counts_and_what_it_goes_with() -> None:
    rows = list(targets().values())
    assert {t.population for t in rows} == {OURS, "all states"}
    assert sum(t.is_ours for t in rows) == 23
    assert len({t.group for t in rows}) == 21
    assert all(t.is_ours for t in rows if "MIE" in t.source or "russia_nato" in t.name)


def test_the_pencil_tells_every_check_from_rows_that_are_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checks = {t.name: t for t in targets().values() if t.use == "check"}
    told = pencil()
    assert set(told) == set(checks)
    blind = {
        name: t if t.use != "check" else replace(t, value=math.nan) for name, t in targets().items()
    }
    monkeypatch.setattr("sim.evidence.score.targets", lambda: blind)
    assert pencil() == told


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("onset_rate_russia_nato_member", 77.65),  # (197 x 177.7 + 447 x 33.56) / 644
        ("ru_nato_maxhost_display", 0.3729),
        ("icb_response_lag_q90", 51.14),  # 5 x 3.4^1.9
        ("recurrence_rival_within_5y", 0.9437),  # 1 - 0.5627^5
        ("mid_still_ongoing_after_180d", 0.2131),  # 0.4842 - 0.378 x log 6 / log 12.17
        ("mid_multiparty", 0.1498),  # 1 - 0.994608^30
    ],
)
def test_a_line_of_algebra(name: str, expected: float) -> None:
    assert pencil()[name] == pytest.approx(expected, rel=2e-3)
