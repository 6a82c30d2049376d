"""A study's folder may come from anybody: whatever it holds ends in one clear StudyError, soon."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

import sim
from sim import Study, StudyError, open_study, report
from sim.__main__ import read_jobs
from sim.analysis.quantities import QUANTITIES
from sim.errors import InputError
from sim.plan.scenario import Job
from sim.study import parquet, shards
from sim.study.runner import identity_of, play_study
from sim.study.shards import MAGIC, DamagedShardError, pack, unpack
from sim.study.sizes import sizes_of
from sim.study.store import SHARDS, Store

WORDS = (
    "scenario=two_rivals", "worlds=40", "weeks=6", "seed=3", "series=[rung_leaders]",
    "compare.hotline={diplomacy: hotline}",
)  # fmt: skip


def job_of(output: Path, *words: str) -> Job:
    (job,) = read_jobs([*WORDS, *words])
    return replace(job, output=output)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("studies") / "played"
    return report.run(job_of(output), console=Console(quiet=True))


@pytest.fixture
def folder(played: Path, tmp_path: Path) -> Path:
    """A copy of a study, to be spoilt."""
    return Path(shutil.copytree(played, tmp_path / "study"))


# The manifest


def told(path: Path, **changes: Any) -> Callable[[Path], None]:
    """Return what puts values into a manifest, by their dotted places."""

    def spoil(folder: Path) -> None:
        manifest = json.loads((folder / "manifest.json").read_text())
        for place, value in changes.items():
            *above, last = place.split("__")
            here = manifest
            for name in above:
                here = here[name]
            here[last] = value
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return spoil


def written(content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / "manifest.json").write_bytes(content) and None


def instead(make: Callable[[Path], Any], name: str = "manifest.json") -> Callable[[Path], None]:
    """Return what puts something else in the place of a file."""

    def spoil(folder: Path) -> None:
        (folder / name).rename(folder / "away")
        make(folder / name)

    return spoil


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10**10)


HERE = Path()
MANIFESTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "deep": (written(b"[" * 200_000), "nested too deeply"),
    "deep mappings": (written(b'{"a":' * 200_000), "nested too deeply"),
    "no text": (written(b"\xff\xfe\x00"), "utf-8"),
    "no JSON": (written(b"{"), "holds no readable study"),
    "a list": (written(b"[1, 2]"), "dictionary"),
    "a number of many digits": (
        written(b'{"finished": ' + b"9" * 9999 + b"}"),
        "holds no readable study",
    ),
    "a pipe": (instead(os.mkfifo), "not a regular file"),
    "a folder": (instead(Path.mkdir), "not a regular file"),
    "a link": (instead(lambda path: path.symlink_to("away")), "not a regular file"),
    "absent": (instead(lambda path: None), "cannot be read"),
    "endless": (instead(_sparse), "10000000000 bytes"),
    "weeks": (told(HERE, config__weeks=10**9), "config.weeks = 1000000000"),
    "no weeks": (told(HERE, config__weeks=float("nan")), "config.weeks"),
    "every": (told(HERE, config__every=0), "config.every = 0"),
    "points": (told(HERE, points=10**12), "points = 1000000000000"),
    "points in words": (told(HERE, points="2"), 'points = "2"'),
    "worlds": (told(HERE, config__worlds=-1), "config.worlds = -1"),
    "seed": (told(HERE, seed=None), "seed = null"),
    "drawn": (told(HERE, drawn="no"), "drawn"),
    "quantities": (told(HERE, quantities=["=1+1"]), "quantities[0]"),
    "posterior": (told(HERE, posterior={"parameters": 3, "draws": 1}), "posterior.parameters"),
    "precision": (told(HERE, config__precision={"most": "x"}), "config.precision"),
    "no scenario": (told(HERE, config__scenario=[]), "config.scenario"),
    "config": (told(HERE, config=7), "config = 7"),
    "nothing": (written(b'{"finished": true}'), "config"),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_that_no_run_wrote_is_told(folder: Path, name: str) -> None:
    spoil, expected = MANIFESTS[name]
    spoil(folder)
    with pytest.raises(StudyError) as raised:
        open_study(folder)
    assert expected in str(raised.value)


@pytest.mark.parametrize(
    "scenario",
    [{}, {"states": [[]] * 5}, {"states": ["AAA"] * 400}, {"blocs": {"west": {"leader": []}}},
     {"title": "x" * 10**6}],
)  # fmt: skip
def test_a_scenario_that_no_run_wrote_is_told(folder: Path, scenario: dict[str, Any]) -> None:
    told(folder, first_scenario=scenario)(folder)
    with pytest.raises(StudyError, match="scenario"):
        open_study(folder).scenario  # noqa: B018


def test_a_study_error_is_an_input_error_that_the_package_exports() -> None:
    assert issubclass(sim.StudyError, InputError)
    assert "StudyError" in sim.__all__


# Tables


def put(name: str, **columns: Any) -> Callable[[Path], None]:
    return lambda folder: pq.write_table(
        pa.table(columns), folder / f"{name}.parquet", compression="zstd"
    )


def changed(name: str, change: Callable[[pa.Table], pa.Table]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / f"{name}.parquet"
        pq.write_table(change(pq.read_table(path)), path)

    return spoil


def _repeated(text: str, n: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([text]))


def _cut(folder: Path) -> None:
    path = folder / "points.parquet"
    path.write_bytes(path.read_bytes()[:-9])


def _endless_rows(folder: Path) -> None:
    """Write half a gigabyte of rows that are all alike as a file of some kilobytes."""
    rows = pq.read_table(folder / "points.parquet").slice(0, 1)
    many = rows.take(pa.array(np.zeros(1_000_000, np.int64)))
    with pq.ParquetWriter(folder / "points.parquet", many.schema, compression="zstd") as file:
        for _ in range(12):
            file.write_table(many)
    assert (folder / "points.parquet").stat().st_size < 330_000


def _renamed(table: pa.Table) -> pa.Table:
    return table.rename_columns(["point" if n == "quantity" else n for n in table.column_names])


TABLES: dict[str, tuple[Callable[[Path], None], str]] = {
    "endless rows": (_endless_rows, f"declares 12000000 rows; {2 * len(QUANTITIES)} are allowed"),
    "an odd table of endless rows": (put("points", x=np.zeros(10**7, np.int8)), "rows"),
    "a text of a gigabyte": (
        put("points", point=[0] * 44, quantity=_repeated("x" * 30_000_000, 44),
            **{n: [0.0] * 44 for n in ("value", "lo", "hi", "worlds")}),
        "contains more data than it declares"),
    "a column less": (changed("points", lambda t: t.drop_columns(["lo"])), "column lo of numbers"),
    "a column of texts": (
        changed("points", lambda t: t.set_column(2, "value", pa.array(["x"] * len(t)))),
        "column value of numbers"),
    "a column of numbers": (
        changed("points", lambda t: t.set_column(1, "quantity", pa.array([1] * len(t)))),
        "column quantity of texts"),
    "a column of lists": (
        changed("points", lambda t: t.append_column("x", pa.array([[1]] * len(t)))), "holds list"),
    "two of one name": (changed("points", _renamed), "two columns of one name"),
    "no Parquet": (lambda f: (f / "points.parquet").write_bytes(b"PAR1" * 9) and None, "cannot be"),
    "cut": (_cut, "cannot be read"),
    "empty": (lambda f: (f / "points.parquet").write_bytes(b"") and None, "cannot be read"),
    "a pipe": (instead(os.mkfifo, "points.parquet"), "not a regular file"),
    "a link": (instead(lambda p: p.symlink_to("away"), "points.parquet"), "not a regular file"),
    "a folder": (instead(Path.mkdir, "points.parquet"), "not a regular file"),
}  # fmt: skip
READERS: dict[str, Callable[[Study], Any]] = {
    "table": lambda study: study.table("points"),
    "a part": lambda study: study.table("points", points=[0]),
    "value": lambda study: study.value("clash"),
    "csv": lambda study: study.to_csv(study.folder / "csv"),
    "figures": report.draw,
    "xarray": Study.to_xarray,
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_no_run_wrote_is_told_whoever_reads_it(folder: Path, name: str) -> None:
    spoil, expected = TABLES[name]
    spoil(folder)
    for reader, read in READERS.items():
        with pytest.raises(StudyError) as raised:
            read(open_study(folder))
        assert expected in str(raised.value), reader


@pytest.mark.parametrize("name", ["curves", "design", "outcomes", "rungs", "leading", "reached"])
def test_any_table_is_looked_at_before_it_is_read(folder: Path, name: str) -> None:
    put(name, odd=[1.0])(folder)
    with pytest.raises(StudyError, match="must have a column"):
        open_study(folder).table(name)


def test_what_a_file_declares_is_looked_at_before_anything_is_unpacked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _endless_rows(folder)

    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("something was unpacked")

    monkeypatch.setattr(parquet.ds, "dataset", forbidden)  # type: ignore[attr-defined]
    with pytest.raises(StudyError, match="declares"):
        open_study(folder).table("points")


def test_a_file_that_lies_is_found_out_while_it_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _endless_rows(folder)
    monkeypatch.setattr(parquet, "_excess", lambda *_: "")
    with pytest.raises(StudyError, match="contains more data than it declares"):
        open_study(folder).table("points")


def test_a_table_of_ones_own_has_no_more_room_than_its_file_calls_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("own", x=np.zeros(10**5))(folder)
    told(folder, config__worlds=10**7, points=100_000)(folder)
    assert len(open_study(folder).table("own")) == 10**5
    monkeypatch.setattr(parquet, "ROOM", 799_999)
    assert len(open_study(folder).table("own")) == 10**5
    monkeypatch.setattr(parquet, "RATIO", 2)
    with pytest.raises(StudyError, match="declares 800000 bytes; 799999 are allowed"):
        open_study(folder).table("own")


def test_curves_that_lack_rows_are_told_when_they_are_looked_at(folder: Path) -> None:
    changed("curves", lambda table: table.slice(1))(folder)
    with pytest.raises(StudyError, match="lacks weeks or measures"):
        open_study(folder).to_xarray()["mean"].to_numpy()


def test_a_design_that_lacks_points_is_told(folder: Path) -> None:
    changed("design", lambda table: table.slice(1))(folder)
    with pytest.raises(StudyError, match="must have the points 0 to 1"):
        open_study(folder).label(0)


# Names and numbers that there are not


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (lambda study: study.value("clsh"), "unknown quantity clsh .*did you mean clash"),
        (lambda study: study.value("clash", 2), "point = 2: must be .* from 0 to 1"),
        (lambda study: study.value("clash", -1), "point = -1"),
        (lambda study: study.value("clash", "x"), 'point = "x"'),
        (lambda study: study.difference("wars_", 1), "did you mean wars"),
        (lambda study: study.difference("wars", 0), r"differences.parquet; available: 1"),
        (lambda study: study.label(9), "point = 9"),
        (lambda study: study.at(9), "point = 9"),
        (lambda study: study.tables([0, 9]), "point = 9"),
        (lambda study: study.table("curve"), "did you mean curves"),
        (lambda study: study.table("../study/curves"), "unknown table"),
        (lambda study: study.table("curves", points=2), "point = 2"),
        (lambda study: study.table("curves", columns=["meen"]), "did you mean mean"),
        (lambda study: study.table("curves", measures=["fear_leader"]), "mean fear_leaders"),
        (lambda study: study.table("points", measures=["fear_leaders"]), "unknown column measure"),
        (lambda study: study.table("outcomes", worlds=-1), "world = -1"),
        (lambda study: study.to_csv("csv", ["curve"]), "did you mean curves"),
    ],
)
def test_a_name_that_there_is_not_is_told_with_the_nearest(
    played: Path, ask: Callable[[Study], Any], expected: str
) -> None:
    expected = expected.replace(" .*", ".*")
    with pytest.raises(InputError, match=expected):
        ask(open_study(played))


def test_numbers_of_numpy_are_points_too(played: Path) -> None:
    study = open_study(played)
    assert study.value("display", np.int64(1)) == study.value("display", 1)
    assert len(study.table("points", points=np.arange(2))) == len(study.points)


# CSV


FORMULAS = ("=HYPERLINK(1)", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1")


def test_no_text_of_a_csv_is_a_formula_and_every_number_is_as_it_was(folder: Path) -> None:
    harmless = ("a=1", "", "'=1", " =1", "1-1", "2024-01-01")
    texts = [*FORMULAS, *harmless]
    numbers = [-1.5 * k for k in range(len(texts))]
    put("own", **{"=title": texts, "x": numbers, "-y": [None, *range(-1, -len(texts), -1)]})(folder)
    (path,) = open_study(folder).to_csv(folder / "csv", ["own"])
    with path.open(newline="", encoding="utf-8") as lines:
        head, *rows = csv.reader(lines)
    assert head == ["'=title", "x", "'-y"]
    assert [row[0] for row in rows] == [*(f"'{text}" for text in FORMULAS), *harmless]
    assert [float(row[1]) for row in rows] == numbers
    assert [row[2] for row in rows] == ["", *(str(-k) for k in range(1, len(texts)))]


# Shards


def bomb(declared: int, n_bytes: int = 1 << 26) -> bytes:
    """Return the bytes of a shard of zeros under a digest that fits."""
    packed = pa.compress(bytes(n_bytes), codec="zstd", asbytes=True)
    body = declared.to_bytes(8, "little") + packed
    return MAGIC + hashlib.sha256(body).digest() + body


def test_a_shard_is_not_unpacked_beyond_what_its_job_can_need(
    played: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_of(folder)
    path = next((folder / SHARDS).iterdir())
    whole = path.read_bytes()
    path.write_bytes(bomb(1 << 30))
    assert path.stat().st_size < 66_000
    unpacked = []
    decompress = pa.decompress

    def watched(content: Any, decompressed_size: int, **rest: Any) -> Any:
        unpacked.append(decompressed_size)
        return decompress(content, decompressed_size=decompressed_size, **rest)

    monkeypatch.setattr(shards.pa, "decompress", watched)  # type: ignore[attr-defined]
    with Store.opened(folder, identity_of(job)) as store:
        play_study(job, store)
    assert max(unpacked) <= sizes_of(job).shard < 1 << 26
    assert path.read_bytes() == whole


@pytest.mark.parametrize("make", [os.mkfifo, _sparse, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_shard_is_taken_for_absent(folder: Path, make: Callable[[Path], Any]) -> None:
    job = job_of(folder)
    path = next((folder / SHARDS).iterdir())
    path.unlink()
    make(path)
    with Store.opened(folder, identity_of(job)) as store:
        assert store.shard(path.name, sizes_of(job).shard) is None
    assert not path.is_symlink()
    assert not path.exists()


@pytest.mark.parametrize(
    "words",
    [(), ("execution.shard=1",), ("vary.fear_gain=[1,2,3]", "worlds=500", "every=2"),
     ("worlds=20000", "weeks=1", "series=[rung_leaders,fear_leaders,gap_leaders]")],
)  # fmt: skip
def test_every_shard_of_a_job_has_the_room_it_needs(tmp_path: Path, words: tuple[str, ...]) -> None:
    job = job_of(tmp_path / "x", *words)
    with Store.opened(job.output, identity_of(job)) as store:
        play_study(job, store)
        sizes = [len_of(path.read_bytes()) for path in (job.output / SHARDS).iterdir()]
    assert 0 < max(sizes) <= sizes_of(job).shard


def len_of(content: bytes) -> int:
    """Return how many bytes a shard says it has when unpacked."""
    place = len(MAGIC) + 32
    return int.from_bytes(content[place : place + 8], "little")


def test_a_shard_whose_parts_do_not_go_together_is_damaged(played: Path) -> None:
    leaf = unpack(next((played / SHARDS).iterdir()).read_bytes())
    for spoilt in (
        replace(leaf, of_point=leaf.of_point + 7),
        replace(leaf, number=leaf.number[1:]),
        replace(leaf, points=leaf.points[::-1]),
        replace(leaf, played=replace(leaf.played, outcomes=leaf.played.outcomes[:, 1:])),
        replace(leaf, played=replace(leaf.played, series=leaf.played.series[:3])),
    ):
        with pytest.raises(DamagedShardError):
            unpack(pack(spoilt))
