"""Play the seat by rule, 200 games a player and rival with the same seeds: ``make players``.

The table goes into the page's kit (classroom/players.json).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.intervals import student, wilson
from sim.seat.moves import RIVALS
from sim.seat.players import PLAYERS, played_by

GAMES = 200
Found = dict[tuple[str, str], NDArray[np.float64]]
PATH = Path(__file__).parents[1] / "classroom" / "players.json"


def outcomes(rival: str, name: str, games: int = GAMES) -> NDArray[np.float64]:
    """Return whether games come to a clash, and the stake held, ``[game, 2]``."""
    came = (played_by(PLAYERS[name], seed, rival).outcome for seed in range(games))
    return np.array([(not each.peace, each.stake) for each in came], np.float64)


def worth(found: NDArray[np.float64], price: float) -> NDArray[np.float64]:
    """Return the stake less what a clash costs, ``[game]``.

    Args:
        found: as :func:`outcomes` has it.
        price: of a clash, as a share of what is at issue.
    """
    return found[:, 1] - price * found[:, 0]


def table(games: int = GAMES) -> dict[str, Any]:
    """Return the table of players, and who is best at which price of a clash."""
    found: Found = {
        (rival, name): outcomes(rival, name, games) for rival in RIVALS for name in PLAYERS
    }
    rows = list[dict[str, Any]]()
    for (rival, name), values in found.items():
        clashes = int(values[:, 0].sum())
        low, high = (float(end) for end in wilson(clashes, games))
        stakes = values[:, 1]
        below, above = (float(end) for end in student(stakes.sum(), (stakes**2).sum(), games))
        rows.append({
            "rival": rival, "player": name, "clashes": clashes,
            "clash": [round(low, 3), round(high, 3)], "stake": round(float(stakes.mean()), 3),
            "stakes": [round(below, 3), round(above, 3)],
        })  # fmt: skip
    best = [_best(found, k / 100) for k in range(101)]
    apart = [each.price for each in best if each.apart]
    return {"games": games, "rows": rows, "apart": [min(apart), max(apart)] if apart else [],
            "best": [each._asdict() for each in best[::10]]}  # fmt: skip


class Best(NamedTuple):
    """Who does best against each rival where a clash costs so much."""

    price: float
    fearful: str
    prober: str
    apart: bool  # each is better than the other where it is best, beyond chance


def _best(found: Found, price: float) -> Best:
    first, second = (
        max(PLAYERS, key=lambda name, rival=rival: worth(found[rival, name], price).mean())  # type: ignore[misc]
        for rival in ("fearful", "prober")
    )
    here = _above(found, "fearful", first, second, price)
    return Best(price, first, second, here and _above(found, "prober", second, first, price))


def _above(found: Found, rival: str, one: str, other: str, price: float) -> bool:
    """Say whether one player does better than another with the same luck, at 95 %."""
    gap = worth(found[rival, one], price) - worth(found[rival, other], price)
    return one != other and float(student(gap.sum(), (gap**2).sum(), len(gap))[0]) > 0.0


def main() -> None:
    """Write the table."""
    PATH.write_text(json.dumps(table(), indent=1) + "\n", encoding="utf-8")
    print(PATH.name)


if __name__ == "__main__":
    main()
