"""The forms of a superior's order for a month and of the day a cell prefers: what was typed and what it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.services.month_orders import Order
from bontot.services.preferences import Preference
from bontot.web.differences import Difference, differing
from bontot.web.fields import (
    a_day,
    a_day_or_none,
    a_month,
    day_boxes,
    month_boxes,
    spoken_boxes,
    typed_boxes,
)
from bontot.web.filters import day as in_words
from bontot.web.filters import weekday

ORDERED = ("", "month", "waived", "day", "deadline", "document")
"""The fields of an order as its form has them, and so their errors."""
BEFORE_YOU = "Vừa có người khác sửa chỗ này. Xin xem lại rồi bấm lần nữa; nội dung đã nhập vẫn còn."
BY_PLAN, OWN = "ke-hoach", "rieng"
ORDER_LABELS = {"waived": "Tháng này", "day": "Ngày họp", "deadline": "Hạn cuối", "document": "Văn bản"}


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


def order_differences(theirs: Order | None, mine: Mapping[str, Any]) -> list[Difference]:
    """Where the order given and the one typed differ, field by field."""
    stored = of_order(theirs)
    return differing(
        (label, _typed(name, stored), _typed(name, mine)) for name, label in ORDER_LABELS.items()
    )


def _typed(name: str, values: Mapping[str, Any]) -> str:
    value = values[name]
    if name == "waived":
        return {"co": "Cho nghỉ", "khong": "Chuyển ngày họp"}.get(value, "")
    return str(value) if name == "document" else spoken_boxes(value)


def order_words(order: Order) -> str:
    """`họp Thứ Năm 06/02/2025, hạn cuối Thứ Tư 12/02/2025`."""
    if order.waived:
        return "nghỉ, không phải họp"
    last = f"hạn cuối {_spoken(order.deadline)}" if order.deadline else "hạn cuối là ngày cuối tháng"
    return f"họp {_spoken(order.day)}, {last}" if order.day else f"chi bộ tự chọn ngày, {last}"


def _spoken(day: date) -> str:
    return f"{weekday(day)} {in_words(day)}"


def typed_preference(form: Mapping[str, str]) -> dict[str, Any]:
    """A preference as it was typed."""
    return {
        "choice": form.get("choice", ""),
        "day": form.get("day", ""),
        "month": typed_boxes(form, "month"),
    }


def of_preferences(held: Sequence[Preference], today: date) -> dict[str, Any]:
    """The form of a preference: what holds at the end, from the month that runs."""
    last = _last(held)
    return {
        "choice": OWN if last else BY_PLAN,
        "day": str(last.day) if last else "",
        "month": month_boxes(today),
    }


def _last(held: Sequence[Preference]) -> Preference | None:
    return held[0] if held and held[0].until is None else None


def preference_differences(held: Sequence[Preference], mine: Mapping[str, Any]) -> list[Difference]:
    """Where what was chosen meanwhile and what was typed differ."""
    last = _last(held)
    own = mine["choice"] == OWN
    ended = held[0].until if held and not last else None
    pairs = (
        (
            "Chi bộ họp vào",
            f"ngày {last.day} hằng tháng" if last else "ngày của kế hoạch",
            f"ngày {mine['day'].strip()} hằng tháng" if own else "ngày của kế hoạch",
        ),
        (
            "Từ tháng",
            f"{last.since:%m/%Y}" if last else f"{ended:%m/%Y}" if ended else "",
            _month_typed(mine["month"]),
        ),
    )
    return differing(pairs)


def _month_typed(boxes: Mapping[str, str]) -> str:
    try:
        return f"{a_month(boxes):%m/%Y}"
    except InvalidInput:
        return spoken_boxes(boxes)


def read_preference(values: Mapping[str, Any]) -> tuple[int | None, date]:
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
