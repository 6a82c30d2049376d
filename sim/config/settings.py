"""Settings from Python: the checked job that a mapping of them asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.config import compose
from sim.config.job import check
from sim.config.sources import CONFIGS, Choices, expanded
from sim.errors import Fault, InputError, show
from sim.plan.scenario import Job


def job(settings: Mapping[str, Any] | None = None, /, *, configs: str | Path | None = None,
        **more: Any) -> Job:  # fmt: skip
    """Return the checked job that settings ask for; nothing is run.

    Args:
        settings: keys as in a config file. A group is chosen by its name (``scenario=
            "crimea_2014"``, ``experiment="hotline"``); a part is a mapping (``parameters=
            {"fear_gain": 3}``) or has a dotted name (``{"scenario.events.mh17.size": 0}``). A
            scenario may be one that :func:`sim.front.scenario` made. Numpy arrays, ranges and paths
            will do.
        configs: a folder with configs of one's own, as ``--config-dir``.
        more: the same as keywords, stronger than ``settings``.

    Raises:
        InputError: listing all errors.
    """
    faults: list[Fault] = []
    given: Any = settings or {}
    if not isinstance(given, Mapping):
        told = 'must be a mapping of keys to values, or keywords: scenario="two_rivals"'
        raise InputError([Fault("argument settings", "", told, show(settings))])
    files = Choices(CONFIGS, _folder(configs, faults))
    try:
        composed = compose.composed({**(settings or {}), **more}, files, faults)
        found = check(composed, datetime.now(UTC))
    except InputError as error:
        faults += error.faults
    if faults:
        raise InputError(faults)
    return found


def _folder(configs: str | Path | None, faults: list[Fault]) -> Path | None:
    if configs is None:
        return None
    try:
        place = expanded(str(configs))
        if place.is_dir():
            return place.absolute()
        told = "folder does not exist"
    except OSError as error:
        told = str(error.strerror)
    faults.append(Fault("argument configs", "", told, show(str(configs))))
    return None
