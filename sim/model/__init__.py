"""The model: who is in a world, what state it is in, and the rules of its turn. Read this first.

Begin with :mod:`sim.model.rules`, which tells the model in words, then :mod:`sim.model.turn`;
:mod:`~sim.model.vocabulary`, :mod:`~sim.model.parameters`, :mod:`~sim.model.sheets`,
:mod:`~sim.model.roster` and :mod:`~sim.model.state` say what the names in them stand for.
"""
