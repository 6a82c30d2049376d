"""The folder of a study: files are old or new, never half; what is damaged counts as absent."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sim import store as stored
from sim.__main__ import read_jobs
from sim.checking.sources import InputError
from sim.playing import Round, identity_of, shards_of
from sim.scenario import Job
from sim.shards import MAGIC, DamagedShardError, Shard, pack, play_shard, unpack
from sim.store import MANIFEST, SHARDS, Identity, Store

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
        ("seed=7", ("seed", "is 1 there and 7 here")),
        ("worlds=25", ("worlds", "is 24 there and 25 here")),
        ("weeks=7", ("weeks", "is 6 there and 7 here")),
        ("parameters.fear_gain=3", ("parameters.fear_gain", "and 3.0 here")),
        ("vary.offence=[0.1,0.2]", ("vary.offence[0]", "is not given there and 0.1 here")),
        ("scenario.traits.AAA.greed=0.3", ("scenario.traits.AAA.greed", "0.3 here")),
        ("every=2", ("every",)),
        ("series=[rung_leaders]", ("series[0]",)),
        ("paired=false", ("paired", "is true there and false here")),
        ("precision={quantity: clash, tolerance: 0.1, most: 99}", ("precision.most", "99 here")),
    ],
)
def test_another_study_is_refused_and_every_setting_that_differs_is_named(
    tmp_path: Path, store: Store, word: str, parts: tuple[str, ...]
) -> None:
    told = refusal(tmp_path / "out", identity_of(job_of(word)))
    assert any(all(part in line for part in parts) for line in told.split("\n")), told
    assert "give the same settings to go on, or another output" in told


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
     "output_root=elsewhere"],
)  # fmt: skip
def test_what_no_world_depends_on_may_change(tmp_path: Path, word: str) -> None:
    with Store.opened(tmp_path / "out", IDENTITY) as store:
        store.write_manifest({})
    other = identity_of(job_of(word))
    assert other.digest == IDENTITY.digest
    with Store.opened(tmp_path / "out", other) as store:
        assert store.manifest()["study"] == IDENTITY.digest


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"config": '])
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


# Two runs


def test_a_second_run_is_refused_while_the_first_is_writing(tmp_path: Path, store: Store) -> None:
    assert "another run is writing to it" in refusal(tmp_path / "out", IDENTITY)


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
