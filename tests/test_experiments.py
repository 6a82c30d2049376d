"""Shipped experiments: each has its config and its script, runs, and finds what the README says."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from sim import Study, open_study, read_jobs
from sim.evidence.laboratory import FROZEN
from sim.report import drawing, figures
from tests.scripts import ROOT, script

SMALL = {
    "accession": ["worlds=1280"],
    "alliance_solidarity": ["worlds=150", "vary.solidarity=[0,1]", "vary.doctrine=[spiral,mixed]"],
    "audience_costs": ["worlds=200", "vary.audience=[0,3]"],
    "base_rates": ["worlds=2", "weeks=80"],
    "briefing_impulse": ["worlds=500"],
    "deployment_posture": ["worlds=1500"],
    "expelled_attaches": ["worlds=2000"],
    "forward_basing": ["worlds=48", "weeks=52"],
    "four_worlds": ["worlds=400"],
    "hotline": ["worlds=300", "vary.miscalculation_strength=[1,2]"],
    "miscalculation_sweep": ["worlds=24", "weeks=52"],
    "morris_all": ["worlds=1", "weeks=39", "every=39", "design.points=2"],
    "reproduction": ["worlds=400"],
    "sanctions_relief": ["worlds=48", "weeks=60", "vary.conditional=[0,1]", "vary.bite=[1]"],
    "sanctions_timing": ["worlds=120", "weeks=78"],
    "sobol_top": ["worlds=4", "weeks=13", "every=13", "design.points=4"],
    "three_way": [
        "worlds=60", "weeks=52", "vary.deployment_strength=[0.25,3]", "vary.channel_strength=[0,1]",
        "vary.miscalculation_strength=[0.25,4]",
    ],
}  # fmt: skip
"""Overrides with which every experiment still has its say, soon."""
INTERVAL = re.compile(r"[-+]?\d+\.\d+ \[[-+]?\d+\.\d+, [-+]?\d+\.\d+\]")
NO_QUESTION = {"escalation", "calibrate", "off_ramps"}
"""The default, which any run gives, calibration, of which `evidence` tells what came out, and
off-ramps, which say themselves what they find."""
NO_EXPERIMENT = {"finding", "evidence", "search", "laboratory", "mechanisms", "dyads"}
"""What the scripts share, and those that ask more than one study: over a posterior, the search for
coefficients, the laboratory."""


@dataclass(frozen=True)
class Ran:
    """What a script left behind."""

    code: int
    said: str
    study: Study | None


@pytest.fixture(autouse=True, scope="module")
def beside_the_scripts() -> Iterator[None]:
    """Let scripts import what lies beside them, and draw figures without rendering them."""
    patch = pytest.MonkeyPatch()
    patch.syspath_prepend(str(ROOT / "experiments"))
    patch.setattr(figures, "rendered", lambda *_: {"png": b""})
    patch.setattr(drawing, "_of_point", lambda *_: ())  # figures that any run has
    yield
    patch.undo()


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Ran]:
    """Return what runs an experiment once, in a folder of its own."""

    @cache
    def run(name: str) -> Ran:
        folder = tmp_path_factory.mktemp(name)
        said = io.StringIO()
        with contextlib.chdir(folder), contextlib.redirect_stdout(said):
            code = script("experiments", name).main([*SMALL[name], "output=out"])
        place = folder / "out"
        return Ran(code or 0, said.getvalue(), open_study(place) if place.exists() else None)

    return run


def names(folder: str, ending: str) -> set[str]:
    """Return the names of the files of a folder."""
    return {path.stem for path in (ROOT / folder).glob(f"*.{ending}")}


def test_every_experiment_has_its_script_and_every_script_its_experiment() -> None:
    configs = names("configs/experiment", "yaml") - NO_QUESTION
    assert configs == names("experiments", "py") - NO_EXPERIMENT
    assert configs == set(SMALL)


def test_sobol_top_varies_some_of_what_morris_all_varies_over_the_same_ranges() -> None:
    every, top = (
        yaml.safe_load((ROOT / f"configs/experiment/{name}.yaml").read_text(encoding="utf-8"))
        for name in ("morris_all", "sobol_top")
    )
    assert every["vary"]["parameters"]["of"] == "all"
    assert 6 <= len(top["vary"]["parameters"]["of"]) <= 8
    assert top["vary"]["parameters"]["within"] == every["vary"]["parameters"]["within"]


QUICK = {"hotline", "base_rates"}
"""Scripts that stay in the quick tier; each takes seconds."""


def some(names: Iterable[str]) -> list[Any]:
    """Return names of scripts in order, all but the quick ones marked as slow."""
    return [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in sorted(names)]


@pytest.mark.parametrize("name", some(SMALL))
def test_a_script_states_a_finding_with_an_interval(name: str, ran: Callable[[str], Ran]) -> None:
    found = ran(name)
    assert found.code == 0
    told = found.said if name != "base_rates" else found.said.replace(" to ", ", ")
    assert INTERVAL.search(told) or (name == "base_rates" and "95 % interval" in told), found.said


@pytest.mark.parametrize("name", some(set(SMALL) - {"base_rates"}))
def test_a_script_names_a_figure_that_is_there(name: str, ran: Callable[[str], Ran]) -> None:
    study = ran(name).study
    assert study is not None
    (path,) = re.findall(r"Figure: (.+\.png)", ran(name).said)
    assert (study.folder.parent / path).is_file()
    summary = (study.folder / "summary.md").read_text(encoding="utf-8")
    assert "could not be drawn" not in summary


@pytest.mark.parametrize("name", ["four_worlds", "hotline"])
def test_bad_input_ends_with_code_2_and_the_message(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert script("experiments", name).main(["worlds=-1", "wrolds=3"]) == 2
    told = capsys.readouterr().err
    assert "worlds" in told
    assert "2 errors" in told
    assert not os.listdir(tmp_path)


def test_a_finding_that_does_not_fit_what_was_varied_ends_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [
        "worlds=8", "weeks=13", "every=13", "~vary", "++vary.offence=[0,1]", "output=out",
    ]  # fmt: skip
    code = script("experiments", "alliance_solidarity").main(given)
    assert code == 1
    assert "no 'solidarity'" in capsys.readouterr().err


# What the README says, and which way


def change(study: Study, quantity: str, after: int, before: int) -> tuple[float, float]:
    """Return the ends of the interval of a paired difference."""
    _, low, high = script("experiments", "finding").change(study, quantity, after, before)
    return low, high


def study_of(ran: Callable[[str], Ran], name: str) -> tuple[Study, Callable[..., int]]:
    """Return a study, and what finds its points."""
    study, finding = ran(name).study, script("experiments", "finding")
    assert study is not None
    return study, lambda **levels: finding.point_at(study, **levels)


def test_a_hotline_lowers_the_leaders_risk(ran: Callable[[str], Ran]) -> None:
    study, _ = study_of(ran, "hotline")
    assert study.difference("clash")[2] < 0.0


def test_expelling_attaches_raises_the_risk_and_coming_back_undoes_little_of_it(
    ran: Callable[[str], Ran],
) -> None:
    study, at = study_of(ran, "expelled_attaches")
    for variant in ("by_one_side", "by_both", "by_both_then_back"):
        assert study.difference("clash", at(variant=variant))[1] > 0.0, variant
    away, back = (
        study.difference("clash", at(variant=v))[0] for v in ("by_both", "by_both_then_back")
    )
    assert back > 0.5 * away


def test_the_briefing_is_nearly_a_symbol_and_a_display_is_not(ran: Callable[[str], Ran]) -> None:
    study, at = study_of(ran, "briefing_impulse")
    spoken, shown = (study.difference("clash", at(variant=v)) for v in ("briefing", "display"))
    assert abs(spoken[0]) < 0.25 * shown[0]
    assert study.difference("clashes", at(variant="briefing"))[1] > 0.0
    assert shown[1] > 0.0


def test_the_same_firmness_inflames_a_security_seeker_and_calms_a_prober(
    ran: Callable[[str], Ran],
) -> None:
    study, at = study_of(ran, "deployment_posture")
    firmness = "scenario.traits.AAA.firmness"
    seeker, prober = (
        change(
            study,
            "clash",
            at(**{firmness: 1.0, "challenger_greed": greed}),
            at(**{firmness: 0.0, "challenger_greed": greed}),
        )
        for greed in (0.0, 0.8)
    )
    assert seeker[0] > 0.0
    assert prober[1] < 0.0


def test_sanctions_raise_the_risk_more_the_earlier_they_come(ran: Callable[[str], Ran]) -> None:
    study, at = study_of(ran, "sanctions_timing")
    assert study.difference("disputes", at(variant="never"))[2] < 0.0
    assert study.difference("disputes", at(variant="a_year_late"))[2] < 0.0
    assert study.difference("disputes", at(variant="at_once"))[1] > 0.0


@pytest.mark.slow
def test_accessions_keep_war_from_those_who_join_and_draw_more_allies_in(
    ran: Callable[[str], Ran],
) -> None:
    study, at = study_of(ran, "accession")
    assert study.difference("widened", at(variant="both_join"))[1] > 0.0
    rows = study.table("pairs")
    pair = rows[(rows["first"] == "RUS") & (rows["second"] == "FIN")].set_index("point")
    outside, inside = pair.loc[0], pair.loc[at(variant="both_join")]
    assert inside["peak_6_hi"] < outside["peak_6_lo"]


def test_audience_costs_make_crises_rarer_and_yielding_too(ran: Callable[[str], Ran]) -> None:
    study, at = study_of(ran, "audience_costs")
    most, none = at(audience=3.0), at(audience=0.0)
    assert change(study, "crises", most, none)[1] < 0.0
    yielded = script("experiments", "audience_costs").yielding(study, most, none)
    assert yielded[2] < 0.0


def test_solidarity_deters_a_prober_and_entraps_allies_whoever_the_challenger_is(
    ran: Callable[[str], Ran],
) -> None:
    study, at = study_of(ran, "alliance_solidarity")
    entrapped, deterred = (
        change(
            study, "disputes", at(solidarity=1.0, doctrine=doctrine),
            at(solidarity=0.0, doctrine=doctrine),
        )
        for doctrine in ("spiral", "mixed")
    )  # fmt: skip
    assert entrapped[0] > 0.0
    assert deterred[1] < 0.0
    for doctrine in ("spiral", "mixed"):
        ends = at(solidarity=1.0, doctrine=doctrine), at(solidarity=0.0, doctrine=doctrine)
        assert change(study, "widened", *ends)[0] > 0.0


def test_accidents_matter_and_misjudged_resolve_hardly_does(ran: Callable[[str], Ran]) -> None:
    study, _ = study_of(ran, "miscalculation_sweep")
    sweep = script("experiments", "miscalculation_sweep")
    accidents = change(study, "clash", *reversed(sweep.ends(study, "accident")))
    resolve = change(study, "clash", *reversed(sweep.ends(study, "misjudged_resolve")))
    assert accidents[0] > 0.0
    assert accidents[0] > resolve[1]


@pytest.mark.slow
def test_miscalculation_outweighs_preparedness_and_diplomacy(ran: Callable[[str], Ran]) -> None:
    study, _ = study_of(ran, "three_way")
    three_way = script("experiments", "three_way")
    effects = {name: three_way.effect(study, name) for name in three_way.AXES}
    odds = effects.pop("miscalculation_strength")
    assert odds[1] > 0.0
    assert all(odds[1] > max(abs(low), abs(high)) for _, low, high in effects.values())


def test_a_show_of_force_calls_forth_most_in_the_doubly_dangerous_world(
    ran: Callable[[str], Ran],
) -> None:
    told = re.findall(
        r"show of force, ([a-z ]+): (\S+) \[(\S+), (\S+)\] further", ran("reproduction").said
    )
    ends = {name: (float(low), float(high)) for name, _, low, high in told}
    assert ends["doubly dangerous"][0] > ends["as declared"][1]
    assert ends["doubly dangerous"][0] > 3.0 * ends["doubly stable"][1]


def test_the_table_and_the_figure_of_reproduction_show_every_act_in_every_setting() -> None:
    experiment = script("experiments", "reproduction")
    (job,) = read_jobs(["experiment=reproduction", "worlds=60"])
    found = [(setting, experiment.caused(job, setting)) for setting in experiment.SETTINGS[:3]]
    head, _, *lines = experiment.table(found)
    assert head == "| | threat | sanctions | show of force | exchange of fire |"
    rows = experiment.rows_of(found)
    assert rows["label"].tolist() == [*experiment.ACTS, *(s.name for s in experiment.SETTINGS[1:3])]
    declared = found[0][1]
    assert rows["value"].tolist()[:4] == [each.mean() for each in declared.values()]
    for line, (_, each) in zip(lines, found, strict=True):
        cells = [float(cell.split()[0]) for cell in line.split("|")[2:-1]]
        assert cells == pytest.approx([x.mean() for x in each.values()], abs=0.006)
    figure = experiment.draw(rows, figures.Caption("A test", 60, 1))
    assert [len(ax.get_yticks()) for ax in figure.axes] == [4, 2]
    assert figure.axes[-1].get_xlabel().startswith("further displays and uses of force")


def test_an_act_that_nobody_hears_calls_forth_nothing() -> None:
    experiment = script("experiments", "reproduction")
    mute = ("rhetoric", "sanctions", "deployment")
    deaf = [f"{name}_{part}" for name in mute for part in ("strength", "given")] + ["accident"]
    silent = [f"parameters.{name}=0" for name in deaf]
    (job,) = read_jobs(["experiment=reproduction", "worlds=60", *silent])
    found = experiment.caused(job, experiment.SETTINGS[0])
    for name in ("threat", "sanctions", "show of force"):
        assert not found[name].any(), name


def test_the_inserted_act_is_not_counted_among_those_that_it_causes() -> None:
    """Two uses of force that leave nothing behind: next to no act comes of them."""
    experiment = script("experiments", "reproduction")
    calm = {**FROZEN, "accident": 0, "strike_strength": 0, "war_onset": 0}
    words = [f"parameters.{name}={value}" for name, value in calm.items()]
    (job,) = read_jobs(["experiment=reproduction", "worlds=200", *words])
    found = experiment.caused(job, experiment.SETTINGS[0])
    assert abs(found["exchange of fire"].mean()) < 0.2


def test_a_setting_changes_the_receiver_alone() -> None:
    experiment = script("experiments", "reproduction")
    (job,) = read_jobs(["experiment=reproduction"])
    roster = job.scenario.roster
    prober = next(s for s in experiment.SETTINGS if s.name == "probes for gain")
    changed = prober.of(roster).atlas.state_traits != roster.atlas.state_traits
    assert [roster.codes[at[0]] for at in np.argwhere(changed)] == [roster.leaders[0]]


@pytest.mark.parametrize("ends", [("one", "other")])
def test_the_share_that_yields_is_compared_as_a_ratio_of_sums(
    ends: tuple[str, str], ran: Callable[[str], Ran]
) -> None:
    study, at = study_of(ran, "audience_costs")
    costs, shares = script("experiments", "audience_costs"), []
    for point in (at(audience=3.0), at(audience=0.0)):
        yields, stands = (study.value(name, point)[0] for name in ("yields", "stands"))
        shares.append(yields / (yields + stands))
    found = costs.yielding(study, at(audience=3.0), at(audience=0.0))
    assert found[0] == pytest.approx(shares[0] - shares[1])
