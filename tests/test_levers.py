"""What place, stakes, sanctions, arms, words and neutrals must show, P20 to P27."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.evidence import laboratory as lab
from sim.evidence import sizes
from sim.evidence.claims import HOLDS, Held, Trial, rise, small_alliance
from sim.evidence.levers import LEVERS, level
from sim.evidence.mechanisms import GIVEN, MECHANISMS, QUANTITIES, elasticities, headline, settings
from sim.model.parameters import COEFFICIENTS
from sim.model.roster import with_calendar
from sim.model.vocabulary import Happening
from tests.test_properties import shares_that_hold

LONG = {"sizes_of_members", "no_ornament_rhetoric", "no_ornament_sanctions", "no_ornament_cohesion"}
"""Claims that take seconds each; others of their kind stay in the quick tier."""


@pytest.mark.parametrize(
    "claim",
    [pytest.param(c, marks=pytest.mark.slow) if c.__name__ in LONG else c for c in LEVERS],
    ids=lambda claim: claim.__name__,
)
def test_a_claim_of_the_report_holds_at_the_declared_parameters(
    claim: Callable[[Trial], Held],
) -> None:
    found = claim(Trial())
    assert found.answer == HOLDS, found


@pytest.mark.long
def test_most_claims_of_the_report_hold_over_jittered_coefficients() -> None:
    shares = shares_that_hold(LEVERS)
    print(*(f"{share:.2f} {claim}" for claim, share in shares.items()), sep="\n")
    assert np.mean(list(shares.values())) >= 0.5, shares


# What each mechanism does


def test_every_strength_is_a_mechanism_and_no_other() -> None:
    strengths = [name for name, c in COEFFICIENTS.items() if c.group == "strengths"]
    assert [f"{name}_strength" for name in MECHANISMS] == strengths
    given = [name for name, c in COEFFICIENTS.items() if c.group == "given"]
    assert list(GIVEN.values()) == given


def test_readiness_is_apart_from_what_is_given() -> None:
    """At no readiness the levels of the start are there; switched off they are not."""
    roster = small_alliance()
    for mechanism, measure in (("rhetoric", "rhetoric_leaders"), ("deployment", "deployment_east")):
        started = {
            name: level(lab.play(roster, values, worlds=16, weeks=1), measure, 0, 1).max()
            for name, values in settings(mechanism).items()
        }
        assert started["off"] == 0.0
        assert started["0"] == started["1"] > 0.0


def test_what_is_declared_changes_nothing_in_the_table() -> None:
    rows = elasticities(Trial(), worlds=32)
    same = rows[rows["readiness"] == "1"]
    assert set(same["quantity"]) == set(QUANTITIES)
    assert (same[["change", "lo", "hi"]] == 0.0).all(axis=None)
    assert (rows.loc[rows["readiness"] == "0", "change"] != 0.0).any()
    base = headline(Trial(), {}, worlds=32)
    assert same.set_index("quantity").loc["fear", "value"].iloc[0] == base["fear"].mean()


# Pieces of it


def test_an_announced_exercise_alarms_less_than_a_snap_one() -> None:
    roster = small_alliance()
    at = roster.relation("USA", "RUS")

    def alarmed(kind: Happening) -> np.ndarray:
        calendar = [(lab.AT - 1, kind, at, 0.75), (lab.AT + 1, kind, at, 0.0)]
        tracks = lab.play(with_calendar(roster, calendar), worlds=512, weeks=lab.AT + 2)
        return level(tracks, "fear_east", lab.AT, lab.AT + 2)

    assert rise(alarmed(Happening.EXERCISE), alarmed(Happening.SNAP_EXERCISE)).low > 0.0


def test_a_briefing_is_heard_at_home_and_by_neutrals() -> None:
    roster = small_alliance()
    speech = (lab.AT - 1, Happening.SPEECH, roster.relation("RUS", "USA"), 0.75)
    briefing = (lab.AT - 1, Happening.BRIEFING, roster.codes.index("RUS"), 0.75)
    said, briefed = (
        lab.play(with_calendar(roster, events), worlds=64, weeks=lab.AT)
        for events in ([speech], [speech, briefing])
    )
    at = lab.AT
    assert (level(briefed, "cohesion_east", at) > level(said, "cohesion_east", at)).all()
    assert (level(briefed, "lean_neutrals", at) < level(said, "lean_neutrals", at)).all()


def test_a_nearer_buffers_accession_is_resented_more() -> None:
    roster = small_alliance()

    def grievance(code: str) -> float:
        joins = (lab.AT - 1, Happening.ACCESSION, roster.codes.index(code), 1.0)
        tracks = lab.play(with_calendar(roster, [joins]), worlds=16, weeks=lab.AT)
        return float(level(tracks, "grievance_leaders", lab.AT).mean())

    assert grievance("UKR") > grievance("CHE")


def test_a_neutral_drawn_to_a_side_may_join_its_fight() -> None:
    """With no tie of neutrals nobody but members is drawn in."""
    roster = lab.today()
    values = {"join": 0.5, "appeal": 0.1, "accession_strength": 0.0}
    joined, apart = (
        lab.play(roster, {**values, "join_neutral": ties}, worlds=128, weeks=104)
        for ties in (2.0, 0.0)
    )
    assert rise(level(apart, "joins", 104), level(joined, "joins", 104)).low > 0.0


def test_mediation_ends_crises() -> None:
    """In the small alliance weeks at a display or above are fewer where neutrals mediate more."""
    roster = small_alliance()
    without, often = (
        lab.play(roster, {"mediation": value}, worlds=512, weeks=104) for value in (0.0, 0.5)
    )
    longer = level(without, "pairs_disputing", 1), level(often, "pairs_disputing", 1)
    assert rise(*reversed(longer)).low > 0.0


def test_pairs_that_are_not_opposed_fall_into_three_classes() -> None:
    roster = sizes.era()
    found = sizes.classes(roster)
    named = {
        kind: {"-".join(sorted(roster.codes[i] for i in roster.pairs[p])) for p in pairs}
        for kind, pairs in found.items()
    }
    assert "KOR-PRK" in named["rivals"]
    assert "CHN-RUS" in named["neighbours by land"]
    assert "JPN-RUS" in named["the rest"]
    assert sum(map(len, named.values())) == 91


def test_a_state_trait_is_that_states_alone() -> None:
    greedy = lab.with_traits(small_alliance(), RUS={"greed": 0.8})
    changed = greedy.atlas.state_traits != small_alliance().atlas.state_traits
    assert changed.sum() == 1
