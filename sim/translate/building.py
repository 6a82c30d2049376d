"""The generated C++ compiled for a target: by the wheel's build hook, and in a changed checkout.

A target has one or more variants, compiled from the same text for processors of different reach;
the engine loads the best that the machine has. All give the same bits: no variant may contract or
reorder arithmetic. The compiler is ``CXX`` if set (clang 17 or later), else the one in the package
``ziglang``, which also builds for other systems. Only the standard library is used here.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sim.translate import cpp
from sim.translate.cpp import Entry, translated
from sim.translate.reading import Package

ENTRIES = (
    *(Entry("sim.model.turn", name) for name in (
        "drift", "perceive", "appraise", "consult", "choose", "act", "confront", "spread_week",
        "decide", "carry_out",
    )),
    Entry("sim.engine.notes", "observe"),
    Entry("sim.engine.notes", "play_weeks"),
    *(Entry("sim.engine.record", name, wide=False) for name in (
        "fold", "code", "quantile_bins", "quantile_wide_bins", "trim", "add_trimmed",
    )),
)  # fmt: skip
"""What Python calls in the library."""
ZIG = "ziglang==0.17.1"
"""What a build needs where ``CXX`` is not set."""
FLAGS = (
    "-std=c++20", "-O3", "-ffp-contract=off", "-fno-sanitize=undefined", "-nostdlib",
    "-fno-exceptions", "-fno-rtti", "-fvisibility=hidden", "-Wno-psabi",
    "-Wno-parentheses-equality",
)  # fmt: skip
LONGEST_REPORT = 3000
PLACE = "sim/engine/built"
"""Where the package looks for its libraries."""
RECORD = "built.txt"


class BuildError(RuntimeError):
    """The library cannot be built; the message says what is missing or what the compiler said."""


@dataclass(frozen=True)
class Variant:
    """One compilation of the text."""

    flags: tuple[str, ...] = ()
    width: int = 16  # worlds in a block


@dataclass(frozen=True)
class Target:
    """A kind of machine to build for."""

    triple: str  # as zig names it
    wheel: str  # tag of its wheels
    suffix: str
    variants: dict[str, Variant] = field(default_factory=lambda: {"base": Variant(width=8)})
    flags: tuple[str, ...] = ("-shared", "-fPIC")


X86 = {
    "base": Variant(("-march=x86_64_v2",)),
    "v3": Variant(("-march=x86_64_v3",)),
    "v4": Variant(("-march=x86_64_v4", "-mprefer-vector-width=512")),
}
TARGETS = {
    "linux-x86_64": Target(
        "x86_64-linux-gnu.2.17",
        "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64", ".so", X86),
    "linux-aarch64": Target(
        "aarch64-linux-gnu.2.17",
        "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64", ".so"),
    "macos-arm64": Target("aarch64-macos.11.0", "macosx_11_0_arm64", ".dylib"),
    "macos-x86_64": Target(
        "x86_64-macos.11.0", "macosx_11_0_x86_64", ".dylib", {k: X86[k] for k in ("base", "v3")}),
    "windows-amd64": Target(
        "x86_64-windows-gnu", "win_amd64", ".dll", X86, ("-shared", "-mno-stack-arg-probe")),
    "page": Target(
        "wasm32-freestanding", "", ".wasm",
        {f"w{n}": Variant(("-msimd128", "-mbulk-memory"), width=n) for n in (4, 8)},
        ("-Wl,--no-entry", "-Wl,--export-dynamic", "-Wl,--export=__heap_base")),
}  # fmt: skip
"""By name; the last is the classroom page's module, which is in no wheel."""


def chosen() -> str:
    """Return the target of a wheel: ``SPIRAL_TARGET``, or this machine.

    Raises:
        BuildError: if there are no wheels for it.
    """
    name = os.environ.get("SPIRAL_TARGET") or here()
    wheels = [target for target, each in TARGETS.items() if each.wheel]
    if name not in wheels:
        raise BuildError(f"SPIRAL_TARGET={name}: wheels are built for {', '.join(wheels)}")
    return name


def here() -> str:
    """Return the name of the target that this machine is.

    Raises:
        BuildError: if there is no such target.
    """
    system = {"Linux": "linux", "Darwin": "macos", "Windows": "windows"}.get(platform.system(), "")
    machine = platform.machine()
    name = f"{system}-{machine.lower() if system == 'windows' else machine}"
    if name not in TARGETS:
        known = ", ".join(target for target, each in TARGETS.items() if each.wheel)
        raise BuildError(f"no library is built for {platform.system()} {machine}; there are "
                         f"{known}; SPIRAL_PLAIN=1 plays without one")  # fmt: skip
    return name


def source(root: Path) -> tuple[str, dict[str, str]]:
    """Return the C++ of the model, and the digest of each file it was read from.

    Args:
        root: the folder that holds the package.
    """
    package = Package(root)
    text = translated(package, ENTRIES)
    files = [package.file_of(module) for module in package.read]
    files += sorted((Path(__file__).parent).glob("*.*"))
    return text, {path.relative_to(root).as_posix(): digest_of(path) for path in files}


def digest_of(path: Path) -> str:
    """Return what tells a file's bytes from others."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def digest_of_text(text: str) -> str:
    """Return what tells a generated text, and the way it is compiled, from others."""
    return hashlib.sha256("\n".join([text, *FLAGS]).encode()).hexdigest()[:16]


def compiler() -> tuple[list[str], bool]:
    """Return the command of the compiler, and whether it is zig's.

    Raises:
        BuildError: if there is none.
    """
    if chosen := os.environ.get("CXX"):
        return shlex.split(chosen), "zig" in chosen
    if found := importlib.util.find_spec("ziglang"):
        assert found.origin is not None
        zig = Path(found.origin).parent / ("zig.exe" if os.name == "nt" else "zig")
        return [str(zig), "c++"], True
    if clang := shutil.which("clang++"):
        return [clang], False
    raise BuildError(
        "the compiled rules are missing or older than the rules, and there is no compiler: "
        f"pip install {ZIG}, or set CXX to a clang++ of version 17 or later"
    )


def compile_text(text: str, target: str, variant: Variant, place: Path) -> None:
    """Compile a text into a library; the file appears whole or not at all.

    Args:
        text: C++.
        target: a name of ``TARGETS``.
        variant: how.
        place: the library to write.

    Raises:
        BuildError: with what the compiler says.
    """
    machine = TARGETS[target]
    command, is_zig = compiler()
    if not is_zig and target != here():
        raise BuildError(f"only zig builds for another system; CXX={command[0]} builds {here()}")
    place.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place, so that the rename is atomic; names are relative, for the same bytes.
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".building-") as work:
        Path(work, "spiral.cpp").write_text(text, "utf-8")
        name = f"spiral{machine.suffix}"
        flags = (
            variant.flags if is_zig else [f.replace("x86_64_", "x86-64-") for f in variant.flags]
        )
        told = [*command, *FLAGS, *(["-target", machine.triple, "-s"] if is_zig else []), *flags,
                *machine.flags, f"-DWIDTH={variant.width}", "spiral.cpp", "-o", name]  # fmt: skip
        caches = {"ZIG_GLOBAL_CACHE_DIR": f"{work}/g", "ZIG_LOCAL_CACHE_DIR": f"{work}/l"}
        done = subprocess.run(
            told, cwd=work, env=os.environ | caches, capture_output=True, text=True, check=False
        )
        if done.returncode:
            report = done.stderr[-LONGEST_REPORT:]
            raise BuildError(f"the rules cannot be compiled:\n{shlex.join(told)}\n{report}")
        os.replace(Path(work, name), place)


# A folder of libraries


def library_name(digest: str, variant: str, target: str) -> str:
    """Return the file name of a library."""
    return f"spiral-{digest}-{variant}{TARGETS[target].suffix}"


def build(root: Path, target: str, into: Path) -> Iterator[Path]:
    """Build all variants of a target, and say what they were built from; yield the files.

    Args:
        root: the folder that holds the package.
        target: a name of ``TARGETS``.
        into: the folder to write to.
    """
    text, _ = source(root)
    digest = digest_of_text(text)
    for name, variant in TARGETS[target].variants.items():
        place = into / library_name(digest, name, target)
        compile_text(text, target, variant, place)
        yield place
    yield write_record(into, digest, {})  # nothing changes in a wheel


def refresh(root: Path, folder: Path) -> tuple[str, str]:
    """Build the variant that this machine runs, if there is none of these rules.

    Args:
        root: the folder that holds the package.
        folder: of the libraries.

    Returns:
        The digest of the rules, and the variant.

    Raises:
        BuildError: if it has to be built and cannot.
    """
    text, files = source(root)
    digest, target = digest_of_text(text), here()
    with writing(folder):
        variant = able(folder, digest)[-1]
        place = folder / library_name(digest, variant, target)
        if not place.exists():
            print("spiral: compiling the rules", file=sys.stderr)
            compile_text(text, target, TARGETS[target].variants[variant], place)
            _forget(folder, target, but=digest)
        if recorded(folder) != (digest, files):
            write_record(folder, digest, files)
    return digest, variant


def _forget(folder: Path, target: str, but: str) -> None:
    """Remove libraries of other rules that were built here; one that is in use may stay."""
    for other in folder.glob(f"spiral-*{TARGETS[target].suffix}"):
        if other.name.split("-")[1] not in (but, "0"):
            with suppress(OSError):
                other.unlink()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Make a folder of libraries and write to it.

    Raises:
        BuildError: if it cannot be written to, as in a read-only checkout.
    """
    try:
        folder.mkdir(exist_ok=True)
        yield
    except OSError as error:
        raise BuildError(
            f"the compiled rules are missing or older than the rules, and {folder} cannot be "
            f"written to ({error}); SPIRAL_PLAIN=1 plays without them"
        ) from error


def able(folder: Path, digest: str) -> list[str]:
    """Return the variants of a library that this machine can run, the best last.

    ``SPIRAL_VARIANT`` in the environment names one to use instead of the best.
    """
    variants = list(TARGETS[here()].variants)
    level = _processor(folder, digest) if len(variants) > 1 else 0
    found = [name for name in variants if name == "base" or int(name.removeprefix("v")) <= level]
    chosen = os.environ.get("SPIRAL_VARIANT")
    return sorted(found, key=lambda name: name == chosen) if chosen in found else found


def _processor(folder: Path, digest: str) -> int:
    """Return what the processor can do, asked of a library that every processor runs."""
    target = here()
    base = folder / library_name(digest, "base", target)
    probe = base if base.exists() else folder / library_name("0", "level", target)
    if not probe.exists():
        compile_text(cpp.level(), target, TARGETS[target].variants["base"], probe)
    return int(ctypes.CDLL(str(probe)).spiral_level())


def recorded(folder: Path) -> tuple[str, dict[str, str]]:
    """Return the digest that the libraries were built from, and those of the files; '' if none."""
    try:
        digest, *lines = (folder / RECORD).read_text("utf-8").splitlines()
        return digest, {path: told for told, path in (line.split(" ", 1) for line in lines)}
    except (OSError, ValueError):
        return "", {}


def write_record(folder: Path, digest: str, files: dict[str, str]) -> Path:
    """Write which text the libraries in a folder were built from, and from which files.

    Args:
        folder: of the libraries.
        digest: of the text.
        files: digest of each file by its path; none in a wheel, where nothing changes.
    """
    place = folder / RECORD
    lines = [digest, *(f"{told} {path}" for path, told in sorted(files.items()))]
    part = place.with_name(f".{place.name}.{os.getpid()}")
    part.write_text("\n".join(lines) + "\n", "utf-8")
    os.replace(part, place)
    return place


if __name__ == "__main__":
    for built in build(Path(__file__).parents[2], sys.argv[1], Path(sys.argv[2])):
        print(built)
