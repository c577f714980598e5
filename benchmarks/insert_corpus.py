"""Every PDF of some folders as an insert: how many can be bound, how many are refused and why, and what that costs.

    python benchmarks/insert_corpus.py FOLDER...

Each file must end as a prepared insert or as a refusal that names it. Anything else is an error of ours and is listed last.
"""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from briefing.errors import CatalogueError
from briefing.inserts.order import Order
from briefing.inserts.preparing import prepare_file

ORDER = Order("trial", "A trial", "en", (612.0, 792.0), None, "A picture.", "Page {page} of {pages}.")


def main() -> None:
    """Try all files and print the outcome."""
    outcomes: Counter[str] = Counter()
    seconds: dict[str, float] = {}
    bugs: list[str] = []
    for path in sorted(files()):
        start = time.perf_counter()
        outcome = tried(path)
        seconds[str(path)] = time.perf_counter() - start
        outcomes[outcome.partition(":")[0]] += 1
        if outcome.startswith("BUG"):
            bugs.append(f"{path}: {outcome}")
        say(f"{seconds[str(path)]:6.2f} s  {outcome}  {path.name}")
    say("")
    for outcome, count in outcomes.most_common():
        say(f"{count:6}  {outcome}")
    slowest = max(seconds, key=lambda name: seconds[name])
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    say(
        f"{len(seconds)} files, {len(bugs)} bugs; slowest {seconds[slowest]:.1f} s ({Path(slowest).name}); "
        f"most memory {largest} MB"
    )
    say("\n".join(bugs))


def say(line: str) -> None:
    """Print a line at once: the run may be stopped."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def files() -> Iterator[Path]:
    """Yield every PDF of the folders that were named."""
    for folder in sys.argv[1:]:
        yield from (path for path in Path(folder).rglob("*") if path.suffix.lower() == ".pdf" and path.is_file())


def tried(path: Path) -> str:
    """Prepare one file and say how it ended."""
    try:
        told, data = prepare_file(ORDER, path.read_bytes(), path.name)
    except CatalogueError as error:
        (problem,) = error.problems
        return f"refused, {problem.kind}: {problem.problem}"
    except Exception as error:  # that there is none is what is tested
        return f"BUG: {type(error).__name__}: {error}"
    if not data.startswith(b"%PDF"):
        return "BUG: no PDF"
    return f"bound, tags {told['tags']}: {', '.join(told['notes'])}"


if __name__ == "__main__":
    main()
