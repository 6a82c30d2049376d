"""Studies from Python: :func:`run`, :func:`scenario`, :func:`world`, and what a notebook shows.

The keys are those of a config file and of the command line, the checks and the bytes of the results
are the same. Nothing here reads the command line, and nothing is printed but a progress bar::

    study = sim.run(scenario="two_rivals", worlds=500, vary={"fog": [0, 0.5, 1]})
    study.tidy("points")
    study.plot("fan", point=2)
"""

from __future__ import annotations

import html
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
from rich.console import Console

from sim import worlds
from sim.config import compose
from sim.config.job import load_scenario, no_folder, scenario_from
from sim.config.remarks import remarks
from sim.config.settings import job as job
from sim.config.sources import CONFIGS, PARAMETER_GROUPS, Choices, expanded
from sim.errors import FailedError, Fault, InputError, StudyError, clean, nearest, printable, show
from sim.forks.idle import check_changes
from sim.model.parameters import defaults
from sim.plan.scenario import Job, Scenario
from sim.report.drawing import figures_of
from sim.report.numbers import amount
from sim.report.running import run as run_job
from sim.study import results
from sim.study.runner import identity_of
from sim.worlds import Changes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_SHOWN = 8
"""Points that a study shows of itself."""


def run(
    settings: Mapping[str, Any] | None = None, /, *, output: str | Path | None = None,
    configs: str | Path | None = None, from_: str | Path | None = None,
    progress: Callable[[int, int], object] | bool = True,
    cancel: Callable[[], bool] | None = None, **more: Any,
) -> Study:  # fmt: skip
    """Run a study and return it.

    Args:
        settings: keys as in a config file, see :func:`sim.config.settings.job`.
        output: a folder. A study in it is gone on with if it was interrupted, and read if it is
            finished. If none is given the study is a temporary one, gone when nobody holds it.
        configs: a folder with configs of one's own.
        from_: the folder of a study that is run again, with ``settings`` changed; see
            :meth:`Study.rerun`.
        progress: whether to show a bar, or what is called with the number of worlds that are done
            and the number of all, in any thread but never in two at once.
        cancel: is asked whenever some worlds are done whether to stop, for example the ``is_set``
            of a :class:`threading.Event`.
        more: settings as keywords.

    Returns:
        The study. Its tables are as a run from the command line writes them, byte for byte.

    Raises:
        InputError: listing all errors; nothing was run.
        CancelledError: if it was told to stop. What was finished is kept in ``output``.
        StudyError: if no point could be played, with the reasons.
        OSError: if something cannot be written.
    """
    if from_ is not None:
        return open_study(from_).rerun(
            {**(settings or {}), **more}, output=output, configs=configs, progress=progress,
            cancel=cancel,
        )  # fmt: skip
    given: Any = settings or {}
    if not isinstance(given, Mapping):
        job(given)  # which tells what is wrong
    wanted = job({"figures": "none", **(settings or {}), **more}, configs=configs)
    return run_checked(wanted, output, progress, cancel)


def run_checked(
    wanted: Job, output: str | Path | None, progress: Callable[[int, int], object] | bool,
    cancel: Callable[[], bool] | None,
) -> Study:  # fmt: skip
    """Run a job and return its study; see :func:`run`."""
    for name, given_as, fits in (("progress", progress, isinstance(progress, bool)),
                                 ("cancel", cancel, cancel is None)):  # fmt: skip
        if not (fits or callable(given_as)):
            told = "must be a function" + (", True or False" if name == "progress" else "")
            raise InputError([Fault(f"argument {name}", "", told, show(given_as))])
    if wanted.dry_run or wanted.calibrate or wanted.off_ramps:
        key = "dry_run" if wanted.dry_run else "calibrate" if wanted.calibrate else "off_ramps"
        how = "call sim.off_ramps" if key == "off_ramps" else "run it from the command line"
        told = f"leaves no study: {how}"
        raise InputError([Fault("sim.run", key, told)])
    given = wanted.output != wanted.unclaimed  # in the settings
    idle = check_changes(wanted)
    place = _place(output) if output is not None else None
    temporary = None
    if place is None and not given:
        temporary = tempfile.mkdtemp(prefix="spiral-")
        place = Path(temporary)
    if place is not None:
        wanted = replace(wanted, output=place, unclaimed=None)
    shown = progress is True
    out = Console(highlight=False, quiet=not shown, force_jupyter=False)
    for remark in (*remarks(wanted), *idle):
        out.print(f"spiral: {remark}", markup=False, soft_wrap=True)
    try:
        folder = run_job(
            wanted, console=_Bar(highlight=False, force_jupyter=False) if shown else out,
            told=progress if callable(progress) else None, cancel=cancel,
        )  # fmt: skip
    except BaseException:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)
        raise
    try:
        study = open_study(folder)
    except StudyError as error:
        error = _all_failed(folder) or error
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)
        raise error from None
    if temporary:
        weakref.finalize(study, shutil.rmtree, temporary, ignore_errors=True)
    return study


def _all_failed(folder: Path) -> StudyError | None:
    """Return why no point of a study could be played, if that is so."""
    path = folder / "failed.parquet"
    if not path.is_file():
        return None
    reasons = pd.read_parquet(path).to_dict("records")
    return FailedError(
        Fault(str(folder), f"point {row['point']}", printable(row["reason"])) for row in reasons
    )


class _Bar(Console):
    """Shows a bar and says nothing."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Say nothing, but draw what rich draws by itself."""
        if objects and not isinstance(objects[0], str):
            super().print(*objects, **options)


def _place(output: str | Path) -> Path:
    try:
        place = expanded(str(output))
        told = no_folder(place)
    except (OSError, ValueError) as error:
        told = f"cannot be a folder: {getattr(error, 'strerror', error)}"
    if told:
        raise InputError([Fault("argument output", "", told, show(str(output)))])
    return place


def open_study(folder: str | Path) -> Study:
    """Return a study that was run, from its folder.

    Raises:
        StudyError: if it holds none, or one that is unfinished or damaged.
    """
    found = results.open_study(folder)
    return Study(found.folder, found.manifest)


def scenario(
    name: str | None = None, /, *, base: str | Scenario | None = None, states: Any = None,
    **sheets: Any,
) -> Scenario:  # fmt: skip
    """Return a scenario built in Python from the sheets that a file has.

    Args:
        name: what to call it, ``own`` if not given; with nothing else given, one of the shipped.
        base: a shipped scenario, or one built before, that the rest is laid over; mappings are
            merged, lists replaced.
        states: codes of states (ISO 3166), or what to change of the base's:
            ``{"add": ["TWN"], "drop": ["ISL"]}``, or ``{"add": {"TWN": "west"}}`` to have it in a
            bloc, None for neutral; a state that is dropped leaves its bloc, its
            traits, its relations, its pairs and its events.
        sheets: ``title, account, start, blocs, traits, relations, pairs, invented, subject,
            events``, as in a file of ``configs/scenario``.

    Raises:
        InputError: listing all errors.
    """
    if name is not None and base is None and states is None and not sheets:
        return load_scenario(name)
    source = name or "own"
    tree: dict[str, Any] = {"title": source, "account": "Built in Python.", "events": []}
    if base is not None:
        below = base if isinstance(base, Scenario) else load_scenario(base)
        tree = deepcopy(dict(below.given))
    faults: list[Fault] = []
    if isinstance(states, Mapping):
        tree = _restaffed(tree, states, faults)
    elif states is not None:
        tree["states"] = list(states)
    tree = compose.laid_over(tree, sheets, faults)
    if faults:
        raise InputError(faults)
    return scenario_from(tree, source)


def _restaffed(
    tree: dict[str, Any], change: Mapping[str, Any], faults: list[Fault]
) -> dict[str, Any]:
    """Return a scenario's sheets with states added and dropped."""
    for key in change:
        if key not in ("add", "drop"):
            told = "must be add or drop"
            faults.append(Fault("argument states", clean(key), told, "",
                                nearest(key, ("add", "drop"))))  # fmt: skip
    codes = list(tree.get("states", []))
    for code in change.get("drop", ()):
        if code not in codes:
            told = "is not a state of the base"
            faults.append(Fault("argument states", "drop", told, show(code),
                                nearest(code, codes)))  # fmt: skip
    gone = set(change.get("drop", ()))
    wanted = change.get("add", ())
    wanted = [wanted] if isinstance(wanted, str) else wanted
    sides = wanted if isinstance(wanted, Mapping) else {}
    for code in wanted:
        if code in codes and code not in sides:
            told = "is in the base already; to have it in a bloc write {CODE: BLOC}"
            faults.append(Fault("argument states", "add", told, show(code)))
    added = [code for code in wanted if code not in codes]
    for code, side in sides.items():
        if side is not None and side not in tree.get("blocs", {}):
            told = f"must be {' or '.join(map(clean, tree.get('blocs', {})))}, or None"
            faults.append(Fault("argument states", clean(code), told, show(side)))
    tree["states"] = [code for code in codes if code not in gone] + added
    for side in tree.get("blocs", {}).values():
        left = gone | {code for code in sides if code in codes}  # those that change sides
        side["members"] = [code for code in side.get("members", []) if code not in left]
    for code in [*added, *(code for code in sides if code in codes)]:
        if sides.get(code) in tree.get("blocs", {}):
            tree["blocs"][sides[code]]["members"].append(code)
    for code in sides:  # whoever changes sides hosts nobody at first
        (tree.get("traits") or {}).get(code, {}).pop("hosted", None)
    for sheet, width in (("traits", 3), ("invented", 3), ("relations", 7), ("pairs", 7)):
        entries = tree.get(sheet) or {}
        tree[sheet] = {
            key: entry for key, entry in entries.items()
            if not (len(key) == width and {key[:3], key[-3:]} & gone)
        }  # fmt: skip
    tree["events"] = [e for e in tree.get("events", []) if not {e["actor"], e["target"]} & gone]
    return tree


class Study(results.Study):
    """A study as Python and notebooks use it.

    Beside the tables of :class:`sim.study.results.Study` it draws any figure of the report, and
    runs again with something changed.
    """

    @property
    def figures(self) -> list[str]:
        """Names of the figures that the study calls for."""
        return [name for name, _ in figures_of(self)]

    def plot(self, name: str, *, point: int | None = None, ax: Axes | None = None) -> Figure:
        """Return a figure of the report.

        Args:
            name: of the figure; see :attr:`figures`.
            point: the design point it is of, where it is of one; the first if not given.
            ax: axes of a figure of one's own, whose place it takes (it may have several panels).

        Returns:
            The figure, or that of ``ax``.

        Raises:
            InputError: if there is no such figure, or no such point.
        """
        from sim import plots
        from sim.report import figures

        number = None if point is None else self._point(point)
        with plots.drawing():
            made = dict(figures_of(self, number))
            self._known(name, list(made), str(self.folder), "figure")
            if ax is None:
                figure = made[name]()
                plots.settle(figure)
                return figure
            whole = cast("Figure", ax.figure)
            try:
                with figures.placed_on(ax):
                    made[name]()
            except ValueError as error:
                raise InputError([Fault("argument ax", "", str(error))]) from None
        return whole

    def rerun(
        self, settings: Mapping[str, Any] | None = None, /, *,
        output: str | Path | None = None, configs: str | Path | None = None,
        progress: Callable[[int, int], object] | bool = True,
        cancel: Callable[[], bool] | None = None, **more: Any,
    ) -> Study:  # fmt: skip
        """Run the study again, with settings changed, and return the new one.

        What the study was run with is read from its folder: its scenario, parameters, design and
        seed. With nothing changed the same version gives the same bytes.

        Args:
            settings: what to change, as of :func:`run`.
            output: a folder for the new study, a temporary one if not given.
            configs: a folder with configs of one's own.
            progress: as of :func:`run`.
            cancel: as of :func:`run`.
            more: settings as keywords.

        Raises:
            InputError: listing all errors; nothing was run.
        """
        if self.config.get("agents"):
            told = "was played by agents: sim.play_agents plays it again"
            raise InputError([Fault(str(self.folder), "", told)])
        whole = {**self._settings(), **(settings or {}), **more}
        return run_checked(job(whole, configs=configs), output, progress, cancel)

    def _settings(self) -> dict[str, Any]:
        """Return what the study was run with."""
        kept = {k: v for k, v in self.config.items() if k in _RERUN}
        kept["parameters"] = _not_varied(self.config)
        choices = dict(self.config["choices"])
        own = scenario_from(self.config["scenario"], choices.pop("scenario"))
        return {"figures": "none", **kept, "experiment": choices["experiment"], "scenario": own}

    def world(self, number: int, point: int = 0) -> World:
        """Return one world of the study, which can be forked.

        Args:
            number: of the world.
            point: of the design.

        Raises:
            InputError: if there is no such world or point, or states were taught.
        """
        if self.config.get("agents"):
            told = "was played by agents, whose worlds cannot be forked"
            raise InputError([Fault(str(self.folder), "", told)])
        self._world(number)
        wanted = job(self._settings())
        if identity_of(wanted).digest != self.manifest["study"]:
            told = "was played with other rules or data: its worlds cannot be played again"
            raise InputError([Fault(str(self.folder), "", told)])
        return World(wanted, number, self._point(point))

    # What is shown of it

    def __repr__(self) -> str:
        told = [f"Study of {self.title!r} in {self.folder}"]
        told.append(f"{self.n_points} point{'s' if self.n_points != 1 else ''}, "
                    f"{self.config['weeks']} weeks, seed {self.manifest['seed']}")  # fmt: skip
        if agents := self.config.get("agents"):
            told.append("played by " + ", ".join(f"{k}: {v}" for k, v in agents.items()))
        rows_of = self._summary().groupby("point", sort=False)
        for point in list(rows_of.groups)[:MOST_SHOWN]:
            rows = rows_of.get_group(point)
            label = f" ({self.label(int(str(point)))})" if self.n_points > 1 else ""
            cells = (f"{r['quantity']} {amount(r['value'])} [{amount(r['lo'])}, {amount(r['hi'])}]"
                     for r in rows.to_dict("records"))  # fmt: skip
            told.append(clean_line(f"point {point}{label}: " + ", ".join(cells)))
        if self.n_points > MOST_SHOWN:
            told.append(f"... and {self.n_points - MOST_SHOWN} points more")
        told.append(f"tables: {', '.join(self.names)}")
        return "\n".join(told)[:1900]

    def _repr_html_(self) -> str:
        rows = self._summary().head(4 * MOST_SHOWN)
        head = html.escape(f"{self.title}: {self.n_points} points, seed {self.manifest['seed']}")
        lines = [f"<b>{head}</b><table><tr><th>point</th><th>quantity</th><th>value</th>"
                 "<th>95 % interval</th><th>worlds</th></tr>"]  # fmt: skip
        lines += [
            f"<tr><td>{r['point']}</td><td>{html.escape(str(r['quantity']))}</td>"
            f"<td>{amount(r['value'])}</td><td>{amount(r['lo'])} to {amount(r['hi'])}</td>"
            f"<td>{r['worlds']:,}</td></tr>"
            for r in rows.head(12).to_dict("records")
        ]
        return "".join([*lines, "</table>"])

    def _summary(self) -> pd.DataFrame:
        """The quantities that the report is about, at every point."""
        return self.points[self.points["quantity"].isin(self.quantities)]


@dataclass(frozen=True)
class OffRamps:
    """Which steps keep worlds from an outcome, and until when: tables, and a page to read.

    Attributes:
        windows: share of worlds spared, by step, side and weeks before.
        steps: by step and side: share of worlds it stops in time, how late it may come, its cost.
        worlds: the least and the latest step that keeps the peace, world by world.
        page: all of it as Markdown.
    """

    windows: pd.DataFrame
    steps: pd.DataFrame
    worlds: pd.DataFrame
    page: str = field(repr=False)

    def __repr__(self) -> str:
        return "\n".join(line for line in self.page.splitlines() if line.startswith("- "))


def off_ramps(
    settings: Mapping[str, Any] | None = None, /, *, output: str | Path | None = None,
    configs: str | Path | None = None, progress: Callable[[int, int], object] | bool = True,
    **more: Any,
) -> OffRamps:  # fmt: skip
    """Seek the steps that keep worlds from an outcome, see :mod:`sim.forks.off_ramps`.

    Args:
        settings: keys as of :func:`run`; ``off_ramps`` is a mapping of its own settings.
        output: a folder, in which an interrupted search goes on; a temporary one if not given.
        configs: a folder with configs of one's own.
        progress: as of :func:`run`, of futures.
        more: settings as keywords.

    Raises:
        InputError: listing all errors; nothing was run.
        OSError: if something cannot be written.
    """
    from sim.report.ramps import run_off_ramps

    base = {"experiment": "off_ramps", "figures": "none"}
    given: Any = settings or {}
    if not isinstance(given, Mapping):
        job(given)  # which tells what is wrong
    wanted = job({**base, **given, **more}, configs=configs)
    faults = []
    if wanted.off_ramps is None:
        told = "must be a mapping of settings, or left out"
        faults.append(Fault("sim.off_ramps", "off_ramps", told))
    if wanted.dry_run:
        told = "leaves nothing: run it from the command line"
        faults.append(Fault("sim.off_ramps", "dry_run", told))
    shown: Any = progress
    if not (isinstance(shown, bool) or callable(shown)):
        told = "must be a function, True or False"
        faults.append(Fault("argument progress", "", told, show(shown)))
    if faults:
        raise InputError(faults)
    check_changes(wanted)
    with tempfile.TemporaryDirectory(prefix="spiral-") as temporary:
        place = _place(output) if output is not None else Path(temporary) / "off_ramps"
        folder = run_off_ramps(
            replace(wanted, output=place, unclaimed=None),
            console=_Bar(highlight=False, force_jupyter=False) if progress is True
            else Console(quiet=True),
            told=progress if callable(progress) else None,
        )  # fmt: skip
        tables = [folder / f"off_ramps_{name}.parquet" for name in ("windows", "steps", "worlds")]
        windows, steps, each = (
            pd.read_parquet(path) if path.is_file() else pd.DataFrame() for path in tables
        )
        return OffRamps(windows, steps, each, (folder / "summary.md").read_text("utf-8"))


class World(worlds.World):
    """One world of a study or a scenario, which can be forked: its past and other futures.

    See :class:`sim.worlds.World`.
    """

    def futures(
        self, week: int, n: int = 200, changes: Changes = (), *,
        compare: Mapping[str, Changes] | None = None, output: str | Path | None = None,
        progress: Callable[[int, int], object] | bool = True, **more: Any,
    ) -> Study:  # fmt: skip
        """Return a study of futures of this world, which differ in their luck after a week.

        Args:
            week: weeks of its past that all of them share.
            n: how many; the first has the world's own luck.
            changes: what is changed in all of them.
            compare: more changes by name: each a variant to compare with the others' futures, luck
                for luck.
            output: a folder for the study, a temporary one if not given.
            progress: as of :func:`run`.
            more: further settings, as ``quantities``.

        Raises:
            InputError: listing all errors; nothing was run.
        """
        faults: list[Fault] = []
        own = worlds.told_changes(changes, "argument changes", faults)
        variants = {}
        others: Any = compare or {}
        if not isinstance(others, Mapping):
            told = "must be a mapping of names to lists of changes"
            faults.append(Fault("argument compare", "", told, show(compare)))
        else:
            for name, each in others.items():
                variants[name] = worlds.told_changes(each, f"argument compare, {name}", faults)
        for key in _OF_FUTURES & set(more):
            told = "is that of the world: start from sim.world(...) with another"
            faults.append(Fault("argument", key, told, show(more[key])))
        if faults:
            raise InputError(faults)
        settings = self.settings(week, "other", own, n) | more
        if variants:
            settings["compare"] = {
                name: {"scenario": {"changes": self.changes([*own, *each])}}
                for name, each in variants.items()
            }
        return run(settings, output=output, progress=progress)


def world(
    number: int = 0, settings: Mapping[str, Any] | None = None, /, *, point: int = 0, **more: Any
) -> World:
    """Return one world of a scenario, which can be forked.

    Args:
        number: of the world.
        settings: keys as of :func:`run`.
        point: of a design.
        more: settings as keywords.

    Raises:
        InputError: listing all errors.
    """
    given: Any = settings or {}
    if not isinstance(given, Mapping):
        job(given)  # which tells what is wrong
    wanted = job({**given, **more})
    made = World(wanted, number, point)
    if made.scenario.changes:
        check_changes(wanted, made.number)
    return made


_OF_FUTURES = {
    "scenario", "parameters", "seed", "fork", "weeks", "worlds", "paired", "miscalculation",
    "world", "doctrine", "diplomacy",
}  # fmt: skip
"""Settings that futures have from their world."""


def clean_line(text: str) -> str:
    """Return a line that is not too long to be read."""
    return text if len(text) <= 200 else text[:197] + "..."


def _not_varied(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a resolved config that are not as declared and not varied."""
    files, varied = Choices(CONFIGS), set(config["vary"])
    for group in varied & set(PARAMETER_GROUPS):
        for option in config["vary"][group]:
            for layer in files.layers(group, option):
                varied |= set(layer.source.tree["parameters"])
    values, declared = config["parameters"], defaults()
    return {
        name: value for name, value in values.items()
        if name not in varied and declared.get(name) != value
    }  # fmt: skip


_RERUN = (
    "worlds", "weeks", "seed", "tracks", "paired", "parameters", "vary", "compare", "design",
    "precision", "quantities", "every", "series", "fork",
)  # fmt: skip
"""Keys of a resolved config that a study is run again with."""
