"""What a state does next: each instrument is raised, held or lowered by a three-way logit.

The weight of raising is multiplied by a *motive* that is exactly zero for a state without fear,
grievance or opportunity, so that in the calm corner nothing ever begins. The logits weigh fear,
resolve, cohesion, cost, audience cost and expected retaliation. One uniform decides, raising from
below and lowering from above, so that paired runs differ only where the odds do.
"""

from __future__ import annotations

from sim.lanes import least, most, where
from sim.lanes.arithmetic import exponential
from sim.model.parameters import Parameters
from sim.model.rules.ladder import displays
from sim.model.vocabulary import PRESENCE, Rung, Violence


def opportunity(p: Parameters, greed: float, retaliation: float, held: float) -> float:
    """Return what a prober sees to gain: nothing where retaliation is sure (Jervis 1976).

    Args:
        p: parameters.
        greed: 0 to 1.
        retaliation: expected, 0 to 1.
        held: its own part of what is at issue, 0 to 1; beyond half of it there is less to take.
    """
    left = least(1.0, 2.0 * (1.0 - held))
    return greed * left * most(0.0, 1.0 - p.deterrence * retaliation)


def motive(p: Parameters, fear: float, grievance: float, heat: float, opportunity: float) -> float:
    """Return the motive for any hostile step, 0 to 1; exactly 0 in the calm corner."""
    stirred = p.motive_grievance * grievance + p.motive_heat * most(0.0, heat)
    return least(1.0, fear + stirred + opportunity)


def step(raise_weight: float, lower_weight: float, u: float) -> float:
    """Return 1, 0 or -1: raise, hold or lower, the weight of holding being 1."""
    at = u * (raise_weight + 1.0 + lower_weight)
    return where(at < raise_weight, 1.0, where(at > raise_weight + 1.0, -1.0, 0.0))


def renewed(raise_weight: float, lower_weight: float, weight: float, u: float) -> bool:
    """Say whether a posture that is held is acted on anew; its weight is part of holding's 1."""
    at = u * (raise_weight + 1.0 + lower_weight)
    return (at >= raise_weight) & (at < raise_weight + least(1.0, weight))


def renew(p: Parameters, heat: float, deployment: float) -> float:
    """Return the weight of acting anew within a display that is kept up."""
    return where(displays(deployment), p.posture_rate * exponential(p.posture_heat * heat), 0.0)


def deploy_more(
    p: Parameters, fear: float, alarm: float, reply: float, heat: float, grievance: float,
    perceived: float,
    opportunity: float, retaliation: float, greed: float, firmness: float, audience: float,
    cohesion: float, stress: float, deployment: float, proximity: float, salience: float,
) -> float:  # fmt: skip
    """Return the weight, before the motive, of raising deployment.

    Anticipated audience costs deter entry into a crisis only: a step from below a display
    (Fearon 1994). Presence comes and goes; a step to a display crosses a threshold (Schelling
    1966: salient lines). Fear and alarm drive a security seeker; opportunity a prober.
    """
    entering = where(displays(deployment), 0.0, 1.0)
    at_once = (deployment >= PRESENCE) | (reply > p.reply_threshold)
    crossing = where(at_once, entering, 0.0)
    return p.deployment_strength * exponential(
        p.deploy_base
        + (1.0 - greed) * (p.deploy_fear * fear + p.deploy_alarm * alarm)
        + p.deploy_reply * reply * (1.0 - greed * retaliation)
        + p.deploy_heat * heat
        + p.deploy_grievance * grievance
        + p.deploy_opportunity * opportunity
        + p.deploy_firmness * firmness * perceived
        - p.deploy_threshold * crossing
        - p.deploy_audience * audience * entering * (1.0 - cohesion)
        - p.deploy_retaliation * retaliation
        - p.deploy_cost * deployment * deployment
        - p.deploy_stress * stress
        - p.deploy_reach * (1.0 - proximity)
        + salience
    )


def deploy_less(
    p: Parameters, fear: float, alarm: float, heat: float, perceived: float, opportunity: float,
    retaliation: float, greed: float, firmness: float, audience: float, rhetoric: float,
    stress: float, deployment: float, clarity: float, talks: float, relief: float, salience: float,
) -> float:  # fmt: skip
    """Return the weight of lowering deployment.

    Routine presence is stickier than a display. Own rhetoric ties the hands of a leader with an
    audience (Fearon 1994), unless a mediator saves its face; channels, talks, economic stress and
    relief in sight help it down.
    """
    bound = p.withdraw_audience * audience * rhetoric * (1.0 - talks)
    tied = where(displays(deployment), bound, 0.0)
    offered = where(displays(deployment), p.withdraw_relief * relief, 0.0)
    return exponential(
        p.withdraw_base
        - where(displays(deployment), 0.0, p.withdraw_presence)
        + p.withdraw_cost * deployment * deployment
        - (1.0 - greed) * (p.withdraw_fear * fear + p.withdraw_alarm * alarm)
        - tied
        - p.withdraw_heat * heat
        - p.withdraw_firmness * firmness * perceived
        - p.withdraw_opportunity * opportunity
        + p.withdraw_respect * greed * retaliation
        + p.withdraw_channel * clarity
        + p.withdraw_stress * stress
        + p.withdraw_talks * talks
        + offered
        - p.withdraw_issue * salience
    )


def accuse_more(
    p: Parameters, fear: float, alarm: float, heat: float, cohesion: float, firmness: float,
    salience: float,
) -> float:  # fmt: skip
    """Return the weight, before the motive, of raising rhetoric: fear, and a home to rally."""
    return p.rhetoric_strength * exponential(
        p.accuse_base
        + p.accuse_fear * fear
        + p.accuse_alarm * alarm
        + p.accuse_heat * heat
        - p.accuse_cohesion * cohesion
        + p.accuse_firmness * firmness
        + p.accuse_issue * salience
    )


def accuse_less(p: Parameters, alarm: float, rhetoric: float, salience: float) -> float:
    """Return the weight of lowering rhetoric: loud words are harder to keep up."""
    return exponential(
        p.soften_base
        + p.soften_level * rhetoric
        - p.soften_alarm * alarm
        - p.accuse_issue * salience
    )


def sanction_more(
    p: Parameters, alarm: float, grievance: float, perceived: float, stress: float, leaning: float
) -> float:
    """Return the weight, before the motive, of raising sanctions.

    Args:
        p: parameters.
        alarm, grievance, perceived: what the other is to the state.
        stress: the state's own, 0 to 1.
        leaning: of a neutral away from a leader, 0 to 1; else 0.
    """
    return p.sanctions_strength * exponential(
        p.sanction_base
        + p.sanction_alarm * alarm
        + p.sanction_grievance * grievance
        + p.sanction_hostility * perceived
        - p.sanction_stress * stress
        + p.sanction_lean * leaning
    )


def sanction_less(p: Parameters, sanctions: float, met: float) -> float:
    """Return the weight of lowering sanctions: they outlive their reasons, unless tied to one.

    Args:
        p: parameters.
        sanctions: level, 0 to 1.
        met: 1 where the other displays and uses no force.
    """
    return exponential(
        p.lift_base + p.lift_level * sanctions + p.lift_condition * p.conditional * met
    )


def relief(
    p: Parameters, sanctions: float, stress: float, audience: float, threats: float
) -> float:
    """Return the relief in sight of a state that ends its display, 0 to 1.

    It is worth more the more the sanctions hurt, and less to a leader who would be seen to yield to
    threats.

    Args:
        p: parameters.
        sanctions: of the other side, 0 to 1.
        stress: economic stress of the state, 0 to 1.
        audience: audience costs of its leader.
        threats: rhetoric of the other side, 0 to 1.
    """
    worth = p.relief_floor + (1.0 - p.relief_floor) * stress
    face = 1.0 - p.relief_face * least(1.0, audience * threats)
    return p.conditional * sanctions * worth * face


def station_more(p: Parameters, fear: float, leader_fear: float) -> float:
    """Return the weight of stationing forces in an ally: the frightened invite them.

    Args:
        p: parameters.
        fear: the ally's, of the other leader.
        leader_fear: its own leader's.
    """
    return (
        p.deployment_strength
        * fear
        * exponential(p.station_base + p.station_fear * 0.5 * (fear + leader_fear))
    )


def station_less(p: Parameters, fear: float) -> float:
    """Return the weight of withdrawing forces from an ally."""
    return exponential(p.unstation_base - p.unstation_fear * fear)


def talk_more(
    p: Parameters, fear: float, sensibility: float, rhetoric: float, audience: float,
    diplomacy: float,
) -> float:  # fmt: skip
    """Return the weight of raising diplomacy: frightened states that understand why seek talks."""
    return p.channel_strength * exponential(
        p.talk_base
        + p.talk_fear * fear * sensibility
        - p.talk_rhetoric * rhetoric * audience
        + p.talk_return * (0.5 - diplomacy)
    )


def talk_less(
    p: Parameters, alarm: float, rhetoric: float, diplomacy: float, motive: float
) -> float:
    """Return the weight of lowering diplomacy: recalling, reducing, expelling."""
    hostile = p.expel_alarm * alarm + p.expel_rhetoric * rhetoric
    back = p.talk_return * (diplomacy - 0.5)
    return p.channel_strength * (
        motive * exponential(p.expel_base + hostile + back)
        + where(diplomacy > 0.5, exponential(p.talk_base + back), 0.0)
    )


def mediation_odds(p: Parameters, rung: float, violence: float, mediators: float) -> float:
    """Return the odds that a neutral mediates: in a crisis or worse, if neutrals are willing."""
    return where((rung >= Rung.CRISIS) | (violence > Violence.NONE), p.mediation * mediators, 0.0)


def talks(p: Parameters, before: float, mediated: float) -> float:
    """Return a mediator's talks a week on: begun anew, or running out."""
    return where(mediated > 0.0, 1.0, before * (1.0 - p.mediation_end))
