"""What a cell may hold and how it is understood, as Vietnamese offices write it; nothing is guessed or altered silently.

A parser takes a non-blank cell and returns its value, or raises `Misread` with the sentence that says how to mend it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from bontot.errors import InvalidInput
from bontot.imports.reading import Cell
from bontot.text import LINE, clean, search_key

Parser = Callable[[Cell], Any]
T = TypeVar("T")

FIRST_YEAR, LAST_YEAR = 1900, 2100
MOST = 10**12
_END = r"\s*[.,;]?(?:\s+0?0:00(?::00)?)?"
DAY = re.compile(
    r"(?:ngày\s*)?(\d{1,2})\s*(?:[/.\-–,]\s*|tháng\s*)(\d{1,2})\s*(?:[/.\-–,]\s*|năm\s*)(\d{4})" + _END,
    re.IGNORECASE,
)
ISO_DAY = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})(?:[T\s]+0?0:00(?::00)?)?")
MONTH = re.compile(r"(?:tháng\s*|t\.?\s*)?(\d{1,2})\s*(?:[/.\-–]\s*|năm\s*)(\d{4})\s*\.?", re.IGNORECASE)
YEAR = re.compile(r"(?:năm\s*)?(\d{4})\s*\.?", re.IGNORECASE)
SHORT_YEAR = re.compile(r"(?:\d{1,2}\s*[/.\-]\s*){1,2}\d{2}")
SERIAL_FROM, SERIAL_TO = 3_000, 75_000
"""Numbers that Excel counts a day by: 1908 to 2105."""
CLOCK = re.compile(r"(\d{1,2})\s*(?::|h|giờ)\s*(\d{2})?(?:\s*phút)?", re.IGNORECASE)
THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+|\d+")
POINTS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")
CARD = re.compile(r"\d{2}\.?\d{6}")
PHONE = re.compile(r"(?:\+84|84|0)([35789]\d{8}|2\d{9})")
FORMULA_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
UNCOUNTED = "#CHUA-TINH"
"""What the reader puts for a formula without its result."""
FORMULA_STARTS = ("=", "+", "@")
YES = frozenset({"x", "co", "1", "dung", "da", "true", "v", "✓", "✔"})
NO = frozenset({"khong", "0", "sai", "chua", "false", "-"})


class Misread(Exception):
    """A cell does not hold what its column wants; the text is the sentence for its writer."""


class Known(NamedTuple):
    """A day known wholly or only to its month or year (the missing parts are 1)."""

    day: date
    precision: str


@dataclass(frozen=True, slots=True)
class Part:
    """One of several columns that hold a field between them, each row in one of them: "Nam | Nữ" under a day of birth."""

    label: str
    """What stands under the field's header."""
    says: tuple[tuple[str, Any], ...] = ()
    """What a filled cell says of other fields, by name."""
    parse: Parser | None = None
    """How its cells are read where not as the field's; None of it says nothing."""
    bare: bool = False
    """The label may stand without the field's header."""
    alone: bool = True
    """The column may stand without the others."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: the record's field, the header as we print it, and other headers offices use."""

    field: str
    header: str
    parse: Parser
    required: bool = False
    also: tuple[str, ...] = ()
    past: bool = False
    """The day may not lie in the future."""
    parts: tuple[Part, ...] = ()
    """The columns that may stand instead of this one."""
    told: Callable[[Any], str] | None = None
    """The words for a value, where its type does not say them."""
    gist: bool = False
    """What a row is there to say: one that leaves it blank says nothing, as in a list in which it is still to be filled."""

    @property
    def meanings(self) -> dict[str, tuple[str, Part | None]]:
        """What a header of one's own may stand for, by its key: in words, and which of the field's parts, if one."""
        parts = {f"{self.field}/{part.label}": (f"{self.header}: {part.label}", part) for part in self.parts}
        return {self.field: (self.header, None), **parts}

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header that says the whole field."""
        return self.header, *self.also


def written_as(cell: Cell) -> str:
    """A cell as its reader sees it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.15g}".replace(".", ",")
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return f"{cell:%H:%M}" if isinstance(cell, time) else str(cell)


def words(cell: Cell) -> str:
    """Text on one line; a whole number is taken as its digits."""
    return _words(cell, LINE, lines=False)


def paragraph(cell: Cell) -> str:
    """Text that may run over several lines."""
    return _words(cell, 2_000, lines=True)


def _words(cell: Cell, longest: int, *, lines: bool, plus: bool = False) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    if not isinstance(cell, str):
        raise Misread(
            f"Ô này chứa “{written_as(cell)}” không phải chữ; hãy định dạng ô là Văn bản (Text) và gõ lại."
        )
    try:
        text = clean(cell, longest=longest, lines=lines)
    except InvalidInput as error:
        raise Misread(str(error)) from None
    refuse_formula(text)
    if text.startswith(FORMULA_STARTS) and not (plus and text.startswith("+")):
        raise Misread(f"Nội dung bắt đầu bằng “{text[0]}” giống công thức; hãy bỏ ký tự này.")
    return text


def refuse_formula(text: str) -> None:
    """Raises Misread for the failure of a formula, and for a formula that nobody has counted yet."""
    if text == UNCOUNTED:
        raise Misread(
            "Công thức trong ô chưa được tính; hãy mở tệp bằng Excel hoặc LibreOffice, lưu lại rồi tải lên lần nữa."
        )
    if FORMULA_ERROR.fullmatch(text):
        raise Misread(f"Công thức trong ô bị lỗi ({text}); hãy sửa công thức hoặc gõ giá trị.")


def several(cell: Cell) -> tuple[str, ...]:
    """Items separated by semicolons or line breaks."""
    return tuple(part.strip() for part in re.split(r"[;\n]", paragraph(cell)) if part.strip())


def day(cell: Cell) -> date:
    """A day as dd/MM/yyyy or a date cell."""
    if isinstance(cell, datetime):
        raise Misread(f"Ô này có cả giờ ({written_as(cell)}); chỉ ghi ngày, dạng ngày/tháng/năm.")
    if isinstance(cell, date):
        return _within(cell)
    text = words(cell) if isinstance(cell, str) else ""
    if found := DAY.fullmatch(text):
        return _real_day(int(found[3]), int(found[2]), int(found[1]), text)
    if found := ISO_DAY.fullmatch(text):
        return _real_day(int(found[1]), int(found[2]), int(found[3]), text)
    raise Misread(f"“{written_as(cell)}” {_why_no_day(cell)}")


def _why_no_day(cell: Cell) -> str:
    if isinstance(cell, str) and SHORT_YEAR.fullmatch(cell.strip()):
        return "ghi năm bằng hai chữ số nên không rõ là năm nào; hãy ghi đủ bốn chữ số, ví dụ 03/02/1956."
    if isinstance(cell, float) and cell.is_integer() and SERIAL_FROM < cell < SERIAL_TO:
        meant = date(1899, 12, 30) + timedelta(days=int(cell))
        return f"không phải ngày; nếu đây là ngày {meant:%d/%m/%Y} bị mất định dạng, hãy định dạng ô là Ngày (Date)."
    return "không phải ngày; hãy ghi dạng ngày/tháng/năm, ví dụ 03/02/2023."


def days(cell: Cell) -> tuple[date, ...]:
    """Several days, separated by semicolons."""
    return (day(cell),) if not isinstance(cell, str) else tuple(day(part) for part in several(cell))


def known_day(cell: Cell) -> Known:
    """A day, or only its month (MM/yyyy) or year (yyyy), as old papers have it."""
    text = words(cell) if isinstance(cell, str | float) else ""
    if found := MONTH.fullmatch(text):
        return Known(_real_day(int(found[2]), int(found[1]), 1, text), "month")
    if found := YEAR.fullmatch(text):
        return Known(_real_day(int(found[1]), 1, 1, text), "year")
    try:
        return Known(day(cell), "day")
    except Misread as error:
        if "; hãy ghi dạng" not in str(error):
            raise
    wanted = "hãy ghi ngày/tháng/năm; nếu chỉ biết tháng hoặc năm thì ghi 02/1956 hoặc 1956."
    raise Misread(f"“{written_as(cell)}” không phải ngày; {wanted}")


def last_day(cell: Cell) -> date:
    """A period's last day, inclusive as it is written; the value is the first day after it."""
    return day(cell) + timedelta(days=1)


def month(cell: Cell) -> date:
    """A month (MM/yyyy, or a date cell on its first day) as its first day."""
    text = words(cell) if isinstance(cell, str) else ""
    if found := MONTH.fullmatch(text):
        return _real_day(int(found[2]), int(found[1]), 1, text)
    if isinstance(cell, date) and not isinstance(cell, datetime) and cell.day == 1:
        return _within(cell)
    raise Misread(f"“{written_as(cell)}” không phải tháng; hãy ghi dạng tháng/năm, ví dụ 02/2023.")


def year(cell: Cell) -> int:
    """A calendar year."""
    text = words(cell) if isinstance(cell, str | float) else ""
    if (found := YEAR.fullmatch(text)) and FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return int(found[1])
    raise Misread(f"“{written_as(cell)}” không phải năm; hãy ghi bốn chữ số, ví dụ 2023.")


def clock(cell: Cell) -> time:
    """A time of day: 19:30, 19h30, 19 giờ 30."""
    if isinstance(cell, time):
        return cell
    found = CLOCK.fullmatch(words(cell)) if isinstance(cell, str) else None
    if found and int(found[1]) < 24 and int(found[2] or 0) < 60:
        return time(int(found[1]), int(found[2] or 0))
    raise Misread(f"“{written_as(cell)}” không phải giờ; hãy ghi dạng 19:30.")


def whole(cell: Cell) -> int:
    """A whole number, not negative; thousands may be separated by points ("5.000")."""
    if (
        isinstance(cell, float | int)
        and not isinstance(cell, bool)
        and 0 <= cell <= MOST
        and int(cell) == cell
    ):
        return int(cell)
    if isinstance(cell, str) and THOUSANDS.fullmatch(cell.strip()) and len(cell) < len(str(MOST)):
        return int(cell.replace(".", ""))
    raise Misread(f"“{written_as(cell)}” không phải số nguyên không âm; hãy ghi ví dụ 12.")


def money(cell: Cell) -> int:
    """An amount in đồng."""
    bare = (
        re.sub(r"\s*(?:đồng|đ|₫|vnđ)\s*$", "", cell, flags=re.IGNORECASE) if isinstance(cell, str) else cell
    )
    try:
        return whole(bare)
    except Misread:
        raise Misread(f"“{written_as(cell)}” không phải số tiền; hãy ghi số đồng, ví dụ 12.000.") from None


def points(cell: Cell) -> Decimal:
    """A score with at most two decimals, "85,5" or a number cell."""
    text = f"{cell:.15g}" if isinstance(cell, float) else str(cell).strip().replace(",", ".")
    if POINTS.fullmatch(text):
        return Decimal(text)
    raise Misread(
        f"“{written_as(cell)}” không phải điểm; hãy ghi số có tối đa hai chữ số thập phân, ví dụ 85,5."
    )


def mark(cell: Cell) -> bool:
    """A tick: x, có, 1; không and 0 say no."""
    said = search_key(written_as(cell))
    if said in YES | NO:
        return said in YES
    raise Misread(f"“{written_as(cell)}” không rõ có hay không; hãy đánh dấu x, hoặc để trống.")


def ticked(value: T) -> Callable[[Cell], T | None]:
    """A tick that says `value`; what says no says nothing."""

    def parse(cell: Cell) -> T | None:
        return value if mark(cell) else None

    return parse


def card(cell: Cell) -> str:
    """A party card's eight digits; "NN.NNNNNN" and "NNNNNNNN" are the same card."""
    text = words(cell)
    if CARD.fullmatch(text):
        return text.replace(".", "")
    lost = isinstance(cell, float) and len(text) < 8
    hint = "ô đang là số nên mất số 0 ở đầu: hãy định dạng là Văn bản" if lost else "ví dụ 12.345678"
    raise Misread(f"“{written_as(cell)}” không phải số thẻ đảng viên 8 chữ số; {hint}.")


def phone(cell: Cell) -> str:
    """A Vietnamese telephone number, kept as +84…; a number cell that lost its first 0 is the same number."""
    text = re.sub(r"[\s.\-()]", "", _words(cell, LINE, lines=False, plus=True))
    if isinstance(cell, float) and len(text) == 9:
        text = f"0{text}"
    if found := PHONE.fullmatch(text):
        return f"+84{found[1]}"
    raise Misread(f"“{written_as(cell)}” không phải số điện thoại; hãy ghi 10 chữ số bắt đầu bằng 0.")


@dataclass(frozen=True, slots=True, eq=False)
class Choice(Generic[T]):
    """One of several phrases, whatever its capitals and accents; `understood` is by phrase without them."""

    options: tuple[str, ...]
    understood: Mapping[str, T]

    def __call__(self, cell: Cell) -> T:
        said = search_key(words(cell))
        if said in self.understood:
            return self.understood[said]
        listed = "; ".join(self.options)
        raise Misread(f"“{written_as(cell)}” không có trong danh sách; hãy ghi một trong: {listed}.")

    def phrase(self, value: T) -> str:
        """The first phrase that stands for a value; "" when none does."""
        return next((said for said in self.options if self.understood[search_key(said)] == value), "")


def choice(options: Mapping[str, T], *also: tuple[str, T]) -> Choice[T]:
    """One of the phrases in `options`, or of the further spellings in `also`."""
    understood = {search_key(phrase): value for phrase, value in (*options.items(), *also)}
    return Choice(tuple(options), understood)


def _real_day(year_: int, month_: int, day_: int, text: str) -> date:
    try:
        return _within(date(year_, month_, day_))
    except ValueError:
        raise Misread(f"“{text}” không có trong lịch; hãy kiểm tra lại ngày, tháng, năm.") from None


def _within(value: date) -> date:
    if FIRST_YEAR <= value.year <= LAST_YEAR:
        return value
    raise Misread(f"Năm {value.year} không hợp lý; hãy kiểm tra lại ngày, tháng, năm.")
