"""The model beside the record: what of it holds by hand, over the posterior, and by chance alone.

:func:`evidence` plays and gathers; :func:`table` and :func:`result` tell, :func:`draw` draws it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim import plots
from sim.evidence.calibration.chance import by_chance
from sim.evidence.calibration.watching import Watch, watched
from sim.evidence.targets import targets, unspoken
from sim.lanes import Floats
from sim.report.calibrating import weighted_quantiles
from sim.report.calibration_figures import Line, of_targets
from sim.report.figures import Plan, save, sheet

HAND, POSTERIOR, CHANCE = "set by hand", "posterior", "chance alone"
WITHIN = (7, 30, 90, 180, 365)
REPEATS = 24
"""Times that hand-set and chance worlds are played, for the spread that chance alone gives."""


@dataclass(frozen=True)
class Evidence:
    """Simulated figures in three series: frames ``value, low, high`` by name of target."""

    series: Mapping[str, pd.DataFrame]

    def figures(self, name: str) -> dict[str, tuple[float, float, float]]:
        """Return value, low and high of each target of a series."""
        frame = self.series[name]
        return {str(k): (v, low, high) for k, v, low, high in frame.itertuples()}

    def verdicts(self, name: str, use: str | None = None) -> dict[str, str]:
        """Return where the mean of each target of a series lies, of one use or of all."""
        of = self.figures(name)
        chosen = [t for t in targets().values() if use is None or t.use == use]
        return {t.name: t.verdict(of[t.name][0]) for t in chosen}


def evidence(
    watch: Watch, base: Floats, draws: Floats, weights: Floats,
    progress: Callable[[int], None] | None = None,
) -> Evidence:  # fmt: skip
    """Return what is observed by hand, over a posterior and by chance alone.

    Args:
        watch: what is played at a draw; by hand and by chance as much is played several times.
        base: all parameters as set by hand, ``[parameter]``.
        draws: all parameters of the posterior's sets, ``[draw, parameter]``.
        weights: of these.
        progress: called with the number of worlds just finished.
    """
    names = list(targets())
    hand = watched(watch, np.tile(base, (REPEATS, 1)), names, 0, progress)
    first = REPEATS * watch.n_worlds
    over = [
        watched(watch, draws[at : at + 64], names, first + at * watch.n_worlds, progress)
        for at in range(0, len(draws), 64)
    ]
    chance = [by_chance(watch.roster, watch.n_worlds, watch.n_weeks, k) for k in range(REPEATS)]
    alike = np.full(REPEATS, 1.0 / REPEATS)
    rows = np.array([[found[name] for name in names] for found in chance])
    return Evidence(
        {
            POSTERIOR: _summed(np.concatenate(over), weights),
            HAND: _summed(hand, alike),
            CHANCE: _summed(rows, alike),
        }
    )


def _summed(seen: Floats, weights: Floats) -> pd.DataFrame:
    """Return the weighted mean of each target and the interval that holds 95 % of draws."""
    rows = {}
    for k, name in enumerate(targets()):
        known = np.isfinite(seen[:, k])
        if not (weights[known] > 0.0).any():
            rows[name] = (np.nan, np.nan, np.nan)
            continue
        weight = weights[known] / weights[known].sum()
        low, high = weighted_quantiles(seen[known, k], weight, (0.025, 0.975))
        rows[name] = (float((weight * seen[known, k]).sum()), low, high)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high"])


# Figures


def drawn(found: Evidence, caption: Line) -> Iterator[Plan]:
    """Yield the figures, each under its name and not yet drawn."""
    two = {name: found.series[name] for name in (POSTERIOR, HAND)}
    yield "targets", partial(of_targets, two, caption)
    yield "escalation", partial(_escalation, found, caption)


def _escalation(found: Evidence, caption: Line) -> Figure:
    figure = sheet(9.0, 5.4, "When force follows a display", caption)
    plots.draw_escalation(figure.subplots(), _curve_of_record(), {
        name: _curve(frame) for name, frame in found.series.items()
    })  # fmt: skip
    return figure


def _names_of_curve() -> list[str]:
    return [f"esc_curve_use_plus_by_{days}d_start_below4" for days in WITHIN]


def _curve(frame: pd.DataFrame) -> pd.DataFrame:
    rows = frame.loc[_names_of_curve()].reset_index(drop=True)
    return rows.assign(days=WITHIN)


def _curve_of_record() -> pd.DataFrame:
    rows = [targets()[name] for name in _names_of_curve()]
    return pd.DataFrame(
        {"days": WITHIN, "value": [t.value for t in rows], "low": [t.low for t in rows],
         "high": [t.high for t in rows]}
    )  # fmt: skip


# Words


def counted(found: Evidence) -> str:
    """Return the table of how many targets are met."""
    lines = ["| | fitted: met | of | checks: met | of | off by more than three |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for name in found.series:
        fit, check = found.verdicts(name, "fit"), found.verdicts(name, "check")
        lines.append(
            f"| {name} | {_met(fit)} | {len(fit)} | {_met(check)} | {len(check)} | "
            f"{list(found.verdicts(name).values()).count('off')} |"
        )
    return "\n".join(lines)


def _met(verdicts: Mapping[str, str]) -> int:
    return sum(verdict in ("inside", "nearly") for verdict in verdicts.values())


def table(found: Evidence, use: str) -> str:
    """Return the table of the targets of a use, with all intervals."""
    lines = ["| figure | unit | recorded | posterior | | set by hand | | chance alone |",
             "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for t in targets().values():
        if t.use != use:
            continue
        cells = [_cell(*found.figures(name)[t.name]) for name in (POSTERIOR, HAND, CHANCE)]
        says = [found.verdicts(name)[t.name] for name in (POSTERIOR, HAND)]
        lines.append(
            f"| {t.label} | {t.unit} | {t.value:.3g} [{t.low:.3g}, {t.high:.3g}] | {cells[0]} | "
            f"{says[0]} | {cells[1]} | {says[1]} | {cells[2].split(' ')[0]} |"
        )
    return "\n".join(lines)


def _cell(value: float, low: float, high: float) -> str:
    if not np.isfinite(value):
        return "none seen"
    return f"{value:.3g} [{low:.3g}, {high:.3g}]"


def definitions() -> str:
    """Return the table of what each target is, in the record and in the model."""
    lines = ["| figure | name | years | n | in the model | limits | source |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    lines += [
        f"| {t.label} | `{t.name}` | {t.window} | {t.n:,.0f} | {t.definition} | {t.limits} | "
        f"{t.source} |"
        for t in targets().values()
    ]
    return "\n".join(lines)


def silences() -> str:
    """Return the table of what the model cannot speak to, and why."""
    why: dict[str, list[str]] = {}
    for name, reason in unspoken().items():
        why.setdefault(reason, []).append(f"`{name}`")
    lines = ["| rows | why |", "|---|---|"]
    lines += [f"| {', '.join(names)} | {reason} |" for reason, names in why.items()]
    return "\n".join(lines)


def failures(found: Evidence, reasons: Mapping[str, str]) -> str:
    """Return what the posterior does not meet, gathered by what is thought to be missing.

    Args:
        found: the evidence.
        reasons: by name of target.
    """
    of, missed = found.figures(POSTERIOR), dict[str, list[str]]()
    for name, verdict in found.verdicts(POSTERIOR).items():
        if verdict in ("within 3", "off"):
            t = targets()[name]
            off = ", **off by more than three**" if verdict == "off" else ""
            told = f"{t.label} ({of[name][0]:.3g} for {t.value:.3g} {t.unit}{off})"
            missed.setdefault(reasons.get(name, "No reason is known."), []).append(told)
    return "\n".join(f"- {reason} So: {'; '.join(said)}." for reason, said in missed.items())


def named(names: Sequence[str]) -> str:
    """Return parameters' names as code."""
    return ", ".join(f"`{name}`" for name in names) or "none"


def markdown(frame: pd.DataFrame) -> str:
    """Return a frame as a Markdown table, numbers with three digits."""
    lines = ["| " + " | ".join(str(c).replace("_", " ") for c in frame.columns) + " |"]
    lines.append("|" + "---|" * len(frame.columns))
    for row in frame.itertuples(index=False):
        cells = (f"{x:.3g}" if isinstance(x, float) else str(x) for x in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def result(found: Evidence) -> str:
    """Return the result in a sentence."""
    n = len(targets())
    met = {name: _met(found.verdicts(name)) for name in found.series}
    return (
        f"Of {n} recorded figures of militarised disputes, {met[POSTERIOR]} are met over the "
        f"posterior ({met[POSTERIOR] / n:.0%}), {met[HAND]} with parameters set by hand, and "
        f"{met[CHANCE]} by chance alone."
    )


def draw(found: Evidence, folder: Path, caption: Line) -> None:
    """Write the figures into a folder."""
    with plots.drawing():
        for name, make in drawn(found, caption):
            save(make(), folder, name)
