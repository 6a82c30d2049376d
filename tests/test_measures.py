"""The tables of a run say what its worlds did, as counted from the worlds' own histories."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis import intervals
from sim.analysis import tables as measures
from sim.analysis.tables import Levels, Tables
from sim.engine import ensemble
from sim.engine.history import History, replay
from sim.engine.notes import MEASURES, Measure
from sim.engine.record import N_BINS, OUTCOMES, TOP, Record, Tally
from sim.lanes import Floats
from sim.model.parameters import COEFFICIENTS, defaults
from sim.model.roster import Roster, with_subject
from sim.model.state import Pair, Relation
from sim.plan.scenario import Point

RUNG = Pair.FIELDS.index("rung")
WORLDS, WEEKS, SEED = 24, 40, 3


@pytest.fixture(scope="module")
def points(point, extreme) -> np.ndarray:
    return np.stack([point(), extreme])


@pytest.fixture(scope="module")
def record(eventful: Roster, points: np.ndarray) -> Record:
    return ensemble.play(eventful, points, n_worlds=WORLDS, n_weeks=WEEKS, seed=SEED)


@pytest.fixture(scope="module")
def tables(record: Record) -> Tables:
    return Tables.of(record)


@pytest.fixture(scope="module")
def histories(eventful: Roster, points: np.ndarray) -> list[History]:
    """All worlds of the second, lively point."""
    return [
        replay(eventful, points[1], world=world, n_weeks=WEEKS, seed=SEED)
        for world in range(WORLDS)
    ]


def _curve(tables: Tables, measure: str) -> pd.DataFrame:
    curves = tables.at(1).curves
    return curves[curves["measure"] == measure].sort_values("week")


def _leaders(histories: list[History], name: str) -> np.ndarray:
    """Mean of a field over both directions between the leaders, ``[world, week]``."""
    return np.array(
        [0.5 * (h.relation("USA", "RUS", name) + h.relation("RUS", "USA", name)) for h in histories]
    )


def _whole(values: np.ndarray) -> np.ndarray:
    """As stage 9 notes it: thousandths, halves up."""
    return np.floor(values * 1000.0 + 0.5) / 1000.0


# Curves


def test_means_and_errors_are_those_of_the_histories(tables, histories) -> None:
    fear = _whole(_leaders(histories, "fear"))
    line = _curve(tables, "fear_leaders")
    assert np.allclose(line["mean"], fear.mean(axis=0), rtol=0, atol=1e-12)
    assert np.allclose(line["mcse"], fear.std(axis=0, ddof=1) / WORLDS**0.5, rtol=0, atol=1e-12)
    assert fear.std(axis=0).max() > 0.01  # the worlds do differ


def test_an_offset_is_taken_off_again(tables, histories) -> None:
    cohesion = np.array([h.state("RUS", "cohesion") for h in histories])
    assert cohesion.min() < -0.01  # so that a forgotten offset would show
    line = _curve(tables, "cohesion_east")
    assert np.allclose(line["mean"], cohesion.mean(axis=0), rtol=0, atol=0.0005)


def test_quantiles_of_rungs_are_exact(tables, histories) -> None:
    rungs = np.array([h.pair("USA", "RUS", "rung") for h in histories])
    line = _curve(tables, "rung_leaders")
    for name, share in measures.QUANTILES.items():
        expected = np.quantile(rungs, share, axis=0, method="inverted_cdf")
        assert np.array_equal(line[name], expected), name


def test_other_quantiles_are_right_to_a_bin_and_within_what_was_seen(tables, histories) -> None:
    fear = _whole(_leaders(histories, "fear"))
    line = _curve(tables, "fear_leaders")
    for name, share in measures.QUANTILES.items():
        expected = np.quantile(fear, share, axis=0, method="inverted_cdf")
        assert np.abs(line[name] - expected).max() <= 0.004 + 1e-12, name
        assert (line[name] >= fear.min(axis=0) - 1e-12).all()
        assert (line[name] <= fear.max(axis=0) + 1e-12).all()


@pytest.mark.parametrize("name", ["deployment", "rhetoric"])
def test_quantiles_of_the_leaders_levels_are_exact(tables, histories, name: str) -> None:
    levels = _leaders(histories, name)
    assert 1.0 in levels  # at the end of the scale
    line = _curve(tables, f"{name}_leaders")
    for quantile, share in measures.QUANTILES.items():
        expected = np.quantile(levels, share, axis=0, method="inverted_cdf")
        assert np.array_equal(line[quantile], expected), quantile


def test_quantiles_of_mean_levels_of_many_relations_are_exact(tables, histories, eventful) -> None:
    of = [k for k, (a, _) in enumerate(eventful.relations) if a == "RUS"]
    of = [k for k in of if tables.at(1).pairs["opposed"].to_numpy()[eventful.atlas.pair[k]]]
    at = Relation.FIELDS.index("deployment")
    levels = _whole(np.array([h.relations[:, of, at].mean(axis=1) for h in histories]))
    line = _curve(tables, "deployment_east")
    for quantile, share in measures.QUANTILES.items():
        expected = np.quantile(levels, share, axis=0, method="inverted_cdf")
        np.testing.assert_allclose(line[quantile], expected, rtol=0, atol=1e-12)


def _levels(values: list[int], measure: Measure) -> Levels:
    """Return what is kept of whole numbers, one a world."""
    whole = np.array(values)
    bins = np.bincount(np.minimum(whole // measure.bins, N_BINS - 1), minlength=N_BINS)
    ends = np.array([[TOP - whole.min(), whole.max()]])
    return Levels(bins[None].astype(np.uint16), np.array([(whole == 0).sum()]), ends)


def _quantiles(values: list[int], measure: Measure) -> Floats:
    """Return the quantiles of a measure, from its whole numbers, one a world."""
    return measures.quantiles(_levels(values, measure), len(values), [measure], [1.0])[0]


def test_a_level_of_zero_is_zero_where_some_worlds_have_a_little() -> None:
    stress = Measure("x", "x", "x")
    found = _quantiles([0] * 60 + [1, 3] * 20, stress)
    assert found[:3].tolist() == [0.0, 0.0, 0.0]
    assert 0.001 <= found[3] <= found[4] <= 0.003


def test_worlds_that_differ_by_less_than_a_bin_keep_their_mean_between_their_quantiles() -> None:
    grievance = Measure("x", "x", "x")
    for first in range(150, 160):
        values = [first, first + 1, first + 2, first + 2] * 10
        low, *_, high = _quantiles(values, grievance)
        assert first / 1000 <= low <= np.mean(values) / 1000 <= high <= (first + 2) / 1000


def test_a_quantile_in_the_open_bin_is_within_what_was_seen() -> None:
    measure = Measure("x", "x", "x", scale=10, bins=4, offset=2.0)
    start = (N_BINS - 1) * 4
    found = _quantiles([start + 80, start + 90, start + 100], measure)
    assert ((found >= (start + 80) / 10 - 2.0) & (found <= (start + 100) / 10 - 2.0)).all()


def test_no_quantile_is_outside_its_measures_range(tables) -> None:
    """Levels, fears and qualities end at 1."""
    bounded = [m.name for m in MEASURES if m.unit.endswith("0 to 1")]
    assert len(bounded) > 8
    rows = tables.curves[tables.curves["measure"].isin(bounded)]
    quantiles = rows[list(measures.QUANTILES)]
    assert quantiles.min(axis=None) >= 0.0
    assert quantiles.max(axis=None) == 1.0


def test_where_worlds_are_alike_quantiles_are_the_mean(tables) -> None:
    start = tables.curves[tables.curves["week"] == 0]
    assert len(start) == 2 * len(MEASURES)
    for name in measures.QUANTILES:
        assert np.array_equal(start[name], start["mean"])


def test_sums_of_millions_of_worlds_do_not_overflow() -> None:
    n, top = 4_000_000, 65535
    sums = np.array([[n // 2 * top, n // 2 * top * top]], np.int64)  # half at 0, half at the top
    mean, variance = measures._moments(sums, n)
    assert mean[0] == top / 2
    assert variance[0] == pytest.approx(top**2 / 4, rel=1e-6)


def test_tables_do_not_depend_on_threads(eventful, points, tables) -> None:
    other = ensemble.play(eventful, points, n_worlds=WORLDS, n_weeks=WEEKS, seed=SEED, threads=3)
    for name, frame in vars(Tables.of(other)).items():
        pd.testing.assert_frame_equal(frame, getattr(tables, name))


# Rungs


def test_reached_is_what_outcomes_say(tables) -> None:
    reached = tables.reached.set_index(["point", "scope", "rung", "week"])["share"]
    for point in (0, 1):
        worlds = tables.at(point).outcomes
        for rung in range(1, 8):
            first = worlds[f"first_week_rung_{rung}"].astype(float)  # NaN where it never came
            for week in range(WEEKS + 1):
                share = reached[point, "leaders", rung, week]
                assert share == pytest.approx((first <= week).mean())
            assert reached[point, "any", rung, WEEKS] == pytest.approx(
                (worlds["peak_rung_any"] >= rung).mean()
            )


def test_reached_never_falls_and_lies_in_its_interval(tables) -> None:
    for _, line in tables.reached.groupby(["point", "scope", "rung"]):
        assert (line.sort_values("week")["share"].diff().dropna() >= 0.0).all()
    assert (tables.reached["lo"] <= tables.reached["share"]).all()
    assert (tables.reached["share"] <= tables.reached["hi"]).all()


def test_rungs_count_worlds_and_opposed_pairs(tables, histories, eventful) -> None:
    rungs = tables.at(1).rungs.set_index(["week", "rung"])
    opposed = tables.at(1).pairs["opposed"].to_numpy()
    stood = np.array([h.pairs[:, :, RUNG] for h in histories])  # [world, week, pair]
    assert np.array_equal(stood[:, :, 0], [h.pair(*_codes(eventful, 0), "rung") for h in histories])
    leaders = stood[:, :, eventful.atlas.leaders_pair]
    for week in (0, 7, WEEKS):
        for rung in range(8):
            row = rungs.loc[week, rung]
            assert row["share"] == pytest.approx((leaders[:, week] == rung).mean())
            among = (stood[:, week][:, opposed] == rung).sum(axis=1).mean()
            assert row["pairs"] == pytest.approx(among)


def _codes(roster: Roster, pair: int) -> tuple[str, str]:
    i, j = roster.pairs[pair]
    return roster.codes[i], roster.codes[j]


def test_pairs_hold_fear_both_ways_and_peaks(tables, histories) -> None:
    for _, row in tables.at(1).pairs.iterrows():
        first, second = row["first"], row["second"]
        ours = np.mean([h.relation(first, second, "fear").mean() for h in histories])
        theirs = np.mean([h.relation(second, first, "fear").mean() for h in histories])
        assert row["fear_first"] == pytest.approx(ours, abs=1e-6)
        assert row["fear_second"] == pytest.approx(theirs, abs=1e-6)
        peaks = np.array([h.pair(first, second, "rung").max() for h in histories])
        for rung in (3, 5, 6):
            assert row[f"peak_{rung}"] == pytest.approx((peaks >= rung).mean())


def test_clashes_and_wars_are_onsets_of_opposed_and_of_other_pairs(tables, histories) -> None:
    opposed = tables.at(1).pairs["opposed"].to_numpy()
    stood = np.array([h.pairs[:, :, RUNG] for h in histories])  # [world, week, pair]
    worlds = tables.at(1).outcomes
    for name, rung in (("clashes", 5), ("wars", 6)):
        begun = ((stood[:, 1:] >= rung) & (stood[:, :-1] < rung)).sum(axis=1)
        assert begun[:, ~opposed].sum() > 0
        assert list(worlds[name]) == list(begun[:, opposed].sum(axis=1))
        assert list(worlds[f"{name}_other"]) == list(begun[:, ~opposed].sum(axis=1))


def test_a_line_of_rungs_from_shares_is_that_of_the_curves(tables) -> None:
    curve = _curve(tables, "rung_leaders").reset_index(drop=True)
    line = measures.rung_line(tables.at(1).rungs, "share")
    assert np.array_equal(line[list(measures.QUANTILES)], curve[list(measures.QUANTILES)])
    assert np.allclose(line["mean"], curve["mean"], rtol=0, atol=1e-12)


# The pair that a scenario is about


@pytest.fixture(scope="module")
def named(eventful: Roster, points: np.ndarray) -> Record:
    """The same worlds as of a scenario that is about Russia and Ukraine."""
    about = with_subject(eventful, "RUS", "UKR")
    return ensemble.play(about, points, n_worlds=WORLDS, n_weeks=WEEKS, seed=SEED)


def _of_subject(name: str) -> bool:
    return name.endswith("_subject")


def test_a_scenario_that_names_no_subject_is_about_its_leaders(tables) -> None:
    worlds = tables.outcomes
    assert worlds["peak_rung_subject"].equals(worlds["peak_rung_leaders"])
    for rung in range(1, 8):
        first = worlds[f"first_week_rung_{rung}"]
        assert worlds[f"first_week_rung_{rung}_subject"].equals(first)
    scopes = tables.reached.set_index("scope")["share"]
    assert np.array_equal(scopes["subject"], scopes["leaders"])
    assert tables.rungs["subject"].equals(tables.rungs["share"])


def test_a_subject_changes_no_world_and_nothing_else_that_is_counted(record, named) -> None:
    for k, name in enumerate(OUTCOMES):
        if not _of_subject(name):
            assert np.array_equal(named.outcomes[:, k], record.outcomes[:, k]), name
    for name in Tally._fields:
        mine, other = getattr(named.tally, name), getattr(record.tally, name)
        if name == "reached":
            mine, other = mine[:, :2], other[:, :2]
        if not _of_subject(name):
            assert np.array_equal(mine, other), name


def test_what_is_told_of_a_subject_is_what_its_pair_did(named, histories) -> None:
    told = Tables.of(named).at(1)
    stood = np.array([h.pair("RUS", "UKR", "rung") for h in histories])  # [world, week]
    assert len(set(stood.max(axis=1))) > 1
    assert list(told.outcomes["peak_rung_subject"]) == list(stood.max(axis=1))
    reached = told.reached[told.reached["scope"] == "subject"].set_index(["rung", "week"])["share"]
    rungs = told.rungs.set_index(["rung", "week"])["subject"]
    for rung in range(1, 8):
        first = told.outcomes[f"first_week_rung_{rung}_subject"].fillna(-1)
        came = stood >= rung
        assert list(first) == list(np.where(came.any(axis=1), came.argmax(axis=1), -1))
        for week in (0, 8, WEEKS):
            so_far = came[:, : week + 1].any(axis=1).mean()
            assert reached[rung, week] == pytest.approx(so_far)
            assert rungs[rung, week] == pytest.approx((stood[:, week] == rung).mean())


# Worlds


def test_a_week_that_never_came_is_missing(tables, record) -> None:
    for name in measures.WEEKS:
        raw = record.outcome(name).ravel()
        assert np.array_equal(tables.outcomes[name].isna(), raw < 0)
        assert np.array_equal(tables.outcomes[name].dropna(), raw[raw >= 0])
    assert tables.outcomes["first_week_rung_7"].isna().any()


def test_typical_worlds_peak_at_the_median_and_the_worst_is_highest_and_first() -> None:
    worlds = pd.DataFrame(
        {
            "world": range(6),
            "peak_rung_leaders": [2, 5, 3, 3, 5, 2],
            "peak_rung_any": 5,
            "peak_week": [0, 9, 4, 7, 8, 0],
            "clashes": 0,
        }
    )
    assert measures.typical_worlds(worlds, 5) == [2, 3]
    assert measures.typical_worlds(worlds, 1) == [2]
    assert measures.worst_world(worlds) == 4
    worlds.loc[1, "peak_rung_any"] = 6
    assert measures.worst_world(worlds) == 1


def test_differences_pair_worlds_by_number(tables) -> None:
    found = measures.differences(tables.outcomes, (3, 5)).set_index(["point", "rung"])
    peaks = {k: tables.at(k).outcomes.set_index("world")["peak_rung_leaders"] for k in (0, 1)}
    for rung in (3, 5):
        change = (peaks[1] >= rung).astype(int) - (peaks[0] >= rung).astype(int)
        assert found.loc[(1, rung), "difference"] == pytest.approx(change.mean())
    shuffled = tables.outcomes.sample(frac=1.0, random_state=1)
    again = measures.differences(shuffled, (3, 5)).set_index(["point", "rung"])
    pd.testing.assert_frame_equal(found, again)


# Intervals


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718),
    ],
)  # fmt: skip
def test_wilson_gives_newcombes_values(count, n, low, high) -> None:
    """Newcombe 1998, table I, method 3."""
    found = intervals.wilson(count, n)
    assert [round(float(x), 4) for x in found] == [low, high]


def test_paired_difference_is_that_of_agresti_and_min() -> None:
    before = np.repeat([True, False, True, False], [10, 20, 30, 40])
    after = np.repeat([False, True, True, False], [10, 20, 30, 40])
    # (c - b) / (n + 2) -+ z sqrt(b + c - (c - b)^2 / (n + 2)) / (n + 2), b = 10.5, c = 20.5
    assert intervals.paired_difference(before, after) == pytest.approx(
        (0.1, -0.007240, 0.203318), abs=1e-5
    )


def test_an_interval_has_a_width_where_no_world_changed() -> None:
    same = np.arange(50) < 20
    change, low, high = intervals.paired_difference(same, same)
    assert change == 0.0
    assert low < -0.01
    assert high > 0.01


# One world in full


def test_tracks_hold_every_field_of_every_week(histories) -> None:
    history = histories[5]
    frames = dict(measures.in_full(history))
    relations = frames["relations"].set_index(["owner", "rival", "week"]).sort_index()
    for owner, rival in (("RUS", "EST"), ("USA", "RUS"), ("UKR", "RUS")):
        for name in ("fear", "deployment", "misread_intent"):
            found = relations.loc[(owner, rival), name]
            assert np.array_equal(found, history.relation(owner, rival, name))
    pairs = frames["pairs"].set_index(["first", "second", "week"]).sort_index()
    assert np.array_equal(pairs.loc[("USA", "RUS"), "rung"], history.pair("USA", "RUS", "rung"))
    states = frames["states"].set_index(["state", "week"])
    assert np.array_equal(states.loc["POL", "spending"], history.state("POL", "spending"))
    assert np.array_equal(frames["system"]["climate"], history.whole("climate"))
    assert {frame["world"].unique().item() for frame in frames.values()} == {5}


def test_two_views_make_up_the_perception_gap(histories, eventful, points) -> None:
    values = dict(zip(COEFFICIENTS, points[1], strict=True))
    alone = ensemble.play(eventful, points[1:], n_worlds=1, n_weeks=WEEKS, seed=SEED, first_world=5)
    curves = measures.curves(alone)
    gap = curves[curves["measure"] == "gap_leaders"].sort_values("week")["mean"].to_numpy()
    views = measures.two_views(histories[5], values)
    apart = (views["seen"] - views["meant"]).abs().groupby(views["week"]).mean()
    assert np.abs(apart.to_numpy() - gap).max() <= 0.0005 + 1e-9
    assert gap.max() > 0.05


# The design


def test_a_design_has_a_column_for_each_varied_key() -> None:
    labels = ({"offence": 0.1, "world": "calm"}, {"offence": 0.9, "world": "hot"})
    points = [Point(label, defaults()) for label in labels]
    frame = measures.design(points)
    assert frame.to_dict("list") == {
        "point": [0, 1],
        "offence": [0.1, 0.9],
        "world": ["calm", "hot"],
    }
    assert measures.label_of(points[1]) == "offence = 0.9, hot"
    assert measures.design([Point({}, {})]).to_dict("list") == {"point": [0]}
