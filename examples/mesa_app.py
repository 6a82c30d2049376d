"""Two rivals in a browser, week by week, with Mesa's SolaraViz.

    pip install "mesa[viz]"
    solara run examples/mesa_app.py

The page of Solara loads its own parts from a network; the model and its figure do not.
"""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from sim.mesa_model import EscalationModel
from sim.model.vocabulary import Rung

PARAMETERS: dict[str, Any] = {
    "roster": "two_rivals",
    "seed": {"type": "InputText", "value": 1, "label": "seed"},
    "world": {"type": "SliderInt", "value": 0, "label": "world", "min": 0, "max": 99, "step": 1},
    "offence": {"type": "SliderFloat", "value": 0.5, "label": "advantage of offence",
                "min": 0.0, "max": 1.0, "step": 0.05},
    "hotline": {"type": "SliderFloat", "value": 0.0, "label": "hotline",
                "min": 0.0, "max": 1.0, "step": 0.25},
}  # fmt: skip
"""What can be set in the page."""


class Rivals(EscalationModel):
    """Two rivals, with the seed as the page gives it: a text."""

    def __init__(self, *, seed: int | str | None = 1, **given: Any) -> None:
        super().__init__(seed=None if seed in (None, "") else int(str(seed)), **given)


def ladder(model: EscalationModel) -> Figure:
    """Return the rungs of the two leaders and their fear, week by week."""
    collector: Any = model.datacollector
    told = collector.get_model_vars_dataframe()
    figure = Figure(figsize=(7, 4), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    above.step(told.index, told["rung"], where="post", color="#0072b2")
    above.set_yticks(range(len(Rung)), [rung.name.lower() for rung in Rung])
    above.set_ylabel("rung")
    below.plot(told.index, told["fear"], color="#d55e00")
    below.set_ylim(0.0, 1.0)
    below.set_ylabel("fear, 0 to 1")
    below.set_xlabel("week")
    return figure


def page() -> Any:
    """Return the page; needs ``mesa[viz]``."""
    import solara
    from mesa.visualization import SolaraViz

    @solara.component  # type: ignore[untyped-decorator]
    def Ladder(model: Any) -> None:  # noqa: N802  (components of Solara are called so)
        solara.FigureMatplotlib(ladder(getattr(model, "value", model)))

    return SolaraViz(Rivals(), components=[Ladder], model_params=PARAMETERS, name="Spiral")


if __name__ != "__main__":
    try:
        Page = page()
    except ImportError:
        Page = None
