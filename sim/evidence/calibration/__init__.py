"""Calibration of the parameters on the dispute record: prior, waves, posterior, and its checks."""
