"""The words of a story in a language: names in their forms, dates, numbers, phrases for deeds.

They stand in the files of ``sim/words`` under keys that begin with ``story``. Lists run over the
five levels of an instrument, or are ways to say the same thing; ``{them}`` and ``{their}`` stand
for the other side, ``{them:dat}`` for its name in the form ``dat`` of a language that has one. What
is said when is in :mod:`sim.story.telling`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from sim.errors import Fault, InputError, nearest, show
from sim.model.roster import Roster
from sim.model.vocabulary import Instrument, Miscalculation

OWN = ("story.", "state.")
"""How the keys of what stories say begin."""
THE = "the"
"""The form of a name as the subject of a sentence."""


class Name(str):
    """What somebody is called, and the forms of it: ``format(name, "of")``."""

    _forms: Callable[[str], str]

    def __new__(cls, forms: Callable[[str], str]) -> Name:
        """Return the name in the form of a subject."""
        made = super().__new__(cls, forms(THE))
        made._forms = forms
        return made

    def __format__(self, form: str) -> str:
        """Return the name in a form; the subject's where none is asked for."""
        return self._forms(form) if form else str(self)


class Words:
    """The words of one language for stories.

    Args:
        language: its code, the name of its file.
        told: its words by key.
    """

    def __init__(self, language: str, told: Mapping[str, Any]) -> None:
        self.language, self._told = language, told

    def ways(self, what: str) -> Sequence[str]:
        """Return the ways to say a thing, or to name a cause."""
        found: Sequence[str] = self._told.get(f"story.say.{what}", ())
        return found or self._told[f"story.because.{what}"]

    def step(self, way: str, instrument: Instrument, level: float) -> str:
        """Return what a step is called: ``raised`` or ``lowered`` to a level."""
        return self._at(f"story.{way}.{instrument.field}", level)

    def noun(self, instrument: Instrument | None, level: float) -> str:
        """Return what an instrument at a level is called."""
        return self._at(f"story.noun.{(instrument or Instrument.RHETORIC).field}", level)

    def held(self, instrument: Instrument, level: float) -> str:
        """Return what a side has of an instrument at a level; empty for one at rest."""
        return self._at(f"story.held.{instrument.field}", level)

    def hosted(self, way: str, level: float) -> str:
        """Return how forces in a member of a bloc were ``stationed`` or ``withdrawn``."""
        return self._at(f"story.{way}", level)

    def _at(self, key: str, level: float) -> str:
        found: str = self._told[key][round(4 * level)]
        return found

    def mistake(self, kind: Miscalculation, worse: bool) -> tuple[str, str]:
        """Return what a mistake is about, and what it was taken for."""
        declared = [what_of(kind), *kind.declared.directions]
        what, *ways = self._told.get(f"story.mistake.{kind.declared.field}", declared)
        return what, ways[0 if worse else 1]

    def event(self, what: str) -> str:
        """Return what a dated event is called."""
        found: str = self._told.get(f"event.{' '.join(what.split())}", what)
        return found

    # Grammar

    def long_date(self, day: date) -> str:
        """Return a date as ``4 May 2026``."""
        month = self._told["story.months"][day.month - 1]
        told: str = self._told["story.date"].format(day=day.day, month=month, year=day.year)
        return told

    def week(self, week: int) -> str:
        """Return which week: ``week 12``."""
        told: str = self._told["story.in week"].format(week=week)
        return told

    def number(self, count: int) -> str:
        """Return a whole number, in words up to ten."""
        numbers = self._told["story.numbers"]
        return str(numbers[count]) if 0 <= count < len(numbers) else str(count)

    def count(self, what: str, n: int) -> str:
        """Return how many: ``one act``, ``two acts``."""
        one, more = self._told[f"story.{what}"]
        return str(one if n == 1 else more).format(n=self.number(n))

    def times(self, count: int) -> str:
        """Return how often: ``once``, ``twice``, ``three times``."""
        *words, more = self._told["story.times"]
        way = str(words[count - 1] if 0 < count <= len(words) else more)
        return way.format(n=self.number(count))

    def decimal(self, value: float) -> str:
        """Return a number with two decimals."""
        return f"{value:.2f}".replace(".", self._told["story.decimal"])

    def rung(self, rung: int) -> str:
        """Return a rung with its name: ``rung 4 (crisis)``."""
        told: str = self._told["story.rung"][rung]
        return told

    def listed(self, parts: Sequence[str]) -> str:
        """Return words as a list: ``a``, ``a and b``, ``a, b and c``."""
        comma, last = self._told["story.list"]
        return str(last).join([*([comma.join(parts[:-1])] if len(parts) > 1 else []), *parts[-1:]])

    def joined(self, clauses: Sequence[str]) -> str:
        """Return clauses that are joined as in a list, or set apart where one has a comma."""
        comma, last = self._told["story.list"]
        joint: str = last
        if any(comma in clause for clause in clauses):
            joint = self._told["story.apart"]
        return joint.join(clauses)

    def because(self, clauses: Sequence[str]) -> str:
        """Return causes joined, those that stand beside another rather than with it last."""
        comma, last = self._told["story.list"]
        ordered = sorted(clauses, key=self._is_loose)
        return str(comma if any(map(self._is_loose, ordered)) else last).join(ordered)

    def _is_loose(self, clause: str) -> bool:
        return clause.split()[0] in self._told["story.loose"]

    def apart(self, parts: Sequence[str]) -> str:
        """Return parts set apart by semicolons."""
        return str(self._told["story.apart"]).join(parts)

    def opened(self, sentence: str) -> str:
        """Return a sentence with its first letter in upper case and a full stop."""
        told: str = self._told["story.sentence"]
        return told.format(text=f"{sentence[:1].upper()}{sentence[1:]}")

    def name(self, declared: str, form: str = THE) -> str:
        """Return a state's name in a form: ``the United States``, ``the United States'``."""
        key = f"state.{declared}"
        name: str = self._told.get(key, declared)
        the: str = self._told.get(f"{key}.{THE}", name)
        rules = () if form == THE else self._told.get(f"story.form.{form}", ())
        by_rule = next((way for end, way in rules if the.endswith(end)), "{the}")
        found: str = self._told.get(f"{key}.{form}", by_rule.format(the=the, name=name))
        return the if form == THE else found


class Names:
    """States by their names as a sentence needs them."""

    def __init__(self, roster: Roster, words: Words | None = None) -> None:
        self._names = {s.code: s.name for s in roster.states}
        self._words = words or ENGLISH

    def the(self, code: str) -> Name:
        """Return a name with its article: ``the United States``, ``Russia``."""
        return Name(lambda form: self._words.name(self._names[code], form))

    def of(self, code: str) -> str:
        """Return the possessive: ``the United States'``, ``Russia's``."""
        return self._words.name(self._names[code], "of")

    def both(self, one: str, other: str) -> Name:
        """Return two names: ``Alphia and Betania``."""
        ends = self.the(one), self.the(other)
        return Name(lambda form: self._words.listed([format(end, form) for end in ends]))


def what_of(mistake: Miscalculation) -> str:
    """Return what a kind of miscalculation is wrong about: ``exercises`` of ``EXERCISES``."""
    return mistake.name.lower().replace("_", " ")


def languages() -> list[str]:
    """Return the codes of the languages that have a file."""
    names = (each.name for each in files("sim").joinpath("words").iterdir())
    return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))


def of(language: str) -> Words:
    """Return the words of a language for stories.

    Raises:
        InputError: if there is no such language, or if it lacks words of stories.
    """
    if language not in languages():
        like = nearest(language, languages())
        told = f"must be one of {', '.join(languages())}" + (f"; meant {like}?" if like else "")
        raise InputError([Fault("language", "", told, show(language))])
    return _words(language)


@cache
def _words(language: str) -> Words:
    found, whole = _file(language), _file("en")
    lacking = [key for key in whole if key.startswith("story.") and key not in found]
    if lacking:
        told = f"has no stories yet: {len(lacking)} of their keys are missing, first {lacking[0]}"
        raise InputError([Fault("language", "", told, show(language))])
    return Words(language, found)


@cache
def _file(language: str) -> dict[str, Any]:
    text = files("sim").joinpath("words", f"{language}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


ENGLISH = of("en")
listed, long_date, opened, times = (
    ENGLISH.listed, ENGLISH.long_date, ENGLISH.opened, ENGLISH.times
)  # fmt: skip
