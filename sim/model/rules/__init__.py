"""The model in words. Read this first; then the rules, one module a stage.

A world is a set of states and of relations between them. Each week every state

1. lives through the week's dated **events** and the slow drift of issues;
2. **perceives** what its rivals do, through fog, channels and five kinds of miscalculation
   (:mod:`~sim.model.rules.perception`), and keeps a score of what is not answered
   (:mod:`~sim.model.rules.reaction`);
3. **appraises** it: fear rises quickly and falls slowly (:mod:`~sim.model.rules.appraisal`);
4. **consults**: allies pool fear and capability, leaders appeal to neutrals
   (:mod:`~sim.model.rules.consultation`);
5. **chooses**, for rhetoric, deployment, sanctions and diplomacy, to raise, hold or lower
   (:mod:`~sim.model.rules.choice`);
6. **acts**; it may choose force, and forces in contact have accidents, which the other side takes
   for meant or not (:mod:`~sim.model.rules.ladder`);
7. is **confronted**: incidents ask each side to stand or yield; clashes and wars begin and end
   (:mod:`~sim.model.rules.confrontation`);
8. feels the week **spread**: allies join, neutrals mediate, lean and accede, channels, economies,
   spending, cohesion, grievance and beliefs move (:mod:`~sim.model.rules.spread`);
9. is **recorded** (:mod:`sim.engine.record`).

A rule takes scalars and gives a scalar: no arrays, no randomness, no input or output. It is
written in a small subset of Python without ``if``, so that the same text runs in plain Python,
compiled over a block of worlds at once, and as WebAssembly in the classroom page. Its first
argument, where it needs coefficients, is the world's :class:`~sim.model.parameters.Parameters`.
"""
