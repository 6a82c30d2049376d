"""A story tells only what happened, and says so in dated, finished sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from sim import story
from sim.engine.history import History, replay
from sim.model.parameters import COEFFICIENTS
from sim.model.roster import Roster, with_subject
from sim.model.state import Pair, Relation, State
from sim.model.vocabulary import SHOWN, Bloc, Happening, Instrument, Origin, Rung, Violence
from sim.model.vocabulary import Cause as Began
from sim.plan.calendar import Event, dated
from sim.plan.scenario import Scenario
from sim.story import chronicle
from sim.story.chronicle import PLAINLY, Chronicle, Deed, Kind, Scene
from sim.story.reasons import Cause, Reasons, Shared, Side, Why
from sim.story.wording import Names, listed, long_date, times
from tests.conftest import EXTREME, point_of

START = date(2025, 12, 15)
WEEKS = 52
EVENTS = (
    Event(date(2025, 12, 24), 1, Happening.SPEECH, "RUS", "USA", 0.75, "A speech is held", ""),
    Event(date(2026, 1, 13), 4, Happening.ACCESSION, "UKR", "USA", 0.0, "Ukraine joins", ""),
    Event(date(2026, 1, 26), 6, Happening.WAR, "RUS", "UKR", 0.0, "A war begins", ""),
    Event(date(2026, 2, 2), 7, Happening.FORWARD, "USA", "EST", 0.5, "A brigade arrives", ""),
)  # fmt: skip
"""Of those in the fixture ``eventful``, the ones a reader would miss."""


@pytest.fixture(scope="module")
def scenario(eventful: Roster) -> Scenario:
    return Scenario("europe", "Europe", "An account.", START, eventful, EVENTS)


@pytest.fixture(scope="module")
def restless() -> np.ndarray:
    """Parameters under which everything happens, as a point."""
    return point_of(EXTREME, station_base=-4.0, unstation_base=-3.0)


@pytest.fixture(scope="module")
def lively(restless: np.ndarray) -> dict[str, float]:
    """Parameters under which everything happens."""
    return dict(zip(COEFFICIENTS, restless, strict=True))


@pytest.fixture(scope="module")
def worlds(eventful: Roster, restless: np.ndarray) -> list[History]:
    return [replay(eventful, restless, world=w, n_weeks=WEEKS, seed=1) for w in range(6)]


@pytest.fixture(scope="module")
def read(worlds, lively) -> list[Chronicle]:
    return [chronicle.read(history, lively, EVENTS) for history in worlds]


def _deeds(read: list[Chronicle], kind: Kind) -> list[tuple[History, Deed]]:
    return [(c.history, d) for c in read for s in c.scenes for d in s.deeds if d.kind == kind]


# Facts


def _happened(history: History, deed: Deed) -> bool:
    """Say whether a deed is in the history, by the fields it claims to come from."""
    week = deed.week
    if deed.kind == Kind.EVENT:
        return deed.event in EVENTS and deed.event.week + 1 == week
    if deed.kind == Kind.JOINED:
        return history.state(deed.actor, "joined_fight")[week] == 1.0
    if deed.kind == Kind.ACCEDED:
        return history.state(deed.actor, "acceded")[week] == 1.0
    if deed.kind in (Kind.STATIONED, Kind.WITHDRAWN):
        hosted, side = (history.state(deed.target, name)[week - 1 :] for name in ("hosted", "bloc"))
        more = 1.0 if deed.kind == Kind.STATIONED else -1.0
        led = "USA" if side[1] == Bloc.WEST else "RUS"
        assert history.state(deed.target, "step_hosted")[week] == more
        return (*hosted[:2], led) == (deed.before, deed.before + 0.25 * more, deed.actor)
    me = {
        name: history.relation(deed.actor, deed.target, name)
        for name in (
            "accident",
            "excused",
            "stance",
            "force",
            "fresh",
            "deployment",
            "misread_intent",
            "misread_signal",
        )
    }
    violence = history.pair(deed.actor, deed.target, "violence")
    if deed.kind in (Kind.RAISED, Kind.LOWERED):
        levels = history.relation(deed.actor, deed.target, deed.instrument.name.lower())
        up = deed.kind == Kind.RAISED
        return (levels[week - 1], levels[week]) == (deed.before, deed.after) and (
            (deed.after > deed.before) == up
        )
    return {
        Kind.SLIPPED: me["accident"][week] == deed.after != 0.0
        and me["excused"][week] == deed.before,
        Kind.RENEWED: me["fresh"][week] == 1.0
        and me["deployment"][week - 1] == me["deployment"][week] == deed.after >= SHOWN,
        Kind.STRUCK: me["force"][week] > 0.0
        and history.pair(deed.actor, deed.target, "new_clash")[week] == 1.0,
        Kind.MET: me["stance"][week] == deed.before
        and history.relation(deed.target, deed.actor, "stance")[week] == deed.after,
        Kind.ANSWERED: me["force"][week] > 0.0
        and history.relation(deed.target, deed.actor, "force")[week] > 0.0,
        Kind.CLASHED: history.pair(deed.actor, deed.target, "new_clash")[week] == 1.0,
        Kind.ESCALATED: violence[week - 1] < violence[week] == deed.after,
        Kind.ENDED: violence[week - 1] == deed.before > violence[week] == 0.0,
        Kind.MEDIATED: history.pair(deed.actor, deed.target, "mediated")[week] == 1.0,
        Kind.MISSED: me["misread_signal"][week] == deed.after,
        Kind.MISREAD: me["misread_intent"][week] == 1.0,
    }[deed.kind]


@pytest.mark.parametrize("kind", [k for k in Kind if k != Kind.MISTAKEN or PLAINLY])
def test_every_deed_happened(read, kind) -> None:
    found = _deeds(read, kind)
    assert found, "the worlds of this test should show every kind of deed"
    for history, deed in found:
        assert _happened(history, deed), deed


def test_every_clash_is_in_the_chronicle(read, worlds) -> None:
    imposed = {("RUS", "UKR", 7)}
    for one, history in zip(read, worlds, strict=True):
        told = {
            (*sorted((s.first, s.second)), s.week)
            for s in one.scenes
            if any(d.kind == Kind.CLASHED for d in s.deeds)
        }
        begun = set()
        for i, j in history.roster.pairs:
            first, second = history.roster.codes[i], history.roster.codes[j]
            for week in np.flatnonzero(history.pair(first, second, "new_clash")):
                begun.add((*sorted((first, second)), int(week)))
        assert told == begun - imposed


def test_causes_happened_when_they_are_said_to_have(read) -> None:
    seen = set()
    for one in read:
        for scene in one.scenes:
            for deed in scene.deeds:
                for cause in deed.causes:
                    seen.add(cause.why)
                    _check_cause(one.history, deed, cause)
    assert {
        Why.REPLY, Why.ACT, Why.MISREAD, Why.FIGHT, Why.FEAR, Why.SURE, Why.DAUNTED, Why.UNSETTLED,
        Why.SHOTS,
    } <= seen  # fmt: skip


def _check_cause(history: History, deed: Deed, cause: Cause) -> None:
    me, them = deed.actor, deed.target
    assert 0 <= cause.week <= deed.week
    if cause.why == Why.MISREAD:
        assert history.relation(me, them, "misread_intent")[cause.week] == 1.0
    elif cause.why == Why.REPLY:
        assert history.relation(them, me, "fresh")[cause.week] == 1.0
    elif cause.why == Why.ACT:
        levels = history.relation(them, me, cause.instrument.name.lower())
        assert levels[cause.week] == cause.level > levels[cause.week - 1]
    elif cause.why == Why.FIGHT:
        violence = history.pair(me, them, "violence")
        force = history.relation(them, me, "force")
        assert violence[cause.week] > 0.0 or force[cause.week] > 0.0
    elif cause.why in (Why.SURE, Why.DAUNTED):
        error = history.relation(cause.who, me if cause.who == them else them, "misread_resolve")
        assert error[cause.week] == (1.0 if cause.why == Why.SURE else -1.0)
    elif cause.why == Why.UNSETTLED:
        assert history.relation(them, me, "fresh")[cause.week] == 1.0
    elif cause.why == Why.SHOTS:
        assert history.relation(them, me, "force")[cause.week] == 1.0
    elif cause.why == Why.TRUST:
        assert history.relation(me, them, "heat")[deed.week] < 0.0
    elif cause.why == Why.TALKS:
        assert history.pair(me, them, "talks")[deed.week - 1] > 0.0


def test_one_act_is_not_told_as_two_causes(read) -> None:
    for one in read:
        for deed in (deed for scene in one.scenes for deed in scene.deeds):
            told = {(cause.why, cause.week) for cause in deed.causes}
            for why, week in told:
                assert not (why == Why.FIGHT and (Why.SHOTS, week) in told), deed
                assert not (why == Why.UNSETTLED and (Why.REPLY, week) in told), deed


def test_terms_weigh_what_they_add_to_the_log_odds_of_the_choice(worlds, lively) -> None:
    history, p, seen = worlds[0], lively, 0
    reasons = Reasons(history, p, EVENTS)
    for pair in range(history.roster.n_pairs):
        us = Shared(history, pair)
        for me, week in ((me, week) for me in (us.a, us.b) for week in (2, 9, 30)):
            terms = reasons.terms(me, Instrument.DEPLOYMENT, week, 0)
            issue, grievance = us.salience[week], me.grievance[week - 1]
            assert terms[Why.ISSUE] == pytest.approx(issue, abs=3e-6)
            assert terms[Why.GRIEVANCE] == pytest.approx(
                p["deploy_grievance"] * grievance, abs=3e-6
            )
            terms = reasons.terms(me, Instrument.RHETORIC, week, 0)
            cohesion = history.state(me.owner, "cohesion")[week - 1]
            fear, alarm = me.pooled_fear[week], me.alarm[week]
            assert terms == pytest.approx({
                Why.FEAR: p["accuse_fear"] * fear, Why.ACT: p["accuse_alarm"] * alarm,
                Why.UNREST: -p["accuse_cohesion"] * cohesion, Why.ISSUE: p["accuse_issue"] * issue,
                Why.SCORE: p["accuse_heat"] * me.heat[week],
            }, abs=3e-6)  # fmt: skip
            terms = reasons.terms(me, Instrument.DEPLOYMENT, week, 1)
            cost = p["withdraw_cost"] * me.deployment[week - 1] ** 2
            talks = p["withdraw_talks"] * us.talks[week - 1]
            assert terms[Why.COST] == pytest.approx(cost, abs=3e-6)
            assert terms[Why.TALKS] == pytest.approx(talks, abs=3e-6)
            assert terms[Why.COOLED] == pytest.approx(-p["withdraw_issue"] * issue, abs=3e-6)
            seen += issue != 0.0 and alarm > 0.0 and cost > 0.0
    assert seen > 5


def test_force_is_not_explained_by_the_answer_to_it(read) -> None:
    found = [d for _, d in _deeds(read, Kind.STRUCK)]
    shots = [c for d in found for c in d.causes if c.why == Why.SHOTS]
    assert shots
    for deed in found:
        assert all(c.week < deed.week for c in deed.causes if c.why == Why.SHOTS), deed


def test_what_an_event_sets_is_not_told_as_a_choice(read) -> None:
    for history, deed in _deeds(read, Kind.RAISED):
        speech = (deed.actor, deed.target, deed.week) == ("RUS", "USA", 2)
        assert not (speech and deed.instrument.name == "RHETORIC"), history.number


# Dated events that surprise

QUIET = {"fog": 0.0, "miscalculation_strength": 0.0, "issue_size": 0.0, "deployment_strength": 0.0,
         "rhetoric_strength": 0.0, "sanctions_strength": 0.0, "incident": 0.0}  # fmt: skip
"""Parameters under which nothing happens but what is dated."""


def _dated(kind: Happening, actor: str, target: str, size: float, weeks: int = 0) -> Event:
    return Event(START + timedelta(days=30), 4, kind, actor, target, size, "It happens", "",
                 weeks=weeks)  # fmt: skip


def _side(history: History, owner: str, rival: str) -> Side:
    us = Shared(history, int(history.roster.atlas.pair[history.roster.relation(owner, rival)]))
    return us.a if us.a.owner == owner else us.b


def _reasons(
    roster: Roster, events: Sequence[Event], **more: float
) -> tuple[Reasons, Reasons, History]:
    """Return the reasons of a quiet world with dated events, those of one that hides them, it."""
    values = dict(zip(COEFFICIENTS, point_of(QUIET, **more), strict=True))
    calendar = dated(roster, events)
    history = replay(calendar, point_of(values), world=0, n_weeks=10, seed=1)
    return Reasons(history, values, events), Reasons(history, values, ()), history


@pytest.mark.parametrize(
    ("event", "surprised"),
    [
        (_dated(Happening.EXERCISE, "RUS", "POL", 1.0, 2), ("POL", "RUS")),
        (_dated(Happening.EXERCISE, "west", "east", 1.0, 2), ("RUS", "EST")),
        (_dated(Happening.SNAP_EXERCISE, "RUS", "POL", 0.5, 2), ("POL", "RUS")),
        (_dated(Happening.BRIEFING, "RUS", "west", 0.75), ("USA", "RUS")),
        (_dated(Happening.FORWARD, "GBR", "EST", 0.5), ("RUS", "USA")),
        (_dated(Happening.FORWARD, "east", "BLR", 0.5), ("USA", "RUS")),
        (_dated(Happening.WAR, "RUS", "UKR", 0.0), ("UKR", "RUS")),
        (_dated(Happening.WAR, "RUS", "UKR", 0.0), ("RUS", "UKR")),
    ],
)
def test_an_event_that_surprises_is_told_as_the_cause_of_alarm(
    europe: Roster, event: Event, surprised: tuple[str, str]
) -> None:
    reasons, blind, history = _reasons(europe, [event])
    _, _, without = _reasons(europe, [])
    me = _side(history, *surprised)
    assert me.alarm[5] > without.relation(*surprised, "alarm")[5] + 0.03
    assert reasons.alarm(me, 5) == Cause(Why.EVENT, 5, event=event)
    assert blind.alarm(me, 5).why == Why.FOG


@pytest.mark.parametrize(
    ("event", "calm", "given"),
    [
        # forces that are there already are more than those that exercise
        (_dated(Happening.EXERCISE, "RUS", "POL", 0.75, 2), ("POL", "RUS"), {}),
        (_dated(Happening.SNAP_EXERCISE, "RUS", "POL", 0.25, 2), ("POL", "RUS"), {}),
        # forces go forward elsewhere, or leave
        (_dated(Happening.FORWARD, "USA", "EST", 0.5), ("RUS", "EST"), {}),
        (_dated(Happening.FORWARD, "USA", "EST", 0.0), ("RUS", "USA"), {}),
        (_dated(Happening.FORWARD, "USA", "EST", 0.5), ("RUS", "USA"), {"deployment_given": 0.0}),
        # a briefing says no more than was said before
        (_dated(Happening.BRIEFING, "RUS", "west", 0.25), ("USA", "RUS"), {}),
    ],
)
def test_an_event_that_surprises_nobody_is_no_cause(
    europe: Roster, event: Event, calm: tuple[str, str], given: dict[str, float]
) -> None:
    reasons, _, history = _reasons(europe, [event], **given)
    _, _, without = _reasons(europe, [], **given)
    me = _side(history, *calm)
    assert me.alarm[5] <= without.relation(*calm, "alarm")[5] + 1e-6
    assert reasons.alarm(me, 5).why != Why.EVENT


@pytest.mark.parametrize("kind", [Happening.SNAP_EXERCISE, Happening.DEPLOYMENT])
def test_a_dated_display_is_what_is_answered_and_not_settled(
    europe: Roster, kind: Happening
) -> None:
    event = _dated(kind, "RUS", "POL", 0.5, 2)
    reasons, blind, history = _reasons(europe, [event])
    me = _side(history, "POL", "RUS")
    assert me.reply[5] > 0.0 == me.reply[4]
    assert me.score[5] > me.score[4]
    for week in (5, 6, 7):
        assert reasons.reply(me, week) == Cause(Why.EVENT, 5, event=event)
        assert reasons.unsettled(me, week) == Cause(Why.EVENT, 5, event=event)
        assert blind.reply(me, week).why == Why.FIGHT
        assert blind.unsettled(me, week).why == Why.SCORE
    assert reasons.reply(me, 4).why == Why.FIGHT
    assert reasons.reply(me, 9).why == Why.FIGHT  # too long ago
    announced = replace(event, kind=Happening.EXERCISE)
    reasons, _, history = _reasons(europe, [announced])
    me = _side(history, "POL", "RUS")
    assert me.reply[5] == 0.0
    assert reasons.reply(me, 5).event is reasons.unsettled(me, 6).event is None


# Forces in allies, what is at issue and wars, in worlds made by hand


def _laid(
    roster: Roster, n_weeks: int, weeks: Mapping[int, Mapping[tuple[str, ...], float]]
) -> History:
    """Return a world in which nothing happens but these values of fields, from a week on.

    A field is given with a state, with owner and rival, or, of a pair, with both and "pair".
    """
    values = point_of(QUIET)
    history = replay(roster, values, world=0, n_weeks=n_weeks, seed=1)
    for first, given in weeks.items():
        for key, value in given.items():
            if len(key) == 2:
                i = roster.codes.index(key[0])
                history.states[first:, i, State.FIELDS.index(key[1])] = value
                continue
            r = roster.relation(key[0], key[1])
            if key[2] == "pair":
                at = roster.atlas.pair[r]
                history.pairs[first:, at, Pair.FIELDS.index(key[3])] = value
            else:
                history.relations[first:, r, Relation.FIELDS.index(key[2])] = value
    return history


def _tell(history: History, events: Sequence[Event] = ()) -> story.Story:
    scenario = Scenario("own", "Own", "", START, history.roster, tuple(events))
    return story.tell(history, scenario, dict(zip(COEFFICIENTS, point_of(QUIET), strict=True)))


def _text(one: story.Story) -> str:
    return " ".join(told.text for told in one.scenes)


def test_forces_that_are_stationed_by_choice_are_told(europe: Roster) -> None:
    weeks = {
        2: {("POL", "hosted"): 0.25, ("POL", "step_hosted"): 1.0, ("POL", "RUS", "fear"): 0.44},
        3: {("POL", "step_hosted"): 0.0},
        4: {("POL", "hosted"): 0.5, ("POL", "step_hosted"): 1.0, ("POL", "RUS", "fear"): 0.2},
        5: {("POL", "step_hosted"): 0.0, ("BLR", "hosted"): 0.25},  # not by a step
        6: {("POL", "hosted"): 0.25, ("POL", "step_hosted"): -1.0},
        7: {("POL", "hosted"): 0.0, ("BLR", "hosted"): 0.5, ("BLR", "step_hosted"): 1.0},
        8: {("POL", "step_hosted"): 0.0, ("BLR", "step_hosted"): 0.0},
    }
    history = _laid(europe, 9, weeks)
    deeds = [
        d
        for s in chronicle.read(
            history, dict(zip(COEFFICIENTS, point_of(QUIET), strict=True))
        ).scenes
        for d in s.deeds
    ]
    found = [(d.week, d.kind, d.actor, d.target, d.after) for d in deeds
             if d.kind in (Kind.STATIONED, Kind.WITHDRAWN)]  # fmt: skip
    assert sorted(found) == [
        (2, Kind.STATIONED, "USA", "POL", 0.25), (4, Kind.STATIONED, "USA", "POL", 0.5),
        (6, Kind.WITHDRAWN, "USA", "POL", 0.25), (7, Kind.STATIONED, "RUS", "BLR", 0.5),
        (7, Kind.WITHDRAWN, "USA", "POL", 0.0),
    ]  # fmt: skip
    told = {t.scene.week: t.text for t in _tell(history).scenes if t.scene.second == "POL"}
    stationed = "The United States stationed a military presence in Poland; "
    assert told[2] == f"{stationed}Poland was afraid of Russia (0.44)."
    assert told[4] == "The United States raised its forces in Poland to a show of force."
    assert told[6] == "The United States reduced its forces in Poland to a military presence."
    assert told[7] == "The United States withdrew its last forces from Poland."


def test_forces_that_go_forward_on_a_date_are_not_told_as_a_choice(europe: Roster) -> None:
    event = _dated(Happening.FORWARD, "USA", "POL", 0.25)
    history = _laid(europe, 8, {5: {("POL", "hosted"): 0.5, ("POL", "step_hosted"): 1.0},
                                6: {("POL", "step_hosted"): 0.0}})  # fmt: skip
    assert "Poland" in _text(_tell(history))
    text = _text(_tell(history, [event]))
    assert "forces in Poland" not in text
    assert "It happens" in text


MET = {("ALF", "BET", "stance"): 1.0, ("BET", "ALF", "stance"): -1.0}
OVER = {("ALF", "BET", "stance"): 0.0, ("BET", "ALF", "stance"): 0.0}


def test_who_gives_way_alone_is_said_to_lose_what_it_loses(rivals: Roster) -> None:
    stake = ("ALF", "BET", "pair", "stake")
    other = {("ALF", "BET", "stance"): -1.0, ("BET", "ALF", "stance"): 1.0}
    both = {("ALF", "BET", "stance"): -1.0, ("BET", "ALF", "stance"): -1.0}
    for stances, to, loser in (
        (MET, 0.625, "Betania"), (other, 0.375, "Alfia"), (MET, 0.5, ""), (both, 0.5, ""),
    ):  # fmt: skip
        text = _text(_tell(_laid(rivals, 8, {4: {**stances, stake: to}, 5: OVER})))
        assert "Their forces came face to face" in text
        lost = re.findall(r"(\w+) (?:gave way|backed down), [\w ]+ part of what was at issue", text)
        assert lost == ([loser] if loser else []), text


@pytest.mark.parametrize(("answered", "to"), [(False, 0.55), (True, 0.5), (False, 0.5)])
def test_force_that_is_not_answered_is_said_to_take_what_it_takes(
    rivals: Roster, answered: bool, to: float
) -> None:
    """By a choice, and by an accident that the other side took as meant."""
    pair = ("ALF", "BET", "pair")
    clash = {
        ("ALF", "BET", "force"): 1.0, ("ALF", "BET", "trace"): 8.0 + Origin.GAIN,
        ("BET", "ALF", "force"): float(answered), ("BET", "ALF", "trace"): 16.0 + Origin.GAIN,
        (*pair, "violence"): 1.0, (*pair, "new_clash"): 1.0, (*pair, "stake"): to,
        (*pair, "root"): 8.0 + Origin.GAIN,
    }  # fmt: skip
    over = {("ALF", "BET", "force"): 0.0, ("BET", "ALF", "force"): 0.0, (*pair, "new_clash"): 0.0,
            ("ALF", "BET", "accident"): 0.0}  # fmt: skip
    took = not answered and to > 0.5
    chosen = {**clash, (*pair, "cause"): float(Began.CHOICE)}
    text = _text(_tell(_laid(rivals, 8, {4: chosen, 5: over})))
    assert "Alfia used force against Betania" in text
    assert ("; Betania did not answer, which cost it part of what was at issue." in text) == took
    assert ("at issue" in text) == took
    slip = {**clash, (*pair, "cause"): float(Began.ACCIDENT), ("ALF", "BET", "accident"): 1.0}
    text = _text(_tell(_laid(rivals, 8, {4: slip, 5: over})))
    assert "fired on those of Betania without orders" in text
    assert (", and Betania lost part of what was at issue." in text) == took
    assert ("at issue" in text) == took


def test_the_closing_says_who_holds_what_is_at_issue_if_it_has_moved(europe: Roster) -> None:
    def closing(roster: Roster, pair: tuple[str, str], left: float) -> str:
        return _tell(_laid(roster, 6, {3: {(*pair, "pair", "stake"): left}})).closing

    at = europe.atlas.left[europe.atlas.leaders_pair]
    assert europe.relations[at] == ("USA", "RUS")
    end = "% of what was at issue between the two; it had begun with half."
    assert closing(europe, ("USA", "RUS"), 0.62).endswith(
        f"By the end the United States held 62 {end}"
    )
    assert closing(europe, ("USA", "RUS"), 0.38).endswith(f"By the end Russia held 62 {end}")
    assert "at issue" not in closing(europe, ("USA", "RUS"), 0.54)
    about = with_subject(europe, "UKR", "RUS")
    assert about.relations[about.atlas.left[about.atlas.subject_pair]] == ("RUS", "UKR")
    end = "% of what was at issue between Russia and Ukraine; it had begun with half."
    assert closing(about, ("RUS", "UKR"), 0.3).endswith(f"By the end Ukraine held 70 {end}")
    assert "at issue" not in closing(europe, ("RUS", "UKR"), 0.3)


def test_the_closing_tells_the_wars_of_the_pair_it_is_about(europe: Roster) -> None:
    about, pair = with_subject(europe, "UKR", "RUS"), ("RUS", "UKR", "pair")
    violence, cause, anew = ((*pair, name) for name in ("violence", "cause", "new_clash"))
    war, peace = {violence: float(Violence.WAR), cause: float(Began.EVENT)}, {violence: 0.0}
    event = _dated(Happening.WAR, "RUS", "UKR", 0.0)
    both, day = "Russia and Ukraine", "14 January 2026"
    fought = f"{both} fought the war that was on the calendar for {day}; it "
    grown = f"{both} came to a war in the week of 29 December 2025 that was not on the calendar; "
    for weeks, events, told in (
        ({5: war, 6: peace}, [event], f"{fought}lasted one week."),
        ({5: war, 8: peace}, [event], f"{fought}lasted three weeks."),
        ({5: war}, [event], f"{fought}was still being fought at the end."),
        ({5: {cause: float(Began.EVENT)}}, [event], f"{fought}lasted less than a week."),
        ({}, [event], ""),  # a ceasefire of the same week
        ({3: war, 4: peace}, [], f"{grown}it lasted one week."),
        ({3: war}, [event], f"{grown}it was still being fought at the end. {both} were at war "
                            f"already when that on the calendar for {day} was due."),
        ({5: war, 7: {anew: 1.0}, 8: {**peace, anew: 0.0}}, [event],
         f"{fought}lasted two weeks. {grown.replace('29 December 2025', '26 January 2026')}"
         "it lasted one week."),
    ):  # fmt: skip
        closing = _tell(_laid(about, 10, weeks), events).closing
        assert closing.endswith(told), closing
        assert ("war" in closing) == bool(told)
        assert "fought" not in _tell(_laid(europe, 10, weeks), events).closing
    leaders = {3: {("USA", "RUS", "pair", "violence"): float(Violence.WAR)}}
    assert "came to a war" not in _tell(_laid(europe, 10, leaders)).closing
    again = replace(event, date=START + timedelta(days=52), week=7)
    closing = _tell(_laid(about, 10, {5: war, 6: peace, 8: war}), [event, again]).closing
    assert "They fought that of 5 February 2026 as well; it was still being" in closing


def test_what_is_told_of_what_is_at_issue_happened(stories, worlds) -> None:
    n_told = 0
    for one, history in zip(stories, worlds, strict=True):
        for told in one.scenes:
            if "at issue" in told.text:
                stake = history.pair(told.scene.first, told.scene.second, "stake")
                assert stake[told.scene.week] != stake[told.scene.week - 1]
                n_told += 1
    assert n_told > 3


# What a clash goes back to


def test_a_clash_goes_back_to_an_act_of_the_side_that_is_named(read) -> None:
    """The sides take turns along a chain, and its root bears the mark of its kind."""
    lengths: list[int] = []
    for history, deed in _deeds(read, Kind.CLASHED):
        root = deed.root
        code = history.pair(deed.actor, deed.target, "root")[deed.week]
        assert (root.links, root.origin) == (max(1, code // 8), Origin(int(code) % 8))
        if not root.who:
            continue
        other = deed.target if root.who == deed.actor else deed.actor
        told = {
            name: history.relation(root.who, other, name)[root.week]
            for name in ("trace", "fresh", "force", "accident", "misread_intent")
        }
        assert root.week <= deed.week
        assert told["trace"] == 8 + root.origin
        words = history.relation(root.who, other, "rhetoric")
        spoke = words[root.week] > words[root.week - 1]
        assert told["fresh"] > 0.0 or told["force"] > 0.0 or spoke
        if root.origin == Origin.ACCIDENT:
            assert told["accident"] != 0.0
        last = root.who if root.links % 2 else other
        rival = deed.target if last == deed.actor else deed.actor
        assert history.relation(last, rival, "trace")[deed.week] == code
        lengths.append(root.links)
    assert max(lengths) > 2
    assert len(lengths) > 0.8 * len(_deeds(read, Kind.CLASHED))


def test_what_an_accident_was_taken_for_is_told(stories, worlds) -> None:
    seen = set()
    for one in stories:
        for told in one.scenes:
            slips = [d for d in told.scene.deeds if d.kind == Kind.SLIPPED]
            for way, words in ((1.0, r"took it for (an accident|a mistake)"), (0.0, "as meant")):
                if f"{words}" and re.search(words, told.text):
                    assert any(d.before == way for d in slips), told.text
                    seen.add(way)
    assert seen == {0.0, 1.0}


def test_a_clash_that_was_called_forth_is_told_with_its_root(stories) -> None:
    n_told = 0
    for one in stories:
        for told in one.scenes:
            roots = [d.root for d in told.scene.deeds if d.root is not None]
            linked = bool(roots) and roots[0].links > 1
            assert ("The clash goes back" in told.text) == linked, told.text
            n_told += linked
    assert n_told > 3


# Turning points


def test_turning_points_are_few_in_order_and_hold_the_leaders_climb(read) -> None:
    for one in read:
        rungs = one.history.pair("USA", "RUS", "rung")
        peak = int(rungs.argmax())
        assert rungs[peak] >= Rung.CLASH
        for at_most in (4, 16):
            chosen = chronicle.turning_points(one, at_most=at_most)
            assert 2 <= len(chosen) <= at_most
            assert [s.week for s in chosen] == sorted(s.week for s in chosen)
            assert any(s.leaders and s.week == peak for s in chosen)


def test_the_leaders_climb_is_told_however_slight_it_was(read) -> None:
    deed = Deed(1, Kind.CLASHED, "USA", "RUS")
    climb = Scene(9, "USA", "RUS", True, 2, 3, True, (deed,), weight=0.1)
    others = [Scene(w, "USA", "RUS", True, 3, 3, False, (deed,), weight=9.0) for w in range(10, 30)]
    one = Chronicle(read[0].history, (climb, *others))
    assert climb in chronicle.turning_points(one, at_most=5)


# Sentences


@pytest.fixture(scope="module")
def stories(worlds, scenario, lively) -> list[story.Story]:
    return [story.tell(history, scenario, lively) for history in worlds]


def test_sentences_are_finished(stories) -> None:
    for one in stories:
        for text in (one.opening, *(t.text for t in one.scenes), one.elsewhere, one.closing):
            assert not re.search(r"[{}]|  | ,|\.\.|nan|None|\bthe the\b", text), text
            for sentence in re.split(r"(?<=\.) (?=[A-Z])", text):
                assert sentence[:1].isupper() or not sentence, text
                assert sentence.endswith(".") or not sentence, text


def test_every_told_clash_exists_and_names_both_sides(stories, worlds) -> None:
    n_told = 0
    for one, history in zip(stories, worlds, strict=True):
        names = Names(history.roster)
        for told in one.scenes:
            scene = told.scene
            if any(d.kind == Kind.CLASHED for d in scene.deeds):
                assert history.pair(scene.first, scene.second, "new_clash")[scene.week] == 1.0
                for code in (scene.first, scene.second):
                    name = names.the(code)
                    assert name[:1].upper() + name[1:] in told.text or name in told.text
                n_told += 1
    assert n_told > 5


def test_underrating_is_told_only_of_misjudged_resolve(stories, worlds) -> None:
    n_told = 0
    for one, history in zip(stories, worlds, strict=True):
        for told in one.scenes:
            sides = ((told.scene.first, told.scene.second), (told.scene.second, told.scene.first))
            errors = [history.relation(*s, "misread_resolve")[told.scene.week] for s in sides]
            for word, sign in (("underrating", 1.0), ("overrating", -1.0)):
                assert told.text.count(word) <= errors.count(sign), told.text
                n_told += told.text.count(word)
    assert n_told > 0


def test_a_week_is_told_by_the_day_it_begins(stories) -> None:
    for one in stories:
        for told in one.scenes:
            assert told.day == START + timedelta(days=7 * (told.scene.week - 1))
    events = [t for one in stories for t in one.scenes if "On the calendar" in t.text]
    assert events
    for told in events:
        dated = [deed.event.date for deed in told.scene.deeds if deed.event]
        assert all(told.day <= day < told.day + timedelta(days=7) for day in dated)
        assert all(f"On the calendar for {long_date(day)}: " in told.text for day in dated)


def test_the_same_world_is_told_in_the_same_words(worlds, scenario, lively, stories) -> None:
    again = story.tell(worlds[0], scenario, lively)
    assert story.markdown(again) == story.markdown(stories[0])
    assert story.markdown(stories[0]) != story.markdown(stories[1])


def test_a_calm_world_is_told_as_calm(rivals, point) -> None:
    none = ("miscalculation_strength", "deployment_strength", "rhetoric_strength",
            "deployment_given", "rhetoric_given", "sanctions_given")  # fmt: skip
    values = point(**dict.fromkeys(none, 0.0))
    history = replay(rivals, values, world=0, n_weeks=20, seed=1)
    calm = Scenario("rivals", "Rivals", "", START, rivals, ())
    told = story.tell(history, calm, dict(zip(COEFFICIENTS, values, strict=True)))
    assert "never stood higher than at the start" in told.closing
    assert not re.search("clash|force|threat", " ".join(t.text for t in told.scenes))
    assert told.elsewhere == ""


def test_the_closing_counts_weeks_and_clashes(stories, worlds) -> None:
    for one, history in zip(stories, worlds, strict=True):
        rungs = history.pair("USA", "RUS", "rung")[1:]
        clashes = int(history.pair("USA", "RUS", "new_clash").sum())
        high = int((rungs >= Rung.DISPLAY).sum())
        assert f"{high} of the {WEEKS} weeks" in one.closing or high <= 10
        if clashes:
            assert f"clashed {times(clashes)}" in one.closing


# Words


def test_names_take_their_article_and_possessive(europe) -> None:
    names = Names(europe)
    assert names.the("USA") == "the United States"
    assert names.of("USA") == "the United States'"
    assert names.of("RUS") == "Russia's"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert long_date(date(2026, 5, 4)) == "4 May 2026"
    assert [times(k) for k in (1, 2, 3, 12)] == ["once", "twice", "three times", "12 times"]
