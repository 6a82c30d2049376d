"""The rules for the classroom page: a WebAssembly module, and where its structs have their fields.

The module is compiled from the text that the native library is compiled from. It needs nothing from
outside: it brings its own memory, in which the page lays out a block of worlds by :func:`layout`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.translate.building import TARGETS, compile_text, digest_of_text, library_name
from sim.translate.cpp import Entry, Text, translated
from sim.translate.reading import Meaning, Package, Struct

ENTRIES = (
    Entry("sim.engine.notes", "play_weeks"),
    Entry("sim.model.stages.choose", "note_weights", wide=False),
)
"""What the page calls."""
WIDTH = 4
"""Worlds in a block: of many, eight cost hardly less; of one, twice as much."""
WHOLE, SHAPE, MOST_DIMENSIONS = 8, 8, 5
"""Bytes of a whole number, and before an array's shape; lengths in a shape."""
CELLS = {
    "REAL": "Float32Array", "double": "Float64Array", "I": "BigInt64Array",
    "i32": "Int32Array", "u32": "Uint32Array", "u16": "Uint16Array", "u8": "Uint8Array",
}  # fmt: skip
"""What a page calls an array of some elements."""

Layout = Mapping[str, Any]


def module(root: Path, into: Path, width: int = WIDTH) -> Path:
    """Return the module of the rules as they are now, compiled if it is not there yet.

    Args:
        root: the folder that holds the package.
        into: the folder to write to.
        width: worlds in a block, 4 or 8.

    Raises:
        BuildError: if it has to be compiled and cannot.
    """
    package = Package(root)
    text = "\n".join([translated(package, ENTRIES), _asserted(layout(root))])
    variant = f"w{width}"
    place = into / library_name(digest_of_text(text), variant, "page")
    if not place.exists():
        compile_text(text, "page", TARGETS["page"].variants[variant], place)
    return place


def layout(root: Path) -> dict[str, Layout]:
    """Return where each struct has its fields: its ``size`` in bytes, and its ``fields``.

    A field has a ``name``, an offset ``at``, and is ``of`` a kind: ``whole`` (eight bytes), an
    array as a page calls it, or another struct. An ``Array`` is an address of four bytes and, at
    ``shape``, as many whole numbers as there are ``lengths``.
    """
    package = Package(root)
    array = {"size": SHAPE + MOST_DIMENSIONS * WHOLE, "shape": SHAPE, "lengths": MOST_DIMENSIONS}
    found: dict[str, Layout] = {"Array": array}
    for name in ("sim.engine.notes.Tracks", "sim.model.state.World", "sim.model.roster.Atlas"):
        home, _, struct = name.rpartition(".")
        _lay_out(package.module(home).meaning(struct), found)
    return found


def _lay_out(struct: Meaning, found: dict[str, Layout]) -> int:
    """Add a struct, after those it holds; return its size."""
    assert isinstance(struct, Struct)
    at, fields = 0, []
    for name, annotation in struct.fields:
        told = Text(struct.module.package).type_of(struct.module, annotation)
        of = CELLS[told[6:-1]] if told.startswith("Array<") else "whole" if told == "I" else told
        fields.append({"name": name, "at": at, "of": of})
        if of == "whole":
            at += WHOLE
        elif told.startswith("Array<"):
            at += found["Array"]["size"]
        else:
            at += _lay_out(struct.module.meaning(told), found)
    found[struct.name] = {"size": at, "fields": fields}
    return at


def _asserted(structs: Mapping[str, Layout]) -> str:
    """Say in C++ that the compiler lays the structs out so."""
    array, *rest = structs.items()
    told = [f"sizeof({array[0]}<REAL>) == {array[1]['size']}"]
    for name, each in rest:
        told.append(f"sizeof({name}) == {each['size']}")
        places = ((field["name"], field["at"]) for field in each["fields"])
        told += [f"__builtin_offsetof({name}, {field}) == {at}" for field, at in places]
    return "\n".join(f"static_assert({one});" for one in told) + "\n"
