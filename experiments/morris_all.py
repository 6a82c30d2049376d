"""Which of all parameters matter most, over their whole ranges?

Run as ``python experiments/morris_all.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from finding import level, state

from sim import Study

TOP = 8


def finding(study: Study) -> Iterator[str]:
    """Give, for each quantity, the parameters that move it most, and how many hardly do."""
    for quantity, rows in study.sensitivity.groupby("quantity", sort=False):
        moved = rows[rows["index"] == "mu_star"].sort_values("value", ascending=False)
        if not moved["value"].any():
            yield f"Nothing moves {quantity}: it is the same at every point."
            continue
        top = [
            f"{row['parameter']} {level((row['value'], row['lo'], row['hi']))}"
            for row in moved[moved["value"] > 0.0].head(TOP).to_dict("records")
        ]
        few = int((moved["hi"] < 0.1 * moved["value"].max()).sum())
        yield (
            f"What moves {quantity} most (mean absolute effect over a parameter's range): "
            f"{', '.join(top)}. Of {len(moved)} parameters, {few} surely move it by less than a "
            "tenth of the first."
        )


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("morris_all", finding, "morris_clash", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
