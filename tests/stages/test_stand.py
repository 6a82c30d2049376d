"""Standing on a rung: read off both sides of the right pair."""

from __future__ import annotations

import pytest

from sim.model.stages.stand import stand_pair
from sim.model.vocabulary import Rung
from tests.tiny import LANE, Tiny


@pytest.mark.parametrize("side", ["BET>GAM", "GAM>BET"])
@pytest.mark.parametrize(
    ("field", "level", "expected"),
    [
        ("rhetoric", 0.25, Rung.ACCUSATION),
        ("rhetoric", 0.75, Rung.COERCION),
        ("sanctions", 0.25, Rung.COERCION),
        ("deployment", 0.25, Rung.CALM),
        ("deployment", 0.5, Rung.DISPLAY),
        ("deployment", 1.0, Rung.CRISIS),
        ("exercise", 0.25, Rung.CALM),
        ("exercise", 0.75, Rung.DISPLAY),  # unannounced
    ],
)
def test_either_sides_instrument_decides(
    side: str, field: str, level: float, expected: Rung
) -> None:
    t = Tiny()
    for name in ("BET>GAM", "GAM>BET"):
        t.relation(name, rhetoric=0.0, deployment=0.0, sanctions=0.0, exercise=0.0, announced=0.0)
    t.relation(side, **{field: level})
    t.pair("BET-GAM", violence=0.0)
    changed = t.changes(stand_pair, t.world, t.atlas, "BET-GAM", LANE)
    assert changed == {"BET-GAM.rung": expected}


@pytest.mark.parametrize("side", ["BET>GAM", "GAM>BET"])
def test_an_announced_exercise_is_no_display(side: str) -> None:
    t = Tiny()
    for name in ("BET>GAM", "GAM>BET"):
        t.relation(name, rhetoric=0.0, deployment=0.25, sanctions=0.0, exercise=0.0, announced=0.0)
    t.relation(side, exercise=1.0, announced=1.0)
    t.pair("BET-GAM", violence=0.0)
    assert t.changes(stand_pair, t.world, t.atlas, "BET-GAM", LANE) == {"BET-GAM.rung": Rung.CALM}


def test_violence_outranks_instruments() -> None:
    t = Tiny()
    for name in ("BET>GAM", "GAM>BET"):
        t.relation(name, rhetoric=1.0, deployment=1.0, sanctions=1.0, exercise=0.0, announced=0.0)
    t.pair("BET-GAM", violence=2.0)
    assert t.changes(stand_pair, t.world, t.atlas, "BET-GAM", LANE) == {"BET-GAM.rung": Rung.WAR}
