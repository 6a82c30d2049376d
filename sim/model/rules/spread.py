"""What a week leaves: channels, economy, spending, cohesion, grievance, beliefs, leanings."""

from __future__ import annotations

from sim.lanes import least, most, where
from sim.lanes.arithmetic import clamp
from sim.model.parameters import Parameters


def slow_noise(before: float, memory: float, noise: float, bell: float) -> float:
    """Return the next value of a first-order autoregression of unit variance."""
    return memory * before + noise * bell


def channel(
    p: Parameters, before: float, diplomacy: float, perceived_a: float, perceived_b: float,
    leaders: float,
) -> float:  # fmt: skip
    """Return channel quality a week on: it takes two to talk, and hostility erodes it.

    Args:
        p: parameters.
        before: channel quality, 0 to 1.
        diplomacy: the lower of the two sides' levels of diplomacy, 0 to 1.
        perceived_a, perceived_b: hostility each side perceives.
        leaders: 1 for the pair of leaders, which may have a hotline.
    """
    hot = p.hotline * leaders
    eroded = p.channel_erosion * 0.5 * (perceived_a + perceived_b)
    usual = 2.0 * p.channel_base * diplomacy - eroded
    target = usual + hot * (most(usual, p.hotline_floor) + p.hotline_gain - usual)
    rate = least(1.0, p.channel_rate * (1.0 + p.hotline_speed * hot))
    return before + rate * (clamp(target) - before)


def stress(p: Parameters, pain: float, adaptation: float) -> float:
    """Return economic stress: pain that the economy has not adapted to (Pape 1997)."""
    return clamp(most(0.0, pain - adaptation))


def adaptation(p: Parameters, before: float, pain: float, covered: float) -> float:
    """Return how far an economy has adapted to its pain; the slower the larger the coalition.

    Args:
        p: parameters.
        before: adaptation, 0 to 1.
        pain: of all sanctions.
        covered: share of the state's trade that sanctions cover, 0 to 1.
    """
    return before + p.adaptation * (1.0 - p.coalition * covered) * (clamp(pain) - before)


def pain(p: Parameters, received: float, imposed: float, share: float) -> float:
    """Return one relation's part of economic pain: sanctions cost both sides.

    Args:
        p: parameters.
        received, imposed: levels of sanctions, 0 to 1.
        share: share of the state's trade that is with the other, 0 to 1.
    """
    return p.bite * share * (received + p.sender_cost * imposed)


def spending(p: Parameters, before: float, threat: float, grievance: float, stress: float) -> float:
    """Return military spending a week on, relative to normal, less 1 (Richardson 1960).

    dx = rate * (defence * threat - fatigue * x + grievance term), less what stress forbids.
    """
    pull = (
        p.spend_threat * threat
        - p.spend_fatigue * before
        + p.spend_grievance * grievance
        - p.spend_stress * stress
    )
    return most(-0.5, least(2.0, before + p.spending_strength * p.spend_rate * pull))


def capability(p: Parameters, trait: float, spending: float, stress: float) -> float:
    """Return capability after spending and the erosion of a stressed economy."""
    return trait * (1.0 + spending) * (1.0 - p.erosion * stress)


def audience(p: Parameters, democracy: float) -> float:
    """Return the audience costs a leader faces: exposure by democracy (Fearon 1994)."""
    return p.cohesion_strength * p.audience * democracy


def cohesion(
    p: Parameters, before: float, clashes: float, rallying: float, yields: float, audience: float
) -> float:
    """Return cohesion a week on: rallies raise it, yielding before an audience lowers it.

    Args:
        p: parameters.
        before: cohesion, -0.5 to 0.5.
        clashes: clashes begun this week.
        rallying: largest product of own rhetoric and fear, 0 to 1.
        yields: confrontations in which the state yielded this week.
        audience: audience costs.
    """
    moved = (
        before
        - p.cohesion_rate * before
        + p.cohesion_strength * (p.rally * clashes + p.rally_rhetoric * rallying)
        - p.yield_cost * audience * yields
    )
    return most(-0.5, least(0.5, moved))


def briefed(p: Parameters, before: float, size: float) -> float:
    """Return cohesion after a briefing: an enemy that is named rallies the home front."""
    return least(0.5, before + p.cohesion_strength * p.rally_briefing * size)


def lessened(p: Parameters, before: float, loss: float) -> float:
    """Return grievance after a loss of what was at issue."""
    return clamp(before + p.grievance_loss * loss)


def stationed(p: Parameters, before: float, raised: float, proximity: float) -> float:
    """Return grievance after forces were newly stationed nearby.

    Args:
        p: parameters.
        before: grievance, 0 to 1.
        raised: level by which they were raised, 0 to 1.
        proximity: of where they stand, 0 to 1.
    """
    return clamp(before + p.grievance_forward * raised * proximity)


def grievance(p: Parameters, before: float, floor: float, sanctions: float, force: float) -> float:
    """Return grievance a week on: sanctions and force add to it, time takes it to its floor."""
    added = (p.grievance_sanctions * sanctions + p.grievance_force * force) * (1.0 - before)
    return clamp(before + added - p.grievance_fade * (before - floor))


def resolve(
    p: Parameters,
    before: float,
    deployment: float,
    rhetoric: float,
    firmness: float,
    audience: float,
) -> float:
    """Return believed resolve a week on, moving to what is visible of the other.

    Words count by what stands behind them: forces, firmness, an audience that punishes bluff.
    """
    credible = (
        p.belief_backing * deployment + p.belief_rhetoric * firmness + p.belief_audience * audience
    )
    visible = p.belief_base + p.belief_deployment * deployment + credible * rhetoric
    return clamp(before + p.belief_rate * (visible - before))


def lean(p: Parameters, before: float, fear_of_east: float, fear_of_west: float) -> float:
    """Return a neutral's leaning a week on: away from the threat, and back to hedging."""
    pull = p.lean_threat * (fear_of_east - fear_of_west) - p.lean_hedge * before
    return most(-1.0, least(1.0, before + p.appeal_strength * p.lean_rate * pull))


def accession_odds(p: Parameters, lean: float) -> float:
    """Return the odds that a leaning neutral joins the bloc it leans to."""
    beyond = most(0.0, most(lean, -lean) - p.join_threshold)
    return p.accession_strength * p.join_hazard * beyond


def start_grievance(
    p: Parameters, opposed: float, proximity: float, rivalry: float, apart: float
) -> float:
    """Return the grievance a relation starts with, 0 to 1.

    Args:
        p: parameters.
        opposed: 1 where the two start in opposed blocs.
        proximity: 0 to 1.
        rivalry: 1 of rivals.
        apart: how little a neutral and the leader of a bloc agree, 0 to 1; 0 of other pairs.
    """
    hostile = (
        p.start_grievance + p.start_grievance_near * proximity + p.start_grievance_rival * rivalry
    )
    usual = (
        p.start_grievance_other + p.start_grievance_feud * rivalry + p.start_grievance_reach * apart
    )
    return least(1.0, where(opposed > 0.0, hostile, usual))


def start_fear(p: Parameters, opposed: float, proximity: float, rivalry: float) -> float:
    """Return the fear a relation starts with, 0 to 1."""
    return proximity * where(opposed > 0.0, p.start_fear, p.start_fear_feud * rivalry)
