"""How much of the variance do the parameters that ``morris_all`` found explain, alone and together?

Run as ``python experiments/sobol_top.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from finding import level, state

from sim import Study


def finding(study: Study) -> Iterator[str]:
    """Give, for each quantity, every parameter's first and total order index, highest first."""
    for quantity, rows in study.sensitivity.groupby("quantity", sort=False):
        indices = {
            (row["parameter"], row["index"]): (row["value"], row["lo"], row["hi"])
            for row in rows.to_dict("records")
        }
        if not rows["value"].any():
            yield f"Nothing moves {quantity}: it has no variance to share out."
            continue
        total = sorted((k for k in indices if k[1] == "ST"), key=lambda k: -indices[k][0])
        parts = [
            f"{name} {level(indices[name, 'ST'])} in all, {level(indices[name, 'S1'])} alone"
            for name, _ in total
        ]
        alone = sum(value[0] for (_, index), value in indices.items() if index == "S1")
        yield (
            f"Share of the variance of {quantity}: {'; '.join(parts)}. Alone they explain "
            f"{alone:.2f} together; the rest is how they act on one another."
        )


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("sobol_top", finding, "sobol_clash", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
