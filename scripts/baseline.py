"""Store what the model gives now as the baseline (`make baseline`), on purpose only.

A change of the baseline is a `[MODEL]` line in CHANGELOG.md, with the figures before and after.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sim import load_scenario, play
from sim.engine.record import OUTCOMES, Tally
from sim.model.parameters import parameter_block

STORED = Path(__file__).parent.parent / "tests" / "baseline.json"
DIGESTED = Tally._fields.index("level_zeros")
"""Fields of the tally in the digest; the later ones only sharpen what these count."""
SCENARIOS = ("attache_briefing", "able_archer_1983", "two_rivals")


def baseline() -> dict[str, Any]:
    """Return mean outcomes, and a digest of every count and row, of a few small runs."""
    found = {}
    for name in SCENARIOS:
        roster = load_scenario(name).roster
        point = parameter_block({}, 1)[:, :, 0]
        record = play(roster, point, n_worlds=64, n_weeks=104, seed=1)
        digest = hashlib.sha256(record.outcomes.tobytes())
        for counts in record.tally[:DIGESTED]:
            digest.update(counts.tobytes())
        means = {
            name: round(float(record.outcome(name).mean()), 4)
            for name in OUTCOMES
            if "week" not in name
        }
        found[name] = {"means": means, "digest": digest.hexdigest()}
    return found


if __name__ == "__main__":
    STORED.write_text(json.dumps(baseline(), indent=1) + "\n", encoding="utf-8")
