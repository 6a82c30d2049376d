"""The command line: ``python -m sim``, also installed as ``spiral``.

Hydra composes the config, :mod:`sim.config` judges it, :mod:`sim.report` plays and writes. This
is the only file that imports Hydra. What only shows something (``--cfg``, ``--info``) is left to
Hydra's own front; runs are composed through its API, so that all errors are reported together and
Hydra itself writes nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import logging
import os
import re
import signal
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import hydra
from hydra._internal.utils import get_args_parser
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, OverrideType, Quote, QuotedString
from omegaconf import DictConfig, OmegaConf, open_dict

from sim.config.sources import (
    CONFIGS,
    GROUPS,
    NAME,
    PARAMETER_GROUPS,
    Choices,
    Source,
    Steps,
    expanded,
    numbered,
    text_faults,
)
from sim.errors import Fault, InputError, StudyError, clean, nearest, printable, show
from sim.interrupts import Ending, heeded, tell
from sim.study.cluster import ClusterError, MissingDaskError

if TYPE_CHECKING:
    from sim.config.findings import Composed
    from sim.plan.scenario import Job

MOST_JOBS = 1000
MOST_LETTERS = 5000
"""Longest override, in characters."""
_TEXT = re.compile(
    r"\+{0,2}(parameters(?=(?:=[^{]*$))|parameters\.from|output|output_root|design\.file|execution\.address"
    r"|scenario\.(?:.+\.)?(?:title|account|name|what|source))=(?!null$|['\"])(.+)"
)
"""Key and value of an override whose value is text: it is taken as it stands, without quotes."""
_ENTRY = re.compile(r"\[([0-9]+)\]")
_EVENT = re.compile(r"\+\+scenario\.events\.[A-Za-z_]")
_NO_MEMORY = re.compile("can't start new thread|failed to map segment|[Cc]annot allocate memory")
"""What is said instead of MemoryError by threads and by libraries that are loaded."""
_COMPLETION = re.compile(r"(install|uninstall|query)=(bash|fish|zsh)")
SHOWING = ("hydra_help", "cfg", "info", "shell_completion")
"""Flags with which Hydra shows something and nothing is run."""
REFUSED = ("config_path", "config_name", "experimental_rerun")
"""Flags of Hydra that would read another root config, or a pickle."""

HELP = """\
Spiral simulates how states move up and down an escalation ladder, one turn a week, thousands of
worlds at a time. It is an instrument for teaching and research, not a forecast.

  python -m sim                                  escalation curves of the default scenario
  python -m sim scenario=crimea_2014 miscalculation=high worlds=5000 weeks=156 seed=7
  python -m sim parameters.fear_gain=3 output=results/fearful
  python -m sim experiment=four_worlds           a named experiment
  python -m sim 'vary.offence=[0.1,0.5,0.9]'     the same worlds at three levels
  python -m sim -m miscalculation=none,low,high  one run after another
  python -m sim --config-dir=mine scenario=own   a scenario of your own, mine/scenario/own.yaml
  python -m sim new scenario own mine            write a commented scenario to begin with
  python -m sim status outputs/mine              how far a study has come
  python -m sim why outputs/mine world=705       why a world went as it did (why --help)
  python -m sim --cfg job                        show the composed config, run nothing

Config groups, selected by group=option; (*) marks the default:
{groups}

Settings (key=value):
  worlds, weeks, seed    simulated histories at each design point, their length, the master seed
  parameters.NAME        a parameter of the model; docs/parameters.md has a table of all
  parameters=FILE.csv    each world uses one parameter set of a posterior
  vary.NAME=[...]        levels to compare, of a parameter, of a group ({varied})
                         or of an entry of the scenario (scenario.traits.POL.firmness);
                         a range: {{low: 0, high: 1}}
  compare.NAME=...       a variant to compare with the baseline on the same worlds
  design.method=...      grid, star, list, latin_hypercube, sobol, morris or saltelli, with
                         design.points, or design.file for a list
  precision=...          {{quantity: clash, tolerance: 0.01, most: 20000}}: adds worlds until then
  quantities, every, series   reported quantities; weeks between stored rows; weekly series by world
  calibrate=...          fit parameters to the record, see experiment=calibrate
  dry_run, retry_failed  estimate the cost only; rerun failed design points
  tracks=[...]           numbers of the worlds to store in full
  figures=...            png, all (PNG and SVG) or none
  paired                 whether design points share their random numbers
  output, output_root    output folder, by default OUTPUT_ROOT/EXPERIMENT/TIME; a study in it is
                         resumed; any path, ~ included (in a file: inside OUTPUT_ROOT)
  execution.threads      number of threads; null: one for each processor
  scenario.KEY           anything in the scenario's file

Also Hydra's own flags: --cfg, --info, --multirun, --config-dir, --shell-completion, --hydra-help.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for and return the exit code.

    Args:
        arguments: the command line after the program's name; the process's own if not given.

    Returns:
        0 on success, 1 if a cluster cannot be reached, a file cannot be read or written, or a
        point failed, 2 for errors in the configuration, 130, 143 or 129 after SIGINT, SIGTERM or
        SIGHUP.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    return exit_code(lambda: _do(given))


def exit_code(act: Callable[[], int]) -> int:
    """Call a function and return its exit code, or that of the error it ended with (reported).

    Args:
        act: the function.

    Returns:
        As :func:`main`.
    """
    with heeded() as ending:
        code = _code(act, ending)
        if ending.code:
            tell(ending.told)
    return ending.code or code


def _code(act: Callable[[], int], ending: Ending) -> int:
    try:
        return act()
    except InputError as error:
        tell(str(error))
        return 2
    except KeyboardInterrupt:
        ending.number = ending.number or signal.SIGINT
        return ending.code
    except BrokenPipeError:  # who reads along has gone; nor can the rest be flushed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except MissingDaskError as error:
        tell(f"spiral: {error}")
        return 2
    except ClusterError as error:
        tell(f"spiral: {error}")
        return 1
    except OSError as error:
        tell(f"spiral: cannot read or write: {error}")
        return 1
    except (MemoryError, RuntimeError, ImportError) as error:
        told = str(error).splitlines()[-1:] or ["memory"]
        if not isinstance(error, MemoryError) and not _NO_MEMORY.search(told[0]):
            raise
        tell(f"spiral: out of memory: {told[0]}")
        return 1


def _do(given: list[str]) -> int:
    """Show what is requested, or run it."""
    if "--version" in given:
        from importlib.metadata import version

        print(f"spiral {version('spiral-sim')} (hydra {hydra.__version__})")
        return 0
    if given[:1] == ["status"]:
        return _tell_status(given[1:])
    if given[:1] == ["new"]:
        return _begin(given[1:])
    if given[:1] == ["why"]:
        from sim.asking import ask

        return ask(given[1:], read_jobs)
    if given[:1] == ["seat"]:
        from sim.playing import play

        return play(given[1:])
    line = CommandLine.of(given)
    if line.options.help:
        print(line.help())
        return 0
    if line.shows == "shell_completion" and (wrong := [f for f in line.faults if f.key]):
        raise InputError(wrong)
    if line.shows in ("", "cfg", "info"):
        jobs = line.jobs()
    return _show(line) if line.shows else _run(jobs, together=line.options.multirun)


def _tell_status(words: Sequence[str]) -> int:
    """Say how studies stand; return 0 if all of them are finished, else 1."""
    if not words or any(word.startswith("-") for word in words):
        raise InputError(
            [Fault("command line", "status", "must be followed by folders of studies")]
        )
    from sim.report.status import status

    told, faults = [], list[Fault]()
    for word in words:
        try:
            told.append(status(expanded(word)))
        except InputError as error:
            faults += error.faults
        except OSError as error:
            faults.append(Fault(clean(word), "", str(error.strerror)))
    if faults:
        raise StudyError(faults)
    for word, lines in zip(words, told, strict=True):
        print("\n".join([*([f"{printable(word)}:"] if len(words) > 1 else []), *lines]))
    return 0 if all(lines[1].startswith("finished") for lines in told) else 1


def _begin(words: Sequence[str]) -> int:
    """Write a scenario's file to begin with."""
    kind, name, *rest = [*words, "", ""][:2] + list(words[2:])
    faults = []
    if kind != "scenario":
        like = nearest(kind, ["scenario"])
        faults.append(
            Fault("command line", "new", "must be followed by scenario NAME", show(kind), like)
        )
    elif not NAME.fullmatch(name):
        faults.append(
            Fault(
                "command line",
                "new scenario",
                "needs a name of letters, digits, _ and -",
                show(name),
            )
        )
    elif len(rest) > 1:
        faults.append(Fault("command line", "new scenario", "takes a name and a folder"))
    if faults:
        raise InputError(faults)
    folder = expanded(rest[0] if rest else "mine")
    path = folder / "scenario" / f"{name}.yaml"
    shipped = name in Choices(CONFIGS).options("scenario")
    if shipped or path.exists():
        told = "is the name of a shipped scenario" if shipped else f"is there already: {path}"
        raise InputError([Fault("command line", "new scenario", told, show(name))])
    from sim.config.guide import skeleton

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(skeleton(name))
    print(path)
    print(f"python -m sim --config-dir={folder} scenario={name}")
    return 0


def read_jobs(arguments: Sequence[str]) -> list[Job]:
    """Return the jobs that a command line asks for: one, or several for a multirun.

    Args:
        arguments: as on the command line, for example ``["scenario=two_rivals", "worlds=100"]``.

    Raises:
        InputError: listing all errors.
    """
    return CommandLine.of(arguments).jobs()


def _together(jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs of a multirun, those without a given folder in one that no other run has."""
    from sim.study.store import take

    places = dict.fromkeys(j.unclaimed.parent for j in jobs if j.unclaimed and not j.dry_run)
    new = {place: take(place) for place in places}

    def moved(job: Job) -> Job:
        if job.unclaimed is None or job.unclaimed.parent not in new:
            return job
        place = new[job.unclaimed.parent] / job.unclaimed.name
        return replace(job, output=place, unclaimed=place)

    return [moved(job) for job in jobs]


def _run(jobs: Sequence[Job], *, together: bool = False) -> int:
    from sim.config.remarks import remarks
    from sim.forks.idle import check_changes
    from sim.report import run  # heavy: nothing that only shows something waits for it

    whole = True
    idle = [check_changes(job) for job in jobs]  # of all before any is run
    jobs = _together(jobs) if together else jobs
    for number, job in enumerate(jobs):
        if len(jobs) > 1:
            print(f"#{number} of {len(jobs)}: {printable(' '.join(job.resolved['overrides']))}")
        for remark in (*remarks(job), *idle[number]):
            tell(f"spiral: {remark}")
        if job.calibrate:
            from sim.report.calibrating import run_calibration  # needs the analysis extra

            run_calibration(job)
            continue
        if job.off_ramps:
            from sim.report.ramps import run_off_ramps

            run_off_ramps(job)
            continue
        whole &= not (run(job) / "failed.parquet").exists()
    if len(jobs) > 1 and any((job.output / "points.parquet").is_file() for job in jobs):
        from sim.report.index import write_index

        if path := write_index(jobs):
            print(path)
    return 0 if whole else 1


def _show(line: CommandLine) -> int:
    """Let Hydra show what is requested, and return its exit code."""

    def nothing(config: DictConfig) -> None:
        """Hydra only shows."""

    start = hydra.main(version_base="1.3", config_path=str(CONFIGS), config_name="config")(nothing)
    logging.raiseExceptions = False  # Hydra shows by logging; `| head` is no error
    before, sys.argv = sys.argv, ["spiral", *line.for_hydra()]
    try:
        start()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    finally:
        sys.argv = before
    return 0


# The command line


@dataclass(frozen=True)
class Word:
    """One override."""

    text: str
    group: str = ""  # the config group it chooses from, if it does
    strings: tuple[str, ...] = ()  # as Hydra takes it: several for a multirun, none if faulty
    trees: tuple[Mapping[str, Any], ...] = ()  # what each of them sets

    @property
    def source(self) -> str:
        """Return what a message calls it."""
        return f"override {clean(self.text)}"


@dataclass
class CommandLine:
    """Flags, overrides and the folders of configs; and their errors."""

    options: argparse.Namespace
    files: Choices
    words: list[Word] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def of(cls, arguments: Sequence[str]) -> CommandLine:
        """Return the command line of these words; :meth:`jobs` raises its errors."""
        options, faults = _options(arguments)
        files = Choices(CONFIGS, _own_folder(options.config_dir, faults))
        line = cls(options, files, faults=faults)
        parser = OverridesParser.create()
        line.words = [line._word(text, parser) for text in options.overrides]
        return line

    @property
    def shows(self) -> str:
        """Return the flag with which Hydra only shows something, or ''."""
        return next((flag for flag in SHOWING if getattr(self.options, flag)), "")

    def help(self) -> str:
        """Return what ``--help`` says."""
        chosen = self.files.defaults()
        lines = [
            textwrap.fill(
                " ".join(f"{o}(*)" if o == chosen[g] else o for o in self.files.options(g)),
                96,
                initial_indent=f"  {g:<15} ",
                subsequent_indent=" " * 18,
            )
            for g in GROUPS
        ]
        return HELP.format(groups="\n".join(lines), varied=", ".join(PARAMETER_GROUPS))

    def for_hydra(self) -> list[str]:
        """Return the words with which Hydra shows what is requested."""
        flag, o = self.shows, self.options
        told = [f"--{flag.replace('_', '-')}"]
        told += [getattr(o, flag)] if flag in ("cfg", "info") else []
        told += ["--resolve"] if o.resolve else []
        told += ["--package", o.package] if o.package else []
        told += ["--config-dir", str(self.files.own)] if self.files.own else []
        if flag == "shell_completion":
            return [*told, *o.overrides]
        if flag == "hydra_help":
            return told
        return [*told, *(string for word in self.words for string in word.strings)]

    def jobs(self) -> list[Job]:
        """Return the jobs requested.

        Raises:
            InputError: listing all errors.
        """
        from sim.config.job import check

        now, jobs, faults = datetime.now(UTC), [], list(self.faults)
        for number, chosen in enumerate(self._combinations(faults)):
            composed = self.compose(chosen, number, faults)
            try:
                jobs.append(check(composed, now))
            except InputError as error:
                faults += error.faults
        if faults:
            raise InputError(faults)
        return jobs

    # Overrides

    def _word(self, text: str, parser: OverridesParser) -> Word:
        """Return one override, collecting its errors."""
        word, told = Word(text), list(text_faults(text))
        key, mark, value = text.partition("=")
        plain = self._quoted(_ENTRY.sub(r".\1", key) + mark + value, parser)
        if len(text) > MOST_LETTERS:
            told.append(f"is longer than {MOST_LETTERS} characters: put it into a file")
        if not told:
            try:
                return self._read(word, parser.parse_override(plain), parser)
            except Exception as error:  # the grammar raises many kinds, all about the input
                how = f"; text is quoted: '{clean(key)}=\"...\"'" if key and value else ""
                told.append(f"is not key=value ({clean(str(error).strip())}){how}")
        self.faults += [Fault(word.source, "", each) for each in told]
        return word

    def _quoted(self, text: str, parser: OverridesParser) -> str:
        """Return an override with its value in quotes, where it is text as it stands."""
        found = _TEXT.fullmatch(text)
        if found is None or len(text) > MOST_LETTERS:
            return text
        if self.options.multirun:
            with contextlib.suppress(Exception):  # then it is no list of values either
                if parser.parse_override(text).is_sweep_override():
                    return text
        return f"{found[1]}={QuotedString(found[2], Quote.single).with_quotes()}"

    def _read(self, word: Word, override: Override, parser: OverridesParser) -> Word:
        key = override.key_or_group
        if key in GROUPS:
            return self._choose(word, override)
        if key == "hydra" or override.is_hydra_override():
            return self._refuse(word, "Hydra's settings cannot be changed")
        if not key:
            return self._refuse(word, "is not key=value")
        if override.package is not None or "/" in key:
            return self._refuse(word, "unknown config group", nearest(key, GROUPS))
        if override.is_delete():
            return replace(word, strings=(word.text,), trees=(_tree(key, None),))
        if key == "parameters" and "{" not in word.text:
            key = "parameters.from"
        if not override.is_sweep_override():
            string, tree = f"++{key}={override.get_value_string()}", _tree(key, override.value())
            return replace(word, strings=(string,), trees=(tree,))
        values = self._values(word, override)
        trees = tuple(_tree(key, parser.parse_override(f"x={v}").value()) for v in values)
        return replace(word, strings=tuple(f"++{key}={v}" for v in values), trees=trees)

    def _choose(self, word: Word, override: Override) -> Word:
        """Return an override that chooses from a config group."""
        group, value = override.key_or_group, cast(Any, override.value())
        word = replace(word, group=group)
        if override.type != OverrideType.CHANGE or override.package is not None:
            return self._refuse(word, f"exactly one option must be selected: write {group}=option")
        if isinstance(value, Glob):
            chosen: list[Any] = value.filter(self.files.options(group))
            if not chosen or not self.options.multirun:
                return self._refuse(word, "a pattern needs matching options and --multirun (-m)")
        elif override.is_sweep_override():
            chosen = self._values(word, override)
        else:
            chosen = [str(value) if isinstance(value, int | float) else value]
        wrong = [f for c in chosen for f in self.files.faults_of_name(group, c, word.source)]
        self.faults += wrong
        strings = () if wrong else tuple(f"{group}={option}" for option in chosen)
        return replace(word, strings=strings, trees=({},) * len(strings))

    def _values(self, word: Word, override: Override) -> list[str]:
        """Return the values of an override that has several, as text."""
        if not self.options.multirun:
            self._refuse(word, "has several values: use --multirun (-m), or vary to compare them")
        elif not override.is_discrete_sweep() or isinstance(override.value(), Glob):
            self._refuse(word, "must list its values explicitly")
        else:
            values = list(itertools.islice(override.sweep_string_iterator(), MOST_JOBS + 1))
            if len(values) <= MOST_JOBS:
                return values
            self._refuse(word, f"has more than {MOST_JOBS} values")
        return []

    def _refuse(self, word: Word, told: str, like: str = "") -> Word:
        self.faults.append(Fault(word.source, "", told, nearest=like))
        return word

    def _combinations(self, faults: list[Fault]) -> list[tuple[int, ...]]:
        """Return which value of each override every job has."""
        n_jobs = 1
        for word in self.words:
            n_jobs *= max(1, len(word.strings))
        if n_jobs > MOST_JOBS:
            told = f"asks for {n_jobs} jobs; at most {MOST_JOBS} are allowed"
            faults.append(Fault("command line", "", told))
        ranges = [range(max(1, len(word.strings))) for word in self.words]
        return list(itertools.islice(itertools.product(*ranges), 1 if n_jobs > MOST_JOBS else None))

    # Composing

    def compose(self, chosen: Sequence[int], number: int, faults: list[Fault]) -> Composed:
        """Return one job's config; what cannot be composed is noted and left out.

        Args:
            chosen: which of its values every override has in this job.
            number: of the job.
            faults: collects the errors (out).
        """
        from sim.config.findings import Composed

        words = [(w, w.strings[k]) for w, k in zip(self.words, chosen, strict=True) if w.strings]
        unsure = self._unreadable(words, faults)
        words = self._numbered(words, [] if unsure else faults)
        tree, options = self._together(words, faults)
        layers = [layer for g in GROUPS for layer in self.files.layers(g, options[g])]
        sources = [self.files.root(), *(layer.source for layer in layers)]
        overrides = [
            Source(word.source, word.trees[word.strings.index(string)])
            for word, string in words
            if not word.group
        ]
        return Composed(
            tree=_with_word(tree, [*sources, *overrides]),
            chosen=options,
            files=self.files,
            sources=sources,
            overrides=overrides,
            typed={word.group: word.source for word, _ in words if word.group},
            words=[string.removeprefix("++") for _, string in words],
            unsure=unsure,
            number=number if self.options.multirun else None,
        )

    def _unreadable(self, words: list[tuple[Word, str]], faults: list[Fault]) -> list[Steps]:
        """Take out choices whose files may not be read; return what is in doubt without them."""
        typed = {word.group: string.split("=", 1)[1] for word, string in words if word.group}
        mistyped = {word.group for word in self.words if word.group and not word.strings}
        chosen, lost = {**self.files.defaults(), **typed}, set[str]()
        with contextlib.suppress(InputError):  # noted below
            for layer in self.files.layers("experiment", chosen["experiment"]):
                chosen |= {g: o for g, o in layer.others.items() if g not in typed}
        for group, option in chosen.items():
            try:
                self.files.layers(group, option)
            except InputError as error:
                faults += error.faults
                lost.add(group if group in typed else "experiment")
        words[:] = [(word, string) for word, string in words if word.group not in lost]
        doubtful = (lost | mistyped) & {"scenario", "experiment"}
        return [("scenario",), ("vary",)] if doubtful else []

    def _numbered(
        self, words: list[tuple[Word, str]], faults: list[Fault]
    ) -> list[tuple[Word, str]]:
        """Return overrides with the ids of events as their numbers; what has none is noted."""
        by_id = [(word, string) for word, string in words if _EVENT.match(string)]
        if not by_id:
            return words
        tree, _ = self._together([each for each in words if each not in by_id], [])
        events = (tree.get("scenario") or {}).get("events")
        ids = [
            e["id"] for e in events or () if isinstance(e, dict) and isinstance(e.get("id"), str)
        ]

        def with_number(word: Word, string: str) -> tuple[Word, str] | None:
            key, _, value = string.removeprefix("++").partition("=")
            steps = key.split(".")
            place = numbered(tree, tuple(steps))[2]
            if not isinstance(place, int):
                told = f"the scenario has no event {clean(steps[2])}"
                faults.append(Fault(word.source, "", told, nearest=nearest(steps[2], ids)))
                return None
            set_to: Any = word.trees[word.strings.index(string)]
            for step in steps:
                set_to = set_to[step]
            key = ".".join([*steps[:2], str(place), *steps[3:]])
            string = f"++{key}={value}"
            return replace(word, strings=(string,), trees=(_tree(key, set_to),)), string

        made = (with_number(*each) if each in by_id else each for each in words)
        return [each for each in made if each is not None]

    def _together(
        self, words: list[tuple[Word, str]], faults: list[Fault]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Compose the overrides, without those that Hydra refuses."""
        try:
            return _composed([string for _, string in words], self.files.own)
        except Exception:  # whatever it is, an override causes it: which one?
            kept: list[tuple[Word, str]] = []
            for word, string in words:
                try:
                    _composed([*(s for _, s in kept), string], self.files.own)
                    kept.append((word, string))
                except Exception as error:
                    why = clean(str(error).strip().split("\n")[0])
                    told = f"cannot be merged into the configuration ({why})"
                    faults.append(Fault(word.source, "", told))
            words[:] = kept
            return _composed([string for _, string in kept], self.files.own)


def _options(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[Fault]]:
    """Return Hydra's flags and the overrides, and the errors in the flags."""

    def refuse(message: str) -> NoReturn:
        raise InputError([Fault("command line", "", message)])

    parser, faults = get_args_parser(), list[Fault]()
    parser.error = refuse  # type: ignore[method-assign]
    try:
        options, unknown = parser.parse_known_intermixed_args(arguments)
    except InputError as error:
        faults += error.faults
        rest = [word for word in arguments if not word.startswith("-")]
        options, unknown = parser.parse_known_intermixed_args(rest)
    known = [flag for action in parser._actions for flag in action.option_strings]
    for word in unknown:
        faults.append(Fault("command line", clean(word), "unknown flag", "", nearest(word, known)))
    for name in REFUSED:
        if getattr(options, name) is not None:
            told = "is not supported: put your own configuration into the folder of --config-dir"
            faults.append(Fault("command line", f"--{name.replace('_', '-')}", told))
    if options.shell_completion and not (
        len(options.overrides) == 1 and _COMPLETION.fullmatch(options.overrides[0])
    ):
        told = "must be one of install, uninstall and query: install=bash (or fish, or zsh)"
        faults.append(Fault("command line", "--shell-completion", told))
    asked = (options.run, options.multirun, options.cfg, options.info, options.shell_completion)
    if sum(map(bool, asked)) > 1:
        told = "only one of --run, --multirun, --cfg, --info and --shell-completion may be used"
        faults.append(Fault("command line", "", told))
    return options, faults


def _own_folder(given: str | None, faults: list[Fault]) -> Path | None:
    """Return the user's folder of configs, if one is given and there."""
    if given is None:
        return None
    told, place = list(text_faults(given)), Path()
    try:
        place = expanded(given)
        if not told and ("\0" in given or not place.is_dir()):
            told = ["folder does not exist"]
    except OSError as error:
        told.append(str(error.strerror))
    faults += [Fault("command line", "--config-dir", each, show(given)) for each in told]
    return None if told else place.absolute()


def _composed(strings: list[str], own: Path | None) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a composed config as plain data, and the option of each group."""
    if own is not None:
        quoted = str(own).replace("'", "\\'")
        strings = [*strings, f"hydra.searchpath=['file://{quoted}']"]
    with hydra.initialize_config_dir(str(CONFIGS), job_name="spiral", version_base="1.3"):
        config = hydra.compose("config", overrides=strings, return_hydra_config=True)
    options = {group: config.hydra.runtime.choices[group] for group in GROUPS}
    with open_dict(config):
        del config["hydra"]
    tree = OmegaConf.to_container(config, resolve=False)
    assert isinstance(tree, dict)
    return {str(key): value for key, value in tree.items()}, options


def _with_word(tree: dict[str, Any], sources: Sequence[Source]) -> dict[str, Any]:
    """Return a config in which ``parameters: WORD`` of a file is ``from: WORD`` beside the rest.

    Hydra would have the word replace what groups set, and what is given after it replace the word.
    """
    parts = [source.tree["parameters"] for source in sources if "parameters" in source.tree]
    if not any(isinstance(part, str) for part in parts):
        return tree
    found: dict[str, Any] = {}
    for part in parts:
        found |= part if isinstance(part, dict) else {"from": part}
    return {**tree, "parameters": found}


def _tree(key: str, value: Any) -> dict[str, Any]:
    """Return what an override of a dotted key sets, from the root down."""
    for step in reversed(key.split(".")):
        value = {step: value}
    return dict(value)


if __name__ == "__main__":
    sys.exit(main())
