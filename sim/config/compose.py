"""Composing a config: the root, a file of each group, and what is given on top of them.

Later ones win; mappings are merged, anything else is replaced. The command line and
:func:`sim.run` compose alike, the one from words that Hydra's grammar reads, the other from Python
values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from datetime import date
from pathlib import Path
from types import FunctionType
from typing import Any

import yaml
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.config.findings import Composed
from sim.config.sources import GROUPS, Choices, Source, Steps, numbered, text_faults
from sim.engine.asked import ExpressionError, register
from sim.errors import Fault, InputError, clean, nearest
from sim.plan.scenario import Scenario


def chosen_options(files: Choices, typed: Mapping[str, str]) -> dict[str, str]:
    """Return the option of each group: as typed, else as the experiment says, else the default.

    Args:
        files: the config groups.
        typed: options that are given, by group.

    Raises:
        InputError: if a file of the experiment may not be read.
    """
    options = {**files.defaults(), **typed}
    for layer in files.layers("experiment", options["experiment"]):
        options |= {g: o for g, o in layer.others.items() if g not in typed}
    return options


def sources_of(files: Choices, options: Mapping[str, str]) -> list[Source]:
    """Return the root and the files of all groups, in the order in which they are merged.

    Raises:
        InputError: if one of them may not be read.
    """
    layers = [layer for group in GROUPS for layer in files.layers(group, options[group])]
    return [files.root(), *(layer.source for layer in layers)]


def merged(sources: Sequence[Source]) -> dict[str, Any]:
    """Return what sources say together, the last one loudest.

    ``parameters: WORD`` is ``parameters: {from: WORD}`` beside what else is set, not instead of it.
    """
    trees = [_without_word(source.tree) for source in sources]
    whole = OmegaConf.to_container(OmegaConf.merge(*(dict(tree) for tree in trees)))
    assert isinstance(whole, dict)
    return {str(key): value for key, value in whole.items()}


def _without_word(tree: Mapping[Any, Any]) -> Mapping[Any, Any]:
    word = tree.get("parameters")
    return {**tree, "parameters": {"from": word}} if isinstance(word, str) else tree


# From Python


def composed(given: Mapping[str, Any], files: Choices, faults: list[Fault]) -> Composed:
    """Return the config that Python values ask for, as words on the command line would.

    What cannot be composed is noted and left out.

    Args:
        given: options of groups, settings, and parts of the config under dotted names
            (``{"parameters.fear_gain": 3}``); a scenario may be a
            :class:`~sim.plan.scenario.Scenario`.
        files: the config groups.
        faults: collects the errors (out).
    """
    own = {k: v.given for k, v in given.items() if k == "scenario" and isinstance(v, Scenario)}
    rest = {str(k): v for k, v in given.items() if k not in own}
    if "parameters" in rest and rest["parameters"] is None:  # draws nothing, as on the command line
        rest["parameters"] = {"from": None}
    asked = {k: v for k, v in rest.items() if k in GROUPS and isinstance(v, str)}
    typed = {k: v for k, v in asked.items() if not _wrong(files, k, v, faults)}
    lost = set(asked) - set(typed)
    settings = {k: v for k, v in rest.items() if k not in asked and _is_plain(k, v, faults)}
    settings = {k: _plain(v) for k, v in settings.items()}
    options = chosen_options(files, typed)
    sources = sources_of(files, options)
    if own:
        scenario = given["scenario"]
        sources = [s for s in sources if "scenario" not in s.tree or s.name == "config.yaml"]
        sources.append(Source(f"scenario {clean(scenario.name)}", {"scenario": own["scenario"]}))
        options["scenario"] = scenario.name
    below, overrides = merged(sources), list[Source]()
    for key, value in settings.items():
        steps = numbered(below, tuple(key.split(".")))
        if steps[:2] == ("scenario", "events") and steps[2:] and isinstance(steps[2], str):
            events = below["scenario"].get("events") or []
            ids = [e["id"] for e in events if isinstance(e, dict) and isinstance(e.get("id"), str)]
            told = f"the scenario has no event {clean(steps[2])}"
            if "scenario" not in lost:
                faults.append(Fault(_name(key), "", told, nearest=nearest(steps[2], ids)))
            continue
        overrides.append(Source(_name(key), _tree(steps, value, below)))
    kept: list[Source] = []
    for source in overrides:
        try:
            merged([*sources, *kept, source])
            kept.append(source)
        except OmegaConfBaseException:
            told = "cannot be merged into the configuration: a mapping, a list or a value is needed"
            faults.append(Fault(source.name, "", told))
    overrides = kept
    return Composed(
        tree=merged([*sources, *overrides]), chosen=options, files=files, sources=sources,
        overrides=overrides, typed={group: _name(group) for group in typed},
        unsure=[("scenario",), ("vary",)] if lost & {"scenario", "experiment"} else [],
        words=[*(f"{g}={o}" for g, o in typed.items()),
               *(f"{key}={_flow(value)}" for key, value in settings.items())],
    )  # fmt: skip


def _name(key: str) -> str:
    """Return what a message calls a value that was given."""
    return f"argument {clean(key)}"


def _wrong(files: Choices, group: str, option: str, faults: list[Fault]) -> bool:
    """Say whether an option cannot be chosen, and note why."""
    found = files.faults_of_name(group, option, _name(group))
    if not found:
        try:
            files.layers(group, option)
        except InputError as error:
            found = list(error.faults)
    faults += found
    return bool(found)


def _is_plain(key: str, value: Any, faults: list[Fault]) -> bool:
    """Say whether a file could hold a value, and note what it could not."""
    told = list(dict.fromkeys(_strange(_plain(value))))
    faults += [Fault(_name(key), "", each) for each in told]
    return not told


def _strange(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strange(part)
    elif isinstance(value, str):
        yield from text_faults(value)
    elif not (value is None or isinstance(value, bool | int | float)):
        kind = "lambda" if isinstance(value, FunctionType) else type(value).__name__
        yield f"may hold numbers, texts, lists and mappings, no {clean(kind)}"


def _plain(value: Any) -> Any:
    """Return a value as a file would hold it: numpy, paths and dates as numbers and texts.

    A function becomes the expression that names it, see :mod:`sim.engine.asked`.
    """
    if isinstance(value, FunctionType):
        with suppress(ExpressionError):
            return register(value)
    if hasattr(value, "tolist"):  # numpy and pandas
        return _plain(value.tolist())
    if isinstance(value, Path | date):
        return str(value)
    if isinstance(value, Mapping):
        return {k if isinstance(k, int) else str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | range | set | frozenset):
        return [_plain(v) for v in value]
    return value


def _tree(steps: Steps, value: Any, below: Any) -> dict[str, Any]:
    """Return what a value at the end of steps sets; a list on the way is set whole."""
    for k, step in enumerate(steps):
        if isinstance(step, int):
            listed: Any = below
            for before in steps[:k]:
                listed = listed[before]
            inner = _set(deepcopy(listed[step]), steps[k + 1 :], value)
            whole = [*listed[:step], inner, *listed[step + 1 :]]
            return _tree(steps[:k], whole, below)
    for step in reversed(steps):
        value = {step: value}
    return dict(value)


def _set(entry: Any, steps: Steps, value: Any) -> Any:
    """Return an entry of a list with something in it set."""
    if not steps:
        return value
    return {**entry, steps[0]: _set(entry.get(steps[0], {}), steps[1:], value)}


def _flow(value: Any) -> str:
    """Return a value as it is written on the command line."""
    told = yaml.safe_dump(value, default_flow_style=True, width=10**9, sort_keys=False)
    return told.removesuffix("\n").removesuffix("\n...")


def laid_over(
    tree: Mapping[str, Any], sheets: Mapping[str, Any], faults: list[Fault]
) -> dict[str, Any]:
    """Return sheets laid over those of a scenario: mappings are merged, anything else replaced."""
    own = {key: _plain(value) for key, value in sheets.items() if _is_plain(key, value, faults)}
    try:
        whole = OmegaConf.to_container(OmegaConf.merge(dict(tree), own))
    except OmegaConfBaseException as error:
        why = clean(str(error).strip().split("\n")[0])
        faults.append(Fault("arguments", "", f"cannot be laid over the base: {why}"))
        return dict(tree)
    assert isinstance(whole, dict)
    return {str(key): value for key, value in whole.items()}
