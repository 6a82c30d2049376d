"""Changes that change nothing: found by leaving each out and playing the same futures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.engine.blocks import noted
from sim.engine.notes import Tracks
from sim.errors import Fault, InputError, show
from sim.plan.calendar import dated
from sim.plan.changes import Change, changed
from sim.plan.scenario import Job

MOST = 64
"""Futures in which a change may show what it does."""
WHY = {
    "misreading": "nothing is misread there that week",
    "accident": "no accident falls there that week",
    "apology": "no accident that would be taken for meant falls there that week",
    "incident": "no forces meet there that week",
    "stance": "no forces meet there that week, or the side does so anyway",
    "force": "no force is chosen there that week",
    "hold": "it stands there anyway",
    "limit": "it stands no higher anyway, and is not raised",
    "restrain": "it is not raised in those weeks",
    "channel": "its quality is the same anyway",
    "mediator": "a neutral mediates there that week anyway",
    "stay_out": "it joins no fight in those weeks",
}
"""Why a change of a kind does nothing; orders (``step``, ``orders``, ``hold_fire``) may."""


def idle_changes(
    job: Job, point: int = 0, worlds: Sequence[int] | None = None
) -> Iterator[tuple[int, Change, str]]:
    """Yield the changes without which all futures of a point are the same: place, change, why.

    At most :data:`MOST` futures are looked at.

    Args:
        job: what is to be played.
        point: of its design.
        worlds: numbers of the futures, the first of the job if not given.
    """
    scenario = job.scenario_of(point)
    if not scenario.changes:
        return
    numbers = np.arange(min(MOST, job.n_worlds)) if worlds is None else np.array(worlds)
    parameters = job.values_in(point, numbers)

    def play(changes: tuple[Change, ...]) -> Tracks:
        roster = changed(dated(scenario.roster, scenario.events), changes)
        return noted(
            roster, parameters, numbers, n_weeks=job.n_weeks, seed=job.seed,
            stream=0 if job.paired else point + 1, fork=job.fork,
        )  # fmt: skip

    def alike(some: Tracks, others: Tracks) -> bool:
        return all(
            np.array_equal(np.asarray(a), np.asarray(b)) for a, b in zip(some, others, strict=True)
        )

    whole = play(scenario.changes)
    for at, change in enumerate(scenario.changes):
        if change.kind in WHY:
            rest = tuple(c for k, c in enumerate(scenario.changes) if k != at)
            if alike(whole, play(rest)):
                yield at, change, f"changes nothing: {WHY[change.kind]}"


def check_changes(job: Job, world: int | None = None) -> list[str]:
    """Refuse changes that change nothing in any future of a point; remark on those that may not.

    Args:
        job: what is to be played.
        world: the only future, if it is one.

    Returns:
        Remarks on changes that change nothing in the futures that were looked at.

    Raises:
        InputError: listing the changes, where all futures were looked at.
    """
    first = {point.variant: k for k, point in reversed(list(enumerate(job.points)))}
    faults, remarks = [], []
    sees_all = world is not None or (job.n_worlds <= MOST and job.precision is None)
    for point in sorted(first.values()):
        for at, change, told in idle_changes(job, point, None if world is None else [world]):
            if sees_all:
                source = f"argument scenario.changes, point {point}" if point else (
                    "argument scenario.changes")  # fmt: skip
                faults.append(Fault(source, f"changes[{at}]", told, show(str(change))))
            else:
                remarks.append(f"changes[{at}] ({change}) {told}, in the first {MOST} futures")
    if faults:
        raise InputError(faults)
    return remarks
