"""Worlds are played: the compiled library, blocks of worlds."""
