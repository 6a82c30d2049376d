"""Which parameters are calibrated, and what is held of them before any data."""

from __future__ import annotations

CALIBRATED = (
    "accident", "force_share", "accident_issue", "contact_base",
    "fear_gain", "reply_memory", "force_impulse",
    "deploy_base", "deploy_reply", "deploy_reach",
    "withdraw_base", "withdraw_fear", "withdraw_cost", "withdraw_presence",
    "incident", "incident_base", "incident_fresh", "incident_violence",
    "stand_base", "retaliation", "clash_end",
    "join", "join_leader", "mediation",
    "issue_size", "issue_memory", "start_grievance",
)  # fmt: skip
"""Parameters that are calibrated; the others keep their declared values."""
