"""What a reaction must show, P13 to P19, at the declared parameters and around them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from sim.evidence import laboratory as lab
from sim.evidence.claims import HOLDS, Held, Trial, rise
from sim.evidence.reactions import REACTIONS
from sim.model.vocabulary import Cause, Happening, Rung
from tests.test_properties import shares_that_hold

LONG = {
    "reproduction_by_channel",
    "clashes_without_accidents",
    "frozen_leaders",
    "hotline_where_more_is_misread",
}
"""Claims that take seconds each; others of their kind stay in the quick tier."""


@pytest.mark.parametrize(
    "claim",
    [pytest.param(c, marks=pytest.mark.slow) if c.__name__ in LONG else c for c in REACTIONS],
    ids=lambda claim: claim.__name__,
)
def test_a_claim_of_reaction_holds_at_the_declared_parameters(
    claim: Callable[[Trial], Held],
) -> None:
    found = claim(Trial())
    assert found.answer == HOLDS, found


@pytest.mark.long
def test_most_claims_of_reaction_hold_over_jittered_coefficients() -> None:
    shares = shares_that_hold(REACTIONS)
    print(*(f"{share:.2f} {claim}" for claim, share in shares.items()), sep="\n")
    assert np.mean(list(shares.values())) >= 0.5, shares


def test_nothing_called_forth_is_no_reproduction() -> None:
    still = {**lab.FROZEN, **lab.NO_ACCIDENTS, **lab.NO_DEPLOYMENTS, "strike_strength": 0.0,
             "incident": 0.0, "posture_rate": 0.0}  # fmt: skip
    caused = lab.reproduction(lab.pair_of_rivals(), still, worlds=256)
    assert np.abs(caused).max() == 0.0


def test_frozen_states_do_not_move_what_they_make_of_one_another() -> None:
    two = lab.pair_of_rivals()
    plain, frozen = (lab.play(two, v, worlds=64, weeks=60) for v in ({}, lab.FROZEN))
    fear, channel = 1, 3
    for measure in (fear, channel):
        assert np.ptp(frozen.levels[:, measure]) == 0
        assert np.ptp(plain.levels[:, measure]) > 0


def test_without_words_and_without_deployments_none_is_ever_raised() -> None:
    two, rhetoric, deployment = lab.pair_of_rivals(), 6, 5
    assert (
        np.diff(lab.play(two, {}, worlds=256).levels[:, rhetoric].astype(int), axis=0) > 0
    ).any()
    mute = lab.play(two, lab.NO_WORDS, worlds=256).levels[:, rhetoric].astype(int)
    assert (np.diff(mute, axis=0) > 0).mean() < 0.001
    # an accident may still lead to a display; nothing that is chosen does
    quiet = {**lab.NO_DEPLOYMENTS, **lab.NO_ACCIDENTS}
    still = lab.play(two, quiet, worlds=256).levels[:, deployment].astype(int)
    assert (np.diff(still, axis=0) > 0).mean() < 0.001


def test_a_withdrawal_reassures_a_seeker() -> None:
    """A withdrawal from a display lowers the seeker's fear and its own readiness to display."""
    west, east = "AAA", "BBB"
    tense = lab.tense_start()
    withdrawn = lab.inserted(tense, Happening.DEPLOYMENT, 0.0, (east, west))
    plain, after = (lab.play(r, worlds=2048, weeks=40) for r in (tense, withdrawn))
    side = tense.relation(west, east)
    shown = [lab.hostile_acts(t, [side], lab.AT + 1, 40) for t in (after, plain)]
    assert rise(*shown).low > 0.0


def test_restraint_after_own_acts_lowers_what_is_left_to_settle() -> None:
    """Without reassurance two rivals clash more."""
    two = lab.pair_of_rivals()
    none = {"reassure_withdrawal": 0.0, "reassure_restraint": 0.0}
    assert rise(lab.clashed(two, worlds=8192), lab.clashed(two, none, worlds=8192)).low > 0.0


def test_every_clash_has_a_cause_and_a_root_and_no_cause_is_told_of_peace() -> None:
    tracks = lab.play(lab.today(), {"miscalculation_strength": 2.0}, worlds=64, weeks=60)
    violent = tracks.rungs >= Rung.CLASH
    cause, root = tracks.causes & 7, tracks.causes >> 3
    started = tracks.rungs[0] >= Rung.CLASH  # a war that a scenario begins with has no cause
    told = violent & ~started[None].any(2, keepdims=True)
    assert (cause[told] > Cause.NONE).all()
    assert (root[told] >= 8).all()
    assert (cause[~violent] == Cause.NONE).all()
    assert {int(c) for c in np.unique(cause[told])} >= {Cause.CHOICE, Cause.ACCIDENT}


def test_a_dated_use_of_force_is_told_as_one() -> None:
    two = lab.one_exchange(lab.pair_of_rivals())
    tracks = lab.play(two, {"deploy_base": -12.0}, worlds=256, weeks=20)
    at = lab.AT
    fresh = tracks.rungs[at - 1, 0] < Rung.CLASH
    assert (tracks.causes[at, 0][fresh] & 7 == Cause.EVENT).all()


def test_fire_that_nobody_answers_is_a_display_where_only_answered_force_counts() -> None:
    two = lab.pair_of_rivals()
    tracks = lab.play(two, {"strike_base": -3.0}, worlds=64, weeks=60)
    kept = lab.answered_only(tracks, two)
    a, b = lab.between_leaders(two)
    both = lab.force(tracks, a) & lab.force(tracks, b)
    assert 0 < both.sum() < (lab.force(tracks, a) | lab.force(tracks, b)).sum()
    for side in (a, b):
        assert (lab.force(kept, side) == both).all()
        alone = lab.force(tracks, side) & ~both
        assert (lab.display(kept, side) >= alone).all()
    assert ((kept.rungs[:, 0] == Rung.CLASH) <= both).all()


def test_an_aim_that_is_met_costs_a_search_nothing() -> None:
    aim = lab.Aim(0.2, 0.4, 0.1)
    assert aim.off(np.array([0.2, 0.3, 0.1, 9.0])).tolist() == pytest.approx([0.0, 0.0, 1.0, 6.0])
    log = lab.Aim(1.0, math.e, 0.5, log=True)
    assert log.off(np.array([log.judged(math.e**2)]))[0] == pytest.approx(2.0)
