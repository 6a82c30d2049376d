"""What a config may hold: one class a part, one check a value.

Unknown keys are refused, and so are values outside their range and numbers that are not finite;
``true`` is no number and ``"3"`` is none either. What holds between values is looked at in
:mod:`sim.config.scenarios`.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, create_model
from pydantic_core import PydanticCustomError

from sim.analysis.quantities import QUANTITIES, quantity_of
from sim.engine.asked import ExpressionError
from sim.engine.notes import MEASURES
from sim.errors import nearest
from sim.model.parameters import COEFFICIENTS
from sim.model.sheets import state_table
from sim.model.vocabulary import LEVELS, ODDS, SHARES, Happening, Rung
from sim.plan.changes import KINDS
from sim.plan.scenario import FIGURES, STEPS, Execution, OffRamps

MOST_WORLDS = 10_000_000
MOST_WEEKS = 5200
MOST_STATES = 300
MOST_POINTS = 100_000
METHODS = ("grid", "star", "list", "latin_hypercube", "sobol", "morris", "saltelli")
MOST_ENTRIES = 1000
"""Longest list or mapping of any other kind."""
MOST_LETTERS = 60
"""Longest word that is a value."""
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


# What one value may be


def _refuse(allowed: str, like: str = "") -> PydanticCustomError:
    return PydanticCustomError("refused", "{allowed}", {"allowed": allowed, "nearest": like})


def real(low: float, high: float) -> PlainValidator:
    """Return the check of a finite number in a range; it gives a float."""

    def check(value: Any) -> float:
        sound = isinstance(value, int | float) and not isinstance(value, bool)
        if not (sound and low <= value <= high):
            raise _refuse(f"must be a number from {low:g} to {high:g}")
        return float(value)

    return PlainValidator(check)


def whole(low: int, high: int) -> PlainValidator:
    """Return the check of a whole number in a range."""

    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise _refuse(f"must be a whole number from {low} to {high}")
        return value

    return PlainValidator(check)


def one_of(*names: Any) -> PlainValidator:
    """Return the check of a value that is one of a few."""

    def check(value: Any) -> Any:
        if isinstance(value, bool) or value not in names:
            words = [name for name in names if isinstance(name, str)]
            raise _refuse(f"must be one of {', '.join(map(str, names))}", nearest(value, words))
        return value

    return PlainValidator(check)


def _quantity(value: Any) -> str:
    if not isinstance(value, str):
        raise _refuse("must be the name of a quantity, or an expression such as clash[CHN-PHL]")
    try:
        return quantity_of(value).name
    except ExpressionError as error:
        if value.isidentifier():  # a name, and no expression that anybody meant
            like = nearest(value, QUANTITIES) or error.like
            raise _refuse(f"must be one of {', '.join(QUANTITIES)}, or an expression such as "
                          "clash[CHN-PHL]", like) from None  # fmt: skip
        raise _refuse(str(error), error.like) from None


def quantity() -> PlainValidator:
    """Return the check of a quantity: one that every study has, or an expression."""
    return PlainValidator(_quantity)


def text(limit: int) -> PlainValidator:
    """Return the check of printable text."""

    def check(value: Any) -> str:
        sound = isinstance(value, str) and all(c.isprintable() or c == "\n" for c in value)
        if not sound or not 0 < len(value) <= limit:
            raise _refuse(f"must be printable text of 1 to {limit} characters")
        return str(value)

    return PlainValidator(check)


def line(limit: int) -> PlainValidator:
    """Return the check of printable text in one line, not all of it blank."""

    def check(value: Any) -> str:
        sound = isinstance(value, str) and value.isprintable() and value.strip() != ""
        if not sound or len(value) > limit:
            raise _refuse(f"must be one line of printable text, 1 to {limit} characters")
        return str(value)

    return PlainValidator(check)


def _quarter(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value not in QUARTERS:
        raise _refuse("must be one of the levels 0, 0.25, 0.5, 0.75 and 1")
    return float(value)


def _code(value: Any) -> str:
    if isinstance(value, bool):
        raise _refuse("must be three letters: write NOR, since YAML reads NO as false")
    if not isinstance(value, str) or not re.fullmatch("[A-Z]{3}", value):
        by_name = {sheet.name: code for code, sheet in state_table().items()}
        like = nearest(value, [*by_name, *state_table()])
        raise _refuse("must be a code of three capital letters (ISO 3166)", by_name.get(like, like))
    return value


def _date(value: Any) -> dt.date:
    try:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            day = dt.date.fromisoformat(value)
            if 1900 <= day.year <= 2100:
                return day
    except ValueError:
        pass
    raise _refuse('must be a date from 1900 to 2100 as "YYYY-MM-DD"')


def _monday(value: Any) -> dt.date:
    day = _date(value)
    if day.weekday() != 0:
        raise _refuse(f"must be a Monday; {day} is a {day:%A}")
    return day


def _id(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch("[a-z][a-z0-9_]{0,39}", value):
        return value
    raise _refuse("must be a name of 1 to 40 small letters, digits and _, a letter first")


def _address(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"(tcp|tls)://[!-~]{1,200}:[0-9]{1,5}", value):
        return value
    raise _refuse("must be tcp://HOST:PORT or tls://HOST:PORT")


def _parts(value: Any, mark: str) -> tuple[str, str] | None:
    found = (
        re.fullmatch(f"([A-Z]{{3}}){mark}([A-Z]{{3}})", value) if isinstance(value, str) else None
    )
    return (found.group(1), found.group(2)) if found else None


def _between(mark: str, example: str) -> PlainValidator:
    def check(value: Any) -> str:
        parts = _parts(value, mark)
        if parts is None or parts[0] == parts[1]:
            raise _refuse(f'must name two states, as "{example}"')
        return str(value)

    return PlainValidator(check)


def or_null(check: PlainValidator) -> PlainValidator:
    """Return a check that also takes null."""

    def checked(value: Any) -> Any:
        return None if value is None else check.func(value)  # type: ignore[call-arg]

    return PlainValidator(checked)


Share = Annotated[float, real(0.0, 1.0)]
Factor = Annotated[float, real(0.0, 100.0)]
Level = Annotated[float, PlainValidator(_quarter)]
Code = Annotated[str, PlainValidator(_code)]


def _code_or_bloc(value: Any) -> str:
    return value if value in ("west", "east") else _code(value)


CodeOrBloc = Annotated[str, PlainValidator(_code_or_bloc)]


# What a config may hold


class Sheet(BaseModel):
    """A part of a config: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def given(self) -> dict[str, Any]:
        """Return what was given, by name."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self}

    def __contains__(self, name: str) -> bool:
        return name in self.model_fields_set


if TYPE_CHECKING:

    class Miscalculating(Sheet):
        """See below."""

    class Instruments(Sheet):
        """See below."""

else:
    Miscalculating = create_model(
        "Miscalculating",
        __base__=Sheet,
        __doc__="How a state or a relation differs in miscalculation: factors on odds, directions.",
        **dict.fromkeys(ODDS, (Factor, 1.0)),
        **dict.fromkeys(SHARES, (Share, 0.0)),
    )
    Instruments = create_model(
        "Instruments",
        __base__=Miscalculating,
        __doc__="What a relation differs in: miscalculation, and the levels of the instruments.",
        **dict.fromkeys(LEVELS, (Level, 0.0)),
    )


class Traits(Miscalculating):
    """How a state differs from its entry in the table."""

    capability: Annotated[float, real(1e-6, 1.0)] = 0.0
    firmness: Share = 0.0
    greed: Share = 0.0
    sensibility: Share = 0.0
    democracy: Share = 0.0
    nuclear: Share = 0.0
    spending: Annotated[float, real(-0.5, 2.0)] = 0.0
    challenger: Share = 0.0
    hosted: Level = 0.0


class RelationStart(Instruments):
    """What one state holds toward another at the start."""

    grievance: Share = 0.0
    fear: Share = 0.0


class PairStart(Sheet):
    """What two states share at the start."""

    channel: Annotated[float | None, real(0.0, 1.0)] = None
    violence: Annotated[str | None, one_of("none", "clash", "war")] = None


class Invented(Sheet):
    """A state that is not in the table."""

    name: Annotated[str, line(60)]
    capability: Annotated[float, real(1e-6, 1.0)]
    democracy: Share
    nuclear: Share
    proximity: dict[Code, Share] = Field(default={}, max_length=MOST_STATES)
    rivals: list[Code] = Field(default=[], max_length=MOST_STATES)
    number: Annotated[int | None, whole(1, 65535)] = None


class BlocSheet(Sheet):
    """One side: its leader, and its other members."""

    leader: Code
    members: list[Code] = Field(max_length=MOST_STATES)


class BlocSheets(Sheet):
    """The two sides."""

    west: BlocSheet
    east: BlocSheet


class EventSheet(Sheet):
    """One dated event."""

    id: Annotated[str | None, PlainValidator(_id)] = None
    date: Annotated[dt.date, PlainValidator(_date)]
    kind: Annotated[str, one_of(*(kind.name.lower() for kind in Happening))]
    actor: Annotated[str, text(10)]
    target: Annotated[str, text(10)]
    size: Annotated[float | None, real(0.0, 1.0)] = None
    weeks: Annotated[int | None, whole(1, 52)] = None
    what: Annotated[str, text(500)]
    source: Annotated[str, text(500)]


def _value(value: Any) -> Any:
    if isinstance(value, str) and 0 < len(value) <= MOST_LETTERS and value.isprintable():
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 1e9:
        return float(value)
    raise _refuse("must be a number or a word")


class ChangeSheet(Sheet):
    """One thing that is changed from outside; what each kind takes stands in sim.plan.changes."""

    kind: Annotated[str, one_of(*KINDS)]
    week: Annotated[int | None, whole(1, MOST_WEEKS)] = None
    weeks: Annotated[int | None, whole(1, MOST_WEEKS)] = None
    who: Annotated[str | None, PlainValidator(_code_or_bloc)] = None
    toward: Annotated[str | None, PlainValidator(_code_or_bloc)] = None
    name: Annotated[str | None, line(60)] = None
    value: Annotated[float | str | None, PlainValidator(_value)] = None


class CodedLevel(Sheet):
    """A starting level that was read from coded events, and its spread."""

    level: Level
    low: Level
    high: Level
    events: Annotated[int, whole(1, 10_000_000)]


class CodedSheet(Sheet):
    """What starting levels were read from; they themselves stand under relations."""

    source: Annotated[str, line(1000)]
    weeks: Annotated[int, whole(4, 520)]
    events: Annotated[int, whole(1, 10_000_000)]
    levels: dict[
        Annotated[str, _between(">", "USA>RUS")], dict[Annotated[str, one_of(*LEVELS)], CodedLevel]
    ] = Field(max_length=MOST_ENTRIES)


class ScenarioSheet(Sheet):
    """Who is there, how everybody starts, and what is known to happen."""

    title: Annotated[str, line(120)]
    account: Annotated[str, text(4000)]
    start: Annotated[dt.date, PlainValidator(_monday)]
    states: list[Code] = Field(min_length=2, max_length=MOST_STATES)
    blocs: BlocSheets
    traits: dict[CodeOrBloc, Traits] = Field(default={}, max_length=MOST_STATES)
    relations: dict[Annotated[str, _between(">", "USA>RUS")], RelationStart] = Field(
        default={}, max_length=10 * MOST_ENTRIES
    )
    pairs: dict[Annotated[str, _between("-", "USA-RUS")], PairStart] = Field(
        default={}, max_length=MOST_ENTRIES
    )
    invented: dict[Code, Invented] = Field(default={}, max_length=MOST_STATES)
    subject: Annotated[str | None, or_null(_between("-", "USA-RUS"))] = None
    events: list[EventSheet] = Field(default=[], max_length=MOST_ENTRIES)
    changes: list[ChangeSheet] = Field(default=[], max_length=MOST_ENTRIES)
    coded: CodedSheet | None = None


class ExecutionSheet(Sheet):
    """How a run is executed; nothing here changes a result."""

    kind: Annotated[str, one_of("local", "dask")] = Execution.kind
    threads: Annotated[int | None, or_null(whole(1, 1024))] = Execution.threads
    shard: Annotated[int | None, or_null(whole(1, MOST_WORLDS))] = Execution.shard
    workers: Annotated[int | None, or_null(whole(1, 1024))] = Execution.workers
    address: Annotated[str | None, or_null(PlainValidator(_address))] = Execution.address


class DesignSheet(Sheet):
    """How the points of a study are chosen."""

    method: Annotated[str, one_of(*METHODS)] = "grid"
    points: Annotated[int | None, or_null(whole(1, MOST_POINTS))] = None
    file: Annotated[str | None, or_null(text(1000))] = None
    seed: Annotated[int, whole(0, 2**64 - 1)] = 1


class PrecisionSheet(Sheet):
    """When a point has enough worlds."""

    quantity: Annotated[str, quantity()]
    tolerance: Annotated[float, real(1e-6, 1e6)]
    most: Annotated[int, whole(1, MOST_WORLDS)]


def _turn(value: Any) -> list[int]:
    sound = isinstance(value, list) and len(value) == 2 and all(type(v) is int for v in value)
    if not sound or not 0 <= value[0] <= MOST_WEEKS or not 0 <= value[1] < 2**32:
        raise _refuse("must be a week and the luck from then on, as [12, 3]")
    return list(value)


class OffRampsSheet(Sheet):
    """What is tried to keep worlds from an outcome."""

    steps: list[Annotated[str, one_of(*STEPS)]] = Field(
        default=list(STEPS), min_length=1, max_length=len(STEPS)
    )
    most: Annotated[int, whole(1, 10_000)] = OffRamps.most
    before: Annotated[int, whole(0, 520)] = OffRamps.before
    within: Annotated[int, whole(0, 520)] = OffRamps.within
    lasts: Annotated[int, whole(1, 520)] = OffRamps.lasts
    lucks: Annotated[int, whole(1, 1000)] = OffRamps.lucks
    rung: Annotated[str, one_of(*(r.name.lower() for r in Rung if r >= Rung.DISPLAY))] = "clash"
    pair: Annotated[str | None, or_null(_between("-", "USA-RUS"))] = None


class ForkSheet(Sheet):
    """Where worlds leave those whose futures they are."""

    week: Annotated[int, whole(0, MOST_WEEKS)]
    world: Annotated[int | None, or_null(whole(0, MOST_WORLDS - 1))] = None
    luck: Annotated[str, one_of("same", "other")] = "other"
    kept: Annotated[int, whole(0, MOST_ENTRIES)] = 0
    past: list[Annotated[list[int], PlainValidator(_turn)]] = Field(default=[], max_length=100)


class CalibrateSheet(Sheet):
    """How much of a calibration."""

    waves: Annotated[int, whole(2, 20)]
    points: Annotated[int, whole(512, 100_000)]
    draws: Annotated[int, whole(32, 10_000)]
    more: Annotated[int, whole(1, 100)]
    trials: Annotated[int, whole(10, 10_000)]


class RangeSheet(Sheet):
    """The two ends between which something is varied."""

    low: Annotated[float, real(-1e9, 1e9)]
    high: Annotated[float, real(-1e9, 1e9)]
    scale: Annotated[str, one_of("linear", "log")] = "linear"


def _parameters(value: Any) -> Any:
    if value == "all":
        return value
    if not isinstance(value, list) or not value:
        raise _refuse("must be all, or a list of parameters, to vary over their declared ranges")
    for at, name in enumerate(value):
        if not isinstance(name, str) or name not in COEFFICIENTS:
            raise _refuse(f"has no parameter at {at + 1}", nearest(name, COEFFICIENTS))
    return value


class DeclaredSheet(Sheet):
    """Parameters that are varied over their declared ranges, or a share of these to either side."""

    of: Annotated[Any, PlainValidator(_parameters)]
    within: Annotated[float | None, or_null(real(1e-6, 1.0))] = None


class VariantSheet(Sheet):
    """How a variant differs from the baseline."""

    scenario: dict[Any, Any] | str = Field(default={})  # changes, checked once they are made
    parameters: dict[Any, Any] = Field(default={})
    miscalculation: Annotated[str | None, or_null(text(64))] = None
    world: Annotated[str | None, or_null(text(64))] = None
    doctrine: Annotated[str | None, or_null(text(64))] = None
    diplomacy: Annotated[str | None, or_null(text(64))] = None


class Settings(Sheet):
    """The whole config."""

    scenario: dict[Any, Any]  # a ScenarioSheet, checked apart
    parameters: dict[Any, Any]  # names of parameters, checked apart
    vary: dict[Any, Any]  # names with levels, checked apart
    compare: dict[Any, Any]  # names with changes, checked apart
    execution: ExecutionSheet
    design: DesignSheet
    precision: PrecisionSheet | None
    calibrate: CalibrateSheet | None
    fork: ForkSheet | None
    off_ramps: OffRampsSheet | None
    quantities: list[Annotated[str, quantity()]] = Field(min_length=1, max_length=100)
    every: Annotated[int, whole(1, MOST_WEEKS)]
    series: list[Annotated[str, one_of(*(m.name for m in MEASURES))]] = Field(max_length=100)
    dry_run: bool
    retry_failed: bool
    worlds: Annotated[int, whole(1, MOST_WORLDS)]
    weeks: Annotated[int, whole(1, MOST_WEEKS)]
    seed: Annotated[int, whole(0, 2**64 - 1)]
    tracks: list[Annotated[int, whole(0, MOST_WORLDS - 1)]] = Field(max_length=1000)
    figures: Annotated[str, one_of(*FIGURES)]
    paired: bool
    output: Annotated[str | None, or_null(text(1000))]
    output_root: Annotated[str, text(1000)]
