"""What is held from outside in a week: a misreading, an act, a level, a meeting of forces.

A fork changes one thing in a world and leaves all else to the rules. What a stage has drawn or
chosen goes through :func:`held`, which gives it back as it is, unless the week's changes name it.
"""

from __future__ import annotations

from sim.lanes import least, most, where
from sim.model.roster import Atlas
from sim.model.rules import ladder, reaction
from sim.model.state import Relation
from sim.model.vocabulary import (
    HELD_CEILING,
    HELD_LEVEL,
    HELD_RISE,
    HELD_STEP,
    LEVELS,
    N_HELD,
    STEPS,
    Instrument,
    Origin,
)

_LEVELS = tuple(Relation.FIELDS.index(name) for name in LEVELS)
_STEPS = tuple(Relation.FIELDS.index(name) for name in STEPS)


def is_held(atlas: Atlas, week: int) -> bool:
    """Say whether anything may be held in a week: none is, after the last change."""
    return week * N_HELD < len(atlas.change_first) - 1


def held(atlas: Atlas, week: int, what: int, row: int, value: float) -> float:
    """Return a value, or what it is held at in a week.

    Args:
        atlas: who is in the worlds, and what is held.
        week: of the world.
        what: see :data:`sim.model.vocabulary.HELD_MISTAKE`.
        row: of a relation, a pair or a state.
        value: what it would be.
    """
    if is_held(atlas, week):
        place = week * N_HELD + what
        for k in range(atlas.change_first[place], atlas.change_first[place + 1]):
            if atlas.change_row[k] == row:
                value = most(atlas.change_value[k], least(atlas.change_value[k], value))
    return value


def hold_choices(atlas: Atlas, week: int, r: int, me: Relation) -> None:
    """Put what is held of one relation's instruments in the place of what was chosen this week.

    A level that is held is taken as by a choice of the state's own: a raise to a display is a fresh
    one, a louder word provokes.
    """
    for k in range(len(_LEVELS)):
        step = me[_STEPS[k]]
        ceiling = held(atlas, week, HELD_CEILING + k, r, most(2.0, step))
        limited = where(ceiling > 1.0, 1.0, 0.0)
        allowed = held(atlas, week, HELD_RISE + k, r, limited)
        me[_STEPS[k]] = least(step, allowed)
        if k == Instrument.DEPLOYMENT:
            me.fresh = where(allowed > 0.0, me.fresh, 0.0)
        place = week * N_HELD + HELD_LEVEL + k
        for change in range(atlas.change_first[place], atlas.change_first[place + 1]):
            if atlas.change_row[change] == r:
                _take_level(k, atlas.change_value[change] + 0.0 * step, me)
        place = week * N_HELD + HELD_STEP + k
        for change in range(atlas.change_first[place], atlas.change_first[place + 1]):
            if atlas.change_row[change] == r:
                moved = me[_LEVELS[k]] + 0.25 * atlas.change_value[change]
                _take_level(k, least(1.0, most(0.0, moved)), me)
        if _any_at(atlas, week, HELD_CEILING + k, r):
            _come_down(k, ceiling, me)


def _any_at(atlas: Atlas, week: int, what: int, row: int) -> bool:
    """Say whether something is held of a row in a week."""
    place, found = week * N_HELD + what, False
    for k in range(atlas.change_first[place], atlas.change_first[place + 1]):
        found = found | (atlas.change_row[k] == row)
    return found


def _come_down(k: int, ceiling: float, me: Relation) -> None:
    """Let one side come down to a level of an instrument, the last quarter as its step."""
    above = me[_LEVELS[k]] > ceiling
    if k == Instrument.DEPLOYMENT:
        me[_LEVELS[k]] = where(above, ceiling, me[_LEVELS[k]])
        me[_STEPS[k]] = where(above, 0.0, me[_STEPS[k]])
    else:
        me[_LEVELS[k]] = where(above, ceiling + 0.25, me[_LEVELS[k]])
        me[_STEPS[k]] = where(above, -1.0, me[_STEPS[k]])


def _take_level(k: int, level: float, me: Relation) -> None:
    """Let one side choose a level of an instrument, the last quarter of the way as its step."""
    before = me[_LEVELS[k]]
    up = where(before < level, 1.0, 0.0)
    if k == Instrument.DEPLOYMENT:
        me.fresh = ladder.fresh_display(before, level)
        me.due_trace = where(me.fresh > 0.0, reaction.begun(Origin.EVENT), 0.0)
        me[_STEPS[k]] = 0.0
        me[_LEVELS[k]] = level
    else:
        step = where(before > level, -1.0, up)
        me.due_words = where(step > 0.0, reaction.begun(Origin.EVENT), me.due_words)
        me[_STEPS[k]] = step
        me[_LEVELS[k]] = level - 0.25 * step
