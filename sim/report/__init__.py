"""What a run leaves behind: tables, figures, worlds in full, and a summary to read first.

- :mod:`~sim.report.running`: plays what a study lacks and writes every file
- :mod:`~sim.report.cost`: what that will cost, said beforehand
- :mod:`~sim.report.summary`: ``summary.md``, with :mod:`~sim.report.sections` on several points and
  :mod:`~sim.report.numbers` in words
- :mod:`~sim.report.drawing`: all figures of a stored study, from its tables alone
- :mod:`~sim.report.figures`, :mod:`~sim.report.design_figures`: what is drawn, under which title
  (the drawings: :mod:`sim.plots`)
- :mod:`~sim.report.maps`: states at their capitals
"""

from sim.report.drawing import draw
from sim.report.running import run

__all__ = ["draw", "run"]
