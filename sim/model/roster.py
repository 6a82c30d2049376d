"""Who is in the world and what does not change in it: states, relations, pairs, geography.

Only politically relevant pairs exist (Maoz & Russett 1993): states of opposed blocs where one is
a major power or the two are neighbours; neutrals with the leaders, their neighbours and rivals.
Relations are directed, grouped by owner. States are always in the order of their numbers, and
every random number is drawn by number, so the order of a file or a rename never matters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.lanes import Real, Reals, TraitRow, each
from sim.model.sheets import MAJOR, PairSheet, StateSheet
from sim.model.vocabulary import N_HELD, ODDS, SHARES, STARTS, Bloc, Instrument, Role

Ints = NDArray[np.int64]

BY_RULE = -1.0
"""A trait of this value is left to the rules and the parameters."""


class RelationTraits(TraitRow):
    """What does not change of a directed relation, owner -> rival."""

    proximity: float  # 0..1
    trade: float  # 0..1, share of the owner's trade that is with the rival
    opposed: float  # 1 where the two start in opposed blocs
    rivalry: float  # 0 or 1
    rival_leads: float  # the bloc the rival leads, 0 none
    starts: float = each(STARTS)  # start_rhetoric ...: 0..1 in quarters
    start_grievance: float  # or BY_RULE
    start_fear: float  # or BY_RULE
    odds: float = each(ODDS)  # intent_odds ...: factors on the odds of miscalculation
    shares: float = each(SHARES)  # hostile_share ...: directions of miscalculation, or BY_RULE

    if TYPE_CHECKING:  # the fields that are declared in the vocabulary

        def __getattr__(self, name: str) -> float: ...
        def __setattr__(self, name: str, value: float) -> None: ...


class PairTraits(TraitRow):
    """What does not change of a pair."""

    proximity: float
    leaders: float  # 1 for the pair of leaders
    start_channel: float  # or BY_RULE
    start_violence: float


class StateTraits(TraitRow):
    """What does not change of a state."""

    capability: float  # share of the world's (CINC)
    firmness: float  # 0..1
    greed: float  # 0..1
    sensibility: float  # 0..1, security-dilemma sensibility, or BY_RULE
    democracy: float  # 0..1
    nuclear: float  # 0..1
    challenger: float  # 1 for the state that may probe for gain
    leads: float  # the bloc it leads, 0 none
    start_bloc: float
    start_spending: float
    start_lean: float  # -1..1
    start_hosted: float  # 0..1
    west_affinity: float  # 0..1
    east_affinity: float
    mediator: float  # share of the neutrals' standing as mediators


class Atlas(NamedTuple):
    """The roster as arrays, for compiled code; also the calendar of dated events."""

    owner: Ints  # [relation]
    rival: Ints  # [relation]
    reverse: Ints  # [relation] the relation the other way
    pair: Ints  # [relation]
    first: Ints  # [state + 1] where each owner's relations begin
    left: Ints  # [pair] relation lower number -> higher
    right: Ints  # [pair] relation higher number -> lower
    toward: Ints  # [state, 2] relation toward the leader of west and of east, or -1
    leaders: Ints  # [2] states that lead west and east
    leaders_pair: int  # the pair of leaders
    subject_pair: int  # the pair that the scenario is about: the leaders', unless it names another
    state_number: Ints  # [state]
    relation_number: Ints  # [relation]
    pair_number: Ints  # [pair]
    relation_traits: Reals  # [relation, RelationTraits field, 1]
    pair_traits: Reals  # [pair, PairTraits field, 1]
    state_traits: Reals  # [state, StateTraits field, 1]
    event_first: Ints  # [week + 1] where each week's events begin
    event_kind: Ints  # [event] a vocabulary.Happening
    event_row: Ints  # [event] a relation; of an accession a state
    event_size: Reals  # [event]
    event_actor: Reals  # [event] bloc in which the owner must be on the day, 0 any
    event_target: Reals  # [event] ... and the rival
    change_first: Ints  # [week * N_HELD + what + 1] where what is held in a week begins; or [1]
    change_row: Ints  # [change] a relation, a pair or a state; of a parameter its place
    change_value: Reals  # [change] what it is held at


@dataclass(frozen=True)
class Roster:
    """Who is in the world, with names for people and arrays for the kernel."""

    states: tuple[StateSheet, ...]  # in the order of their numbers
    pairs: tuple[tuple[int, int], ...]  # [pair] indices of states, lower number first
    blocs: Mapping[str, Bloc]  # code -> bloc at the start
    atlas: Atlas

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Codes of the states, in order."""
        return tuple(s.code for s in self.states)

    @property
    def n_states(self) -> int:
        """Number of states."""
        return len(self.states)

    @property
    def n_pairs(self) -> int:
        """Number of pairs."""
        return len(self.pairs)

    @property
    def n_relations(self) -> int:
        """Number of directed relations."""
        return 2 * len(self.pairs)

    @cached_property
    def relations(self) -> tuple[tuple[str, str], ...]:
        """Codes of owner and rival of each relation."""
        c = self.codes
        return tuple((c[i], c[j]) for i, j in zip(self.atlas.owner, self.atlas.rival, strict=True))

    @property
    def leaders(self) -> tuple[str, str]:
        """Codes of the leaders of west and east."""
        west, east = self.atlas.leaders
        return self.codes[west], self.codes[east]

    @property
    def subject(self) -> tuple[str, str]:
        """Codes of the two states that the scenario is about: the leaders, or those it names."""
        if not self.names_subject:
            return self.leaders
        first, second = self.pairs[self.atlas.subject_pair]
        return self.codes[first], self.codes[second]

    @property
    def names_subject(self) -> bool:
        """Whether the scenario is about another pair than the leaders."""
        return self.atlas.subject_pair != self.atlas.leaders_pair

    def role(self, code: str) -> Role:
        """Return a state's role at the start."""
        if code in self.leaders:
            return Role.LEADER
        return Role.NEUTRAL if self.blocs.get(code, Bloc.NONE) == Bloc.NONE else Role.ALLY

    def relation(self, owner: str, rival: str) -> int:
        """Return the index of a relation.

        Raises:
            KeyError: if the two have no relation.
        """
        try:
            return self.relations.index((owner, rival))
        except ValueError:
            raise KeyError(f"{owner} has no relation with {rival}") from None


def is_relevant(
    a: StateSheet, b: StateSheet, pair: PairSheet, blocs: Mapping[str, Bloc], leaders: Iterable[str]
) -> bool:
    """Say whether two states have relations: opposed and relevant, or a neutral's neighbourhood."""
    one, other = blocs.get(a.code, Bloc.NONE), blocs.get(b.code, Bloc.NONE)
    if Bloc.NONE not in (one, other):
        reach = pair.adjacent or a.code in MAJOR or b.code in MAJOR or pair.proximity >= 0.5
        return one != other and reach
    if {a.code, b.code} & set(leaders):
        return True
    if pair.rivalry:
        return True
    return pair.adjacent and one != other


def why_unrelated(a: StateSheet, b: StateSheet, blocs: Mapping[str, Bloc]) -> str:
    """Return why two states have no relations, by :func:`is_relevant`."""
    one, other = blocs.get(a.code, Bloc.NONE), blocs.get(b.code, Bloc.NONE)
    if Bloc.NONE not in (one, other):
        if one == other:
            return "they are of one bloc"
        return (
            "they are of opposed blocs, but no neighbours, neither is a permanent member of the "
            "Security Council, and their proximity is below 0.5"
        )
    if one == other:
        return "both are neutral, neither leads a bloc, and they are no rivals"
    return (
        "one is neutral, neither leads a bloc, and they are neither rivals nor neighbours "
        "(proximity 0.8 or more)"
    )


def build_roster(
    states: Sequence[StateSheet],
    pairs: Sequence[PairSheet],
    blocs: Mapping[str, Bloc],
    leaders: tuple[str, str],
    *,
    starts: Mapping[tuple[str, str], Mapping[str, float]] | None = None,
    pair_starts: Mapping[tuple[str, str], Mapping[str, float]] | None = None,
) -> Roster:
    """Return the roster of these states, with the relations that matter among them.

    Args:
        states: sheets of the states, in any order.
        pairs: sheets of the pairs that may have relations, in any order.
        blocs: side of each state at the start; a state left out is neutral.
        leaders: codes of the leaders of west and east.
        starts: traits of directed relations that differ from the general ones.
        pair_starts: traits of pairs that differ from the general ones, by codes in number order.

    Raises:
        ValueError: if two states share a number, or the leaders have no relation.
    """
    ordered = tuple(sorted(states, key=lambda s: s.number))
    index = {s.code: i for i, s in enumerate(ordered)}
    if len({s.number for s in ordered}) != len(ordered):
        raise ValueError("two states share a number")
    kept = _relevant_pairs(ordered, index, pairs, blocs, leaders)
    links = _links(ordered, [(i, j) for i, j, _ in kept])
    if (pair := _find(kept, index[leaders[0]], index[leaders[1]])) is None:
        raise ValueError(f"the leaders {leaders[0]} and {leaders[1]} have no relation")
    led = {leaders[0]: Bloc.WEST, leaders[1]: Bloc.EAST}
    trade = _trade_shares(ordered, pairs)
    atlas = Atlas(
        **links,
        toward=_toward(links, [index[c] for c in leaders], len(ordered)),
        leaders=np.array([index[c] for c in leaders]),
        leaders_pair=pair,
        subject_pair=pair,
        state_number=np.array([s.number for s in ordered]),
        relation_traits=_relation_traits(ordered, kept, links, blocs, led, trade, starts or {}),
        pair_traits=_pair_traits(ordered, kept, pair, pair_starts or {}),
        state_traits=_state_traits(ordered, kept, blocs, led),
        event_first=np.zeros(1, np.int64),
        event_kind=np.zeros(0, np.int64),
        event_row=np.zeros(0, np.int64),
        event_size=np.zeros(0, Real),
        event_actor=np.zeros(0, Real),
        event_target=np.zeros(0, Real),
        change_first=np.zeros(1, np.int64),
        change_row=np.zeros(0, np.int64),
        change_value=np.zeros(0, Real),
    )
    return Roster(ordered, tuple((i, j) for i, j, _ in kept), dict(blocs), atlas)


def with_subject(roster: Roster, one: str, other: str) -> Roster:
    """Return the roster of a scenario that is about these two states, in either order.

    Raises:
        KeyError: if the two have no relation.
    """
    pair = int(roster.atlas.pair[roster.relation(one, other)])
    return replace(roster, atlas=roster.atlas._replace(subject_pair=pair))


class Entry(NamedTuple):
    """What one dated event does to one row of the world."""

    week: int
    kind: int  # a vocabulary.Happening
    row: int  # a relation; of an accession a state
    size: float  # of an accession its bloc; of war and ceasefire the state of violence
    actor: int = Bloc.NONE  # bloc in which the owner must be on the day, NONE: any
    target: int = Bloc.NONE  # ... and the rival


def with_calendar(roster: Roster, events: Iterable[Entry | tuple[int, int, int, float]]) -> Roster:
    """Return the roster with a calendar of dated events.

    Args:
        roster: who is in the world.
        events: what happens, as :class:`Entry` or its first four fields; in a week, in this order.
    """
    ordered = sorted((Entry(*event) for event in events), key=lambda entry: entry.week)
    weeks = [entry.week for entry in ordered]
    n_weeks = weeks[-1] + 1 if weeks else 0
    atlas = roster.atlas._replace(
        event_first=np.searchsorted(weeks, np.arange(n_weeks + 1)).astype(np.int64),
        event_kind=np.array([int(entry.kind) for entry in ordered], np.int64),
        event_row=np.array([entry.row for entry in ordered], np.int64),
        event_size=np.array([entry.size for entry in ordered], Real),
        event_actor=np.array([float(entry.actor) for entry in ordered], Real),
        event_target=np.array([float(entry.target) for entry in ordered], Real),
    )
    return replace(roster, atlas=atlas)


class Hold(NamedTuple):
    """What a change holds in one week."""

    week: int  # 0 is the first that is played
    what: int  # see vocabulary.HELD_MISTAKE and what follows there
    row: int  # of a relation, a pair or a state; the place of a parameter
    value: float


def with_holds(roster: Roster, holds: Iterable[Hold]) -> Roster:
    """Return the roster of worlds in which things are held in some weeks, in place of before.

    Where one thing is held twice in a week, the last counts.
    """
    ordered = sorted(holds, key=lambda hold: (hold.week, hold.what))
    places = [hold.week * N_HELD + hold.what for hold in ordered]
    n_places = (ordered[-1].week + 1) * N_HELD if ordered else 0
    atlas = roster.atlas._replace(
        change_first=np.searchsorted(places, np.arange(n_places + 1)).astype(np.int64),
        change_row=np.array([hold.row for hold in ordered], np.int64),
        change_value=np.array([hold.value for hold in ordered], Real),
    )
    return replace(roster, atlas=atlas)


_Kept = list[tuple[int, int, PairSheet]]


def _relevant_pairs(
    states: Sequence[StateSheet],
    index: Mapping[str, int],
    pairs: Sequence[PairSheet],
    blocs: Mapping[str, Bloc],
    leaders: tuple[str, str],
) -> _Kept:
    kept = []
    for sheet in pairs:
        if sheet.first in index and sheet.second in index:
            i, j = sorted((index[sheet.first], index[sheet.second]))
            if is_relevant(states[i], states[j], sheet, blocs, leaders):
                kept.append((i, j, sheet))
    return sorted(kept, key=lambda k: k[:2])


def _find(kept: _Kept, one: int, other: int) -> int | None:
    wanted = tuple(sorted((one, other)))
    return next((p for p, (i, j, _) in enumerate(kept) if (i, j) == wanted), None)


def _links(states: Sequence[StateSheet], pairs: list[tuple[int, int]]) -> dict[str, Any]:
    """Return the index arrays of relations grouped by owner, each owner's in order of rival."""
    directed = sorted([(i, j, p) for p, (i, j) in enumerate(pairs)]
                      + [(j, i, p) for p, (i, j) in enumerate(pairs)])  # fmt: skip
    place = {(i, j): r for r, (i, j, _) in enumerate(directed)}
    owner = np.array([i for i, _, _ in directed], np.int64)
    number = [s.number for s in states]
    return {
        "owner": owner,
        "rival": np.array([j for _, j, _ in directed], np.int64),
        "reverse": np.array([place[j, i] for i, j, _ in directed], np.int64),
        "pair": np.array([p for _, _, p in directed], np.int64),
        "first": np.searchsorted(owner, np.arange(len(states) + 1)).astype(np.int64),
        "left": np.array([place[i, j] for i, j in pairs], np.int64),
        "right": np.array([place[j, i] for i, j in pairs], np.int64),
        "relation_number": np.array([number[i] << 16 | number[j] for i, j, _ in directed]),
        "pair_number": np.array([number[i] << 16 | number[j] for i, j in pairs]),
    }


def _toward(links: Mapping[str, Any], leaders: list[int], n_states: int) -> Ints:
    toward = np.full((n_states, 2), -1, np.int64)
    for r, (i, j) in enumerate(zip(links["owner"], links["rival"], strict=True)):
        if j in leaders:
            toward[i, leaders.index(j)] = r
    return toward


def _trade_shares(
    states: Sequence[StateSheet], pairs: Sequence[PairSheet]
) -> dict[tuple[str, str], float]:
    """Return the share of the first state's known trade that is with the second."""
    figures: dict[str, list[float]] = {s.code: [] for s in states}
    for sheet in pairs:
        for code in (sheet.first, sheet.second):
            figures.setdefault(code, []).append(sheet.trade)
    known = {code: math.fsum(found) for code, found in figures.items()}  # in any order
    return {
        (a, b): sheet.trade / known[a] if known[a] > 0.0 else 0.0
        for sheet in pairs
        for a, b in ((sheet.first, sheet.second), (sheet.second, sheet.first))
    }


def _fill(out: Reals, at: int, values: Mapping[str, float], fields: Sequence[str]) -> None:
    for name, value in values.items():
        out[at, list(fields).index(name), 0] = value


def _relation_traits(
    states: Sequence[StateSheet],
    kept: _Kept,
    links: Mapping[str, Any],
    blocs: Mapping[str, Bloc],
    led: Mapping[str, Bloc],
    trade: Mapping[tuple[str, str], float],
    starts: Mapping[tuple[str, str], Mapping[str, float]],
) -> Reals:
    out = RelationTraits.empty(len(links["owner"]), 1)
    for r, (i, j, p) in enumerate(zip(links["owner"], links["rival"], links["pair"], strict=True)):
        owner, rival, sheet = states[i], states[j], kept[p][2]
        sides = {blocs.get(owner.code, Bloc.NONE), blocs.get(rival.code, Bloc.NONE)}
        opposed = sides == {Bloc.WEST, Bloc.EAST}
        traits = {
            "proximity": sheet.proximity,
            "trade": trade.get((owner.code, rival.code), 0.0),
            "opposed": float(opposed),
            "rivalry": sheet.rivalry,
            "rival_leads": float(led.get(rival.code, Bloc.NONE)),
            **_levels_at_start(opposed, opposed and sheet.proximity > 0.5),
            "start_grievance": BY_RULE,
            "start_fear": BY_RULE,
            **dict.fromkeys(ODDS, 1.0),
            **dict.fromkeys(SHARES, BY_RULE),
            **owner.miscalculation,
            **starts.get((owner.code, rival.code), {}),
        }
        _fill(out, r, traits, RelationTraits.FIELDS)
    return out


def _levels_at_start(opposed: bool, near: bool) -> dict[str, float]:
    """Return the levels of the instruments where a scenario gives none."""
    levers = (
        (name, instrument.declared) for name, instrument in zip(STARTS, Instrument, strict=True)
    )
    return {
        name: lever.start + lever.start_opposed * opposed + lever.start_near * near
        for name, lever in levers
    }


def _pair_traits(
    states: Sequence[StateSheet],
    kept: _Kept,
    leaders_pair: int,
    starts: Mapping[tuple[str, str], Mapping[str, float]],
) -> Reals:
    out = PairTraits.empty(len(kept), 1)
    for p, (i, j, sheet) in enumerate(kept):
        traits = {
            "proximity": sheet.proximity,
            "leaders": float(p == leaders_pair),
            "start_channel": BY_RULE,
            **starts.get((states[i].code, states[j].code), {}),
        }
        _fill(out, p, traits, PairTraits.FIELDS)
    return out


def _state_traits(
    states: Sequence[StateSheet], kept: _Kept, blocs: Mapping[str, Bloc], led: Mapping[str, Bloc]
) -> Reals:
    out = StateTraits.empty(len(states), 1)
    neutral = [s for s in states if blocs.get(s.code, Bloc.NONE) == Bloc.NONE]
    related = {states[k].code for i, j, _ in kept for k in (i, j)}
    between = [s for s in neutral if s.code in related]
    for i, s in enumerate(states):
        agreed = s.west_agreement is not None and s.east_agreement is not None
        west = s.west_agreement if agreed and s.west_agreement is not None else 0.5
        east = s.east_agreement if agreed and s.east_agreement is not None else 0.5
        traits = {
            "capability": s.capability,
            "firmness": s.firmness,
            "greed": s.greed,
            "sensibility": BY_RULE if s.sensibility is None else s.sensibility,
            "democracy": s.democracy,
            "nuclear": s.nuclear,
            "challenger": s.challenger,
            "leads": float(led.get(s.code, Bloc.NONE)),
            "start_bloc": float(blocs.get(s.code, Bloc.NONE)),
            "start_spending": s.spending,
            "start_lean": west - east if s in neutral else 0.0,
            "start_hosted": s.hosted,
            "west_affinity": west,
            "east_affinity": east,
            "mediator": 1.0 / len(between) if s in between else 0.0,
        }
        _fill(out, i, traits, StateTraits.FIELDS)
    return out
