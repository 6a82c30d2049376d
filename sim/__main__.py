"""The command line: ``python -m sim``, also installed as ``spiral``.

Hydra composes the config, :mod:`sim.checking` judges it, :mod:`sim.report` plays and writes. This is
the only file that imports Hydra. Of Hydra's ways to start, those that only show something (``--help``,
``--cfg``, ``--info``) are left to it; runs go through its compose API, so that every fault can be told
at once and Hydra itself writes nothing.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from unittest import mock

import hydra
from hydra._internal.utils import get_args_parser
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, OverrideType
from omegaconf import DictConfig, OmegaConf, open_dict

from sim.checking.sources import (
    GROUPS,
    Choices,
    Fault,
    InputError,
    Source,
    Steps,
    clean,
    nearest,
    placed,
    show,
    text_faults,
)

if TYPE_CHECKING:
    from sim.scenario import Job

HERE = Path(__file__).resolve().parent
CONFIGS = next(p for p in (HERE / "configs", HERE.parent / "configs") if p.is_dir())
"""The project's configs: inside the package in a wheel, beside it in a checkout."""

MOST_JOBS = 1000
MOST_LETTERS = 20_000
"""Longest override."""


# Flags


def flags(arguments: Sequence[str]) -> argparse.Namespace:
    """Return Hydra's flags and the overrides.

    Raises:
        InputError: if a flag is unknown, or one that Spiral does not take.
    """
    faults: list[Fault] = []

    def refuse(message: str) -> NoReturn:
        raise InputError([*faults, Fault("command line", "", clean(message))])

    parser = get_args_parser()
    parser.error = refuse
    options, unknown = parser.parse_known_intermixed_args(arguments)
    known = [flag for action in parser._actions for flag in action.option_strings]
    faults += [
        Fault("command line", clean(word), "no such flag", nearest=nearest(word, known))
        for word in unknown
    ]
    for name in ("config_path", "config_name", "experimental_rerun"):
        if getattr(options, name) is not None:
            flag = f"--{name.replace('_', '-')}"
            faults.append(Fault("command line", flag, "is not for Spiral: use --config-dir"))
    asked = (options.run, options.multirun, options.cfg, options.info, options.shell_completion)
    if sum(map(bool, asked)) > 1:
        told = "only one of --run, --multirun, --cfg, --info and --shell-completion can be given"
        faults.append(Fault("command line", "", told))
    options.faults = faults
    return options


def _files(options: argparse.Namespace, faults: list[Fault]) -> Choices:
    """Return the config groups, with the user's own folder if one is given."""
    if options.config_dir is None:
        return Choices(CONFIGS)
    told = [*text_faults(options.config_dir)]
    own = Path(options.config_dir)
    if not told and not own.is_dir():
        told = ["no such folder"]
    faults += [Fault("--config-dir", "", each, show(options.config_dir)) for each in told]
    return Choices(CONFIGS, None if told else own.absolute())


# Overrides


@dataclass(frozen=True)
class Word:
    """One override of the command line."""

    text: str
    group: str  # the config group it chooses from, or ''
    values: tuple[str, ...]  # as overrides for Hydra: one, several for a multirun, none if faulty
    trees: tuple[Mapping[str, Any], ...]  # what each value sets


def words(options: argparse.Namespace, files: Choices, faults: list[Fault]) -> list[Word]:
    """Return the overrides, and note those that are malformed or choose what is not there."""
    parser = OverridesParser.create()
    found = []
    for text in options.overrides:
        told = [*text_faults(text)]
        if len(text) > MOST_LETTERS:
            told.append(f"longer than {MOST_LETTERS} characters")
        override = None
        if not told:
            try:
                override = parser.parse_override(text)
            except Exception as error:  # the grammar raises many kinds; each is the input's fault
                told.append(f"is no key=value ({clean(str(error).strip())})")
        source = f"override {clean(text)}"
        if override is None:
            faults += [Fault(source, "", each) for each in told]
            found.append(Word(text, "", (), ()))
        elif override.key_or_group in GROUPS:
            found.append(_group_word(text, override, options, files, faults))
        else:
            found.append(_value_word(text, override, options, faults))
    return found


def _several(override: Override, options: argparse.Namespace, told: list[str]) -> list[Any]:
    """Return the values of an override as text, one unless it is for a multirun."""
    if not override.is_sweep_override():
        return [override.get_value_string()]
    if not options.multirun:
        told.append("has several values, which needs --multirun (-m) or, to compare, vary")
    elif not override.is_discrete_sweep():
        told.append("must list its values")
    else:
        values = list(itertools.islice(override.sweep_string_iterator(), MOST_JOBS + 1))
        if len(values) <= MOST_JOBS:
            return values
        told.append(f"has more than {MOST_JOBS} values")
    return []


def _group_word(
    text: str,
    override: Override,
    options: argparse.Namespace,
    files: Choices,
    faults: list[Fault],
) -> Word:
    group, source = override.key_or_group, f"override {clean(text)}"
    told: list[str] = []
    chosen: list[Any] = []
    if override.type != OverrideType.CHANGE or override.package is not None:
        told.append(f"a group always has one choice: write {group}=option")
    elif isinstance(override.value(), Glob):
        chosen = override.value().filter(files.options(group))
        if not options.multirun or not chosen:
            told.append("needs --multirun (-m), and options that match")
    elif override.is_sweep_override():
        chosen = _several(override, options, told)
    else:
        value = override.value()
        chosen = [value if isinstance(value, list | dict) or value is None else str(value)]
    wrong = [f for option in chosen for f in files.faults_of_name(group, option, source)]
    faults += [Fault(source, group, each) for each in told] + wrong
    values = () if told or wrong else tuple(f"{group}={option}" for option in chosen)
    return Word(text, group, values, ({},) * len(values))


def _value_word(
    text: str, override: Override, options: argparse.Namespace, faults: list[Fault]
) -> Word:
    key, told = override.key_or_group, []
    if key == "hydra" or override.is_hydra_override():
        told.append("Hydra's own settings cannot be changed")
    elif override.package is not None or "/" in key:
        like = nearest(key.split("@")[0], GROUPS)
        faults.append(Fault(f"override {clean(text)}", clean(key), "no such group", nearest=like))
        return Word(text, "", (), ())
    elif override.is_delete():
        return Word(text, "", (text,), ({},))
    values = [] if told else _several(override, options, told)
    faults += [Fault(f"override {clean(text)}", clean(key), each) for each in told]
    strings = tuple(f"++{key}={value}" for value in values)
    parser = OverridesParser.create()
    read = [parser.parse_override(string).value() for string in strings]
    return Word(text, "", strings, tuple(placed(key, {"": v})[""] if not key else _tree(key, v) for v in read))


def _tree(key: str, value: Any) -> dict[str, Any]:
    for step in reversed(key.split(".")):
        value = {step: value}
    return dict(value)
