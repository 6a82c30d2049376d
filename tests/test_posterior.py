"""Worlds that draw their parameters from a posterior."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from sim import open_study
from sim.__main__ import main, read_jobs
from sim.analysis.quantities import between_groups
from sim.engine.ensemble import play
from sim.engine.history import replay
from sim.engine.posterior import Posterior, radical_inverse
from sim.engine.record import Record
from sim.errors import InputError
from sim.evidence.calibration.prior import CALIBRATED
from sim.mesa_model import EscalationModel
from sim.model.parameters import COEFFICIENTS, Parameters, defaults, parameter_block
from sim.model.roster import Roster
from sim.plan.scenario import Job
from sim.report import run
from sim.report.drawing import figures_of
from sim.study import shards
from sim.study.runner import identity_of, play_study
from sim.study.store import Store
from sim.study.table_writer import read, tabulate
from tests.conftest import digest, point_of

NAMES = ("accident", "fear_gain", "issue_size", "deployment_weight")
WEIGHTS = (0.1, 0.0, 3.0, 0.7, 1.2)
WORDS = ("scenario=two_rivals", "worlds=40", "weeks=12", "output=out")
Folder = Callable[..., Path]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def posterior() -> Posterior:
    """Five sets of four parameters, from calm to lively."""
    values = np.linspace((0.0, 0.5, 0.1, 0.3), (0.05, 5.0, 2.9, 0.9), len(WEIGHTS))
    return Posterior("a table", NAMES, values, np.array(WEIGHTS))


@pytest.fixture
def table(posterior: Posterior) -> str:
    """The same sets as a CSV in the current folder; its name."""
    rows = np.column_stack([posterior.weights, posterior.values])
    pd.DataFrame(rows, columns=["weight", *NAMES]).to_csv("own.csv", index=False)
    return "own.csv"


def open_point(**given: float) -> np.ndarray:
    """Return a point that leaves what a posterior gives to the draws, ``[1, parameter]``."""
    point = point_of(given)
    for name in set(NAMES) - set(given):
        point[Parameters.FIELDS.index(name)] = np.nan
    return point[None]


def played(roster: Roster, posterior: Posterior, **options: Any) -> Record:
    given = {"n_worlds": 64, "n_weeks": 8, "seed": 5, "posterior": posterior, **options}
    return play(roster, open_point(), **given)


def job_of(*words: str) -> Job:
    (job,) = read_jobs([*WORDS, *words])
    return job


def go(*words: str) -> dict[str, bytes]:
    """Play a study; return the bytes of its tables."""
    job = job_of(*words)
    with Store.opened(job.output, identity_of(job)) as store:
        store.write_manifest({})
        tabulate(job, store, play_study(job, store))
        return {path.name: path.read_bytes() for path in store.folder.glob("*.parquet")}


# Which draw a world has


def test_the_radical_inverse_is_the_binary_digits_behind_the_point() -> None:
    found = radical_inverse(np.array([0, 1, 2, 3, 4, 5, 6, 2**31, 2**32 - 1]))
    assert found.tolist() == [0, 0.5, 0.25, 0.75, 0.125, 0.625, 0.375, 2.0**-32, 1 - 2.0**-32]


@pytest.mark.parametrize("n_worlds", [2**k for k in range(11)])
def test_the_first_worlds_cover_the_draws_in_proportion_to_their_weights(
    posterior: Posterior, n_worlds: int
) -> None:
    rows = posterior.row_of(np.arange(n_worlds))
    counts = np.bincount(rows, minlength=len(WEIGHTS))
    assert (np.abs(counts - n_worlds * np.array(WEIGHTS) / sum(WEIGHTS)) < 1.0).all()
    assert counts[1] == 0  # it has no weight


def test_the_draw_of_a_world_depends_on_its_number_and_the_weights_alone(
    posterior: Posterior,
) -> None:
    rows = posterior.row_of(np.arange(1000))
    scaled = Posterior("", NAMES[:1], posterior.values[::-1, :1], 8 * posterior.weights)
    assert scaled.row_of(np.arange(1000)).tolist() == rows.tolist()
    assert [int(posterior.row_of(np.array(w))) for w in (7, 999)] == rows[[7, 999]].tolist()
    draws, row = posterior.of_worlds(np.array([999, 7]))
    at = [Parameters.FIELDS.index(name) for name in NAMES]
    assert draws[row][:, at].tolist() == posterior.values[rows[[999, 7]]].tolist()
    assert np.isnan(np.delete(draws, at, axis=1)).all()


# Worlds


def test_world_7_alone_is_world_7_among_many(rivals: Roster, posterior: Posterior) -> None:
    many = played(rivals, posterior, n_weeks=104)
    for world in (0, 7, 22, 63):
        alone = played(rivals, posterior, n_weeks=104, n_worlds=1, first_world=world)
        assert alone.outcomes[0].tolist() == many.outcomes[world].tolist()
        assert alone.draw is not None
        assert many.draw is not None
        assert alone.draw[0] == many.draw[world]


def test_nothing_depends_on_threads(rivals: Roster, posterior: Posterior) -> None:
    found = {
        digest(played(rivals, posterior, **how))
        for how in ({"threads": 1}, {"threads": 2}, {"threads": 5})
    }
    assert len(found) == 1


def test_a_world_is_the_world_of_its_drawn_parameters_on_every_face(
    rivals: Roster, posterior: Posterior
) -> None:
    many = played(rivals, posterior, n_weeks=20)
    for world in (3, 6):
        row = int(posterior.row_of(np.array(world)))
        drawn = dict(zip(NAMES, posterior.values[row].tolist(), strict=True))
        point = parameter_block(drawn, 1)[0, :, 0]
        fixed = play(rivals, point[None], n_worlds=1, n_weeks=20, seed=5, first_world=world)
        assert fixed.outcomes[0].tolist() == many.outcomes[world].tolist()
        history = replay(rivals, point, world=world, n_weeks=20, seed=5)
        assert history.pair(*rivals.leaders, "rung").max() == many.outcomes[world, 0]


def test_a_set_with_all_the_weight_is_a_run_at_its_values(
    rivals: Roster, posterior: Posterior
) -> None:
    sure = Posterior("", NAMES, posterior.values, np.array([0.0, 0, 0, 2, 0]))
    drawn = dict(zip(NAMES, posterior.values[3].tolist(), strict=True))
    fixed = play(rivals, point_of(drawn)[None], n_worlds=64, n_weeks=8, seed=5)
    assert digest(played(rivals, sure)) == digest(fixed)


def test_outcomes_spread_over_the_draws(rivals: Roster, posterior: Posterior) -> None:
    record = played(rivals, posterior, n_worlds=2000, n_weeks=26)
    assert record.draw is not None
    accidents = record.outcome("accidents")[0].astype(np.int64)
    assert between_groups(accidents, record.draw) > 0.1
    means = [accidents[record.draw == row].mean() for row in (0, 2, 3, 4)]
    assert means == sorted(means)  # accident rises from draw to draw
    shuffled = np.random.default_rng(1).permutation(record.draw)
    assert between_groups(accidents, shuffled) < 0.01


def test_the_share_between_groups_is_that_of_their_means() -> None:
    group = np.repeat(np.arange(4), 500)
    noise = np.tile([-1, 1], 1000)
    assert between_groups(10 * group + noise, group) == pytest.approx(125 / 126, abs=1e-3)
    assert between_groups(noise, group) == 0.0
    assert np.isnan(between_groups(np.ones(4, int), np.array([0, 0, 1, 1])))
    assert np.isnan(between_groups(np.arange(3), np.arange(3)))


def test_an_open_parameter_that_nothing_draws_is_told(rivals: Roster, posterior: Posterior) -> None:
    with pytest.raises(ValueError, match="accident is NaN"):
        play(rivals, open_point(), n_worlds=1, n_weeks=1, seed=1)
    part = Posterior("", NAMES[:-1], posterior.values[:, :-1], posterior.weights)
    with pytest.raises(ValueError, match="deployment_weight is NaN"):
        played(rivals, part)


# What a config says


def test_a_value_given_beats_the_posterior_and_a_declared_one_does_not(table: str) -> None:
    job = job_of("parameters.from=own.csv", "parameters.fear_gain=2", "parameters.offence=0.7")
    assert job.posterior is not None
    assert job.drawn == ("accident", "issue_size", "deployment_weight")
    for world in (0, 5):
        row = int(job.posterior.row_of(np.array(world)))
        drawn = dict(zip(NAMES, job.posterior.values[row].tolist(), strict=True))
        assert job.parameters_in(0, world) == {
            **defaults(), **drawn, "fear_gain": 2.0, "offence": 0.7
        }  # fmt: skip
    resolved = job.resolved["parameters"]
    assert resolved["from"] == table
    assert set(COEFFICIENTS) - set(resolved) == set(job.drawn)


WAYS = {
    "word": (["parameters=posterior"], ""),
    "mapping": (["parameters={from: posterior}"], ""),
    "key": (["parameters.from=posterior"], ""),
    "file": (["experiment=mine"], "parameters: {from: posterior}"),
    "word in a file": (["experiment=mine"], "parameters: posterior"),
    "word over a file": (["experiment=mine", "parameters=posterior"], "parameters: {fog: 0.5}"),
}


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("first", [True, False])
def test_every_way_of_asking_keeps_what_else_is_set(way: str, first: bool) -> None:
    words, text = WAYS[way]
    Path("own/experiment").mkdir(parents=True)
    Path("own/experiment/mine.yaml").write_text(f"# @package _global_\n{text or '{}'}\n")
    more = ["miscalculation=high", "parameters.fear_gain=2", "diplomacy=full"]
    job = job_of("--config-dir=own", *([*words, *more] if first else [*more, *words]))
    assert job.posterior is not None
    assert set(job.drawn) == set(job.posterior.names) - {"fear_gain"}
    values = job.parameters_in(0, 3)
    assert values["miscalculation_strength"] == 2.0
    assert (values["fear_gain"], values["hotline"]) == (2.0, 1.0)
    assert values["fog"] == (0.5 if "fog" in text else COEFFICIENTS["fog"].value)


@pytest.mark.usefixtures("shipped")
def test_null_draws_nothing_and_several_words_are_several_jobs(table: str) -> None:
    assert job_of("parameters=null").posterior is None
    jobs = read_jobs(["-m", *WORDS[:3], f"parameters=posterior,{table},null"])
    assert [job.posterior and len(job.posterior.names) for job in jobs][1:] == [len(NAMES), None]


@pytest.mark.usefixtures("shipped")
def test_the_default_groups_leave_what_is_calibrated_to_the_posterior() -> None:
    job = job_of("parameters=posterior")
    assert job.posterior is not None
    assert job.drawn == job.posterior.names
    assert set(job.drawn) <= set(CALIBRATED)


def test_what_a_design_varies_is_not_drawn_and_the_rest_is_at_every_point(table: str) -> None:
    job = job_of(f"parameters={table}", "design.method=star", "vary.fear_gain=[1,4]",
                 "vary.world=[baseline,doubly_stable]")  # fmt: skip
    assert job.drawn == ("accident", "issue_size", "deployment_weight")
    gains = [point.parameters["fear_gain"] for point in job.points]
    assert gains == [point.label["fear_gain"] for point in job.points]
    assert gains[0] == COEFFICIENTS["fear_gain"].value
    assert all(np.isnan(point.parameters["accident"]) for point in job.points)


@pytest.mark.parametrize(
    "setting", ["compare: {less: {diplomacy: attaches}}", "vary: {diplomacy: [full, attaches]}"]
)
def test_an_option_leaves_to_the_posterior_what_it_does_not_set(setting: str) -> None:
    Path("own.csv").write_text("weight,mediation,fear_gain\n1,0.3,2\n1,0.4,3\n")
    Path("own/experiment").mkdir(parents=True)
    text = f"# @package _global_\ndefaults: [override /diplomacy: full]\n{setting}\n"
    Path("own/experiment/mine.yaml").write_text(text)
    job = job_of("--config-dir=own", "experiment=mine", "parameters=own.csv")
    assert [job.parameters_in(k, 0)["mediation"] for k in (0, 1)] == [0.12, 0.3]
    assert [job.parameters_in(k, 1)["mediation"] for k in (0, 1)] == [0.12, 0.4]


# Studies


def test_points_are_paired_and_shards_do_not_show(table: str) -> None:
    words = (f"parameters={table}", "vary.offence=[0.2,0.8]", "compare={calm: {world: baseline, "
             "parameters: {fear_gain: 1}}}", "series=[fear_leaders]")  # fmt: skip
    whole = go(*words, "execution.threads=1")
    assert go(*words, "output=cut", "execution.shard=7", "execution.threads=2") == whole
    assert go(*words, "output=far", "execution=dask", "execution.workers=1") == whole
    job = job_of(*words)
    with Store.opened(job.output, identity_of(job)) as store:
        outcomes = read(store, "outcomes")
    assert job.play().outcome("peak_rung_leaders").ravel().tolist() == (
        outcomes["peak_rung_leaders"].tolist()
    )
    assert job.posterior is not None
    rows = job.posterior.row_of(np.arange(40)).tolist()
    for _, point in outcomes.groupby("point"):
        assert point["draw"].tolist() == rows


def test_points_that_are_played_apart_have_the_same_draws(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (f"parameters={table}", "vary.offence=[0.2,0.8]")
    whole, real = go(*words), shards.play_worlds  # type: ignore[attr-defined]

    def one_point(roster: Any, points: Any, *given: Any, **options: Any) -> Any:
        if len(points) > 1:
            raise ZeroDivisionError("one at a time")
        return real(roster, points, *given, **options)

    monkeypatch.setattr(shards, "play_worlds", one_point)
    assert go(*words, "output=apart") == whole


def test_outcomes_say_minus_one_where_nothing_is_drawn() -> None:
    go()
    assert set(pd.read_parquet("out/outcomes.parquet")["draw"]) == {-1}


def test_precision_goes_on_with_the_draws_of_later_worlds(table: str) -> None:
    precision = "precision={quantity: accidents, tolerance: 1e-6, most: 100}"
    batches = go(f"parameters={table}", precision)
    once = go(f"parameters={table}", "worlds=100", "output=once")
    for name in ("outcomes.parquet", "curves.parquet"):
        assert once[name] == batches[name]


def test_a_study_is_not_gone_on_with_over_another_posterior(table: str) -> None:
    go(f"parameters={table}")
    assert go(f"parameters={table}")
    text = Path(table).read_text()
    Path(table).write_text(text.replace("3.0,", "3.1,"))
    with pytest.raises(InputError, match=r"holds another study: posterior"):
        go(f"parameters={table}")
    with pytest.raises(InputError, match=r"holds another study"):
        go()
    Path("same.csv").write_text(text)
    Path(table).write_text(text.replace("\n", "\r\n"))  # the content is what counts
    assert go(f"parameters={table}")


def test_a_run_says_what_it_drew_and_keeps_the_worlds_it_drew(table: str) -> None:
    job = job_of(f"parameters={table}", "tracks=[5]", "worlds=64", "vary.offence=[0.3,0.6]")
    study = open_study(run(job))
    posterior = study.manifest["posterior"]
    assert (posterior["draws"], posterior["parameters"]) == (len(WEIGHTS), list(NAMES))
    assert study.n_draws == len(WEIGHTS)
    page = (study.folder / "summary.md").read_text(encoding="utf-8")
    assert "one of 5 plausible sets from `own.csv`" in page
    assert all(f"`{name}`" in page for name in NAMES)
    json.dumps(dict(study.manifest), allow_nan=False)
    assert study.table("leading").notna().all(axis=None)
    assert not re.search(r"\bnan\b", page.lower())
    with EscalationModel(job.scenario.roster, job.parameters_in(1, 5), seed=1, world=5) as model:
        rungs = model.play(12).history.pair("AAA", "BBB", "rung")
    tracks = pd.read_parquet(study.folder / "tracks" / "pairs.parquet").query("point == 1")
    assert tracks["rung"].tolist() == rungs.tolist()
    for name, make in figures_of(study):
        words = " ".join(" ".join(t.get_text() for t in make().findobj(Text)).split())
        assert "over 5 sets of parameters" in words, name
        assert not re.search(r"\bnan\b", words)


def test_a_design_that_varies_all_of_it_says_that_nothing_is_drawn(table: str) -> None:
    vary = {name: [COEFFICIENTS[name].value] for name in NAMES}
    study = open_study(run(job_of(f"parameters={table}", f"vary={vary}".replace("'", ""))))
    assert study.n_draws == 0
    assert "No parameter is sampled from `own.csv`" in (study.folder / "summary.md").read_text()


# Files


HEAD = "weight,accident,fear_gain\n"
WRONG = {
    "no file": ("", ["No such file"]),
    "empty": ("\n", ["first column must be weight", "a column for each", "1 to 100000 lines"]),
    "head only": (HEAD, ["1 to 100000 lines"]),
    "no weight": ("accident,fear_gain\n0.1,1\n", ["first column must be weight"]),
    "weight alone": ("weight\n1\n", ["a column for each parameter"]),
    "unknown": ("weight,acident\n1,0.1\n", ["acident: unknown parameter; did you mean accident?"]),
    "twice": ("weight,fear_gain,fear_gain\n1,1,1\n", ["fear_gain: is a duplicate column"]),
    "short": (HEAD + "1,0.01,2\n1,0.01\n", ["line 3: has 2 values, not 3"]),
    "text": (HEAD + "1,much,2\n", ["line 2: accident", "much", "from 0 to"]),
    "nan": (HEAD + "1,nan,2\n", ["line 2: accident", "nan"]),
    "infinite": (HEAD + "inf,0.01,2\n", ["line 2: weight", "0 or more"]),
    "out of range": (HEAD + "1,0.01,99\n", ["line 2: fear_gain = 99", "from 0 to 6"]),
    "negative": (HEAD + "-1,0.01,2\n2,0.01,2\n", ["line 2: weight", "0 or more"]),
    "no sum": (HEAD + "0,0.01,2\n0,0.02,2\n", ["a sum above 0"]),
    "endless sum": (HEAD + "1e308,0.01,2\n1e308,0.02,2\n", ["a finite one"]),
    "too long": (HEAD + "1,0.01,2\n" * 100_001, ["1 to 100000 lines"]),
    "several": (HEAD + "x,2,2\n1,0.01\n-1,0.01,-3\n",
                ["line 2: weight", "line 2: accident", "line 3: has 2", "line 4: weight",
                 "line 4: fear_gain"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_is_refused_with_all_its_faults_at_once(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text, wanted = WRONG[kind]
    if text:
        Path("own.csv").write_text(text)
    assert main([*WORDS, "parameters=own.csv"]) == 2
    told = capsys.readouterr().err
    lines = told.strip().split("\n")[1:]
    assert all(any(part in line for line in lines) for part in wanted), told
    assert "Traceback" not in told
    assert not Path("out").exists()


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("word", ["posteriro", "3", "[1]", "''", ".", "/dev/zero", "true"])
def test_a_wrong_word_is_refused(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, f"parameters={word}", "weeks=0"]) == 2
    told = capsys.readouterr().err
    assert "2 errors" in told  # neither hides the other
    assert "parameters.from = " in told
    assert ("did you mean posterior?" in told) == (word == "posteriro")


@pytest.mark.usefixtures("shipped")
def test_one_that_is_shipped_is_named_by_its_place_in_the_package() -> None:
    posterior = job_of("parameters=posterior").posterior
    assert posterior is not None
    assert posterior.source == "sim/data/posterior.csv"
    assert posterior.n_draws == 32


def test_a_digest_tells_names_values_and_weights_apart(posterior: Posterior) -> None:
    def other(names: Sequence[str] = NAMES, values: Any = None, weights: Any = None) -> str:
        values = posterior.values if values is None else values
        weights = posterior.weights if weights is None else weights
        return Posterior("elsewhere", tuple(names), values, weights).digest

    assert other() == posterior.digest
    found = {other(NAMES[::-1]), other(values=posterior.values[::-1]),
             other(weights=posterior.weights[::-1]), posterior.digest}  # fmt: skip
    assert len(found) == 4
