"""An invented world of many states, to see what size costs."""

from __future__ import annotations

from sim.model.roster import Roster, build_roster
from sim.model.sheets import PairSheet, StateSheet
from sim.model.vocabulary import Bloc

NEIGHBOURS = (1, 3, 5)
"""Steps around the ring to the neighbours of a state: odd, so that they are of the other bloc."""


def crowd(n_states: int) -> Roster:
    """Return a ring of states, of the two blocs by turns, with neighbours to either side.

    Args:
        n_states: even, 12 or more.
    """
    codes = [f"S{k:03d}" for k in range(n_states)]
    states = [StateSheet(code, 1000 + k, code, 1.0 / n_states) for k, code in enumerate(codes)]
    blocs = {code: Bloc.EAST if k % 2 else Bloc.WEST for k, code in enumerate(codes)}
    pairs = {
        tuple(sorted((k, (k + step) % n_states))) for k in range(n_states) for step in NEIGHBOURS
    }
    sheets = [PairSheet(codes[i], codes[j], proximity=0.8, adjacent=True) for i, j in sorted(pairs)]
    return build_roster(states, sheets, blocs, (codes[0], codes[1]))
