"""What happens when two sides are face to face: stand or yield, clash, war, and the way out.

Each side stands or yields on what it believes of the other's resolve (Powell 1990); audience costs
make yielding dear (Fearon 1994), nuclear risk makes standing dear (Schelling 1966).
"""

from __future__ import annotations

from sim.lanes import most, where
from sim.model.parameters import Parameters
from sim.model.rules.ladder import displays
from sim.model.vocabulary import SHOWN, Bloc, Rung, Violence


def believed_resolve(p: Parameters, resolve: float, error: float) -> float:
    """Return the other's resolve as judged now (error 1: it will yield, -1: it will stand)."""
    return most(0.0, resolve - p.resolve_size * error)


def standing(
    p: Parameters, grievance: float, fear: float, audience: float, rhetoric: float, firmness: float,
    greed: float, believed: float, their_share: float, nuclear: float, rung: float, cohesion: float,
) -> float:  # fmt: skip
    """Return the log-odds of standing firm."""
    return (
        p.stand_base
        + p.stand_grievance * grievance
        + p.stand_fear * fear
        + p.stand_audience * audience * rhetoric
        + p.stand_firmness * firmness
        + p.stand_greed * greed
        - p.stand_belief * 2.0 * their_share * believed
        - p.stand_nuclear * nuclear * (1.0 + most(0.0, rung - Rung.CRISIS))
        + p.stand_cohesion * cohesion
    )


def learned(p: Parameters, resolve: float, stance: float) -> float:
    """Return the belief in the other's resolve after it stood (1), yielded (-1) or neither (0)."""
    return where(
        stance > 0.0,
        resolve + p.belief_up * (1.0 - resolve),
        where(stance < 0.0, resolve - p.belief_down * resolve, resolve),
    )


def backed_down(deployment: float) -> float:
    """Return deployment after yielding: a step down, two from mobilisation or more."""
    return most(0.0, where(deployment >= 0.75, deployment - 0.5, deployment - 0.25))


def lost(
    p: Parameters, held: float, stance: float, their_stance: float, force: float, their_force: float
) -> float:
    """Return how much of what is at issue a side loses this week, 0 to 1.

    A side that yields alone gives up part of what it holds, and so does one that leaves force
    unanswered.

    Args:
        p: parameters.
        held: the side's part of what is at issue, 0 to 1.
        stance, their_stance: 1 stood, -1 yielded, 0 not confronted.
        force, their_force: used this week, 0 or 1.
    """
    yielded = (stance < 0.0) & (their_stance > 0.0)
    seized = (their_force > 0.0) & (force <= 0.0)
    return held * where(yielded, p.concession, where(seized, p.seizure, 0.0))


def encroached(
    p: Parameters, held: float, opening: float, shown: float, their_shown: float, rung: float
) -> float:
    """Return how much of what is at issue a prober takes this week by a display nobody answers.

    Args:
        p: parameters.
        held: the other side's part of it, 0 to 1.
        opening: the prober's opportunity, 0 to 1.
        shown, their_shown: the prober's deployment, and the other side's, as displays.
        rung: of last week; a display must be kept up to take anything.
    """
    alone = displays(shown) & (their_shown < SHOWN) & (rung >= Rung.DISPLAY)
    return where(alone, p.encroachment * opening * held, 0.0)


def war_odds(p: Parameters, nuclear: float) -> float:
    """Return the odds that a clash both sides fight becomes a war."""
    return p.war_onset * (1.0 - p.nuclear_brake * nuclear)


def violence(
    p: Parameters, before: float, force_a: float, force_b: float, to_war: float, to_nuclear: float,
    talks: float, u: float,
) -> float:  # fmt: skip
    """Return the state of violence a week on, a :class:`sim.model.vocabulary.Violence`.

    Args:
        p: parameters.
        before: state of violence.
        force_a, force_b: whether each side used force this week, 0 or 1.
        to_war, to_nuclear: whether the week's draws allow a war, or nuclear use, 0 or 1.
        talks: a mediator's talks, 0 to 1, which hasten every ending.
        u: uniform that decides whether what goes on ends.
    """
    hasten = 1.0 + p.end_talks * talks
    both = (force_a > 0.0) & (force_b > 0.0)
    force = (force_a > 0.0) | (force_b > 0.0)
    began = where(force, Violence.CLASH, Violence.NONE)
    clash = where(both & (to_war > 0.0), Violence.WAR, began)
    quiet = where(u < p.clash_end * hasten, Violence.NONE, before)
    low = where(force, clash, quiet)
    war = where(u < p.war_end * hasten, Violence.NONE, Violence.WAR)
    war = where(to_nuclear > 0.0, Violence.NUCLEAR, war)
    after = where(u < p.nuclear_end * hasten, Violence.NONE, Violence.NUCLEAR)
    return where(before > Violence.WAR, after, where(before > Violence.CLASH, war, low))


def nuclear_odds(p: Parameters, nuclear_a: float, nuclear_b: float) -> float:
    """Return the odds of nuclear use in a week of war: a state with weapons is at war."""
    return p.nuclear_use * most(nuclear_a, nuclear_b)


def joining_odds(
    p: Parameters, proximity: float, fear: float, leads: float, called: float, ties: float
) -> float:
    """Return the odds that a state joins a clash (Snyder 1984: abandon or be entrapped).

    Args:
        p: parameters.
        proximity, fear: of the attacker.
        leads: the bloc that the state leads, if any.
        called: 1 where a member is attacked, more where allied forces stand in it.
        ties: to the side attacked, see :func:`ties`.
    """
    return (
        p.solidarity
        * p.join
        * proximity
        * (p.join_fear + fear)
        * where(leads > Bloc.NONE, p.join_leader, 1.0)
        * called
        * ties
    )


def ties(p: Parameters, bloc: float, side: float, leaning: float) -> float:
    """Return a state's ties to a side that is attacked: 1 of a member, less of a neutral.

    Args:
        p: parameters.
        bloc: the state's.
        side: the bloc attacked.
        leaning: of a neutral to that side, 0 to 1.
    """
    return where(bloc == side, 1.0, where(bloc == Bloc.NONE, p.join_neutral * leaning, 0.0))


def called(p: Parameters, hosted: float) -> float:
    """Return how loudly allies are called by an attack on one in which their forces stand."""
    return 1.0 + p.tripwire_join * hosted
