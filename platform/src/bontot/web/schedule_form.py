"""The forms of a superior's order for a month and of the day a cell prefers: what was typed and what it means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.services.month_orders import Order
from bontot.services.preferences import Preference
from bontot.web.fields import a_day, a_day_or_none, day_boxes, typed_boxes
from bontot.web.filters import day as in_words
from bontot.web.filters import weekday

ORDERED = ("", "month", "waived", "day", "deadline", "document")
"""The fields of an order as its form has them, and so their errors."""
BEFORE_YOU = "Vừa có người khác sửa chỗ này. Xin xem lại rồi bấm lần nữa; nội dung đã nhập vẫn còn."
BY_PLAN, OWN = "ke-hoach", "rieng"
_MONTH = re.compile(r"\s*([0-9]{1,2})\s*[/.-]\s*([0-9]{4})\s*")


def typed_order(form: Mapping[str, str]) -> dict[str, Any]:
    """An order as it was typed."""
    boxes = {name: typed_boxes(form, name) for name in ("day", "deadline")}
    return {**boxes, "waived": form.get("waived", ""), "document": form.get("document", "")}


def of_order(order: Order | None) -> dict[str, Any]:
    """The form of an order already given, or an empty one."""
    if order is None:
        return {"day": day_boxes(None), "deadline": day_boxes(None), "waived": "", "document": ""}
    return {
        "day": day_boxes(order.day),
        "deadline": day_boxes(order.deadline),
        "waived": "co" if order.waived else "khong",
        "document": order.document,
    }


def read_order(month: date, values: Mapping[str, Any]) -> Order:
    """What an order means. Raises InvalidFields."""
    errors: dict[str, str] = {}
    days: dict[str, date | None] = {"day": None, "deadline": None}
    waived = values["waived"] == "co"
    if values["waived"] not in ("co", "khong"):
        errors["waived"] = "Chọn chuyển ngày họp hay cho nghỉ tháng này."
    elif not waived:
        with noting(errors, "day"):
            days["day"] = a_day_or_none(values["day"])
        with noting(errors, "deadline"):
            days["deadline"] = a_day(values["deadline"])
    if not values["document"].strip():
        errors["document"] = "Cần ghi số, ký hiệu và ngày của văn bản."
    refuse_noted(errors)
    return Order(month=month, document=values["document"], waived=waived, **days)


def order_words(order: Order) -> str:
    """`họp Thứ Năm 06/02/2025, hạn cuối Thứ Tư 12/02/2025`."""
    if order.waived:
        return "nghỉ, không phải họp"
    last = f"hạn cuối {_spoken(order.deadline)}" if order.deadline else "hạn cuối là ngày cuối tháng"
    return f"họp {_spoken(order.day)}, {last}" if order.day else f"chi bộ tự chọn ngày, {last}"


def _spoken(day: date) -> str:
    return f"{weekday(day)} {in_words(day)}"


def of_preferences(held: Sequence[Preference], today: date) -> dict[str, str]:
    """The form of a preference: what holds at the end, from the month that runs."""
    last = held[0] if held and held[0].until is None else None
    return {
        "choice": OWN if last else BY_PLAN,
        "day": str(last.day) if last else "",
        "month": f"{today:%m/%Y}",
    }


def read_preference(values: Mapping[str, str]) -> tuple[int | None, date]:
    """The day preferred (None: the plan's own) and the first day of the month from which. Raises InvalidFields."""
    errors: dict[str, str] = {}
    day: int | None = None
    if values["choice"] not in (BY_PLAN, OWN):
        errors["choice"] = "Chọn họp theo ngày của kế hoạch hay ngày riêng."
    elif values["choice"] == OWN:
        given = values["day"].strip()
        if given.isascii() and given.isdigit() and 1 <= int(given[:4]) <= 31:
            day = int(given)
        else:
            errors["day"] = "Ghi ngày trong tháng bằng số, từ 1 đến 31."
    since = date.min
    with noting(errors, "month"):
        since = a_month(values["month"])
    refuse_noted(errors)
    return day, since


def a_month(given: str) -> date:
    """The first day of `12/2026`. Raises InvalidInput."""
    found = _MONTH.fullmatch(given)
    if not found or not 1 <= int(found[1]) <= 12 or not 1900 <= int(found[2]) <= 2100:
        raise InvalidInput("Ghi tháng và năm, ví dụ 12/2026.")
    return date(int(found[2]), int(found[1]), 1)
