"""Players by a rule, for tables: what each would do, seeing only what the seat shows.

Each is a function of what the seat perceives, the turn, and random numbers of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from sim.model.vocabulary import PRESENCE, SHOWN
from sim.seat.game import Game, Seen
from sim.seat.moves import ACTS, TURNS, Move

Player = Callable[[Seen, np.random.Generator], Move]


def dove(seen: Seen, _: np.random.Generator) -> Move:
    """Soften words, withdraw, lift and talk, one after another; give way."""
    for name, act in (("deployment", "withdraw"), ("rhetoric", "reassure"), ("sanctions", "lift")):
        if seen.own[name] > 0.0:
            return Move(act, stand=False)
    return Move("talk" if seen.own["diplomacy"] < 1.0 else "hold", stand=False)


def hawk(seen: Seen, _: np.random.Generator) -> Move:
    """Deploy, threaten and sanction to the top; stand."""
    lowest = min(("deployment", "rhetoric", "sanctions"), key=lambda name: seen.own[name])
    act = {"deployment": "deploy", "rhetoric": "threaten", "sanctions": "sanction"}[lowest]
    return Move(act if seen.own[lowest] < 1.0 else "hold", stand=True)


def tit_for_tat(seen: Seen, _: np.random.Generator) -> Move:
    """Do with the own forces what the other's are seen to do, no less than a presence; stand."""
    wanted = min(1.0, max(PRESENCE, round(4.0 * seen.forces) / 4.0))
    own = seen.own["deployment"]
    act = "deploy" if own < wanted else "withdraw" if own > wanted else "hold"
    return Move(act, stand=True)


def talker(seen: Seen, _: np.random.Generator) -> Move:
    """Talk and soften words, leave forces as they are; give way."""
    if seen.own["diplomacy"] < 1.0:
        return Move("talk", stand=False)
    return Move("reassure" if seen.own["rhetoric"] > 0.0 else "hold", stand=False)


def at_random(_: Seen, random: np.random.Generator) -> Move:
    """Do anything."""
    return Move(ACTS[random.integers(len(ACTS))].name, bool(random.integers(2)))


def guard(seen: Seen, _: np.random.Generator) -> Move:
    """Keep a show of force and nothing else; talk, and stand."""
    if seen.own["deployment"] < SHOWN:
        return Move("deploy", stand=True)
    return Move("talk" if seen.own["diplomacy"] < 1.0 else "hold", stand=True)


PLAYERS: Mapping[str, Player] = {
    "dove": dove, "hawk": hawk, "tit for tat": tit_for_tat, "talker": talker, "guard": guard,
    "random": at_random,
}  # fmt: skip


def played_by(player: Player, seed: int, rival: str) -> Game:
    """Return the game that a player makes of a seed and a rival."""
    game, random = Game(seed, rival), np.random.default_rng(seed)
    for _ in range(TURNS):
        game = game.played(player(game.seen(), random))
    return game
