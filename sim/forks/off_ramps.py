"""Off-ramps: which step would have kept the peace, taken by whom, and until when.

For every world that comes to an outcome, each of a declared list of steps is tried in every week
before it, taken by one side, by the other and by both: with the same luck, and in some of the weeks
with other lucks from the step's week on. The first says whether *this* world would have been
spared, which may hang on a hair: any change, a harmful one too, spares some. The second says in how
many futures more than if nothing is done the peace is kept, which is what a step is worth; against
how early it is taken it is the *closing window*. A control that should do harm, a show of force, is
tried with the steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import local

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.intervals import student, wholes, wilson
from sim.engine.blocks import Block
from sim.engine.native import width
from sim.engine.threads import in_threads
from sim.lanes import Floats
from sim.model.roster import Roster
from sim.model.state import Pair
from sim.plan.changes import Change, changed
from sim.plan.scenario import Job, OffRamps

Ints = NDArray[np.int64]
BOTH = "both"
CONTROL = "show"
"""The step that should do harm."""
LAGS = (0, 1, 2, 4, 6, 8, 10, 13, 17, 21, 26)
"""Weeks before the outcome in which steps are tried with other lucks as well; of longer searches
every eighth week more."""
CHUNK = 100
"""Worlds that are played and kept together."""
_STAKE = Pair.FIELDS.index("stake")


@dataclass(frozen=True)
class Setting:
    """In what a step is taken."""

    roster: Roster
    me: str
    them: str
    week: int
    lasts: int
    n_weeks: int

    @property
    def weeks(self) -> int:
        """Weeks for which it holds."""
        return min(self.lasts, self.n_weeks - self.week + 1)

    def change(self, kind: str, instrument: str, level: float) -> Change:
        """Return that the side holds, or limits, an instrument to a level."""
        return Change(kind, self.week, self.me, self.them, instrument, level, self.weeks)

    @property
    def allies(self) -> list[str]:
        """Codes of the members of the side's bloc that face the other state."""
        roster = self.roster
        bloc = roster.blocs.get(self.me, 0)
        related = {owner for owner, rival in roster.relations if rival == self.them}
        mine = [c for c in roster.codes if bloc and roster.blocs.get(c, 0) == bloc]
        return [code for code in mine if code != self.me and code in related]


@dataclass(frozen=True)
class Step:
    """A step toward peace.

    Attributes:
        title: what a side does.
        changes: what is held.
        joint: whether it takes both sides, and is the same for both.
    """

    title: str
    changes: Callable[[Setting], list[Change]]
    joint: bool = False


def _restrain(at: Setting) -> list[Change]:
    return [
        change
        for ally in at.allies
        for change in (
            Change("restrain", at.week, ally, at.them, "deployment", weeks=at.weeks),
            Change("force", at.week, ally, at.them, value="none", weeks=at.weeks),
        )
    ]


def _apologise(at: Setting) -> list[Change]:
    return [Change("apology", at.week, at.me, at.them, weeks=at.weeks)]


STEPS: Mapping[str, Step] = {
    "freeze": Step("say nothing louder", lambda at: [
        Change("restrain", at.week, at.me, at.them, "rhetoric", weeks=at.weeks)]),
    "words": Step("say no more than criticism", lambda at: [at.change("limit", "rhetoric", 0.25)]),
    "talks": Step("reopen the embassy, offer talks",
                  lambda at: [at.change("hold", "diplomacy", 0.75)]),
    "apology": Step("explain its accidents at once", _apologise),
    "hotline": Step("set up a hotline", lambda at: [
        Change("parameter", at.week, name="hotline", value=1.0)], joint=True),
    "mediator": Step("call a mediator", lambda at: [
        Change("mediator", at.week, at.me, at.them)], joint=True),
    "sanctions": Step("lift its sanctions", lambda at: [at.change("limit", "sanctions", 0.0)]),
    "restrain": Step("restrain its allies", _restrain),
    "withdraw": Step("withdraw to a presence", lambda at: [at.change("limit", "deployment", 0.25)]),
    "show": Step("control: a show of force", lambda at: [at.change("hold", "deployment", 0.5)]),
}  # fmt: skip
"""The steps, from the least to the greatest, and the control."""


def has_luck(before: int) -> bool:
    """Say whether steps are tried with other lucks so many weeks before the outcome."""
    return before in LAGS or (before > LAGS[-1] and before % 8 == 0)


def sides_of(roster: Roster, plan: OffRamps) -> tuple[str, str]:
    """Return the two states whose clash is to be kept from coming, of west and east."""
    return plan.pair or roster.subject


@dataclass(frozen=True)
class Variant:
    """A step that somebody takes."""

    step: str
    by: str

    def changes(self, roster: Roster, ends: tuple[str, str], week: int, plan: OffRamps,
                n_weeks: int) -> list[Change]:  # fmt: skip
        """Return what is held where it is taken in a week."""
        one, other = ends
        sides = {one: [(one, other)], other: [(other, one)]}.get(
            self.by, [(one, other), (other, one)]
        )
        step = STEPS[self.step]
        sides = sides[:1] if step.joint else sides
        return [
            change
            for me, them in sides
            for change in step.changes(Setting(roster, me, them, week, plan.lasts, n_weeks))
        ]


def variants_of(roster: Roster, plan: OffRamps, parameters: Mapping[str, float]) -> list[Variant]:
    """Return the steps that can be taken, and by whom.

    Left out are a hotline of two that are no leaders, or where there is one, and the restraint of
    allies by a side that has none.
    """
    ends = sides_of(roster, plan)
    found = []
    for name in plan.steps:
        step = STEPS[name]
        if name == "hotline" and (set(ends) != set(roster.leaders) or parameters["hotline"] == 1.0):
            continue
        for by in (BOTH,) if step.joint else (*ends, BOTH):
            variant = Variant(name, by)
            if variant.changes(roster, ends, 1, plan, 1):
                found.append(variant)
    return found


# Playing


def first_weeks(job: Job, point: int, numbers: Ints, plan: OffRamps) -> Ints:
    """Return the week in which each world first comes to the outcome; 0 where it never does."""
    roster = job.scenario_of(point).roster
    pair = int(roster.atlas.pair[roster.relation(*sides_of(roster, plan))])
    found = np.zeros(len(numbers), np.int64)
    for block, mine in _begun(job, point, numbers):
        block.play(job.n_weeks)
        rungs = block.tracks.value.rungs[1:, pair, : len(mine)] >= plan.rung
        found[mine] = np.where(rungs.any(0), rungs.argmax(0) + 1, 0)
    return found


def _begun(job: Job, point: int, numbers: Ints) -> Iterator[tuple[Block, Ints]]:
    """Yield blocks of worlds at their start, and their places among the numbers."""
    roster = job.scenario_of(point).roster
    for start in range(0, len(numbers), width()):
        mine = np.arange(start, min(start + width(), len(numbers)))
        block = Block(roster, job.n_weeks, job.seed)
        block.begin(
            job.values_in(point, numbers[mine]), numbers[mine], 0 if job.paired else point + 1
        )
        yield block, mine


@dataclass(frozen=True)
class _Task:
    """Futures of some worlds from one week on, under every step."""

    week: int
    before: Block  # as they are after the week before
    places: Ints  # [lane] of the worlds
    lucks: Ints  # [lane]
    last: Ints  # [lane] week until which the outcome counts
    rosters: Sequence[Roster]  # of the steps; the first is of nothing done


def tried(
    job: Job, point: int, numbers: Ints, weeks: Ints, plan: OffRamps, *, threads: int = 1,
    progress: Callable[[int], object] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Try every step in every week before the outcome of some worlds.

    Args:
        job: whose worlds they are.
        point: of its design.
        numbers: of the worlds, all of which come to the outcome, ``[world]``.
        weeks: in which they do, ``[world]``, after the first ``plan.before``.
        plan: what is tried.
        threads: threads to use.
        progress: called with the number of futures just finished.

    Returns:
        A row for each world, week and step: ``world, outcome_week, week, before`` (weeks before the
        outcome), ``step, by, saved`` (1 where it does not come, luck being the same), ``peace,
        usual`` (of ``lucks`` futures with other luck, in how many it does not come, with the step
        and with nothing done), ``calm, lost`` (in how many it comes neither way, and how much of
        what is at issue the first side loses by the step in the sum of these).
    """
    scenario = job.scenario_of(point)
    roster, ends = scenario.roster, sides_of(scenario.roster, plan)
    n_weeks = job.n_weeks + plan.within
    pair = int(roster.atlas.pair[roster.relation(*ends)])
    toward = 1.0 if roster.relations[roster.atlas.left[pair]][0] == ends[0] else -1.0
    variants = variants_of(roster, plan, job.points[point].parameters)
    last = weeks + plan.within
    desk = local()

    def play(task: _Task) -> tuple[_Task, NDArray[np.bool_], Floats]:
        n = len(task.places)
        if not hasattr(desk, "block"):
            desk.block = Block(roster, n_weeks, job.seed)
        block: Block = desk.block
        came = np.zeros((len(task.rosters), n), bool)
        stake = np.zeros((len(task.rosters), n))
        lanes, ends_at = np.arange(n), sorted(set(task.last.tolist()))
        in_time = np.arange(ends_at[-1] + 1)[:, None] <= task.last
        for k, other in enumerate(task.rosters):
            block.change(other)
            block.take(task.before, lanes, past=False)
            block.give_lucks(task.lucks)
            for end in ends_at:  # what is at issue is looked at when a world's own time is up
                block.play(end)
                stake[k, task.last == end] = (
                    toward * (block.world.pairs[pair, _STAKE, :n][task.last == end])
                )
            rungs = block.tracks.value.rungs[task.week : ends_at[-1] + 1, pair, :n] >= plan.rung
            came[k] = (rungs & in_time[task.week :]).any(0)
        if progress:
            progress(n * len(task.rosters))
        return task, came, stake

    shape = len(variants) + 1, len(numbers), plan.before + 1
    same = np.zeros(shape, bool)
    peace, calm = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    lost = np.zeros(shape)
    tasks = _tasks(job, point, numbers, weeks, last, plan, variants)
    for task, came, stake in in_threads(play, tasks, threads):
        back = weeks[task.places] - task.week
        own = task.lucks == 0
        same[:, task.places[own], back[own]] = ~came[:, own]
        for lane in np.flatnonzero(~own):
            at = task.places[lane], back[lane]
            both = ~came[:, lane] & ~came[0, lane]
            peace[:, at[0], at[1]] += ~came[:, lane]
            calm[:, at[0], at[1]] += both
            lost[:, at[0], at[1]] += np.where(both, stake[0, lane] - stake[:, lane], 0.0)
    back = np.arange(plan.before + 1)
    lucks = np.where([has_luck(int(k)) for k in back], plan.lucks, 0)
    rows = [
        pd.DataFrame(
            {
                "world": int(numbers[at]), "outcome_week": int(weeks[at]),
                "week": weeks[at] - back, "before": back, "step": variant.step,
                "by": variant.by, "saved": same[k, at].astype(np.int64), "peace": peace[k, at],
                "usual": peace[0, at], "lucks": lucks, "calm": calm[k, at], "lost": lost[k, at],
            }
        )
        for k, variant in enumerate(variants, 1)
        for at in range(len(numbers))
    ]  # fmt: skip
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()


def _tasks(
    job: Job, point: int, numbers: Ints, weeks: Ints, last: Ints, plan: OffRamps,
    variants: Sequence[Variant],
) -> Iterator[_Task]:  # fmt: skip
    """Yield what is to be played, week by week."""
    scenario = job.scenario_of(point)
    roster, ends = scenario.roster, sides_of(scenario.roster, plan)
    sources = list(_begun(job, point, numbers))
    home = {int(place): (block, lane) for block, mine in sources for lane, place in enumerate(mine)}
    for week in range(1, int(weeks.max()) + 1):
        for block, _ in sources:
            block.play(week - 1)
        mine = np.flatnonzero((weeks - plan.before <= week) & (week <= weeks))
        if not len(mine):
            continue
        mine = mine[np.argsort(weeks[mine], kind="stable")]
        rosters = [roster]
        rosters += [
            changed(roster, (*scenario.changes,
                             *variant.changes(roster, ends, week, plan, job.n_weeks + plan.within)))
            for variant in variants
        ]  # fmt: skip
        futures = [plan.lucks + 1 if has_luck(int(weeks[k] - week)) else 1 for k in mine]
        places = np.repeat(mine, futures)
        of_luck = np.concatenate([np.arange(n) for n in futures])
        for start in range(0, len(places), width()):
            some = slice(start, start + width())
            packed = Block(roster, week, job.seed)
            packed.gather([home[int(place)] for place in places[some]])
            yield _Task(week, packed, places[some], of_luck[some], last[places[some]], rosters)


# What was found


def windows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the closing window of each step: what it saves against how early it is taken.

    Args:
        rows: of :func:`tried`.

    Returns:
        By ``step, by, before``: ``worlds``; ``saved, saved_lo, saved_hi``, the share of worlds
        that the step spares, luck being the same; ``comes, usual``, the shares of futures with
        other luck in which the outcome comes, with the step and with nothing done; ``gain,
        gain_lo, gain_hi``, by how much less often it comes, paired by luck, with its interval over
        worlds; nan where other lucks were not tried.
    """
    found = []
    for (step, by, before), part in rows.groupby(["step", "by", "before"], sort=False):
        n, lucks = len(part), float(part["lucks"].iloc[0])
        low, high = wilson(part["saved"].sum(), n)
        row = {
            "step": step, "by": by, "before": before, "worlds": n,
            "saved": part["saved"].mean(), "saved_lo": float(low), "saved_hi": float(high),
        }  # fmt: skip
        nothing = dict.fromkeys(("comes", "usual", "gain", "gain_lo", "gain_hi"), np.nan)
        if lucks:
            gain = (part["peace"] - part["usual"]).to_numpy(float)
            least, most = wholes(gain.sum(), np.square(gain).sum(), n)
            nothing = {
                "comes": 1.0 - part["peace"].mean() / lucks,
                "usual": 1.0 - part["usual"].mean() / lucks, "gain": gain.mean() / lucks,
                "gain_lo": float(least) / lucks, "gain_hi": float(most) / lucks,
            }  # fmt: skip
        found.append({**row, **nothing})
    return pd.DataFrame(found)


def steps_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what each step does, over all the weeks in which it is tried.

    Returns:
        By ``step, by``: ``worlds``; ``usual, comes``, the shares of futures with other luck in
        which the outcome comes with nothing done and with the step, over all weeks; ``gain,
        gain_lo, gain_hi``, the difference, with its interval over worlds; ``price, price_lo,
        price_hi``, what the first side loses by the step in futures in which the outcome comes
        neither way, in hundredths of what is at issue (the second gains as much); ``stops,
        stops_lo, stops_hi``, the share of worlds in which the step keeps the peace in some week,
        luck being the same; ``latest_median``, the median of the latest such week, in weeks
        before the outcome.
    """
    found = []
    for (step, by), part in rows.groupby(["step", "by"], sort=False):
        of_world = part.groupby("world")
        stops = of_world["saved"].max()
        low, high = wilson(stops.sum(), len(stops))
        latest = part[part["saved"] == 1].groupby("world")["before"].min()
        sums = of_world[["peace", "usual", "lucks", "calm", "lost"]].sum()
        gain = ((sums["peace"] - sums["usual"]) / sums["lucks"]).to_numpy(float)
        least, most = student(gain.sum(), np.square(gain).sum(), len(gain))
        met = sums[sums["calm"] > 0]
        price = (100.0 * met["lost"] / met["calm"]).to_numpy(float)
        ends = student(price.sum(), np.square(price).sum(), max(1, len(price)))
        found.append(
            {
                "step": step, "by": by, "worlds": len(stops),
                "usual": 1.0 - sums["usual"].sum() / sums["lucks"].sum(),
                "comes": 1.0 - sums["peace"].sum() / sums["lucks"].sum(),
                "gain": gain.mean(), "gain_lo": float(least), "gain_hi": float(most),
                "price": price.mean() if len(price) else np.nan, "price_lo": float(ends[0]),
                "price_hi": float(ends[1]), "stops": stops.mean(), "stops_lo": float(low),
                "stops_hi": float(high),
                "latest_median": float(latest.median()) if len(latest) else np.nan,
            }
        )  # fmt: skip
    return pd.DataFrame(found)


def worlds_table(rows: pd.DataFrame, ends: tuple[str, str]) -> pd.DataFrame:
    """Return, for each world, the least and the latest step that keeps the peace.

    Returns:
        A row for each world: ``world, outcome_week``; ``first_alone, second_alone``, whether a step
        of one side alone keeps the peace in some week; ``least, least_by, least_before``, the first
        of the declared steps that does so by one side, or by both if no side can, and the latest
        week in which it does; ``latest, latest_by, latest_before``, the one that can be taken last;
        ``any``, whether any does; ``control``, whether the control does, which is none of these.
    """
    order = list(STEPS)
    found = []
    for world, part in rows.groupby("world", sort=True):
        works = part[(part["saved"] == 1) & (part["step"] != CONTROL)].copy()
        row = {
            "world": world, "outcome_week": int(part["outcome_week"].iloc[0]),
            "first_alone": bool((works["by"] == ends[0]).any()),
            "second_alone": bool((works["by"] == ends[1]).any()),
            "any": bool(len(works)),
            "control": bool(part.loc[part["step"] == CONTROL, "saved"].max() == 1),
        }  # fmt: skip
        if len(works):
            works["rank"] = works["step"].map(order.index)
            works["joint"] = (works["by"] == BOTH).astype(int)
            least = works.sort_values(["rank", "joint", "before"]).iloc[0]
            latest = works.sort_values(["before", "joint", "rank"]).iloc[0]
            for name, which in (("least", least), ("latest", latest)):
                row |= {name: which["step"], f"{name}_by": which["by"],
                        f"{name}_before": int(which["before"])}  # fmt: skip
        found.append(row)
    return pd.DataFrame(found)
