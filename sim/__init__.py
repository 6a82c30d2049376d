"""Spiral: an instrument for thinking about escalation, and how to lower the risk of it.

``import sim`` costs next to nothing: what is below is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.__main__ import read_jobs
    from sim.config.coded import coded_starts
    from sim.config.job import load_scenario
    from sim.engine.ensemble import play
    from sim.engine.history import replay
    from sim.errors import InputError, StudyError
    from sim.front import (
        OffRamps,
        Study,
        World,
        job,
        off_ramps,
        open_study,
        run,
        scenario,
        world,
    )
    from sim.mesa_model import EscalationModel, play_agents
    from sim.model.parameters import COEFFICIENTS, parameter_block
    from sim.model.vocabulary import Instrument, Rung
    from sim.plan.calendar import Event
    from sim.plan.changes import Change
    from sim.plan.scenario import Job, Point, Scenario
    from sim.report.inert import without_effect
    from sim.report.progress import CancelledError
    from sim.seat import Game

_WHERE = {
    "COEFFICIENTS": "model.parameters",
    "CancelledError": "report.progress",
    "Change": "plan.changes",
    "EscalationModel": "mesa_model",
    "Event": "plan.calendar",
    "Game": "seat",
    "InputError": "errors",
    "Instrument": "model.vocabulary",
    "Job": "plan.scenario",
    "Point": "plan.scenario",
    "Rung": "model.vocabulary",
    "Scenario": "plan.scenario",
    "Study": "front",
    "StudyError": "errors",
    "World": "front",
    "load_scenario": "config.job",
    "OffRamps": "front",
    "off_ramps": "front",
    "coded_starts": "config.coded",
    "job": "front",
    "open_study": "front",
    "parameter_block": "model.parameters",
    "play": "engine.ensemble",
    "play_agents": "mesa_model",
    "read_jobs": "__main__",
    "replay": "engine.history",
    "run": "front",
    "scenario": "front",
    "without_effect": "report.inert",
    "world": "front",
}

__all__ = [
    "COEFFICIENTS",
    "CancelledError",
    "Change",
    "EscalationModel",
    "Event",
    "Game",
    "InputError",
    "Instrument",
    "Job",
    "OffRamps",
    "Point",
    "Rung",
    "Scenario",
    "Study",
    "StudyError",
    "World",
    "coded_starts",
    "job",
    "load_scenario",
    "off_ramps",
    "open_study",
    "parameter_block",
    "play",
    "play_agents",
    "read_jobs",
    "replay",
    "run",
    "scenario",
    "without_effect",
    "world",
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
