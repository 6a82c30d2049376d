"""How steps take effect, what rung a pair stands on, and how forces in contact slip.

The rung is a function of instruments and violence, not a state of its own: coming down is simply
lowering them, and nothing can get stuck.
"""

from __future__ import annotations

from sim.lanes import least, most, where
from sim.lanes.arithmetic import clamp, exponential
from sim.model.parameters import Parameters
from sim.model.vocabulary import SHOWN, Rung, Violence


def displays(deployment: float) -> bool:
    """Say whether a deployment is a display of force: a show of force or more."""
    return deployment >= SHOWN


def moved(level: float, step: float) -> float:
    """Return a level one step of a quarter higher or lower, kept in [0, 1]."""
    return clamp(level + 0.25 * step)


def deployed(p: Parameters, level: float, step: float, reply: float) -> float:
    """Return deployment after a step; a reply to a fresh act is at once a display."""
    ordinary = moved(level, step)
    replying = (step > 0.0) & (reply > p.reply_threshold)
    return where(replying, most(ordinary, SHOWN), ordinary)


def fresh_display(before: float, after: float) -> float:
    """Return 1 where a raise has just led to a display or beyond, else 0."""
    return where((after > before) & displays(after), 1.0, 0.0)


def exercised(exercise: float, announced: float) -> float:
    """Return the deployment that an exercise comes to: one that was announced is no display."""
    return exercise * (1.0 - announced)


def rung(
    rhetoric_a: float, rhetoric_b: float, deployment_a: float, deployment_b: float,
    sanctions_a: float, sanctions_b: float, violence: float,
) -> float:  # fmt: skip
    """Return the rung a pair stands on, 0 to 7 (see :class:`sim.model.vocabulary.Rung`)."""
    words = most(rhetoric_a, rhetoric_b)
    forces = most(deployment_a, deployment_b)
    mutual = least(deployment_a, deployment_b)
    coercion = (most(sanctions_a, sanctions_b) >= 0.25) | (words >= 0.75)
    at = where(words >= 0.25, Rung.ACCUSATION, Rung.CALM)
    at = where(coercion, Rung.COERCION, at)
    at = where(displays(forces), Rung.DISPLAY, at)
    at = where(displays(mutual) | (forces >= 1.0), Rung.CRISIS, at)
    return where(violence > Violence.NONE, Rung.CRISIS + violence, at)


def accident_odds(
    p: Parameters, proximity: float, exposure: float, own: float, theirs: float,
    motive_a: float, motive_b: float, rung: float, salience: float,
) -> float:  # fmt: skip
    """Return the odds of an unauthorised or unintended act: contact times tension."""
    contact = exposure * (p.contact_base + own + theirs)
    tension = 0.5 * (motive_a + motive_b)
    return (
        p.miscalculation_strength
        * p.accident
        * (p.reach + (1.0 - p.reach) * proximity)
        * contact
        * tension
        * (1.0 + p.time_pressure * rung)
        * exponential(p.accident_issue * salience)
    )


def incident_odds(
    p: Parameters, deployment_a: float, deployment_b: float, reply_a: float, reply_b: float,
    proximity: float, violence: float, salience: float,
) -> float:  # fmt: skip
    """Return the odds that displayed forces meet: a threat that leaves something to chance.

    After Schelling 1966 and Powell 1990: higher where both display, and while acts are fresh.
    """
    shown = where(displays(most(deployment_a, deployment_b)), p.incident, 0.0)
    fresh = least(1.0, most(reply_a, reply_b))
    heat = (
        p.incident_base
        + p.incident_mutual * least(deployment_a, deployment_b)
        + p.incident_fresh * fresh
    )
    reach = p.incident_reach + (1.0 - p.incident_reach) * proximity
    burning = where(violence > Violence.NONE, p.incident_violence, 0.0)
    return shown * heat * reach * exponential(p.incident_issue * salience) + burning
