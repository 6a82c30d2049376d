"""The build hook: the rules are compiled when the package is built or installed.

An editable install compiles what this machine runs; a wheel carries every variant of its target,
``SPIRAL_TARGET`` or this machine. The compiler is a build requirement only where ``CXX`` is unset.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ZIG = "ziglang==0.17.1"


class CompiledRules(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the compiled rules where the package looks for them."""

    def dependencies(self) -> list[str]:
        """Return what a build needs beside the build backend."""
        return [] if os.environ.get("CXX") else [ZIG]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile."""
        sys.path.insert(0, self.root)  # the backend does not put it there
        from sim.translate import building

        root = Path(self.root)
        self._work = tempfile.TemporaryDirectory(prefix="spiral-wheel-")
        if version == "editable":
            building.refresh(root, root / building.PLACE)
            return
        target = building.chosen()
        built = building.build(root, target, Path(self._work.name))
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{building.TARGETS[target].wheel}"
        build_data["force_include"].update(
            {str(path): f"{building.PLACE}/{path.name}" for path in built}
        )

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Tidy up."""
        self._work.cleanup()
