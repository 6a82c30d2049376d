"""What the model must show, asked of any set of parameters.

Each claim plays the same worlds twice or more, with one thing changed, and compares them world by
world. It *holds* if the 95 % interval of the paired difference lies on the claimed side of zero, is
*reversed* if it lies on the other, and is *unclear* else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from sim.analysis.intervals import Z, student
from sim.engine import ensemble
from sim.engine.blocks import noted
from sim.engine.notes import MEASURES
from sim.engine.record import Record
from sim.lanes import Floats
from sim.model.parameters import parameter_block
from sim.model.roster import Roster, build_roster, with_calendar
from sim.model.sheets import PairSheet, StateSheet, pair_table, state_table
from sim.model.vocabulary import Bloc, Happening, Rung

JERVIS = {
    "doubly dangerous": {"offence": 0.9, "distinguishability": 0.1},
    "offence, distinguishable": {"offence": 0.9, "distinguishability": 0.9},
    "defence, indistinguishable": {"offence": 0.1, "distinguishability": 0.1},
    "doubly stable": {"offence": 0.1, "distinguishability": 0.9},
}
LEVELS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""Factors on the odds of all five kinds of miscalculation together."""
GRADED = (0.02, 0.98)
"""Shares between which an outcome is graded."""
Dated = tuple[int, int, int, float]
"""Week, kind, row and size of a dated event."""
HOLDS, UNCLEAR, REVERSED = "holds", "unclear", "reversed"


@dataclass(frozen=True)
class Difference:
    """A mean paired difference and its 95 % interval, positive where a claim says so."""

    mean: float
    low: float
    high: float

    @property
    def answer(self) -> str:
        """Whether the claim holds."""
        return HOLDS if self.low > 0.0 else REVERSED if self.high < 0.0 else UNCLEAR


def rise(before: Floats, after: Floats) -> Difference:
    """Return how much higher ``after`` is, world by world."""
    change = np.asarray(after, float) - np.asarray(before, float)
    low, high = student(change.sum(), (change**2).sum(), len(change))
    return Difference(float(change.mean()), float(low), float(high))


def fall(before: Floats, after: Floats) -> Difference:
    """Return how much lower ``after`` is, world by world."""
    return rise(after, before)


@dataclass(frozen=True)
class Held:
    """An answer to a claim."""

    claim: str
    effect: Difference  # the least clear of the claim's differences
    answer: str  # holds, unclear or reversed


def judged(claim: str, differences: Sequence[Difference], *, besides: bool = True) -> Held:
    """Return the answer of a claim that is several differences, and a further condition."""
    weakest = min(differences, key=lambda d: d.low)
    answers = {d.answer for d in differences}
    answer = next((a for a in (REVERSED, UNCLEAR) if a in answers), HOLDS)
    return Held(claim, weakest, UNCLEAR if answer == HOLDS and not besides else answer)


def held(claim: str, *differences: Difference) -> Held:
    """Return the answer of a claim that is several differences and nothing besides."""
    return judged(claim, differences)


# Worlds


def rivals(
    *,
    grievance: float = 0.25,
    fear: float = 0.25,
    rhetoric: float = 0.25,
    deployment: float = 0.25,
    firmness: float = 0.3,
    proximity: float = 0.8,
) -> Roster:
    """Return two invented equals, AAA and BBB, alone in the world; BBB is the challenger."""
    sheets = [
        StateSheet(code, number, name, 0.5, nuclear=1.0, firmness=firmness,
                   challenger=float(number > 1001))
        for code, number, name in (("AAA", 1001, "Alphia"), ("BBB", 1002, "Betania"))
    ]  # fmt: skip
    start = {
        "start_rhetoric": rhetoric,
        "start_deployment": deployment,
        "start_grievance": grievance,
        "start_fear": fear,
    }
    return build_roster(
        sheets,
        [PairSheet("AAA", "BBB", proximity, adjacent=True)],
        {"AAA": Bloc.WEST, "BBB": Bloc.EAST},
        ("AAA", "BBB"),
        starts={("AAA", "BBB"): start, ("BBB", "AAA"): start},
    )


def small_alliance() -> Roster:
    """Return Russia, the challenger, Belarus, ten members and four neutrals, started by rule."""
    west = ("USA", "GBR", "FRA", "DEU", "POL", "NOR", "EST", "LVA", "ROU", "TUR")
    neutral = ("UKR", "MDA", "SRB", "CHE")
    blocs = {**dict.fromkeys(west, Bloc.WEST), "RUS": Bloc.EAST, "BLR": Bloc.EAST}
    sheets = [
        replace(state_table()[code], challenger=float(code == "RUS"))
        for code in (*west, "RUS", "BLR", *neutral)
    ]
    return build_roster(sheets, list(pair_table().values()), blocs, ("USA", "RUS"))


def sanctions_of_members(roster: Roster, week: int, level: float) -> list[Dated]:
    """Return dated sanctions of all first members of the west on Russia."""
    return [
        (week, Happening.SANCTIONS, r, level)
        for r, (owner, rival) in enumerate(roster.relations)
        if rival == "RUS" and roster.blocs.get(owner) == Bloc.WEST
    ]


def sanctioned(roster: Roster) -> Roster:
    """Return the roster with sanctions of all its first members on Russia in week 10."""
    return with_calendar(roster, sanctions_of_members(roster, 10, 0.75))


def reached(record: Record, rung: int) -> Floats:
    """Return, world by world, whether the leaders' pair reached a rung."""
    came: Floats = (record.outcome("peak_rung_leaders")[0] >= rung).astype(float)
    return came


@dataclass(frozen=True)
class Trial:
    """A set of parameters that claims are asked of."""

    parameters: Mapping[str, float] = field(default_factory=dict)  # that differ from the declared
    share: float = 1.0  # of the worlds a claim usually takes
    seed: int = 5

    def n(self, worlds: int) -> int:
        """Return the share of so many worlds, in whole blocks of 16."""
        return 16 * max(1, round(self.share * worlds / 16))

    def play(
        self, roster: Roster, changed: Mapping[str, float] | None = None, *, worlds: int = 1504,
        weeks: int = 104, disputes_from: int | None = None,
    ) -> Record:  # fmt: skip
        """Play worlds at the parameters, some of them changed."""
        values = {**self.parameters, **(changed or {})}
        return ensemble.play(
            roster, parameter_block(values, 1)[:, :, 0], n_worlds=self.n(worlds), n_weeks=weeks,
            seed=self.seed, disputes_from=disputes_from,
        )  # fmt: skip

    def measured(
        self, roster: Roster, measure: str, changed: Mapping[str, float] | None = None, *,
        worlds: int = 320, weeks: int = 104,
    ) -> Floats:  # fmt: skip
        """Return a measure of every world, ``[world, week]``."""
        k, n = [m.name for m in MEASURES].index(measure), self.n(worlds)
        point = parameter_block({**self.parameters, **(changed or {})}, 1)[0, :, 0]
        tracks = noted(roster, point, np.arange(n), n_weeks=weeks, seed=self.seed)
        found: Floats = tracks.levels[:, k, :].T / MEASURES[k].scale - MEASURES[k].offset
        return found


# The claims


def calm_corner(trial: Trial) -> Held:
    """P1: without grievance, miscalculation and events nobody leaves rung 0."""
    calm = rivals(grievance=0.0, fear=0.0, rhetoric=0.0, deployment=0.0)
    highest = trial.play(calm, {"miscalculation_strength": 0.0}).outcome("peak_rung_leaders").max()
    fallen = 0.0 - float(highest)
    effect = Difference(fallen, fallen, fallen)
    return Held("P1 the calm corner stays calm", effect, HOLDS if highest == 0 else REVERSED)


def four_worlds(trial: Trial) -> Held:
    """P2: two that want only security; the four worlds order as Jervis says."""
    seekers = rivals(grievance=0.0, fear=0.15)
    share = {
        name: reached(trial.play(seekers, world), Rung.DISPLAY) for name, world in JERVIS.items()
    }
    worst, best = share["doubly dangerous"], share["doubly stable"]
    between = (share["offence, distinguishable"], share["defence, indistinguishable"])
    steps = [rise(best, one) for one in between] + [rise(one, worst) for one in between]
    claim = "P2 the four worlds order as Jervis says, and the worst is graded"
    return judged(claim, steps, besides=bool(0.05 < worst.mean() < 0.95))


def _miscalculation(trial: Trial, claim: str, roster: Roster, worlds: int) -> Held:
    clashed = [
        reached(trial.play(roster, {"miscalculation_strength": s}, worlds=worlds), Rung.CLASH)
        for s in LEVELS
    ]
    shares = [float(c.mean()) for c in clashed]
    slack = Z / len(clashed[0]) ** 0.5 if trial.parameters else 0.0
    rising = all(a <= b + slack for a, b in pairwise(shares))
    graded = sum(GRADED[0] < share < GRADED[1] for share in shares) >= 6
    return judged(claim, [rise(clashed[0], clashed[-1])], besides=rising and graded)


def miscalculation_of_rivals(trial: Trial) -> Held:
    """P3: more miscalculation, more clashes of two rivals, never a cliff."""
    claim = "P3 more miscalculation, more clashes, never a cliff: rivals"
    return _miscalculation(trial, claim, rivals(), 3008)


def miscalculation_today(trial: Trial) -> Held:
    """P3: the same of the leaders of today."""
    claim = "P3 more miscalculation, more clashes, never a cliff: leaders of today"
    return _miscalculation(trial, claim, small_alliance(), 640)


def hotline(trial: Trial) -> Held:
    """P4: a hotline lowers the share that clash."""
    calmer = fall(
        reached(trial.play(rivals(), worlds=6000), Rung.CLASH),
        reached(trial.play(rivals(), {"hotline": 1.0}, worlds=6000), Rung.CLASH),
    )
    return judged("P4 a hotline makes clashes rarer", [calmer])


def expulsion(trial: Trial) -> Held:
    """P4: expelling attaches raises it."""
    expelled = with_calendar(rivals(), [(4, Happening.DIPLOMACY, r, 0.0) for r in range(2)])
    worse = rise(
        reached(trial.play(rivals(), worlds=6000), Rung.CLASH),
        reached(trial.play(expelled, worlds=6000), Rung.CLASH),
    )
    return judged("P4 expelling attaches makes clashes more likely", [worse])


def firmness_with_a_prober(trial: Trial) -> Held:
    """P5: firmness calms an opponent who probes for gain."""
    prober = rivals(grievance=0.1, fear=0.05, firmness=0.0)
    soft, firm = (
        trial.play(prober, {"challenger_greed": 0.8, "defender_firmness": f}) for f in (0.0, 1.0)
    )
    steps = [fall(reached(soft, rung), reached(firm, rung)) for rung in (Rung.DISPLAY, Rung.CLASH)]
    return judged("P5 firmness calms a prober", steps)


def firmness_with_the_fearful(trial: Trial) -> Held:
    """P5: the same firmness inflames one who is afraid."""
    fearful = rivals(fear=0.35, firmness=0.0)
    soft, firm = (trial.play(fearful, {"defender_firmness": f}) for f in (0.0, 1.0))
    steps = [rise(reached(soft, rung), reached(firm, rung)) for rung in (Rung.DISPLAY, Rung.CLASH)]
    return judged("P5 the same firmness inflames the fearful", steps)


def sanctions_bite(trial: Trial) -> Held:
    """P6: sanctions bite early and are adapted to."""
    stress = trial.measured(sanctioned(small_alliance()), "stress_east", weeks=156)
    early, late = stress[:, 11:31].mean(axis=1), stress[:, 120:].mean(axis=1)
    halved = bool(early.mean() > 2.0 * late.mean() > 0.0)
    return judged("P6 sanctions bite early and are adapted to", [fall(early, late)], besides=halved)


def sanctions_rouse(trial: Trial) -> Held:
    """P6: sanctions rouse hostility at once."""
    roster = small_alliance()
    before, after = (
        trial.measured(r, "alarm_east", weeks=13)[:, 11:].mean(axis=1)
        for r in (roster, sanctioned(roster))
    )
    return judged("P6 sanctions rouse hostility at once", [rise(before, after)])


def sanctions_either_way(trial: Trial) -> Held:
    """P6: whether bite or hostility dominates depends on both."""

    def change(**values: float) -> tuple[Floats, Floats]:
        without, with_sanctions = (
            trial.measured(r, "deployment_east", values, worlds=1600)[:, 15:].mean(axis=1)
            for r in (small_alliance(), sanctioned(small_alliance()))
        )
        return without, with_sanctions

    steps = [
        rise(*change(bite=0.2, grievance_sanctions=0.02)),
        fall(*change(bite=5.0, grievance_sanctions=0.0)),
    ]
    return judged("P6 whether bite or hostility dominates depends on both", steps)


def _with_audiences(trial: Trial) -> tuple[Record, Record]:
    free, bound = (
        trial.play(rivals(), {"audience": a}, worlds=8000, weeks=156) for a in (0.0, 2.0)
    )
    return free, bound


def audiences_before(trial: Trial) -> Held:
    """P7: audience costs make crises rarer."""
    free, bound = _with_audiences(trial)
    fewer = fall(free.outcome("crises")[0], bound.outcome("crises")[0])
    return judged("P7 audience costs make crises rarer", [fewer])


def audiences_after(trial: Trial) -> Held:
    """P7: and harder to back out of."""
    yielded, stood = (
        [r.outcome(name)[0].sum() for r in _with_audiences(trial)] for name in ("yields", "stands")
    )
    n = [max(1, y + s) for y, s in zip(yielded, stood, strict=True)]
    share = [y / total for y, total in zip(yielded, n, strict=True)]
    half = Z * sum(q * (1.0 - q) / total for q, total in zip(share, n, strict=True)) ** 0.5
    fewer = share[0] - share[1]
    effect = Difference(fewer, fewer - half, fewer + half)
    return judged("P7 ... and harder to back out of", [effect])


def _opposed(roster: Roster, pair: tuple[int, int]) -> bool:
    return Bloc.NONE not in {roster.blocs.get(roster.codes[i], Bloc.NONE) for i in pair}


def _with_solidarity(trial: Trial) -> tuple[list[Floats], list[Floats]]:
    """Return disputes that Russia begins, and allies drawn in, without and with solidarity."""
    roster, begun, widened = small_alliance(), [], []
    members = {pair for pair, among in enumerate(roster.pairs) if _opposed(roster, among)}
    east = roster.codes.index("RUS")
    for solidarity in (0.0, 1.0):
        changed = {"solidarity": solidarity, "challenger_greed": 0.15}
        record = trial.play(roster, changed, worlds=608, disputes_from=0)
        by_east = np.zeros(record.n_worlds)
        for row in record.disputes:
            by_east[row[0]] += row[1] in members and roster.pairs[row[1]][row[4]] == east
        begun.append(by_east)
        widened.append(record.outcome("widened")[0].astype(float))
    return begun, widened


def solidarity_deters(trial: Trial) -> Held:
    """P8: solidarity deters attacks on members."""
    begun, _ = _with_solidarity(trial)
    return judged("P8 solidarity deters attacks on members", [fall(*begun)])


def solidarity_widens(trial: Trial) -> Held:
    """P8: and widens what there is."""
    _, widened = _with_solidarity(trial)
    return judged("P8 ... and widens what there is", [rise(*widened)])


def neutrals_lean(trial: Trial) -> Held:
    """P9: a threatened neutral leans away from the threat."""
    roster = small_alliance()
    threats = [
        (5, Happening.DEPLOYMENT, roster.relation("RUS", code), 0.75)
        for code in ("UKR", "MDA", "SRB", "CHE")
    ]
    calm, threatened = (
        trial.measured(r, "lean_neutrals")[:, -1] for r in (roster, with_calendar(roster, threats))
    )
    return judged("P9 a threatened neutral leans away", [rise(calm, threatened)])


def _with_accession() -> tuple[Roster, Roster]:
    roster = small_alliance()
    joins = [(10, Happening.ACCESSION, roster.codes.index("UKR"), float(Bloc.WEST))]
    return roster, with_calendar(roster, joins)


def accession_rankles(trial: Trial) -> Held:
    """P9: an accession raises the rival's grievance."""
    without, joined = (
        trial.measured(roster, "grievance_leaders", weeks=20)[:, -1] for roster in _with_accession()
    )
    return judged("P9 an accession raises the rival's grievance", [rise(without, joined)])


def accession_costs(trial: Trial) -> Held:
    """P9: and what the two leaders deploy against one another."""
    without, joined = (
        trial.measured(roster, "deployment_leaders", worlds=3008)[:, 11:].mean(axis=1)
        for roster in _with_accession()
    )
    return judged("P9 ... and the leaders' deployments", [rise(without, joined)])


CLAIMS: tuple[Callable[[Trial], Held], ...] = (
    calm_corner, four_worlds, miscalculation_of_rivals, miscalculation_today, hotline, expulsion,
    firmness_with_a_prober, firmness_with_the_fearful, sanctions_bite, sanctions_rouse,
    sanctions_either_way, audiences_before, audiences_after, solidarity_deters, solidarity_widens,
    neutrals_lean, accession_rankles, accession_costs,
)  # fmt: skip
"""All that depends on values. What must be true of any (P11, P12) is tested with extreme ones."""


def hold(parameters: Mapping[str, float], *, share: float = 1.0, seed: int = 5) -> list[Held]:
    """Return the answers to all claims at a set of parameters.

    Args:
        parameters: values that differ from the declared ones.
        share: of the worlds a claim usually takes.
        seed: master seed.
    """
    trial = Trial(parameters, share, seed)
    return [claim(trial) for claim in CLAIMS]


def summarised(draws: Iterable[Sequence[Held]]) -> pd.DataFrame:
    """Return how many sets of parameters each claim holds at; see :func:`counted`."""
    return counted(pd.concat([answered(answers) for answers in draws]))


def answered(answers: Sequence[Held]) -> pd.DataFrame:
    """Return the answers at a set of parameters: columns ``claim, answer, effect``."""
    return pd.DataFrame(
        [{"claim": one.claim, "answer": one.answer, "effect": one.effect.mean} for one in answers]
    )


def counted(every: pd.DataFrame) -> pd.DataFrame:
    """Return how many sets of parameters each claim holds at, from :func:`answered` of all sets.

    Columns ``claim, draws, holds, unclear, reversed`` and ``effect, lo, hi``: the median of the
    least clear difference, and what holds 90 % of the sets.
    """
    rows = []
    for claim, mine in every.groupby("claim", sort=False):
        low, middle, high = np.quantile(mine["effect"], (0.05, 0.5, 0.95))
        said = mine["answer"].to_list()
        rows.append(
            {"claim": claim, "draws": len(mine),
             **{answer: said.count(answer) for answer in (HOLDS, UNCLEAR, REVERSED)},
             "effect": middle, "lo": low, "hi": high}
        )  # fmt: skip
    return pd.DataFrame(rows)
