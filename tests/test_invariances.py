"""What must not change a byte does not (P12), and every knob changes something (P11)."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.engine.blocks import noted
from sim.engine.ensemble import play
from sim.engine.history import History, replay
from sim.evidence.mechanisms import GIVEN
from sim.model.parameters import COEFFICIENTS, Parameters
from sim.model.roster import RelationTraits, Roster, build_roster
from sim.model.sheets import PairSheet, StateSheet, pair_table, state_table
from sim.model.state import Pair, Relation
from sim.model.vocabulary import Bloc, Happening
from tests.conftest import (
    EAST,
    EVENTS,
    EXTREME,
    NEUTRAL,
    WEST,
    digest,
    point_of,
    with_events,
)

SEED = 40
FIELDS = ("relations", "pairs", "states", "system")


def differing(one: Any, other: Any) -> list[str]:
    """Return which arrays of two histories or worlds differ in a bit."""
    return [
        name for name in FIELDS if getattr(one, name).tobytes() != getattr(other, name).tobytes()
    ]


# Order, names, company


def test_order_of_states_and_pairs_changes_nothing(extreme: np.ndarray) -> None:
    codes = [*WEST, *EAST, *NEUTRAL]
    blocs = {**dict.fromkeys(WEST, Bloc.WEST), **dict.fromkeys(EAST, Bloc.EAST)}
    pairs = list(pair_table().values())
    rng = np.random.default_rng(1)
    found = set()
    for _ in range(4):
        states = [state_table()[code] for code in codes]
        roster = build_roster(states, pairs, blocs, ("USA", "RUS"))
        record = play(roster, extreme[None], n_worlds=16, n_weeks=12, seed=SEED)
        arrays = b"".join(np.asarray(part).tobytes() for part in roster.atlas)
        found.add((digest(record), arrays))
        rng.shuffle(codes)
        rng.shuffle(pairs)
        blocs = dict(reversed(blocs.items()))
    assert len(found) == 1


def test_order_of_trade_figures_changes_nothing() -> None:
    codes = [f"S{k:02}" for k in range(8)]
    states = [StateSheet(code, k, code, 0.1) for k, code in enumerate(codes)]
    pairs = [
        PairSheet(one, other, proximity=1.0, trade=10.0**k / 3.0, adjacent=True)
        for k, (one, other) in enumerate(itertools.combinations(codes, 2))
    ]
    blocs = {"S00": Bloc.WEST, "S01": Bloc.EAST}
    one, other = (
        build_roster(states, ordered, blocs, ("S00", "S01")).atlas.relation_traits
        for ordered in (pairs, pairs[::-1])
    )
    assert one.tobytes() == other.tobytes()


def invented(
    names: dict[str, str],
    *,
    extra: tuple[StateSheet, ...] = (),
    extra_pairs: tuple[PairSheet, ...] = (),
) -> Roster:
    """Return two leaders, two allies and two neutrals under the codes they are given."""
    codes = [names.get(code, code) for code in ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF")]
    a, b, c, d = codes[:4]
    states = [
        StateSheet(code, 10 * k + 7, f"State {code}", 0.05 + 0.02 * k, nuclear=float(k < 2),
                   west_agreement=0.5 + 0.1 * k, east_agreement=0.8 - 0.1 * k,
                   challenger=float(k == 1))
        for k, code in enumerate(codes)
    ]  # fmt: skip
    pairs = [
        PairSheet(one, other, proximity=0.9 - 0.05 * k, trade=10.0 * k + 0.1, adjacent=True)
        for k, (one, other) in enumerate(itertools.combinations(codes, 2))
    ]
    blocs = {a: Bloc.WEST, c: Bloc.WEST, b: Bloc.EAST, d: Bloc.EAST}
    return build_roster([*states, *extra], [*pairs, *extra_pairs], blocs, (a, b))


def test_renaming_states_permutes_results_exactly(extreme: np.ndarray) -> None:
    names = {"AAA": "ZZZ", "BBB": "AAA", "CCC": "QQQ", "EEE": "BBB"}
    old, new = invented({}), invented(names)
    assert new.codes != old.codes
    one = replay(old, extreme, world=3, n_weeks=40, seed=SEED)
    other = replay(new, extreme, world=3, n_weeks=40, seed=SEED)
    for owner, rival in old.relations:
        renamed = names.get(owner, owner), names.get(rival, rival)
        for field in Relation.FIELDS:
            mine, theirs = one.relation(owner, rival, field), other.relation(*renamed, field)
            assert mine.tobytes() == theirs.tobytes()
        assert (one.pair(owner, rival, "rung") == other.pair(*renamed, "rung")).all()
    assert differing(one, other) == []
    assert len(np.unique(one.pairs[:, :, Pair.FIELDS.index("rung")])) > 3


@pytest.mark.parametrize("number", [1, 33, 900])
def test_an_isolated_state_changes_nobody(extreme: np.ndarray, number: int) -> None:
    hermit = StateSheet("HHH", number, "Hermit", 0.2, nuclear=1.0)
    one = replay(invented({}), extreme, world=3, n_weeks=40, seed=SEED)
    more = invented({}, extra=(hermit,))
    other = replay(more, extreme, world=3, n_weeks=40, seed=SEED)
    assert more.n_states == one.roster.n_states + 1
    assert more.n_pairs == one.roster.n_pairs
    others = [k for k, code in enumerate(more.codes) if code != "HHH"]
    kept = dataclasses.replace(other, states=other.states[:, others])
    assert differing(one, kept) == []


def test_two_states_with_a_quarrel_of_their_own_change_nobody_else() -> None:
    point = point_of({**EXTREME, "mediation": 0.0})  # all neutrals count as mediators
    hermits = tuple(
        StateSheet(code, number, code, 0.2) for code, number in (("HHH", 1), ("III", 30))
    )
    feud = (PairSheet("HHH", "III", proximity=1.0, rivalry=1.0, adjacent=True),)
    old, new = invented({}), invented({}, extra=hermits, extra_pairs=feud)
    one = replay(old, point, world=3, n_weeks=40, seed=SEED)
    other = replay(new, point, world=3, n_weeks=40, seed=SEED)
    assert set(new.relations) - set(old.relations) == {("HHH", "III"), ("III", "HHH")}
    assert (
        other.relation("HHH", "III", "fear").any() or other.relation("HHH", "III", "rhetoric").any()
    )
    for codes in old.relations:
        r, s = old.relation(*codes), new.relation(*codes)
        p, q = old.atlas.pair[r], new.atlas.pair[s]
        assert one.relations[:, r].tobytes() == other.relations[:, s].tobytes()
        assert one.pairs[:, p].tobytes() == other.pairs[:, q].tobytes()
    states = [new.codes.index(code) for code in old.codes]
    assert one.states.tobytes() == other.states[:, states].tobytes()


# Company of worlds, horizons, observers


def test_world_7_alone_is_world_7_among_32(eventful: Roster, extreme: np.ndarray) -> None:
    many = play(eventful, extreme[None], n_worlds=32, n_weeks=20, seed=SEED, disputes_from=0)
    alone = play(
        eventful, extreme[None], n_worlds=1, n_weeks=20, seed=SEED, first_world=7, disputes_from=0
    )
    assert alone.outcomes.tobytes() == many.outcomes[7:8].tobytes()
    its = many.disputes[many.disputes[:, 0] == 7][:, 1:]
    assert len(its) > 0
    assert alone.disputes[:, 1:].tobytes() == its.tobytes()
    assert len(np.unique(many.outcomes, axis=0)) > 16


def test_a_shorter_horizon_is_a_prefix(eventful: Roster, extreme: np.ndarray) -> None:
    n_short, n_long = 9, 21
    short, long = (
        play(eventful, extreme[None], n_worlds=20, n_weeks=n, seed=SEED).tally
        for n in (n_short, n_long)
    )
    for name, axis in (
        ("level_sums", 1), ("level_bins", 1), ("rungs_leaders", 1), ("rungs_pairs", 1),
        ("reached", 2),
    ):  # fmt: skip
        prefix = np.take(getattr(long, name), range(n_short + 1), axis=axis)
        assert (getattr(short, name) == prefix).all(), name
    one = replay(eventful, extreme, world=2, n_weeks=n_short, seed=SEED)
    other = replay(eventful, extreme, world=2, n_weeks=n_long, seed=SEED)
    parts = {name: getattr(other, name)[: n_short + 1] for name in FIELDS}
    assert differing(one, dataclasses.replace(other, **parts)) == []
    assert differing(one, other) == list(FIELDS)


def test_observing_changes_nothing(
    plain: SimpleNamespace, eventful: Roster, extreme: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def world_after(n_weeks: int) -> Any:
        block = plain.blocks.Block(eventful, n_weeks, SEED)
        block.begin(extreme, 4)
        block.play(n_weeks)
        return block.world, block.tracks.value

    seen, tracks = world_after(10)
    monkeypatch.setattr(plain.notes, "observe", lambda *_: None)
    unseen, blank = world_after(10)
    assert tracks.rungs.any()
    assert not blank.rungs.any()
    assert differing(seen, unseen) == []


# A mechanism that is switched off is the mechanism absent


def few(*, without: tuple[Happening, ...] = (), start: tuple[str, ...] = ()) -> Roster:
    """Return six states with events, but for some kinds, and with some starts at zero."""
    codes = ("USA", "POL", "RUS", "BLR", "UKR", "FIN")
    blocs = {"USA": Bloc.WEST, "POL": Bloc.WEST, "RUS": Bloc.EAST, "BLR": Bloc.EAST}
    begun = {"start_rhetoric": 0.5, "start_deployment": 0.5, "start_sanctions": 0.25}
    roster = build_roster(
        [state_table()[code] for code in codes],
        list(pair_table().values()),
        blocs,
        ("USA", "RUS"),
        starts={("RUS", "USA"): begun, ("USA", "RUS"): begun},
    )
    for name in start:
        roster.atlas.relation_traits[:, RelationTraits.FIELDS.index(name)] = 0.0
    known = [event for event in EVENTS if set(event[2]) <= set(codes)]
    known += [
        (2, Happening.DEPLOYMENT, ("RUS", "POL"), 0.75),
        (3, Happening.ALARM, ("FIN", "RUS"), 0.4),
        (5, Happening.FORCE, ("RUS", "POL"), 1.0),
    ]
    return with_events(roster, [event for event in known if event[1] not in without])


def without_unintended_displays(settle: Callable[..., None]) -> Callable[..., None]:
    """Return the settling of a confrontation, blind to accidents that are displays."""

    def settle_force_only(p: Any, me: Any, their_stance: float, meant: float) -> None:
        accident, me.accident = me.accident, max(0.0, me.accident)
        settle(p, me, their_stance, meant)
        me.accident = accident

    return settle_force_only


def without_chosen_force(strikes: Callable[..., float]) -> Callable[..., float]:
    """Return the choice of force of which nothing comes but the trace that it would have."""

    def strike_never(*given: Any) -> float:
        strikes(*given)
        return 0.0

    return strike_never


def nothing(*_: float) -> float:
    return 0.0


def unmoved(p: Any, before: float, *_: float) -> float:
    return before


ABSENT: dict[str, dict[str, Any]] = {
    "rhetoric": {
        "rules": {"choice.accuse_more": nothing},
        "without": (Happening.SPEECH, Happening.BRIEFING), "start": ("start_rhetoric",),
    },
    "deployment": {
        "rules": {
            "choice.deploy_more": nothing, "choice.station_more": nothing,
            "confrontation.joining_odds": nothing,
        },
        "without": (
            Happening.DEPLOYMENT, Happening.FORWARD, Happening.EXERCISE, Happening.SNAP_EXERCISE
        ), "start": ("start_deployment",),
    },
    "sanctions": {
        "rules": {"choice.sanction_more": nothing},
        "without": (Happening.SANCTIONS,), "start": ("start_sanctions",),
    },
    "accession": {
        "rules": {"spread.accession_odds": nothing}, "without": (Happening.ACCESSION,),
    },
    "perception": {
        "rules": {"perception.through_fog": unmoved, "perception.hostile_part": unmoved},
    },
    "cohesion": {
        "rules": {
            "spread.audience": nothing, "spread.cohesion": unmoved, "spread.briefed": unmoved,
        },
    },
    "spending": {"rules": {"spread.spending": unmoved}},
    "appeal": {
        "rules": {
            "consultation.appealed": unmoved, "consultation.briefed": unmoved,
            "spread.lean": unmoved,
        },
    },
    "channel": {
        "rules": {
            "perception.clarity": nothing, "choice.talk_more": nothing,
            "choice.talk_less": nothing,
        },
        "without": (Happening.DIPLOMACY,), "start": ("start_diplomacy",),
    },
    "miscalculation": {"rules": {"perception.mistake": nothing}},
}  # fmt: skip
"""What it is for a mechanism to be absent: rules that give nothing, no events, nothing begun."""


def test_every_strength_has_its_absence() -> None:
    names = [name for name, c in COEFFICIENTS.items() if c.group == "strengths"]
    assert names == [f"{name}_strength" for name in ABSENT]


@pytest.mark.parametrize("mechanism", ABSENT)
def test_a_mechanism_switched_off_is_the_mechanism_absent(
    plain: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, mechanism: str
) -> None:
    """Off is no readiness for it, and nothing of it that a scenario gives."""
    strength = f"{mechanism}_strength"
    absent = ABSENT[mechanism]
    switches = [strength, *([GIVEN[strength]] if strength in GIVEN else [])]

    def history_of(roster: Roster, value: float, play: Callable[..., History]) -> History:
        point = point_of({**EXTREME, **dict.fromkeys(switches, value)})
        return play(roster, point, world=5, n_weeks=40, seed=SEED)

    zero = history_of(few(), 0.0, replay)
    usual = history_of(few(), 1.0, replay)
    for name, rule in absent["rules"].items():
        module, _, function = name.partition(".")
        monkeypatch.setattr(getattr(plain, module), function, rule)
    if mechanism == "deployment":
        blind = without_unintended_displays(plain.confront._settle)
        monkeypatch.setattr(plain.confront, "_settle", blind)
        never = without_chosen_force(plain.confront._strikes)
        monkeypatch.setattr(plain.confront, "_strikes", never)
    roster = few(without=absent.get("without", ()), start=absent.get("start", ()))
    without = history_of(roster, 1.0, plain.history.replay)
    assert differing(usual, zero) != []
    assert differing(zero, without) == []


@pytest.mark.parametrize("instrument", ["rhetoric", "deployment", "sanctions"])
def test_an_instrument_that_is_switched_off_is_never_used(instrument: str) -> None:
    used = {}
    for value in (0.0, 1.0):
        switches = dict.fromkeys((f"{instrument}_strength", f"{instrument}_given"), value)
        point = point_of({**EXTREME, "force_share": 0.1, **switches})
        levels = replay(few(), point, world=5, n_weeks=40, seed=SEED).relations
        used[value] = levels[:, :, Relation.FIELDS.index(instrument)].any()
    assert used == {0.0: False, 1.0: True}


# No dead knobs


def moved_by(roster: Roster, values: dict[str, float], n_weeks: int) -> set[str]:
    """Return the parameters that change what is noted of a world at an end of their range."""
    n_parameters = len(Parameters.FIELDS)
    n_worlds = 1 + 2 * n_parameters
    points = np.repeat(point_of(values)[None], n_worlds, axis=0)
    for k, c in enumerate(COEFFICIENTS.values()):
        points[1 + 2 * k : 3 + 2 * k, k] = c.low, c.high
    tracks = noted(roster, points, np.full(n_worlds, 3), n_weeks=n_weeks, seed=SEED)
    changed = np.zeros(n_worlds, bool)
    for track in tracks:
        changed |= (track != track[..., :1]).any(axis=(0, 1))
    either = changed[1 : 1 + 2 * n_parameters].reshape(n_parameters, 2).any(axis=1)
    return {name for name, is_moved in zip(Parameters.FIELDS, either, strict=True) if is_moved}


def test_every_parameter_changes_what_is_recorded(rivals: Roster, eventful: Roster) -> None:
    moved = moved_by(rivals, EXTREME, 156) | moved_by(eventful, EXTREME, 156)
    prober = {"challenger_greed": 0.6, "deterrence": 0.3}  # ... with an opening
    moved |= moved_by(rivals, prober, 156)
    calmer = {"join": 0.5, "appeal": 0.1, "accession_strength": 0.0, "accident": 0.05}
    moved |= moved_by(eventful, calmer, 156)  # ... and neutrals that stay so
    assert set(COEFFICIENTS) - moved == set()
