"""Worlds are played: the compiled rules, blocks of worlds, what is noted and kept of them."""
