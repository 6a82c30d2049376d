"""What is varied or compared reaches the worlds it should, and nothing else."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.__main__ import read_jobs
from sim.config.job import load_scenario
from sim.config.sources import CONFIGS
from sim.errors import InputError
from sim.model.parameters import COEFFICIENTS
from sim.model.roster import RelationTraits, StateTraits
from sim.plan.scenario import Job

RIVALS = "scenario=two_rivals"


def job(*words: str) -> Job:
    (found,) = read_jobs(words)
    return found


def mine(tmp_path: Path, text: str) -> str:
    """Write an experiment of one's own; return the flag that has it read."""
    path = tmp_path / "mine/experiment/own.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(f"# @package _global_\n{text}")
    return f"--config-dir={tmp_path / 'mine'}"


def trait(found: Job, point: int, state: str, name: str) -> float:
    """Return a trait, as the shortest number that its float32 is nearest to."""
    roster = found.scenario_of(point).roster
    place = roster.codes.index(state)
    return float(str(roster.atlas.state_traits[place, StateTraits.FIELDS.index(name), 0]))


def test_a_grid_has_every_combination_once_in_the_order_it_is_written() -> None:
    found = job(RIVALS, "vary.fear_gain=[1,2]", "vary.world=[doubly_stable,baseline]")
    labels = [(p.label["fear_gain"], p.label["world"]) for p in found.points]
    assert labels == list(itertools.product([1.0, 2.0], ["doubly_stable", "baseline"]))
    assert [p.parameters["offence"] for p in found.points] == [0.1, 0.5, 0.1, 0.5]


def test_a_star_is_the_base_and_each_axis_alone() -> None:
    found = job(
        RIVALS, "design.method=star", "vary.fear_gain=[1,2]", "vary.world=[doubly_stable,baseline]",
        "parameters.hotline=1",
    )  # fmt: skip
    base = found.points[0].parameters
    changed = [
        {name for name, value in p.parameters.items() if value != base[name]} for p in found.points
    ]
    assert changed == [
        set(), {"fear_gain"}, {"fear_gain"}, {"offence", "distinguishability"},
    ]  # fmt: skip
    assert all(p.parameters["hotline"] == 1.0 for p in found.points)


def test_a_trait_of_a_state_is_varied_in_the_state_alone() -> None:
    found = job("vary.scenario.traits.POL.firmness=[0.2,0.9]")
    assert [trait(found, k, "POL", "firmness") for k in (0, 1)] == [0.2, 0.9]
    first, second = (found.scenario_of(k).roster.atlas for k in (0, 1))
    differ = np.argwhere(first.state_traits != second.state_traits)
    assert len(differ) == 1
    assert np.array_equal(first.relation_traits, second.relation_traits)


def test_a_trait_of_a_bloc_is_that_of_its_members_but_where_one_has_its_own(tmp_path: Path) -> None:
    text = "scenario: {traits: {POL: {firmness: 0.4}}}\n"
    text += "vary: {scenario.traits.west.firmness: [0.1, 0.9]}\n"
    found = job(mine(tmp_path, text), "experiment=own")
    for k, value in enumerate((0.1, 0.9)):
        assert trait(found, k, "USA", "firmness") == value
        assert trait(found, k, "EST", "firmness") == value
        assert trait(found, k, "POL", "firmness") == 0.4
        assert trait(found, k, "RUS", "firmness") == trait(found, 0, "RUS", "firmness")


def test_a_relation_is_varied_one_way_only(tmp_path: Path) -> None:
    text = 'vary: {scenario: {relations: {"RUS>EST": {fear: {low: 0.1, high: 0.5}}}}}\n'
    text += "design: {method: latin_hypercube, points: 4}\n"
    found = job(mine(tmp_path, text), "experiment=own")
    at = RelationTraits.FIELDS.index("start_fear")
    for k, point in enumerate(found.points):
        roster = found.scenario_of(k).roster
        there, back = roster.relation("RUS", "EST"), roster.relation("EST", "RUS")
        value = point.label["scenario.relations.RUS>EST.fear"]
        assert roster.atlas.relation_traits[there, at, 0] == value
        assert roster.atlas.relation_traits[back, at, 0] != value
    assert len({k for k, _ in enumerate(found.scenarios)}) == 4


def test_scenarios_can_be_varied_and_each_is_the_one_of_that_name() -> None:
    found = job("vary.scenario=[two_rivals,crimea_2014]", "weeks=60")
    assert [found.scenario_of(k).name for k in (0, 1)] == ["two_rivals", "crimea_2014"]
    alone = job("scenario=crimea_2014", "weeks=60").scenario
    assert found.scenario_of(1).roster.relations == alone.roster.relations
    assert found.scenario_of(1).events == alone.events


def test_variants_stand_beside_the_baseline_at_each_point(tmp_path: Path) -> None:
    text = """
vary: {fear_gain: [1, 2]}
compare:
  quiet: {scenario: {events: []}}
  hotline: {diplomacy: hotline, parameters: {offence: 0.9}}
"""
    found = job(mine(tmp_path, text), "experiment=own")
    labels = [(p.label["fear_gain"], p.label["variant"]) for p in found.points]
    assert labels == list(itertools.product([1.0, 2.0], ["baseline", "quiet", "hotline"]))
    assert [p.baseline for p in found.points] == [None, 0, 0, None, 3, 3]
    assert [len(found.scenario_of(k).events) for k in range(3)] == [1, 0, 1]
    changed = {
        name for name, value in found.points[2].parameters.items()
        if value != found.points[0].parameters[name]
    }  # fmt: skip
    assert changed == {"hotline", "offence"}
    assert len(found.scenarios) == 2


def test_an_event_is_changed_by_its_id_or_its_number(tmp_path: Path) -> None:
    text = """
compare:
  by_id: {scenario: {events: {mh17: {size: 0.5}}}}
  by_number: {scenario: {events: {11: {size: 0.5}}}}
"""
    found = job(mine(tmp_path, text), "experiment=own", "scenario=crimea_2014", "weeks=60")
    plain, by_id, by_number = (found.scenario_of(k) for k in range(3))
    assert by_id.events == by_number.events
    changed = [a.id for a, b in zip(plain.events, by_id.events, strict=True) if a != b]
    assert changed == ["mh17"]
    sizes = [scenario.roster.atlas.event_size.tolist() for scenario in (by_id, by_number)]
    assert sizes[0] == sizes[1]
    varied = job("scenario=crimea_2014", "weeks=60", "vary.scenario.events.mh17.size=[0.1,0.5]")
    assert varied.scenario_of(1).events == by_id.events
    typed = job("scenario=crimea_2014", "weeks=60", "compare.it.scenario.events.mh17.size=0.5")
    assert typed.scenario_of(1).events == by_id.events


def test_an_override_names_an_event_by_its_id() -> None:
    by_id, by_number = (
        job("scenario=crimea_2014", "weeks=60", f"scenario.events{event}.size=0.5")
        for event in (".mh17", "[11]")
    )
    assert by_id.scenario.events == by_number.scenario.events
    assert next(e.size for e in by_id.scenario.events if e.id == "mh17") == 0.5
    with pytest.raises(InputError, match="no event mh71; did you mean mh17"):
        job("scenario=crimea_2014", "weeks=60", "scenario.events.mh71.size=0.5")


def test_every_event_that_is_shipped_has_an_id_of_its_own() -> None:
    for path in (CONFIGS / "scenario").glob("*.yaml"):
        ids = [event.id for event in load_scenario(path.stem).events]
        assert all(ids)
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("mh17", "is the id of events[0] too"),
        ("MH 17", "must be a name of 1 to 40 small letters"),
        (17, "must be a name of 1 to 40 small letters"),
        (True, "must be a name of 1 to 40 small letters"),
    ],
)
def test_an_id_is_a_name_and_of_one_event_only(tmp_path: Path, second: object, told: str) -> None:
    event = {"date": "2014-07-17", "kind": "grievance", "actor": "west", "target": "RUS",
             "size": 0.1, "what": "It", "source": "Us"}  # fmt: skip
    events = [{"id": "mh17", **event}, {"id": second, **event}]
    flag = mine(tmp_path, yaml.safe_dump({"scenario": {"events": events}}))
    with pytest.raises(InputError) as error:
        job(flag, "experiment=own", "scenario=crimea_2014", "weeks=60")
    assert "scenario.events[1].id" in str(error.value)
    assert told in str(error.value)


def test_a_message_says_which_event_it_means() -> None:
    with pytest.raises(InputError, match=r"events\[11\]\.size = 2: .* \(event mh17\)"):
        job("scenario=crimea_2014", "weeks=60", "scenario.events[11].size=2")


def test_a_variant_resets_what_the_chosen_option_of_its_group_set(tmp_path: Path) -> None:
    flag = mine(tmp_path, "compare: {plain: {diplomacy: attaches}}\n")
    found = job(flag, "experiment=own", "diplomacy=full", RIVALS)
    declared = job(RIVALS).points[0].parameters
    assert dict(found.points[1].parameters) == dict(declared)


def test_a_list_is_played_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("fear_gain,world\n1.5,doubly_stable\n2.5,doubly_dangerous\n1.5,baseline\n")
    found = job(RIVALS, "design.method=list", f"design.file={file}")
    assert [p.parameters["fear_gain"] for p in found.points] == [1.5, 2.5, 1.5]
    assert [p.parameters["offence"] for p in found.points] == [0.1, 0.9, 0.5]


def test_sampled_points_lie_within_their_ranges_and_levels() -> None:
    found = job(
        RIVALS, "design.method=sobol", "design.points=64", "vary.fear_gain={low: 1, high: 3}",
        "vary.accident={low: 0.001, high: 0.1, scale: log}", "vary.world=[doubly_stable,baseline]",
    )  # fmt: skip
    gains = np.array([p.parameters["fear_gain"] for p in found.points])
    odds = np.array([p.parameters["accident"] for p in found.points])
    assert ((gains >= 1) & (gains <= 3)).all()
    assert abs(gains.mean() - 2.0) < 0.05
    assert abs(np.log10(odds).mean() + 2.0) < 0.05  # the middle of a log range
    assert sum(p.label["world"] == "baseline" for p in found.points) == 32


def test_all_parameters_are_varied_over_their_declared_ranges() -> None:
    found = job(RIVALS, "design.method=morris", "design.points=2", "vary.parameters=all")
    n = len(found.points[0].parameters)
    assert len(found.points) == 2 * (n + 1)
    assert len(found.design.axes) == n


def test_parameters_within_a_part_of_their_range_stay_near_their_values_and_inside() -> None:
    found = job(RIVALS, "design.method=sobol", "design.points=256",
                "vary.parameters={of: [channel_strength, fear_gain], within: 0.1}")  # fmt: skip
    strength, gain = (
        np.array([p.parameters[name] for p in found.points])
        for name in ("channel_strength", "fear_gain")
    )
    c = COEFFICIENTS["fear_gain"]
    tenth = 0.1 * (c.high - c.low)
    assert (np.abs(gain - c.value) <= tenth).all()
    assert gain.min() < c.value - 0.9 * tenth
    assert gain.max() > c.value + 0.9 * tenth
    assert 0.9 <= strength.min() < 0.91
    assert 0.99 < strength.max() <= 1.0  # declared 1, the end of its range


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["vary.fear_gain={low: 1, high: 3}"], ("vary.fear_gain", "list of levels")),
        (["vary.fear_gain={low: 3, high: 1}", "design.method=sobol", "design.points=4"],
         ("low must be below high",)),
        (["vary.fear_gain={low: 1, high: 99}", "design.method=sobol", "design.points=4"],
         ("vary.fear_gain.high", "99", "must be a number from")),
        (["vary.accident={low: 0, high: 0.1, scale: log}", "design.method=sobol",
          "design.points=4"], ("above 0 on a log scale",)),
        (["design.method=sobol", "design.points=4"], ("needs at least one axis",)),
        (["vary.fear_gain=[1,2]", "design.method=morris", "design.points=4"], ("needs a range",)),
        (["vary.fear_gain=[1,2]", "design.points=4"], ("applies to latin_hypercube",)),
        (["design.method=list"], ("design.file", "is required")),
        (["design.method=list", "design.file=missing.csv"], ("cannot be read",)),
        (["vary.scenario.traits.AAA.firmness=[0.1,2]"], ("firmness", "from 0 to 1")),
        (["vary.scenario.traits.NOR.firmness=[0.1]"], ("NOR", "not among")),
        (["vary.scenario.events.7.size=[0.5]"], ("the scenario has no events.7",)),
        (["vary.scenario.events.mh17.size=[0.5]"], ("the scenario has no events.mh17",)),
        (["scenario=crimea_2014", "weeks=60", "vary.scenario.events.11.size=[0.1,0.2]",
          "compare.a={scenario: {events: {mh17: {size: 0.3}}}}"],
         ("scenario.events.11.size varies",)),
        (["compare.none={}"], ("must set at least one",)),
        (["compare.baseline={diplomacy: hotline}"], ("must have a name",)),
        (["compare.a={diplomacy: hotlien}"], ("did you mean hotline?",)),
        (["compare.a={parameters: {fear_gian: 1}}"], ("did you mean fear_gain?",)),
        (["compare.a={scenario: {titel: x}}"], ("titel", "unknown key")),
        (["compare.a={parameters: {hotline: 1}}", "vary.hotline=[0,1]"], ("is varied by",)),
        (["precision={quantity: clahs, tolerance: 0.1, most: 9999}"], ("did you mean clash?",)),
        (["precision={quantity: clash, tolerance: 0.1, most: 10}"], ("2000 or more",)),
        (["vary.parameters=[fear_gian]", "design.method=sobol", "design.points=4"],
         ("did you mean fear_gain?",)),
        (["vary.parameters={of: all, within: 2}", "design.method=sobol", "design.points=4"],
         ("vary.parameters.within", "2")),
        (["series=[fear]"], ("series[0]", "must be one of")),
    ],
)  # fmt: skip
def test_what_cannot_be_varied_is_told(words: list[str], parts: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as raised:
        read_jobs([RIVALS, *words])
    faults = [str(fault) for fault in raised.value.faults]
    assert any(all(part in fault for part in parts) for fault in faults), faults
    assert len(faults) <= 2, faults


def test_a_fault_in_a_list_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("fear_gain,world\n1.5,doubly_stable\n99,doubly_sable\n2\n")
    with pytest.raises(InputError) as raised:
        read_jobs([RIVALS, "design.method=list", f"design.file={file}"])
    told = [str(fault) for fault in raised.value.faults]
    assert any("line 3: fear_gain = 99" in text for text in told)
    assert any("line 3: world" in text and "doubly_stable" in text for text in told)
    assert any("line 4: has 1 values, not 2" in text for text in told)
