"""Libraries built for other systems give the bits of this one, where there is what runs them.

There is no Python for them here. So the arrays of a block go to a file as the library takes them, a
small host program (tests/foreign.c) calls the library on them, and its arrays are held to ours.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine import native
from sim.engine.blocks import Block
from sim.engine.native import Reference
from sim.model.roster import Roster
from sim.translate import building
from tests import compiled
from tests.conftest import EXTREME, point_of
from tests.scripts import ROOT

N_WEEKS = 20
PLACE = 0x20_0000_0000
"""Where a picture of memory lies in the host program."""
LONGEST = 600.0
"""Seconds for a compiler or an emulator."""
SYSROOT = Path("/usr/aarch64-linux-gnu")
QEMU = (shutil.which("qemu-aarch64") or "qemu-aarch64", "-L", str(SYSROOT))
WINE = (shutil.which("wine64") or shutil.which("wine") or "/usr/lib/wine/wine64",)


@dataclass
class Picture:
    """Arrays and structs as they lie in the memory of the host program."""

    content: bytearray = field(default_factory=bytearray)
    arrays: dict[int, tuple[int, np.ndarray]] = field(default_factory=dict)  # by address here

    def put(self, content: bytes) -> int:
        self.content += bytes(-len(self.content) % 64)
        self.content += content
        return PLACE + len(self.content) - len(content)

    def argument(self, given: Any) -> int:
        """Return an argument as the host program hands it over."""
        if isinstance(given, Reference):
            return self.put(bytes(self._struct(given.value)))
        return int(given)

    def _struct(self, value: Any) -> ctypes.Structure:
        kind, parts = native._kind(type(value)), []
        for (_, of), part in zip(kind._fields_, value, strict=True):  # type: ignore[misc]
            if of is native._Array:
                shape = (ctypes.c_int64 * native.MOST_DIMENSIONS)(*part.shape)
                parts.append(native._Array(self._array(part), shape))
            else:
                parts.append(int(part) if of is ctypes.c_int64 else self._struct(part))
        return kind(*parts)

    def _array(self, array: np.ndarray) -> int:
        if array.ctypes.data not in self.arrays:
            self.arrays[array.ctypes.data] = self.put(array.tobytes()), array
        return self.arrays[array.ctypes.data][0]


def host(target: str, into: Path) -> Path:
    """Compile the host program for another system."""
    command, is_zig = building.compiler()
    if not is_zig:
        pytest.skip("only zig builds for another system, and CXX names another compiler")
    windows = target.startswith("windows")
    place = into / ("foreign.exe" if windows else "foreign")
    source = Path(__file__).with_name("foreign.c")
    subprocess.run(
        [command[0], "cc", "-O1", "-target", building.TARGETS[target].triple, str(source), "-o",
         str(place), *([] if windows else ["-ldl"])],
        check=True, cwd=into, capture_output=True, timeout=LONGEST,
        env=os.environ | {"ZIG_GLOBAL_CACHE_DIR": f"{into}/g", "ZIG_LOCAL_CACHE_DIR": f"{into}/l"},
    )  # fmt: skip
    return place


@pytest.mark.long
@pytest.mark.parametrize(
    ("target", "runner"),
    [
        pytest.param("linux-aarch64", QEMU, marks=pytest.mark.skipif(
            not (shutil.which(QEMU[0]) and SYSROOT.exists()),
            reason="runs under qemu: apt-get install qemu-user libc6-arm64-cross")),
        pytest.param("windows-amd64", WINE, marks=pytest.mark.skipif(
            not shutil.which(WINE[0]), reason="runs under wine: apt-get install wine64")),
    ],
)  # fmt: skip
def test_a_library_of_another_system_gives_the_same_bits(
    target: str, runner: tuple[str, ...], eventful: Roster, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    theirs = building.TARGETS[target]
    name, variant = next(iter(theirs.variants.items()))
    library = tmp_path / f"spiral{theirs.suffix}"
    building.compile_text(building.source(ROOT)[0], target, variant, library)

    monkeypatch.setattr(native, "library", lambda: compiled.model(name, variant.width))
    block = Block(eventful, N_WEEKS, 3)
    points = np.array([point_of(EXTREME, fear_gain=1.0 + k / 9) for k in range(variant.width)])
    picture: Picture = Picture()

    def argument(given: Any) -> Any:
        arguments.append(picture.argument(given))
        return real(given)

    arguments: list[int] = []
    real = native.argument
    # Week 0 begins the worlds; all of them at once.
    monkeypatch.setattr(block, "play", lambda _: Block.play(block, N_WEEKS))
    monkeypatch.setattr(native, "argument", argument)
    block.begin(points, np.arange(variant.width))

    head = [PLACE, len(picture.content), *arguments, *[0] * (8 - len(arguments))]
    (tmp_path / "in").write_bytes(struct.pack("<10q", *head) + picture.content)
    words = [*runner, str(host(target, tmp_path)), library.name, "spiral_play_weeks", "in", "out"]
    done = subprocess.run(
        words, cwd=tmp_path, capture_output=True, check=False, timeout=LONGEST,
        env=os.environ | {"LD_LIBRARY_PATH": str(tmp_path), "WINEPREFIX": str(tmp_path / "wine"),
                          "WINEDEBUG": "-all"},
    )  # fmt: skip
    assert done.returncode == 0, (done.returncode, done.stderr[-500:])
    out = (tmp_path / "out").read_bytes()
    changed = 0
    for at, array in picture.arrays.values():
        start = at - PLACE
        assert out[start : start + array.nbytes] == array.tobytes()
        changed += bytes(picture.content[start : start + array.nbytes]) != array.tobytes()
    assert changed >= 8  # there was something to play
