"""What a figure of a design shows is what its tables say, and it can be read."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim import plots
from sim.model.parameters import COEFFICIENTS
from sim.plots import SHARE, Quadratic, smoothed, style
from sim.plots.comparisons import SAME
from sim.report import design_figures, designs, figures, point_figures
from sim.report.design_figures import CAPTIONS, Frames, of_design

CAPTION = figures.Caption("A test", 1, 7)
QUANTITIES = {
    "clash": ("the leaders reach a clash", SHARE),
    "disputes": ("disputes of opposed pairs", "a world, mean"),
}


@pytest.fixture(autouse=True)
def _style():
    with plots.drawing():
        yield


@pytest.fixture
def ax():
    return Figure(figsize=(8.0, 5.0)).subplots()


def estimates(**columns) -> pd.DataFrame:
    """Rows with values that rise evenly and intervals that are not symmetrical."""
    n = len(next(iter(columns.values())))
    value = np.linspace(0.1, 0.3, n)
    return pd.DataFrame({**columns, "value": value, "lo": value - 0.02, "hi": value + 0.03})


def grid(**axes) -> pd.DataFrame:
    rows = pd.DataFrame(itertools.product(*axes.values()), columns=list(axes))
    rows.insert(0, "point", range(len(rows)))
    return rows


def points(design: pd.DataFrame, names=tuple(QUANTITIES)) -> pd.DataFrame:
    frames = [
        estimates(point=design["point"]).assign(quantity=name, worlds=200 + 10 * design["point"])
        for name in names
    ]
    return pd.concat(frames, ignore_index=True)


def segments(ax) -> np.ndarray:
    """Both ends of all lines of intervals, ``[line, end, xy]``."""
    found = [c.get_segments() for c in ax.collections if isinstance(c, LineCollection)]
    return np.array([s for lines in found for s in lines])


def lines_of(ax) -> dict[str, np.ndarray]:
    """Points of the labelled lines, ``[point, xy]``."""
    return {
        line.get_label(): np.column_stack(line.get_data())
        for line in ax.lines
        if not line.get_label().startswith("_")
    }


def bands_of(ax) -> list[np.ndarray]:
    return [c.get_paths()[0].vertices for c in ax.collections if hasattr(c, "get_datalim")
            and not isinstance(c, LineCollection) and len(c.get_paths())]  # fmt: skip


def drawn_of(*args, **options) -> dict[str, Figure]:
    """The figures of a design, by their names."""
    plans = list(of_design(*args, **options))
    assert len({name for name, _ in plans}) == len(plans)
    return {name: make() for name, make in plans}


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text)]


def boxes(figure: Figure, wanted: set[str]) -> dict[str, matplotlib.transforms.Bbox]:
    """Where words stand once the figure is laid out and drawn."""
    figure.set_dpi(100)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    texts = figure.findobj(matplotlib.text.Text)
    renderer = canvas.get_renderer()
    return {
        text.get_text(): matplotlib.text.Text.get_window_extent(text, renderer)
        for text in texts
        if text.get_text() in wanted and text.get_visible()
    }


def overlapping(found: dict[str, matplotlib.transforms.Bbox]) -> list[tuple[str, str]]:
    return [
        (a, b) for a, b in itertools.combinations(found, 2) if found[a].overlaps(found[b])
    ]  # fmt: skip


# Along axes


def test_the_line_of_each_level_goes_through_its_values(ax) -> None:
    rows = estimates(level=[3.0, 1.0, 2.0] * 2, line=["full"] * 3 + ["none"] * 3)
    plots.draw_lines_of_axis(ax, rows, SHARE)
    for name, line in rows.groupby("line"):
        expected = line.sort_values("level")[["level", "value"]]
        assert np.array_equal(lines_of(ax)[name], expected)


def test_bands_run_from_the_lower_to_the_upper_end_of_intervals(ax) -> None:
    rows = estimates(level=[1.0, 2.0, 3.0], line="")
    plots.draw_lines_of_axis(ax, rows, SHARE)
    (band,) = bands_of(ax)
    for at, lo, hi in rows[["level", "lo", "hi"]].to_numpy():
        heights = band[band[:, 0] == at][:, 1]
        assert (heights.min(), heights.max()) == (lo, hi)


def test_ends_of_lines_are_named_apart(ax) -> None:
    rows = pd.concat(
        [estimates(level=[0.0, 1.0]).assign(line=name) for name in ("one", "two", "three")]
    )
    plots.draw_lines_of_axis(ax, rows, SHARE)  # all three end at the same height
    found = boxes(ax.figure, {"one", "two", "three"})
    assert len(found) == 3
    assert overlapping(found) == []


def test_shares_are_drawn_from_zero_and_hold_their_intervals(ax) -> None:
    plots.draw_lines_of_axis(ax, estimates(level=[1.0, 2.0], line=""), SHARE)
    bottom, top = ax.get_ylim()
    assert bottom == 0.0
    assert 0.33 <= top <= 0.6


def test_differences_along_an_axis_are_drawn_against_zero(ax) -> None:
    rows = estimates(level=[1.0, 2.0], line="hotline")
    plots.draw_differences_of_axis(ax, rows, SHARE)
    assert [0.0, 0.0] in [list(line.get_ydata()) for line in ax.lines]
    bottom, top = ax.get_ylim()
    assert bottom <= 0.0 < top


@pytest.mark.parametrize(
    ("levels", "wide"),
    [([0.001, 0.01, 0.1], True), ([0.0, 1.0, 100.0], False), ([0.5, 1.0, 2.0], False),
     (np.linspace(0.001, 1.0, 50), False), (np.geomspace(0.001, 1.0, 50), True)],
)  # fmt: skip
def test_only_levels_spread_by_factors_stand_on_a_logarithmic_axis(ax, levels, wide) -> None:
    style.level_axis(ax, list(levels))
    assert (ax.get_xscale() == "log") is wide


@pytest.mark.parametrize("levels", [[0.0, 0.0035, 0.007, 0.028], [0.0, 0.05, 0.1, 1.0], [1, 2, 3]])
def test_ticks_of_levels_do_not_touch_and_the_ends_are_written(levels) -> None:
    figure = Figure(figsize=(3.0, 2.0))
    ax = figure.subplots()
    ax.plot(levels, levels)
    style.level_axis(ax, levels)
    told = [tick.get_text() for tick in ax.get_xticklabels() if tick.get_text()]
    assert (told[0], told[-1]) == (f"{levels[0]:g}", f"{levels[-1]:g}")
    ax.tick_params(labelleft=False)
    assert overlapping(boxes(figure, set(told))) == []
    assert list(ax.get_xticks()) == levels


def test_the_base_of_a_star_is_marked_where_it_is(ax) -> None:
    rows = estimates(level=[0.0, 1.0, 4.0]).assign(base=[False, True, False])
    plots.draw_star(ax, rows, SHARE)
    (base,) = [line for line in ax.lines if line.get_label() == "base"]
    assert np.column_stack(base.get_data()).tolist() == [[1.0, rows["value"][1]]]
    assert [rows["value"][1]] * 2 in [list(line.get_ydata()) for line in ax.lines]
    ends = {tuple(s[:, 1]) for s in segments(ax)}
    assert ends == set(zip(rows["lo"], rows["hi"], strict=True))


def test_names_stand_in_the_order_they_are_given(ax) -> None:
    rows = estimates(level=["none", "attaches_expelled", "full"]).assign(base=[True, False, False])
    plots.draw_star(ax, rows, SHARE)
    ticks = [tick.get_text() for tick in ax.get_xticklabels()]
    assert ticks == ["none", "attaches expelled", "full"]


def test_a_smooth_line_follows_straight_points_and_stays_among_scattered_ones() -> None:
    x = np.random.default_rng(1).uniform(0.0, 1.0, 80)
    at, line = smoothed(x, 2.0 * x + 1.0)
    assert np.allclose(line, 2.0 * at + 1.0)
    noise = np.random.default_rng(2).uniform(0.0, 1.0, 80)
    _, line = smoothed(x, noise)
    assert line.min() > 0.0
    assert line.max() < 1.0


def test_where_levels_are_few_the_smooth_line_is_their_mean() -> None:
    at, line = smoothed(np.repeat([0.0, 0.5, 1.0], 30), np.tile([1.0, 2.0, 6.0], 30))
    assert at.tolist() == [0.0, 0.5, 1.0]
    assert line.tolist() == pytest.approx([3.0, 3.0, 3.0])


def test_a_quadratic_finds_the_surface_it_is_fitted_to_and_its_leading_axes() -> None:
    levels = np.random.default_rng(1).uniform(-2.0, 3.0, (200, 3))
    x, y, z = levels.T
    fit = Quadratic.through(levels, 1.0 + 2.0 * x * y - y**2 + 0.1 * z)
    assert fit is not None
    assert fit.explained == pytest.approx(1.0)
    assert fit.at(np.array([1.0, 2.0, 0.0])) == pytest.approx(1.0)
    assert set(fit.leading(levels)) == {0, 1}
    across, up, height = fit.slice(0, 1)
    middle = 0.5 * (z.min() + z.max())
    assert height[5, 7] == pytest.approx(1 + 2 * across[7] * up[5] - up[5] ** 2 + 0.1 * middle)


def test_a_surface_through_too_few_points_is_not_drawn() -> None:
    assert (
        Quadratic.through(np.random.default_rng(1).uniform(size=(20, 4)), np.arange(20.0)) is None
    )


# Over two axes


def test_a_heat_map_prints_each_value_in_its_cell(ax) -> None:
    rows = pd.DataFrame({"x": [0.0, 1.0, 0.0, 1.0], "y": ["none", "none", "full", "full"],
                         "value": [0.10, 0.20, 0.30, 0.40]})  # fmt: skip
    rows = rows.assign(lo=rows["value"] - 0.05, hi=rows["value"] + 0.05)
    plots.draw_response(ax, rows, SHARE, Normalize(0.0, 0.5))
    printed = {(text.get_position()[0], round(text.get_position()[1])): text.get_text()
               for text in ax.texts if "±" not in text.get_text()}  # fmt: skip
    assert printed == {(0, 0): "10%", (1, 0): "20%", (0, 1): "30%", (1, 1): "40%"}
    assert {text.get_text() for text in ax.texts if "±" in text.get_text()} == {"± 5"}
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["none", "full"]


def test_contours_part_the_cells_on_either_side_of_a_step_of_the_scale(ax) -> None:
    rows = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": 0.0, "value": [0.14, 0.15, 0.2]})
    rows = rows.assign(lo=rows["value"], hi=rows["value"])
    norm = Normalize(0.0, 0.3)  # steps of 0.05
    plots.draw_response(ax, rows, SHARE, norm)
    assert np.allclose(plots.steps_of(norm), np.arange(0.0, 0.31, 0.05))
    assert {tuple(segment[:, 0]) for segment in segments(ax)} == {(0.5, 0.5), (1.5, 1.5)}


def test_a_point_that_failed_leaves_its_cell_empty(ax) -> None:
    rows = estimates(x=[0.0, 1.0, 0.0], y=[0.0, 0.0, 1.0])
    plots.draw_response(ax, rows, SHARE, Normalize(0.0, 0.5))
    (image,) = ax.images
    assert np.ma.getmaskarray(image.get_array()).tolist() == [[False, False], [False, True]]
    assert len(ax.texts) == 2 * 3


def test_printed_values_stand_out_from_their_cells(ax) -> None:
    rows = estimates(x=np.arange(8.0), y=0.0)
    rows["value"] = np.linspace(0.0, 1.0, 8)
    plots.draw_response(ax, rows, SHARE, Normalize(0.0, 1.0))

    def light(colour) -> float:
        return float(np.dot(np.power(to_rgba(colour)[:3], 2.2), (0.2126, 0.7152, 0.0722)))

    for text in (t for t in ax.texts if "±" not in t.get_text()):
        value = rows["value"][text.get_position()[0]]
        pair = sorted((light(text.get_color()), light(plots.SURFACE(value))))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) > 3.0


def test_each_panel_shows_its_own_level_of_the_third_axis() -> None:
    design = grid(offence=[0.0, 1.0], hotline=[0.0, 1.0], diplomacy=["none", "full"])
    figure = drawn_of(_frames(design), QUANTITIES, CAPTION)["points_response_clash"]
    told = points(design, ["clash"]).merge(design, on="point")
    for ax, name in zip(figure.axes, ["none", "full"], strict=False):
        assert ax.get_title(loc="left") == name
        rows = told[told["diplomacy"] == name]
        expected = rows.pivot(index="hotline", columns="offence", values="value")
        assert np.array_equal(ax.images[0].get_array(), expected)


# Comparisons


def _differences() -> pd.DataFrame:
    return pd.DataFrame(
        {"label": ["hotline", "expelled"], "difference": [-0.03, 0.01], "lo": [-0.05, -0.01],
         "hi": [-0.01, 0.03], "up": [0.01, 0.03], "down": [0.04, 0.02]}
    )  # fmt: skip


def test_the_drawn_interval_of_a_difference_is_the_tables(ax) -> None:
    rows = _differences()
    plots.draw_differences(ax, rows, SHARE)
    assert [0.0, 0.0] in [list(line.get_xdata()) for line in ax.lines]
    drawn = {tuple(s[:, 0]) for s in segments(ax)}
    assert drawn == set(zip(rows["lo"], rows["hi"], strict=True))


def test_a_mark_is_hollow_where_the_interval_holds_zero(ax) -> None:
    plots.draw_differences(ax, _differences(), SHARE)
    faces = {line.get_xdata()[0]: line.get_markerfacecolor() for line in ax.lines
             if line.get_marker() == "o"}  # fmt: skip
    assert faces == {-0.03: plots.INK, 0.01: "white"}


def test_worlds_that_changed_are_told_in_both_directions(ax) -> None:
    rows = _differences()
    plots.draw_differences(ax, rows, SHARE)
    told = [text.get_text() for text in ax.texts]
    assert told == ["rose", "1.0%", "3.0%", "fell", "4.0%", "2.0%"]
    widths = [patch.get_width() for patch in ax.patches]
    assert widths == [*rows["up"], *-rows["down"]]


def test_the_course_of_a_difference_has_its_line_band_and_zero(ax) -> None:
    rows = estimates(week=[0, 1, 2, 3]).rename(columns={"value": "difference"})
    plots.draw_difference_curve(ax, rows.assign(label="hotline"), SHARE)
    assert np.array_equal(lines_of(ax)["hotline"][:, 1], rows["difference"])
    assert [0.0, 0.0] in [list(line.get_ydata()) for line in ax.lines]
    (band,) = bands_of(ax)
    assert (band[:, 1].min(), band[:, 1].max()) == (rows["lo"].min(), rows["hi"].max())


def test_what_no_world_changed_is_said_and_not_drawn() -> None:
    frames = _compared()
    course = frames.difference_curves
    still = course[course["measure"] == "clash"].assign(measure="war", difference=0.0)
    frames = replace(frames, difference_curves=pd.concat([course, still]))
    figure = drawn_of(frames, QUANTITIES, CAPTION)["difference_curves"]
    assert any(text.endswith("unchanged: war") for text in words(figure))
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert titles == ["display reached", "clash reached",
                      "perception gap of the two leaders"]  # fmt: skip


def test_long_names_of_variants_stand_in_a_legend_that_covers_nothing() -> None:
    figure = drawn_of(_compared(), QUANTITIES, CAPTION)["difference_curves"]
    names = {f"{variant} at accident = {level}" for variant in ("hotline", "full")
             for level in ("0", "0.1")}  # fmt: skip
    found = boxes(
        figure, names | {t for t in words(figure) if t.startswith(("What", "had", "per"))}
    )
    assert names <= set(found)
    assert overlapping(found) == []


def _cells(ax) -> dict[tuple[int, int], Rectangle]:
    return {(round(box.get_x() + 0.5), round(box.get_y() + 0.5)): box for box in ax.patches
            if isinstance(box, Rectangle)}  # fmt: skip


def test_fates_stand_at_the_rung_before_and_after(ax) -> None:
    rows = pd.DataFrame({"before": [2, 2, 5], "after": [5, 5, 3]})
    plots.draw_fates(ax, rows, 100, range(1, 7))
    counts = {text.get_position(): text.get_text() for text in ax.texts[:-2]}
    assert counts == {(1, 4): "2", (4, 2): "1"}  # columns and rows begin at rung 1
    assert "rose: 2 (2.0%)" in words(ax.figure)
    assert "fell: 1 (1.0%)" in words(ax.figure)
    assert "97 (97%)" in ax.get_xlabel()


def test_the_diagonal_of_fates_is_grey_and_only_that(ax) -> None:
    rows = pd.DataFrame({"before": [0, 3], "after": [3, 1]})
    plots.draw_fates(ax, rows, 10, range(5))
    grey = {place for place, box in _cells(ax).items() if box.get_facecolor() == to_rgba(SAME)}
    assert grey == {(k, k) for k in range(5)}


# Sensitivity


def _morris(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    frames = []
    for k, name in enumerate(list(COEFFICIENTS)[:n]):
        star = 0.4 / (k + 1)
        frames += [(name, "mu_star", star, 0.9 * star, 1.2 * star),
                   (name, "mu", -star, np.nan, np.nan),
                   (name, "sigma", star * rng.uniform(0.9, 1.0), np.nan, np.nan)]  # fmt: skip
    return pd.DataFrame(frames, columns=["parameter", "index", "value", "lo", "hi"])


def test_the_parameters_that_matter_most_are_named_without_overlap() -> None:
    rows = _morris(60).assign(quantity="clash")
    frames = _frames(grid(offence=[0.0, 1.0]), sensitivity=rows)
    figure = drawn_of(frames, QUANTITIES, CAPTION)["morris_clash"]
    cloud = figure.axes[1]
    names = [name.replace("_", " ") for name in list(COEFFICIENTS)[:12]]
    assert {text.get_text() for text in cloud.texts} >= set(names)
    found = boxes(figure, set(names))
    for text in figure.axes[0].get_yticklabels():
        text.set_visible(False)  # the bars name them too
    found = boxes(figure, set(names))
    assert len(found) == 12
    assert overlapping(found) == []
    assert all(box.x1 <= figure.bbox.x1 for box in found.values())


def test_morris_dots_and_intervals_are_the_tables(ax) -> None:
    rows = _morris(20).sample(frac=1.0, random_state=1)
    plots.draw_morris(ax, rows, "rung", most=5)
    dots = np.vstack([np.column_stack(line.get_data()) for line in ax.lines
                      if line.get_marker() == "o"])  # fmt: skip
    expected = rows.pivot(index="parameter", columns="index", values="value")
    assert {tuple(dot) for dot in dots} == set(
        zip(expected["mu_star"], expected["sigma"], strict=True)
    )
    star = rows[rows["index"] == "mu_star"].nlargest(5, "value")
    assert {tuple(s[:, 0]) for s in segments(ax)} == set(zip(star["lo"], star["hi"], strict=True))


def test_bars_are_ranked_and_cut_at_the_most() -> None:
    rows = _morris(30).sample(frac=1.0, random_state=1)
    ax = Figure().subplots()
    plots.draw_morris_bars(ax, rows, SHARE, most=20)
    widths = [patch.get_width() for patch in ax.patches]  # type: ignore[attr-defined]
    assert len(widths) == 20
    assert widths == sorted(widths, reverse=True)
    assert ax.get_yticklabels()[0].get_text() == next(iter(COEFFICIENTS))
    assert ax.get_yticks()[0] == 19


def test_sobol_bars_stand_beside_their_own_parameter(ax) -> None:
    rows = pd.DataFrame(
        [("a", "S1", 0.2, 0.0, 0.21), ("a", "ST", 0.3, 0.1, 0.31),
         ("b", "S1", 0.1, 0.05, 0.6), ("b", "ST", 0.7, 0.6, 0.8)],
        columns=["parameter", "index", "value", "lo", "hi"],
    )  # fmt: skip
    plots.draw_sobol(ax, rows)
    ticks = dict(zip(ax.get_yticks(), [t.get_text() for t in ax.get_yticklabels()], strict=True))
    drawn = {}
    for kind, bars in zip(("ST", "S1"), ax.containers, strict=True):
        for bar in bars:
            name = ticks[round(bar.get_y() + bar.get_height() / 2)]
            drawn[name, kind] = bar.get_width()
    assert drawn == {("a", "S1"): 0.2, ("a", "ST"): 0.3, ("b", "S1"): 0.1, ("b", "ST"): 0.7}
    assert ticks[1] == "b"  # the highest total order on top
    assert {tuple(s[:, 0]) for s in segments(ax)} == set(zip(rows["lo"], rows["hi"], strict=True))


def test_no_figure_ranks_what_moves_nothing() -> None:
    names = list(COEFFICIENTS)[:30]
    for indices in (("S1", "ST"), ("mu_star", "mu", "sigma")):
        still = pd.DataFrame(
            [("clash", name, index, 0.0, 0.0, 0.0) for name in names for index in indices],
            columns=["quantity", "parameter", "index", "value", "lo", "hi"],
        )
        frames = Frames(pd.DataFrame(), pd.DataFrame(), sensitivity=still)
        ((_, make),) = design_figures.of_sensitivity(frames, QUANTITIES, CAPTION)
        figure = make()
        assert "no varied input has an effect" in " ".join(words(figure))
        assert "largest" not in " ".join(words(figure))
    star = pd.DataFrame({"point": range(31)} | {
        name: [1.0 + (k == point - 1) for point in range(31)] for k, name in enumerate(names)
    })  # fmt: skip
    rows = star.assign(quantity="clash", value=0.0, lo=0.0, hi=0.1, worlds=50)
    about = point_figures.About(rows, star, "clash", SHARE)
    for draw in (point_figures.EACH["star"], point_figures.EACH["cloud"]):
        for _, make in draw(about, CAPTION):
            assert not re.search("largest|strongest", " ".join(words(make())))


# Convergence


def _convergence(n_points: int) -> pd.DataFrame:
    frames = []
    for point in range(n_points):
        worlds = np.array([10, 100, 1000])
        value = (point + 1) / (n_points + 2) * np.ones(3)
        half = 0.5 / np.sqrt(worlds)
        frames.append(
            pd.DataFrame(
                {
                    "point": point,
                    "worlds": worlds,
                    "quantity": "clash",
                    "value": value,
                    "lo": value - half,
                    "hi": value + half,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)  # fmt: skip


def test_estimates_are_drawn_against_the_worlds_played(ax) -> None:
    rows = _convergence(3)
    plots.draw_convergence(ax, rows, SHARE, {1: "the middle one"})
    line = rows[rows["point"] == 1]
    assert np.array_equal(lines_of(ax)["the middle one"], line[["worlds", "value"]])
    others = [c for c in ax.collections if isinstance(c, LineCollection)]
    assert sum(len(c.get_segments()) for c in others) == 2
    (band,) = bands_of(ax)
    assert (band[:, 1].min(), band[:, 1].max()) == (line["lo"].min(), line["hi"].max())


def test_the_half_width_asked_for_is_drawn_where_it_is(ax) -> None:
    plots.draw_half_widths(ax, _convergence(1), SHARE, {0: ""}, 0.02)
    assert [0.02, 0.02] in [list(line.get_ydata()) for line in ax.lines]
    assert "tolerance: 2%" in words(ax.figure)


def test_of_many_points_the_lowest_highest_and_longest_played_are_named() -> None:
    rows = _convergence(20)
    longest = pd.DataFrame({"point": [4], "worlds": [5000], "quantity": "clash",
                            "value": rows["value"][12], "lo": 0.1, "hi": 0.4})  # fmt: skip
    design = grid(offence=list(np.linspace(0.0, 1.0, 20)))
    frames = _frames(design, convergence=pd.concat([rows, longest]))
    figure = drawn_of(frames, QUANTITIES, CAPTION)["convergence_clash"]
    told = {text for text in words(figure) if text.startswith("offence")}
    assert {"offence = 0", "offence = 1", "offence = 0.211"} <= told
    assert len(told) == 4


# Which figures


def _frames(design: pd.DataFrame, **tables) -> Frames:
    return Frames(design, points(design), **tables)


def _star() -> pd.DataFrame:
    base = {"offence": 0.5, "diplomacy": "attaches"}
    rows = [base, {**base, "offence": 0.0}, {**base, "offence": 1.0}, {**base, "diplomacy": "none"}]
    return pd.DataFrame(rows).rename_axis("point").reset_index()


def _sample(n_points: int = 60, n_axes: int = 3) -> pd.DataFrame:
    cube = np.random.default_rng(5).uniform(size=(n_points, n_axes))
    frame = pd.DataFrame(cube, columns=list(COEFFICIENTS)[:n_axes])
    return frame.rename_axis("point").reset_index()


@pytest.mark.parametrize(
    ("design", "kind"),
    [
        (grid(offence=[0.5]), "none"),
        (grid(offence=[0.0, 0.5, 1.0]), "line"),
        (grid(diplomacy=["none", "full"]), "forest"),
        (grid(offence=[0.0, 0.5, 1.0], hotline=[0.0, 1.0]), "lines"),
        (grid(diplomacy=["none", "full"], offence=[0.0, 0.5, 1.0]), "lines"),
        (grid(offence=list(range(9)), hotline=list(range(8))), "response"),
        (grid(doctrine=["a", "b"], diplomacy=["c", "d"]), "forest"),
        (grid(offence=[0, 1], hotline=[0, 1], accident=[0, 1]), "response"),
        (grid(a=[0, 1], b=[0, 1], c=[0, 1], d=[0, 1]), "forest"),
        (grid(a=[0, 1, 2], b=[0, 1, 2], c=[0, 1, 2], d=[0, 1, 2]), "cloud"),
        (_star(), "star"),
        (_sample(), "cloud"),
        (_sample(12), "cloud"),
    ],
)
def test_a_design_is_drawn_as_its_shape_asks_for(design, kind) -> None:
    assert designs.kind_of(design) == kind


def test_the_axis_of_numbers_is_the_one_along_x() -> None:
    names_first = grid(diplomacy=["none", "full"], offence=[0.0, 0.5, 1.0])
    assert designs.across(names_first) == ("offence", "diplomacy")
    too_many = grid(offence=[0.0, 1.0], hotline=list(range(9)))
    assert designs.across(too_many) == ("hotline", "offence")


def test_axes_carry_their_units() -> None:
    assert designs.axis_label("accident") == "accident (1/relation-week)"
    assert designs.axis_label("scenario.traits.POL.firmness") == "POL firmness"
    figure = drawn_of(_frames(grid(accident=[0.0, 0.05])), QUANTITIES, CAPTION)["points_line"]
    assert figure.axes[0].get_xlabel() == "accident (1/relation-week)"
    assert [ax.get_ylabel() for ax in figure.axes] == [SHARE, "a world, mean"]


def _compared() -> Frames:
    design = grid(accident=[0.0, 0.1], variant=["baseline", "hotline", "full"])
    pairs = [(1, 0), (2, 0), (4, 3), (5, 3)]
    keys = pd.DataFrame(pairs, columns=["point", "baseline"])
    change = {"difference": 0.05, "lo": 0.01, "hi": 0.09, "up": 0.08, "down": 0.03}
    differences = pd.concat([keys.assign(quantity=name, worlds=200, **change)
                             for name in QUANTITIES])  # fmt: skip
    weeks = keys.merge(pd.DataFrame({"week": range(5)}), how="cross")
    course = pd.concat([weeks.assign(measure=name, difference=0.01, lo=-0.01, hi=0.03)
                        for name in ("display", "clash", "gap_leaders")])  # fmt: skip
    fates = keys.assign(world=3, before=2, after=5)
    return _frames(design, differences=differences, difference_curves=course, fates=fates)


def test_comparisons_are_named_by_what_sets_them_apart() -> None:
    frames = _compared()
    names = designs.changes_of(frames.design, [(1, 0), (2, 0), (4, 3), (5, 3)])
    assert names == {1: "hotline at accident = 0", 2: "full at accident = 0",
                     4: "hotline at accident = 0.1", 5: "full at accident = 0.1"}  # fmt: skip


def test_a_difference_along_an_axis_stands_at_its_level() -> None:
    figure = drawn_of(_compared(), QUANTITIES, CAPTION)["differences_along"]
    lines = lines_of(figure.axes[0])
    assert set(lines) == {"hotline", "full"}
    assert lines["full"].tolist() == [[0.0, 0.05], [0.1, 0.05]]


def _compared_widely(n_points: int = 25) -> Frames:
    """Two variants at points of two axes; the later the point, the larger the difference."""
    places = _sample(n_points, 2).drop(columns="point")
    rows = [places.assign(variant=name) for name in ("baseline", "hotline", "full")]
    design = pd.concat(rows).sort_index(kind="stable").reset_index(drop=True)
    design = design.rename_axis("point").reset_index()
    keys = pd.DataFrame({"point": [p for p in design["point"] if p % 3]})
    keys["baseline"] = keys["point"] // 3 * 3
    change = keys["point"] / 1000.0
    whole = keys.assign(difference=change, lo=change - 0.01, hi=change + 0.01)
    weeks = whole.merge(pd.DataFrame({"week": [0, 1]}), how="cross").assign(measure="clash")
    fates = keys.loc[keys.index.repeat(keys["point"])].assign(world=0, before=1, after=3)
    differences = whole.assign(quantity="clash", up=0.1, down=0.0, worlds=200)
    return _frames(design, differences=differences, difference_curves=weeks, fates=fates)


def test_many_differences_are_scattered_at_their_levels() -> None:
    frames = _compared_widely()
    drawn = drawn_of(frames, QUANTITIES, CAPTION)
    assert "differences" not in drawn
    ax = drawn["differences_cloud_clash"].axes[1]
    axis = frames.design.columns[2]
    assert ax.get_xlabel() == designs.axis_label(axis)
    rows = frames.differences.merge(frames.design, on="point")
    hotline = rows[rows["variant"] == "hotline"]
    dots = next(line for line in ax.lines if line.get_marker() == plots.style.MARKERS[0])
    assert np.array_equal(np.column_stack(dots.get_data()), hotline[[axis, "difference"]])


def test_of_many_comparisons_those_that_change_most_are_shown() -> None:
    frames = _compared_widely()
    drawn = drawn_of(frames, QUANTITIES, CAPTION)
    names = designs.changes_of(frames.design, [(74, 72), (1, 0)])
    titles = [ax.get_title(loc="left") for ax in drawn["difference_curves"].axes]
    assert figures.wrapped(names[74]) in titles
    assert figures.wrapped(names[1]) not in titles
    assert "12 of 50 variants, largest differences" in " ".join(words(drawn["difference_curves"]))
    assert "6 of 50 variants, most changed worlds" in " ".join(words(drawn["fates"]))
    counts = [text for text in words(drawn["fates"]) if text.startswith("rose: ")]
    assert [text.split()[1] for text in counts] == ["67", "68", "70", "71", "73", "74"]


ALL = [
    _compared(),
    _compared_widely(),
    _frames(grid(diplomacy=["none", "attaches", "full"])),
    _frames(grid(offence=[0.0, 0.5, 1.0], hotline=[0.0, 1.0])),
    _frames(grid(offence=[0.0, 0.5, 1.0], hotline=[0.0, 1.0], diplomacy=["none", "full"])),
    _frames(_star(), convergence=_convergence(4)),
    _frames(_sample()),
    _frames(_sample(20), sensitivity=_morris(30).assign(quantity="clash")),
    _frames(grid(offence=[0.5]), convergence=_convergence(1)),
]


@pytest.mark.parametrize("frames", ALL)
def test_every_figure_says_what_it_is_and_is_explained(frames) -> None:
    drawn = list(drawn_of(frames, QUANTITIES, CAPTION, aim=("clash", 0.02)).items())
    assert drawn
    for name, figure in drawn:
        text = " ".join(words(figure))
        assert "not a forecast" in text
        assert "A test;" in text
        assert any(name.startswith(start) for start in CAPTIONS), name


@pytest.mark.parametrize("frames", ALL[:7])
def test_nothing_is_cut_off_at_the_edge(frames) -> None:
    for name, figure in drawn_of(frames, QUANTITIES, CAPTION).items():
        figure.set_dpi(60)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        box = figure.get_tightbbox(canvas.get_renderer())
        width, height = figure.get_size_inches()
        assert box.x0 >= -0.02, name
        assert box.y0 >= -0.02, name
        assert box.x1 <= width + 0.02, name
        assert box.y1 <= height + 0.02, name


def test_the_small_print_gives_the_worlds_that_were_played() -> None:
    frames = _frames(grid(offence=[0.0, 0.5, 1.0]))
    figure = drawn_of(frames, QUANTITIES, CAPTION)["points_line"]
    assert any("3 points of 200 to 220 worlds each, seed 7" in text for text in words(figure))


def test_after_screening_the_cloud_of_points_is_left_out() -> None:
    frames = _frames(_sample(20), sensitivity=_morris(30).assign(quantity="clash"))
    assert [name for name, _ in of_design(frames, QUANTITIES, CAPTION)] == ["morris_clash"]


def test_a_failed_point_does_not_stop_the_others() -> None:
    design = grid(offence=[0.0, 0.5, 1.0], hotline=[0.0, 1.0])
    frames = _frames(design)
    frames = replace(frames, points=frames.points[frames.points["point"] != 1])
    figure = drawn_of(frames, QUANTITIES, CAPTION)["points_lines"]
    assert len(lines_of(figure.axes[0])["1"]) == 2
    without_base = replace(_frames(_star()), points=points(_star()).query("point != 0"))
    assert drawn_of(without_base, QUANTITIES, CAPTION) == {}
    nothing = replace(frames, points=frames.points.iloc[:0])
    assert drawn_of(nothing, QUANTITIES, CAPTION) == {}


def test_the_figures_of_a_design_change_none_of_its_tables() -> None:
    frames = _compared()
    before = {name: table.copy() for name, table in vars(frames).items() if table is not None}
    drawn_of(frames, QUANTITIES, CAPTION)
    for name, table in before.items():
        pd.testing.assert_frame_equal(getattr(frames, name), table)
