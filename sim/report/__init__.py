"""What a run leaves behind: tables, figures, worlds in full, and a summary to read first.

- :mod:`~sim.report.running`: plays a job and writes every file, or none
- :mod:`~sim.report.summary`: ``summary.md``
- :mod:`~sim.report.figures`: what is drawn, under which title (the drawings: :mod:`sim.plots`)
- :mod:`~sim.report.maps`: states at their capitals
"""

from sim.report.running import run

__all__ = ["run"]
