"""The model held against the record: targets, observation, claims, calibration."""
