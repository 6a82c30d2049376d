"""One world told in sentences: who did what, who misread it, and why the next step followed.

- :mod:`~sim.story.reasons`: why a state did what it did, read off a history
- :mod:`~sim.story.chronicle`: deeds and scenes, and which of them matter
- :mod:`~sim.story.wording`: names, dates, and the phrases for deeds
- :mod:`~sim.story.telling`: sentences

Use it as ``markdown(tell(history, scenario, parameters))``.
"""

from sim.story.telling import Story, Told, markdown, tell

__all__ = ["Story", "Told", "markdown", "tell"]
