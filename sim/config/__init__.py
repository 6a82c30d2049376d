"""From a composed config to a checked :class:`~sim.plan.scenario.Job`, or to all its errors.

- :mod:`~sim.config.sources`: files that are safe to read, and where a value comes from
- :mod:`~sim.config.schema`: what a config may hold, one value at a time
- :mod:`~sim.config.findings`: the errors so far
- :mod:`~sim.config.scenarios`: what must hold between the values of a scenario
- :mod:`~sim.config.axes`: parameters, and the levels at which they are varied
- :mod:`~sim.config.posteriors`: sets of parameters that worlds draw from
- :mod:`~sim.config.remarks`: remarks on valid but unusual settings
- :mod:`~sim.config.job`: all of it, and the folder to write to
"""
