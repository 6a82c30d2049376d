"""Forks: the same past to the bit, another future; what is changed acts there and then alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.config.job import load_scenario
from sim.config.sources import CONFIGS
from sim.engine.blocks import Block, noted
from sim.engine.forks import Fork
from sim.engine.history import replay
from sim.engine.native import PLAIN, width
from sim.engine.notes import Tracks
from sim.errors import InputError
from sim.model.parameters import Parameters, parameter_block
from sim.model.roster import Roster
from sim.model.state import Pair, Relation
from sim.plan.changes import AT_START, KINDS, Change, changed

if PLAIN:
    pytest.skip("plays too many worlds for plain Python", allow_module_level=True)

SCENARIOS = sorted(path.stem for path in (CONFIGS / "scenario").glob("*.yaml"))
WEEK, WEEKS = 13, 30
POINT = parameter_block({}, 1)[0, :, 0]
WEEKLY = ("rungs", "acts", "traces", "causes", "levels")


def played(roster: Roster, numbers: Any, fork: Fork | None = None, **values: float) -> Tracks:
    point = parameter_block(values, 1)[0, :, 0]
    return noted(roster, point, numbers, n_weeks=WEEKS, seed=5, fork=fork)


def same(one: Tracks, other: Tracks, weeks: slice = slice(None)) -> bool:
    """Say whether two tracks are alike, in some weeks of those that have weeks."""
    return all(
        np.array_equal(getattr(one, name)[weeks], getattr(other, name)[weeks]) for name in WEEKLY
    )


# Identity and locality


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_fork_without_a_change_is_the_world_itself(name: str) -> None:
    roster = load_scenario(name).roster
    worlds = np.arange(3, 7)
    whole = played(roster, worlds)
    for fork in (Fork(WEEK, other=False), Fork(0, other=False), Fork(WEEK, past=((4, 0),))):
        again = played(roster, worlds, fork)
        assert same(whole, again) == (not fork.other)
    of_one = played(roster, np.arange(4), Fork(WEEK, world=5))
    mine, its = (np.concatenate([a.ravel() for a in t]) for t in (
        Tracks(*(a[..., :1] for a in of_one)), Tracks(*(a[..., 2:3] for a in whole))))  # fmt: skip
    assert np.array_equal(mine, its)


@pytest.mark.parametrize("name", SCENARIOS)
def test_another_luck_changes_the_future_alone(name: str) -> None:
    roster = load_scenario(name).roster
    found = played(roster, np.arange(4), Fork(WEEK, world=5))
    own = Tracks(*(np.repeat(a[..., :1], 3, axis=-1) for a in found))
    others = Tracks(*(a[..., 1:] for a in found))
    assert same(own, others, slice(0, WEEK + 1))
    assert all((own.acts[..., k] != others.acts[..., k]).any() for k in range(3))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_change_touches_nothing_before_its_week(name: str) -> None:
    scenario = load_scenario(name)
    one, other = scenario.roster.subject
    at = WEEK + 1
    roster = changed(scenario.roster, [
        Change("hold", at, one, other, "deployment", 1.0),
        Change("hold", at, other, one, "deployment", 1.0),
        Change("misreading", at, one, other, "intent", "hostile"),
    ])  # fmt: skip
    before, after = played(scenario.roster, np.arange(6)), played(roster, np.arange(6))
    assert same(before, after, slice(0, at))
    assert not same(before, after, slice(at, None))


def test_a_future_of_a_future_has_the_past_of_both() -> None:
    roster = load_scenario("two_rivals").roster
    first = played(roster, [2], Fork(6, world=4))
    second = played(roster, [0, 3], Fork(WEEK, world=4, past=((6, 2),)))
    assert same(Tracks(*(a[..., :1] for a in second)), first)
    assert np.array_equal(second.acts[: WEEK + 1, :, 0], second.acts[: WEEK + 1, :, 1])
    assert (second.levels[WEEK + 1 :, :, 0] != second.levels[WEEK + 1 :, :, 1]).any()


def test_a_world_in_full_is_the_same_future() -> None:
    scenario = load_scenario("baltic_reinforcement")
    fork = Fork(WEEK, world=9)
    tracks = played(scenario.roster, np.arange(3), fork)
    for number in range(3):
        history = replay(scenario.roster, POINT, world=number, n_weeks=WEEKS, seed=5, fork=fork)
        rungs = history.pairs[:, :, Pair.FIELDS.index("rung")]
        assert np.array_equal(rungs, tracks.rungs[..., number])


def test_blocks_take_worlds_from_others_with_what_was_noted() -> None:
    roster = load_scenario("two_rivals").roster
    source, whole = Block(roster, WEEKS, 5), Block(roster, WEEKS, 5)
    for block in (source, whole):
        block.begin(np.stack([POINT, POINT]), [3, 8])
        block.play(WEEK)
    mine = Block(roster, WEEKS, 5)
    mine.take(source, [1, 0])
    gathered = Block(roster, WEEKS, 5)
    gathered.gather([(source, 1), (whole, 0)])
    for block in (mine, gathered, whole):
        block.play(WEEKS)
    order = [1, 0]
    for ours in (mine, gathered):
        for array, its in zip(ours.world[:4], whole.world[:4], strict=True):
            assert np.array_equal(array[..., :2], its[..., order])
    for array, its in zip(mine.tracks.value, whole.tracks.value, strict=True):
        assert np.array_equal(array[..., :2], its[..., order])


# What each kind of change does

HELD = [
    (Change("misreading", 5, "AAA", "BBB", "intent", "benign"), "misread_intent", -1.0),
    (Change("misreading", 5, "AAA", "BBB", "capability", "over"), "misread_capability", 1.0),
    (Change("misreading", 5, "AAA", "BBB", "signal", "a concession lost"), "misread_signal", -1.0),
    (Change("accident", 5, "AAA", "BBB", value="an unintended display"), "accident", -1.0),
    (Change("hold", 5, "AAA", "BBB", "rhetoric", 0.75, 3), "rhetoric", 0.75),
    (Change("limit", 5, "AAA", "BBB", "rhetoric", 0.0, 3), "rhetoric", 0.0),
    (Change("force", 5, "AAA", "BBB", value="used"), "force", 1.0),
]


@pytest.mark.parametrize(("change", "field", "value"), HELD, ids=lambda v: str(v)[:24])
def test_what_is_held_is_so_in_its_weeks(change: Change, field: str, value: float) -> None:
    roster = changed(load_scenario("two_rivals").roster, [change])
    for world in range(3):
        history = replay(roster, POINT, world=world, n_weeks=12, seed=5)
        mine = history.relation("AAA", "BBB", field)
        assert (mine[change.week : change.week + change.weeks] == value).all()


def test_forces_meet_and_sides_stand_as_held() -> None:
    base = load_scenario("two_rivals").roster
    met = Change("incident", 5, "AAA", "BBB", value="met")
    for way, clash in (("stand", True), ("yield", False)):
        roster = changed(base, [met, Change("stance", 5, "AAA", "BBB", value=way),
                                Change("stance", 5, "BBB", "AAA", value="stand")])  # fmt: skip
        history = replay(roster, POINT, world=2, n_weeks=6, seed=5)
        assert history.relation("AAA", "BBB", "stance")[5] == (1.0 if clash else -1.0)
        assert (history.pair("AAA", "BBB", "violence")[5] > 0.0) == clash
    quiet = changed(base, [Change("incident", w, "AAA", "BBB", value="none") for w in range(1, 31)])
    stances = [replay(quiet, POINT, world=w, n_weeks=30, seed=5).relation("AAA", "BBB", "stance")
               for w in range(20)]  # fmt: skip
    assert not np.any(stances)


def test_an_apology_keeps_an_accident_from_a_clash() -> None:
    base = load_scenario("two_rivals").roster
    slip = Change("accident", 5, "AAA", "BBB", value="force")
    meant = changed(base, [slip, Change("hold", 4, "BBB", "AAA", "rhetoric", 1.0)])
    excused = changed(base, [slip, Change("apology", 5, "AAA", "BBB")])
    tracks = [played(roster, np.arange(64)) for roster in (meant, excused)]
    clashed = [(t.rungs[5, 0] >= 5).mean() for t in tracks]
    assert clashed[1] == 0.0
    assert clashed[0] > 0.0


def test_a_channel_is_held_and_a_mediator_called() -> None:
    base = load_scenario("two_rivals").roster
    held = replay(changed(base, [Change("channel", 5, "BBB", "AAA", value=0.9, weeks=4)]), POINT,
                  world=1, n_weeks=9, seed=5)  # fmt: skip
    assert held.pair("AAA", "BBB", "channel")[5:9] == pytest.approx([0.9] * 4)
    called = replay(changed(base, [Change("mediator", 5, "AAA", "BBB")]), POINT, world=1,
                    n_weeks=9, seed=5)  # fmt: skip
    assert called.pair("AAA", "BBB", "mediated")[5] == 1.0
    assert called.pair("AAA", "BBB", "talks")[5] > 0.5


def test_an_ally_that_stays_out_is_not_drawn_in() -> None:
    scenario = load_scenario("baltic_reinforcement")
    fire = [Change("force", 5, "RUS", "USA", value="used"),
            Change("hold", 5, "RUS", "USA", "deployment", 1.0)]  # fmt: skip
    joined = {}
    for name, more in (("free", []), ("out", [
        Change("stay_out", 1, code, weeks=WEEKS) for code in scenario.roster.codes
    ])):  # fmt: skip
        tracks = played(changed(scenario.roster, [*fire, *more]), np.arange(24))
        joined[name] = int(tracks.levels[-1, 20].sum())  # allies drawn in, so far
    assert joined["free"] > 0
    assert joined["out"] == 0


def test_a_parameter_counts_from_its_week_on() -> None:
    base = load_scenario("two_rivals").roster
    mine = changed(base, [Change("parameter", WEEK + 1, name="fear_gain", value=4.0)])
    usual, high = played(base, np.arange(40)), played(mine, np.arange(40))
    assert same(usual, high, slice(0, WEEK + 1))
    fear = [t.levels[:, 1].astype(float) for t in (usual, high)]  # of the leaders
    assert (fear[1][-1] - fear[0][-1]).mean() > 5.0
    mixed = np.stack([parameter_block({"fog": f}, 1)[0, :, 0] for f in np.linspace(0, 1, 16)])
    block, other = Block(mine, WEEKS, 5), Block(mine, WEEKS, 5)
    for each in (block, other):
        each.begin(mixed[: width()], np.arange(min(width(), 16)))
    block.play(WEEKS)
    for week in range(1, WEEKS + 1):  # however it is cut
        other.play(week)
    assert all(map(np.array_equal, block.world[:4], other.world[:4]))
    at = Parameters.FIELDS.index("fear_gain")
    assert (block.world.parameters[0, at] == 4.0).all()


@pytest.mark.slow
def test_parameters_that_count_at_the_start_only_are_named() -> None:
    """Those that change nothing after the start, in any of a few scenarios, but do before it."""
    inert: set[str] | None = None
    acts: set[str] = set()
    for name in ("attache_briefing", "nordic_accession", "two_rivals"):
        roster = load_scenario(name).roster
        block = Block(roster, 40, 3)

        def state(
            values: np.ndarray, late: tuple[int, float] | None, block: Block = block
        ) -> bytes:
            block.begin(values, np.arange(min(4, width())))
            if late:
                block.play(1)
                block.world.parameters[0, late[0]] = late[1]
            block.play(40)
            return b"".join(array.tobytes() for array in block.world[:4])

        usual, still = state(POINT, None), set()
        for k, parameter in enumerate(Parameters.FIELDS):
            c = sim.COEFFICIENTS[parameter]
            value = c.high if abs(c.high - POINT[k]) > abs(c.low - POINT[k]) else c.low
            if state(POINT, (k, value)) == usual:
                still.add(parameter)
                early = POINT.copy()
                early[k] = value
                if state(early, None) != usual:
                    acts.add(parameter)
        inert = still if inert is None else inert & still
    assert inert is not None
    named = {n for n in Parameters.FIELDS if n in AT_START or n.startswith("start_")}
    given = {
        n for n in Parameters.FIELDS if n.endswith(("_given", "_briefing"))
    }  # with dated events to come
    assert (inert & acts) - named <= given
    assert {"audience", "size_half", "size_share", "start_resolve"} <= inert & acts


# Studies of futures

PART = {"scenario": "two_rivals", "weeks": WEEKS, "seed": 5}


def test_futures_are_a_study_like_any_other(tmp_path: Path) -> None:
    world = sim.world(5, scenario="two_rivals", weeks=WEEKS, seed=5)
    study = world.futures(WEEK, 40, output=tmp_path / "a", progress=False)
    assert len(study.outcomes) == 40
    plain = sim.run(PART, progress=False, worlds=8).outcomes
    own, its = (t.drop(columns="world") for t in (study.outcomes, plain))
    assert own.iloc[0].equals(its.iloc[5])
    for settings in ({"execution.threads": 1}, {"execution.shard": 7}, {"execution.shard": 16}):
        other = world.futures(WEEK, 40, progress=False, **settings)
        pd.testing.assert_frame_equal(other.outcomes, study.outcomes)
        pd.testing.assert_frame_equal(other.points, study.points)


@pytest.mark.slow
def test_futures_come_from_a_cluster_with_the_same_bytes(tmp_path: Path) -> None:
    change = {"kind": "hold", "name": "rhetoric", "who": "AAA", "toward": "BBB", "week": 20,
              "value": 1.0, "weeks": 3}  # fmt: skip
    world = sim.world(5, scenario="two_rivals", weeks=WEEKS, seed=5)
    here = world.futures(WEEK, 24, [change], output=tmp_path / "here", progress=False)
    far = world.futures(WEEK, 24, [change], output=tmp_path / "far", progress=False,
                        execution={"kind": "dask", "workers": 2, "shard": 8})  # fmt: skip
    pd.testing.assert_frame_equal(here.outcomes, far.outcomes)
    pd.testing.assert_frame_equal(here.points, far.points)


def test_variants_of_futures_share_their_luck() -> None:
    world = sim.world(5, scenario="two_rivals", weeks=WEEKS, seed=5)
    loud = {"kind": "hold", "name": "rhetoric", "who": "BBB", "toward": "AAA", "week": WEEK + 1,
            "value": 1.0, "weeks": 10}  # fmt: skip
    study = world.futures(WEEK, 60, compare={"loud": [loud], "again": [{**loud, "value": 0.5}]},
                          progress=False, quantities=["rhetoric_leaders"])  # fmt: skip
    assert study.design["variant"].tolist() == ["baseline", "loud", "again"]
    value, low, high = study.difference("rhetoric_leaders", 1)
    assert low > 0.0
    assert low <= value <= high


def test_a_forked_study_goes_on_and_is_another_than_without(tmp_path: Path) -> None:
    settings = {**PART, "worlds": 30, "execution.shard": 8, "output": str(tmp_path / "s")}
    done: list[int] = []

    def stop(n: int, _: int) -> None:
        done.append(n)

    with pytest.raises(sim.CancelledError):
        sim.run(settings, progress=stop, fork={"world": 5, "week": WEEK},
                cancel=lambda: bool(done) and done[-1] >= 8)  # fmt: skip
    study = sim.run(settings, progress=False, fork={"world": 5, "week": WEEK})
    once = sim.run({k: v for k, v in settings.items() if k != "output"}, progress=False,
                   fork={"world": 5, "week": WEEK})  # fmt: skip
    pd.testing.assert_frame_equal(study.outcomes, once.outcomes)
    with pytest.raises(InputError, match=r"holds another study"):
        sim.run(settings, progress=False, fork={"world": 5, "week": WEEK + 1})
    with pytest.raises(InputError, match=r"holds another study"):
        sim.run(settings, progress=False)


def test_all_worlds_have_one_future_each() -> None:
    usual = sim.run(PART, progress=False, worlds=20)
    other = sim.run(PART, progress=False, worlds=20, fork={"week": WEEK})
    assert not usual.outcomes.equals(other.outcomes)
    pd.testing.assert_frame_equal(
        other.outcomes.iloc[[5]].drop(columns="world").reset_index(drop=True),
        sim.run(PART, progress=False, worlds=2, fork={"week": WEEK, "world": 5})
        .outcomes.iloc[[1]].drop(columns="world").reset_index(drop=True),
        check_dtype=False,
    )  # fmt: skip


def test_worlds_draw_the_parameters_of_their_past() -> None:
    posterior = sim.job(scenario="two_rivals", weeks=WEEKS, worlds=12,
                        parameters={"from": str(POSTERIOR)},
                        fork={"world": 7, "week": 3})  # fmt: skip
    whole = sim.job(scenario="two_rivals", weeks=WEEKS, worlds=12,
                    parameters={"from": str(POSTERIOR)})  # fmt: skip
    assert posterior.parameters_in(0, 4) == whole.parameters_in(0, 7)
    assert posterior.parameters_in(0, 4) != whole.parameters_in(0, 4)


POSTERIOR = Path(sim.__file__).parent / "data" / "posterior.csv"


# One world


def test_a_world_forks_as_its_study_plays_it() -> None:
    study = sim.run(PART, progress=False, worlds=8, tracks=[5])
    world = study.world(5)
    assert world.history.number == 5
    assert "Alphia" in world.story()
    again = world.fork(WEEK)
    assert np.array_equal(again.history.relations, world.history.relations)
    other = world.fork(WEEK, luck=3)
    assert np.array_equal(other.history.relations[: WEEK + 1],
                          world.history.relations[: WEEK + 1])  # fmt: skip
    assert not np.array_equal(other.history.relations, world.history.relations)
    further = other.fork(WEEK + 4, luck=9)
    assert np.array_equal(further.history.relations[: WEEK + 5],
                          other.history.relations[: WEEK + 5])  # fmt: skip
    loud = Change("hold", WEEK + 1, "AAA", "BBB", "rhetoric", 1.0)
    mine = other.fork(WEEK, changes=[loud])  # its luck goes on
    assert mine.history.relation("AAA", "BBB", "rhetoric")[WEEK + 1] == 1.0
    base = other.history.relations[WEEK + 1, 1]
    at = Relation.FIELDS.index("fear")
    assert mine.history.relations[WEEK + 1, 1, at] == base[at]
    assert "hold rhetoric AAA>BBB 1" in repr(mine)


def test_calendar_changes_take_an_event_away_or_add_one() -> None:
    world = sim.world(2, scenario="crimea_2014", weeks=60, seed=5)
    ids = [e for e in world.scenario.events if e.id]
    event = next(e for e in ids if e.week > 5)
    without = world.fork(2, changes=[{"kind": "remove", "name": event.id}])
    assert event.id not in {e.id for e in without.scenario.events}
    at = event.week
    assert np.array_equal(without.history.relations[: at + 1], world.history.relations[: at + 1])
    assert not np.array_equal(without.history.relations, world.history.relations)
    joined = world.fork(2, changes=[{"kind": "admit", "who": "UKR", "value": "west", "week": 20}])
    assert joined.history.state("UKR", "bloc")[19:22].tolist() == [0.0, 1.0, 1.0]
    spoke = world.fork(2, changes=[{"kind": "event", "name": "speech", "who": "RUS",
                                    "toward": "USA", "week": 20, "value": 1.0}])  # fmt: skip
    assert spoke.history.relation("RUS", "USA", "rhetoric")[20] >= 0.75


# What is refused


def refused(**settings: Any) -> str:
    with pytest.raises(InputError) as error:
        sim.job({**PART, "worlds": 10, **settings})
    return str(error.value)


def test_all_errors_of_changes_are_told_at_once() -> None:
    told = refused(**{"scenario.changes": [
        {"kind": "misreading", "who": "AAA", "toward": "BBB", "name": "intent", "week": 5,
         "value": "hostil"},
        {"kind": "hold", "who": "AAA", "toward": "CCC", "name": "deploiment", "week": 50,
         "value": 0.3},
        {"kind": "accident", "week": 3, "value": "none"},
        {"kind": "restrain", "who": "AAA", "toward": "BBB", "name": "rhetoric", "week": 3,
         "value": 1, "weeks": 50},
        {"kind": "parameter", "name": "fear_gane", "week": 3, "value": 1},
        {"kind": "parameter", "name": "start_resolve", "week": 3, "value": 0.4},
        {"kind": "parameter", "name": "fog", "week": 3, "value": 7},
        {"kind": "remove", "name": "mh17"},
        {"kind": "admit", "who": "AAA", "value": "north", "week": 3},
        {"kind": "event", "name": "parade", "who": "AAA", "toward": "BBB", "week": 3},
        {"kind": "wish", "week": 3},
        {"kind": "channel", "who": "AAA", "toward": "AAA", "week": 3, "value": 0.4},
    ]})  # fmt: skip
    for part in (
        "changes[0].value", 'did you mean hostile', "changes[1].name", "changes[1].toward",
        "changes[1].week = 50: is after the end", "changes[2].who: is required",
        "changes[2].toward: is required", "changes[3].value = 1.0: restrain takes no value",
        "changes[3].weeks", "changes[4].name", 'did you mean fear_gain', "changes[5].name",
        "before the first week only", "changes[6].value", "changes[7].name", "changes[8].value",
        "changes[9].name", "changes[10].kind", "have no relation here",
    ):  # fmt: skip
        assert part in told, part


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "hold", "name": "rhetoric", "who": "AAA", "toward": "BBB", "week": 7,
         "value": 0.0},
        {"kind": "restrain", "name": "rhetoric", "who": "AAA", "toward": "BBB", "week": 6},
        {"kind": "limit", "name": "rhetoric", "who": "AAA", "toward": "BBB", "week": 5,
         "value": 0.25},
    ],
)  # fmt: skip
def test_changes_that_contradict_each_other_are_refused(more: dict[str, Any]) -> None:
    first = {"kind": "hold", "name": "rhetoric", "who": "AAA", "toward": "BBB", "week": 5,
             "value": 1.0, "weeks": 3}  # fmt: skip
    assert "changes[1]" in refused(**{"scenario.changes": [first, more]})
    apart = {**more, "week": 8}
    sim.job(PART, **{"scenario.changes": [first, apart]})


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"fork": {"week": WEEKS}}, "leaves no future"),
        ({"fork": {"week": 5, "luck": "same"}}, "every future is the past again"),
        ({"fork": {"week": 5, "world": 2, "luck": "same"}}, "must be 1 where futures of one"),
        ({"fork": {"week": 5, "past": [[8, 1]]}}, "in order of weeks"),
        ({"fork": {"week": 5, "past": [[2, -1]]}}, "a week and the luck"),
        ({"fork": {"week": 5, "lucks": "same"}}, 'did you mean luck'),
        ({"fork": {"week": 5}, "scenario.changes": [
            {"kind": "restrain", "name": "rhetoric", "who": "AAA", "toward": "BBB", "week": 5}]},
         "is in the past of the fork"),
        ({"scenario.changes": [{"kind": "parameter", "name": "fog", "week": 4, "value": 0.5}]},
         "is what fog is already"),
    ],
)  # fmt: skip
def test_forks_that_cannot_be_are_refused(settings: dict[str, Any], told: str) -> None:
    assert told in refused(**settings)


def test_a_change_that_changes_nothing_is_refused_before_anything_is_played() -> None:
    world = sim.world(5, scenario="two_rivals", weeks=WEEKS, seed=5)
    slips = world.history.relation("AAA", "BBB", "accident")
    quiet = int(np.flatnonzero(slips[WEEK + 1 :] == 0.0)[0]) + WEEK + 1
    pins = [{"kind": "accident", "who": "AAA", "toward": "BBB", "week": quiet, "value": "none"},
            {"kind": "stay_out", "who": "AAA", "week": quiet}]  # fmt: skip
    with pytest.raises(InputError) as error:
        world.fork(WEEK, changes=pins)
    told = str(error.value)
    assert "no accident falls there that week" in told
    assert "it joins no fight" in told


def test_a_study_of_changes_that_change_nothing_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = {"kind": "stay_out", "who": "AAA", "week": 20}
    with pytest.raises(InputError, match="it joins no fight"):
        sim.run(PART, progress=False, worlds=12, output=tmp_path / "s",
                **{"scenario.changes": [out]})  # fmt: skip
    assert not (tmp_path / "s").exists()
    study = sim.run(PART, worlds=200, **{"scenario.changes": [out]})  # too many to be sure
    assert len(study.outcomes) == 200
    assert "in the first 64 futures" in capsys.readouterr().out


def test_bad_lucks_and_worlds_are_refused() -> None:
    world = sim.world(5, scenario="two_rivals", weeks=WEEKS, seed=5)
    for luck in (0, -1, 2**32, "other", 1.5):
        with pytest.raises(InputError, match="argument luck"):
            world.fork(WEEK, luck=luck)
    for number in (-1, 2**32, "5"):
        with pytest.raises(InputError):
            sim.world(number, scenario="two_rivals")
    with pytest.raises(InputError):
        sim.run(PART, progress=False, worlds=3).world(2, point=1)


EARLY = {"kind": "hold", "name": "rhetoric", "who": "AAA", "toward": "BBB", "week": 8, "weeks": 3,
         "value": 1.0}  # fmt: skip


def test_no_variant_and_no_fork_of_a_fork_changes_the_past() -> None:
    world = sim.world(5, scenario="two_rivals", weeks=WEEKS, seed=5)
    other = world.fork(4, luck=3)
    tries = [
        lambda: other.futures(WEEK, 5, changes=[EARLY], progress=False),
        lambda: other.fork(WEEK, changes=[EARLY]),
        lambda: world.futures(WEEK, 5, compare={"a": [EARLY]}, progress=False),
        lambda: sim.job(PART, worlds=10, fork={"world": 5, "week": WEEK},
                        compare={"a": {"scenario": {"changes": [EARLY]}}}),
        lambda: sim.job({**PART, "scenario.changes": [{**EARLY, "week": 20}],
                         "vary": {"scenario.changes.0.week": [8, 20]}}, worlds=10,
                        fork={"world": 5, "week": WEEK}),
    ]  # fmt: skip
    for each in tries:
        with pytest.raises(InputError, match="is in the past of the fork, which is after week 13"):
            each()


def test_a_world_that_has_changes_of_its_own_is_forked_with_them() -> None:
    world = sim.world(5, {**PART, "scenario.changes": [EARLY]})
    other = world.fork(WEEK, luck=3)
    assert np.array_equal(other.history.relations[: WEEK + 1],
                          world.history.relations[: WEEK + 1])  # fmt: skip
    late = {**EARLY, "week": 20}
    further = other.fork(WEEK + 2, changes=iter([late]))
    assert [change.week for change in further.scenario.changes] == [8, 20]
    study = world.futures(WEEK, 4, changes=iter([late]), progress=False,
                          compare={"a": [{**late, "week": 25}]})  # fmt: skip
    changes = [study.world(0, point).scenario.changes for point in (0, 1)]
    assert [[change.week for change in each] for each in changes] == [[8, 20], [8, 20, 25]]


def test_arguments_that_cannot_be_are_refused_with_a_message() -> None:
    world = sim.world(5, scenario="two_rivals", weeks=WEEKS, seed=5)
    some: Any
    for some in (None, 5, [5], EARLY):
        with pytest.raises(InputError, match="must be a list of changes"):
            world.fork(WEEK, changes=some)
        with pytest.raises(InputError, match="must be a list of changes"):
            world.futures(WEEK, 3, compare={"a": some}, progress=False)
    for name, value in (("within", -1), ("within", 0), ("lucks", "a"), ("lucks", 0),
                        ("pair", ("AAA", "XXX")), ("pair", 5), ("threads", -1)):  # fmt: skip
        with pytest.raises(InputError, match=f"argument {name}"):
            world.why(**{name: value})
    for key, other in (("seed", 9), ("scenario", "crimea_2014"), ("worlds", 5)):
        with pytest.raises(InputError, match="is that of the world"):
            world.futures(WEEK, 3, progress=False, **{key: other})
    given: Any
    for given in ("scenario", [1]):
        for ask in (sim.off_ramps, lambda it: sim.world(8, it)):
            with pytest.raises(InputError, match="must be a mapping"):
                ask(given)
    with pytest.raises(ValueError, match="has no week"):
        Block(world.scenario.roster, 5, 1).play(6)


def test_a_study_of_other_rules_is_not_played_again(tmp_path: Path) -> None:
    study = sim.run(PART, progress=False, worlds=4, output=tmp_path / "s")
    assert study.world(2).number == 2
    manifest = tmp_path / "s" / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"seed": 5', '"seed": 6'), "utf-8")
    with pytest.raises(InputError, match="other rules or data"):
        sim.open_study(tmp_path / "s").world(2)


def test_nothing_is_left_of_a_study_that_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    idle = {"kind": "stay_out", "who": "AAA", "week": 20}
    with pytest.raises(InputError):
        sim.run(PART, progress=False, worlds=12, **{"scenario.changes": [idle]})
    assert not list(tmp_path.iterdir())


def test_every_kind_of_change_is_told_in_the_how_to() -> None:
    page = (Path(__file__).parents[1] / "docs/howto/forks.md").read_text("utf-8")
    assert [kind for kind in KINDS if f"`{kind}`" not in page] == []
