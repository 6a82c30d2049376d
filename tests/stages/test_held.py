"""What is held from outside, stage by stage; values computed by hand."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from sim.config.job import load_scenario
from sim.engine.blocks import Block
from sim.model import turn
from sim.model.parameters import parameter_block
from sim.model.roster import Hold, with_holds
from sim.model.stages import choose, confront, held, perceive, spread
from sim.model.vocabulary import (
    HELD_CEILING,
    HELD_CHANNEL,
    HELD_JOINING,
    HELD_LEVEL,
    HELD_MEDIATION,
    HELD_MISTAKE,
    HELD_RISE,
    HELD_STEP,
    N_HELD,
    Instrument,
    Miscalculation,
    Origin,
)
from tests.tiny import LANE, WEEK, Tiny, about, roster

R = roster().relation("ALF", "BET")
EVENT = 8.0 + Origin.EVENT  # one link from its root


def holding(t: Tiny, holds: Iterable[tuple[int, int, int, float]]) -> Tiny:
    """Let a tiny world hold things: week, what, row, value."""
    made = with_holds(roster(), [Hold(*each) for each in holds]).atlas
    names = ("change_first", "change_row", "change_value")
    t.atlas = t.atlas._replace(**{name: getattr(made, name) for name in names})
    return t


def test_a_value_is_held_in_its_week_and_row_alone() -> None:
    t = holding(Tiny(), [(WEEK, 3, R, 0.5), (WEEK + 2, 3, R, 0.25)])

    def at(week: int, what: int, row: int) -> float:
        return float(held.held(t.atlas, week, what, row, np.float32(0.875)))

    assert at(WEEK, 3, R) == 0.5
    assert at(WEEK + 2, 3, R) == 0.25
    rest = [(WEEK - 1, 3, R), (WEEK + 1, 3, R), (WEEK, 3, R + 1), (WEEK, 2, R), (WEEK + 9, 3, R)]
    assert [at(*each) for each in rest] == [0.875] * 5


def test_of_one_thing_held_twice_the_last_counts() -> None:
    t = holding(Tiny(), [(WEEK, 3, R, 0.5), (WEEK, 3, R, 0.75)])
    assert float(held.held(t.atlas, WEEK, 3, R, np.float32(0.0))) == 0.75


def test_nothing_is_held_after_the_last_change() -> None:
    t = holding(Tiny(), [(WEEK, N_HELD - 1, R, 0.5)])
    assert [held.is_held(t.atlas, WEEK + k) for k in (-1, 0, 1)] == [True, True, False]
    assert not held.is_held(Tiny().atlas, 0)


def acting(*holds: tuple[int, float], **given: float) -> dict[str, float]:
    """Return what changes of ALF>BET where things of it are held: what, value."""
    t = holding(Tiny(reply_threshold=0.3), [(WEEK, what, R, value) for what, value in holds])
    fields = {
        "rhetoric": 0.25, "deployment": 0.25, "sanctions": 0.25, "diplomacy": 0.5, "fresh": 0.0,
        "step_rhetoric": 1.0, "step_deployment": 1.0, "step_sanctions": 1.0,
        "step_diplomacy": 0.0, "reply": 0.0, "trace": 9.0, "due_trace": 17.0, "due_words": 25.0,
    }  # fmt: skip
    t.relation("ALF>BET", **{**fields, **given})
    changed = t.changes(choose.act_relation, t.world, t.atlas, WEEK, "ALF>BET", LANE)
    return {name.removeprefix("ALF>BET."): value for name, value in changed.items()}


FREE = {"rhetoric": 0.5, "deployment": 0.5, "sanctions": 0.5, "fresh": 1.0, "trace": 17.0}
"""What the chosen steps do where nothing is held."""


def test_chosen_steps_take_effect_where_another_relation_is_held() -> None:
    assert acting() == FREE
    t = holding(Tiny(), [(WEEK, HELD_RISE + Instrument.RHETORIC, R + 1, 0.0)])
    assert float(held.held(t.atlas, WEEK, HELD_RISE, R, np.float32(1.0))) == 1.0


def test_what_is_restrained_is_not_raised_but_may_be_lowered() -> None:
    no_words = acting((HELD_RISE + Instrument.RHETORIC, 0.0))
    assert no_words == {**{k: v for k, v in FREE.items() if k != "rhetoric"}, "step_rhetoric": 0.0}
    lowering = acting((HELD_RISE + Instrument.RHETORIC, 0.0), step_rhetoric=-1.0)
    assert lowering["rhetoric"] == 0.0


def test_a_restrained_display_is_not_acted_on_anew() -> None:
    kept = {"deployment": 0.75, "step_deployment": 0.0, "fresh": 1.0}
    assert acting(**kept)["trace"] == 17.0
    quiet = acting((HELD_RISE + Instrument.DEPLOYMENT, 0.0), **kept)
    assert quiet["fresh"] == 0.0
    assert quiet["trace"] == 25.0  # that of its words


@pytest.mark.parametrize(
    ("before", "level", "fresh", "trace"),
    [
        (0.25, 0.75, 1.0, EVENT),  # a display that is put on
        (0.75, 0.25, 0.0, 25.0),  # one that is withdrawn: the last act are its words
        (0.5, 0.5, 0.0, 25.0),  # one that stays
        (0.5, 1.0, 1.0, EVENT),
    ],
)
def test_forces_are_held_at_a_level(
    before: float, level: float, fresh: float, trace: float
) -> None:
    found = acting((HELD_LEVEL + Instrument.DEPLOYMENT, level), deployment=before)
    assert found.get("deployment", before) == level
    assert found.get("fresh", 0.0) == fresh
    assert found["step_deployment"] == 0.0
    assert found["trace"] == trace


@pytest.mark.parametrize(
    ("before", "level", "step"), [(0.25, 1.0, 1.0), (0.75, 0.0, -1.0), (0.5, 0.5, 0.0)]
)
def test_words_are_held_at_a_level_the_last_quarter_as_a_step(
    before: float, level: float, step: float
) -> None:
    found = acting((HELD_LEVEL + Instrument.RHETORIC, level), rhetoric=before, step_rhetoric=-step)
    assert found.get("rhetoric", before) == level
    assert found.get("step_rhetoric", -step) == step


@pytest.mark.parametrize(
    ("before", "ceiling", "after", "step"),
    [(0.75, 0.25, 0.25, -1.0), (0.25, 0.25, 0.25, 0.0), (0.0, 0.25, 0.0, 0.0)],
)
def test_a_limit_brings_down_and_lets_nothing_rise(
    before: float, ceiling: float, after: float, step: float
) -> None:
    for instrument in (Instrument.RHETORIC, Instrument.SANCTIONS):
        name = instrument.field
        found = acting((HELD_CEILING + instrument, ceiling), **{name: before})
        assert found.get(name, before) == after
        assert found[f"step_{name}"] == step
    found = acting((HELD_CEILING + Instrument.DEPLOYMENT, ceiling), deployment=before)
    assert found.get("deployment", before) == after
    assert found.get("fresh", 0.0) == 0.0


@pytest.mark.parametrize(
    ("before", "step", "after", "fresh"),
    [
        (0.25, 1.0, 0.5, 1.0),  # a display is put on
        (0.5, 0.0, 0.5, 0.0),  # it stays, and is not acted on anew
        (0.5, -1.0, 0.25, 0.0),
        (1.0, 1.0, 1.0, 0.0),  # no higher than the highest
        (0.0, -1.0, 0.0, 0.0),
    ],
)
def test_a_step_moves_an_instrument_by_a_quarter_within_its_levels(
    before: float, step: float, after: float, fresh: float
) -> None:
    found = acting((HELD_STEP + Instrument.DEPLOYMENT, step), deployment=before, fresh=1.0)
    assert found.get("deployment", before) == after
    assert found.get("fresh", 1.0) == fresh
    for instrument in (Instrument.RHETORIC, Instrument.SANCTIONS, Instrument.DIPLOMACY):
        name = instrument.field
        found = acting((HELD_STEP + instrument, step), **{name: before, f"step_{name}": 0.0})
        assert found.get(name, before) == after
        assert found.get(f"step_{name}", 0.0) == 4.0 * (after - before)


KINDS = {
    Miscalculation.INTENT: "misread_intent", Miscalculation.CAPABILITY: "misread_capability",
    Miscalculation.SIGNAL: "misread_signal",
}  # fmt: skip


def test_each_stage_asks_for_what_is_held_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place where something can be held names it: a kind that nobody asks for is inert."""
    asked: set[int] = set()

    def noted(atlas: object, week: int, what: int, row: int, value: float) -> float:
        asked.add(int(what))
        return value

    for module in (perceive, confront, spread, held):
        monkeypatch.setattr(module, "held", noted)
    scenario = load_scenario("two_rivals")
    mine = with_holds(scenario.roster, [Hold(40, 0, 0, 0.0)])
    block = Block(mine, 0, 7)
    block.begin(parameter_block({}, 1)[0, :, 0], 0)
    block.field("pairs", 0, "violence")[:] = 1.0  # confronted, whatever else there is
    turn.play_turn(block.world, mine.atlas, 0, 0)
    block.world.system[:] = 1.0  # a leader is attacked: allies may join
    spread.join_state(block.world, mine.atlas, 1, 0, 0)
    parameter_alone = {N_HELD - 1}  # the block's own matter
    levels = {first + i for first in (HELD_LEVEL, HELD_STEP) for i in Instrument}  # by place
    assert asked == set(range(N_HELD)) - parameter_alone - levels


def test_a_misreading_is_held_in_either_direction() -> None:
    scenario = load_scenario("two_rivals")
    for kind, field in KINDS.items():
        for way in (-1.0, 0.0, 1.0):
            mine = with_holds(scenario.roster, [Hold(3, HELD_MISTAKE + kind, 0, way)])
            block = Block(mine, 6, 7)
            block.begin(parameter_block({}, 1)[0, :, 0], np.arange(8))
            block.play(4)
            assert (block.field("relations", 0, field)[:8] == way).all()


def test_channel_mediation_and_joining_are_of_pairs_and_states() -> None:
    t = holding(Tiny(), [(WEEK, HELD_CHANNEL, 0, 0.125), (WEEK, HELD_MEDIATION, 0, 1.0),
                         (WEEK, HELD_JOINING, 2, 0.0)])  # fmt: skip
    one = np.float32(1.0)
    for what, row, value in ((HELD_CHANNEL, 0, 0.125), (HELD_JOINING, 2, 0.0)):
        assert about(value) == float(held.held(t.atlas, WEEK, what, row, one))
        assert float(held.held(t.atlas, WEEK, what, row + 1, one)) == 1.0
