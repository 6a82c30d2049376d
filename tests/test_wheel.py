"""A wheel of this machine, in an environment of its own without any compiler."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.translate import building
from sim.translate.building import BuildError
from tests.scripts import ROOT, script

SCENARIO = "able_archer_1983"
_SMOKE = """
import importlib.util, json, os, pathlib, shutil, sys
import sim
from sim.engine import native
from sim.translate import building
assert importlib.util.find_spec("ziglang") is None and not shutil.which("clang++")
assert pathlib.Path(sim.__file__).is_relative_to(sys.prefix), sim.__file__
sys.path.insert(0, sys.argv[1])
import baseline
baseline.SCENARIOS = (sys.argv[2],)
found = baseline.baseline()[sys.argv[2]]
print(json.dumps({"found": found, "variant": native.library().variant}))
"""


def uv(*words: object) -> str:
    """Run uv as set-up runs it; return what it says."""
    return run("sh", ROOT / "scripts/uv.sh", sys.prefix, *words)


def run(*words: object, **options: Any) -> str:
    told = [str(word) for word in words]
    done = subprocess.run(told, text=True, capture_output=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def built(into: Path) -> Path:
    """Build the wheel of this machine in the development environment, with nothing fetched."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", into, cwd=ROOT)
    (wheel,) = into.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The Python of a fresh environment with the wheel and what it needs, as locked."""
    env = tmp_path_factory.mktemp("fresh") / "env"
    uv("venv", "--quiet", "--python", sys.executable, env)
    found = env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    locked = (ROOT / "requirements.lock").read_text().splitlines()
    names = "\n".join(line.removesuffix(" \\") for line in locked if "==" in line)
    (env / "locked.txt").write_text(names)
    uv("pip", "install", "--quiet", "--python", found, "--constraint", env / "locked.txt", wheel)
    yield found
    shutil.rmtree(env)


@pytest.mark.long
def test_a_wheel_carries_every_variant_and_what_it_was_built_from(wheel: Path) -> None:
    target = building.TARGETS[building.here()]
    digest = building.digest_of_text(building.source(ROOT)[0])
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
        assert file.read(f"{building.PLACE}/{building.RECORD}").decode() == f"{digest}\n"
    libraries = {name for name in names if name.startswith(building.PLACE)}
    assert libraries == {f"{building.PLACE}/{building.RECORD}"} | {
        f"{building.PLACE}/{building.library_name(digest, variant, building.here())}"
        for variant in target.variants
    }
    assert f"-py3-none-{target.wheel}.whl" in wheel.name
    assert not [name for name in names if name.endswith((".wasm", ".pyc"))]


@pytest.mark.long
def test_the_same_checkout_gives_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    assert built(tmp_path).read_bytes() == wheel.read_bytes()


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="the paths are those of a POSIX system")
def test_an_installed_wheel_plays_the_baseline_without_a_compiler_and_writes_nothing(
    python: Path, tmp_path: Path
) -> None:
    def files() -> dict[Path, int]:
        return {p: p.stat().st_mtime_ns for p in python.parents[1].rglob("*")}

    before = files()
    words = {"PATH": str(python.parent), "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    said = run(python, "-c", _SMOKE, ROOT / "scripts", SCENARIO, cwd=tmp_path, env=words)
    told = json.loads(said)  # and not a word more, as of compiling
    assert told["found"] == json.loads((ROOT / "tests/baseline.json").read_text())[SCENARIO]
    assert (
        told["variant"]
        == building.able(ROOT / building.PLACE, building.recorded(ROOT / building.PLACE)[0])[-1]
    )
    assert files() == before


def test_a_wheel_is_refused_for_a_system_that_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("page", "amiga"):
        monkeypatch.setenv("SPIRAL_TARGET", name)
        with pytest.raises(BuildError, match=f"SPIRAL_TARGET={name}: .* linux-x86_64.*windows"):
            building.chosen()


def test_every_wheel_the_makefile_builds_is_one_that_there_is() -> None:
    (line,) = [ln for ln in (ROOT / "Makefile").read_text().splitlines() if "SYSTEMS =" in ln]
    assert line.split()[2:] == [name for name, t in building.TARGETS.items() if t.wheel]


def test_a_checkout_that_cannot_be_written_to_says_so(tmp_path: Path) -> None:
    (tmp_path / "built").write_text("in the way of a folder")
    with pytest.raises(BuildError, match=r"built cannot be written to .*SPIRAL_PLAIN=1"):
        building.refresh(ROOT, tmp_path / "built")


def test_the_builder_of_wheels_is_the_one_of_the_lock() -> None:
    def pinned(name: str) -> set[str]:
        lines = (ROOT / f"requirements{name}.lock").read_text().splitlines()
        return {line.split()[0] for line in lines if "==" in line}

    assert pinned("-build") <= pinned("")
    assert building.ZIG in pinned("-build") & {script(".", "hatch_build").ZIG}
