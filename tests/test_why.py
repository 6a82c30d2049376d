"""Why a world went as it did: planted causes are found, what is told follows from the futures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.__main__ import main
from sim.asking import explained
from sim.engine.native import PLAIN
from sim.errors import InputError
from sim.forks.futures import NEVER, Arm, Outcome, outcomes_of, worst
from sim.forks.links import LinkKind, nearest_links
from sim.forks.sentences import Teller
from sim.forks.why import ALL, Compared, Two, kinds_of, sign_test
from sim.plan.changes import Change
from sim.report import whys

if PLAIN:
    pytest.skip("plays too many worlds for plain Python", allow_module_level=True)

QUIET = {
    "fog": 0.0, "misread_intent": 0.0, "misread_capability": 0.0, "lost_signal": 0.0,
    "accident": 0.0, "misjudged_resolve": 0.0, "issue_size": 0.0, "deploy_base": -12.0,
    "accuse_base": -8.0, "sanction_base": -12.0, "expel_base": -10.0,
    "talk_base": -8.0, "strike_base": -12.0, "withdraw_base": -5.0, "withdraw_presence": 6.0,
    "mediation": 0.0, "intent_size": 1.0, "alarm_memory": 0.95, "alarm_limit": 4.0,
    "deploy_alarm": 5.0, "incident": 0.5, "incident_base": 2.0,
    "incident_reach": 1.0, "stand_base": 4.0, "stand_belief": 0.0, "accuse_alarm": 0.0,
    "sanction_alarm": 0.0, "expel_alarm": 0.0, "soften_base": -8.0,
}  # fmt: skip
"""Two rivals between whom nothing stirs but what is planted, and whose displays always meet."""


def planted(gain: float, *weeks: int) -> sim.World:
    """Return a world in which Betania misreads Alphia in some weeks, and clashes for it."""
    changes = [{"kind": "misreading", "name": "intent", "who": "BBB", "toward": "AAA",
                "week": week, "value": "hostile"} for week in weeks]  # fmt: skip
    settings: dict[str, Any] = {"scenario.changes": changes}
    study = sim.run(settings, scenario="two_rivals", worlds=20, weeks=40, progress=False,
                    parameters={**QUIET, "alarm_gain": gain})  # fmt: skip
    clashed = study.outcomes.loc[study.outcomes["peak_rung_leaders"] >= 5, "world"]
    return study.world(int(clashed.iloc[0]))


def test_nothing_stirs_where_nothing_is_planted() -> None:
    study = sim.run(scenario="two_rivals", worlds=100, weeks=40, progress=False, parameters=QUIET)
    assert study.outcomes["peak_rung_leaders"].max() < 3


def test_the_one_misreading_that_is_decisive_is_found() -> None:
    found = planted(4.0, 10).why()
    triggers = found.table[found.table["trigger"]]
    assert triggers[["week", "kind"]].to_numpy().tolist() == [[10, "forces met"]]
    decisive = found.table[found.table["decisive"]]
    assert decisive[["week", "kind", "who"]].to_numpy().tolist() == [[10, "misreading", "BBB"]]
    first = decisive.iloc[0]
    assert first["rank"] == 1
    assert first["same_luck"] == "does not come"
    assert (first["with"], first["without"], first["alone"]) == (1.0, 0.0, 1.0)
    assert "Without Betania's misreading in week 10 a clash follows in 0 % (0 to 2)" in str(found)
    assert not (found.pairs["relation"] == "together").any()


def test_two_misreadings_that_are_needed_together_are_reported_as_two() -> None:
    found = planted(2.0, 10, 11).why()
    decisive = found.table[found.table["decisive"]]
    assert set(decisive["week"]) == {10, 11}
    assert set(decisive["kind"]) == {"misreading"}
    assert (decisive["alone"] < 0.1).all()
    together = found.pairs[found.pairs["relation"] == "together"]
    assert together[["week_1", "week_2"]].to_numpy().tolist() == [[10, 11]]
    told = [s for s in found.sentences if "needed together" in s]
    assert len(told) == 1
    assert "in week 10" in told[0]
    assert "in week 11" in told[0]
    assert any("Alone it would have come to nothing in" in s for s in found.sentences)


def test_either_of_two_misreadings_would_have_done() -> None:
    found = planted(4.0, 10, 14)  # the first suffices; without it the second would
    assert worst(found.history).week == 10
    later = found.fork(9, changes=[Change("misreading", 12, "BBB", "AAA", "intent", "hostile")])
    assert later.history.pair("AAA", "BBB", "rung").max() == 5.0


# What follows from the futures


def compared(had: int, lacked: int, n: int = 100) -> Compared:
    """Return futures of which so many come to it with something, and of these so many without."""
    here = np.arange(n)
    return Compared.of(here < had, here < lacked)


@pytest.mark.parametrize(
    ("had", "lacks", "follows", "relation"),
    [
        (90, (10, 20, 5), False, "together"),
        (90, (10, 20, 5), True, "chain"),
        (90, (80, 70, 10), False, "either"),
        (90, (80, 70, 60), False, ""),
        (90, (10, 80, 10), False, ""),
        (0, (0, 0, 0), False, ""),
        (90, (45, 45, 45), False, "together"),  # a half is few
        (90, (46, 46, 45), False, "either"),
        (4, (0, 0, 0), False, ""),  # may be chance
    ],
)
def test_how_two_links_work(
    had: int, lacks: tuple[int, int, int], follows: bool, relation: str
) -> None:
    one, other, both = (compared(had, lacked) for lacked in lacks)
    assert Two(0, 1, (one, other, both), follows).relation == relation


def test_an_effect_is_paired_and_clear_where_chance_would_not_do_it() -> None:
    found = compared(8, 3, 10)
    assert found.effect[0] == 0.5
    assert found.effect[1] < 0.5 < found.effect[2]
    assert found.chance == pytest.approx(2 * 0.5**5)  # five changes, all one way
    assert not found.clear()
    wide = compared(80, 30, 100)
    assert 0.3 < wide.effect[1] < 0.5 < wide.effect[2] < 0.7
    assert wide.clear(15)
    assert wide.decides(15)
    assert sign_test(5, 5) == 1.0
    assert sign_test(9, 1) == pytest.approx(2 * 11 / 1024)
    assert [compared(k, k, 20).testable(15) for k in (9, 10)] == [False, True]  # 2**-9, 2**-10


def test_the_outcome_of_futures_is_that_of_worlds_played_apart() -> None:
    world = sim.world(8, scenario="two_rivals", weeks=80, seed=3)
    past, at = world.past, 40
    loud = Change("hold", at, "AAA", "BBB", "rhetoric", 1.0, 5)
    outcome = Outcome(0, 3, 60, 80)
    found = outcomes_of(past, outcome, [Arm("as it was", at, at, n_lucks=20),
                                        Arm("loud", at, at, (loud,), n_lucks=20)])  # fmt: skip
    for name, changes in (("as it was", []), ("loud", [loud])):
        for luck in (0, 1, 17):
            # The change acts in a week of the old luck: it is in the past of what has another.
            mine = world.fork(at - 1, changes=changes) if changes else world
            future = mine.fork(at, luck=luck) if luck else mine
            rungs = future.history.pair("AAA", "BBB", "rung")
            there = np.flatnonzero(rungs[at:] >= 3)
            assert found[name][luck] == (at + there[0] if len(there) else NEVER)


def test_links_are_the_chain_and_the_rest_the_latest() -> None:
    world = sim.world(7, scenario="attache_briefing", seed=3)
    outcome = worst(world.history)
    links = nearest_links(world.past, outcome)
    assert len(links) == 15
    assert [link.week for link in links] == sorted(link.week for link in links)
    assert all(outcome.week - 52 <= link.week <= outcome.week for link in links)
    near = [link for link in links if link.near == 0]
    assert near
    assert all(link.week == outcome.week and link.begins for link in near)
    assert not any(link.begins for link in links if link.near)
    for link in links:
        history, week = world.history, link.week
        if link.kind == LinkKind.MISREADING:
            change = link.without
            assert change is not None
            field = {"signal": "misread_signal"}.get(change.name, f"misread_{change.name}")
            assert history.relation(link.who, link.toward, field)[week] != 0.0
        elif link.kind == LinkKind.ACCIDENT:
            assert history.relation(link.who, link.toward, "accident")[week] != 0.0
        elif link.kind in (LinkKind.WORDS, LinkKind.DEPLOYMENT, LinkKind.SANCTIONS):
            assert link.instrument is not None
            levels = history.relation(link.who, link.toward, link.instrument.field)
            assert levels[week] > levels[week - 1]


@pytest.mark.slow
def test_a_link_taken_out_is_gone() -> None:
    world = sim.world(7, scenario="attache_briefing", seed=3)
    for link in nearest_links(world.past, worst(world.history)):
        if link.without is not None and link.week > 1:
            other = world.fork(link.week - 1, changes=[link.without])
            assert not np.array_equal(other.history.relations, world.history.relations), link


def test_the_worst_is_the_scenarios_pair_where_it_is_among_the_highest() -> None:
    world = sim.world(7, scenario="attache_briefing", seed=3)
    found = worst(world.history)
    rungs = world.history.pairs[:, found.pair, 6]
    assert found.week >= 1
    assert rungs[found.week] == found.rung
    assert (rungs[1 : found.week] < found.rung).all()
    georgia = sim.world(3, scenario="georgia_2008", seed=1)
    at = worst(georgia.history)
    assert at.pair == georgia.past.scenario.roster.atlas.subject_pair  # not opposed, but at war
    assert at.rung == 6
    poland = worst(world.history, ("POL", "RUS"))
    assert world.past.scenario.roster.pairs[poland.pair] != world.past.scenario.roster.leaders


# Over an ensemble, and where it is asked


def test_kinds_of_links_are_counted_by_world() -> None:
    worlds = [planted(2.0, 10, 11), planted(2.0, 10, 11)]
    kinds = kinds_of(explained(worlds, n_lucks=20))
    assert kinds.triggers[["kind", "n"]].to_numpy().tolist() == [["forces met", 2]]
    table: Any = kinds.links.set_index("kind")
    # The misreading of week 10 comes before the clash of week 11; without it there is no risk.
    assert table.loc["misreading", ["asked", "testable", "decisive"]].tolist() == [2, 2, 2]
    assert table.loc["misreading", "effect"] > 0.8
    assert table.loc[ALL, "effect"] == pytest.approx(table.loc["misreading", "effect"])
    assert "accident" not in table.index
    lines = whys.kinds_lines(kinds, "a clash")
    assert "The trigger: forces met in 100 % (34 to 100)." in lines
    assert any("decisive in 2 of the 2 worlds" in line for line in lines)


def test_links_taken_out_together_are_those_of_earlier_weeks() -> None:
    found = planted(2.0, 10, 11).why(lucks=60)
    groups = {each.name: each for each in found.why.groups}
    assert groups[ALL].n_links == 1
    assert groups["BBB"].n_links == 1
    assert groups[ALL].compared.had.value > 0.9
    assert groups[ALL].compared.lacked.value < 0.1
    assert any("earlier link" in s and "so they raised it" in s for s in found.sentences)


def test_the_command_writes_a_page_tables_and_a_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", "scenario=two_rivals", "seed=3", "world=8", "lucks=40",
                 f"output={tmp_path}"]) == 0  # fmt: skip
    told = capsys.readouterr().out
    assert told.splitlines()[0].startswith("Alphia and Betania came to a clash in week 74")
    assert told.splitlines()[1].startswith("It began so: Betania chose to use force against Alphia")
    assert (tmp_path / "figures" / "why.png").is_file()
    links = pd.read_csv(tmp_path / "links.csv")
    assert links["rank"].tolist() == list(range(len(links)))
    assert links["trigger"].tolist() == [True] + [False] * (len(links) - 1)
    assert (
        (links["without_lo"] <= links["without"]) & (links["without"] <= links["without_hi"])
    ).all()
    effects = links["with"] - links["without"]
    assert effects.to_numpy() == pytest.approx(links["effect"].to_numpy())
    page = (tmp_path / "why.md").read_text("utf-8")
    for row in links["what"]:
        assert row[1:20] in page


def test_a_world_is_followed_beyond_its_last_week() -> None:
    world = sim.world(8, scenario="two_rivals", weeks=76, seed=3)
    found = world.why(lucks=20)
    assert (found.why.outcome.week, found.why.outcome.until) == (74, 100)
    longer = sim.world(8, scenario="two_rivals", weeks=90, seed=3).why(lucks=20)
    assert longer.table.equals(found.table)


def test_a_study_is_asked_by_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = sim.run(scenario="two_rivals", worlds=40, weeks=104, seed=3, progress=False,
                    output=tmp_path / "s")  # fmt: skip
    assert main(["why", str(tmp_path / "s"), "lucks=10", "figures=none"]) == 0
    n = int((study.outcomes["peak_rung_subject"] >= 5).sum())
    assert f"{n} worlds that came to a clash" in capsys.readouterr().out
    assert main(["why", str(tmp_path / "s"), "world=8", "lucks=10", "figures=none"]) == 0
    assert (tmp_path / "s" / "why" / "world_8" / "why.md").is_file()
    again = sim.run(scenario="two_rivals", worlds=40, weeks=104, seed=3, progress=False,
                    output=tmp_path / "s")  # fmt: skip
    assert again.outcomes.equals(study.outcomes)


def test_an_answer_is_written_over_nothing_but_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["why", "scenario=two_rivals", "seed=3", "world=8", "lucks=4", "figures=none"]
    assert main([*words, f"output={tmp_path / 'a'}"]) == 0
    assert main([*words, f"output={tmp_path / 'a'}"]) == 0  # the same question
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "why.md").write_text("precious", "utf-8")
    capsys.readouterr()
    for folder, more in (("mine", []), ("a", ["pair=AAA-BBB"]), ("", [])):
        place = f"output={tmp_path / folder}" if folder else "output="
        assert main([*words, *more, place]) == 2
        told = capsys.readouterr().err
        assert "use another folder" in told or "must name a folder" in told
    assert (tmp_path / "mine" / "why.md").read_text("utf-8") == "precious"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["scenario=two_rivals", "world=3", "world=4"], "is given twice"),
        (["scenario=two_rivals", "world=3", "within=0"], "from 1 to 520"),
        (["-m", "scenario=two_rivals", "world=3", "seed=3,4"], "takes one run, not 2"),
        (["scenario=two_rivals"], "world: is required"),
        (["scenario=two_rivals", "world=x"], 'world = "x": must be a whole number'),
        (["scenario=two_rivals", "world=3", "lucks=0"], "lucks"),
        (["scenario=two_rivals", "world=3", "pair=AAA"], "must name two states"),
        (["scenario=two_rivals", "world=3", "pair=AAA-CCC"], "have no relation here"),
        (["scenario=two_rival", "world=3"], "two_rivals"),
        (["nowhere", "world=3"], "nowhere"),
        (["nowhere", "world=3", "seed=3"], "cannot be combined with the study"),
        (["scenario=two_rivals", "world=3", "figures=gif"], "must be one of png, all, none"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", *words]) == 2
    assert told in capsys.readouterr().err


def test_a_quiet_world_has_nothing_to_explain() -> None:
    world = sim.world(0, scenario="two_rivals", weeks=20, parameters=QUIET)
    with pytest.raises(InputError, match="nothing to explain"):
        world.why()


def test_futures_of_futures_can_be_asked_as_well() -> None:
    world = sim.world(8, scenario="two_rivals", weeks=80, seed=3).fork(30, luck=4)
    outcome = worst(world.history)
    if outcome.rung >= 3:
        found = world.why(lucks=10)
        assert "week" in Teller(found.why).headline()
