"""A posterior read from a CSV: a column ``weight``, then one for each parameter that is drawn."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence

import numpy as np

from sim.config.axes import refused
from sim.config.findings import Findings
from sim.config.sources import SIZE, number_or_text, read_csv
from sim.engine.posterior import Posterior
from sim.errors import Fault, clean, nearest
from sim.model.parameters import COEFFICIENTS
from sim.model.sheets import DATA

FROM = ("parameters", "from")
OWN = "posterior"
"""The word of a configuration for the shipped posterior."""
SHIPPED = DATA / f"{OWN}.csv"
WEIGHT = "weight"
MOST_DRAWS = 100_000
MOST_BYTES = 100 * SIZE


def posterior_of(found: Findings) -> Posterior | None:
    """Return the posterior that a config draws parameters from; None if none, or none valid.

    Args:
        found: collects the errors (out).
    """
    given = found.composed.tree["parameters"].get("from")
    if given is None:
        return None
    allowed = f"must be {OWN}, the posterior shipped with the package, or the path of a CSV"
    if not isinstance(given, str) or not given.isprintable() or not given:
        found.add(FROM, allowed, value=given)
        return None
    name = str(SHIPPED) if given == OWN else given
    try:
        lines = read_csv(name, MOST_BYTES)
    except (OSError, ValueError, csv.Error) as error:
        told = getattr(error, "strerror", None) or clean(error)
        found.add(FROM, f"{allowed}; this cannot be read: {told}", nearest(given, [OWN]),
                  value=given)  # fmt: skip
        return None
    source = f"sim/data/{OWN}.csv" if given == OWN else given
    faults = list(_head_faults(source, lines)) or list(_line_faults(source, lines))
    if faults:
        found.faults += faults
        found.paths.append(FROM)
        return None
    table = np.array(lines[1:], float)
    return Posterior(source, tuple(lines[0][1:]), table[:, 1:], table[:, 0])


def _head_faults(source: str, lines: Sequence[Sequence[str]]) -> Iterator[Fault]:
    """Yield the errors of the columns and of the number of lines."""
    head = lines[0] if lines else []
    if head[:1] != [WEIGHT]:
        yield Fault(source, "", f"its first column must be {WEIGHT}")
    names = [name for name in head if name != WEIGHT]
    for name in dict.fromkeys(names):
        if name not in COEFFICIENTS:
            yield Fault(source, clean(name), "unknown parameter", "", nearest(name, COEFFICIENTS))
    for name in sorted({name for name in head if head.count(name) > 1}):
        yield Fault(source, clean(name), "is a duplicate column")
    if not names:
        yield Fault(source, "", "must have a column for each parameter that is drawn")
    if not 0 < len(lines) - 1 <= MOST_DRAWS:
        yield Fault(source, "", f"must have 1 to {MOST_DRAWS} lines below the header")


def _line_faults(source: str, lines: Sequence[Sequence[str]]) -> Iterator[Fault]:
    """Yield the error in the values below a head that is valid."""
    head, total = lines[0], 0.0
    for k, line in enumerate(lines[1:]):
        here = f"{source}, line {k + 2}"
        if len(line) != len(head):
            yield Fault(here, "", f"has {len(line)} values, not {len(head)}")
            continue
        weight = number_or_text(line[0])
        if isinstance(weight, str) or not 0.0 <= weight < math.inf:
            yield Fault(here, WEIGHT, "must be a number, 0 or more", clean(line[0]))
        else:
            total += weight
        for name, text in zip(head[1:], line[1:], strict=True):
            if told := refused(name, number_or_text(text)):
                yield Fault(here, name, told, clean(text))
    if not 0.0 < total < math.inf:
        yield Fault(source, WEIGHT, "must have a sum above 0, and a finite one")
