"""From the model's Python text to a compiled library: read, said in C++, built.

* :mod:`~sim.translate.reading` reads modules as syntax trees and says what each name stands for;
* :mod:`~sim.translate.cpp` says the functions that the engine needs in C++;
* :mod:`~sim.translate.building` compiles that text for a target.

Nothing here imports numpy or the model: a wheel is built where neither is installed. Nothing that
plays worlds imports it either, but for :mod:`sim.engine.native`, which rebuilds a checkout's
library.
"""
