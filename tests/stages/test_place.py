"""Where forces stand: how far forward, who invites them and who resents them, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.model.stages import events, place
from sim.model.vocabulary import Draw, Happening
from tests.tiny import LANE, WEEK, Tiny, about, throws

EVEN = 1e-6

# The line


def standing(**hosted: float) -> Tiny:
    """Return a world in which GAM is at 0.8 of BET, and DEL at 0.6 of ALF and 0.4 of BET."""
    t = Tiny()
    for code, bloc in {"ALF": 1.0, "BET": 2.0, "GAM": 1.0, "DEL": 0.0}.items():
        t.state(code, bloc=bloc, hosted=hosted.get(code, 0.0))
    near = {"ALF>BET": 0.1, "BET>ALF": 0.1, "GAM>BET": 0.8, "DEL>ALF": 0.6, "DEL>BET": 0.4}
    for name, proximity in near.items():
        t.relation_traits(name, proximity=proximity)
    return t


def tallied(t: Tiny) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the most forces of west and east that stand forward, and how near the line is."""
    changed = t.changes(place.tally_bases, t.world, t.atlas, LANE)
    system = t.system()
    assert all(name.startswith("system.") for name in changed)
    return (
        (system.west_forward, system.west_line),
        (system.east_forward, system.east_line),
    )


NONE = (0.0, 0.0)


@pytest.mark.parametrize(
    ("hosted", "sides", "west", "east"),
    [
        ({}, {}, NONE, NONE),
        ({"GAM": 0.5}, {}, (0.5, 0.8), NONE),
        ({"GAM": 1.0}, {}, (1.0, 0.8), NONE),  # more forces are no nearer
        ({"GAM": 0.25}, {}, (0.25, 0.8), NONE),  # a presence draws the line
        ({"GAM": 0.125}, {}, (0.125, 0.4), NONE),  # ... and less than one by its part
        ({"GAM": 0.5}, {"GAM": 0.0}, NONE, NONE),  # those in a neutral are no bloc's
        ({"DEL": 0.5}, {"DEL": 2.0}, NONE, (0.5, 0.6)),  # near to ALF
        ({"DEL": 0.5}, {"DEL": 1.0}, (0.5, 0.4), NONE),  # near to BET
        # the most forces and the nearest may stand in different members
        ({"GAM": 0.25, "DEL": 0.75}, {"DEL": 1.0}, (0.75, 0.8), NONE),
        ({"GAM": 0.25, "DEL": 0.75}, {"DEL": 2.0}, (0.25, 0.8), (0.75, 0.6)),
        ({"GAM": 0.5}, {"GAM": 2.0}, NONE, NONE),  # it has no relation to ALF
    ],
)
def test_a_blocs_line_is_where_its_forces_stand(
    hosted: dict[str, float],
    sides: dict[str, float],
    west: tuple[float, float],
    east: tuple[float, float],
) -> None:
    t = standing(**hosted)
    for code, bloc in sides.items():
        t.state(code, bloc=bloc)
    assert tallied(t) == (about(west), about(east))


def test_a_line_falls_back_with_its_forces() -> None:
    t = standing(GAM=0.5)
    assert tallied(t) == (about((0.5, 0.8)), NONE)
    t.state("GAM", hosted=0.0)
    assert tallied(t) == (NONE, NONE)


def test_the_first_relation_of_all_may_be_a_hosts() -> None:
    t = standing(DEL=0.5)
    t.state("DEL", bloc=2.0)
    t.atlas.toward[t.rows["DEL"], 0] = 0  # ALF>BET, at 0.1, in place of DEL's own
    assert tallied(t) == (NONE, about((0.5, 0.1)))


# Inviting

MORE = 2.0 * 0.6 * math.exp(-3.0 + 3.0 * 0.5 * (0.6 + 0.4))
LESS = math.exp(-0.4 - 0.5 * 0.6)
"""Weights of a member that fears the other leader by 0.6, its own leader by 0.4."""


def inviting(code: str, bloc: float) -> Tiny:
    """Return a world in which a state may let allied forces in, or send them home."""
    t = Tiny(
        deployment_strength=2.0, station_base=-3.0, station_fear=3.0, unstation_base=-0.4,
        unstation_fear=0.5,
    )  # fmt: skip
    fears = {"ALF>BET": 0.4, "BET>ALF": 0.4, "GAM>BET": 0.6, "DEL>ALF": 0.6, "DEL>BET": 0.1}
    for name, fear in fears.items():
        t.relation(name, pooled_fear=fear)
    t.state(code, bloc=bloc, step_hosted=0.5)
    return t


def invited(patch: pytest.MonkeyPatch, t: Tiny, code: str, u: float) -> float:
    patch.setattr(place, "uniforms", throws({(code, Draw.STATION): (0.99, 0.99, 0.99, u)}))
    changed = t.changes(place.choose_station, t.world, t.atlas, WEEK, code, LANE)
    assert changed.keys() == {f"{code}.step_hosted"}
    return changed[f"{code}.step_hosted"]


@pytest.mark.parametrize(("code", "bloc"), [("GAM", 1.0), ("DEL", 2.0)])
def test_a_frightened_member_invites_forces_and_a_calm_one_sends_them_home(
    monkeypatch: pytest.MonkeyPatch, code: str, bloc: float
) -> None:
    whole = MORE + 1.0 + LESS
    for u, step in (
        (MORE / whole - EVEN, 1.0), (MORE / whole + EVEN, 0.0),
        ((MORE + 1.0) / whole - EVEN, 0.0), ((MORE + 1.0) / whole + EVEN, -1.0),
    ):  # fmt: skip
        assert invited(monkeypatch, inviting(code, bloc), code, u) == step


def test_it_is_the_other_leader_that_a_member_fears(monkeypatch: pytest.MonkeyPatch) -> None:
    more = 2.0 * 0.1 * math.exp(-3.0 + 3.0 * 0.5 * (0.1 + 0.4))  # DEL of the west fears BET by 0.1
    at = more / (more + 1.0 + math.exp(-0.4 - 0.5 * 0.1))
    assert invited(monkeypatch, inviting("DEL", 1.0), "DEL", at - EVEN) == 1.0
    assert invited(monkeypatch, inviting("DEL", 1.0), "DEL", at + EVEN) == 0.0


@pytest.mark.parametrize(
    ("code", "bloc"),
    [
        ("DEL", 0.0),  # a neutral
        ("ALF", 1.0),  # the leaders' own forces are at home there
        ("BET", 2.0),
        ("GAM", 2.0),  # it has nothing to do with ALF
    ],
)
@pytest.mark.parametrize("u", [0.0, 0.999])
def test_who_hosts_nobody(
    monkeypatch: pytest.MonkeyPatch, code: str, bloc: float, u: float
) -> None:
    assert invited(monkeypatch, inviting(code, bloc), code, u) == 0.0


def test_without_forces_nobody_is_invited(monkeypatch: pytest.MonkeyPatch) -> None:
    t = inviting("GAM", 1.0)
    t.p.deployment_strength = 0.0
    assert invited(monkeypatch, t, "GAM", 0.0) == 0.0


# Taking their place


def hosting(hosted: float, **sides: float) -> Tiny:
    """Return a world in which BET resents forces in GAM by 0.4 x 0.8 of their rise."""
    t = standing()
    t.p.grievance_forward = 0.4
    for code in ("ALF", "BET", "GAM", "DEL"):
        t.state(code, hosted=hosted)
    for code, bloc in sides.items():
        t.state(code, bloc=bloc)
    for name in t.rows:
        if ">" in name:
            t.relation(name, grievance=0.2)
    return t


def placed(t: Tiny, code: str, level: float) -> dict[str, float]:
    return t.changes(place.place, t.world, t.atlas, code, level, LANE)


def test_forces_newly_stationed_are_resented_by_the_other_leader() -> None:
    assert placed(hosting(0.25), "GAM", 0.75) == about({
        "GAM.hosted": 0.75, "BET>GAM.grievance": 0.36,  # 0.2 + 0.4 x 0.5 x 0.8
    })  # fmt: skip
    assert placed(hosting(0.25, DEL=2.0), "DEL", 0.75) == about({
        "DEL.hosted": 0.75, "ALF>DEL.grievance": 0.32,  # 0.2 + 0.4 x 0.5 x 0.6
    })  # fmt: skip
    assert placed(hosting(0.25, DEL=1.0), "DEL", 0.75) == about({
        "DEL.hosted": 0.75, "BET>DEL.grievance": 0.28,  # 0.2 + 0.4 x 0.5 x 0.4
    })  # fmt: skip


def test_forces_that_stay_or_go_are_not_resented() -> None:
    assert placed(hosting(0.5), "GAM", 0.5) == {}
    assert placed(hosting(0.5), "GAM", 0.25) == {"GAM.hosted": 0.25}
    assert placed(hosting(0.5), "GAM", 0.0) == {"GAM.hosted": 0.0}


@pytest.mark.parametrize(("code", "bloc"), [("DEL", 0.0), ("ALF", 1.0), ("BET", 2.0), ("GAM", 2.0)])
def test_no_leader_resents_forces_elsewhere(code: str, bloc: float) -> None:
    assert placed(hosting(0.25, **{code: bloc}), code, 1.0) == {f"{code}.hosted": 1.0}


@pytest.mark.parametrize(
    ("before", "step", "after", "grievance"),
    [
        (0.25, 1.0, {"GAM.hosted": 0.5}, 0.28),  # 0.2 + 0.4 x 0.25 x 0.8
        (0.25, 0.0, {}, 0.2),
        (0.25, -1.0, {"GAM.hosted": 0.0}, 0.2),
        (1.0, 1.0, {}, 0.2),
        (0.0, -1.0, {}, 0.2),
    ],
)
def test_a_chosen_step_takes_effect(
    before: float, step: float, after: dict[str, float], grievance: float
) -> None:
    t = hosting(before)
    t.state("GAM", step_hosted=step)
    found = t.changes(place.station, t.world, t.atlas, "GAM", LANE)
    resented = {"BET>GAM.grievance": grievance} if grievance != 0.2 else {}
    assert found == about({**after, **resented})


@pytest.mark.parametrize(("given", "hosted"), [(1.0, 0.75), (0.5, 0.375), (0.0, 0.0)])
def test_forces_take_their_place_by_date(given: float, hosted: float) -> None:
    t = hosting(0.25)
    t.p.deployment_given = given
    one = np.zeros(1, np.int64)
    atlas = t.atlas._replace(
        event_kind=one + Happening.FORWARD, event_row=one + t.rows["GAM"], event_size=one + 0.75
    )
    found = t.changes(events.happen, t.world, atlas, 0, LANE)
    rise = max(0.0, hosted - 0.25)
    resented = {"BET>GAM.grievance": 0.2 + 0.32 * rise} if rise else {}
    assert found == about({"GAM.hosted": hosted, **resented})
