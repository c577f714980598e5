"""The plan of a day: which packet each row gets, before any is made."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from briefing.day.work import Kit, Task
from briefing.errors import BriefingError, Problem
from briefing.fingerprint import Ingredients, request_bytes
from briefing.identity import Secret
from briefing.manifest import OWN_DIGEST, manifest_digest
from briefing.schedule.parts import Row


@dataclass(frozen=True, slots=True)
class Planned:
    """One row, the id of its packet, and why it gets none. It has either an id or problems."""

    row: Row
    packet_id: str | None
    problems: tuple[Problem, ...] = ()

    def task(self, number: int) -> Task | None:
        """Return what is to be made; None when the row gets no packet."""
        if self.packet_id is None or self.row.request is None:
            return None
        return Task(number, self.row.place, self.packet_id, self.row.request)


def plan_day(rows: Sequence[Row], kit: Kit) -> tuple[Planned, ...]:
    """Work out the packet of each row. A row that gets none says why."""
    ingredients = Ingredients(kit.catalogue)
    planned = [_plan(row, kit, ingredients) for row in rows]
    often = Counter(each.packet_id for each in planned)
    return tuple(_apart(each) if each.packet_id and often[each.packet_id] > 1 else each for each in planned)


def pages_there(folder: Path, planned: Planned, secret: Secret) -> int | None:
    """Return how many pages the packet of a row has that lies in the folder, whole and made from just this; None if none does."""
    name = f"packet-{planned.packet_id}"
    try:
        manifest = json.loads((folder / f"{name}.manifest.json").read_bytes())
        digest = hashlib.sha256((folder / f"{name}.pdf").read_bytes()).hexdigest()
    except (OSError, ValueError):
        return None
    return manifest["pages"] if _agrees(manifest, digest, planned, secret) else None


def _plan(row: Row, kit: Kit, ingredients: Ingredients) -> Planned:
    if row.request is None or row.problems:
        return Planned(row, None, row.problems)
    try:
        return Planned(row, kit.secret.packet_id(ingredients.of(row.request, kit.issued_on, kit.choices)))
    except BriefingError as error:
        return Planned(row, None, tuple(replace(each, where=f"{row.place}: {each.where}") for each in error.problems))


def _apart(planned: Planned) -> Planned:
    """Stop a row whose packet would lie where another row's lies."""
    advice = "Is one patient's visit there twice? Leave one of the rows out."
    problem = Problem("packet-id-twice", planned.row.place, "another row leads to a packet with the same id.", advice)
    return Planned(planned.row, None, (problem,))


def _agrees(manifest: object, digest: str, planned: Planned, secret: Secret) -> bool:
    if not isinstance(manifest, Mapping) or planned.row.request is None:
        return False
    return (
        manifest.get(OWN_DIGEST) == manifest_digest(secret, manifest)
        and manifest.get("packet_id") == planned.packet_id
        and manifest.get("packet_sha256") == digest
        and manifest.get("request_keyed_digest") == secret.digest("request", request_bytes(planned.row.request))
    )
