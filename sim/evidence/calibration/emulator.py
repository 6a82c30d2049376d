"""A quick stand-in for the simulation: each figure as a quadratic in the parameters.

On the scale of comparison (:func:`sim.evidence.score.linked`) the figures are close to
quadratic in the parameters over the part of their ranges that a wave covers. How close is judged on
points that the fit has not seen, and counts as variance wherever the emulator is used (Craig et al.
1997; Vernon, Goldstein & Bower 2010).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from sim.lanes import Floats

_FOLDS = 5
_PENALTIES = np.logspace(-2, 4, 13)


@dataclass(frozen=True)
class Emulator:
    """Figures as functions of the calibrated parameters, with what they leave unexplained."""

    model: Any  # a scikit-learn regressor
    covariance: Floats  # [aim, aim] of what is left, on points not fitted
    explained: Floats  # [aim] share of variance explained on points not fitted

    def __call__(self, unit: Floats) -> Floats:
        """Return the figures at points, ``[point, aim]`` from ``[point, parameter]``."""
        found: Floats = self.model.predict(unit)
        return found


def fitted(unit: Floats, scaled: Floats, judged: int | None = None) -> Emulator:
    """Return the emulator of simulated points.

    Args:
        unit: parameters, ``[point, parameter]`` in 0..1.
        scaled: figures on the scale of comparison, ``[point, aim]``, all finite.
        judged: how many of the last points its error is read from; all of them by default.
    """
    model = make_pipeline(
        StandardScaler(), PolynomialFeatures(2, include_bias=False), StandardScaler(),
        RidgeCV(_PENALTIES),
    )  # fmt: skip
    folds = KFold(_FOLDS, shuffle=True, random_state=0)
    guessed = cross_val_predict(model, unit, scaled, cv=folds)
    last = slice(-(judged or len(unit)), None)
    off = (guessed - scaled)[last]
    left = off.T @ off / len(off)
    around = np.maximum(scaled[last].var(axis=0), 1e-12)
    return Emulator(model.fit(unit, scaled), left, 1.0 - np.diag(left) / around)
