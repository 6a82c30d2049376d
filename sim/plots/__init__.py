"""Drawings of tables, each on an Axes it is given: nothing here simulates or saves.

- :mod:`~sim.plots.worlds`: where worlds stand, how far they come, one world in full
- :mod:`~sim.plots.designs`: a quantity at the points of a design, in rows, along axes, scattered
- :mod:`~sim.plots.surfaces`: a quantity over two axes
- :mod:`~sim.plots.convergence`: how the estimates settle as more worlds are played
- :mod:`~sim.plots.causes`: clashes by what they began with
- :mod:`~sim.plots.comparisons`: what a variant changes in the same worlds
- :mod:`~sim.plots.sensitivities`: what parameters do to a quantity
- :mod:`~sim.plots.calibrations`: what is plausible, and the model beside the record
- :mod:`~sim.plots.forks`: what links did, and until when a step keeps the peace
- :mod:`~sim.plots.evidence`: what each mechanism buys, crises told the day before
- :mod:`~sim.plots.fits`: lines and surfaces laid through scattered points
- :mod:`~sim.plots.style`: the settings of figures, colours, dashes, names of rungs, axes
- :mod:`~sim.plots.lettering`: fonts, and words that fit
"""

from sim.plots.calibrations import (
    draw_escalation,
    draw_plausible,
    draw_ranks,
    draw_targets,
    draw_waves,
)
from sim.plots.causes import CAUSE_COLOURS, cause_handles, draw_causes, ink_on
from sim.plots.comparisons import draw_difference_curve, draw_differences, draw_fates
from sim.plots.convergence import draw_convergence, draw_half_widths
from sim.plots.designs import (
    MOST_BARS,
    draw_cloud,
    draw_difference_cloud,
    draw_differences_of_axis,
    draw_forest,
    draw_lines_of_axis,
    draw_scatter,
    draw_star,
)
from sim.plots.evidence import draw_hindcasts, draw_structure
from sim.plots.fits import Quadratic, smoothed
from sim.plots.forks import (
    draw_kinds,
    draw_links,
    draw_risk,
    draw_triggers,
    draw_window,
    window_legend,
)
from sim.plots.lettering import folded, has_letters, legible, settle, short_names, width_of
from sim.plots.sensitivities import draw_morris, draw_morris_bars, draw_sobol
from sim.plots.style import (
    ABOVE,
    DASHES,
    EAST,
    INK,
    NEUTRAL,
    OKABE_ITO,
    RUNG_COLOURS,
    RUNG_NAMES,
    SHARE,
    STYLE,
    TOPS,
    WEST,
    columns_within,
    drawing,
    is_wide,
    nice_top,
    percents,
    value_axis,
)
from sim.plots.surfaces import (
    MOST_PRINTED,
    SURFACE,
    draw_response,
    draw_surface,
    steps_of,
)
from sim.plots.worlds import (
    draw_fan,
    draw_fear,
    draw_ladder,
    draw_lines,
    draw_measure,
    draw_reached,
    draw_rungs,
    draw_steps,
    draw_views,
    fear_of,
)

__all__ = [
    "ABOVE",
    "CAUSE_COLOURS",
    "DASHES",
    "EAST",
    "INK",
    "MOST_BARS",
    "MOST_PRINTED",
    "NEUTRAL",
    "OKABE_ITO",
    "RUNG_COLOURS",
    "RUNG_NAMES",
    "SHARE",
    "STYLE",
    "SURFACE",
    "TOPS",
    "WEST",
    "Quadratic",
    "cause_handles",
    "columns_within",
    "draw_causes",
    "draw_cloud",
    "draw_convergence",
    "draw_difference_cloud",
    "draw_difference_curve",
    "draw_differences",
    "draw_differences_of_axis",
    "draw_escalation",
    "draw_fan",
    "draw_fates",
    "draw_fear",
    "draw_forest",
    "draw_half_widths",
    "draw_hindcasts",
    "draw_kinds",
    "draw_ladder",
    "draw_lines",
    "draw_lines_of_axis",
    "draw_links",
    "draw_measure",
    "draw_morris",
    "draw_morris_bars",
    "draw_plausible",
    "draw_ranks",
    "draw_reached",
    "draw_response",
    "draw_risk",
    "draw_rungs",
    "draw_scatter",
    "draw_sobol",
    "draw_star",
    "draw_steps",
    "draw_structure",
    "draw_surface",
    "draw_targets",
    "draw_triggers",
    "draw_views",
    "draw_waves",
    "draw_window",
    "drawing",
    "fear_of",
    "folded",
    "has_letters",
    "ink_on",
    "is_wide",
    "legible",
    "nice_top",
    "percents",
    "settle",
    "short_names",
    "smoothed",
    "steps_of",
    "value_axis",
    "width_of",
    "window_legend",
]
