"""What sort of state one is: greed, firmness, sensibility and economic pain, worked out by hand."""

from __future__ import annotations

import pytest

from sim.model.stages.character import firmness_of, greed_of, pain_of, sensibility_of
from tests.tiny import LANE, Tiny, about


@pytest.mark.parametrize(
    ("greed", "challenger", "expected"),
    [(0.1, 0.0, 0.1), (0.1, 1.0, 0.6), (0.1, 0.4, 0.3), (0.8, 1.0, 1.0)],
)
def test_greed_of(greed: float, challenger: float, expected: float) -> None:
    t = Tiny(challenger_greed=0.5)
    t.state_traits("BET", greed=greed, challenger=challenger)
    assert greed_of(t.atlas, t.p, t.rows["BET"]) == about(expected)


@pytest.mark.parametrize(
    ("firmness", "challenger", "expected"),
    [
        (0.3, 1.0, 0.8),  # 0.5 for the challenger
        (0.3, 0.0, 0.4),  # 0.1 for everybody else
        (0.3, 0.25, 0.5),  # 0.3 + 0.125 + 0.075
        (0.7, 1.0, 1.0),
    ],
)
def test_firmness_of(firmness: float, challenger: float, expected: float) -> None:
    t = Tiny(challenger_firmness=0.5, defender_firmness=0.1)
    t.state_traits("BET", firmness=firmness, challenger=challenger)
    assert firmness_of(t.atlas, t.p, t.rows["BET"]) == about(expected)


@pytest.mark.parametrize(("own", "expected"), [(-1.0, 0.4), (0.0, 0.0), (0.7, 0.7)])
def test_sensibility_of(own: float, expected: float) -> None:
    t = Tiny(sensibility=0.4)
    t.state_traits("BET", sensibility=own)
    assert sensibility_of(t.atlas, t.p, t.rows["BET"]) == expected


def test_pain_of_sums_what_is_received_and_imposed_over_all_relations() -> None:
    t = Tiny(bite=2.0, sender_cost=0.4)
    sanctions = {"ALF>BET": 0.5, "BET>ALF": 0.25, "GAM>BET": 0.25, "BET>GAM": 0.5,
                 "DEL>BET": 1.0, "BET>DEL": 0.0}  # fmt: skip
    for name, level in sanctions.items():
        t.relation(name, sanctions=level)
    for name, share in {"BET>ALF": 0.4, "BET>GAM": 0.1, "BET>DEL": 0.2}.items():
        t.relation_traits(name, trade=share)
    # 2 x 0.4 x (0.5 + 0.4 x 0.25) + 2 x 0.1 x (0.25 + 0.4 x 0.5) + 2 x 0.2 x 1
    assert pain_of(t.world, t.atlas, t.p, t.rows["BET"], LANE) == about(0.48 + 0.09 + 0.4)
