"""Spiral: an instrument for thinking about escalation, and how to lower the risk of it.

``import sim`` costs next to nothing: what is below is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.__main__ import read_jobs
    from sim.checking.job import load_scenario
    from sim.checking.sources import InputError, StudyError
    from sim.ensemble import play
    from sim.history import replay
    from sim.mesa_world import EscalationModel
    from sim.parameters import COEFFICIENTS, parameter_block
    from sim.scenario import Event, Job, Point, Scenario
    from sim.study import Study, open_study
    from sim.vocabulary import Instrument, Rung

_WHERE = {
    "COEFFICIENTS": "parameters",
    "EscalationModel": "mesa_world",
    "Event": "scenario",
    "InputError": "checking.sources",
    "Instrument": "vocabulary",
    "Job": "scenario",
    "Point": "scenario",
    "Rung": "vocabulary",
    "Scenario": "scenario",
    "Study": "study",
    "StudyError": "checking.sources",
    "load_scenario": "checking.job",
    "open_study": "study",
    "parameter_block": "parameters",
    "play": "ensemble",
    "read_jobs": "__main__",
    "replay": "history",
}

__all__ = [
    "COEFFICIENTS",
    "EscalationModel",
    "Event",
    "InputError",
    "Instrument",
    "Job",
    "Point",
    "Rung",
    "Scenario",
    "Study",
    "StudyError",
    "load_scenario",
    "open_study",
    "parameter_block",
    "play",
    "read_jobs",
    "replay",
]


if not TYPE_CHECKING:  # so that a type checker sees a missing name

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import version

            return version("spiral-sim")
        if name == "report":
            return import_module("sim.report")
        if name not in _WHERE:
            raise AttributeError(f"module 'sim' has no attribute {name!r}")
        return getattr(import_module(f"sim.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
