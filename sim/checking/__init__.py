"""From a composed config to a checked :class:`~sim.scenario.Job`, or to every fault in it at once.

- :mod:`~sim.checking.sources`: files that are safe to read, and where a value comes from
- :mod:`~sim.checking.sheets`: what a config may hold, one value at a time
- :mod:`~sim.checking.findings`: the faults found so far
- :mod:`~sim.checking.coherence`: what must hold between the values of a scenario
- :mod:`~sim.checking.variation`: parameters, and the levels at which they are varied
- :mod:`~sim.checking.posteriors`: sets of parameters that worlds draw from
- :mod:`~sim.checking.remarks`: what is allowed and yet worth a word
- :mod:`~sim.checking.job`: all of it, and the folder to write to
"""
