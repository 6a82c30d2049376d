"""Worlds one by one, from Python: their history and story, their forks, and why they went so.

world = study.world(705)                   # or sim.world(705, scenario="two_rivals", seed=3)
world.fork(40, luck=3).history             # another future after week 40
world.fork(10, changes=[{"kind": "misreading", "name": "intent", "who": "POL", "toward": "RUS",
                         "week": 11, "value": "none"}])
world.futures(40, 200)                     # a study of 200 futures (sim.front)
world.why()                                # which links were decisive
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sim.config.job import scenario_from
from sim.config.settings import job
from sim.engine.history import History
from sim.engine.threads import n_threads
from sim.errors import Fault, InputError, is_whole, show
from sim.forks.futures import Past
from sim.forks.idle import check_changes
from sim.forks.sentences import Teller
from sim.forks.why import LUCKS, Why, why
from sim.model.parameters import defaults
from sim.model.vocabulary import Rung
from sim.plan.changes import Change
from sim.plan.scenario import Job, Scenario
from sim.story import markdown, tell

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Changes = Iterable[Change | Mapping[str, Any]]


class World:
    """One world of a job, which can be forked.

    Args:
        job: whose world it is.
        number: of the world; of futures of one world, its luck.
        point: of the design.

    Raises:
        InputError: if there is no such world or point.
    """

    def __init__(self, job: Job, number: int, point: int = 0) -> None:
        _check(job, number, point)
        self.job, self.number, self.point = job, int(number), int(point)
        self.past = Past(
            job.scenario_of(point), job.parameters_in(point, number), number, job.seed,
            job.n_weeks, 0 if job.paired else point + 1, job.fork,
        )  # fmt: skip

    def __repr__(self) -> str:
        one, other = self.past.scenario.roster.leaders
        rungs = self.history.pair(one, other, "rung")
        changes = self.past.scenario.changes
        listed = "; ".join(map(str, changes)) if len(changes) <= 4 else f"{len(changes)} changes"
        told = f" with {listed}" if changes else ""
        return (
            f"{self.past.label.capitalize()}, {self.past.scenario.title!r}, seed "
            f"{self.past.seed}{told}: "
            f"{one} and {other} come to rung {int(rungs.max())} "
            f"({Rung(int(rungs.max())).name.lower()}) in week {int(rungs.argmax())} of "
            f"{self.past.n_weeks}"
        )

    @property
    def scenario(self) -> Scenario:
        """Its scenario, with what is changed."""
        return self.past.scenario

    @property
    def parameters(self) -> Mapping[str, float]:
        """All parameters that it was played with."""
        return self.past.parameters

    @property
    def history(self) -> History:
        """Every field of every relation, pair and state, week by week."""
        return self.past.history

    def story(self, at_most: int = 16, *, language: str = "en") -> str:
        """Return its story as Markdown, of so many scenes at most, in a language."""
        told = tell(
            self.history, self.scenario, self.parameters, at_most=at_most, language=language
        )
        return markdown(told)

    # Forks

    def fork(self, week: int, luck: str | int = "same", changes: Changes = ()) -> Self:
        """Return another future of this world.

        Args:
            week: weeks of its past that stay, 0 or more.
            luck: ``"same"``, or the number of another luck, 1 to 2**32 - 1.
            changes: what is changed after that week, see :class:`sim.plan.changes.Change`.

        Raises:
            InputError: listing all errors, changes that change nothing among them.
        """
        faults: list[Fault] = []
        if luck != "same" and not is_whole(luck, 1, 2**32 - 1):
            told = 'must be "same" or a whole number from 1 to 4294967295'
            faults.append(Fault("argument luck", "", told, show(luck)))
        given = told_changes(changes, "argument changes", faults)
        if faults:
            raise InputError(faults)
        own = luck == "same"
        wanted = job(self.settings(week, "same" if own and given else "other", given))
        made = type(self)(wanted, 0 if own else int(luck))
        if given:
            check_changes(wanted, made.number)
        return made

    def changes(self, more: Changes = ()) -> list[dict[str, Any]]:
        """Return the changes of its scenario, and some more, as a config has them."""
        return [*self.scenario.given.get("changes", ()), *map(_plain, more)]

    def settings(
        self, week: int, luck: str = "same", changes: Changes = (), n: int = 1
    ) -> dict[str, Any]:
        """Return the settings of a study of its futures, see :func:`sim.run`.

        Args:
            week: weeks of its past that all of them share.
            luck: ``same`` or ``other``.
            changes: what is changed in them.
            n: how many.

        Raises:
            InputError: if it is of a point that cannot be played apart.
        """
        past = self.past
        if past.stream > 1:
            told = "points that do not share random numbers cannot be forked, but for the first"
            raise InputError([Fault("argument point", "", told, show(self.point))])
        fork: dict[str, Any] = {
            "week": week, "luck": luck, "world": past.number, "kept": len(self.changes()),
        }  # fmt: skip
        if past.fork is not None:
            turns = past.fork.turns(past.number)
            fork["world"] = int(past.fork.pasts(past.number)[0])
            fork["past"] = [[at, int(lucks[0])] for at, lucks in turns.items()]
        tree, declared = {**past.scenario.given, "changes": []}, defaults()
        return {
            "scenario": scenario_from(tree, past.scenario.name),
            "scenario.changes": self.changes(changes),
            "parameters": {k: v for k, v in past.parameters.items() if declared.get(k) != v},
            "weeks": past.n_weeks, "seed": past.seed, "worlds": n, "paired": self.job.paired,
            "fork": fork, "figures": "none",
        }  # fmt: skip

    # Why

    def why(
        self, *, pair: tuple[str, str] | None = None, within: int = 26, lucks: int = LUCKS,
        threads: int | None = None,
    ) -> Explanation:  # fmt: skip
        """Return what the world's worst week came of.

        Args:
            pair: two states whose worst it is; if not given, the opposed pair that came highest.
            within: weeks after the worst one in which it still counts as having come, 1 to 520.
            lucks: other lucks in which each link is tried, 1 to 10,000.
            threads: threads to use, one for each processor if not given.

        Raises:
            InputError: listing all errors, or if it never came to a display of force.
        """
        faults = []
        for name, value, most in (("within", within, 520), ("lucks", lucks, 10_000),
                                  ("threads", threads, 1024)):  # fmt: skip
            if value is not None and not is_whole(value, 1, most):
                told = f"must be a whole number from 1 to {most}"
                faults.append(Fault(f"argument {name}", "", told, show(value)))
        relations = self.scenario.roster.relations
        ends = tuple(pair) if isinstance(pair, tuple | list) else pair
        if pair is not None and ends not in relations:
            told = 'must be two states that have a relation, as ("USA", "RUS")'
            faults.append(Fault("argument pair", "", told, show(pair)))
        if faults:
            raise InputError(faults)
        found = why(self.past, pair=pair, within=within, n_lucks=lucks, threads=n_threads(threads))
        return Explanation(found)


def _check(job: Job, number: object, point: object) -> None:
    faults = []
    if not is_whole(number, 0, 2**32 - 1):
        told = "must be a whole number from 0 to 4294967295"
        faults.append(Fault("argument world", "", told, show(number)))
    if not isinstance(point, int | np.integer) or not 0 <= point < len(job.points):
        told = f"must be a design point, from 0 to {len(job.points) - 1}"
        faults.append(Fault("argument point", "", told, show(point)))
    if faults:
        raise InputError(faults)


def told_changes(changes: object, source: str, faults: list[Fault]) -> list[dict[str, Any]]:
    """Return changes as a config has them; note what is no list of changes (out)."""
    if isinstance(changes, Iterable) and not isinstance(changes, str | Mapping):
        some = list(changes)
        if all(isinstance(each, Change | Mapping) for each in some):
            return [_plain(each) for each in some]
    told = "must be a list of changes: mappings, or sim.Change(...)"
    faults.append(Fault(source, "", told, show(changes)))
    return []


def _plain(change: Change | Mapping[str, Any]) -> dict[str, Any]:
    """Return a change as a config has it."""
    if not isinstance(change, Change):
        return dict(change)
    usual = asdict(Change(change.kind))
    return {k: v for k, v in asdict(change).items() if k == "kind" or v != usual[k]}


class Explanation:
    """What a world's worst came of: sentences, tables and a figure.

    Attributes:
        why: the whole of it.
    """

    def __init__(self, found: Why) -> None:
        self.why = found

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    @cached_property
    def sentences(self) -> list[str]:
        """What was found, in words."""
        return Teller(self.why).sentences()

    @cached_property
    def table(self) -> Any:
        """A row for each link, the strongest first."""
        return self.why.table()

    @cached_property
    def pairs(self) -> Any:
        """A row for each two of the strongest links."""
        return self.why.pairs_table()

    def plot(self) -> Figure:
        """Return the timeline of the risk, and what each link did."""
        from sim.report.whys import figure_of

        return figure_of(self.why)
