"""What a cell may hold for each kind of field. What would have to be guessed is refused, with the way to write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType

from briefing.quantities import plain
from briefing.schedule.tables import Unreadable, Value
from briefing.schedule_settings import Kind, same_word

NONE = "none"  # in a list: somebody asked, and there are none
_ISO_DAY = re.compile(r"(?a:\d{4}-\d{2}-\d{2})")
_CLOCK = re.compile(r"(?a:(\d{2}):(\d{2})(?::00)?)")
_HALF_DAY_CLOCK = re.compile(r"(?a:(\d{1,2}):(\d{2})(?::00)? ?([ap])\.?m\.?)", re.IGNORECASE)
_AMOUNT = re.compile(r"(?a:(\d+(?:\.\d+)?) ?([a-z]+)?\.?)", re.IGNORECASE)
_SHOWN_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!|GETTING_DATA|#+)|Err:\d{3}")
_UNITS: Mapping[str, str] = MappingProxyType({"kg": "kg", "kgs": "kg", "lb": "lb", "lbs": "lb", "mg": "mg"})
_YES_NO: Mapping[str, bool] = MappingProxyType({"yes": True, "true": True, "y": True, "no": False, "false": False, "n": False})
_WHY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "error": ("the cell shows an error of the spreadsheet program.", "Mend the formula, or type the value."),
        "no-result": ("the cell holds a formula whose result is not in the file.", "Open it in its program, save it, try again."),
        "merged": ("the cell is merged with others, so that it is not clear what belongs to which patient.", "Part the cells."),
        "unknown": ("the cell holds something that cannot be read.", "Type the value as text."),
    }
)
_AS_TEXT = "Format the column as text, then type the value anew."
_AS_DIGITS = "Format the column as text, then type the value anew: leading zeros may already be lost."


class CellError(Exception):
    """A cell does not hold what is needed. The two texts never repeat it."""

    def __init__(self, problem: str, what_to_do: str) -> None:
        self.problem = problem
        self.what_to_do = what_to_do
        super().__init__(problem)


def as_given(cell: Value, kind: Kind, unit: str | None, separator: str) -> object:
    """Turn a cell that is not empty into what a request takes.

    Args:
        cell: as it was read.
        kind: of the field.
        unit: what the heading says the numbers are in.
        separator: what stands between the items of a list.

    Raises:
        CellError: it would have to be guessed.
    """
    if isinstance(cell, Unreadable):
        raise CellError(*_WHY[cell.why])
    if isinstance(cell, str):
        cell = cell.strip()
        if _SHOWN_ERROR.fullmatch(cell):
            raise CellError(*_WHY["error"])
    if kind == "list":
        return _list(_text(cell, _AS_TEXT), separator)
    if kind in _AMOUNTS:
        return _amount(cell, unit, _AMOUNTS[kind])
    return _READERS[kind](cell)


def _text(cell: Value, what_to_do: str) -> str:
    if isinstance(cell, str):
        return cell
    what = "yes or no" if isinstance(cell, bool) else "a number" if isinstance(cell, Decimal) else "a date or a time"
    raise CellError(f"the program that wrote the file holds it for {what}, and text is needed.", what_to_do)


def _day(cell: Value) -> object:
    if isinstance(cell, datetime):
        if cell.time() == time(0):
            return cell.date()
        raise CellError("a date is needed, and the cell holds a time as well.", "Give the date alone, as year-month-day.")
    if isinstance(cell, date) or (isinstance(cell, str) and _ISO_DAY.fullmatch(cell)):
        return cell
    problem = "it is not a whole date that can be read in one way only."
    raise CellError(problem, "Write it as year-month-day, such as 1986-04-02, or as a real date of the spreadsheet program.")


def _moment(cell: Value) -> object:
    if isinstance(cell, datetime):
        return _whole_minutes(cell)
    if isinstance(cell, str):
        day, _, clock = cell.replace("T", " ").partition(" ")
        if _ISO_DAY.fullmatch(day) and (at := _clock(clock.strip())):
            try:
                return datetime.combine(date.fromisoformat(day), at)
            except ValueError:
                raise CellError("there is no such day in the calendar.", "Check the date.") from None
    problem = "it is not a date with a time that can be read in one way only."
    raise CellError(problem, "Write it as 2026-12-01 09:00, in the clinic's own time, or put date and time into two columns.")


def _time(cell: Value) -> time:
    if isinstance(cell, time):
        return _whole_minutes(datetime.combine(date(2000, 1, 1), cell)).time()
    if isinstance(cell, str) and (at := _clock(cell)):
        return at
    raise CellError("it is not a time that can be read in one way only.", "Write it as 09:00 or 13:30, or as 9:00 AM or 1:30 PM.")


def _whole_minutes(moment: datetime) -> datetime:
    """Take away what a spreadsheet's fractions of a day add to a minute; anything longer was meant."""
    nearest = (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)
    if abs(nearest - moment) >= timedelta(seconds=1):
        raise CellError("whole minutes are needed.", "Give the time without seconds.")
    return nearest


def _clock(text: str) -> time | None:
    try:
        if found := _CLOCK.fullmatch(text):
            return time(int(found[1]), int(found[2]))
        if (found := _HALF_DAY_CLOCK.fullmatch(text)) and 1 <= int(found[1]) <= 12:  # noqa: PLR2004 - the hours of half a day
            return time(int(found[1]) % 12 + (12 if found[3].casefold() == "p" else 0), int(found[2]))
    except ValueError:
        return None
    return None


def _amount(cell: Value, unit: str | None, allowed: tuple[str, ...]) -> str:
    """Return an amount with its unit, from the cell or the heading; if both say one, they must agree."""
    text = plain(cell) if isinstance(cell, Decimal) else cell
    found = _AMOUNT.fullmatch(text) if isinstance(text, str) else None
    own = _UNITS.get(found[2].casefold()) if found and found[2] else None
    named = " or ".join(allowed)
    if found is None or (found[2] and own not in allowed):
        raise CellError(f"it is not a number in {named}.", f"Write it with a point and its unit, such as 70.5 {allowed[0]}.")
    if own is None and unit is None:
        problem = f"neither the cell nor the heading says the unit, {named}."
        raise CellError(problem, f"Put the unit into the heading, such as ({allowed[0]}), or into each cell.")
    if own and unit and own != unit:
        raise CellError("the cell says one unit, and the heading another.", "Check which is right, and change the other.")
    return f"{found[1]} {own or unit}"


def _count(cell: Value) -> int:
    if isinstance(cell, Decimal) and cell == cell.to_integral_value() and abs(cell) < 10**6:
        return int(cell)
    if isinstance(cell, str) and re.fullmatch(r"(?a:\d{1,6})", cell):
        return int(cell)
    raise CellError("a whole number is needed here.", "Give the number alone, such as 2.")


def _yes_no(cell: Value) -> bool:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, str) and (word := same_word(cell)) in _YES_NO:
        return _YES_NO[word]
    raise CellError("yes or no is needed here.", "Write yes or no.")


def _list(text: str, separator: str) -> list[str]:
    if same_word(text) == NONE:
        return []
    items = [item.strip() for item in text.split(separator)]
    return items[:-1] if len(items) > 1 and not items[-1] else items


_AMOUNTS: Mapping[str, tuple[str, ...]] = MappingProxyType({"weight": ("kg", "lb"), "dose": ("mg",)})
_READERS: Mapping[str, Callable[[Value], object]] = MappingProxyType(
    {
        "text": lambda cell: _text(cell, _AS_TEXT),
        "digits": lambda cell: _text(cell, _AS_DIGITS),
        "day": _day,
        "moment": _moment,
        "time": _time,
        "count": _count,
        "yes-no": _yes_no,
    }
)
