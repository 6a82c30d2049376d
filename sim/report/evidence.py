"""The evidence in words and figures: scores with baselines, what fails, structure, hindcasts.

What is told is gathered by :mod:`experiments.evidence`; nothing here plays a world.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim import plots
from sim.evidence.calibration.aims import CAUSES
from sim.evidence.claims import HOLDS
from sim.evidence.hindcasts import DAYS
from sim.evidence.score import score
from sim.evidence.targets import OURS, Target, targets, unspoken
from sim.report.calibration_figures import Line, of_targets
from sim.report.figures import Plan, save, sheet

POSTERIOR, HAND = "posterior", "set by hand"
FROZEN_MODEL, CHANCE = "posterior, no state reacting", "chance alone"
PENCIL, EARLIER = "a pencil", "an earlier era's record"

_WEEKS = (
    "A week is the finest grain: acts of one day and the next lie a week apart here or in one "
    "week, while half of the record's follow within a day."
)
_ROUTINE = (
    "What calls for an answer fades over half a year, so that sides go on acting within a month of "
    "one another; the record's answers come at once or not at all."
)
_FEW = (
    "Most displays alarm nobody enough to be answered in kind; the record also has answers that "
    "are words and alerts here."
)
_SLOW = (
    "A score is slow, so that some answers come late; the record's crises end sooner than "
    "disputes do."
)
_SEA = "States of the whole world come to force more often than Russia and NATO's members."
_OURS = (
    "Russia and NATO's members, which alone are fitted, answer with force more often than others."
)
_LONG = "Disputes of all states are others than those of Russia and NATO's members."
REASONS = {
    **dict.fromkeys(
        ("inter_incident_gap_q50", "inter_incident_gap_q75",
         "esc_curve_use_plus_by_7d_start_below4"), _WEEKS),
    **dict.fromkeys(
        ("react_within_7d", "react_within_30d", "react_escalates_given_h3"), _ROUTINE),
    **dict.fromkeys(("response_none_given_init_h3", "mid_reciprocated"), _FEW),
    **dict.fromkeys(
        ("icb_response_lag_q50", "icb_response_lag_q75", "icb_response_lag_q90"), _SLOW),
    **dict.fromkeys(
        ("dyadmid_use_plus_contig_land", "dyadmid_use_plus_noncontig", "dyadmid_use_plus_majmaj"),
        _SEA),
    **dict.fromkeys(
        ("response_none_given_init_h4", "response_use_given_init_h4",
         "response_use_given_init_h3", "esc_curve_use_plus_by_365d_start_below4",
         "ever_use_given_start_display"), _OURS),
    "join_prob_ally_major": "Major members join by the same rule as others, at a multiple; the "
    "record's majors join everywhere, not only near Russia.",
    "mid_multiparty": "Several members may be drawn in by one clash, and each clash counts.",
    **dict.fromkeys(
        ("recurrence_rival_within_1y", "recurrence_rival_within_5y",
         "recurrence_nonrival_within_1y", "recurrence_contig_land_within_1y",
         "recurrence_contig_land_within_5y"),
        "Members differ in grievance by nearness and rivalry only; the record's other dyads are "
        "mostly far from any quarrel."),
    "ru_nato_maxhost_display": "The record has threats too, so that shares need not add up to 1.",
    "icb_mediation_occurred": "Those who may mediate are today's few neutrals.",
    **dict.fromkeys(
        ("mid_duration_q50", "mid_duration_q75", "mid_duration_q90", "mid_still_ongoing_after_30d",
         "mid_still_ongoing_after_180d", "mid_still_ongoing_after_365d", "mid_outcome_stalemate",
         "first_incident_use", "first_incident_display", "join_prob_ally"), _LONG),
}  # fmt: skip
"""What is thought to be missing where a figure lies outside."""


def rows_of() -> dict[str, list[Target]]:
    """Return the sets of recorded figures that scores are told of, by name."""
    every = list(targets().values())
    return {
        f"of {OURS}": [t for t in every if t.is_ours],
        "checks": [t for t in every if t.use == "check"],
        "checks that an earlier era has": [
            t for t in every if t.use == "check" and t.before is not None
        ],
        "shown": [t for t in every if t.use == "shown"],
    }


def earlier() -> dict[str, float]:
    """Return what the record of before 1946 would say of the figures that it has."""
    return {t.name: t.before for t in targets().values() if t.before is not None}


def scores(accounts: Mapping[str, Mapping[str, float]]) -> str:
    """Return the table of scores of several accounts, over the rows that each can tell."""
    lines = ["| figures | account | strictly inside | median distance | rms distance "
             "| groups inside | rms of groups |", "|---|---|---|---|---|---|---|"]  # fmt: skip
    for rows, chosen in rows_of().items():
        for name, told in accounts.items():
            if {t.name for t in chosen} <= set(told):
                found = score(told, chosen)
                lines.append(
                    f"| {rows} | {name} | {found.inside} of {found.of} | {found.median:.1f} "
                    f"| {found.rms:.1f} | {found.groups_inside:.1f} of {found.groups} "
                    f"| {found.groups_rms:.1f} |"
                )
                rows = ""
    return "\n".join(lines)


@dataclass(frozen=True)
class Evidence:
    """What the pages tell."""

    spread: Mapping[str, pd.DataFrame]  # of POSTERIOR and HAND: value, low, high by target
    accounts: Mapping[str, Mapping[str, float]]  # figures by target, of every account
    causes: pd.DataFrame  # see sim.report.calibrating.causes_of
    held: pd.DataFrame  # properties over draws, see sim.evidence.claims.counted
    structure: pd.DataFrame  # structure, setting, and a column for each figure
    hindcasts: pd.DataFrame  # see sim.evidence.hindcasts.judged


# Words


def headline(found: Evidence) -> str:
    """Return the result in a paragraph."""
    of, rows = found.accounts, rows_of()
    own, fitted = rows[f"of {OURS}"], [t for t in targets().values() if t.use == "fit"]
    mine, seen = score(of[POSTERIOR], own), score(of[POSTERIOR], fitted)
    frozen = score(of[FROZEN_MODEL], own)
    anew = score(_seen(_row(found.structure, "reaction frozen", "set anew")), own)
    checks, by_hand, drawn = (score(of[n], rows["checks"]) for n in (POSTERIOR, HAND, PENCIL))
    ours = score(of[POSTERIOR], [t for t in rows["checks"] if t.is_ours])
    return (
        f"The posterior means of **{mine.inside} of {mine.of}** recorded figures of Russia and "
        f"NATO's members lie strictly inside the record's 95 % interval ({seen.inside} of the "
        f"{seen.of} that were fitted; root mean square distance of all {mine.rms:.1f} standard "
        f"errors). With every reaction frozen it is {frozen.inside} ({frozen.rms:.1f}), with other "
        f"parameters set anew for that {anew.inside} ({anew.rms:.1f}). Of the {checks.of} checks, "
        f"which were not fitted, **{checks.inside}** lie inside ({ours.inside} of the {ours.of} of "
        f"Russia and NATO's members, {checks.inside - ours.inside} of the {checks.of - ours.of} of "
        f"all states), at a distance of {checks.rms:.2f}. Set by hand it is {by_hand.inside} "
        f"({by_hand.rms:.1f}), by a search that had seen them; a pencil that may see all other "
        f"figures comes to {drawn.inside} ({drawn.rms:.2f}). Some checks are easily met: three are "
        f"rows without a war, which chance meets too, and five follow nearly from rows that were "
        f"fitted."
    )


def _row(frame: pd.DataFrame, name: str, setting: str) -> pd.Series:
    """Return a structure's row."""
    return frame[(frame["structure"] == name) & (frame["setting"] == setting)].iloc[0]


def structure_result(frame: pd.DataFrame) -> str:
    """Return what the frozen model, set anew, says of rates and causes."""
    whole, frozen = (_row(frame, n, "set anew") for n in ("the model", "reaction frozen"))
    near = score(_seen(frozen), rows_of()[f"of {OURS}"])
    return (
        f"Set anew, the model in which nobody reacts has {near.inside} of {near.of} figures inside "
        f"(rms {near.rms:.1f}); but a display then calls forth {frozen['acts_after_display']:.2f} "
        f"further acts, not {whole['acts_after_display']:.2f}, and an exchange of fire changes the "
        f"odds of later force by {frozen['force_after_fire']:.2f}, not "
        f"{whole['force_after_fire']:.2f}. Rates alone leave that open."
    )


def hindcasts_result(frame: pd.DataFrame) -> str:
    """Return how the accounts score over all crises, and apart."""
    force = frame["force"].astype(bool)
    means = {
        key: some.groupby("account")["score"].mean()
        for key, some in (("all", frame), ("quiet", frame[~force]), ("force", frame[force]))
    }
    rates = [name for name in means["all"].index if name not in (POSTERIOR, HAND)]

    def told(key: str) -> str:
        others = " and ".join(f"{means[key][name]:.2f} ({name})" for name in rates)
        return f"{means[key][POSTERIOR]:.2f} against {others}"

    return (
        f"Over all crises the posterior's mean score is {told('all')}; a coin's is -0.69. "
        f"Where there was no force it is {told('quiet')}; where there was, {told('force')}. "
        f"It is not told that a crisis has begun, and whoever gives little to force always wins "
        f"the quiet ones."
    )  # fmt: skip


def fewer(held: pd.DataFrame) -> str:
    """Return what of the properties holds at fewer than all draws, as a list."""
    n = int(held["draws"].max())
    some = held[held[HOLDS] < held["draws"]].sort_values(HOLDS, kind="stable")
    if some.empty:
        return f"Every property holds at each of {n} draws."
    lines = [f"Of {len(held)} properties {len(held) - len(some)} hold at each of {n} draws. The "
             "others:", ""]  # fmt: skip
    lines += [
        f"- {r['claim']}: at {r[HOLDS]} of {r['draws']}"
        + (f", reversed at {r['reversed']}" if r["reversed"] else "")
        for r in some.to_dict("records")
    ]
    return "\n".join(lines)


def table(found: Evidence, chosen: Sequence[Target]) -> str:
    """Return the table of some targets, with all intervals."""
    lines = ["| figure | unit | recorded | posterior | | set by hand | | frozen | chance |",
             "|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for t in chosen:
        cells, says = [], []
        for name in (POSTERIOR, HAND):
            value, low, high = found.spread[name].loc[[t.name]].to_numpy(float)[0].tolist()
            cells.append(_cell(value, low, high) if low < high else _number(value))
            says.append(t.verdict(value))
        others = [_number(found.accounts[name][t.name]) for name in (FROZEN_MODEL, CHANCE)]
        lines.append(
            f"| {t.label}{' *' if t.use == 'check' else ''} | {t.unit} | {t.value:.3g} "
            f"[{t.low:.3g}, {t.high:.3g}] | {cells[0]} | {says[0]} | {cells[1]} | {says[1]} | "
            f"{others[0]} | {others[1]} |"
        )
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) else "none seen"


def _cell(value: float, low: float, high: float) -> str:
    return f"{value:.3g} [{low:.3g}, {high:.3g}]" if np.isfinite(value) else "none seen"


def causes(frame: pd.DataFrame) -> str:
    """Return the table of figures of cause."""
    lines = ["| figure | asked | posterior | set by hand |", "|---|---|---|---|"]
    lines += [
        f"| {r['cause']} | {r['low']:g} to {r['high']:g} | "
        f"{_cell(r['value'], r['lo'], r['hi'])} | {r['by_hand']:.3g} |"
        for r in frame.to_dict("records")
    ]
    return "\n".join(lines)


def _seen(row: pd.Series) -> dict[str, float]:
    """Return the figures of a row by their names."""
    return {name: float(row[name]) for name in targets()}


def structure(frame: pd.DataFrame) -> str:
    """Return the table of what each mechanism buys."""
    names = ("acts_after_display", "acts_after_display_dangerous", "force_after_fire",
             "clash_after_clash")  # fmt: skip
    lines = ["| | | own figures inside | rms | checks inside | rms | acts after a display "
             "| ... doubly dangerous | force after fire | clash after clash |",
             "|---|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for _, r in frame.iterrows():
        seen = _seen(r)
        own, checks = (score(seen, rows_of()[rows]) for rows in (f"of {OURS}", "checks"))
        figures = " | ".join(f"{r[name]:.2f}" for name in names)
        lines.append(
            f"| {r['structure']} | {r['setting']} | {own.inside} of {own.of} | {own.rms:.1f} | "
            f"{checks.inside} of {checks.of} | {checks.rms:.1f} | {figures} |"
        )
    return "\n".join(lines)


def hindcasts(frame: pd.DataFrame) -> str:
    """Return the table of log scores, crisis by crisis, and their means."""
    names = list(dict.fromkeys(frame["account"]))
    told = " | ".join(f"{name}: p, score" for name in names)
    lines = [f"| crisis | day | days | force | {told} |", "|---" * (4 + len(names)) + "|"]
    for _, rows in frame.groupby("crisis", sort=False):
        first = rows.iloc[0]
        by = rows.set_index("account")
        cells = [f"{by.loc[n, 'probability']:.3f}, {by.loc[n, 'score']:.2f}" for n in names]
        rule = " (by rule)" if first["by_rule"] else ""
        lines.append(
            f"| {first['title']}{rule} | {first['day']} | {first['days']} | "
            f"{'yes' if first['force'] else 'no'} | " + " | ".join(cells) + " |"
        )
    for told, some in (
        ("mean, all", frame), ("mean, no force", frame[~frame["force"].astype(bool)]),
        ("mean, force", frame[frame["force"].astype(bool)]),
    ):  # fmt: skip
        means = some.groupby("account")["score"].mean()
        lines.append(f"| {told} | | | | " + " | ".join(f"{means[n]:.2f}" for n in names) + " |")
    return "\n".join(lines)


def definitions() -> str:
    """Return the table of what each target is, in the record and in the model."""
    lines = ["| figure | name | use | counted among | years | n | in the model | limits | source |",
             "|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    lines += [
        f"| {t.label} | `{t.name}` | {t.use} | {t.population} | {t.window} | {t.n:,.0f} | "
        f"{t.definition} | {t.limits} | {t.source} |"
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


def failures(found: Evidence) -> str:
    """Return what lies outside over the posterior, gathered by what is thought to be missing."""
    of, missed = found.accounts[POSTERIOR], dict[str, list[str]]()
    for name, t in targets().items():
        verdict = t.verdict(of[name])
        if verdict != "inside":
            off = ", **off by more than three**" if verdict == "off" else ""
            whose = "" if t.is_ours else ", all states"
            told = f"{t.label}{whose} ({of[name]:.3g} for {t.value:.3g} {t.unit}{off})"
            missed.setdefault(REASONS.get(name, "No reason is known."), []).append(told)
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


# Figures


def drawn(found: Evidence, caption: Line) -> Iterator[Plan]:
    """Yield the figures, each under its name and not yet drawn."""
    yield "targets", partial(of_targets, dict(found.spread), caption)
    yield "escalation", partial(_escalation, found, caption)
    yield "structure", partial(_structure, found.structure, Line("At the declared parameters"))
    told = Line("Probabilities below 0.1 % are drawn there")
    yield "hindcasts", partial(_hindcasts, found.hindcasts, told)


def draw(found: Evidence, folder: Path, caption: Line) -> None:
    """Write the figures into a folder."""
    with plots.drawing():
        for name, make in drawn(found, caption):
            save(make(), folder, name, ("png",))


def _escalation(found: Evidence, caption: Line) -> Figure:
    figure = sheet(9.0, 5.4, "When force follows a display", caption)
    names = [f"esc_curve_use_plus_by_{days}d_start_below4" for days in DAYS]
    rows = [targets()[name] for name in names]
    record = pd.DataFrame(
        {"days": DAYS, "value": [t.value for t in rows], "low": [t.low for t in rows],
         "high": [t.high for t in rows]}
    )  # fmt: skip
    curves = {
        name: frame.loc[names].reset_index(drop=True).assign(days=DAYS)
        for name, frame in found.spread.items()
    }
    plots.draw_escalation(figure.subplots(), record, curves)
    return figure


def _structure(frame: pd.DataFrame, caption: Line) -> Figure:
    rows = rows_of()
    told = frame[["structure", "setting"]].assign(
        own=[score(_seen(r), rows[f"of {OURS}"]).rms for _, r in frame.iterrows()],
        acts=frame["acts_after_display"], fire=frame["force_after_fire"],
    )  # fmt: skip
    figure = sheet(11.0, 4.6, "What each mechanism buys", caption)
    bands = {c.name: (c.low, c.high) for c in CAUSES}
    plots.draw_structure(
        figure.subplots(1, 3, sharey=True), told,
        {"acts": bands["acts_after_display"], "fire": bands["force_after_fire"]},
    )  # fmt: skip
    return figure


def _hindcasts(frame: pd.DataFrame, caption: Line) -> Figure:
    figure = sheet(9.0, 6.2, "Crises, told the day before", caption)
    plots.draw_hindcasts(figure.subplots(), frame)
    return figure
