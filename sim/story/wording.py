"""The words of a story: names with their articles, dates, numbers, and the phrases for deeds.

Tables run over the five levels of an instrument; ``{them}`` and ``{their}`` stand for the other
side. What is said when is in :mod:`sim.story.telling`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sim.lanes import Floats
from sim.model.roster import Roster
from sim.model.vocabulary import Instrument, Miscalculation, Rung
from sim.story.reasons import Why

ARTICLE = ("United States", "United Kingdom", "Netherlands", "Soviet Union")
LOOSE = ("while", "with", "as", "now", "for", "to", "nursing", "in")
"""First words of a clause that stands beside another rather than being joined to it by "and"."""
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def long_date(day: date) -> str:
    """Return a date as ``4 May 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def number(count: int) -> str:
    """Return a whole number, in words up to ten."""
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else str(count)


def listed(parts: Sequence[str]) -> str:
    """Return words as a list: ``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def opened(sentence: str) -> str:
    """Return a sentence with its first letter in upper case and a full stop."""
    return f"{sentence[:1].upper()}{sentence[1:]}."


class Names:
    """States by their names as a sentence needs them."""

    def __init__(self, roster: Roster) -> None:
        self._names = {s.code: s.name for s in roster.states}

    def the(self, code: str) -> str:
        """Return a name with its article: ``the United States``, ``Russia``."""
        name = self._names[code]
        return f"the {name}" if name in ARTICLE else name

    def of(self, code: str) -> str:
        """Return the possessive: ``the United States'``, ``Russia's``."""
        name = self.the(code)
        return f"{name}'" if name.endswith("s") else f"{name}'s"


# What an instrument at a level is called, as a thing and as a deed

NOUNS = {
    Instrument.DEPLOYMENT: (
        "forces", "military presence", "show of force", "mobilisation", "attack posture",
    ),
    Instrument.RHETORIC: ("silence", "criticism", "accusations", "threats", "ultimatum"),
    Instrument.SANCTIONS: (
        "trade policy", "sanctions listings", "sectoral sanctions", "broad sanctions", "embargo",
    ),
    Instrument.DIPLOMACY: Instrument.DIPLOMACY.declared.levels,
}  # fmt: skip
RAISES = {
    Instrument.DEPLOYMENT: (
        "", "brought a military presence within reach of {them}",
        "put on a show of force against {them}", "mobilised against {them}",
        "moved its forces facing {them} into an attack posture",
    ),
    Instrument.RHETORIC: (
        "", "began to criticise {them}", "turned from criticism of {them} to accusation",
        "threatened {them}", "gave {them} an ultimatum",
    ),
    Instrument.SANCTIONS: (
        "", "put people and firms of {them} on a sanctions list",
        "imposed sectoral sanctions on {them}", "widened its sanctions on {them} to broad ones",
        "put {them} under an embargo",
    ),
    Instrument.DIPLOMACY: (
        "", "let some of {their} diplomats return",
        "sent its ambassador and attaches back to {them}",
        "opened talks with {them}", "proposed a summit to {them}",
    ),
}  # fmt: skip
LOWERS = {
    Instrument.DEPLOYMENT: (
        "withdrew its last forces facing {them}", "ended its show of force against {them}",
        "stood down part of its mobilisation against {them}",
        "stepped back from its attack posture toward {them}", "",
    ),
    Instrument.RHETORIC: (
        "fell silent about {them}", "went back from accusing {them} to mere criticism",
        "stopped threatening {them}", "let its ultimatum to {them} lapse into threats", "",
    ),
    Instrument.SANCTIONS: (
        "lifted its last sanctions on {them}", "eased its sanctions on {them} to a short list",
        "eased its sanctions on {them} to sectoral ones", "eased its embargo of {them}", "",
    ),
    Instrument.DIPLOMACY: (
        "expelled {their} diplomats and attaches", "cut {their} embassy staff",
        "let its talks with {them} lapse", "let summitry with {them} fall back to talks", "",
    ),
}  # fmt: skip

STATIONED = (
    "", "stationed a military presence in {host}", "raised its forces in {host} to a show of force",
    "raised its forces in {host} to what a mobilisation takes",
    "raised its forces in {host} to an attack posture",
)  # fmt: skip
WITHDRAWN = (
    "withdrew its last forces from {host}", "reduced its forces in {host} to a military presence",
    "reduced its forces in {host} to a show of force",
    "reduced its forces in {host} to what a mobilisation takes", "",
)  # fmt: skip
"""Forces of a bloc in one of its members, by their level; ``{host}`` is the member."""
HELD = {
    Instrument.RHETORIC: ("", "criticism", "accusations", "threats", "an ultimatum"),
    Instrument.DEPLOYMENT: (
        "", "a military presence", "a show of force", "a mobilisation", "an attack posture",
    ),
    Instrument.SANCTIONS: (
        "", "sanctions listings", "sectoral sanctions", "broad sanctions", "an embargo",
    ),
    Instrument.DIPLOMACY: (
        "no embassy", "a reduced embassy", "an ordinary embassy", "talks", "a summit ahead",
    ),
}  # fmt: skip
CAUSES: dict[Why, tuple[str, ...]] = {
    Why.REPLY: ("answering {their} {noun}{when}", "in reply to {their} {noun}{when}"),
    Why.ACT: ("alarmed by {their} {noun}{when}", "startled by {their} {noun}{when}"),
    Why.FIGHT: ("shaken by the fighting{when}", "still hearing the shots fired{when}"),
    Why.MISREAD: (
        "having misread {their} {noun} as hostile{when}",
        "having taken {their} {noun} for hostile{when} (it misread intent)",
    ),
    Why.FOG: (
        "alarmed by what the fog made of {their} {noun}{when}",
        "seeing more in {their} {noun} than there was{when}",
    ),
    Why.UNSETTLED: (
        "with {their} {noun}{when} not settled",
        "to settle the score of {their} {noun}{when}",
    ),
    Why.SHOTS: (
        "with the shots that {them} had fired{when} not settled",
        "to settle the score of the shots that {them} had fired{when}",
    ),
    Why.SCORE: ("with a score to settle",),
    Why.TRUST: ("reassured by {their} restraint", "trusting in {their} restraint"),
    Why.FEAR: ("afraid of {them} ({fear})", "out of fear of {them} ({fear})"),
    Why.GRIEVANCE: ("with old grievances against {them}", "nursing its grievances"),
    Why.GAIN: ("seeing something to gain", "probing for gain"),
    Why.ISSUE: (
        "while the issue between them ran hot",
        "with the issue between them at its hottest",
    ),
    Why.COOLED: ("as the issue between them cooled", "now that the issue between them had cooled"),
    Why.CHANNEL: ("with attaches still talking", "with the channel between them open"),
    Why.TALKS: ("while the mediators' talks lasted", "with mediators at work"),
    Why.COST: ("for so much could not be kept up", "as the cost of it told"),
    Why.RESPECT: ("expecting retaliation", "respecting what it would meet"),
    Why.UNREST: ("to rally a divided home", "with its own people divided"),
}


SENTENCES: dict[str, tuple[str, ...]] = {
    "clashed": ("{both} clashed",),
    "standing up": ("{who} now stood on {rung}", "that put {who} on {rung}"),
    "standing down": ("{who} now stood on {rung}", "that brought {who} down to {rung}"),
    "aftermath": (
        "within a month {my} fear of {them} rose from {before} to {after}",
        "in the month that followed, {me} grew more afraid (from {before} to {after})",
    ),
    "event": ("on the calendar for {day}: {what}",),
    "plain step": ("{actor} {did}",),
    "step": ("{actor} {did}, {because}", "{because}, {actor} {did}"),
    "show": ("units of {actor} moved up without orders, and {other} saw a show of force",),
    "excused show": (
        "units of {actor} moved up without orders, and {other} took it for a mistake",
    ),
    "both slip": ("without orders, forces on both sides opened fire",),
    "both excused": (
        "without orders, forces on both sides opened fire, and both took it for an accident",
    ),
    "excused": ("{fired}, and {other} took it for an accident",),
    "slip": (
        "forces of {actor} fired on those of {other} without orders",
        "by accident, a unit of {actor} opened fire on forces of {other}",
    ),
    "shot back": ("{fired}; {other} took it as meant and shot back",),
    "held fire": (
        "{fired}; {other} took it as meant and held its fire, but it was a clash all the same",
    ),
    "renewed": (
        "renewed its {noun} against {them}",
        "acted anew, its {noun} against {them} kept up",
    ),
    "struck": ("used force against {them}", "attacked forces of {them}"),
    "struck back": ("{told}, and {other} answered with force", "{told}; {other} shot back"),
    "unanswered": ("{told}; {other} did not answer", "{told}, and {other} held its fire"),
    "host": ("; {host} was afraid of {other} ({fear})",),
    "gave up": (
        "{gave}, giving up part of what was at issue",
        "{gave}, and so lost part of what was at issue",
    ),
    "which cost": ("{told}, which cost it part of what was at issue",),
    "and lost": ("{told}, and {other} lost part of what was at issue",),
    "held": (
        "by the end {who} held {part} % of what was at issue {between}; it had begun with half",
    ),
    "war dated": (
        "{both} fought the war that was on the calendar for {day}; {length}",
        "they fought that of {day} as well; {length}",
    ),
    "war grown": (
        "{both} came to a war in the week of {day} that was not on the calendar; {length}",
    ),
    "war found": ("{both} were at war already when that on the calendar for {day} was due",),
    "war lasted": ("it lasted {weeks}",),
    "war goes on": ("it was still being fought at the end",),
    "root": ("the clash goes back{through} to {origin}",),
    "through": (", through {acts},",),
    "root own": ("what {who} did for reasons of its own in the week of {day}",),
    "root gain": ("what {who} did for gain in the week of {day}",),
    "root misreading": ("a misreading of intent by {who} in the week of {day}",),
    "root accident": ("an accident of {their} forces in the week of {day}",),
    "root event": ("what {who} did, as the calendar had it, in the week of {day}",),
    "root drawn_in": ("the week of {day}, in which {who} was drawn into an ally's clash",),
    "root standing": (
        "what {who} did in the week of {day}, moved by what stood from the start alone",
    ),
    "some own": ("a step that one side took for reasons of its own",),
    "some gain": ("a step that one side took for gain",),
    "some misreading": ("a misreading of intent",),
    "some accident": ("an accident",),
    "some event": ("an event of the calendar",),
    "some drawn_in": ("an ally's clash",),
    "some standing": ("words and forces that stood from the start",),
    "underrating": (", underrating {their} resolve,",),
    "overrating": (", overrating {their} resolve,",),
    "stood": ("stood firm", "would not yield"),
    "gave": ("gave way", "backed down"),
    "side": ("{who}{because} {did}",),
    "none gave way": ("neither gave way",),
    "both backed down": ("both backed down",),
    "met": ("their forces came face to face: {how}", "their forces met: {how}"),
    "met fighting": ("with the fighting not over, {how}", "in the fighting, {how}"),
    "came to a clash": ("{text}, and it came to a clash",),
    "nuclear use": ("in the war of {both} nuclear weapons were used",),
    "became a war": ("the clash of {both} became a war",),
    "end war": (
        "the war between {both} ended{mediated}",
        "between {both} the war stopped{mediated}",
    ),
    "end shooting": (
        "the shooting between {both} ended{mediated}",
        "between {both} the shooting stopped{mediated}",
    ),
    "mediated": (", with mediators talking to both",),
    "mediation": (
        "neutral states stepped in to mediate between {both}",
        "{both} accepted the good offices of neutral states",
    ),
    "ally": (" on the side of {allies}",),
    "joining": ("{actor} was drawn in{ally} and put on a show of force against {target}",),
    "afraid": (", afraid of {other} ({fear})",),
    "accession": ("{actor} gave up its neutrality{because}, and joined the bloc led by {target}",),
    "missed warning": ("{actor} missed the warning in {their} show of force",),
    "missed concession": ("{actor} did not notice that {them} had drawn back forces",),
    "misreading": (
        "{actor} misread intent: it took {their} {noun} for hostile",
        "{actor} read more hostility into {their} {noun} than was meant",
    ),
    "mistake": ("{actor} misread {their} {what} as {way}",),
    "last week": (" the week before",),
    "weeks ago": (" {weeks} weeks before",),
    "in answer": ("in answer to it",),
    "in mind": ("with what happened on {day} in mind",),
}
"""What is said of a deed, and the ways to say it; told by :mod:`sim.story.telling`."""


def noun_of(instrument: Instrument | None, level: float) -> str:
    """Return what an instrument at a level is called."""
    return NOUNS[instrument or Instrument.RHETORIC][round(4 * level)]


def what_of(mistake: Miscalculation) -> str:
    """Return what a kind of miscalculation is wrong about: ``exercises`` of ``EXERCISES``."""
    return mistake.name.lower().replace("_", " ")


def is_loose(clause: str) -> bool:
    """Say whether a clause stands beside another rather than being joined to it by "and"."""
    return clause.split()[0] in LOOSE


def rung_of(rung: int) -> str:
    """Return a rung with its name: ``rung 4 (crisis)``."""
    return f"rung {rung} ({Rung(rung).name.lower()})"


def times(count: int) -> str:
    """Return how often: ``once``, ``twice``, ``three times``."""
    return {1: "once", 2: "twice"}.get(count) or f"{number(count)} times"


def moved(fear: Floats) -> str:
    """Return how fear went from the start to the end."""
    change = "rose" if fear[-1] > fear[0] + 0.005 else "fell" if fear[-1] < fear[0] - 0.005 else ""
    if not change:
        return f"was {fear[-1]:.2f} as at the start"
    return f"{change} from {fear[0]:.2f} to {fear[-1]:.2f}"
