"""How values are written for a reader: dates, ratios and names as Vietnamese offices write them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from flask import Flask

from bontot.evaluation.words import percent
from bontot.policy.words import figure

_HERE = ZoneInfo("Asia/Ho_Chi_Minh")
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


def day(value: date | None) -> str:
    """`03/04/2026`; an empty string for None."""
    return value.strftime("%d/%m/%Y") if value else ""


def eve(value: date) -> str:
    """The last day of an interval that ends before `value`: `02/04/2026` for 3 April."""
    return day(value - timedelta(days=1))


def known(value: date | None, precision: str) -> str:
    """A day as far as it is known: `03/04/1952`, `04/1952` or `1952`."""
    if value is None:
        return ""
    return value.strftime({"day": "%d/%m/%Y", "month": "%m/%Y", "year": "%Y"}[precision])


def weekday(value: date) -> str:
    """`Thứ Sáu`."""
    return _WEEKDAYS[value.weekday()]


def moment(value: datetime | None) -> str:
    """`19:30 ngày 03/04/2026`, in Viet Nam."""
    return value.astimezone(_HERE).strftime("%H:%M ngày %d/%m/%Y") if value else ""


def lasting(value: timedelta | None) -> str:
    """`dưới 1 giây`, `12 giây`, `3 phút 5 giây`, `1 giờ 4 phút`; an empty string for None."""
    if value is None:
        return ""
    seconds = int(value.total_seconds())
    if seconds < 1:
        return "dưới 1 giây"
    minutes, hours = seconds // 60, seconds // 3600
    parts = [(hours, "giờ"), (minutes % 60, "phút")] if hours else [(minutes, "phút"), (seconds % 60, "giây")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def month(value: date) -> str:
    """`03/2026`."""
    return value.strftime("%m/%Y")


def month_before(value: date) -> str:
    """The last month of an interval that ends before `value`, a month's first day: `02/2026` for March."""
    return month(value - timedelta(days=1))


def rate(value: Fraction) -> str:
    """`0,5 %`: a share that has a finite decimal form."""
    return f"{figure(Decimal(value.numerator * 100) / value.denominator)}\u00a0%"


def clock(value: time | None) -> str:
    """`19:30`; an empty string for None."""
    return value.strftime("%H:%M") if value else ""


def within(name: str) -> str:
    """A kind's name as it stands within a sentence; the names of others in it keep their capitals."""
    return name[:1].lower() + name[1:]


def glued(sentence: str) -> str:
    """The sentence with numbers kept on one line with their percent sign."""
    return sentence.replace(" %", "\u00a0%")


def share(part: int, whole: int, threshold: Decimal = Decimal(100)) -> str:
    """`85,7 %`, rounded so that it never contradicts the threshold, nor reads 100 when it is not."""
    return percent(part, whole, threshold)


def install(app: Flask) -> None:
    """Makes them available to templates."""
    app.jinja_env.filters.update(
        day=day,
        weekday=weekday,
        moment=moment,
        number=figure,
        lasting=lasting,
        month=month,
        month_before=month_before,
        rate=rate,
        clock=clock,
        eve=eve,
        glued=glued,
        known=known,
        within=within,
    )
    app.jinja_env.globals.update(share=share)
