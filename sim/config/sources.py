"""Where a config comes from: YAML files that are safe to read, overrides, and errors in either.

A :class:`~sim.errors.Fault` names the file or override it comes from. :class:`Choices` knows the
config groups and reads a file of a group only after checking its size, its events and its defaults
list: no anchors, no tags, no interpolation, no ``_target_``, no way out of the folder. Composing is
Hydra's work (:mod:`sim.__main__`), judging values is that of :mod:`sim.config.scenarios`.
"""

from __future__ import annotations

import csv
import errno
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.errors import Fault, InputError, clean, nearest, show

SIZE = 1_000_000
"""Largest file that is read, in bytes."""
NODES = 50_000
"""Most entries in a file."""
DEPTH = 12
"""Deepest nesting of a file."""

_PACKAGE = Path(__file__).resolve().parents[1]
CONFIGS = next(p for p in (_PACKAGE / "configs", _PACKAGE.parent / "configs") if p.is_dir())
"""The project's configs: inside the package in a wheel, beside it in a checkout."""

GROUPS = {
    "scenario": "scenario",
    "miscalculation": "parameters",
    "world": "parameters",
    "doctrine": "parameters",
    "diplomacy": "parameters",
    "execution": "execution",
    "experiment": "_global_",
}
"""The config groups in order of composition, and the part of the config that each sets."""

PARAMETER_GROUPS = tuple(group for group, package in GROUPS.items() if package == "parameters")

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""What an option of a group may be called."""
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_HEADER = re.compile(r"\A\s*#\s*@package +(\S+)[ \t]*(?:\n|\Z)")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Steps = tuple[str | int, ...]


def dotted(path: Steps) -> str:
    """Return a path in a config as text: ``scenario.events[3].date``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{clean(step)}"
    return text.lstrip(".")


def numbered(tree: Any, path: Steps) -> Steps:
    """Return a path in a tree with the ids of entries of lists as their numbers."""
    steps: list[str | int] = []
    for step in path:
        if isinstance(tree, list) and isinstance(step, str):
            ids = [entry.get("id") if isinstance(entry, dict) else None for entry in tree]
            step = ids.index(step) if step in ids else step
        inside = isinstance(tree, list) and isinstance(step, int) and 0 <= step < len(tree)
        tree = tree[step] if inside else tree.get(step) if isinstance(tree, dict) else None
        steps.append(step)
    return tuple(steps)


# Sources


@dataclass(frozen=True)
class Source:
    """A file or an override, and what it sets."""

    name: str
    tree: Mapping[Any, Any]  # as placed in the whole config

    def depth(self, path: Steps) -> int:
        """Return how many steps of a path this source has."""
        here: Any = self.tree
        for n, step in enumerate(path):
            if isinstance(here, Mapping) and step not in here:
                step = str(step)  # events.0 on the command line
            inside = (
                step in here
                if isinstance(here, Mapping)
                else isinstance(here, list) and isinstance(step, int) and step < len(here)
            )
            if not inside:
                return n
            here = here[step]
        return len(path)


def origin(sources: Sequence[Source], path: Steps) -> Source:
    """Return the source that set a value: of those that go deepest, the last."""
    return max(reversed(sources), key=lambda source: source.depth(path))


def placed(package: str, tree: Any) -> dict[str, Any]:
    """Return a tree at its place in the whole config."""
    for name in reversed([] if package == "_global_" else package.split(".")):
        tree = {name: tree}
    return dict(tree)


# Reading files


def expanded(name: str) -> Path:
    """Return a path, its ``~`` or ``~user`` replaced by the home folder.

    Raises:
        OSError: if there is no such home.
    """
    try:
        return Path(name).expanduser()
    except RuntimeError:
        raise FileNotFoundError(errno.ENOENT, "has no matching home folder for ~") from None


def read_text(path: Path, most: int) -> str:
    """Return the text of a regular file: no pipe is waited for, no device read without an end.

    Args:
        path: the file.
        most: largest file that is read, in bytes.

    Raises:
        OSError: if it may not be read or is not a regular file.
        ValueError: if it is too large, or no UTF-8.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "is not a regular file")
    with path.open("rb") as file:
        found = file.read(most + 1)
    if len(found) > most:
        raise ValueError(f"more than {most} bytes, as many as are allowed")
    return found.decode()


# Reading YAML


def _event_faults(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and what is wrong for everything that is never allowed in a file."""
    depth = n_nodes = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield line, "anchors and aliases are not allowed"
        elif getattr(event, "tag", None):
            yield line, "tags are not allowed"
        if isinstance(event, yaml.ScalarEvent):
            yield from ((line, told) for told in text_faults(event.value))
        n_nodes += isinstance(event, yaml.NodeEvent)
        if depth > DEPTH or n_nodes > NODES:
            told = f"nested deeper than {DEPTH}" if depth > DEPTH else f"more than {NODES} entries"
            yield line, told
            return


def text_faults(text: str) -> Iterator[str]:
    """Yield the errors of text that would make a config do more than hold values."""
    if "${" in text:
        yield "interpolation (${...}) is not allowed"
    if "_target_" in text:
        yield "_target_ is not allowed: a config holds choices, never code"


def read_yaml(path: Path, name: str) -> tuple[dict[Any, Any], str]:
    """Return what a YAML file says, and its text.

    Args:
        path: the file.
        name: what to call it in a message.

    Raises:
        InputError: if it is too large, unsafe or not a mapping.
    """
    try:
        text = read_text(path, SIZE)
        if found := [Fault(f"{name}, line {k}", "", told) for k, told in _event_faults(text)]:
            raise InputError(found)
        tree = OmegaConf.to_container(OmegaConf.load(StringIO(text)), resolve=False)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(
            [Fault(f"{name}, line {line}", "", f"invalid YAML: {error.problem}")]
        ) from None
    except InputError:
        raise
    except (yaml.YAMLError, OmegaConfBaseException, ValueError, OSError) as error:
        told = getattr(error, "strerror", None) or clean(str(error).strip().split("\n")[0])
        raise InputError([Fault(name, "", f"cannot be read: {told}")]) from None
    if not isinstance(tree, dict):
        raise InputError([Fault(name, "", "must be a mapping of names to values")])
    return tree, text


# Reading CSV


def read_csv(name: str, most: int) -> list[list[str]]:
    """Return the lines of a CSV that are not empty, their cells without spaces around them.

    Args:
        name: path of the file.
        most: largest file that is read, in bytes.

    Raises:
        OSError: if it may not be read or is not a regular file.
        ValueError: if it is too large, or no UTF-8.
        csv.Error: if it is no CSV.
    """
    text = read_text(expanded(name), most).removeprefix("\ufeff")
    return [[cell.strip() for cell in line] for line in csv.reader(text.splitlines()) if line]


def number_or_text(text: str) -> float | str:
    """Return a cell as a number, if it is one in plain digits: not 1_0, not full-width ones."""
    return float(text) if _NUMBER.fullmatch(text) else text


# Files of the config groups


@dataclass(frozen=True)
class Choice:
    """A file of a config group, read."""

    source: Source  # what the file itself sets
    base: str  # the file of the same group that it lies on, or ''
    others: Mapping[str, str]  # options of other groups that it chooses


@dataclass
class Choices:
    """The config groups and their files.

    Args:
        built_in: the project's own folder of configs.
        own: the user's folder, if any.
    """

    built_in: Path
    own: Path | None = None
    _read: dict[tuple[str, str], Choice] = field(default_factory=dict)

    def options(self, group: str) -> list[str]:
        """Return the names one may choose from."""
        folders = [self.built_in, *([self.own] if self.own else [])]
        return sorted({path.stem for folder in folders for path in (folder / group).glob("*.yaml")})

    @cached_property
    def _root(self) -> dict[Any, Any]:
        return read_yaml(self.built_in / "config.yaml", "config.yaml")[0]

    def defaults(self) -> dict[str, str]:
        """Return the option of each group in the root config."""
        entries = self._root["defaults"]
        return {g: o for entry in entries if isinstance(entry, dict) for g, o in entry.items()}

    def root(self) -> Source:
        """Return what the root config sets."""
        settings = {k: v for k, v in self._root.items() if k not in ("defaults", "hydra")}
        return Source("config.yaml", settings)

    def faults_of_name(self, group: str, option: object, source: str) -> list[Fault]:
        """Return what is wrong with an option as a name."""
        names = self.options(group)
        if isinstance(option, str) and NAME.fullmatch(option) and option in names:
            return []
        allowed = f"must be one of {', '.join(names)}"
        if self.own is None:
            allowed += "; one of your own needs --config-dir=FOLDER (in Python configs=FOLDER)"
        elif not (self.own / group).is_dir():
            allowed += f"; {clean(self.own)} has no folder {group}"
        return [Fault(source, group, allowed, show(option), nearest(option, names))]

    def read(self, group: str, option: str) -> Choice:
        """Return a file of a group.

        Raises:
            InputError: if it may not be read, or does not hold what a file of its group holds.
        """
        if (group, option) not in self._read:
            self._read[group, option] = self._read_file(group, option)
        return self._read[group, option]

    def _read_file(self, group: str, option: str) -> Choice:
        name = f"{group}/{option}.yaml"
        path = self.built_in / name
        if self.own and (self.own / name).exists():
            if path.exists():
                raise InputError([Fault(str(self.own / name), "", f"shadows the shipped {name}")])
            path, name = self.own / name, str(self.own / name)
        tree, text = read_yaml(path, name)
        faults = list(self._header_faults(group, text, name))
        base, others = self._defaults_list(group, option, tree.pop("defaults", []), name, faults)
        if "hydra" in tree:
            faults.append(Fault(name, "hydra", "Hydra's settings cannot be changed"))
        if faults:
            raise InputError(faults)
        return Choice(Source(name, placed(GROUPS[group], tree)), base, others)

    def _header_faults(self, group: str, text: str, name: str) -> Iterator[Fault]:
        found = _HEADER.match(text)
        package = found.group(1) if found else group
        if package != GROUPS[group]:
            yield Fault(name, "", f"must begin with the line `# @package {GROUPS[group]}`")

    def _defaults_list(
        self, group: str, option: str, entries: Any, name: str, faults: list[Fault]
    ) -> tuple[str, dict[str, str]]:
        """Return the file that lies below and the choices of other groups."""
        base, others = "", dict[str, str]()
        for entry in entries if isinstance(entries, list) else [entries]:
            if entry == "_self_":
                continue
            single = isinstance(entry, dict) and len(entry) == 1
            key, value = next(iter(entry.items())) if single else ("", "")
            other = str(key).removeprefix("override /")
            if isinstance(entry, str) and entry != option and not base:
                faults += self.faults_of_name(group, entry, name)
                base = entry
            elif group == "experiment" != other and key == f"override /{other}" and other in GROUPS:
                faults += self.faults_of_name(other, value, name)
                others[other] = str(value)
            else:
                allowed = f"may hold _self_ and one other file of {group}"
                if group == "experiment":
                    allowed += ", and choices as `override /group: option`"
                faults.append(Fault(name, "defaults", allowed, show(entry)))
        return base, others

    def layers(self, group: str, option: str, above: tuple[str, ...] = ()) -> list[Choice]:
        """Return the files that make up an option, the lowest first.

        Raises:
            InputError: if one of them may not be read, or lies on itself.
        """
        choice = self.read(group, option)
        if option in above:
            told = "a file cannot include itself"
            raise InputError([Fault(choice.source.name, "defaults", told)])
        below = self.layers(group, choice.base, (*above, option)) if choice.base else []
        return [*below, choice]
