"""What does an accession do to the rival, to the leaders and to the state that joins?

Run as ``python experiments/accession.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from finding import Estimate, level, moves, point_at, state, told

from sim import Study


def risk(study: Study, point: int, pair: tuple[str, str], rung: int) -> Estimate:
    """Return the share of worlds in which a pair reached a rung."""
    rows = study.table("pairs", points=point)
    (row,) = (r for r in rows.to_dict("records") if {r["first"], r["second"]} == set(pair))
    return row[f"peak_{rung}"], row[f"peak_{rung}_lo"], row[f"peak_{rung}_hi"]


def finding(study: Study) -> Iterator[str]:
    """Give what the accessions change, with and without the grievance they leave."""
    joined, unresented = (point_at(study, variant=v) for v in ("both_join", "both_join_unresented"))
    clash = study.difference("clash", joined)
    yield (
        f"When Finland and Sweden join, the share of worlds in which the leaders clash "
        f"{moves(clash)}: {told(clash)}; if Russia did not resent it: "
        f"{told(study.difference('clash', unresented))}."
    )
    yield f"Allies drawn into a clash, a world: {told(study.difference('widened', joined))}."
    before, after = (risk(study, point, ("RUS", "FIN"), 6) for point in (0, joined))
    yield f"War of Russia with Finland: {level(before)} of worlds outside, {level(after)} inside."
    before, after = (risk(study, point, ("RUS", "FIN"), 3) for point in (0, joined))
    yield f"Display of force between the two: {level(before)} outside, {level(after)} inside."


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("accession", finding, "differences", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
