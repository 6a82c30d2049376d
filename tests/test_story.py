"""A story tells only what happened, and says so in dated, finished sentences."""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import pytest

from sim import story
from sim.engine.history import History, replay
from sim.model.parameters import COEFFICIENTS
from sim.model.roster import Roster
from sim.model.vocabulary import SHOWN, Happening, Instrument, Origin, Rung
from sim.plan.scenario import Event, Scenario
from sim.story import chronicle
from sim.story.chronicle import PLAINLY, Chronicle, Deed, Kind, Scene
from sim.story.reasons import Cause, Reasons, Shared, Why
from sim.story.wording import Names, listed, long_date, times

START = date(2025, 12, 15)
WEEKS = 52
EVENTS = (
    Event(date(2025, 12, 24), 1, Happening.SPEECH, "RUS", "USA", 0.75, "A speech is held", ""),
    Event(date(2026, 1, 13), 4, Happening.ACCESSION, "UKR", "USA", 0.0, "Ukraine joins", ""),
    Event(date(2026, 1, 26), 6, Happening.WAR, "RUS", "UKR", 0.0, "A war begins", ""),
)  # fmt: skip
"""Of those in the fixture ``eventful``, the ones a reader would miss."""


@pytest.fixture(scope="module")
def scenario(eventful: Roster) -> Scenario:
    return Scenario("europe", "Europe", "An account.", START, eventful, EVENTS)


@pytest.fixture(scope="module")
def lively(extreme: np.ndarray) -> dict[str, float]:
    """Parameters under which everything happens."""
    return dict(zip(COEFFICIENTS, extreme, strict=True))


@pytest.fixture(scope="module")
def worlds(eventful: Roster, extreme: np.ndarray) -> list[History]:
    return [replay(eventful, extreme, world=w, n_weeks=WEEKS, seed=1) for w in range(6)]


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
        Kind.STRUCK: me["force"][week] > 0.0 and violence[week - 1] == 0.0 < violence[week],
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
