"""Every coefficient of the model, declared once: value, unit, range, meaning, source, status.

YAML files, sweeps, sliders, the table of docs/parameters.md and the tests all read these declarations. A
parameter holds for a whole world; what differs between states or pairs is a trait of the roster.

Status is *measured* (read off data), *calibrated* (tuned so that simulated disputes resemble the
recorded ones) or *assumed*. The range is the span over which a sweep is meaningful; values outside
it are refused. To read on: :mod:`sim.model.rules`, where each is used.
"""

# One line a parameter, read as a table.
# ruff: noqa: E501
# fmt: off

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.lanes import Floats, Row

Status = Literal["measured", "calibrated", "assumed"]


@dataclass(frozen=True, kw_only=True)
class Coefficient:
    """The declaration of one parameter.

    Raises:
        ValueError: if the value is not finite or outside its own range.
    """

    value: float
    low: float
    high: float
    unit: str
    meaning: str
    source: str
    status: Status
    group: str

    def __post_init__(self) -> None:
        if not self.allows(self.value):
            raise ValueError(f"{self.meaning}: {self.value} is outside [{self.low}, {self.high}]")

    def allows(self, value: float) -> bool:
        """Say whether a value is finite and inside the range."""
        return math.isfinite(value) and self.low <= value <= self.high


_group = ""


def _section(title: str) -> None:
    global _group
    _group = title


def _declare(
    value: float,
    low: float,
    high: float,
    unit: str,
    meaning: str,
    source: str = "assumption",
    status: Status = "assumed",
) -> Any:
    return Coefficient(
        value=value, low=low, high=high, unit=unit, meaning=meaning,
        source=source, status=status, group=_group,
    )


_MID = "fitted to dyadic MID rates 1946-91"
_C: Status = "calibrated"


class Parameters(Row):
    """The parameters of a world, one value a lane; reading an attribute loads it."""

    # The readiness for each mechanism, apart from what a scenario gives; both at zero, it is absent
    _section("strengths")
    rhetoric_strength: float = _declare(1.0, 0.0, 3.0, "1", "S1: readiness to accuse and threaten")
    deployment_strength: float = _declare(1.0, 0.0, 3.0, "1", "S2: readiness to deploy")
    sanctions_strength: float = _declare(1.0, 0.0, 3.0, "1", "S3: readiness to sanction")
    accession_strength: float = _declare(1.0, 0.0, 3.0, "1", "S4: accession and the grievance it causes")
    perception_strength: float = _declare(1.0, 0.0, 1.5, "1", "S5: how far the two sides' pictures of the same acts can part")
    cohesion_strength: float = _declare(1.0, 0.0, 3.0, "1", "S6: cohesion, rally and audience costs")
    spending_strength: float = _declare(1.0, 0.0, 3.0, "1", "S7: military spending's reaction to threat")
    appeal_strength: float = _declare(1.0, 0.0, 3.0, "1", "S8: appeals to neutrals and their leaning")
    channel_strength: float = _declare(1.0, 0.0, 1.0, "1", "S9: what attaches and diplomatic channels do")
    miscalculation_strength: float = _declare(1.0, 0.0, 8.0, "1", "S10: scale of the odds of all five kinds of miscalculation")

    _section("given")
    rhetoric_given: float = _declare(1.0, 0.0, 1.0, "1", "S1: part of the rhetoric that a scenario gives, at the start and by its events")
    deployment_given: float = _declare(1.0, 0.0, 1.0, "1", "S2: ... of deployments, forces in allies and exercises")
    sanctions_given: float = _declare(1.0, 0.0, 1.0, "1", "S3: ... of sanctions")
    diplomacy_given: float = _declare(1.0, 0.0, 1.0, "1", "S9: ... of diplomacy")

    _section("world")
    offence: float = _declare(0.5, 0.0, 1.0, "1", "advantage of offence over defence", "Jervis 1978")
    distinguishability: float = _declare(0.5, 0.0, 1.0, "1", "how far a defensive posture can be told from an offensive one", "Jervis 1978")
    challenger_greed: float = _declare(0.0, 0.0, 1.0, "1", "how far the challenger probes for gain rather than security", "Jervis 1976; Kydd 2005")
    challenger_firmness: float = _declare(0.0, 0.0, 1.0, "1", "added firmness of the challenger in meeting hostility with hostility", "Jervis 1976")
    defender_firmness: float = _declare(0.0, 0.0, 1.0, "1", "added firmness of everybody else", "Jervis 1976")

    _section("miscalculation")
    misread_intent: float = _declare(0.04, 0.0, 0.5, "1/relation-week", "odds of misreading intent", "Jervis 1976")
    misread_capability: float = _declare(0.03, 0.0, 0.5, "1/relation-week", "odds of misreading capability", "Jervis 1976")
    lost_signal: float = _declare(0.1, 0.0, 0.5, "1/relation-week", "odds that a signal is lost", "Jervis 1976")
    accident: float = _declare(0.0019, 0.0, 0.1, "1/relation-week", "rate of unauthorised or unintended acts at unit contact and tension", _MID, _C)
    misjudged_resolve: float = _declare(0.1, 0.0, 1.0, "1/confrontation", "odds of misjudging the other's resolve", "Powell 1990")
    hostile_share: float = _declare(0.5, 0.0, 1.0, "1", "direction of misread intent: share read as hostile, without fear", "Jervis 1976")
    fear_bias: float = _declare(0.3, 0.0, 1.0, "1", "added hostile share at full fear", "Jervis 1976")
    overestimate_share: float = _declare(0.6, 0.0, 1.0, "1", "direction of misread capability: share that overestimates")
    concession_share: float = _declare(0.5, 0.0, 1.0, "1", "direction of lost signals: share that are concessions, the rest warnings")
    force_share: float = _declare(0.639, 0.0, 1.0, "1", "direction of accidents: share that use force, the rest are unintended displays", _MID, _C)
    yielding_share: float = _declare(0.65, 0.0, 1.0, "1", "direction of misjudged resolve: share that expects the other to yield")
    intent_size: float = _declare(0.4, 0.0, 1.0, "1", "hostility added by a hostile misreading")
    benign_size: float = _declare(0.6, 0.0, 1.0, "1", "share of hostility missed by a benign misreading")
    capability_size: float = _declare(0.4, 0.0, 0.9, "1", "relative error of misread capability")
    resolve_size: float = _declare(0.35, 0.0, 1.0, "1", "error of misjudged resolve")
    channel_clarity: float = _declare(0.8, 0.0, 1.0, "1", "share of misreading that a perfect channel removes")
    time_pressure: float = _declare(0.145, 0.0, 1.0, "1/rung", "added odds of miscalculation per rung", _MID, _C)

    _section("perception")
    rhetoric_weight: float = _declare(0.255, 0.0, 1.0, "1", "weight of rhetoric in perceived hostility", _MID, _C)
    deployment_weight: float = _declare(0.6, 0.0, 1.0, "1", "weight of deployment in perceived hostility")
    sanctions_weight: float = _declare(0.15, 0.0, 1.0, "1", "weight of sanctions in perceived hostility")
    arms_weight: float = _declare(0.0741, 0.0, 2.0, "1", "weight of an adversary's military spending above normal in perceived hostility", "Richardson 1960; Gibler, Rider & Hutchison 2005")
    force_weight: float = _declare(0.4, 0.0, 1.0, "1", "weight of force in progress in perceived hostility")
    forward_weight: float = _declare(1.2, 0.0, 5.0, "1", "weight of forces forward in an ally, relative to as many at home", "Jervis 1978; Boulding 1962")
    notice: float = _declare(0.7, 0.0, 1.0, "1", "share of an exercise's alarm that its announcement removes", "Vienna Document 2011: notice 42 days ahead")
    fog: float = _declare(0.5, 0.0, 1.0, "1", "relative noise of perception without a channel (half width)")
    perception_rate: float = _declare(0.4, 0.0, 1.0, "1/week", "how fast the picture of the other follows what is seen")
    alarm_gain: float = _declare(11, 0.0, 20.0, "1", "alarm per upward surprise", _MID, _C)
    alarm_memory: float = _declare(0.482, 0.0, 0.95, "1/week", "share of alarm kept from week to week", _MID, _C)
    alarm_limit: float = _declare(2.0, 0.5, 4.0, "1", "largest alarm")
    reply_memory: float = _declare(0.581, 0.0, 0.95, "1/week", "share of the impulse to reply kept from week to week", _MID, _C)
    reply_settle: float = _declare(0.927, 0.0, 1.0, "1", "share of the impulse to reply that an own display or use of force settles", _MID, _C)
    force_impulse: float = _declare(0.342, 0.0, 1.0, "1", "impulse to reply to force with a display, relative to that to a display", _MID, _C)

    _section("appraisal")
    fear_gain: float = _declare(3.77, 0.0, 6.0, "1", "fear per perceived hostility", _MID, _C)
    fear_base: float = _declare(0.4, 0.0, 2.0, "1", "part of fear that does not depend on relative capability", "Walt 1987")
    fear_capability: float = _declare(1.2, 0.0, 3.0, "1", "part of fear per adversary's share of capability", "Walt 1987")
    fear_offence: float = _declare(0.5, 0.0, 1.0, "1", "part of fear that remains without offensive advantage", "Jervis 1978")
    fear_rise: float = _declare(0.25, 0.0, 1.0, "1/week", "how fast fear rises")
    fear_fall: float = _declare(0.0107, 0.0, 1.0, "1/week", "how fast fear falls", _MID, _C)
    greed_calm: float = _declare(0.8, 0.0, 1.0, "1", "share of fear that a pure prober does not feel", "Kydd 2005")
    sensibility: float = _declare(0.2, 0.0, 1.0, "1", "security-dilemma sensibility: discount for the other reacting to oneself", "Booth & Wheeler 2008")

    _section("consultation")
    solidarity: float = _declare(0.5, 0.0, 1.0, "1", "solidarity of allies", "Snyder 1984")
    fear_pooling: float = _declare(0.6, 0.0, 1.0, "1", "share of the allies' greater fear that is taken over at full solidarity", "Snyder 1984")
    capability_pooling: float = _declare(0.25, 0.0, 1.0, "1", "share of the allies' capability counted on at full solidarity", "Snyder 1984")
    tripwire: float = _declare(0.5, 0.0, 2.0, "1", "retaliation expected per forces of allies that stand in a state", "Schelling 1966")
    appeal: float = _declare(0.01, 0.0, 0.1, "1/week", "pull of a leader's appeal on a neutral of full affinity", "Walt 1987")
    umbrella: float = _declare(0.99, 0.0, 1.0, "1", "nuclear cover of a nuclear bloc's members")

    _section("deployment")
    deploy_base: float = _declare(-7.04, -12.0, -2.0, "logit", "readiness to raise deployment", _MID, _C)
    deploy_fear: float = _declare(2.85, 0.0, 8.0, "logit", "... per fear", _MID, _C)
    deploy_alarm: float = _declare(0.088, 0.0, 5.0, "logit", "... per alarm", _MID, _C)
    deploy_reply: float = _declare(0.143, 0.0, 10.0, "logit", "... per impulse to reply", _MID, _C)
    deploy_grievance: float = _declare(1.0, 0.0, 5.0, "logit", "... per grievance")
    deploy_opportunity: float = _declare(9.0, 0.0, 12.0, "logit", "... per opportunity", "Jervis 1976")
    deploy_firmness: float = _declare(5.0, 0.0, 10.0, "logit", "... per firmness and perceived hostility", "Jervis 1976")
    deploy_threshold: float = _declare(3.55, 0.0, 8.0, "logit", "... less for the step from presence to a display", "Schelling 1966", _C)
    deploy_audience: float = _declare(1.0, 0.0, 6.0, "logit", "anticipated audience cost of entering a crisis", "Fearon 1994")
    deploy_retaliation: float = _declare(1.0, 0.0, 5.0, "logit", "... less per expected retaliation", "Powell 1990")
    deploy_cost: float = _declare(1.0, 0.0, 5.0, "logit", "... less per square of deployment")
    deploy_stress: float = _declare(1.5, 0.0, 5.0, "logit", "... less per economic stress")
    deploy_reach: float = _declare(0.116, 0.0, 4.0, "logit", "... less per lack of proximity", "Boulding 1962", _C)
    station_base: float = _declare(-9.0, -12.0, 0.0, "logit", "readiness to station forces in an ally that fears the other leader")
    station_fear: float = _declare(2.0, 0.0, 8.0, "logit", "... per fear of the ally and of its leader", "Snyder 1984")
    unstation_base: float = _declare(-4.5, -12.0, 0.0, "logit", "readiness to withdraw them")
    unstation_fear: float = _declare(2.0, 0.0, 8.0, "logit", "... less per fear of the ally")
    deterrence: float = _declare(1.2, 0.0, 3.0, "1", "share of a prober's opportunity that sure retaliation removes", "Jervis 1976")
    reply_threshold: float = _declare(0.3, 0.05, 1.0, "1", "impulse above which a reply goes at once to a display")
    withdraw_base: float = _declare(-1.42, -5.0, 3.0, "logit", "readiness to lower deployment", _MID, _C)
    withdraw_presence: float = _declare(1.6, 0.0, 6.0, "logit", "how much stickier routine presence is than a display", _MID, _C)
    withdraw_cost: float = _declare(1.23, 0.0, 6.0, "logit", "... per square of deployment", _MID, _C)
    withdraw_fear: float = _declare(2.35, 0.0, 8.0, "logit", "... less per fear", _MID, _C)
    withdraw_alarm: float = _declare(1.59, 0.0, 5.0, "logit", "... less per alarm", _MID, _C)
    withdraw_audience: float = _declare(1.0, 0.0, 5.0, "logit", "tied hands: ... less per audience cost and own rhetoric", "Fearon 1994")
    withdraw_firmness: float = _declare(2.0, 0.0, 5.0, "logit", "... less per firmness and perceived hostility", "Jervis 1976")
    withdraw_opportunity: float = _declare(3.5, 0.0, 8.0, "logit", "... less per opportunity")
    withdraw_respect: float = _declare(2.0, 0.0, 5.0, "logit", "... per greed and expected retaliation", "Jervis 1976")
    withdraw_channel: float = _declare(0.327, 0.0, 4.0, "logit", "... per channel quality", _MID, _C)
    withdraw_stress: float = _declare(2.0, 0.0, 5.0, "logit", "... per economic stress")
    withdraw_relief: float = _declare(2.0, 0.0, 8.0, "logit", "... per relief of sanctions in sight", "Pape 1997; Drezner 1999")
    withdraw_talks: float = _declare(2.0, 0.0, 5.0, "logit", "... while a mediator's talks last")
    withdraw_issue: float = _declare(0.59, 0.0, 2.0, "1", "part of issue salience that keeps forces in place", _MID, _C)

    _section("reaction")
    score_memory: float = _declare(0.972, 0.0, 0.999, "1/week", "share of a score kept from week to week", _MID, _C)
    score_settle: float = _declare(0.443, 0.0, 1.0, "1", "share of a score that an own display or use of force settles", _MID, _C)
    score_display: float = _declare(0.669, 0.0, 3.0, "1", "score per display of the other that looks hostile", _MID, _C)
    score_step: float = _declare(0.043, 0.0, 3.0, "1", "... per quarter by which its deployment is raised", _MID, _C)
    score_force: float = _declare(1.4, 0.0, 4.0, "1", "... per use of force", _MID, _C)
    score_sanction: float = _declare(0.1, 0.0, 3.0, "1", "... per step of sanctions")
    score_word: float = _declare(0.181, 0.0, 3.0, "1", "... per step of rhetoric", _MID, _C)
    score_offence: float = _declare(0.447, 0.0, 2.0, "1", "part of provocations that scales with the advantage of offence", "Jervis 1978", _C)
    score_limit: float = _declare(3.0, 0.0, 5.0, "1", "largest score")
    act_memory: float = _declare(0.8, 0.0, 0.99, "1/week", "share of own recent acts remembered from week to week")
    reassure_withdrawal: float = _declare(0.185, 0.0, 2.0, "1", "score taken off per quarter by which the other lowers its deployment", "Osgood 1962; Kydd 2005", _C)
    reassure_restraint: float = _declare(0.0405, 0.0, 1.0, "1", "score taken off by a quiet week of the other after an own act", "Kydd 2005", _C)
    trust_limit: float = _declare(1.0, 0.0, 3.0, "1", "largest trust: how far a score falls below zero")
    fear_trust: float = _declare(0.731, 0.0, 1.0, "1", "share of fear that unit trust removes", "Kydd 2005", _C)
    motive_grievance: float = _declare(0.925, 0.0, 1.0, "1", "motive per grievance", _MID, _C)
    motive_heat: float = _declare(0.499, 0.0, 2.0, "1", "motive per heat", _MID, _C)
    deploy_heat: float = _declare(2.56, 0.0, 6.0, "logit", "readiness to raise deployment per heat", _MID, _C)
    withdraw_heat: float = _declare(0.0405, 0.0, 6.0, "logit", "... to lower it, less per heat", _MID, _C)
    accuse_heat: float = _declare(0.344, 0.0, 3.0, "logit", "... to raise rhetoric per heat", _MID, _C)
    posture_rate: float = _declare(0.000968, 0.0, 0.5, "1/week", "weight of acting anew within a posture that is kept up", _MID, _C)
    posture_heat: float = _declare(0.0676, 0.0, 4.0, "logit", "... per heat", _MID, _C)
    strike_strength: float = _declare(1.0, 0.0, 3.0, "1", "readiness to use force by choice; 0 is none")
    strike_base: float = _declare(-6.25, -12.0, 2.0, "logit", "... at unit motive, contact and heat", _MID, _C)
    strike_floor: float = _declare(0.587, 0.0, 1.0, "1", "readiness without any heat, relative to that per heat", _MID, _C)
    strike_fresh: float = _declare(1.38, 0.0, 5.0, "1", "heat added by a display of the same week", _MID, _C)
    strike_offence: float = _declare(2.06, 0.0, 8.0, "logit", "... per fear and advantage of offence above an even balance", "Jervis 1978", _C)
    strike_opportunity: float = _declare(4.0, 0.0, 12.0, "logit", "... per opportunity", "Jervis 1976")
    strike_firmness: float = _declare(0.886, 0.0, 8.0, "logit", "... per firmness and perceived hostility", "Jervis 1976", _C)
    strike_retaliation: float = _declare(0.122, 0.0, 8.0, "logit", "... less per expected retaliation", "Powell 1990", _C)
    strike_first: float = _declare(1, 0.0, 10.0, "logit", "... per mobilisation of the other and advantage of offence, more above an even balance and less below", "Schelling 1966; Jervis 1978")
    strike_talks: float = _declare(1.5, 0.0, 5.0, "logit", "... less while a mediator's talks last", "ICB: mediated crises end with less violence")
    strike_issue: float = _declare(1.5, 0.0, 2.0, "1", "part of issue salience in chosen force", _MID, _C)
    attribution: float = _declare(0.412, 0.0, 1.0, "1", "odds, without heat, that an accident is taken as meant", _MID, _C)
    excuse_channel: float = _declare(0.47, 0.0, 1.0, "1", "share of such odds that a perfect channel removes", _MID, _C)
    reach: float = _declare(0.497, 0.0, 1.0, "1", "part of chosen force and accidents that does not need proximity", "Boulding 1962", _C)
    size_share: float = _declare(0.629, 0.0, 1.0, "1", "part of contact that goes with the two states' size", "CINC; fitted to disputes by pair 1946-91", _C)
    size_half: float = _declare(0.00357, 0.0001, 0.5, "1", "share of the world's capability at half of full exposure", "CINC; fitted to disputes by pair 1946-91", _C)

    _section("rhetoric")
    accuse_base: float = _declare(-4.39, -8.0, 2.0, "logit", "readiness to raise rhetoric", _MID, _C)
    accuse_fear: float = _declare(1.5, 0.0, 5.0, "logit", "... per fear")
    accuse_alarm: float = _declare(1.2, 0.0, 5.0, "logit", "... per alarm")
    accuse_cohesion: float = _declare(1.0, 0.0, 5.0, "logit", "... per lack of cohesion at home", "Oneal & Bryan 1995")
    accuse_firmness: float = _declare(1.5, 0.0, 5.0, "logit", "... per firmness")
    accuse_issue: float = _declare(0.3, 0.0, 2.0, "1", "part of issue salience that is voiced")
    soften_base: float = _declare(-3.53, -8.0, 2.0, "logit", "readiness to lower rhetoric", _MID, _C)
    soften_level: float = _declare(2.0, 0.0, 6.0, "logit", "... per level")
    soften_alarm: float = _declare(0.8, 0.0, 5.0, "logit", "... less per alarm")

    _section("sanctions")
    sanction_base: float = _declare(-6.0, -12.0, 0.0, "logit", "readiness to raise sanctions", "GSDB")
    sanction_alarm: float = _declare(1.5, 0.0, 5.0, "logit", "... per alarm")
    sanction_grievance: float = _declare(1.0, 0.0, 5.0, "logit", "... per grievance")
    sanction_hostility: float = _declare(1.0, 0.0, 5.0, "logit", "... per perceived hostility")
    sanction_stress: float = _declare(1.0, 0.0, 5.0, "logit", "... less per own cost of sanctions", "GSDB")
    lift_base: float = _declare(-5.5, -10.0, 0.0, "logit", "readiness to lower sanctions (median life 5 years)", "GSDB")
    lift_level: float = _declare(0.5, 0.0, 3.0, "logit", "... per level")
    sanction_lean: float = _declare(2.0, 0.0, 8.0, "logit", "readiness of a neutral to sanction a leader per leaning away from it", "Walt 1987")
    conditional: float = _declare(0.3, 0.0, 1.0, "1", "how far sanctions are tied to a display: lifted when it ends, and known to be", "Pape 1997; Drezner 1999")
    lift_condition: float = _declare(3.0, 0.0, 8.0, "logit", "readiness to lift tied sanctions while the other displays nothing")
    relief_floor: float = _declare(0.3, 0.0, 1.0, "1", "worth of relief without economic stress")
    relief_face: float = _declare(0.5, 0.0, 1.0, "1", "share of relief that is lost on a leader with audience costs whom threats tell to yield", "Fearon 1994")

    _section("diplomacy")
    talk_base: float = _declare(-4.0, -8.0, 0.0, "logit", "readiness to raise diplomacy")
    talk_fear: float = _declare(1.5, 0.0, 5.0, "logit", "... per fear and sensibility", "Booth & Wheeler 2008")
    talk_return: float = _declare(4.0, 0.0, 8.0, "logit", "pull of both moves back to ordinary embassies")
    talk_rhetoric: float = _declare(1.0, 0.0, 5.0, "logit", "... less per own rhetoric", "Fearon 1994")
    expel_base: float = _declare(-5.5, -10.0, 0.0, "logit", "readiness to lower diplomacy")
    expel_alarm: float = _declare(1.0, 0.0, 5.0, "logit", "... per alarm")
    expel_rhetoric: float = _declare(1.0, 0.0, 5.0, "logit", "... per own rhetoric")
    mediation: float = _declare(0.232, 0.0, 0.5, "1/week", "rate at which willing neutrals mediate in a crisis", "ICB: 34 % of crises mediated", _C)
    mediation_end: float = _declare(0.15, 0.02, 1.0, "1/week", "rate at which a mediator's talks run out")

    _section("ladder")
    contact_base: float = _declare(0.0587, 0.0, 2.0, "1", "contact without deployments", _MID, _C)
    accident_issue: float = _declare(0.683, 0.0, 2.0, "1", "part of issue salience in accidents", _MID, _C)
    incident: float = _declare(0.0482, 0.0, 0.5, "1/week", "rate of incidents between displayed forces", _MID, _C)
    incident_base: float = _declare(0.695, 0.0, 2.0, "1", "... with one side displaying", _MID, _C)
    incident_mutual: float = _declare(0.653, 0.0, 6.0, "1", "... per mutual deployment", "Schelling 1966", _C)
    incident_fresh: float = _declare(0.645, 0.0, 6.0, "1", "... per fresh act", _MID, _C)
    incident_reach: float = _declare(0.4, 0.0, 1.0, "1", "part of incidents that does not need proximity")
    incident_issue: float = _declare(0.3, 0.0, 2.0, "1", "part of issue salience in incidents")
    incident_violence: float = _declare(0.264, 0.0, 1.0, "1/week", "rate of further incidents while a clash lasts", _MID, _C)

    _section("confrontation")
    stand_base: float = _declare(0.814, -4.0, 4.0, "logit", "readiness to stand firm", _MID, _C)
    stand_grievance: float = _declare(1.0, 0.0, 5.0, "logit", "... per grievance")
    stand_fear: float = _declare(0.61, 0.0, 5.0, "logit", "... per fear", _MID, _C)
    stand_audience: float = _declare(1.0, 0.0, 5.0, "logit", "... per audience cost and own rhetoric", "Fearon 1994")
    stand_firmness: float = _declare(0.6, 0.0, 5.0, "logit", "... per firmness")
    stand_greed: float = _declare(1.0, 0.0, 5.0, "logit", "... per greed")
    stand_belief: float = _declare(2.3, 0.0, 5.0, "logit", "... less per believed resolve and capability of the other", "Powell 1990", _C)
    stand_nuclear: float = _declare(0.6, 0.0, 3.0, "logit", "... less per nuclear risk and rung above crisis", "Schelling 1966; Powell 1990")
    stand_cohesion: float = _declare(2.0, 0.0, 5.0, "logit", "... per cohesion")
    retaliation: float = _declare(-0.32, -4.0, 4.0, "logit", "added readiness to answer force with force", _MID, _C)
    yield_cost: float = _declare(0.06, 0.0, 0.5, "1", "cohesion lost by yielding, per audience cost", "Fearon 1994")
    concession: float = _declare(0.25, 0.0, 1.0, "1", "part of what is at issue that a side loses by giving way alone", "Fearon 1995; Powell 1999")
    seizure: float = _declare(0.1, 0.0, 1.0, "1", "part of it that unanswered force takes", "Tarar 2016; Altman 2017: faits accomplis")
    encroachment: float = _declare(0.05, 0.0, 1.0, "1/week", "... that a display takes which a prober keeps up and nobody answers, per opportunity", "Schelling 1966: salami tactics")
    grievance_loss: float = _declare(0.724, 0.0, 5.0, "1", "grievance per loss of what is at issue")
    belief_up: float = _declare(0.35, 0.0, 1.0, "1", "rise of believed resolve after a stand")
    belief_down: float = _declare(0.35, 0.0, 1.0, "1", "fall of believed resolve after a yield")
    clash_end: float = _declare(0.584, 0.02, 1.0, "1/week", "rate at which a clash ends", _MID, _C)
    end_talks: float = _declare(1.0, 0.0, 5.0, "1", "how much a mediator's talks hasten every ending of violence", "ICB: mediated crises end with less violence")
    war_onset: float = _declare(0.0801, 0.0, 1.0, "1/week", "odds that a mutual clash becomes a war", _MID, _C)
    nuclear_brake: float = _declare(0.998, 0.0, 1.0, "1", "share of wars between nuclear states that the risk prevents", "Powell 1990; no such war in MID")
    war_end: float = _declare(0.02, 0.002, 1.0, "1/week", "rate at which a war ends")
    nuclear_use: float = _declare(0.0001, 0.0, 0.05, "1/week", "rate of nuclear use in a war of nuclear states", "Schelling 1966; never observed")
    nuclear_end: float = _declare(0.1, 0.01, 1.0, "1/week", "rate at which a war ends after nuclear use")
    join: float = _declare(0.0165, 0.0, 0.5, "1/clash", "odds that a member joins a clash of the other bloc's leader", "MID joining; Snyder 1984", _C)
    join_fear: float = _declare(0.5, 0.0, 2.0, "1", "part of joining that does not need fear")
    join_leader: float = _declare(6.98, 1.0, 10.0, "1", "how much readier a leader joins", "MID: majors join 4 times as often", _C)

    _section("spread")
    tripwire_join: float = _declare(2.0, 0.0, 10.0, "1", "how much readier allies are to join, per forces of theirs in the state attacked", "Schelling 1966")
    join_neutral: float = _declare(0.3, 0.0, 2.0, "1", "readiness of a neutral to join, per leaning to the side attacked, relative to a member")
    channel_base: float = _declare(0.7, 0.0, 1.0, "1", "channel quality of ordinary diplomacy in peace")
    channel_rate: float = _declare(0.03, 0.0, 0.5, "1/week", "how fast channel quality moves")
    channel_erosion: float = _declare(0.6, 0.0, 2.0, "1", "channel quality lost per perceived hostility")
    hotline: float = _declare(0.0, 0.0, 1.0, "1", "a hotline between the two leaders (0 none, 1 in full)")
    hotline_floor: float = _declare(0.3, 0.0, 1.0, "1", "channel quality below which a hotline does not fall")
    hotline_gain: float = _declare(0.3, 0.0, 1.0, "1", "channel quality a hotline adds")
    hotline_speed: float = _declare(3.0, 0.0, 10.0, "1", "how much faster a hotline mends")
    expulsion_cost: float = _declare(0.8, 0.0, 1.0, "1", "share of channel quality lost when attaches are expelled")
    bite: float = _declare(1.0, 0.0, 5.0, "1", "economic stress per sanction and share of trade", "GSDB")
    sender_cost: float = _declare(0.3, 0.0, 2.0, "1", "stress of the sender, relative to that of the target", "GSDB")
    adaptation: float = _declare(0.015, 0.0, 0.2, "1/week", "how fast an economy adapts to sanctions", "Pape 1997")
    coalition: float = _declare(0.5, 0.0, 1.0, "1", "share of adaptation that sanctions on all trade prevent", "Drezner 2000; GSDB")
    erosion: float = _declare(0.2, 0.0, 1.0, "1", "capability lost at full stress")
    spend_rate: float = _declare(0.00296, 0.0, 0.05, "1/week", "speed of military spending", "Richardson 1960")
    spend_threat: float = _declare(1.0, 0.0, 5.0, "1", "defence term: spending per threat", "Richardson 1960")
    spend_fatigue: float = _declare(1.0, 0.0, 5.0, "1", "fatigue term: restraint per spending above normal", "Richardson 1960")
    spend_grievance: float = _declare(0.2, 0.0, 2.0, "1", "grievance term", "Richardson 1960")
    spend_stress: float = _declare(0.5, 0.0, 3.0, "1", "spending forgone per economic stress")
    audience: float = _declare(1.0, 0.0, 3.0, "1", "scale of audience costs; a state's exposure is its democracy", "Fearon 1994")
    cohesion_rate: float = _declare(0.05, 0.005, 0.5, "1/week", "return of cohesion to normal")
    rally: float = _declare(0.05, 0.0, 0.5, "1", "rally round the flag per clash", "Oneal & Bryan 1995")
    rally_rhetoric: float = _declare(0.005, 0.0, 0.1, "1/week", "cohesion gained by own rhetoric and fear", "Oneal & Bryan 1995")
    grievance_sanctions: float = _declare(0.0015, 0.0, 0.05, "1/week", "grievance per sanction")
    grievance_force: float = _declare(0.05, 0.0, 0.5, "1", "grievance per use of force")
    grievance_forward: float = _declare(0.2, 0.0, 2.0, "1", "grievance of the rival leader per forces newly stationed near it")
    rally_briefing: float = _declare(0.05, 0.0, 0.5, "1", "cohesion gained at home by a briefing of full size")
    appeal_briefing: float = _declare(0.05, 0.0, 0.5, "1", "pull of a leader's briefing on a neutral of full affinity")
    grievance_accession: float = _declare(0.25, 0.0, 1.0, "1", "grievance of the rival leader per accession")
    accession_leader: float = _declare(0.3, 0.0, 1.0, "1", "part of that grievance laid at the other leader's door")
    grievance_fade: float = _declare(0.008, 0.0, 0.2, "1/week", "how fast grievance fades to its floor")
    belief_rate: float = _declare(0.08, 0.0, 1.0, "1/week", "how fast believed resolve follows what is visible")
    belief_base: float = _declare(0.3, 0.0, 1.0, "1", "believed resolve of a silent state")
    belief_deployment: float = _declare(0.7, 0.0, 1.0, "1", "... per deployment seen", "Schelling 1966")
    belief_backing: float = _declare(0.4, 0.0, 2.0, "1", "... per rhetoric that forces stand behind", "Schelling 1966")
    belief_rhetoric: float = _declare(0.6, 0.0, 2.0, "1", "... per rhetoric of a firm state", "Fearon 1994")
    belief_audience: float = _declare(0.3, 0.0, 2.0, "1", "... per rhetoric of a state with audience costs", "Fearon 1994")
    lean_rate: float = _declare(0.02, 0.0, 0.2, "1/week", "speed of leaning", "Walt 1987")
    lean_threat: float = _declare(2.0, 0.0, 5.0, "1", "leaning away per difference in fear of the two leaders", "Walt 1987")
    lean_hedge: float = _declare(0.5, 0.0, 3.0, "1", "pull of hedging back to the middle")
    join_hazard: float = _declare(0.004, 0.0, 0.2, "1/week", "accession hazard per leaning beyond the threshold")
    join_threshold: float = _declare(0.6, 0.0, 1.0, "1", "leaning beyond which a neutral may join")

    _section("issues")
    issue_size: float = _declare(0.497, 0.0, 3.0, "logit", "standard deviation of issue salience", _MID, _C)
    issue_memory: float = _declare(0.973, 0.0, 0.999, "1/week", "persistence of a pair's issues", _MID, _C)
    climate_share: float = _declare(0.35, 0.0, 1.0, "1", "share of issue variance common to all pairs", "MID counts are overdispersed", _C)
    climate_memory: float = _declare(0.985, 0.0, 0.999, "1/week", "persistence of the climate", "GPR index", _C)

    _section("start")
    start_grievance: float = _declare(0.31, 0.0, 1.0, "1", "grievance of opposed states at the start", _MID, _C)
    start_grievance_near: float = _declare(0.232, 0.0, 1.0, "1", "... per proximity", _MID, _C)
    start_grievance_rival: float = _declare(0.0526, 0.0, 1.0, "1", "... of rivals", "Thompson, Sakuwa & Suhas 2021", _C)
    start_grievance_other: float = _declare(0.0819, 0.0, 1.0, "1", "grievance of pairs not opposed at the start", "fitted to disputes by class 1946-91", _C)
    start_grievance_feud: float = _declare(0.297, 0.0, 1.0, "1", "... more of rivals that are not opposed", "Thompson, Sakuwa & Suhas 2021; fitted to disputes by class 1946-91", _C)
    start_grievance_reach: float = _declare(1.25, 0.0, 2.0, "1", "... more between a neutral and a leader of a bloc, per disagreement in the UN", "UN votes (Voeten); fitted to disputes by class 1946-91; major powers dispute widely (Bremer 1992)", _C)
    start_fear_feud: float = _declare(0.348, 0.0, 1.0, "1", "fear of a rival that is not opposed at the start, per proximity", "fitted to disputes by class 1946-91", _C)
    start_fear: float = _declare(0.844, 0.0, 1.0, "1", "fear at the start, per proximity", _MID, _C)
    start_resolve: float = _declare(0.4, 0.0, 1.0, "1", "believed resolve at the start")
    start_channel: float = _declare(0.5, 0.0, 1.0, "1", "channel quality at the start")



COEFFICIENTS: dict[str, Coefficient] = Parameters.DECLARED


def defaults() -> dict[str, float]:
    """Return the declared value of every parameter."""
    return {name: c.value for name, c in COEFFICIENTS.items()}


def parameter_block(values: Mapping[str, float], n_lanes: int) -> Floats:
    """Return the block ``[1, parameter, lane]`` in which all lanes have the same values.

    Args:
        values: values that differ from the declared ones.
        n_lanes: number of lanes.

    Raises:
        KeyError: if a name is not a parameter.
    """
    unknown = set(values) - set(COEFFICIENTS)
    if unknown:
        raise KeyError(f"not parameters: {sorted(unknown)}")
    chosen = {**defaults(), **values}
    column = np.array([float(chosen[name]) for name in Parameters.FIELDS])
    return np.ascontiguousarray(np.repeat(column[None, :, None], n_lanes, axis=2))


def table() -> str:
    """Return the Markdown table of all parameters."""
    lines = ["| parameter | value | range | unit | meaning | source | status |", "|---|---|---|---|---|---|---|"]
    section = ""
    for name, c in COEFFICIENTS.items():
        if c.group != section:
            section = c.group
            lines.append(f"| **{section}** | | | | | | |")
        lines.append(
            f"| `{name}` | {c.value:g} | {c.low:g} to {c.high:g} | {c.unit} | {c.meaning} | {c.source} | {c.status} |"
        )
    return "\n".join(lines)
