"""The roster: the project's own tables, relevance of pairs, and scenarios as of their dates."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from sim import load_scenario
from sim.model.roster import PairTraits, RelationTraits, StateTraits, build_roster
from sim.model.sheets import DATA, Geography, membership_table, pair_table, state_table
from sim.model.vocabulary import Bloc

REAL = ("attache_briefing", "georgia_2008", "crimea_2014", "baltic_reinforcement",
        "nordic_accession", "donbas_2021", "cuba_1962")  # fmt: skip


def columns(name: str) -> list[str]:
    with (DATA / name).open(newline="", encoding="utf-8") as lines:
        return next(csv.reader(lines))


def test_there_are_57_states_with_russia_and_32_members_today() -> None:
    assert len(state_table()) == 57
    members = [code for code, since in membership_table().items() if since["nato_since"]]
    assert len(members) == 32
    assert "RUS" in state_table()


@pytest.mark.parametrize("table", ["states", "pairs"])
def test_every_column_has_a_source_a_unit_and_a_word_on_gaps(table: str) -> None:
    with (DATA / "sources.csv").open(newline="", encoding="utf-8") as lines:
        told = {r["column"]: r for r in csv.DictReader(lines) if r["table"] == table}
    assert list(told) == columns(f"{table}.csv")
    for row in told.values():
        assert row["source"]
        assert row["unit"]
        assert row["gaps"]


def test_missing_figures_stay_blank() -> None:
    kosovo = state_table()["XKX"]
    assert kosovo.west_agreement is None
    assert kosovo.east_agreement is None


@pytest.mark.parametrize("name", REAL)
def test_a_scenario_has_its_members_as_of_its_date(name: str) -> None:
    scenario = load_scenario(name)
    for code, since in membership_table().items():
        if code in scenario.roster.codes and since["nato_since"]:
            member = date.fromisoformat(since["nato_since"]) <= scenario.start
            assert (scenario.roster.blocs.get(code) == Bloc.WEST) == member, code


def test_opposed_pairs_need_a_major_power_or_a_neighbour() -> None:
    roster = load_scenario("attache_briefing").roster
    pairs = {frozenset(r) for r in roster.relations}
    assert {"PRT", "RUS"} in pairs
    assert {"POL", "BLR"} in pairs
    assert {"PRT", "TJK"} not in pairs
    assert {"DEU", "FRA"} not in pairs


def test_relations_are_grouped_by_owner_and_know_their_reverse() -> None:
    atlas = load_scenario("attache_briefing").roster.atlas
    for i in range(len(atlas.first) - 1):
        assert set(atlas.owner[atlas.first[i] : atlas.first[i + 1]]) <= {i}
    for r in range(len(atlas.owner)):
        back = atlas.reverse[r]
        assert (atlas.owner[back], atlas.rival[back]) == (atlas.rival[r], atlas.owner[r])
        assert atlas.pair[back] == atlas.pair[r]


def test_proximity_falls_with_distance_but_major_powers_reach_far() -> None:
    where = Geography()
    assert where.proximity("POL", "RUS", 1, 0.0) == 1.0
    assert where.proximity("SWE", "RUS", 4, 200.0) == 0.8
    assert where.proximity("PRT", "RUS", 0, 2300.0) < where.proximity("DEU", "RUS", 0, 357.0)
    assert where.proximity("USA", "RUS", 0, 7000.0) == 0.9


def test_two_states_with_one_number_are_refused() -> None:
    sheet = state_table()["NOR"]
    with pytest.raises(ValueError, match="number"):
        build_roster([sheet, sheet], [], {}, ("NOR", "NOR"))


def test_traits_of_a_scenario_reach_the_arrays() -> None:
    roster = load_scenario("crimea_2014").roster
    r = roster.relation("RUS", "UKR")
    kept = dict(zip(RelationTraits.FIELDS, roster.atlas.relation_traits[r, :, 0], strict=True))
    assert kept["proximity"] == 1.0
    assert 0.0 < kept["trade"] < 0.2
    states = dict(zip(StateTraits.FIELDS, roster.atlas.state_traits[:, :, 0].T, strict=True))
    assert states["leads"][roster.codes.index("RUS")] == Bloc.EAST
    assert states["challenger"].sum() == 1.0
    leaders = roster.atlas.pair_traits[:, PairTraits.FIELDS.index("leaders"), 0]
    assert leaders.sum() == 1.0


def test_neighbours_of_russia_are_adjacent_in_the_table() -> None:
    adjacent = {frozenset(pair) for pair, sheet in pair_table().items() if sheet.adjacent}
    for code in ("NOR", "FIN", "EST", "LVA", "LTU", "POL", "UKR", "GEO", "CHN"):
        assert frozenset({code, "RUS"}) in adjacent, code
