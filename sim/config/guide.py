"""What a scenario's file may hold, told from the sheets: a page of every key, and a skeleton.

What a value may be is asked of the checks themselves (:mod:`sim.config.schema`); what a key means
is written here, and a test holds that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from sim.config.schema import (
    BlocSheet,
    ChangeSheet,
    EventSheet,
    Invented,
    PairStart,
    RelationStart,
    ScenarioSheet,
    Sheet,
    Traits,
)
from sim.model.vocabulary import Happening, Instrument, Miscalculation
from sim.plan import changes

KINDS: Mapping[str, tuple[str, str]] = {
    "speech": ("level of rhetoric, 0 to 1 in quarters", "the actor's rhetoric toward the target "
               "rises to it, if it is below"),
    "deployment": ("level of deployment, 0 to 1 in quarters", "the actor's deployment toward the "
                   "target is set to it; from 0.5 on it is a display of force"),
    "sanctions": ("level of sanctions, 0 to 1 in quarters", "the actor's sanctions on the target "
                  "are set to it"),
    "diplomacy": ("level of diplomacy, 0 to 1 in quarters", "the actor's diplomacy toward the "
                  "target is set to it; 0 breaks relations off and cuts the channel"),
    "grievance": ("0 to 1, added", "the actor resents the target more"),
    "alarm": ("0 to 1, added", "the actor takes something for a threat of the target's: a false "
              "alarm, an aircraft, a rocket"),
    "force": ("1", "the actor uses force against the target, once"),
    "war": ("none", "actor and target are at war from that week on"),
    "ceasefire": ("none", "a war or clash of the two ends"),
    "accession": ("none", "the actor, a state, joins the target's bloc (west, east or a member)"),
    "forward": ("level, 0 to 1 in quarters", "forces of the actor (a bloc or a member) are "
                "stationed in the target, a member of the same bloc; 0 takes them home"),
    "exercise": ("level, 0 to 1 in quarters", "the actor exercises against the target for some "
                 "weeks, announced in good time: a show that alarms less and is no display"),
    "snap_exercise": ("level, 0 to 1 in quarters", "the same unannounced: from 0.5 on a display"),
    "briefing": ("level of rhetoric, 0 to 1 in quarters", "the actor, a state, briefs foreign "
                 "attaches: heard by the target, at home and by neutrals"),
}  # fmt: skip
"""What each kind of dated event does, and what its size is, by its name."""

_FACTOR = "factor on the odds of {}; 1 is as anybody"
_DIRECTION = "share of {} in the direction that its name says"
MEANINGS: Mapping[type[Sheet], Mapping[str, str]] = {
    ScenarioSheet: {
        "title": "heads figures and the summary",
        "account": "what happened or is supposed; which levels are judgements",
        "start": "first week, a Monday; week 0 is the state of affairs on that day",
        "states": "codes of the states that are in the world, of the table or invented",
        "blocs": "the two sides, called west and east or anything else: the first is content with "
        "things as they are, the second may be the challenger's, unless `side: east` and "
        "`side: west` say otherwise",
        "traits": "by code or by a bloc's name: how states differ from the table",
        "relations": 'by "USA>RUS": what the first holds toward the second at the start; west and '
        "east may stand for their members. What is not listed starts by rule, from proximity, "
        "rivalry and bloc",
        "pairs": 'by "USA-RUS": what two states share at the start',
        "invented": "by code: states that are not in the table",
        "subject": "the pair that the scenario is about, if it is not the two leaders",
        "events": "dated events, in any order",
        "changes": "what is changed from outside, one thing for some weeks, the rest left to the "
        "rules; see [forks](howto/forks.md)",
        "coded": "what starting levels were read from, as `sim.coded_starts` writes it",
    },
    BlocSheet: {
        "leader": "code; its relation with the other leader is what most measures are of",
        "members": "codes of the others; states in no bloc are neutral",
    },
    Traits: {
        "capability": "share of the world's capability (COW CINC)",
        "firmness": "readiness to stand when forces meet",
        "greed": "wish to gain by force or threat; 0 is a pure security seeker",
        "sensibility": "how far it knows that its own acts frighten",
        "democracy": "electoral democracy (V-Dem); raises audience costs",
        "nuclear": "1 has nuclear weapons; between, an ally's umbrella",
        "spending": "yearly change of military spending beyond the economy's",
        "challenger": "1 may probe for gain; by default the east's leader",
        "hosted": "forces of allies that stand in it",
    },
    RelationStart: {
        "grievance": "resentment of what the other has done",
        "fear": "of the other's intentions",
        **{
            i.field: f"{' / '.join(i.declared.levels)} at 0, 0.25, 0.5, 0.75, 1" for i in Instrument
        },
    },
    PairStart: {
        "channel": "how well the two can talk in a crisis, 0 to 1",
        "violence": "what is under way between them",
    },
    Invented: {
        "name": "in stories and figures",
        "capability": "share of the world's capability",
        "democracy": "0 to 1",
        "nuclear": "1 has nuclear weapons",
        "proximity": "by code: nearness to other states, 1 a common border, 0.8 narrow seas; with "
        "one that is not named it has no relation, and below 0.8 a neutral has none with any but "
        "leaders and rivals. Allies have none either, nor have two neutrals "
        "that are no rivals",
        "rivals": "codes of states that it is in a lasting quarrel with: rivals have a relation "
        "even if both are neutral",
        "number": "1 to 65535, which random numbers hang on; from the code if not given",
    },
    EventSheet: {
        "id": "short name, so that it can be changed: scenario.events.ID.size=0",
        "date": "the day",
        "kind": "see below",
        "actor": "code, or a bloc's name for all members",
        "target": "code, or a bloc's name",
        "size": "see below",
        "weeks": "of an exercise; 2 if not given",
        "what": "what happened, told in stories",
        "source": "where that is recorded",
    },
    ChangeSheet: {
        "kind": "see below",
        "week": "the first in which it holds, 1 for the first that is played",
        "weeks": "how long; 1 if not given, and of a parameter to the end",
        "who": "code, or a bloc's name for its members at the start: whose misreading, accident, "
        "step or choice it is",
        "toward": "code, or a bloc's name",
        "name": "what of it: see below",
        "value": "what it is held at: see below",
    },
}
TITLES: Mapping[type[Sheet], str] = {
    ScenarioSheet: "The whole", BlocSheet: "`blocs.NAME`", Traits: "`traits.CODE`",
    RelationStart: '`relations."USA>RUS"`', PairStart: '`pairs."USA-RUS"`',
    Invented: "`invented.CODE`", EventSheet: "An entry of `events`",
    ChangeSheet: "An entry of `changes`",
}  # fmt: skip


def meanings(sheet: type[Sheet]) -> dict[str, str]:
    """Return what every key of a sheet means, by its name."""
    told = dict(MEANINGS[sheet])
    if sheet in (Traits, RelationStart):
        for kind in Miscalculation:
            told[kind.odds] = _FACTOR.format(kind.declared.label)
            told[kind.declared.share] = _DIRECTION.format(kind.declared.label)
    return {name: told[name] for name in sheet.model_fields}


def allowed(field: FieldInfo) -> str:
    """Return what a key may be, as its own check says it."""
    for check in field.metadata:
        func = getattr(check, "func", None)
        try:
            if func is not None:
                func(object())
        except PydanticCustomError as error:
            return error.message().removeprefix("must be ").removeprefix("must ")
    kind = str(field.annotation)
    return "a list" if "list" in kind else "a mapping"


def default(sheet: type[Sheet], name: str) -> str:
    """Return what stands where a key is not given."""
    field = sheet.model_fields[name]
    if field.is_required():
        return "required"
    if sheet is Traits:
        return "the table's"
    if sheet in (RelationStart, PairStart):
        return "by rule"
    return "none"


def page() -> str:
    """Return the page of all keys, in Markdown."""
    lines = [
        "# The schema of a scenario",
        "",
        "*Written by `make docs` from the checks themselves.* A scenario is a YAML file "
        "`scenario/NAME.yaml` in a folder that `--config-dir` names, with the first line "
        "`# @package scenario`, or the arguments of `sim.scenario(...)` in Python. "
        "`python -m sim new scenario NAME` writes one to begin with.",
    ]
    for sheet, title in TITLES.items():
        lines += ["", f"## {title}", "", "| key | may be | if not given | meaning |",
                  "|---|---|---|---|"]  # fmt: skip
        lines += [
            f"| `{name}` | {allowed(sheet.model_fields[name])} | {default(sheet, name)} | {told} |"
            for name, told in meanings(sheet).items()
        ]
    lines += ["", "## Kinds of events", "", "| kind | size | what happens |", "|---|---|---|"]
    lines += [f"| `{kind.name.lower()}` | {KINDS[kind.name.lower()][0]} | "
              f"{KINDS[kind.name.lower()][1]} |" for kind in Happening]  # fmt: skip
    lines += ["", "## Kinds of changes", "", "| kind | what is held | of | name | value | weeks |",
              "|---|---|---|---|---|---|"]  # fmt: skip
    lines += [_change_row(name) for name in changes.KINDS]
    return "\n".join(lines) + "\n"


def _change_row(name: str) -> str:
    """Return what a kind of change takes, as a row of a table."""
    kind = changes.KINDS[name]
    ends = {"relation": "who, toward", "pair": "who, toward, in either order", "state": "who",
            "none": ""}[kind.ends]  # fmt: skip
    names = " / ".join(kind.names) if len(kind.names) < 10 else "a parameter"
    names = {"event": "a kind of event", "remove": "id of an event"}.get(name, names)
    between = f"{kind.between[0]:g} to {kind.between[1]:g}" if kind.between else ""
    value = {
        "misreading": "none / its direction", "parameter": "a number of its range",
        "admit": "west / east", "event": "its size",
    }.get(name, " / ".join(kind.words) or between)  # fmt: skip
    weeks = "to the end" if name == "parameter" else "yes" if kind.lasts else ""
    return f"| `{name}` | {kind.meaning} | {ends} | {names} | {value} | {weeks} |"


def skeleton(name: str) -> str:
    """Return a scenario's file to begin with: it runs as it stands, and tells what else there is.

    Args:
        name: of the scenario.
    """
    return "\n".join(_skeleton(name)) + "\n"


def _skeleton(name: str) -> Iterator[str]:
    def comment(sheet: type[Sheet], indent: str = "") -> Iterator[str]:
        for key, told in meanings(sheet).items():
            yield f"{indent}#   {key}: {allowed(sheet.model_fields[key])}; {told}"

    yield "# @package scenario"
    yield f"# Run it: python -m sim --config-dir=FOLDER scenario={name}"
    yield f'title: "{name}"'
    yield "account: What happened, or is supposed, and which of the levels below are judgements."
    yield 'start: "2026-01-05"  # a Monday'
    yield "states: [USA, CHN, JPN, PHL]  # codes of the table, or of invented states"
    yield "blocs:"
    yield "  west: {leader: USA, members: [JPN]}"
    yield "  east: {leader: CHN, members: []}"
    yield '# subject: "CHN-PHL"  # the pair that it is about, if not the two leaders'
    yield "# By code, or west, east: how states differ from the table."
    yield from comment(Traits)
    yield "traits: {}"
    yield "# What one holds toward another at the start; what is not listed starts by rule."
    yield from comment(RelationStart)
    yield "relations:"
    yield '  "CHN>PHL": {grievance: 0.3, deployment: 0.25}'
    yield "# What two share at the start."
    yield from comment(PairStart)
    yield "pairs: {}"
    yield "# States that are not in the table."
    yield from comment(Invented)
    yield "invented:"
    yield "  PHL: {name: Philippines, capability: 0.004, democracy: 0.5, nuclear: 0.0,"
    yield "        proximity: {CHN: 0.6, JPN: 0.4, USA: 0.6}}"
    yield "# Dated events. Kinds, and what their size is:"
    for kind, (size, told) in KINDS.items():
        yield f"#   {kind} ({size}): {told}"
    yield "events:"
    yield '  - {id: patrol, date: "2026-03-02", kind: exercise, actor: CHN, target: PHL,'
    yield "     size: 0.25, weeks: 2, what: A patrol near the shoal, source: invented}"
