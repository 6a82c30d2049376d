"""``python -m sim why``: why a world of a study, or of a scenario, went as it did.

The words after the verb are settings of its own (:data:`OWN`) and, where no study is named, those
of any run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.config.job import no_folder
from sim.config.schema import MOST_WORLDS
from sim.config.sources import CONFIGS, Choices, expanded
from sim.engine.threads import in_threads, n_threads
from sim.errors import Fault, InputError, nearest, show
from sim.forks.sentences import COME, Teller
from sim.forks.why import LUCKS, Why, kinds_of, why
from sim.front import Study, World, open_study
from sim.model.vocabulary import Rung
from sim.plan.scenario import FIGURES, Job
from sim.report import whys
from sim.study.runner import identity_of

FEW = 20
"""Other lucks in which each link is tried where many worlds are asked about."""
OWN = {
    "world": "the number of a world; without it the worlds that came to a clash are asked about",
    "point": "design point of a study, 0 if not given",
    "pair": "two states, as USA-RUS; if not given, the opposed pair that came highest",
    "within": "weeks after the worst one in which the outcome still counts, 26 if not given",
    "lucks": f"other lucks in which each link is tried, {LUCKS} if not given; {FEW} of many worlds",
    "most": "most worlds that are asked about, 200 if not given",
    "output": "a folder; if not given, why/ in the study, or in outputs/",
    "figures": "png, all or none",
}  # fmt: skip
"""Settings of the verb, and what they mean."""
HELP = """\
python -m sim why STUDY world=705            why a world of a finished study went as it did
python -m sim why scenario=two_rivals seed=3 world=8    the same of a scenario, with any settings
python -m sim why STUDY                      which kinds of links were decisive in its clashes

""" + "\n".join(f"  {name:8} {meaning}" for name, meaning in OWN.items())
QUESTION = "asked.json"
"""The file that says to which question a folder holds the answer."""
_PAIR = re.compile("([A-Z]{3})-([A-Z]{3})")
_WHOLE = re.compile("[0-9]{1,10}")


def ask(words: Sequence[str], jobs_of: Callable[[Sequence[str]], Sequence[Job]]) -> int:
    """Say why, write it, and return 0.

    Args:
        words: the words after the verb.
        jobs_of: reads the words of a run.

    Raises:
        InputError: listing all errors.
    """
    if any(word in ("-h", "--help") for word in words):
        print(HELP)
        return 0
    own, rest, folders, faults = _sorted(words)
    asked = _checked(own, faults)
    job: Job | None = None
    study: Study | None = None
    if folders:
        if rest:
            told = f"cannot be combined with the study {show(folders[0])}"
            faults += [Fault("command line", word.split("=")[0], told) for word in rest]
        if len(folders) > 1:
            faults.append(Fault("command line", "why", "takes one study", show(folders[1])))
        try:
            study = open_study(expanded(folders[0]))
        except InputError as error:
            faults += error.faults
    else:
        try:
            jobs = jobs_of([*rest, "figures=none"])
            job = jobs[0]
            if len(jobs) > 1:
                told = f"takes one run, not {len(jobs)}: leave out -m"
                faults.append(Fault("command line", "why", told))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    if "world" in asked:
        return _one(asked, study, job)
    return _many(asked, study, job)


def _sorted(
    words: Sequence[str],
) -> tuple[dict[str, str], list[str], list[str], list[Fault]]:
    """Return the verb's own settings, those of a run, and what is named without a key."""
    own: dict[str, str] = {}
    rest, folders, faults = [], [], list[Fault]()
    for word in words:
        key, equals, value = word.partition("=")
        if not equals and not word.startswith("-"):
            folders.append(word)
        elif key == "world" and value in Choices(CONFIGS).options("world"):
            rest.append(word)
        elif key in OWN:
            if key in own:
                faults.append(Fault("command line", key, "is given twice", show(value)))
            own[key] = value
        else:
            rest.append(word)
    return own, rest, folders, faults


def _checked(own: dict[str, str], faults: list[Fault]) -> dict[str, Any]:
    """Return the verb's own settings, checked; note what is wrong with them (out)."""
    ranges = {"world": (0, MOST_WORLDS - 1), "point": (0, 10**6), "within": (1, 520),
              "lucks": (1, 10_000), "most": (1, 10_000)}  # fmt: skip
    found: dict[str, Any] = {}
    for key, value in own.items():
        told, like = "", ""
        if key in ranges:
            low, high = ranges[key]
            sound = _WHOLE.fullmatch(value) and low <= int(value) <= high
            told = "" if sound else f"must be a whole number from {low} to {high}"
            found[key] = int(value) if sound else 0
        elif key == "pair":
            match = _PAIR.fullmatch(value)
            told = "" if match else "must name two states, as USA-RUS"
            found[key] = match.groups() if match else ()
        elif key == "figures":
            told = "" if value in FIGURES else f"must be one of {', '.join(FIGURES)}"
            like = nearest(value, FIGURES)
            found[key] = value
        else:
            told = "" if value else "must name a folder"
            found[key] = value
        if told:
            faults.append(Fault("command line", key, told, show(value), like))
    return found


def _world(asked: dict[str, Any], study: Study | None, job: Job | None, number: int) -> World:
    point = asked.get("point", 0)
    if study is not None:
        return study.world(number, point)
    assert job is not None
    return World(job, number, point)


def _folder(
    asked: dict[str, Any], study: Study | None, name: str, question: dict[str, Any]
) -> Path:
    """Return the folder to write to, which holds nothing or an answer to the same question.

    Raises:
        InputError: if it holds something else, or cannot be a folder.
    """
    if "output" in asked:
        place = expanded(asked["output"])
    else:
        place = (study.folder if study is not None else Path("outputs")) / "why" / name
    told = no_folder(place)
    if not told and place.is_dir() and any(place.iterdir()):
        try:
            known = json.loads((place / QUESTION).read_text("utf-8"))
        except (OSError, ValueError):
            known = None
        if known != question:
            told = "is not empty and holds no answer to this question: use another folder"
    if told:
        raise InputError([Fault("command line", "output", told, show(str(place)))])
    place.mkdir(parents=True, exist_ok=True)
    (place / QUESTION).write_text(json.dumps(question, indent=2) + "\n", encoding="utf-8")
    return place


def _question(world: World, asked: dict[str, Any], of: object) -> dict[str, Any]:
    """Return what is asked, so that an answer is written over by none to another question."""
    past = world.past
    return {
        "of": of, "scenario": past.scenario.name, "seed": past.seed,
        "pair": list(asked.get("pair", ())) or None, "job": identity_of(world.job).digest,
        "point": world.point,
    }  # fmt: skip


def _one(asked: dict[str, Any], study: Study | None, job: Job | None) -> int:
    number, point = asked["world"], asked.get("point", 0)
    out = Console(highlight=False)
    world = _world(asked, study, job, number)
    _check_pair(world, asked)
    past = world.past
    name = f"{past.scenario.name}_seed_{past.seed}_world_{number}" if study is None else (
        f"world_{number}" if not point else f"point_{point}_world_{number}")  # fmt: skip
    folder = _folder(asked, study, name, _question(world, asked, f"world {number}"))
    with out.status("Playing futures"):
        found = why(
            world.past, pair=asked.get("pair"), within=asked.get("within", 26),
            n_lucks=asked.get("lucks", LUCKS), threads=n_threads(None),
        )  # fmt: skip
        place = whys.write(found, folder, FIGURES[asked.get("figures", "png")])
    for line in Teller(found).sentences():
        print(line)
    print(place)
    return 0


def _check_pair(world: World, asked: dict[str, Any]) -> None:
    pair = asked.get("pair")
    if pair and pair not in world.scenario.roster.relations:
        known = ["-".join(ends) for ends in world.scenario.roster.relations]
        told = f"{pair[0]} and {pair[1]} have no relation here"
        like = nearest("-".join(pair), known)
        raise InputError([Fault("command line", "pair", told, show("-".join(pair)), like)])


def clashed(study: Study, point: int, most: int) -> list[int]:
    """Return the first worlds of a point in which the scenario's pair came to a clash."""
    outcomes = study.at(point).outcomes
    column = "peak_rung_subject"
    found = outcomes.loc[outcomes[column] >= Rung.CLASH, "world"]
    return [int(number) for number in found.head(most)]


def explained(
    worlds: Iterable[World], *, pair: tuple[str, str] | None = None, within: int = 26,
    n_lucks: int = FEW, threads: int = 1,
) -> list[Why]:  # fmt: skip
    """Return why each of some worlds went as it did, without pairs of links, in order.

    Worlds in which the two came to no display of force are left out.

    Args:
        worlds: they.
        pair: two states whose worst it is; the scenario's pair if not given.
        within: see :func:`sim.forks.why.why`.
        n_lucks: other lucks in which each link is tried.
        threads: threads to use.
    """

    def one(world: World) -> Why | None:
        ends = pair or world.scenario.roster.subject
        try:
            return why(world.past, pair=ends, within=within, n_lucks=n_lucks, in_full=False)
        except InputError:  # the two stayed calm
            return None

    found = [each for each in in_threads(one, worlds, threads) if each is not None]
    return sorted(found, key=lambda each: each.past.number)


def _many(asked: dict[str, Any], study: Study | None, job: Job | None) -> int:
    point, most = asked.get("point", 0), asked.get("most", 200)
    out = Console(highlight=False)
    if study is None:
        told = "is required: the number of a world, unless a study is named"
        raise InputError([Fault("command line", "world", told)])
    numbers = clashed(study, point, most)
    if not numbers:
        told = f"no world of point {point} came to a clash: there is nothing to explain"
        raise InputError([Fault(str(study.folder), "", told)])
    first = study.world(numbers[0], point)
    _check_pair(first, asked)
    worlds = [World(first.job, number, point) for number in numbers]
    name = "kinds" if not point else f"kinds_{point}"
    folder = _folder(asked, study, name, _question(first, asked, f"{len(numbers)} worlds"))
    with out.status(f"Playing futures of {len(worlds)} worlds"):
        found = explained(
            worlds, pair=asked.get("pair"), within=asked.get("within", 26),
            n_lucks=asked.get("lucks", FEW), threads=n_threads(None),
        )  # fmt: skip
    if not found:
        told = "these two came to no display of force in any of the worlds"
        raise InputError([Fault("command line", "pair", told)])
    if len(found) < len(worlds):
        print(f"left out: {len(worlds) - len(found)} worlds in which these two stayed calm")
    kinds = kinds_of(found)
    place = whys.write_kinds(
        kinds, folder, FIGURES[asked.get("figures", "png")], rung=int(Rung.CLASH),
        title=first.scenario.title, seed=first.past.seed,
    )  # fmt: skip
    for line in whys.kinds_lines(kinds, COME[Rung.CLASH]):
        print(line)
    print(place)
    return 0
