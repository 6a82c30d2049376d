"""The former name of :mod:`sim.model.vocabulary`."""

from sim.model.vocabulary import *  # noqa: F403
