"""The stages of a turn, each for one relation, pair or state; :mod:`sim.model.turn` orders them.

A stage loads what its rules need, asks for random numbers, and stores what they answer. Inside a
stage nothing that is read is written by another row of the same stage, so the order of states
never matters. ``lane`` is one world or a group of them (see :mod:`sim.lanes`).

Every stage has the same arguments: ``world`` (state, parameters and random key), ``atlas`` (what
does not change), ``week`` where it draws, the relation ``r``, pair or state ``i`` it is for, and
``lane``.
"""
