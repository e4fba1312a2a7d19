"""What is left of the year on one criterion: how much may still be missed, what is still needed and by when, what is lost.

Exact integers: what the year's last day will bear out, if the rest of the year holds what the plan still asks for, with the
people, days and tasks known today, and what is past stays as it is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from bontot.evaluation.rules import Line
from bontot.policy.terms import Operator, Outcome, Unit
from bontot.policy.words import figure as number


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """What is left on one criterion: `left` more may be missed (None: nothing can any more), `needed` more must be done by
    the day `by`; `lost` when no rest of the year can bring it back."""

    criterion: str
    sentence: str
    left: int | None = None
    needed: int | None = None
    by: date | None = None
    lost: bool = False


class Coming(NamedTuple):
    """Of a count, what is not over yet: so many of the `whole`, of which `part` are sure already; `first` is the day of the
    earliest that is not, or the first day of its month."""

    part: int
    whole: int
    first: date | None = None

    @property
    def open(self) -> int:
        """How many may still be counted or not."""
        return self.whole - self.part


class Counted(NamedTuple):
    """A criterion as it stands, by the values of the year's last day: its line, its outcome and its two integers; a part of
    no data is None. `end` is the same count on that day if nothing more were recorded, `coming` what of it is not over. Of
    a line judged month by month `running` is how the month that is not over, by its number, stands by itself. Of a share of
    those below `reach` is how many may be counted on that day at best, or `no_more` than may; None where nothing is known of
    it."""

    line: Line
    outcome: Outcome
    part: int | None
    whole: int
    end: tuple[int | None, int] | None = None
    running: tuple[Outcome, int] | None = None
    reach: int | None = None
    no_more: bool = False
    coming: Coming | None = None

    @property
    def total(self) -> int:
        """The whole on the year's last day, as far as it is known."""
        return self.end[1] if self.end else self.whole

    @property
    def sure(self) -> int:
        """The part on the year's last day, if nothing more were recorded."""
        return (self.end[0] if self.end else self.part) or 0


def bounds(line: Line, total: int) -> tuple[int | None, int | None]:
    """The least and the most of the count that pass once the whole is `total`."""
    figure = line.figure
    value = Fraction((figure.value if figure else None) or 0)
    if figure and figure.unit is Unit.PERCENT:
        value = value * total / 100
    match line.operator:
        case Operator.AT_LEAST:
            return ceil(value), None
        case Operator.MORE_THAN:
            return floor(value) + 1, None
        case Operator.AT_MOST:
            return None, floor(value)
        case Operator.LESS_THAN:
            return None, ceil(value) - 1
    return ceil(value), floor(value)


def least_of(line: Line, total: int) -> int | None:
    """The least of the count that passes, where more of it is never too much; "all of them" is such a demand too."""
    least, most = bounds(line, total)
    return least if most is None or least == most == total else None


def of_those_ahead(line: Line, part: int, whole: int, ahead: int, unit: str, held: int = 0) -> Slack | None:
    """So many more are to come, and so many were `held` and are not scored yet, each of which may be counted or not."""
    if not whole + ahead:
        return None
    open_ = f"{ahead} {unit} trong năm" if ahead else ""
    unscored = f"{held} {unit} đã họp nhưng chưa chấm điểm" if held else ""
    still = " và ".join(filter(None, (open_, unscored)))
    still = f"Còn {still}" if still else f"Không còn {unit} nào trong năm"
    least, most = bounds(line, whole + ahead)
    if least is None:
        over = part - (most or 0)
        said = f"{still}: còn được {number(max(-over, 0))} {line.part_words}."
        return Slack(criterion=line.key, sentence=said, left=max(-over, 0), lost=over > 0)
    needed, ahead = max(least - part, 0), ahead + held
    if needed > ahead:
        said = f"{still} mà cần thêm {needed} {line.part_words}; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    if not needed:
        return Slack(
            criterion=line.key, sentence=f"Đã đủ: {part} {line.part_words}.", left=ahead or None, needed=0
        )
    left = ahead - needed
    spare = f"còn được thiếu {left} {unit}" if left else f"không được thiếu {unit} nào"
    said = f"{still}, cần thêm {needed} {line.part_words}; {spare}."
    return Slack(criterion=line.key, sentence=said, left=left, needed=needed)


def of_months(line: Line, sure: int, total: int, ahead: int, by: date | None, held: int = 0) -> Slack | None:
    """Of the year's months `sure` are counted already; each of those `ahead` may be, the first until the day `by`, and so
    may those that were `held`."""
    least = least_of(line, total)
    if least is None or not total:
        return None
    open_ = ahead + held
    left = sure + open_ - least
    if left < 0:
        said = f"Đã lỡ {total - sure - open_} tháng; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    asked = line.whole_words.removeprefix("tháng ")
    if not open_:
        said = f"Không còn tháng nào {asked} trong năm."
        return Slack(criterion=line.key, sentence=said, left=left)
    spare = f"còn được lỡ {left} tháng" if left else "không được lỡ tháng nào"
    past = f"{held} tháng đã họp mà chưa được tính" if held else ""
    if not ahead:
        return Slack(criterion=line.key, sentence=f"Còn {past}, {spare}.", left=left, needed=held)
    past = f" và {past}" if past else ""
    until = f"; buổi tới chậm nhất ngày {by:%d/%m/%Y}" if by else ""
    said = f"Còn {ahead} tháng {asked}{past}, {spare}{until}."
    return Slack(criterion=line.key, sentence=said, left=left, needed=open_, by=by)


def year_end(today: date) -> date:
    """The last day of the year that runs."""
    return date(today.year, 12, 31)
