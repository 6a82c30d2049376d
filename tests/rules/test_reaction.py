"""Reaction, rule by rule: numbers worked out by hand, limits, and what must rise or fall."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.rules import reaction
from sim.model.vocabulary import Origin
from tests.tiny import about, declared, only, quick, units, wrong_ways

scores = st.floats(-2.0, 4.0)


@pytest.mark.parametrize(
    ("size_share", "one", "other", "expected"),
    [
        (0.0, 0.1, 0.1, 1.0),  # size does not matter
        (1.0, 0.1, 0.1, 0.25),  # each at half
        (0.6, 0.1, 0.1, 0.55),  # 0.4 + 0.6 x 0.25
        (1.0, 0.1, 0.3, 0.375),  # 0.5 x 0.75
        (1.0, 0.3, 0.1, 0.375),
        (0.6, 0.0, 0.3, 0.4),  # nobody
    ],
)
def test_exposure(size_share: float, one: float, other: float, expected: float) -> None:
    p = only(size_share=size_share, size_half=0.1)
    assert reaction.exposure(p, one, other) == about(expected)


@quick
@given(one=units, other=units, larger=units)
def test_exposure_rises_with_size_and_is_the_same_from_both_sides(
    one: float, other: float, larger: float
) -> None:
    at = {"one": one, "other": other}
    assert wrong_ways(reaction.exposure, declared(), at, larger, dict.fromkeys(at, 1)) == []
    there = reaction.exposure(declared(), one, other)
    assert there == about(reaction.exposure(declared(), other, one))
    assert 0.0 <= there <= 1.0


NOTHING = {"display": 0.0, "raised": 0.0, "sanction": 0.0, "word": 0.0, "hostile_part": 0.5}
SCORE = {"score_display": 0.8, "score_step": 0.3, "score_sanction": 0.2, "score_word": 0.1}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, 0.0),
        ({"display": 1.0}, 0.4),  # half of it looks hostile
        ({"raised": 2.0}, 0.3),
        ({"sanction": 1.0}, 0.2),  # sanctions and words are never defensive
        ({"word": 1.0}, 0.1),
        ({"display": 1.0, "raised": 1.0, "hostile_part": 1.0}, 1.1),
        ({"display": 1.0, "raised": 1.0, "hostile_part": 0.0}, 0.0),
        ({"display": 1.0, "raised": 1.0, "sanction": 1.0, "word": 1.0}, 0.85),
    ],
)
def test_provocation(other: dict[str, float], expected: float) -> None:
    assert reaction.provocation(only(**SCORE), **{**NOTHING, **other}) == about(expected)


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(NOTHING, units)), other=units)
def test_no_act_lowers_a_provocation(at: dict[str, float], other: float) -> None:
    signs = dict.fromkeys(NOTHING, 1)
    assert wrong_ways(reaction.provocation, declared(), at, other, signs) == []


@pytest.mark.parametrize(
    ("sensibility", "own_acts", "expected"),
    [
        (0.0, 1.0, 1.0),
        (0.5, 0.4, 0.8),
        (0.5, 1.0, 0.5),
        (0.5, 3.0, 0.5),  # more than one act excuses no more
        (1.0, 1.0, 0.0),
        (1.0, 0.0, 1.0),  # who did nothing has called forth nothing
    ],
)
def test_understood(sensibility: float, own_acts: float, expected: float) -> None:
    assert reaction.understood(only(), sensibility, own_acts) == about(expected)


@quick
@given(sensibility=units, own_acts=st.floats(0.0, 5.0), other=units)
def test_who_is_sensible_and_has_acted_is_provoked_less(
    sensibility: float, own_acts: float, other: float
) -> None:
    at = {"sensibility": sensibility, "own_acts": own_acts}
    assert 0.0 <= reaction.understood(only(), **at) <= 1.0
    assert wrong_ways(reaction.understood, only(), at, other, dict.fromkeys(at, -1)) == []


@pytest.mark.parametrize(
    ("lowered", "own_acts", "quiet", "expected"),
    [
        (0.0, 0.0, 1.0, 0.0),  # restraint that nothing called for reassures nobody
        (2.0, 0.0, 0.0, 0.6),
        (0.0, 0.5, 1.0, 0.1),
        (0.0, 3.0, 1.0, 0.2),  # one act's worth at most
        (0.0, 1.0, 0.0, 0.0),
        (1.0, 0.5, 1.0, 0.4),
    ],
)
def test_reassurance(lowered: float, own_acts: float, quiet: float, expected: float) -> None:
    p = only(reassure_withdrawal=0.3, reassure_restraint=0.2)
    assert reaction.reassurance(p, lowered, own_acts, quiet) == about(expected)


@quick
@given(lowered=units, own_acts=st.floats(0.0, 5.0), quiet=units, other=units)
def test_withdrawal_and_restraint_reassure(
    lowered: float, own_acts: float, quiet: float, other: float
) -> None:
    at = {"lowered": lowered, "own_acts": own_acts, "quiet": quiet}
    assert wrong_ways(reaction.reassurance, declared(), at, other, dict.fromkeys(at, 1)) == []


@pytest.mark.parametrize(
    ("offence", "before", "provoked", "reassured", "expected"),
    [
        (0.5, 0.0, 0.0, 0.0, 0.0),
        (0.5, 1.0, 0.0, 0.0, 0.9),
        (0.5, -0.5, 0.0, 0.0, -0.45),  # trust fades too
        (0.5, 1.0, 0.5, 0.2, 1.2),
        (0.75, 1.0, 0.5, 0.2, 1.3),  # 0.9 + 0.5 x (1 + 0.8 x 0.25) - 0.2
        (0.0, 0.0, 0.5, 0.0, 0.3),  # where defence has the advantage: 0.5 x 0.6
        (0.0, 1.0, 0.0, 0.2, 0.7),  # ... reassurance is what it is
        (0.5, 2.0, 1.0, 0.0, 2.0),  # no more than the limit
        (0.5, 0.0, 0.0, 0.9, -0.6),  # and no more trust than its own
    ],
)
def test_score(
    offence: float, before: float, provoked: float, reassured: float, expected: float
) -> None:
    p = only(offence=offence, score_offence=0.8, score_memory=0.9, score_limit=2.0,
             trust_limit=0.6)  # fmt: skip
    assert reaction.score(p, before, provoked, reassured) == about(expected)


@quick
@given(before=scores, provoked=st.floats(0.0, 5.0), reassured=st.floats(0.0, 5.0), other=units)
def test_a_score_keeps_within_its_limits(
    before: float, provoked: float, reassured: float, other: float
) -> None:
    p = declared(score_limit=2.5, trust_limit=0.75)
    at = {"before": before, "provoked": provoked, "reassured": reassured}
    signs = {"before": 1, "provoked": 1, "reassured": -1}
    assert -0.75 <= reaction.score(p, **at) <= 2.5
    assert wrong_ways(reaction.score, p, at, other, signs) == []


def test_a_score_that_nothing_feeds_fades_within_months() -> None:
    p, score = declared(), 1.0
    for _ in range(26):
        score = reaction.score(p, score, 0.0, 0.0)
    assert 0.2 < score < 0.6


@pytest.mark.parametrize(
    ("offence", "before", "force", "expected"),
    [
        (0.5, 0.25, 0.0, 0.25),
        (0.5, 0.25, 1.0, 1.75),
        (0.75, 0.25, 1.0, 2.05),  # 0.25 + 1.5 x (1 + 0.8 x 0.25)
        (0.5, -0.5, 1.0, 1.0),  # trust is spent first
        (0.5, 1.5, 1.0, 2.5),
    ],
)
def test_struck(offence: float, before: float, force: float, expected: float) -> None:
    p = only(offence=offence, score_offence=0.8, score_force=1.5, score_limit=2.5)
    assert reaction.struck(p, before, force) == about(expected)


@quick
@given(before=st.floats(-1.0, 3.0))
def test_force_never_lowers_a_score(before: float) -> None:
    p = declared(score_limit=3.0)
    assert reaction.struck(p, before, 0.0) == before
    assert before <= reaction.struck(p, before, 1.0) <= 3.0


@pytest.mark.parametrize(
    ("score", "acted", "expected"),
    [(1.0, 0.0, 1.0), (1.0, 1.0, 0.7), (2.0, 1.0, 1.4), (0.0, 1.0, 0.0), (-0.5, 1.0, -0.5)],
)
def test_settled(score: float, acted: float, expected: float) -> None:
    assert reaction.settled(only(score_settle=0.3), score, acted) == about(expected)


@quick
@given(score=scores)
def test_an_own_act_settles_part_of_a_score_and_never_turns_it_into_trust(score: float) -> None:
    after = reaction.settled(declared(), score, 1.0)
    assert after <= score
    assert after >= 0.0 or after == score


@pytest.mark.parametrize(
    ("before", "acted", "expected"), [(0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.5, 1.0, 2.2),
                                      (1.0, 0.0, 0.8)],
)  # fmt: skip
def test_own_acts(before: float, acted: float, expected: float) -> None:
    assert reaction.own_acts(only(act_memory=0.8), before, acted) == about(expected)


@pytest.mark.parametrize(
    ("score", "greed", "retaliation", "expected"),
    [
        (2.0, 0.0, 1.0, 2.0),  # who seeks no gain heeds it all
        (2.0, 0.5, 0.5, 1.5),
        (2.0, 1.0, 1.0, 0.0),
        (2.0, 1.0, 0.0, 2.0),
        (-0.5, 0.0, 0.5, -0.5),
        (-0.5, 0.5, 1.0, -0.25),  # a prober trusts by half, whatever it risks
        (-0.5, 1.0, 0.0, 0.0),
        (0.0, 0.5, 0.5, 0.0),
    ],
)
def test_heat(score: float, greed: float, retaliation: float, expected: float) -> None:
    assert reaction.heat(score, greed, retaliation) == about(expected)


@quick
@given(score=scores, higher=scores, greed=units, retaliation=units)
def test_heat_rises_with_the_score_and_is_no_larger(
    score: float, higher: float, greed: float, retaliation: float
) -> None:
    low, high = sorted((score, higher))
    assert reaction.heat(low, greed, retaliation) <= reaction.heat(high, greed, retaliation)
    assert abs(reaction.heat(score, greed, retaliation)) <= abs(score)


@pytest.mark.parametrize(("score", "expected"), [(-0.4, 0.4), (-2.0, 2.0), (0.0, 0.0), (1.0, 0.0)])
def test_trust(score: float, expected: float) -> None:
    assert reaction.trust(score) == expected


STRIKE = {
    "motive": 0.5, "exposure": 0.4, "proximity": 1.0, "opportunity": 0.0, "fear": 0.0,
    "firmness": 0.0, "perceived": 0.0, "retaliation": 0.0, "mobilised": 0.0, "talks": 0.0,
    "salience": 0.0,
}  # fmt: skip
"""The weight is 2 x 0.5 x 0.4 x exp(-3)."""
READY = {
    "strike_strength": 2.0, "strike_base": -3.0, "strike_offence": 4.0, "strike_opportunity": 5.0,
    "strike_firmness": 1.5, "strike_retaliation": 0.8, "strike_issue": 0.6, "reach": 0.2,
    "offence": 0.75, "strike_first": 2.4, "strike_talks": 1.2,
}  # fmt: skip


@pytest.mark.parametrize(
    ("other", "factor", "added"),
    [
        ({}, 1.0, 0.0),
        ({"motive": 1.0}, 2.0, 0.0),
        ({"motive": 0.0}, 0.0, 0.0),
        ({"exposure": 0.1}, 0.25, 0.0),
        ({"proximity": 0.0}, 0.2, 0.0),  # reach
        ({"proximity": 0.5}, 0.6, 0.0),  # 0.2 + 0.8 x 0.5
        ({"fear": 0.5}, 1.0, 0.5),  # 4 x 0.25 x 0.5
        ({"opportunity": 0.1}, 1.0, 0.5),
        ({"firmness": 0.5}, 1.0, 0.0),  # firmness answers hostility alone
        ({"perceived": 0.5}, 1.0, 0.0),
        ({"firmness": 0.5, "perceived": 0.4}, 1.0, 0.3),
        ({"retaliation": 0.5}, 1.0, -0.4),
        ({"salience": -0.5}, 1.0, -0.3),
        ({"mobilised": 0.5}, 1.0, 0.6),  # 2.4 x 2 x 0.25 x 0.5: first or second
        ({"talks": 0.5}, 1.0, -0.6),
        ({"motive": 0.25, "proximity": 0.5, "fear": 0.2, "salience": 0.5}, 0.3, 0.5),
    ],
)
def test_strike(other: dict[str, float], factor: float, added: float) -> None:
    weight = reaction.strike(only(**READY), **{**STRIKE, **other})
    assert weight == about(0.4 * factor * math.exp(-3.0 + added))


@pytest.mark.parametrize(("offence", "added"), [(1.0, 1.2), (0.5, 0.0), (0.25, -0.6), (0.0, -1.2)])
def test_ready_forces_deter_where_defence_has_the_advantage(offence: float, added: float) -> None:
    p = only(**{**READY, "offence": offence})
    weight = reaction.strike(p, **{**STRIKE, "mobilised": 0.5})
    assert weight == about(0.4 * math.exp(-3.0 + added))


@pytest.mark.parametrize(("offence", "added"), [(0.5, 0.0), (0.25, -0.5)])
def test_fear_makes_for_pre_emption_only_where_offence_has_the_advantage(
    offence: float, added: float
) -> None:
    weight = reaction.strike(only(**{**READY, "offence": offence}), **{**STRIKE, "fear": 0.5})
    assert weight == about(0.4 * math.exp(-3.0 + added))


def test_strike_is_nothing_at_strength_zero() -> None:
    p = declared(strike_strength=0.0)
    assert reaction.strike(p, **{**STRIKE, "motive": 1.0}) == 0.0


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(STRIKE, units)), other=units)
def test_what_drives_and_deters_force_by_choice(at: dict[str, float], other: float) -> None:
    signs = {**dict.fromkeys(STRIKE, 1), "retaliation": -1, "talks": -1}
    p = declared(offence=0.8)
    assert wrong_ways(reaction.strike, p, at, other, signs) == []
    assert wrong_ways(reaction.strike, declared(offence=0.2), at, other, {"mobilised": -1}) == []


@pytest.mark.parametrize(
    ("deployment", "expected"),
    [(0.0, 0.0), (0.25, 0.0), (0.4, 0.2), (0.5, 1 / 3), (0.75, 2 / 3), (1.0, 1.0)],  # 0.15 / 0.75
)
def test_mobilised(deployment: float, expected: float) -> None:
    assert reaction.mobilised(deployment) == about(expected)


@pytest.mark.parametrize(
    ("heat", "shown", "expected"),
    [(0.0, 0.0, 0.1), (1.5, 0.0, 1.6), (0.0, 1.0, 0.4), (1.5, 1.0, 1.9), (-0.5, 0.0, 0.1)],
)
def test_warmth(heat: float, shown: float, expected: float) -> None:
    p = only(strike_floor=0.1, strike_fresh=0.3)
    assert reaction.warmth(p, heat, shown) == about(expected)


@pytest.mark.parametrize(
    ("strike", "own", "theirs", "warmth", "weight"),
    [
        (0.5, 0.0, 0.0, 1.0, 0.1),  # 0.5 x 0.2
        (0.5, 0.5, 0.0, 1.0, 0.35),
        (0.5, 0.0, 0.5, 1.0, 0.35),
        (0.5, 0.5, 0.5, 2.0, 1.2),
        (0.0, 1.0, 1.0, 3.0, 0.0),
        (0.5, 1.0, 1.0, 0.0, 0.0),
    ],
)
def test_strike_odds(
    strike: float, own: float, theirs: float, warmth: float, weight: float
) -> None:
    p = only(contact_base=0.2, offence=0.5)
    assert reaction.strike_odds(p, strike, own, theirs, warmth) == about(weight / (1.0 + weight))


@pytest.mark.parametrize(
    ("offence", "weight"),
    [(0.9, 0.35), (0.5, 0.35), (0.25, 0.225), (0.0, 0.1)],  # 0.5 x (0.2 + 0.5 x 2 x offence)
)
def test_the_advantage_of_defence_takes_the_others_forces_out_of_reach(
    offence: float, weight: float
) -> None:
    p = only(contact_base=0.2, offence=offence)
    assert reaction.strike_odds(p, 0.5, 0.0, 0.5, 1.0) == about(weight / (1.0 + weight))


@quick
@given(
    at=st.fixed_dictionaries(dict.fromkeys(("strike", "own", "theirs", "warmth"), units)),
    other=units,
)
def test_strike_odds_rise_with_contact_and_warmth(at: dict[str, float], other: float) -> None:
    assert 0.0 <= reaction.strike_odds(declared(), **at) < 1.0
    signs = dict.fromkeys(at, 1)
    assert wrong_ways(reaction.strike_odds, declared(), at, other, signs) == []


# Traces: links times 8, and the origin


@pytest.mark.parametrize(
    ("origin", "expected"),
    [(Origin.OWN, 9.0), (Origin.GAIN, 10.0), (Origin.MISREADING, 11.0), (Origin.ACCIDENT, 12.0),
     (Origin.EVENT, 13.0), (Origin.DRAWN_IN, 14.0), (Origin.STANDING, 15.0)],
)  # fmt: skip
def test_begun(origin: Origin, expected: float) -> None:
    assert reaction.begun(origin) == expected


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        (0.0, 15.0),  # nothing was done: one link from what stands
        (9.0, 17.0),  # the second link of an own act
        (12.0, 20.0),
        (239.0, 247.0),
        (247.0, 255.0),  # 31 links
        (248.0, 248.0),  # ... and no more
        (251.0, 251.0),
        (255.0, 255.0),
    ],
)
def test_linked(trace: float, expected: float) -> None:
    assert reaction.linked(trace) == expected


@pytest.mark.parametrize("origin", [o for o in Origin if o != Origin.NONE])
def test_a_chain_keeps_its_origin_and_ends_at_31_links(origin: Origin) -> None:
    trace, links = reaction.begun(origin), []
    for _ in range(40):
        links.append(int(trace) // 8)
        assert (int(trace) % 8, trace <= 255.0) == (origin, True)  # it fits a byte
        trace = reaction.linked(trace)
    assert links == [*range(1, 32), *[31] * 9]


@pytest.mark.parametrize(
    ("weight", "misled", "greed", "expected"),
    [
        (1.5, 0.0, 0.0, 1.0),
        (1.5, 0.4, 0.0, math.exp(-0.6)),
        (1.5, 0.4, 0.5, math.exp(-0.3)),
        (1.5, 0.4, 1.0, 1.0),  # a prober is not frightened
        (0.0, 2.0, 0.0, 1.0),
    ],
)
def test_without_misreading(weight: float, misled: float, greed: float, expected: float) -> None:
    assert reaction.without_misreading(weight, misled, greed) == about(expected)


@pytest.mark.parametrize(
    ("heat", "clarity", "expected"),
    [
        (0.0, 0.0, 0.2),
        (-1.0, 0.0, 0.2),  # trust does not make it less
        (1.0, 0.0, 0.6),  # 0.2 + 0.8 x 1 / 2
        (3.0, 0.0, 0.8),
        (0.0, 1.0, 0.1),
        (1.0, 0.5, 0.45),  # 0.6 x (1 - 0.5 x 0.5)
    ],
)
def test_taken_as_meant(heat: float, clarity: float, expected: float) -> None:
    p = only(attribution=0.2, excuse_channel=0.5)
    assert reaction.taken_as_meant(p, heat, clarity) == about(expected)


@quick
@given(heat=scores, clarity=units, other=units)
def test_an_accident_is_taken_as_meant_in_heat_and_excused_by_channels(
    heat: float, clarity: float, other: float
) -> None:
    at = {"heat": heat, "clarity": clarity}
    assert 0.0 <= reaction.taken_as_meant(declared(), **at) <= 1.0
    signs = {"heat": 1, "clarity": -1}
    assert wrong_ways(reaction.taken_as_meant, declared(), at, other, signs) == []


@pytest.mark.parametrize("heat", [0.0, 2.0])
def test_a_perfect_channel_may_excuse_every_accident(heat: float) -> None:
    p = only(attribution=0.35, excuse_channel=1.0)
    assert reaction.taken_as_meant(p, heat, 1.0) == 0.0
