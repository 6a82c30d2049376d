"""What a state sees of another: hostility through fog, channels and miscalculation, and alarm.

Both sides look at the same acts and see different histories (Jervis 1976); how far apart is the
perception gap. Noise and misreading multiply what is done, so that where nothing is done nothing
is perceived.
"""

from __future__ import annotations

from sim.lanes import least, most, where
from sim.model.parameters import Parameters
from sim.model.vocabulary import Violence


def hostility(
    p: Parameters,
    rhetoric: float,
    deployment: float,
    sanctions: float,
    arms: float,
    violence: float,
    hostile_part: float,
) -> float:
    """Return the hostility of one side's acts, 0 to about 1.4; more with arms or forces forward.

    Args:
        p: parameters.
        rhetoric, sanctions: levels, 0 to 1.
        deployment: as it is felt.
        arms: military spending above normal, as far as it is felt.
        violence: state of violence of the pair.
        hostile_part: the part of deployments and arms that counts as hostile, 0 to 1.
    """
    return (
        p.rhetoric_weight * rhetoric
        + (p.deployment_weight * deployment + p.arms_weight * arms) * hostile_part
        + p.sanctions_weight * sanctions
        + where(violence > Violence.NONE, p.force_weight, 0.0)
    )


def posture(p: Parameters, deployment: float, forward: float) -> float:
    """Return forces as the rival feels them, 0 to 1 + forward_weight.

    Args:
        p: parameters.
        deployment: level, 0 to 1.
        forward: level of forces that stand in an ally near the rival, 0 to 1.
    """
    return deployment + p.forward_weight * forward


def felt(p: Parameters, posture: float, exercise: float, announced: float) -> float:
    """Return forces as the rival feels them while some exercise; they may be the same ones.

    Args:
        p: parameters.
        posture: as :func:`posture` gives it.
        exercise: level to which forces exercise, 0 to 1.
        announced: 1 where the exercise was announced.
    """
    return most(posture, exercise * (1.0 - p.notice * announced))


def armed(spending: float, adversaries: float) -> float:
    """Return military spending as it is felt: above normal, by adversaries (1) alone."""
    return adversaries * most(0.0, spending)


def hostile_part(p: Parameters, greed: float) -> float:
    """Return the part of the other's deployment that looks hostile (Jervis 1978).

    Of a security seeker's deployment only what cannot be told from offence; of a prober's all.
    """
    opaque = least(1.0, p.perception_strength * (1.0 - p.distinguishability))
    return greed + (1.0 - greed) * opaque


def through_fog(p: Parameters, seen: float, clarity: float, u: float) -> float:
    """Return hostility as seen through the fog that is left at a channel's quality."""
    return seen * (1.0 + p.perception_strength * p.fog * (1.0 - clarity) * (u + u - 1.0))


def clarity(p: Parameters, channel: float) -> float:
    """Return what a channel of this quality is worth, 0 to 1."""
    return p.channel_strength * channel


def pressure(p: Parameters, clarity: float, rung: float) -> float:
    """Return the factor on the odds of misreading: channels lower it, time pressure raises it."""
    return (
        p.miscalculation_strength
        * (1.0 - p.channel_clarity * clarity)
        * (1.0 + p.time_pressure * rung)
    )


def given(trait: float, otherwise: float) -> float:
    """Return a trait where one is given (it is not negative), else the general value."""
    return where(trait < 0.0, otherwise, trait)


def mistake(odds: float, share: float, u: float) -> float:
    """Return 1, -1 or 0: a mistake in its first direction, in its second, or none.

    Args:
        odds: odds of a mistake.
        share: share of mistakes in the first direction.
        u: uniform; its low end decides both, so that more odds never undo a mistake.
    """
    return where(u < odds, where(u < odds * share, 1.0, -1.0), 0.0)


def misread_intent(p: Parameters, seen: float, error: float) -> float:
    """Return hostility after a misreading of intent (1 hostile, -1 benign)."""
    return where(
        error > 0.0, seen + p.intent_size, where(error < 0.0, seen * (1.0 - p.benign_size), seen)
    )


def lose_signal(seen: float, before: float, error: float) -> float:
    """Return hostility after a lost signal: a warning (1) or a concession (-1) goes unnoticed."""
    return where(error > 0.0, least(seen, before), where(error < 0.0, most(seen, before), seen))


def alarm(p: Parameters, before: float, surprise: float) -> float:
    """Return alarm, fed by upward surprise and fading within weeks."""
    return least(p.alarm_limit, p.alarm_memory * before + p.alarm_gain * most(0.0, surprise))


def picture(p: Parameters, before: float, seen: float) -> float:
    """Return the picture of the other: an exponential average of what is seen."""
    return before + p.perception_rate * (seen - before)


def reply_impulse(p: Parameters, before: float, fresh: float, error: float) -> float:
    """Return the impulse to answer a fresh act, unless the warning was lost."""
    return p.reply_memory * before + where(error > 0.0, 0.0, fresh)


def capability_error(p: Parameters, error: float) -> float:
    """Return the factor on the other's capability after a misreading (1 over, -1 under)."""
    return 1.0 + p.capability_size * error
