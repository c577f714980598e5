"""Short labels: the words on the strip, on buttons of the page and in dates. The same keys stand in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from briefing.errors import CatalogueError, Problem, nearest

DIRECTIONS = ("ltr", "rtl")
OF_THE_DESK = "desk_"  # begins labels for the front desk: they stand in no document, and only in the clinic's own language


@dataclass(frozen=True, slots=True)
class Wording:
    """The labels of one language, by key."""

    language: str
    labels: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        if key not in self.labels:
            raise CatalogueError(
                Problem(
                    "wording-unknown",
                    f"wording/{self.language}.toml",
                    f"there is no label {key}.",
                    nearest(key, list(self.labels)),
                )
            )
        return self.labels[key]

    def say(self, key: str, **values: object) -> str:
        """Return a label with its slots filled in."""
        try:
            return self[key].format(**values)
        except (LookupError, ValueError, AttributeError):
            where = f"wording/{self.language}.toml: {key}"
            known = ", ".join(f"{{{name}}}" for name in values)
            problem = "its braces hold something that is not filled in here."
            raise CatalogueError(Problem("wording-unknown", where, problem, f"Known here: {known}.")) from None

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, for the page."""
        return self["direction"]
