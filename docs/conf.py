"""How the documentation is built: `make site`. Nothing in the result needs a network."""

from __future__ import annotations

from importlib.metadata import version as version_of
from pathlib import Path

project = "Spiral"
author = "The Spiral developers"
copyright = "2026, the Spiral developers"
version = release = version_of("spiral-sim")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"Spiral {release}"
html_static_path: list[str] = []
html_show_sphinx = False
html_theme_options = {"top_of_page_buttons": []}

# The classroom page, where it was built, is part of the site.
CLASSROOM = Path(__file__).parents[1] / "classroom" / "spiral.html"
html_extra_path = [str(CLASSROOM)] if CLASSROOM.is_file() else []

# Notebooks are run when the site is built; an error in one ends the build.
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_execution_cache_path = str(Path(__file__).parents[1] / "outputs" / "site-cache")
nb_merge_streams = True

myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["myst.xref_missing", "misc.highlighting_failure"]

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autoclass_content = "class"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
