"""What clashes begin with and what they go back to: the parts of which tables and figures consist.

A clash has one proximate cause and one root (:class:`~sim.model.vocabulary.Cause` and
:class:`~sim.model.vocabulary.Origin`), so that the parts of either add up to all clashes of opposed
pairs. Parts are read off columns of outcomes, or off the quantities of the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.model.vocabulary import Cause, Origin


@dataclass(frozen=True)
class Part:
    """Some of the clashes: those of a cause, or of a root.

    Attributes:
        name: short, for a legend.
        words: as a sentence tells them, after their number.
        column: of the outcomes.
        less: column that is taken off it, if any.
        of: the cause or the root.
    """

    name: str
    words: str
    column: str
    of: Cause | Origin
    less: str = ""

    def counted(self, columns: Mapping[str, Any] | Any) -> Any:
        """Return the number of clashes, from columns (or values) by their names."""
        return columns[self.column] - columns[self.less] if self.less else columns[self.column]


ALONE, UNANSWERED, EXCUSED = "clashes_accident_alone", "clashes_unanswered", "excused"
BY_CAUSE = (
    Part("choice", "by a choice", "clashes_choice", Cause.CHOICE),
    Part("forces that met", "between forces that met", "clashes_met", Cause.MET),
    Part("accident, answered", "with an accident that was answered", "clashes_accident",
         Cause.ACCIDENT, less=ALONE),
    Part("accident alone", "with an accident that nobody answered", ALONE, Cause.ACCIDENT),
    Part("dated event", "with a dated event", "clashes_event", Cause.EVENT),
    Part("drawn in", "as an ally was drawn in", "clashes_drawn_in", Cause.DRAWN_IN),
)  # fmt: skip
"""Clashes by their proximate cause, in the order in which they are told and stacked."""
BY_ROOT = (
    Part("own reasons", "to a state's own issue, grievance or fear", "clashes_of_own", Origin.OWN),
    Part("opportunity", "to an opportunity", "clashes_of_gain", Origin.GAIN),
    Part("misread intent", "to misread intent", "clashes_of_misreading", Origin.MISREADING),
    Part("accident", "to an accident", "clashes_of_accident", Origin.ACCIDENT),
    Part("dated event", "to a dated event", "clashes_of_event", Origin.EVENT),
    Part("an ally's clash", "to an ally's clash", "clashes_of_drawn_in", Origin.DRAWN_IN),
    Part("standing posture", "to words and forces that stood from the start", "clashes_of_standing",
         Origin.STANDING),
)  # fmt: skip
"""Clashes by their root: the act or the misreading to which the acts that led to them go back."""


def names() -> tuple[str, ...]:
    """Return the columns (and quantities) of which all parts consist."""
    return tuple(dict.fromkeys(part.column for part in (*BY_CAUSE, *BY_ROOT)))
