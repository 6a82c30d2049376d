"""What one side's acts call forth in the other: a score to settle, trust, and force by choice.

A state keeps a *score* of what another did to it and has not yet been answered: acts add to it, by
what of them looks hostile; an own display or use of force settles part of it; what is left fades
within months. It is slow and weak, so that most acts are never answered, and it adds up, so that
some are answered late and hard: events of conflict excite one another (Hawkes 1971; Goldstein et
al. 2001). Restraint and withdrawals lower it, below zero if they go on: *trust* (Kydd 2005;
Osgood 1962). What a state understands as an answer to its own acts weighs less (Booth & Wheeler
2008).
"""

from __future__ import annotations

from sim.lanes import least, most, where
from sim.lanes.arithmetic import clamp, exponential
from sim.model.parameters import Parameters
from sim.model.vocabulary import PRESENCE, Origin

LINK = 8.0
"""A trace is a whole number: links times this, and the :class:`~sim.model.vocabulary.Origin`."""
MOST_TRACE = 256.0


def exposure(p: Parameters, one: float, other: float) -> float:
    """Return how much two states have to do with one another by their size, 0 to 1.

    Args:
        p: parameters.
        one, other: the two states' shares of the world's capability.
    """
    met = one / (one + p.size_half) * (other / (other + p.size_half))
    return 1.0 - p.size_share + p.size_share * met


def provocation(
    p: Parameters, display: float, raised: float, sanction: float, word: float, hostile_part: float
) -> float:
    """Return what a week's acts of the other add to the score, before they are understood.

    Args:
        p: parameters.
        display: 1 where a display was begun or raised.
        raised: quarters by which deployment was raised.
        sanction, word: 1 where sanctions, or rhetoric, were raised.
        hostile_part: part of a deployment that looks hostile, 0 to 1.
    """
    forces = hostile_part * (p.score_display * display + p.score_step * raised)
    return forces + p.score_sanction * sanction + p.score_word * word


def understood(p: Parameters, sensibility: float, own_acts: float) -> float:
    """Return the part of a provocation that is not put down to the state's own acts, 0 to 1."""
    return 1.0 - sensibility * least(1.0, own_acts)


def reassurance(p: Parameters, lowered: float, own_acts: float, quiet: float) -> float:
    """Return what a week takes off the score: a withdrawal, and restraint after own acts.

    Args:
        p: parameters.
        lowered: quarters by which the other lowered its deployment: a costly gesture.
        own_acts: own recent displays and uses of force.
        quiet: 1 where the other did nothing hostile.
    """
    return p.reassure_withdrawal * lowered + p.reassure_restraint * least(1.0, own_acts) * quiet


def score(p: Parameters, before: float, provoked: float, reassured: float) -> float:
    """Return the score a week on, -trust_limit to score_limit."""
    offence = 1.0 + p.score_offence * (p.offence - 0.5)
    after = p.score_memory * before + offence * provoked - reassured
    return most(0.0 - p.trust_limit, least(p.score_limit, after))


def struck(p: Parameters, before: float, force: float) -> float:
    """Return the score after the other used force (1) or did not (0)."""
    offence = 1.0 + p.score_offence * (p.offence - 0.5)
    return least(p.score_limit, before + offence * p.score_force * force)


def settled(p: Parameters, score: float, acted: float) -> float:
    """Return the score after an own display or use of force (1) or none (0)."""
    return score - p.score_settle * acted * most(0.0, score)


def own_acts(p: Parameters, before: float, acted: float) -> float:
    """Return own recent displays and uses of force."""
    return p.act_memory * before + acted


def heat(score: float, greed: float, retaliation: float) -> float:
    """Return what of the score weighs in choices.

    A prober heeds a score the less the surer retaliation is, and trust not at all.
    """
    return most(0.0, score) * (1.0 - greed * retaliation) - most(0.0, 0.0 - score) * (1.0 - greed)


def trust(score: float) -> float:
    """Return trust in the other: what of the score is below zero."""
    return most(0.0, 0.0 - score)


def strike(
    p: Parameters, motive: float, exposure: float, proximity: float, opportunity: float,
    fear: float, firmness: float, perceived: float, retaliation: float, mobilised: float,
    talks: float, salience: float,
) -> float:  # fmt: skip
    """Return the weight, at unit contact and heat, of using force by choice.

    Under the advantage of offence fear, and the other's mobilisation, make for pre-emption; under
    that of defence forces that are ready deter (Schelling 1960; Jervis 1978).

    Args:
        p: parameters.
        motive, exposure, proximity, opportunity: what there is to quarrel about.
        fear: of a security seeker, 0 to 1.
        firmness, perceived: firmness, and what the other is believed to be doing.
        retaliation: expected, 0 to 1.
        mobilised: the other's deployment beyond a presence, 0 to 1.
        talks: a mediator's, 0 to 1.
        salience: of issues.
    """
    reach = p.reach + (1.0 - p.reach) * proximity
    return (
        p.strike_strength
        * motive
        * exposure
        * reach
        * exponential(
            p.strike_base
            + p.strike_offence * (p.offence - 0.5) * fear
            + p.strike_opportunity * opportunity
            + p.strike_firmness * firmness * perceived
            - p.strike_retaliation * retaliation
            + p.strike_first * 2.0 * (p.offence - 0.5) * mobilised
            - p.strike_talks * talks
            + p.strike_issue * salience
        )
    )


def mobilised(deployment: float) -> float:
    """Return how far a deployment goes beyond a presence, 0 to 1."""
    return most(0.0, deployment - PRESENCE) / (1.0 - PRESENCE)


def warmth(p: Parameters, heat: float, shown: float) -> float:
    """Return the heat with which force is chosen: what is unsettled and what was just shown.

    Args:
        p: parameters.
        heat: of the choice.
        shown: 1 where the other began or raised a display this very week.
    """
    return p.strike_floor + most(0.0, heat) + p.strike_fresh * shown


def strike_odds(p: Parameters, strike: float, own: float, theirs: float, warmth: float) -> float:
    """Return the odds of using force by choice: linear in heat, a self-exciting process.

    The other's forces are there to be struck at; the advantage of defence takes that away.

    Args:
        p: parameters.
        strike: weight at unit contact and heat.
        own, theirs: the two sides' deployment.
        warmth: heat with which force is chosen.
    """
    within_reach = theirs * least(1.0, 2.0 * p.offence)
    weight = strike * (p.contact_base + own + within_reach) * warmth
    return weight / (1.0 + weight)


def begun(origin: float) -> float:
    """Return the trace of an act that begins something: one link from its root."""
    return LINK + origin


def linked(trace: float) -> float:
    """Return the trace of an act called forth by the other's, of which this is the trace."""
    after = where(trace > 0.0, trace, Origin.STANDING) + LINK
    return where(after < MOST_TRACE, after, trace)


def without_misreading(weight: float, misled: float, greed: float) -> float:
    """Return the factor on raising if intent had not been misread; lowering takes its inverse.

    Args:
        weight: logits per alarm, of the step.
        misled: the part of alarm that came of hostile misreadings.
        greed: 0 to 1; a prober's alarm does not weigh.
    """
    return exponential(0.0 - weight * misled * (1.0 - greed))


def taken_as_meant(p: Parameters, heat: float, clarity: float) -> float:
    """Return the odds that an accident is taken as meant: the likelier in heat, less by a channel.

    Args:
        p: parameters.
        heat: of the side that suffers it.
        clarity: what the channel is worth, 0 to 1.
    """
    hot = most(0.0, heat)
    suspected = p.attribution + (1.0 - p.attribution) * (hot / (1.0 + hot))
    return clamp(suspected * (1.0 - p.excuse_channel * clarity))
