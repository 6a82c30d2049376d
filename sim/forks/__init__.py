"""Loops over forks: why a world went as it did, and how it could have been stopped.

- :mod:`~sim.forks.futures`: futures of one world, with something changed
- :mod:`~sim.forks.links`: the acts, misreadings and accidents that lie before a week
- :mod:`~sim.forks.why`: which of them were decisive
- :mod:`~sim.forks.off_ramps`: which steps would have kept the peace, and until when
"""
