"""Patients of one day who could be taken for each other. Rows are known by their record numbers, never by their order.

Nothing is compared pair by pair: rows that could be mixed up share a key, and 5,000 rows have few of each.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from briefing.errors import Problem
from briefing.schedule.parts import Row
from briefing.schedule.row_reading import ReadRow

_LONG_NAME = 8  # letters; one of them may then differ by a slip
_MOST_NAMED = 5  # places in one message
_HOLD_AGAINST_PAPERS = "Hold name, date of birth and record number against the patient's papers before a packet is handed out."
_ONE_ROW_EACH = "Keep one row for each patient, or correct the record number, then run it again."
_TWINS = str.maketrans({"o": "0", "l": "1", "i": "1"})
Keys = Callable[["_Person"], Iterable[object]]


@dataclass(frozen=True, slots=True)
class _Person:
    """What of a row can be compared, each part folded once."""

    index: int
    number: str | None
    words: tuple[str, ...]
    born: str | None

    @property
    def letters(self) -> str:
        return "".join(self.words)


def stop_and_flag(read: Sequence[ReadRow]) -> list[Row]:
    """Stop rows that share a record number; flag rows whose patients could be taken for each other."""
    rows = [item.row for item in read]
    people = [_person(index, item) for index, item in enumerate(read)]
    stopped = _stopped(people, rows)
    flagged: dict[int, list[Problem]] = defaultdict(list)
    for flag, pairs in _likenesses(people):
        for index, others in pairs.items():
            flagged[index].append(replace(flag, where=rows[index].place, problem=f"{flag.problem} {_named(others, rows)}."))
    return [
        replace(
            row,
            request=None if stopped[index] else row.request,
            problems=(*row.problems, *stopped[index]),
            flags=(*row.flags, *flagged[index]),
        )
        for index, row in enumerate(rows)
    ]


def folded_number(number: str) -> str:
    """Return a record number as it is compared: without case, width of letters and spaces."""
    return "".join(unicodedata.normalize("NFKC", number).casefold().split())


def _person(index: int, item: ReadRow) -> _Person:
    row = item.row
    return _Person(
        index,
        folded_number(row.record_number) if row.record_number else None,
        tuple(_folded_words(row.name or "")),
        item.born.isoformat() if item.born else None,
    )


def _folded_words(name: str) -> Iterator[str]:
    """Yield the words of a name without case and accents."""
    for word in unicodedata.normalize("NFKD", name).casefold().replace("-", " ").split():
        if letters := "".join(letter for letter in word if letter.isalnum()):
            yield letters


def _stopped(people: Sequence[_Person], rows: Sequence[Row]) -> dict[int, list[Problem]]:
    found: dict[int, list[Problem]] = defaultdict(list)
    for group in _groups(people, _own_number):
        same_name = len({person.words for person in group}) == 1
        for person in group:
            others = [other.index for other in group if other is not person]
            place = rows[person.index].place
            if same_name:
                problem = f"its record number stands also in {_named(others, rows)}."
                found[person.index].append(Problem("number-twice", place, problem, _ONE_ROW_EACH))
            else:
                problem = f"its record number stands with another name in {_named(others, rows)}."
                found[person.index].append(Problem("number-two-names", place, problem, _ONE_ROW_EACH))
    return found


def _likenesses(people: Sequence[_Person]) -> Iterator[tuple[Problem, dict[int, list[int]]]]:
    """Yield each way to be alike, and for each row the rows that are like it. A pair is told once, by its first way."""
    told: set[tuple[int, int]] = set()

    def new(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for one, other in pairs:
            pair = (min(one, other), max(one, other))
            if pair not in told:
                told.add(pair)
                found[one].append(other)
                found[other].append(one)
        return found

    told.update(_pairs(people, _own_number))  # stopped already
    yield (
        _like("number-alike", "the record number differs only by O and 0, or l and 1, from"),
        new(_pairs(people, _number_twin)),
    )
    yield (
        _like("patient-two-numbers", "name and date of birth are the same, and the record number is not, as in"),
        new(_pairs(people, _name_and_birth)),
    )
    for why, pairs in (
        ("the name is the same but for case, accents and spaces as in", _pairs(people, _all_letters)),
        ("the name has the same words in another order as in", _pairs(people, _sorted_words)),
        ("the name differs by one letter, or two swapped ones, from that in", _slips(people)),
        ("the names share a word, and the dates of birth are the same or differ by one digit, as in", _pairs(people, _births)),
        ("the last name and the first letter are the same as in", _pairs(people, _surname_and_initial)),
    ):
        yield _like("name-alike", why), new(pairs)


def _like(kind: str, why: str) -> Problem:
    """Make a flag that still lacks the two places."""
    return Problem(kind, "", why, _HOLD_AGAINST_PAPERS)


def _groups(people: Sequence[_Person], keys: Keys) -> Iterator[list[_Person]]:
    shared: dict[object, list[_Person]] = defaultdict(list)
    for person in people:
        for key in set(keys(person)):
            shared[key].append(person)
    return (group for group in shared.values() if len(group) > 1)


def _pairs(people: Sequence[_Person], keys: Keys) -> Iterator[tuple[int, int]]:
    """Yield the pairs that share a key. In a large group each is paired with its nearest only: all cannot be named anyway."""
    for group in _groups(people, keys):
        for place, person in enumerate(group):
            for other in group[place + 1 : place + 2 + _MOST_NAMED]:
                yield person.index, other.index


def _own_number(person: _Person) -> Iterator[object]:
    if person.number:
        yield person.number


def _name_and_birth(person: _Person) -> Iterator[object]:
    if person.letters and person.born:
        yield person.letters, person.born


def _number_twin(person: _Person) -> Iterator[object]:
    if person.number:
        yield person.number.translate(_TWINS)


def _all_letters(person: _Person) -> Iterator[object]:
    if person.letters:
        yield person.letters


def _sorted_words(person: _Person) -> Iterator[object]:
    if len(person.words) > 1:
        yield tuple(sorted(person.words))


def _surname_and_initial(person: _Person) -> Iterator[object]:
    if len(person.words) > 1:
        yield person.words[-1], person.words[0][0]


def _births(person: _Person) -> Iterator[object]:
    """Yield each word of the name with the date of birth, and with each one digit of it left open."""
    if person.born:
        for word in person.words:
            for place in range(len(person.born)):
                yield word, person.born[:place] + "?" + person.born[place + 1 :]


def _slips(people: Sequence[_Person]) -> Iterator[tuple[int, int]]:
    """Yield long names one slip apart. Such names are the same with one letter of each left out."""
    for one, other in _pairs(people, _with_one_letter_out):
        if _one_slip_apart(people[one].letters, people[other].letters):
            yield one, other


def _with_one_letter_out(person: _Person) -> Iterator[object]:
    letters = person.letters
    if len(letters) >= _LONG_NAME:
        yield letters
        for place in range(len(letters)):
            yield letters[:place] + letters[place + 1 :]


def _one_slip_apart(one: str, other: str) -> bool:
    """Whether one letter is different, too many or missing, or two neighbours are swapped."""
    start = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, its_rest = one[start:], other[start:]
    return (
        rest[1:] in (its_rest, its_rest[1:]) or rest == its_rest[1:] or (rest[:2] == its_rest[1::-1] and rest[2:] == its_rest[2:])
    )


def _named(others: Sequence[int], rows: Sequence[Row]) -> str:
    """Name the places of other rows, and only so many of them."""
    places = [rows[index].place for index in sorted(others)]
    more = len(places) - _MOST_NAMED
    return ", ".join(places[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
