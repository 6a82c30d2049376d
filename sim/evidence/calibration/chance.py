"""What is compared with the model to see what it explains: acts by chance alone.

Every side displays or uses force in any week with odds that never change and are the same for all
dyads, set so that disputes begin, and begin with force, as often as recorded. Nobody remembers,
answers or fears. The acts are coded as the model's are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.engine.disputes import DISPUTE_COLUMNS, INCIDENT_COLUMNS
from sim.engine.ensemble import coded_disputes
from sim.engine.notes import DISPLAY, FORCE, FRESH, empty_tracks
from sim.evidence.calibration.watching import BURN_IN
from sim.evidence.observation import WEEKS_PER_YEAR, Span, leader_dyads, observe
from sim.evidence.targets import targets
from sim.model.roster import Roster


def by_chance(roster: Roster, n_worlds: int, n_weeks: int, seed: int) -> dict[str, float]:
    """Return what a coder finds where acts come by chance alone.

    Args:
        roster: whose dyads are observed.
        n_worlds: played.
        n_weeks: of each.
        seed: of the acts.
    """
    rate = targets()["onset_rate_russia_nato_member"].value / 1000.0 / WEEKS_PER_YEAR
    forced = targets()["first_incident_use"].value
    generator = np.random.default_rng(seed)
    tracks = empty_tracks(roster, n_weeks, n_worlds)
    for pair in leader_dyads(roster).pair:
        for r in (roster.atlas.left[pair], roster.atlas.right[pair]):
            acts = generator.random((n_weeks + 1, n_worlds)) < 0.5 * rate
            strikes = generator.random(acts.shape) < forced
            tracks.acts[:, r] = np.where(acts, np.where(strikes, FORCE, DISPLAY | FRESH), 0)
    disputes, incidents = coded_disputes(roster, tracks, n_worlds, BURN_IN)
    return observe(
        roster,
        pd.DataFrame(disputes, columns=["world", *DISPUTE_COLUMNS[1:]]),
        pd.DataFrame(incidents, columns=list(INCIDENT_COLUMNS)),
        Span(n_worlds, BURN_IN, n_weeks),
    )
