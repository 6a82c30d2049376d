"""Hold the model against the record and write docs/evidence.md with its figures.

Run as ``python experiments/evidence.py`` after ``python -m sim experiment=calibrate
output=outputs/calibrate``; ``make evidence`` does both. What is played is kept in
``outputs/evidence``, so that an interrupted run goes on. Settings are given as ``name=value``:
``calibration, docs, parts`` (folders), ``draws`` (of the properties), ``share`` (of the worlds a
property usually takes), ``worlds`` (of a crisis; an era's settings get a share of it).
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from finding import settings
from rich.console import Console
from rich.progress import Progress

from sim.__main__ import exit_code
from sim.engine import native
from sim.engine.sources import code_digest
from sim.engine.threads import n_threads
from sim.errors import Fault, InputError
from sim.evidence import claims, hindcasts, levers, reactions, sizes, structure
from sim.evidence.calibration.aims import NAMES
from sim.evidence.calibration.chance import by_chance
from sim.evidence.calibration.watching import Watch, watched
from sim.evidence.laboratory import FROZEN
from sim.evidence.score import pencil
from sim.evidence.targets import targets
from sim.lanes import Floats
from sim.model.parameters import Parameters, defaults
from sim.model.sheets import DATA
from sim.report import evidence as said
from sim.report.calibrating import IDENTIFIED, summed, worth_told
from sim.report.calibration_figures import Line
from sim.report.progress import progress_bar

ROOT = Path(__file__).parents[1]
CALIBRATION_FIGURES = ("plausible", "waves", "recovery")
FROZEN_DRAWS = 64
"""Draws at which the posterior is played with every reaction frozen."""
CLAIMS = (*claims.CLAIMS, *reactions.REACTIONS, *levers.LEVERS)


@dataclass(frozen=True)
class Parts:
    """What was played, kept under the name of its part and of what it follows from."""

    folder: Path
    identity: str

    def frame(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Return a part, made if it is not there."""
        path = self.folder / f"{name}-{self.identity}.parquet"
        if path.is_file():
            return pd.read_parquet(path)
        self.folder.mkdir(parents=True, exist_ok=True)
        found = make()
        part = path.with_suffix(".part")
        found.to_parquet(part)
        part.rename(path)
        return found


@dataclass(frozen=True)
class Plan:
    """How much is played."""

    base: Floats  # all parameters as declared
    sets: pd.DataFrame  # of the posterior, see shipped
    draws: int
    share: float
    worlds: int
    threads: int

    @property
    def points(self) -> Floats:
        """All parameters of the posterior's sets, ``[set, parameter]``."""
        points = np.tile(self.base, (len(self.sets), 1))
        for name in self.sets.columns[1:]:
            points[:, Parameters.FIELDS.index(name)] = self.sets[name]
        return points

    def watch(self, worlds: int) -> Watch:
        """Return what is played of the record's era."""
        return Watch(sizes.era(), worlds, sizes.WEEKS, 5, self.threads)


def main(arguments: list[str]) -> int:
    """Play, write and say where it is; return the exit code."""
    code: int = exit_code(lambda: _main(arguments))
    return code


def _main(arguments: list[str]) -> int:
    given = settings(arguments, calibration=Path, docs=Path, parts=Path, draws=int, share=float,
                     worlds=int)  # fmt: skip
    folder = given.get("calibration", ROOT / "outputs" / "calibrate")
    docs = given.get("docs", ROOT / "docs")
    if not (folder / "summary.md").is_file():
        told = "holds no finished calibration: python -m sim experiment=calibrate output=..."
        raise InputError([Fault(str(folder), "calibration", told)])
    plan = Plan(
        base=np.array([defaults()[name] for name in Parameters.FIELDS]),
        sets=pd.read_csv(folder / "posterior.csv"),
        draws=given.get("draws", 24), share=given.get("share", 0.5),
        worlds=given.get("worlds", 4096), threads=n_threads(None),
    )  # fmt: skip
    files = (folder / "posterior.csv", *sorted(DATA.glob("hindcast*.csv")))
    content = b"".join(path.read_bytes() for path in files)
    content += repr((plan.share, plan.worlds)).encode()
    written = code_digest("sim.evidence")
    identity = hashlib.sha256(content + native.digest().encode() + written.encode())
    parts = Parts(given.get("parts", ROOT / "outputs" / "evidence"), identity.hexdigest()[:12])
    found = gathered(plan, folder, parts, Console(highlight=False))
    caption = Line(f"Started by rule as the record is; {len(plan.sets)} sets of the posterior")
    write(docs, folder, found, plan, caption)
    if docs == ROOT / "docs":
        shutil.copy(folder / "posterior.csv", DATA / "posterior.csv")
    print(docs / "evidence.md")
    return 0


def gathered(plan: Plan, folder: Path, parts: Parts, out: Console) -> said.Evidence:
    """Return all that the page tells, played where it is not kept."""
    observed = pd.read_parquet(folder / "observed.parquet")
    told = pd.read_parquet(folder / "targets.parquet").set_index("target")
    spread = {
        said.POSTERIOR: told[["value", "lo", "hi"]].set_axis(["value", "low", "high"], axis=1),
        said.HAND: pd.DataFrame(dict.fromkeys(("value", "low", "high"), told["by_hand"])),
    }
    with progress_bar(out) as progress:
        frozen = parts.frame("frozen", partial(_frozen, plan, progress))
        held = _held(plan, parts, progress)
        of_structure = parts.frame("structure", partial(_structure, plan, progress))
        judged = parts.frame("hindcasts", partial(_hindcasts, plan))
    means = {name: summed(observed[name].to_numpy())[0] for name in targets()}
    accounts: dict[str, dict[str, float]] = {
        said.POSTERIOR: means,
        said.HAND: {str(name): float(value) for name, value in told["by_hand"].items()},
        said.FROZEN_MODEL: {n: summed(frozen[n].to_numpy())[0] for n in targets()},
        said.CHANCE: by_chance(sizes.era(), 400, sizes.WEEKS, 1),
        said.PENCIL: pencil(),
        said.EARLIER: said.earlier(),
    }
    causes = pd.read_parquet(folder / "causes.parquet")
    return said.Evidence(spread, accounts, causes, held, of_structure, judged)


def _frozen(plan: Plan, progress: Progress) -> pd.DataFrame:
    """Return what is observed at some draws with every reaction frozen."""
    points = plan.points[:: max(1, len(plan.sets) // FROZEN_DRAWS)][:FROZEN_DRAWS]
    watch = plan.watch(max(4, plan.worlds // 64))
    bar = progress.add_task("reactions frozen", total=watch.n_worlds * len(points))
    seen = watched(watch, structure.without(points, FROZEN), 0, partial(progress.advance, bar))
    return pd.DataFrame(seen, columns=list(targets()))


def _held(plan: Plan, parts: Parts, progress: Progress) -> pd.DataFrame:
    """Return which properties hold at how many draws."""
    chosen = np.random.default_rng(1).choice(len(plan.sets), plan.draws, replace=False)
    bar = progress.add_task("properties of draws", total=plan.draws)
    names = list(plan.sets.columns[1:])

    def one(k: int) -> pd.DataFrame:
        values = plan.sets[names].iloc[chosen[k]].astype(float).to_dict()
        trial = claims.Trial(values, plan.share)
        return claims.answered([claim(trial) for claim in CLAIMS])

    def kept(k: int) -> pd.DataFrame:
        found = parts.frame(f"properties_{k}", partial(one, k))
        progress.advance(bar, 1)
        return found

    with ThreadPoolExecutor(plan.threads) as pool:
        every = pd.concat(list(pool.map(kept, range(plan.draws))))
    return claims.counted(every)


def _structure(plan: Plan, progress: Progress) -> pd.DataFrame:
    """Return what each mechanism buys, a row a structure and setting."""
    watch, n_points = plan.watch(max(4, plan.worlds // 128)), max(8, plan.worlds // 16)
    bar = progress.add_task("structures", total=structure.n_worlds(watch, n_points))
    rows = []
    for name, frame in structure.structures(
        watch, plan.base, n_points, partial(progress.advance, bar)
    ):
        rows.append(frame.rename_axis("setting").reset_index().assign(structure=name))
    return pd.concat(rows, ignore_index=True)[["structure", "setting", *NAMES]]


def _hindcasts(plan: Plan) -> pd.DataFrame:
    """Return the crises, told the day before."""
    return hindcasts.judged(
        {said.POSTERIOR: plan.points, said.HAND: plan.base[None]}, worlds=plan.worlds, seed=7,
        threads=plan.threads,
    )  # fmt: skip


def write(docs: Path, folder: Path, found: said.Evidence, plan: Plan, caption: Line) -> None:
    """Write the page and its figures."""
    figures = docs / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    said.draw(found, figures, caption)
    for name in CALIBRATION_FIGURES:
        if (drawn := folder / "figures" / f"{name}.png").is_file():
            shutil.copy(drawn, figures / drawn.name)
    parameters = pd.read_parquet(folder / "parameters.parquet")
    recovery = pd.read_parquet(folder / "recovery.parquet")
    known = parameters["contraction"] >= IDENTIFIED
    every = list(targets().values())
    parts = {
        "result": said.headline(found),
        "fewer": said.fewer(found.held),
        "scores": said.scores(found.accounts),
        "failures": said.failures(found),
        "own": said.table(found, [t for t in every if t.is_ours]),
        "others": said.table(found, [t for t in every if not t.is_ours]),
        "causes": said.causes(found.causes),
        "structure": said.structure(found.structure),
        "structure_result": said.structure_result(found.structure),
        "hindcasts_result": said.hindcasts_result(found.hindcasts),
        "trials": str(len(pd.read_parquet(folder / "ranks.parquet"))),
        "hindcasts": said.hindcasts(found.hindcasts),
        "definitions": said.definitions(),
        "silences": said.silences(),
        "properties": said.markdown(found.held),
        "identified": said.named(parameters["parameter"][known].to_list()),
        "unidentified": said.named(parameters["parameter"][~known].to_list()),
        "recovery": said.markdown(recovery[["parameter", "p", "q", "cover_50", "cover_90"]]),
        "worth": worth_told(pd.read_parquet(folder / "worth.parquet")),
        "draws": str(plan.draws),
        "share": f"{plan.share:g}",
        "n_crises": str(found.hindcasts["crisis"].nunique()),
    }
    template = (Path(__file__).parent / "evidence.md").read_text(encoding="utf-8")
    for name, text in parts.items():
        template = template.replace("{" + name + "}", text)
    (docs / "evidence.md").write_text(template, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
