"""A game from the seat of one state: its moves are imposed, all else is left to the rules.

Two equals face one another, and Alphia's player does not know whether Betania fears or probes. A
game is a short code (:mod:`sim.seat.codes`): the same world in the page, on the command line, in
Mesa and from Python.
"""

from sim.seat.game import Game as Game
from sim.seat.moves import Move as Move
