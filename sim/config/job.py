"""The whole check: a composed config becomes a job, or all its errors are reported."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from sim.analysis.quantities import own_of
from sim.config import changes
from sim.config.axes import axes_of, sound_values, variants_of
from sim.config.findings import Composed, Findings
from sim.config.points import design_of, points_of, rows_of
from sim.config.posteriors import FROM, posterior_of
from sim.config.scenarios import coherent_scenario
from sim.config.schema import ForkSheet, OffRampsSheet, Settings
from sim.config.sources import CONFIGS, Choices, Source, Steps, expanded
from sim.engine.asked import asked, wrong_with
from sim.engine.forks import Fork
from sim.engine.notes import MEASURES
from sim.engine.posterior import Posterior
from sim.errors import InputError, nearest
from sim.model.parameters import defaults
from sim.model.vocabulary import Rung
from sim.plan.scenario import (
    STEPS,
    Calibration,
    Execution,
    Job,
    OffRamps,
    Precision,
    Scenario,
)

CALIBRATION_LIBRARIES = ("sklearn", "emcee")
MOST_OFF_RAMPS = 8
"""Most points of a design at which off-ramps are sought."""
ROOT = "outputs"
"""Where studies go, if nobody says otherwise; as in config.yaml."""
CALIBRATION_WEEKS = 208
"""Fewest weeks in which disputes can be followed for long enough to be compared with the record."""


def _output(found: Findings, when: datetime) -> Path:
    """Return the folder to write to; note one that a file may not name or that cannot be one.

    One that is not given is only taken when the run begins (:func:`sim.study.store.take`).
    """
    tree, number = found.composed.tree, found.composed.number
    key = "output_root" if tree["output"] is None else "output"
    where = Path(tree[key])
    try:
        where = expanded(tree[key]) if found.typed(key) else where
        told = no_folder(where) if found.typed(key) else _misplaced(where, _root(found))
        if key == "output_root":
            where = where / found.composed.chosen["experiment"] / f"{when:%Y-%m-%dT%H-%M-%SZ}"
        if number is not None:
            where = where / str(number)
        if told := told or no_folder(where):
            found.add((key,), told, value=tree[key])
    except (OSError, ValueError) as error:
        told = f"cannot be a folder: {getattr(error, 'strerror', error)}"
        found.add((key,), told, value=tree[key])
    return where


def _root(found: Findings) -> Path:
    """Return the folder in which a file may name others."""
    name = found.composed.tree["output_root"]
    return expanded(name) if found.typed("output_root") else Path(ROOT)


def _misplaced(where: Path, root: Path) -> str:
    """Return why a file may not name a folder, or ''."""
    if where.resolve().is_relative_to(root.resolve()) and not str(where).startswith("~"):
        return ""
    return f"must be inside {root} if set in a file: set output=DIR on the command line instead"


def no_folder(where: Path) -> str:
    """Return why something cannot be a folder, or ''."""
    there = where.resolve()
    if any(part.exists() and not part.is_dir() for part in (there, *there.parents)):
        return "is not a folder"
    return ""


# All of it


def check(composed: Composed, when: datetime) -> Job:
    """Return the job that a composed config asks for.

    Args:
        composed: the config and its sources.
        when: time of the start, for the name of the folder if none is given.

    Raises:
        InputError: listing all errors.
    """
    found, tree = Findings(composed), composed.tree
    found.validate(Settings, tree)
    n_weeks = None if found.within("weeks") else int(tree["weeks"])
    scenario = None if found.within("scenario") else coherent_scenario(found, n_weeks)
    posterior, given = (None, {}) if found.within("parameters") else _parameters(found)
    base = {**defaults(), **given}
    axes = [] if found.within("vary") else axes_of(found, base)
    axes, rows, unit = (axes, [], None) if found.within("design") else rows_of(found, axes, base)
    variants = [] if found.within("compare") else variants_of(found, axes)
    _check_address(found)
    _check_precision(found)
    if scenario is not None and n_weeks is not None:
        _check_asked(found, [scenario], n_weeks)
    _check_calibration(found, len(axes) + len(variants))
    output = Path()
    if not found.within("output") and not found.within("output_root"):
        output = _output(found, when)
    if not found.within("tracks"):
        _check_tracks(found, None if found.within("worlds") else tree["worlds"])
    if found.faults or scenario is None:
        raise InputError(found.faults)
    drawn = found.drawn - {*given, *(axis.name for axis in axes)}
    open_base = {**base, **dict.fromkeys(drawn, math.nan)}
    points, scenarios = points_of(found, axes, rows, variants, open_base, scenario, tree["weeks"])
    _check_asked(found, scenarios[1:], tree["weeks"])
    fork = _fork(found, scenario, scenarios, base)
    _check_off_ramps(found, scenarios, len(points))
    if found.faults:
        raise InputError(found.faults)
    measures = [measure.name for measure in MEASURES]
    until = [tree["precision"]["quantity"]] if tree["precision"] else []
    return Job(
        experiment=composed.chosen["experiment"],
        scenarios=scenarios,
        points=points,
        n_worlds=tree["worlds"],
        n_weeks=tree["weeks"],
        seed=tree["seed"],
        paired=tree["paired"],
        tracks=tuple(sorted(tree["tracks"])),
        output=output,
        design=design_of(found, axes, unit, len(variants)),
        precision=Precision(**tree["precision"]) if tree["precision"] else None,
        calibrate=Calibration(**tree["calibrate"]) if tree["calibrate"] else None,
        off_ramps=_off_ramps(tree["off_ramps"]) if tree["off_ramps"] is not None else None,
        quantities=tuple(dict.fromkeys(tree["quantities"])),
        own=own_of([*tree["quantities"], *until]),
        every=tree["every"],
        series=tuple(measures.index(name) for name in dict.fromkeys(tree["series"])),
        execution=Execution(**tree["execution"]),
        fork=fork,
        posterior=posterior,
        dry_run=tree["dry_run"],
        retry_failed=tree["retry_failed"],
        figures=tree["figures"],
        unclaimed=output if tree["output"] is None else None,
        resolved={
            **tree,
            **_told(posterior, {n: v for n, v in base.items() if n not in drawn}, tree),
            "choices": dict(composed.chosen),
            "overrides": list(composed.words),
        },
    )


def _parameters(found: Findings) -> tuple[Posterior | None, dict[str, float]]:
    """Return the posterior that parameters are drawn from, if any, and those that are given."""
    posterior = posterior_of(found)
    found.drawn = frozenset(posterior.names if posterior else ())
    said = {k: v for k, v in found.composed.tree["parameters"].items() if k != FROM[-1]}
    return posterior, sound_values(found, said)


def _off_ramps(given: Mapping[str, Any]) -> OffRamps:
    sheet = OffRampsSheet.model_validate(given)
    steps = tuple(name for name in STEPS if name in sheet.steps)
    pair = (sheet.pair[:3], sheet.pair[-3:]) if sheet.pair else None
    rest = {k: getattr(sheet, k) for k in ("most", "before", "within", "lasts", "lucks")}
    return OffRamps(steps, rung=int(Rung[sheet.rung.upper()]), pair=pair, **rest)


def _check_off_ramps(found: Findings, scenarios: Sequence[Scenario], n_points: int) -> None:
    """Check for steps of two who have no relation, of a fork, or over more points than a few."""
    tree = found.composed.tree
    if tree["off_ramps"] is None:
        return
    sheet = OffRampsSheet.model_validate(tree["off_ramps"])
    for other in ("fork", "calibrate", "precision"):
        if tree[other] is not None:
            found.add(("off_ramps",), f"cannot be combined with {other}")
    if n_points > MOST_OFF_RAMPS:
        told = f"are sought at {MOST_OFF_RAMPS} points at most; the design has {n_points}"
        found.add(("off_ramps",), told)
    if not found.within("weeks") and sheet.before >= tree["weeks"]:
        told = f"must be less than {tree['weeks']}, the weeks of the worlds"
        found.add(("off_ramps", "before"), told, value=sheet.before)
    if not found.within("execution") and tree["execution"]["kind"] != "local":
        found.add(("off_ramps",), "runs in threads only: use execution=local")
    for scenario in scenarios:
        pair = (sheet.pair[:3], sheet.pair[-3:]) if sheet.pair else scenario.roster.subject
        if pair not in scenario.roster.relations:
            told = f"{pair[0]} and {pair[1]} have no relation in {scenario.name}"
            known = ["-".join(ends) for ends in scenario.roster.relations]
            found.add(("off_ramps", "pair"), told, nearest(sheet.pair, known), value=sheet.pair)


def _fork(
    found: Findings, scenario: Scenario, scenarios: Sequence[Scenario], base: Mapping[str, float]
) -> Fork | None:
    """Return where worlds leave those whose futures they are, if they do; check the changes."""
    tree = found.composed.tree
    for at, change in enumerate(scenario.changes):
        varied = change.name in tree["vary"] or tree["compare"]
        if change.kind == "parameter" and base[change.name] == change.value and not varied:
            told = f"is what {change.name} is already"
            found.add((*changes.PLACE, at, "value"), told, value=change.value)
    if tree["fork"] is None:
        return None
    start = [e for e in scenario.given.get("events", ()) if e.get("id")]
    weeks = {
        e["id"]: (date.fromisoformat(str(e["date"])) - scenario.start).days // 7 for e in start
    }
    others = [other.changes for other in scenarios if other is not scenario]
    changes.check_fork(found, [scenario.changes, *others], weeks, tree["weeks"])
    given = ForkSheet.model_validate(tree["fork"])
    return Fork(
        given.week,
        given.world,
        given.luck == "other",
        tuple((week, luck) for week, luck in given.past),
    )


def _told(
    posterior: Posterior | None, fixed: Mapping[str, float], tree: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the resolved config says of parameters: those that are not drawn, and of what."""
    if posterior is None:
        return {"parameters": fixed}
    return {"parameters": {FROM[-1]: tree["parameters"][FROM[-1]], **fixed},
            "posterior": posterior.digest}  # fmt: skip


def _check_address(found: Findings) -> None:
    """Check for an address that a file names: whoever answers at an address may run code here."""
    path = ("execution", "address")
    address = None if found.within("execution") else found.composed.tree["execution"].get("address")
    if address is not None and not found.typed(*path):
        told = "must not be set in a file: set execution.address=... on the command line"
        found.add(path, told, value=address)


def _check_precision(found: Findings) -> None:
    """Check for batches that are larger than all the worlds there may be."""
    tree = found.composed.tree
    if found.within("precision") or found.within("worlds") or tree["precision"] is None:
        return
    if (most := tree["precision"]["most"]) < tree["worlds"]:
        told = f"must be {tree['worlds']} or more, the worlds of one batch"
        found.add(("precision", "most"), told, value=most)


def _check_asked(found: Findings, scenarios: Sequence[Scenario], n_weeks: int) -> None:
    """Check for quantities of one's own that name what a scenario does not have."""
    tree = found.composed.tree
    asked_for: dict[Steps, Any] = {}
    if ("quantities",) not in found.paths:
        asked_for |= {("quantities", at): name for at, name in enumerate(tree["quantities"])}
    if not found.within("precision") and tree["precision"]:
        asked_for["precision", "quantity"] = tree["precision"]["quantity"]
    far = not found.within("execution") and tree["execution"].get("kind", "local") != "local"
    for path, name in asked_for.items():
        if found.within(*path) or not own_of([name]):
            continue
        wrong = (wrong_with(name, scenario.roster, n_weeks) for scenario in scenarios)
        allowed, like = next((each for each in wrong if each[0]), ("", ""))
        if allowed:
            found.add(path, allowed, like, value=name)
        elif far and asked(name).functions:
            told = "names a function of Python, which runs in threads only: use execution=local"
            found.add(path, told, value=name)


def _check_calibration(found: Findings, n_varied: int) -> None:
    """Check for a calibration of something else than one point of two blocs over years."""
    tree = found.composed.tree
    if found.within("calibrate") or tree["calibrate"] is None:
        return
    if n_varied:
        found.add(("calibrate",), "cannot be combined with vary or compare", value=n_varied)
    if not all(find_spec(library) for library in CALIBRATION_LIBRARIES):
        told = 'needs scikit-learn and emcee: pip install "spiral-sim[analysis]"'
        found.add(("calibrate",), told)
    if not found.within("execution") and tree["execution"]["kind"] != "local":
        found.add(("calibrate",), "runs in threads only: use execution=local")
    if not found.within("parameters") and "from" in tree["parameters"]:
        found.add(("calibrate",), "needs starting values, not a posterior")
    if not found.within("fork") and tree["fork"] is not None:
        found.add(("calibrate",), "cannot be combined with fork")
    if not found.within("weeks") and tree["weeks"] < CALIBRATION_WEEKS:
        told = f"must be {CALIBRATION_WEEKS} or more to calibrate: the first year is not counted"
        found.add(("weeks",), told, value=tree["weeks"])


def load_scenario(name: str, folder: Path | None = None) -> Scenario:
    """Return a scenario by the name of its file.

    Args:
        name: of a file in ``configs/scenario``, or in that of the given folder, without ``.yaml``.
        folder: a folder with configs of one's own.

    Raises:
        InputError: if there is no such scenario, or listing all its errors.
    """
    files = Choices(CONFIGS, folder)
    if faults := files.faults_of_name("scenario", name, "load_scenario"):
        raise InputError(faults)
    sources = [layer.source for layer in files.layers("scenario", name)]
    whole = OmegaConf.to_container(OmegaConf.merge(*(dict(s.tree) for s in sources)))
    assert isinstance(whole, dict)
    return _scenario({str(k): v for k, v in whole.items()}, name, files, sources)


def scenario_from(tree: Mapping[str, Any], name: str) -> Scenario:
    """Return a scenario from its part of a resolved config.

    Raises:
        InputError: listing all its errors.
    """
    source = Source(name, {"scenario": tree})
    return _scenario({"scenario": tree}, name, Choices(CONFIGS), [source])


def _scenario(
    tree: Mapping[str, Any], name: str, files: Choices, sources: Sequence[Source]
) -> Scenario:
    found = Findings(Composed(tree, {"scenario": name}, files, sources))
    scenario = coherent_scenario(found, None)
    if scenario is None:
        raise InputError(found.faults)
    return scenario


def _check_tracks(found: Findings, n_worlds: int | None) -> None:
    seen = set()
    for at, world in enumerate(found.composed.tree["tracks"]):
        if world in seen:
            found.add(("tracks", at), "is listed twice", value=world)
        if n_worlds is not None and world >= n_worlds:
            told = f"must be from 0 to {n_worlds - 1}, the last of the worlds"
            found.add(("tracks", at), told, value=world)
        seen.add(world)
