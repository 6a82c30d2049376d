"""The folder of a study: files are old or new, never half; what is damaged counts as absent."""

from __future__ import annotations

import contextlib
import csv
import errno
import fcntl
import functools
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from sim.__main__ import read_jobs
from sim.config.sources import CONFIGS
from sim.engine.sources import bare, code_digest
from sim.errors import InputError
from sim.model import sheets as facts
from sim.plan.scenario import Job
from sim.report.running import in_own_folder
from sim.study import store as stored
from sim.study.runner import Round, identity_of, shards_of
from sim.study.shards import MAGIC, DamagedShardError, Shard, pack, play_shard, unpack
from sim.study.store import LOCK, MANIFEST, SHARDS, Identity, Store, take
from sim.translate import building
from tests.scripts import ROOT

WORDS = ("scenario=two_rivals", "worlds=24", "weeks=6", "execution.threads=1")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def job_of(*words: str) -> Job:
    (job,) = read_jobs([*WORDS, *words])
    return job


JOB = job_of()
IDENTITY = identity_of(JOB)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.opened(tmp_path / "out", IDENTITY) as opened:
        opened.write_manifest({})
        yield opened


def shards() -> list[Shard]:
    half = replace(JOB, execution=replace(JOB.execution, shard=12))
    return list(shards_of(half, Round(0, (0,), 0, 24), IDENTITY.digest))


PLAYED = [play_shard(shard) for shard in shards()]
"""Names and bytes of the two shards of the study."""


# Files


@pytest.mark.parametrize("where", ["write_bytes", "fsync", "replace"])
def test_a_write_that_fails_anywhere_leaves_the_old_file_and_nothing_else(
    store: Store, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    store.write_text("page.md", "old")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(*((Path, where) if where == "write_bytes" else (os, where)), full)
        with pytest.raises(OSError, match="No space left"):
            store.write_text("page.md", "new")
    assert (store.folder / "page.md").read_text() == "old"
    assert {path.name for path in store.folder.iterdir()} == {
        stored.LOCK, SHARDS, MANIFEST, "page.md",
    }  # fmt: skip


def test_an_interrupted_write_leaves_the_old_file(store: Store) -> None:
    store.write_text("page.md", "old")
    with contextlib.suppress(KeyboardInterrupt), store.replacing("page.md") as part:
        part.write_text("half")
        raise KeyboardInterrupt
    assert (store.folder / "page.md").read_text() == "old"
    assert not list(store.folder.glob(".*.part"))


def test_a_file_is_on_the_disk_before_it_takes_its_place(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, swap = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (done.append("fsync"), fsync(fd)))
    monkeypatch.setattr(os, "replace", lambda a, b: (done.append("replace"), swap(a, b)))
    store.write_text("page.md", "new")
    assert done == ["fsync", "replace", "fsync"]  # the file, its place, and the folder's entry


@contextlib.contextmanager
def refusing(call: str, error: int, only: Callable[[int], bool] = lambda _: True) -> Iterator[None]:
    """Have calls about files of some kind fail, as the file system would, without a name."""
    owner: Any = fcntl if call == "flock" else os
    real = getattr(owner, call)

    def refuse(file: Any, *rest: Any) -> Any:
        if only(file if isinstance(file, int) else -1):
            raise OSError(error, os.strerror(error))
        return real(file, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, call, refuse)
        yield


def is_folder(file: int) -> bool:
    return stat.S_ISDIR(os.fstat(file).st_mode)


@pytest.mark.parametrize("error", [errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP])
@pytest.mark.parametrize("only", [is_folder, lambda _: True])
def test_a_file_system_that_syncs_no_folder_is_written_to_with_a_word(
    tmp_path: Path, error: int, only: Callable[[int], bool]
) -> None:
    told: list[str] = []
    with refusing("fsync", error, only), Store.opened(tmp_path / "out", IDENTITY, told.append) as s:
        s.write_manifest({})
        s.write_text("page.md", "new")
        assert (s.folder / "page.md").read_text() == "new"
    (line,) = told
    assert str(tmp_path / "out") in line
    assert "sync" in line


@pytest.mark.parametrize("error", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_written_to_with_a_word(tmp_path: Path, error: int) -> None:
    told: list[str] = []
    with refusing("flock", error), Store.opened(tmp_path / "out", IDENTITY, told.append) as store:
        store.write_text("page.md", "new")
    (line,) = told
    assert str(tmp_path / "out") in line
    assert "lock" in line


@pytest.mark.parametrize(
    ("call", "error", "name"),
    [
        ("fsync", errno.EIO, "page.md"),
        ("fsync", errno.ENOSPC, "page.md"),
        ("flock", errno.EIO, LOCK),
    ],
)
def test_what_the_disk_refuses_otherwise_names_the_file(
    tmp_path: Path, call: str, error: int, name: str
) -> None:
    with (
        pytest.raises(OSError, match=re.escape(str(tmp_path / "out" / name))) as raised,
        refusing(call, error),
        Store.opened(tmp_path / "out", IDENTITY) as store,
    ):
        store.write_text("page.md", "new")
    assert raised.value.errno == error


def test_a_disk_that_is_full_is_told_with_the_file_that_did_not_fit(store: Store) -> None:
    with (
        pytest.raises(OSError, match=re.escape(str(store.folder / "page.md"))),
        store.replacing("page.md"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_half_written_files_of_others_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (folder / SHARDS).mkdir(parents=True)
    with Store.opened(folder, IDENTITY) as store:
        store.write_manifest({})
    theirs = [folder / ".film.part", folder / "inner" / ".x.shard.0123abcd.part"]
    theirs[1].parent.mkdir()
    for path in theirs:
        path.write_text("half")
    with Store.opened(folder, IDENTITY):
        assert all(path.read_text() == "half" for path in theirs)


def test_a_run_that_was_killed_while_it_wrote_its_first_file_can_be_gone_on_with(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "out"
    (folder / SHARDS).mkdir(parents=True)
    (folder / ".manifest.json.0123abcd.part").write_text("{")
    (folder / SHARDS / ".x.shard.0123abcd.part").write_text("half")
    with Store.opened(folder, IDENTITY):
        assert not list(folder.rglob("*.part"))


def test_files_of_somebody_else_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.tex").write_text("words")
    with (
        pytest.raises(InputError, match="is not empty and holds no study"),
        Store.opened(tmp_path / "out", IDENTITY),
    ):
        pass
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.tex"]


# Shards


def test_a_shard_comes_back_as_it_was_kept(store: Store) -> None:
    for name, content in PLAYED:
        store.write_shard(name, content)
    for name, content in PLAYED:
        leaf = store.shard(name)
        assert leaf is not None
        assert pack(leaf) == content


def test_a_shard_flipped_or_cut_anywhere_is_taken_for_absent_and_removed(store: Store) -> None:
    name, content = PLAYED[0]
    path = store.folder / SHARDS / name
    damaged = [content[:k] for k in range(0, len(content), 97)]
    for k in range(0, len(content), 61):
        flipped = bytearray(content)
        flipped[k] ^= 1 << (k % 8)
        damaged.append(bytes(flipped))
    for bad in [*damaged, b"", content + b"\0", MAGIC, os.urandom(300)]:
        path.write_bytes(bad)
        assert store.shard(name) is None
        assert not path.exists()


def test_a_shard_under_anothers_name_or_of_another_study_is_taken_for_absent(store: Store) -> None:
    (name, _), (_, other) = PLAYED
    foreign = pack(replace(unpack(PLAYED[0][1]), study="0" * 32))
    for content in (other, foreign):
        store.write_shard(name, content)
        assert store.shard(name) is None
        assert not (store.folder / SHARDS / name).exists()


def test_a_shard_that_claims_to_be_endless_is_refused_before_room_is_made_for_it() -> None:
    import hashlib

    body = (2**60).to_bytes(8, "little") + b"x"
    with pytest.raises(DamagedShardError, match="claims"):
        unpack(MAGIC + hashlib.sha256(body).digest() + body)


# Which study it is


def refusal(folder: Path, identity: Identity) -> str:
    with pytest.raises(InputError) as raised, Store.opened(folder, identity):
        pass
    return str(raised.value)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("seed=7", ("seed", "is 1 in this folder and 7 in the new run")),
        ("worlds=25", ("worlds", "is 24 in this folder and 25 in the new run")),
        ("weeks=7", ("weeks", "is 6 in this folder and 7 in the new run")),
        ("parameters.fear_gain=3", ("parameters.fear_gain", "and 3.0 in the new run")),
        (
            "vary.offence=[0.1,0.2]",
            ("vary.offence[0]", "is not given in this folder"),
        ),
        ("scenario.traits.AAA.greed=0.3", ("scenario.traits.AAA.greed", "0.3 in the new run")),
        ("every=2", ("every",)),
        ("series=[rung_leaders]", ("series[0]",)),
        ("paired=false", ("paired", "is true in this folder and false in the new run")),
        (
            "precision={quantity: clash, tolerance: 0.1, most: 99}",
            ("precision.most", "99 in"),
        ),
    ],
)
def test_another_study_is_refused_and_every_setting_that_differs_is_named(
    tmp_path: Path, store: Store, word: str, parts: tuple[str, ...]
) -> None:
    told = refusal(tmp_path / "out", identity_of(job_of(word)))
    assert any(all(part in line for part in parts) for line in told.split("\n")), told
    assert "use the same settings to resume it, or another folder" in told


def test_a_model_that_changed_is_told_apart_from_a_setting(tmp_path: Path, store: Store) -> None:
    told = refusal(tmp_path / "out", replace(IDENTITY, model="f" * 16))
    assert "the model: its code has changed since the study began" in told


def test_points_that_changed_behind_the_same_settings_are_refused(
    tmp_path: Path, store: Store
) -> None:
    told = refusal(tmp_path / "out", replace(IDENTITY, points="f" * 32))
    assert "the design: its points differ" in told


@pytest.mark.parametrize(
    "word",
    ["execution.threads=2", "execution.shard=5", "execution=dask",
     "quantities=[war]", "tracks=[1,2]", "dry_run=true", "retry_failed=true", "output=elsewhere",
     "output_root=elsewhere", "figures=none", "figures=all"],
)  # fmt: skip
def test_what_no_world_depends_on_may_change(tmp_path: Path, word: str) -> None:
    with Store.opened(tmp_path / "out", IDENTITY) as store:
        store.write_manifest({})
    other = identity_of(job_of(word))
    assert other.digest == IDENTITY.digest
    with Store.opened(tmp_path / "out", other) as store:
        assert store.manifest()["study"] == IDENTITY.digest


# A manifest that is lost

BROKEN = [None, b"", b"{", b"\xff\xfe", b'{"config": ', b"[" * 100_000, b"[]", b"3"]
OTHER = identity_of(job_of("seed=2"))


def play(folder: Path, identity: Identity, manifest: bytes | None, *, signed: bool) -> None:
    """Leave a study with a whole and a damaged shard, a manifest of this content, and a table."""
    with Store.opened(folder, identity) as store:
        store.write_manifest({})
        for name, content in PLAYED:
            store.write_shard(name, pack(replace(unpack(content), study=identity.digest)))
        store.write_text("points.parquet", "a table")
    (folder / SHARDS / PLAYED[0][0]).write_bytes(b"cut")
    (folder / MANIFEST).unlink()
    if manifest is not None:
        (folder / MANIFEST).write_bytes(manifest)
    if not signed:
        (folder / LOCK).unlink()


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("content", BROKEN)
def test_a_lost_manifest_is_made_again_from_whole_shards(
    tmp_path: Path, content: bytes | None, signed: bool
) -> None:
    play(tmp_path / "out", IDENTITY, content, signed=signed)
    with Store.opened(tmp_path / "out", IDENTITY) as store:
        assert store.manifest() == {}
        assert store.shard(PLAYED[1][0]) is not None
        store.write_manifest({"runs": 1})
        assert store.manifest()["study"] == IDENTITY.digest


@pytest.mark.parametrize("content", BROKEN)
def test_a_lost_manifest_of_another_study_is_told_and_nothing_is_touched(
    tmp_path: Path, content: bytes | None
) -> None:
    play(tmp_path / "out", OTHER, content, signed=False)
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    told = refusal(tmp_path / "out", IDENTITY)
    assert "holds another study, and its manifest.json" in told
    assert ("is missing" if content is None else "cannot be read") in told
    after = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert after == before


def test_shards_say_more_than_the_lock_whose_a_folder_is(tmp_path: Path) -> None:
    play(tmp_path / "out", OTHER, b"{", signed=True)
    (tmp_path / "out" / LOCK).write_text(IDENTITY.digest)
    assert "holds another study" in refusal(tmp_path / "out", IDENTITY)
    with Store.opened(tmp_path / "out", OTHER):
        pass


@pytest.mark.parametrize("content", BROKEN)
def test_without_shards_the_last_run_says_whose_a_folder_is(
    tmp_path: Path, content: bytes | None
) -> None:
    play(tmp_path / "out", IDENTITY, content, signed=True)  # as a calibration, which has none
    shutil.rmtree(tmp_path / "out" / SHARDS)
    assert "holds another study" in refusal(tmp_path / "out", OTHER)
    with Store.opened(tmp_path / "out", IDENTITY):
        pass


def test_a_folder_to_which_another_run_wrote_nothing_yet_is_free(tmp_path: Path) -> None:
    with Store.opened(tmp_path / "out", OTHER):
        pass
    with Store.opened(tmp_path / "out", IDENTITY) as store:
        store.write_manifest({})


def test_a_manifest_that_says_what_is_not_so_gives_way_to_the_lock(tmp_path: Path) -> None:
    with Store.opened(tmp_path / "out", IDENTITY) as store:
        store.write_manifest({})
    path = tmp_path / "out" / MANIFEST
    path.write_text(path.read_text().replace(IDENTITY.digest, "0" * 32).replace('"seed"', '"sead"'))
    with Store.opened(tmp_path / "out", IDENTITY) as store:
        assert store.manifest() == {}


@pytest.mark.parametrize("content", [content for content in BROKEN if content is not None])
def test_a_manifest_that_cannot_be_read_is_told_and_not_written_over(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "out" / MANIFEST
    path.parent.mkdir()
    path.write_bytes(content)
    assert "cannot be read" in refusal(tmp_path / "out", IDENTITY)
    assert path.read_bytes() == content


def test_a_manifest_of_something_else_is_another_study(tmp_path: Path) -> None:
    path = tmp_path / "out" / MANIFEST
    path.parent.mkdir()
    for content in ('{"config": 3}', '{"name": "other"}', '{"config": {"choices": 3}}'):
        path.write_text(content)
        assert "holds another study" in refusal(tmp_path / "out", IDENTITY)


# What decides a study's numbers

GEORGIA = ("scenario=georgia_2008", "worlds=24", "weeks=60")


@pytest.fixture
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the tables of states and pairs be read from copies."""
    tables = (facts.state_table, facts.pair_table, facts.membership_table)
    shutil.copytree(facts.DATA, tmp_path / "data")
    monkeypatch.setattr(facts, "DATA", tmp_path / "data")
    for table in tables:
        table.cache_clear()
    yield
    for table in tables:
        table.cache_clear()


def changed(table: Path, column: str, value: str) -> None:
    """Change a figure of Russia, or of its pair with Georgia."""
    with table.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        if row.get("iso3") == "RUS" or (row.get("first"), row.get("second")) == ("RUS", "GEO"):
            row[column] = value
    with table.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.usefixtures("_own_data")
@pytest.mark.parametrize(
    ("name", "column", "value"),
    [("states.csv", "cinc", "0.0123"), ("states.csv", "warheads", "0"),
     ("pairs.csv", "trade_usd_m", "123456"), ("pairs.csv", "rivalry", "1")],
)  # fmt: skip
def test_a_figure_that_changed_in_the_tables_makes_another_study(
    tmp_path: Path, name: str, column: str, value: str
) -> None:
    before = identity_of(job_of(*GEORGIA))
    with Store.opened(tmp_path / "out", before) as store:
        store.write_manifest({})
    changed(facts.DATA / name, column, value)
    facts.state_table.cache_clear()
    facts.pair_table.cache_clear()
    told = refusal(tmp_path / "out", identity_of(job_of(*GEORGIA)))
    assert "the roster: data of states, pairs or events have changed" in told


@pytest.mark.usefixtures("_own_data")
def test_a_rule_of_geography_that_changed_makes_another_study(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = identity_of(job_of(*GEORGIA))
    facts.pair_table.cache_clear()
    monkeypatch.setattr(facts, "Geography", functools.partial(facts.Geography, land=0.9))
    assert identity_of(job_of(*GEORGIA)).digest != before.digest


def test_every_array_of_every_scenario_is_part_of_a_study() -> None:
    held = "scenario.changes=[{kind: channel, who: RUS, toward: GEO, week: 3, value: 0.5}]"
    job = job_of(*GEORGIA, held, "compare={greedy: {scenario: {traits: {RUS: {greed: 0.9}}}}}")
    whole = identity_of(job).digest
    assert len(job.scenarios) == 2
    for k, scenario in enumerate(job.scenarios):
        for name, array in scenario.roster.atlas._asdict().items():
            other = np.array(array)
            other.reshape(-1)[0] += 1
            atlas = scenario.roster.atlas._replace(**{name: other})
            mine = replace(scenario, roster=replace(scenario.roster, atlas=atlas))
            scenarios = (*job.scenarios[:k], mine, *job.scenarios[k + 1 :])
            assert identity_of(replace(job, scenarios=scenarios)).digest != whole, name


def test_titles_names_and_places_of_files_do_not_make_another_study(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    (mine / "scenario").mkdir(parents=True)
    tree = yaml.safe_load((CONFIGS / "scenario/georgia_2008.yaml").read_text(encoding="utf-8"))
    tree |= {"title": "My own", "account": "Mine."}
    tree["events"] = [{**e, "what": "in other words", "source": "a book"} for e in tree["events"]]
    text = f"# @package scenario\n# A comment.\n{yaml.safe_dump(tree)}"
    (mine / "scenario" / "own.yaml").write_text(text, encoding="utf-8")
    own = ("--config-dir", str(mine), "scenario=own", "worlds=24", "weeks=60")
    (job,) = read_jobs(["execution.threads=1", *own])
    assert job.scenario.title == "My own"
    assert job.scenario.events[0].what == "in other words"
    assert identity_of(job).digest == identity_of(job_of(*GEORGIA)).digest
    with Store.opened(tmp_path / "out", identity_of(job_of(*GEORGIA))) as store:
        store.write_manifest({})
    with Store.opened(tmp_path / "out", identity_of(job)) as store:
        store.write_manifest({})


def test_a_list_of_points_counts_by_what_it_holds_not_by_its_name() -> None:
    found = []
    for name, level in (("a.csv", 0.1), ("b.csv", 0.1), ("b.csv", 0.2)):
        Path(name).write_text(f"offence\n{level}\n")
        found.append(identity_of(job_of("design.method=list", f"design.file={name}")).digest)
    assert found[0] == found[1] != found[2]


def test_what_is_said_beside_the_code_is_no_part_of_the_model() -> None:
    plain = "LIMIT = 3\ndef rule(fear):\n    return fear * 2\n"
    said = '''"""A module."""
LIMIT = 3  # why
"""Steps."""


def rule(fear):
    """Return twice the fear."""
    return (
        fear * 2
    )
'''
    assert bare(said) == bare(plain)
    for other in ("fear * 3", "fear + 2", '"fear"'):
        assert bare(plain.replace("fear * 2", other)) != bare(plain)


def test_the_model_is_all_that_is_compiled_and_what_decides_besides() -> None:
    names = {Path(path).stem for path in building.source(ROOT)[1]}
    assert {"turn", "notes", "perception", "confront", "randomness", "record"} <= names
    assert not {"sheets", "store", "summary", "quantities"} & names
    assert code_digest("sim.analysis.quantities") != code_digest(
        "sim.analysis.quantities", "sim.analysis.intervals"
    )


def test_how_worlds_are_found_to_be_enough_is_part_of_a_study_that_asks_for_it() -> None:
    asked = job_of("precision={quantity: clash, tolerance: 0.1, most: 99}")
    assert identity_of(asked).model != IDENTITY.model


# Two runs


def test_a_second_run_is_refused_while_the_first_is_writing(tmp_path: Path, store: Store) -> None:
    assert "another run is writing to this folder" in refusal(tmp_path / "out", IDENTITY)


def test_the_lock_of_a_run_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", "import fcntl, sys, time; file = open('out/.lock', 'a');"
         "fcntl.flock(file, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    assert "another run" in refusal(tmp_path / "out", IDENTITY)
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with Store.opened(tmp_path / "out", IDENTITY):
        pass


def test_shards_may_be_written_by_several_threads_at_once(store: Store) -> None:
    name, content = PLAYED[0]
    writers = [threading.Thread(target=store.write_shard, args=(name, content)) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (store.folder / SHARDS / name).read_bytes() == content
    assert [path.name for path in (store.folder / SHARDS).iterdir()] == [name]


def test_a_name_that_another_run_takes_at_the_same_moment_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Path.mkdir

    def mkdir(self: Path, *given: Any, **options: Any) -> None:
        if self.name in ("noon", "noon-2"):
            os.mkdir(self)  # by another run, after this one looked
        make(self, *given, **options)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    assert take(tmp_path / "outputs" / "noon").name == "noon-3"


def test_a_name_that_is_a_file_or_a_link_to_nowhere_is_taken(tmp_path: Path) -> None:
    (tmp_path / "noon").write_text("mine")
    (tmp_path / "noon-2").symlink_to(tmp_path / "nowhere")
    assert take(tmp_path / "noon") == tmp_path / "noon-3"


def test_a_job_without_a_folder_gets_a_new_one_at_each_run_and_a_given_one_is_kept() -> None:
    job = job_of()
    first, second = in_own_folder(job).output, in_own_folder(job).output
    assert first == job.output
    assert second == job.output.with_name(f"{job.output.name}-2")
    for given in (job_of("output=here"), replace(job, output=Path("here"))):
        assert in_own_folder(given).output == Path("here")


def test_a_run_that_waited_for_another_to_end_does_not_write_over_its_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = stored._locked

    def late(folder: Path) -> contextlib.AbstractContextManager[int | None]:
        with monkeypatch.context() as patch:  # the other run begins and ends just now
            patch.setattr(stored, "_locked", locked)
            with Store.opened(folder, OTHER) as other:
                other.write_manifest({})
        return locked(folder)

    monkeypatch.setattr(stored, "_locked", late)
    assert "holds another study" in refusal(tmp_path / "out", IDENTITY)
    assert json.loads((tmp_path / "out" / MANIFEST).read_text())["study"] == OTHER.digest
