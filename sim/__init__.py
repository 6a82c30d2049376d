"""Spiral: an instrument for thinking about escalation, and how to lower the risk of it."""
