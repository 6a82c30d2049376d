"""Figures of any study can be drawn and read: whatever its names, wherever it is drawn."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import matplotlib
import pandas as pd
import pytest
from markdown_it import MarkdownIt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from rich.console import Console

import sim
from sim import plots, report
from sim.__main__ import read_jobs
from sim.analysis import tables as measures
from sim.model.parameters import COEFFICIENTS
from sim.plots import lettering, style
from sim.report import cost, design_figures, designs, drawing, figures
from sim.report.figures import Caption
from sim.study.results import Study, open_study

LONG = "The United Federated Republics and Principalities of Alphia"
TITLE = (
    "An arms race for $$ of $1bn or of $2bn: *who* pays `what` | <b>and_why_</b> [now](x) "
    + "m" * 30
)
VARIANT = "a *hotline* | of $1bn at the level of heads of government"
SCENARIO = f"""
defaults: [two_alliances, _self_]
title: "{TITLE}"
account: "1. $1bn *and* more\\n\\n- a list | of <things>"
invented:
  AAA: {{name: "{LONG}"}}
  BBB: {{name: "{LONG[:-7]} Betania"}}
  CCC: {{name: "_Castor_ of $x$"}}
  DDD: {{name: "Dorada | *two* $"}}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A comparison whose title, names and variants are long and full of marks."""
    own = tmp_path_factory.mktemp("mine")
    (own / "scenario").mkdir()
    (own / "scenario" / "hostile.yaml").write_text(f"# @package scenario\n{SCENARIO}")
    (own / "experiment").mkdir()
    (own / "experiment" / "own.yaml").write_text(
        "# @package _global_\ndefaults:\n  - override /scenario: hostile\n"
        f"compare:\n  '{VARIANT}': {{diplomacy: hotline}}\n"
        "  a_b: {diplomacy: full}\n  a b: {diplomacy: none}\n"
        "vary: {fear_gain: [1.0000001, 1.0000002]}\n"
    )
    words = [f"--config-dir={own}", "experiment=own", "worlds=24", "weeks=12", "seed=5",
             "figures=all", "execution.threads=1"]  # fmt: skip
    (job,) = read_jobs(words)
    output = tmp_path_factory.mktemp("studies") / "hostile"
    found = open_study(report.run(replace(job, output=output), console=Console(quiet=True)))
    shutil.copytree(output / "figures", output.parent / "as_drawn")
    return found


@pytest.fixture(scope="module")
def drawn(study: Study) -> Iterator[dict[str, Figure]]:
    """The same study's figures, settled."""
    with plots.drawing(), warnings.catch_warnings():
        warnings.simplefilter("error")
        made = {name: make() for name, make in drawing.figures_of(study)}
        told, roster = study.table("leading"), study.scenario.roster
        told = told[told["world"] == told["world"].iloc[0]]
        made["history"] = figures.history(told, roster, Caption(TITLE, 1, 5), 0)
        made["views"] = figures.views(0, told, roster, Caption(TITLE, 1, 5))
        for figure in made.values():
            figure.set_dpi(figures.DPI)
            plots.settle(figure)
        yield made


def texts(figure: Figure) -> list[Text]:
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def words_of(figure: Figure) -> str:
    return " ".join(" ".join(text.get_text() for text in texts(figure)).split())


# A user's text


def test_a_users_text_is_drawn_letter_by_letter(drawn: dict[str, Figure]) -> None:
    assert set(drawn) >= {"fan", "gap", "fear_pairs", "differences", "fates", "points_reached"}
    for name, figure in drawn.items():
        assert TITLE[:60] in words_of(figure), name
        assert not any(text.get_parse_math() or text.get_usetex() for text in texts(figure)), name
    ticks = [t.get_text() for ax in drawn["fear_pairs"].axes for t in ax.get_yticklabels()]
    assert {" _Castor_ of $x$", "Dorada | *two* $"} <= set(ticks)
    assert VARIANT in words_of(drawn["differences"])


def test_a_users_text_is_shown_in_the_summary_as_it_is(study: Study) -> None:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(
        (study.folder / "summary.md").read_text(encoding="utf-8")
    )  # fmt: skip
    lines = [token for token in tokens if token.type == "inline"]
    shown = ["".join(t.content if t.type != "softbreak" else " " for t in line.children or [])
             for line in lines]  # fmt: skip
    assert shown[0] == TITLE
    assert shown[2] == "1. $1bn *and* more  - a list | of <things>"
    assert any(VARIANT in line for line in shown)
    assert any("1.0000001" in line for line in shown)
    assert any("1.0000002" in line for line in shown)
    kinds = {child.type for line in lines for child in line.children or []}
    assert kinds <= {"text", "text_special", "softbreak", "code_inline", "image", "em_open",
                     "em_close", "strong_open", "strong_close"}  # fmt: skip
    emphasised = [
        line.content for line in lines if "em_open" in {t.type for t in line.children or []}
    ]
    assert not any("who" in line or "two" in line for line in emphasised)


def test_names_that_only_a_blank_tells_apart_stay_apart(study: Study) -> None:
    labels = [study.label(point) for point in study.design["point"]]
    assert len(set(labels)) == len(labels)
    drawn_labels = designs.labels_of(designs.drawn_levels(study.design))
    assert len(set(drawn_labels.values())) == len(labels)


def test_a_variant_whose_name_says_at_is_named_in_full() -> None:
    design = pd.DataFrame({"point": [0, 1], "variant": ["baseline", "talks at sea"]})
    assert designs.variants_of(design, [(1, 0)]) == {1: "talks at sea"}


@pytest.mark.parametrize("digits", [3, 6])
def test_numbers_get_the_digits_that_tell_them_apart(digits: int) -> None:
    close = [0.1, 0.1 + 1e-16, 1.0000001, 1.0000002, 3.0]
    words = measures.numerals(close, digits)
    assert len(set(words.values())) == len(close)
    assert all(float(word) == number for number, word in words.items())
    assert measures.numerals([1 / 3, 2.0], digits) == {1 / 3: f"{1 / 3:.{digits}g}", 2.0: "2"}


# Room


def test_nothing_is_drawn_beyond_the_canvas(drawn: dict[str, Figure]) -> None:
    for name, figure in drawn.items():
        renderer = FigureCanvasAgg(figure).get_renderer()
        for artist in (*figure.texts, *figure.legends, *figure.axes):
            box = artist.get_tightbbox(renderer)
            ends = (box.x0, box.y0, figure.bbox.x1 - box.x1, figure.bbox.y1 - box.y1)
            assert min(ends) >= -2.0, (name, artist)


def test_long_names_leave_room_for_what_they_name(drawn: dict[str, Figure]) -> None:
    for name, figure in drawn.items():
        panels = [ax for ax in figure.axes if ax.axison and ax.get_label() != "<colorbar>"]
        width = sum(ax.get_position().width for ax in panels[: 1 if len(panels) == 1 else None])
        rows = len({round(ax.get_position().y0, 2) for ax in panels})
        assert width / rows > 0.35, name


def test_titles_do_not_run_into_one_another(drawn: dict[str, Figure]) -> None:
    for name, figure in drawn.items():
        renderer = FigureCanvasAgg(figure).get_renderer()
        titles = {ax.get_title(loc="left") for ax in figure.axes} - {""}
        boxes = [
            t.get_window_extent(renderer)
            for t in texts(figure)
            if t.get_text() in titles or t in figure.texts
        ]
        assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2)), name


def test_text_is_folded_between_words_and_cut_at_the_end() -> None:
    with plots.drawing():
        room = plots.width_of("one two three", 10.0) / lettering.MARGIN
        assert plots.folded("one two three four five", room, 10.0) == "one two three\nfour five"
        cut = plots.folded("one two three four five " * 3, room, 10.0, most=2)
        assert cut.count("\n") == 1
        assert cut.endswith("…")
        broken = plots.folded("m" * 40, room, 10.0, most=9)
        assert broken.replace("\n", "") == "m" * 40
        assert plots.width_of(broken, 10.0) <= room


# Letters


@pytest.fixture
def ascii_only(monkeypatch: pytest.MonkeyPatch) -> None:
    known = frozenset([*range(32, 127), ord("…"), ord(lettering.MISSING), ord("±")])
    monkeypatch.setattr(lettering, "_letters", lambda: known)


@pytest.mark.usefixtures("ascii_only")
def test_a_name_without_letters_is_drawn_by_its_code() -> None:
    middle = LONG.replace("Republics", "Dominions")
    names = {"CHN": "中国", "RUS": "Russia", "AAA": LONG, "BBB": middle, "CCC": LONG + " II"}
    found = plots.short_names(names)
    assert (found["CHN"], found["RUS"]) == ("CHN", "Russia")
    assert (found["AAA"], found["BBB"]) == ("AAA", "BBB")  # cut, they would be alike
    assert found["CCC"] == "The United Feder…es of Alphia II"
    assert len(found["CCC"]) == lettering.MOST_OF_NAME
    design = pd.DataFrame({"point": [0, 1, 2], "variant": ["baseline", "热线", "会谈"]})
    assert list(designs.drawn_levels(design)["variant"]) == ["baseline", "variant 2", "variant 3"]
    assert designs.undrawn_levels(design) == {"热线": "variant 2", "会谈": "variant 3"}


@pytest.mark.slow
@pytest.mark.usefixtures("ascii_only")
def test_what_has_no_letters_is_said_once_and_warned_of_never(study: Study) -> None:
    foreign = replace(study.scenario, title="军备竞赛")
    held = vars(study).copy()
    study.__dict__["scenario"] = foreign
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = report.draw(study)
    finally:
        study.__dict__.clear()
        study.__dict__.update(held)
    assert found.failed == {}
    assert found.instead == {"军备竞赛": "hostile"}


def test_every_font_that_is_asked_is_installed() -> None:
    assert set(lettering.families()) <= set(matplotlib.font_manager.get_font_names())
    assert lettering.families()[0] == lettering.OWN


# Wherever it is drawn

HOSTILE_RC = """
text.usetex: True
text.parse_math: True
font.family: cursive
font.size: 30
savefig.dpi: 20
savefig.bbox: tight
savefig.facecolor: black
savefig.transparent: True
figure.facecolor: black
figure.constrained_layout.use: True
axes.formatter.use_mathtext: True
svg.fonttype: none
svg.hashsalt: other
axes.prop_cycle: cycler('color', ['r'])
lines.linestyle: --
path.sketch: 5, 100, 2
"""
ALONE = """
import sys
import matplotlib
import sim
before = dict(matplotlib.rcParams.copy())
found = sim.report.draw(sim.open_study(sys.argv[1]))
assert not found.failed, found.failed
assert "matplotlib.pyplot" not in sys.modules
assert dict(matplotlib.rcParams.copy()) == before
"""


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _drawn_elsewhere(study: Study, folder: Path, settings: str) -> dict[str, bytes]:
    rc = folder / "matplotlibrc"
    rc.write_text(settings)
    env = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"} | {"MATPLOTLIBRC": str(rc)}
    subprocess.run([sys.executable, "-c", ALONE, str(study.folder)], check=True, env=env,
                   capture_output=True)  # fmt: skip
    return _files(study.folder / "figures")


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param("", id="plain", marks=pytest.mark.long),
        pytest.param(HOSTILE_RC, id="hostile", marks=pytest.mark.slow),
    ],
)
def test_a_matplotlibrc_changes_no_byte_and_drawing_changes_no_setting(
    study: Study, tmp_path: Path, settings: str
) -> None:
    here = _files(study.folder.parent / "as_drawn")
    assert _drawn_elsewhere(study, tmp_path, settings) == here


def test_a_notebooks_own_plots_are_left_alone(study: Study) -> None:
    code = """
        import matplotlib, sys
        matplotlib.use("svg")
        from matplotlib import pyplot
        own, ax = pyplot.subplots()
        import sim
        sim.report.drawing._of_design = lambda *_: ()  # a few figures will do
        assert sim.report.draw(sim.open_study(sys.argv[1])).names
        assert matplotlib.get_backend().lower() == "svg"
        assert pyplot.get_fignums() == [own.number]
        assert type(own.canvas).__module__.endswith("backend_svg")
    """
    told = [sys.executable, "-c", textwrap.dedent(code), str(study.folder)]
    subprocess.run(told, check=True, capture_output=True)


def test_nothing_in_the_package_asks_for_a_backend_or_pyplot() -> None:
    package = Path(sim.__file__).parent
    for path in package.rglob("*.py"):
        assert not re.search(r"pyplot|matplotlib\.use\(|switch_backend", path.read_text()), path


def test_a_layout_is_rounded_so_that_every_draw_gives_the_same_bytes(
    drawn: dict[str, Figure],
) -> None:
    for name, figure in drawn.items():
        for ax in figure.axes:
            for side in map(float, ax.get_position(original=True).bounds):
                assert side == pytest.approx(round(side, lettering.GRAIN), abs=1e-12), name


# A figure that fails


def _made(_: Figure, kinds: Collection[str]) -> dict[str, bytes]:
    """Stands for rendering, which takes long."""
    return dict.fromkeys(kinds, b"")


def test_a_figure_that_fails_costs_a_line_and_no_other(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Figure:
        raise ValueError("no *such* thing\nas this")

    monkeypatch.setattr(figures, "fan", broken)
    monkeypatch.setattr(figures, "rendered", _made)
    found = report.draw(study)
    assert found.failed == {"fan": "ValueError: no *such* thing as this"}
    assert {"reached", "gap", "fates"} <= set(found.names)
    written = {path.stem for path in (study.folder / "figures").iterdir()}
    assert written == set(found.names)


def test_a_figure_that_fails_is_named_in_the_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> dict[str, bytes]:
        raise RuntimeError("no *such* thing")

    (job,) = read_jobs(["scenario=two_rivals", "worlds=4", "weeks=3"])
    monkeypatch.setattr(figures, "rendered", broken)
    folder = report.run(replace(job, output=tmp_path / "here"), console=Console(quiet=True))
    text = (folder / "summary.md").read_text()
    assert r"**Figure `fan` could not be drawn**: RuntimeError: no \*such\* thing" in text
    assert "figures/fan.png" not in text
    assert "## Files" in text


def test_figures_that_cannot_even_be_planned_cost_no_summary(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("gone")

    monkeypatch.setattr(drawing, "_of_point", broken)
    monkeypatch.setattr(figures, "rendered", _made)
    found = report.draw(study)
    assert found.failed == {drawing.REST: "KeyError: 'gone'"}
    assert "fates" in found.names


def test_an_environment_that_matplotlib_refuses_costs_no_summary(study: Study) -> None:
    code = "import sim, sys; print(sim.report.draw(sim.open_study(sys.argv[1])).failed)"
    told = subprocess.run(
        [sys.executable, "-c", code, str(study.folder)], check=True, capture_output=True, text=True,
        env={**os.environ, "MPLBACKEND": "nonsense"},
    )  # fmt: skip
    assert "'nonsense' is not a valid value for backend" in told.stdout


# Sobol points


@pytest.mark.parametrize(("n_points", "said"), [(64, False), (50, True), (1, False)])
def test_sobol_points_that_are_not_balanced_are_remarked(n_points: int, said: bool) -> None:
    (job,) = read_jobs(["scenario=two_rivals", "worlds=4", "weeks=3", "vary.fear_gain.low=1",
                        "vary.fear_gain.high=2", "design.method=sobol",
                        f"design.points={n_points}"])  # fmt: skip
    assert bool(cost.remarks(job)) is said
    if said:
        assert "design.points = 50 is not a power of two" in cost.remarks(job)[0]
        assert "use 32 or 64" in "".join(cost.lines(job, cost.estimate(job)))


def test_ticks_of_close_levels_are_told_apart() -> None:
    assert style.shorts([1.0000001, 1.0000002]) == ["1.0000001", "1.0000002"]
    assert style.shorts(["a_b", "a b", "c_d"]) == ["a_b", "a b", "c d"]


def test_a_logarithmic_surface_has_numbers_at_its_ticks() -> None:
    names = list(COEFFICIENTS)[:2]
    levels = pd.DataFrame({"point": range(64)})
    levels[names[0]] = 10.0 ** (-3.0 + 3.0 * (levels["point"] % 8) / 7.0)
    levels[names[1]] = levels["point"] // 8 + 0.01 * levels["point"]
    value = 0.1 + 0.01 * levels[names[1]] - 0.02 * levels[names[0]]
    rows = levels[["point"]].assign(quantity="clash", value=value, lo=value, hi=value, worlds=9)
    planned = design_figures.of_design(
        design_figures.Frames(levels, rows), {"clash": ("a clash", "rungs")}, Caption("x", 9, 1)
    )
    with plots.drawing():
        figure = dict(planned)["points_surface_clash"]()
        figure.draw_without_rendering()
        assert "log" in (figure.axes[0].get_xscale(), figure.axes[0].get_yscale())
        assert not any("\\" in text.get_text() for text in texts(figure))
