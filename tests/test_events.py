"""A dated event of a bloc means its members on that day, in the world as it then is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import yaml

from sim import load_scenario
from sim.config.job import scenario_from
from sim.config.sources import CONFIGS
from sim.engine.blocks import noted
from sim.engine.ensemble import play
from sim.engine.history import History, replay
from sim.engine.notes import Total
from sim.errors import InputError
from sim.mesa_model import EscalationModel
from sim.model.parameters import Parameters
from sim.model.state import Pair
from sim.model.vocabulary import Bloc, Happening
from sim.plan.calendar import dated
from sim.plan.scenario import Scenario
from sim.story.chronicle import read
from sim.story.reasons import Reasons, Shared
from tests.conftest import EXTREME, digest, point_of

Given = tuple[int, str, str, str] | tuple[int, str, str, str, float]
STILL = {"sanction_base": -12.0, "lift_base": -10.0}
"""Sanctions are those of events, and nobody joins but by date."""
RESTLESS = {**STILL, "join_hazard": 0.2, "join_threshold": 0.0, "lean_rate": 0.2}
"""Sanctions are those of events, and neutrals join by themselves."""
LIVELY = {**EXTREME, "join_threshold": 0.0, "lean_rate": 0.2}


def alliances(events: Sequence[Given]) -> Scenario:
    """Return the two alliances with dated events: week, kind, actor, target and size.

    The west are AAA, CCC, DDD and EEE, the east BBB and FFF, GGG and HHH neither.
    """
    tree = yaml.safe_load((CONFIGS / "scenario/two_alliances.yaml").read_text(encoding="utf-8"))
    start = date.fromisoformat(tree["start"])
    tree["events"] = [_told(start, *event) for event in events]
    return scenario_from(tree, "alliances")


def _told(start: date, week: int, kind: str, actor: str, target: str, *size: float) -> Any:
    day = (start + timedelta(weeks=week)).isoformat()
    ends = {"date": day, "kind": kind, "actor": actor, "target": target}
    return {**ends, **dict(zip(["size"], size, strict=False)), "what": "Something", "source": "Us"}


def after(
    events: Sequence[Given], n_weeks: int, values: dict[str, float], world: int = 0
) -> History:
    roster = alliances(events).roster
    return replay(roster, point_of(values), world=world, n_weeks=n_weeks, seed=1)


def sanctions(history: History, target: str) -> dict[str, float]:
    """Return the sanctions on a state at the end, by who imposes them."""
    owners = [owner for owner, rival in history.roster.relations if rival == target]
    return {c: float(history.relation(c, target, "sanctions")[-1]) for c in owners}


EMBARGO = (5, "sanctions", "west", "BBB", 0.75)


@pytest.mark.parametrize(
    ("moves", "imposing"),
    [
        ((), "AAA CCC DDD EEE"),
        (((2, "accession", "GGG", "west"),), "AAA CCC DDD EEE GGG"),
        (((5, "accession", "GGG", "west"),), "AAA CCC DDD EEE GGG"),  # listed first on that day
        (((6, "accession", "GGG", "west"),), "AAA CCC DDD EEE"),
        (((2, "accession", "GGG", "east"),), "AAA CCC DDD EEE"),
        (((2, "accession", "EEE", "east"),), "AAA CCC DDD"),
        (((3, "accession", "EEE", "AAA"), (2, "accession", "EEE", "east")), "AAA CCC DDD EEE"),
        (((2, "accession", "EEE", "east"), (3, "accession", "GGG", "EEE")), "AAA CCC DDD"),
        (
            ((2, "accession", "HHH", "west"), (3, "accession", "GGG", "HHH")),
            "AAA CCC DDD EEE GGG HHH",
        ),
        (((2, "accession", "FFF", "west"), (3, "accession", "GGG", "FFF")), "AAA CCC DDD EEE GGG"),
    ],
)
def test_sanctions_of_a_bloc_are_those_of_its_members_that_week(
    moves: tuple[Given, ...], imposing: str
) -> None:
    found = sanctions(after([*moves, EMBARGO], 7, STILL), "BBB")
    assert found == {c: 0.75 if c in imposing.split() else 0.0 for c in found}
    assert set(imposing.split()) <= set(found)


def test_an_accession_that_does_not_happen_does_not_count() -> None:
    events = [(2, "accession", "GGG", "west"), EMBARGO]
    found = sanctions(after(events, 6, {**STILL, "accession_strength": 0.0}), "BBB")
    assert (found["AAA"], found["GGG"]) == (0.75, 0.0)


def test_a_bloc_that_is_the_target_is_meant_as_it_is_that_week() -> None:
    moves = ((2, "accession", "GGG", "west"), (2, "accession", "EEE", "east"))
    history = after([*moves, (5, "sanctions", "BBB", "west", 0.5)], 6, STILL)
    rivals = [rival for owner, rival in history.roster.relations if owner == "BBB"]
    found = {c: float(history.relation("BBB", c, "sanctions")[-1]) for c in rivals}
    assert found == {"AAA": 0.5, "CCC": 0.5, "DDD": 0.5, "GGG": 0.5, "EEE": 0.0, "HHH": 0.0}


def test_wars_and_ceasefires_of_blocs_are_those_of_their_members_that_week() -> None:
    moves = ((2, "accession", "GGG", "west"), (2, "accession", "HHH", "east"))
    fights = ((4, "war", "west", "east"), (6, "ceasefire", "east", "west"))
    roster = alliances([*moves, *fights]).roster
    history = replay(roster, point_of({**STILL, "war_end": 0.002}), world=0, n_weeks=7, seed=1)
    at_war = history.pairs[5, :, Pair.FIELDS.index("violence")] == 2.0
    bloc = {code: history.state(code, "bloc")[4] for code in roster.codes}
    ends = [(roster.codes[i], roster.codes[j]) for i, j in roster.pairs]
    assert at_war.tolist() == [{bloc[a], bloc[b]} == {1.0, 2.0} for a, b in ends]
    assert {"GGG", "HHH"} <= {code for pair, war in zip(ends, at_war, strict=True) if war
                              for code in pair}  # fmt: skip
    assert not history.pairs[7, :, Pair.FIELDS.index("violence")].any()


def test_who_joined_by_itself_counts_in_its_own_world_only() -> None:
    week, seen = 20, set()
    for world in range(24):
        history = after([(week, "sanctions", "west", "BBB", 0.75)], week + 1, RESTLESS, world)
        for code in ("GGG", "HHH"):
            is_in = history.state(code, "bloc")[week] == Bloc.WEST
            seen.add(bool(is_in))
            assert sanctions(history, "BBB")[code] == (0.75 if is_in else 0.0)
    assert seen == {False, True}


def test_who_has_joined_by_itself_does_not_accede_again_by_date() -> None:
    week, seen = 20, set()
    for world in range(24):
        history = after([(week, "accession", "GGG", "west")], week + 1, RESTLESS, world)
        was_in = history.state("GGG", "bloc")[week] == Bloc.WEST
        seen.add(bool(was_in))
        moves = int((np.diff(history.state("GGG", "bloc")) != 0.0).sum())
        assert history.state("GGG", "acceded").sum() == moves
        assert moves <= 1 or not was_in
    assert seen == {False, True}


def test_events_of_blocs_change_no_bit_where_nobody_has_joined() -> None:
    whole = alliances([(1, "speech", "BBB", "west", 1.0), (5, "deployment", "west", "BBB", 0.5)])
    apart = alliances(
        [(1, "speech", "BBB", code, 1.0) for code in ("AAA", "CCC", "DDD", "EEE")]
        + [(5, "deployment", code, "BBB", 0.5) for code in ("AAA", "CCC", "DDD", "EEE")]
    )
    point = point_of({**EXTREME, "join_hazard": 0.0})[None]
    one, other = (
        play(each.roster, point, n_worlds=32, n_weeks=30, seed=3) for each in (whole, apart)
    )
    assert digest(one) == digest(other)


EVERY_KIND: tuple[Given, ...] = (
    (3, "accession", "GGG", "west"),
    (12, "speech", "west", "BBB", 1.0),
    (12, "deployment", "east", "west", 0.5),
    (13, "sanctions", "west", "east", 0.75),
    (13, "diplomacy", "BBB", "west", 0.0),
    (14, "grievance", "east", "AAA", 0.3),
    (14, "alarm", "west", "east", 0.4),
    (15, "accession", "HHH", "BBB"),
    (15, "force", "east", "west", 1.0),
    (16, "war", "west", "east"),
    (17, "forward", "west", "CCC", 0.5),
    (17, "exercise", "east", "west", 0.75),
    (18, "snap_exercise", "west", "BBB", 0.5),
    (18, "briefing", "BBB", "west", 0.75),
    (20, "ceasefire", "west", "east"),
)


def test_every_kind_of_event_is_tried() -> None:
    assert {event[1] for event in EVERY_KIND} == {kind.name.lower() for kind in Happening}


def test_all_faces_play_events_of_blocs_to_the_same_bits(plain: SimpleNamespace) -> None:
    roster, point = alliances(EVERY_KIND).roster, point_of(LIVELY)
    values = dict(zip(Parameters.FIELDS, point.tolist(), strict=True))
    joined = set()
    for world in range(6):
        one = replay(roster, point, world=world, n_weeks=24, seed=1)
        other = plain.history.replay(roster, point, world=world, n_weeks=24, seed=1)
        with EscalationModel(roster, values, seed=1, world=world) as model:
            model.play(24)
        for field in ("relations", "pairs", "states", "system"):
            mine = getattr(one, field).tobytes()
            assert getattr(other, field).tobytes() == mine
            assert getattr(model.history, field).tobytes() == mine
        joined |= {(c, one.state(c, "bloc")[12]) for c in ("GGG", "HHH")}
    assert len(joined) > 2


def test_a_story_gives_an_event_of_a_bloc_to_its_members_that_week() -> None:
    moves = ((2, "accession", "GGG", "west"), (2, "accession", "EEE", "east"))
    scenario = alliances([*moves, EMBARGO])
    values = dict(zip(Parameters.FIELDS, point_of(STILL).tolist(), strict=True))
    history = replay(scenario.roster, point_of(STILL), world=0, n_weeks=8, seed=1)
    reasons = Reasons(history, values, scenario.events)
    found = set()
    for pair in range(scenario.roster.n_pairs):
        us = Shared(history, pair)
        for me in (us.a, us.b):
            if reasons.events(me, 6, Happening.SANCTIONS):
                found.add((me.owner, me.rival))
    assert found == {(code, "BBB") for code in ("AAA", "CCC", "DDD", "GGG")}
    assert read(history, values, scenario.events).scenes
    short = replay(scenario.roster, point_of(STILL), world=0, n_weeks=3, seed=1)
    assert read(short, values, scenario.events).scenes


@pytest.mark.parametrize(
    ("moves", "fault"),
    [
        (((2, "accession", "EEE", "west"),), "member from the start"),
        (((2, "accession", "GGG", "west"), (3, "accession", "GGG", "AAA")), "member already"),
        (
            ((2, "accession", "GGG", "HHH"), (3, "accession", "HHH", "west")),
            "must be a bloc or one",
        ),
    ],
)
def test_an_accession_that_changes_nothing_on_its_day_is_refused(
    moves: tuple[Given, ...], fault: str
) -> None:
    with pytest.raises(InputError, match=fault):
        alliances(moves)


def test_a_bloc_that_has_no_relation_with_a_state_on_any_day_is_refused() -> None:
    with pytest.raises(InputError, match="west and AAA have no relation here"):
        alliances([(2, "sanctions", "west", "AAA", 0.5)])


# Forces forward and exercises, as the dated scenarios have them


def test_soviet_forces_in_cuba_frighten_the_american_leader() -> None:
    scenario = load_scenario("cuba_1962")
    r, worlds = scenario.roster.relation("USA", "RUS"), 256
    apart = [e for e in scenario.events if (e.kind, e.target) != (Happening.FORWARD, "CUB")]
    assert len(scenario.events) - len(apart) == 4
    with_them, without = (
        noted(dated(scenario.roster, events), point_of(), np.arange(worlds), n_weeks=40, seed=1)
        for events in (scenario.events, apart)
    )
    field = Total.FIELDS.index("fear")
    more = (with_them.totals[r, field] - without.totals[r, field]).astype(float)
    assert more.mean() - 1.96 * more.std(ddof=1) / worlds**0.5 > 0.0


def test_the_exercises_of_1983_end_after_their_weeks() -> None:
    scenario = load_scenario("able_archer_1983")
    told = {event.id: event for event in scenario.events}
    history = replay(scenario.roster, point_of(), world=0, n_weeks=60, seed=1)
    exercise = history.relation("USA", "RUS", "exercise")
    held = {week: float(level) for week, level in enumerate(exercise[1:]) if level > 0.0}
    fleet, archer = told["fleet_exercise"], told["able_archer"]
    assert held == {
        event.week + n: event.size for event in (fleet, archer) for n in range(event.weeks)
    }
    assert (fleet.weeks, archer.weeks) == (2, 1)
    members = [code for code, bloc in scenario.roster.blocs.items() if bloc == Bloc.WEST]
    for code in members:
        assert history.relation(code, "RUS", "exercise")[[archer.week, archer.week + 2]].max() == 0
        assert history.relation(code, "RUS", "exercise")[archer.week + 1] == archer.size
