"""What causes what: take each mechanism out, watch hazards and regimes, ask clashes for causes.

Run as ``python experiments/laboratory.py [share=1] [output=outputs/laboratory]``
(``make laboratory``). Every later change of the model is to be seen here: rates alone cannot tell a
model in which states react from one in which noise strikes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from finding import save, settings
from matplotlib.figure import Figure

from sim.__main__ import exit_code
from sim.analysis.intervals import Z, wilson
from sim.engine.disputes import DISPUTE_COLUMNS, INCIDENT_COLUMNS
from sim.engine.ensemble import coded_disputes
from sim.engine.notes import Tracks
from sim.evidence import laboratory as lab
from sim.evidence import reactions, sizes
from sim.evidence.claims import CLAIMS, JERVIS, Trial, rise
from sim.evidence.observation import Span, leader_dyads, observe
from sim.evidence.targets import targets
from sim.model.roster import Roster
from sim.model.vocabulary import Cause, Happening, Rung
from sim.plots import drawing
from sim.plots.reactions import draw_hazards, draw_kept, draw_regimes

TAKEN_OUT: dict[str, Mapping[str, float]] = {
    "everything": {},
    "no accidents": lab.NO_ACCIDENTS,
    "no noise of issues": lab.NO_NOISE,
    "no miscalculation": {"miscalculation_strength": 0.0},
    "every reaction frozen": lab.FROZEN,
    "no chosen force": {"strike_strength": 0.0},
    "no rhetoric raised": lab.NO_WORDS,
    "no deployment raised": lab.NO_DEPLOYMENTS,
    "no sanctions raised": {"sanction_base": -12.0, "sanction_alarm": 0.0},
    "no diplomacy": {"talk_base": -8.0, "expel_base": -10.0},
    "no appeals": {"appeal": 0.0, "lean_rate": 0.0},
    "no spending": {"spend_rate": 0.0},
    "no rally, no cost of yielding": {"rally": 0.0, "rally_rhetoric": 0.0, "yield_cost": 0.0},
    "no reassurance": {"reassure_withdrawal": 0.0, "reassure_restraint": 0.0},
    "no trust": {"trust_limit": 0.0},
    "no scores": {"score_limit": 0.0, "trust_limit": 0.0},
    "no replies": {"deploy_reply": 0.0, "reply_threshold": 1.0},
    "no fear of the other's acts": {"fear_rise": 0.0, "fear_fall": 0.0},
    "no alarm": {"alarm_gain": 0.0},
}
"""What is taken out by parameters alone, so that every world starts alike."""


def kept(roster: Roster, *, worlds: int, weeks: int) -> pd.DataFrame:
    """Return the share of the leaders' clashes that is left without each mechanism."""
    base = lab.clashed(roster, worlds=worlds, weeks=weeks)
    rows = []
    for what, values in TAKEN_OUT.items():
        left = lab.clashed(roster, values, worlds=worlds, weeks=weeks) if values else base
        share = left.mean() / base.mean()
        half = Z * (left - share * base).std() / np.sqrt(worlds) / base.mean()
        rows.append({"what": what, "share": left.mean(), "value": share, "lo": share - half,
                     "hi": share + half})  # fmt: skip
    return pd.DataFrame(rows)


def hazards(name: str, tracks: Tracks, pair: int) -> Iterator[dict[str, object]]:
    """Yield, by half-year, the share of worlds without a clash so far that see one."""
    began = lab.new_clashes(tracks, pair)
    first = np.where(began.any(0), began.argmax(0), 10**6)
    for half in range(1, 1 + (len(began) - 1) // 26):
        at_risk = first > 26 * (half - 1)
        came = int((at_risk & (first <= 26 * half)).sum())
        n = int(at_risk.sum())
        low, high = wilson(came, n)
        yield {"series": name, "half": half, "value": came / max(n, 1), "lo": float(low),
               "hi": float(high)}  # fmt: skip


def settling(world: str, *, worlds: int) -> pd.DataFrame:
    """Return the share of worlds at a display or above by week, from a calm and a tense start."""
    rows = []
    for start, roster in (("calm", lab.calm_start()), ("tense", lab.tense_start())):
        tracks = lab.play(roster, {**JERVIS[world], **lab.NO_ACCIDENTS}, worlds=worlds, weeks=260)
        share = (tracks.rungs[:, 0] >= Rung.DISPLAY).mean(1)
        rows += [{"start": start, "week": w, "value": float(x)} for w, x in enumerate(share)]
    return pd.DataFrame(rows)


def impulses(*, worlds: int) -> pd.DataFrame:
    """Return the further acts within a year that an inserted act of each kind calls forth."""
    two = lab.pair_of_rivals()
    west, east = two.leaders
    both = ((east, west), (west, east))
    acts = {
        "a speech, from criticism to a threat": lab.inserted(two, Happening.SPEECH, 0.75, both[0]),
        "sectoral sanctions": lab.inserted(two, Happening.SANCTIONS, 0.5, both[0]),
        "a show of force": lab.one_display(two),
        "a mobilisation": lab.inserted(two, Happening.DEPLOYMENT, 0.75, both[0]),
        "an exchange of fire": lab.one_exchange(two),
    }
    sides, stop = lab.between_leaders(two), lab.AT + 1 + lab.YEAR
    rows = []
    for world, values in {"as declared": {}, **JERVIS}.items():
        plain = lab.play(two, values, worlds=worlds, weeks=stop)
        before = lab.hostile_acts(plain, sides, lab.AT + 1, stop)
        for act, roster in acts.items():
            tracks = lab.play(roster, values, worlds=worlds, weeks=stop)
            after = lab.hostile_acts(tracks, sides, lab.AT + 1, stop)
            change = after - before
            found = rise(before, after)
            rows.append({"world": world, "act": act, "value": found.mean, "lo": found.low,
                         "hi": found.high, "none": float((change <= 0.0).mean()),
                         "five or more": float((change >= 5.0).mean())})  # fmt: skip
    return pd.DataFrame(rows)


def caused(roster: Roster, tracks: Tracks) -> str:
    """Return a Markdown table of clashes and wars by what they began with."""
    found = lab.causes(tracks, roster)
    pairs = range(roster.n_pairs)
    n_wars, slipped = lab.wars(tracks, pairs)
    total = max(1, sum(found[c.name.lower()] for c in Cause))
    east = f"{roster.leaders[1]} with {'members' if len(roster.pairs) > 1 else roster.leaders[0]}"
    worlds = tracks.rungs.shape[2]
    rows = [("a choice", found["choice"]), ("forces that met", found["met"]),
            ("an accident, answered", found["accident"] - found["accident_alone"]),
            ("an accident alone", found["accident_alone"]), ("a dated event", found["event"]),
            ("an ally's clash", found["drawn_in"])]  # fmt: skip
    lines = ["| began with | clashes a world | share |", "|---|---|---|"]
    lines += [f"| {what} | {n / worlds:.3f} | {n / total:.2f} |" for what, n in rows]
    lines.append(f"\n{total / worlds:.2f} clashes a world of {east}; "
                 f"{found['unanswered'] / total:.2f} are one side's meant and unanswered shot. "
                 f"Wars of any pair, neutrals included: {n_wars / worlds:.3f} a world, "
                 f"{slipped / max(n_wars, 1):.2f} of them by an accident.")  # fmt: skip
    return "\n".join(lines)


def counted(adjust: Callable[[Tracks, Roster], Tracks], share: float) -> dict[str, float]:
    """Return the figures of P10 and P14 to P16 with some of the force counted."""

    def some(worlds: int) -> int:
        return max(64, 16 * round(share * worlds / 16))

    def reached(of: Roster, values: Mapping[str, float], worlds: int, weeks: int) -> float:
        tracks = adjust(lab.play(of, values, worlds=worlds, weeks=weeks), of)
        return float(lab.peaks(tracks, of.atlas.leaders_pair, Rung.CLASH).mean())

    now, two, era = lab.today(), lab.pair_of_rivals(), sizes.era()
    leaders, rivals = reached(now, {}, some(1024), 104), reached(two, {}, some(4096), 156)
    begun = lab.causes(adjust(lab.play(now, worlds=some(640)), now), now)
    total = max(1, sum(begun[c.name.lower()] for c in Cause))
    sides, stop = lab.between_leaders(two), lab.AT + lab.YEAR
    later = [
        np.any([lab.force(t, side)[lab.AT + 13 : stop].any(0) for side in sides], axis=0).mean()
        for t in (adjust(lab.play(r, worlds=some(8192), weeks=stop), r)
                  for r in (lab.one_exchange(two), two))
    ]  # fmt: skip
    still = adjust(lab.play(two, lab.NO_NOISE, worlds=some(16384), weeks=156), two)
    began = lab.new_clashes(still, 0)
    second, third = (np.asarray(began[w : w + 52].any(0)) for w in (52, 104))
    noted = adjust(lab.play(era, worlds=some(320), weeks=sizes.WEEKS, seed=1), era)
    disputes, incidents = coded_disputes(era, noted, noted.acts.shape[2], sizes.FROM)
    span = Span(noted.acts.shape[2], sizes.FROM, sizes.WEEKS)
    rates = observe(
        era,
        pd.DataFrame(disputes, columns=["world", *DISPUTE_COLUMNS[1:]]),
        pd.DataFrame(incidents, columns=list(INCIDENT_COLUMNS)),
        span,
    )
    inside = sum(t.verdict(rates[name]) == "inside" for name, t in targets().items())
    return {
        "P10 recorded statistics inside": float(inside),
        "leaders clash": leaders,
        "P14 begun by a choice or forces that met": (begun["choice"] + begun["met"]) / total,
        "P14 no accidents keeps, leaders": reached(now, lab.NO_ACCIDENTS, some(1024), 104)
        / leaders,
        "P15 frozen keeps, leaders": reached(now, lab.FROZEN, some(1024), 104) / leaders,
        "two rivals clash": rivals,
        "P15 frozen keeps, two rivals": reached(two, lab.FROZEN, some(4096), 156) / rivals,
        "P15 no words keeps, two rivals": reached(two, lab.NO_WORDS, some(4096), 156) / rivals,
        "P15 no deployments keeps, two rivals": (
            reached(two, lab.NO_DEPLOYMENTS, some(4096), 156) / rivals
        ),
        "P16 an exchange of fire adds to later force": float(later[0] - later[1]),
        "P16 year 3 after a clash in year 2, times": float(
            third[second].mean() / max(third[~second].mean(), 1e-4)
        ),
    }


def apart(share: float) -> str:
    """Return a Markdown table of those figures, with and without fire that nobody answered."""
    every, answered = counted(lambda tracks, _: tracks, share), counted(lab.answered_only, share)
    lines = ["| figure | all force | answered force only |", "|---|---|---|"]
    return "\n".join(
        [*lines, *(f"| {name} | {every[name]:.3f} | {answered[name]:.3f} |" for name in every)]
    )


def markdown(rows: pd.DataFrame, *columns: str) -> str:
    """Return rows as a Markdown table, estimates with their intervals."""
    lines = ["| " + " | ".join((*columns, "estimate [95 % interval]")) + " |",
             "|" + "---|" * (len(columns) + 1)]  # fmt: skip
    for row in rows.to_dict("records"):
        words = [f"{row[c]:.3f}" if isinstance(row[c], float) else str(row[c]) for c in columns]
        told = f"{row['value']:.3f} [{row['lo']:.3f}, {row['hi']:.3f}]"
        lines.append("| " + " | ".join((*words, told)) + " |")
    return "\n".join(lines)


def draw(folder: Path, tables: Mapping[str, pd.DataFrame], regimes: Mapping[str, pd.DataFrame]
         ) -> None:  # fmt: skip
    """Write the figures of the laboratory."""
    with drawing():
        figure = Figure(figsize=(11.0, 5.6), layout="constrained")
        for ax, (name, rows) in zip(figure.subplots(1, len(tables), sharey=True), tables.items(),
                                    strict=True):  # fmt: skip
            draw_kept(ax, rows.iloc[1:])
            ax.set_title(name)
        save(
            figure,
            folder / "kept.png",
            "Worlds in which the two leaders clash, without each mechanism,"
            " of those with everything; same worlds, 95 % intervals.",
        )
        figure = Figure(figsize=(11.0, 4.6), layout="constrained")
        for ax, (name, rows) in zip(figure.subplots(1, len(regimes)), regimes.items(), strict=True):
            draw_regimes(ax, rows)
            ax.set_title(name)
        save(
            figure,
            folder / "regimes.png",
            "Two rivals without accidents: share of worlds at a display of"
            " force or above, from a calm and a tense start.",
        )


def main(words: list[str]) -> int:
    """Measure, draw and write what was found; return the exit code."""
    code: int = exit_code(lambda: _main(words))
    return code


def _main(words: list[str]) -> int:
    given = settings(words, share=float, output=Path)
    share = float(given.get("share", 1.0))
    folder = given.get("output", Path("outputs/laboratory"))
    folder.mkdir(parents=True, exist_ok=True)

    def some(worlds: int) -> int:
        return max(64, 16 * round(share * worlds / 16))

    now, two = lab.today(), lab.pair_of_rivals()
    tables = {"Leaders of today": kept(now, worlds=some(1024), weeks=104),
              "Two rivals": kept(two, worlds=some(4096), weeks=156)}  # fmt: skip
    regimes = {w.capitalize(): settling(w, worlds=some(2048))
               for w in ("doubly dangerous", "doubly stable")}  # fmt: skip
    draw(folder, tables, regimes)
    played = lab.play(now, worlds=some(1024), weeks=156)
    rows = [*hazards("leaders of today", played, now.atlas.leaders_pair),
            *hazards("two rivals", lab.play(two, worlds=some(8192), weeks=156), 0),
            *hazards("two rivals, issues still",
                     lab.play(two, lab.NO_NOISE, worlds=some(8192), weeks=156), 0)]  # fmt: skip
    by_half = pd.DataFrame(rows)
    with drawing():
        figure = Figure(figsize=(7.5, 4.6), layout="constrained")
        draw_hazards(figure.subplots(), by_half)
        save(
            figure,
            folder / "hazards.png",
            "First clash of the two leaders by half-year, 95 % intervals.",
        )
    dyads = ", ".join(str(len(leader_dyads(r).pair)) for r in (now, two))
    parts = [
        "# The laboratory",
        f"Dyads of the east's leader with the west: {dyads}. An estimate is "
        "relative to the model with everything. With a small share many claims are unclear.",
        "## What is left without each",
    ]
    for name, table in tables.items():
        parts += [f"### {name}", markdown(table, "what", "share")]
    parts += ["## What clashes begin with", caused(now, played), "### Two rivals",
              caused(two, lab.play(two, worlds=some(8192), weeks=156)),
              "## With and without fire that nobody answered", apart(share),
              "## What an inserted act calls forth within a year",
              markdown(impulses(worlds=some(4096)), "world", "act", "none", "five or more"),
              "## First clash by half-year", markdown(by_half, "series", "half"),
              "## What must hold"]  # fmt: skip
    trial = Trial(share=share)
    parts.append("| claim | answer | least clear difference |\n|---|---|---|")
    for claim in (*reactions.REACTIONS, *CLAIMS):
        held = claim(trial)
        e = held.effect
        parts[-1] += (
            f"\n| {held.claim} | {held.answer} | {e.mean:+.3f} [{e.low:+.3f}, {e.high:+.3f}] |"
        )
    (folder / "laboratory.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(folder / "laboratory.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
