"""The former name of :mod:`sim.mesa_model`."""

from sim.mesa_model import *  # noqa: F403
from sim.mesa_model import EscalationModel as EscalationModel
