"""The whole check: a composed config becomes a job, or every fault in it is told."""

from __future__ import annotations

import itertools
from datetime import datetime
from pathlib import Path

from omegaconf import OmegaConf

from sim.checking.coherence import coherent_scenario
from sim.checking.findings import Composed, Findings
from sim.checking.sheets import Settings
from sim.checking.sources import CONFIGS, Choices, InputError
from sim.checking.variation import axes_of, grid, sound_values
from sim.parameters import defaults
from sim.scenario import Job, Scenario

MANIFEST = "manifest.json"


def _output(found: Findings, when: datetime) -> Path:
    """Return the folder to write to; note one that lies outside or is taken."""
    tree, number = found.composed.tree, found.composed.number
    given = tree["output"] is not None
    where = Path(tree["output"] if given else tree["output_root"])
    if not given:
        where = where / found.composed.chosen["experiment"] / f"{when:%Y-%m-%dT%H-%M-%SZ}"
    if number is not None:
        where = where / str(number)
    path = ("output" if given else "output_root",)
    try:
        if told := _misplaced(where):
            found.add(path, told, value=str(where))
        elif not given:
            where = _unused(where)
    except (OSError, ValueError) as error:
        found.add(
            path, f"cannot be a folder: {getattr(error, 'strerror', error)}", value=str(where)
        )
    return where


def _misplaced(where: Path) -> str:
    """Return why a folder cannot be written to, or ''."""
    here, there = Path.cwd().resolve(), where.resolve()
    if not there.is_relative_to(here):
        return f"must lie in the current folder, {here}"
    if any(part.exists() and not part.is_dir() for part in (there, *there.parents)):
        return "is not a folder"
    if (where / MANIFEST).exists():
        return f"already holds a {MANIFEST}: choose another folder, results are not overwritten"
    return ""


def _unused(where: Path) -> Path:
    """Return a folder that does not exist yet: the given one, or one with a number after it."""
    names = itertools.chain(
        [where], (where.with_name(f"{where.name}-{k}") for k in itertools.count(2))
    )
    return next(folder for folder in names if not folder.exists())


# All of it


def check(composed: Composed, when: datetime) -> Job:
    """Return the job that a composed config asks for.

    Args:
        composed: the config and its sources.
        when: time of the start, for the name of the folder if none is given.

    Raises:
        InputError: with every fault there is.
    """
    found, tree = Findings(composed), composed.tree
    found.validate(Settings, tree)
    n_weeks = None if found.within("weeks") else int(tree["weeks"])
    scenario = None if found.within("scenario") else coherent_scenario(found, n_weeks)
    given = {} if found.within("parameters") else sound_values(found, tree["parameters"])
    axes = [] if found.within("vary") else axes_of(found)
    output = Path()
    if not found.within("output") and not found.within("output_root"):
        output = _output(found, when)
    if not found.within("tracks"):
        _check_tracks(found, None if found.within("worlds") else tree["worlds"])
    if found.faults or scenario is None:
        raise InputError(found.faults)
    points = grid(found, axes, given)
    return Job(
        experiment=composed.chosen["experiment"],
        scenario=scenario,
        points=points,
        n_worlds=tree["worlds"],
        n_weeks=tree["weeks"],
        seed=tree["seed"],
        threads=tree["execution"]["threads"],
        lanes=tree["execution"]["lanes"],
        paired=tree["paired"],
        tracks=tuple(sorted(tree["tracks"])),
        output=output,
        resolved={
            **tree,
            "parameters": {**defaults(), **given},
            "choices": dict(composed.chosen),
            "overrides": list(composed.words),
        },
    )


def load_scenario(name: str, folder: Path | None = None) -> Scenario:
    """Return a scenario by the name of its file.

    Args:
        name: of a file in ``configs/scenario``, or in that of the given folder, without ``.yaml``.
        folder: a folder with configs of one's own.

    Raises:
        InputError: if there is no such scenario, or with everything that is wrong with it.
    """
    files = Choices(CONFIGS, folder)
    if faults := files.faults_of_name("scenario", name, "load_scenario"):
        raise InputError(faults)
    sources = [layer.source for layer in files.layers("scenario", name)]
    whole = OmegaConf.to_container(OmegaConf.merge(*(dict(s.tree) for s in sources)))
    assert isinstance(whole, dict)
    found = Findings(
        Composed({str(k): v for k, v in whole.items()}, {"scenario": name}, files, sources)
    )
    scenario = coherent_scenario(found, None)
    if scenario is None:
        raise InputError(found.faults)
    return scenario


def _check_tracks(found: Findings, n_worlds: int | None) -> None:
    seen = set()
    for at, world in enumerate(found.composed.tree["tracks"]):
        if world in seen:
            found.add(("tracks", at), "is given twice", value=world)
        if n_worlds is not None and world >= n_worlds:
            told = f"must be from 0 to {n_worlds - 1}, the last of the worlds"
            found.add(("tracks", at), told, value=world)
        seen.add(world)
