"""A plan's values, comparisons and clauses in the words of those who read them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from bontot.policy.model import Option, Threshold
from bontot.policy.terms import At, Certainty, Clause, Operator, Origin, Reference, Stage, Subject, Unit

RATINGS = {
    4: "Hoàn thành xuất sắc nhiệm vụ",
    3: "Hoàn thành tốt nhiệm vụ",
    2: "Hoàn thành nhiệm vụ",
    1: "Không hoàn thành nhiệm vụ",
}
"""The four levels of the yearly rating, by rank."""

WEEKDAYS = {
    2: "thứ Hai",
    3: "thứ Ba",
    4: "thứ Tư",
    5: "thứ Năm",
    6: "thứ Sáu",
    7: "thứ Bảy",
    8: "Chủ nhật",
}
"""Days of the week as they are counted in Vietnamese."""

WEEKS = {1: "đầu tiên", 2: "thứ hai", 3: "thứ ba", 4: "thứ tư", 5: "cuối cùng"}
"""The how-manyth of a weekday in its month."""

NAMED = {Unit.RATING: RATINGS, Unit.WEEKDAY: WEEKDAYS, Unit.WEEK_OF_MONTH: WEEKS}
"""Units whose numbers are names, chosen and not typed."""

ORGANISATION_TYPES = {
    "provincial_committee": "Thành ủy, tỉnh ủy",
    "upper_committee": "Đảng bộ cấp trên trực tiếp cơ sở",
    "grassroots_committee": "Đảng bộ cơ sở",
    "grassroots_cell": "Chi bộ cơ sở",
    "sub_committee": "Đảng bộ bộ phận",
    "subordinate_committee": "Đảng bộ trực thuộc cơ sở",
    "subordinate_cell": "Chi bộ trực thuộc",
    "party_group": "Tổ đảng",
}
"""What an organisation is, by its type."""

SUBJECTS = {
    Subject.MEMBER: "đảng viên",
    Subject.CELL: "chi bộ",
    Subject.BASE_ORGANISATION: "tổ chức cơ sở đảng",
}
"""What a scheme judges."""

SECTORS = {
    "residential": "Tổ dân phố, thôn",
    "school": "Trường học",
    "health": "Y tế",
    "state_agency": "Cơ quan nhà nước",
    "state_enterprise": "Doanh nghiệp nhà nước",
    "private_enterprise": "Doanh nghiệp tư nhân",
    "police": "Công an",
    "army": "Quân đội",
    "other": "Khác",
}
"""What an organisation does, by its sector."""

STAGE_WORDS = {
    Stage.SELF_ASSESSMENT: "Tự đánh giá",
    Stage.CELL: "Chi bộ",
    Stage.APPRAISAL: "Thẩm định",
}
"""Who judges, at each stage."""

ORIGINS = {Origin.PLAN: "kế hoạch", Origin.DEFAULT: "mặc định"}
"""Whether the plan says a thing, or we fill what it leaves open."""

COMPARISONS = {
    Operator.AT_LEAST: "từ {} trở lên",
    Operator.MORE_THAN: "trên {}",
    Operator.EQUAL: "bằng {}",
    Operator.AT_MOST: "không quá {}",
    Operator.LESS_THAN: "dưới {}",
}

STRETCHES = {At.END: "cả năm", At.EACH_MONTH: "từng tháng", At.EACH_QUARTER: "từng quý"}
"""What a figure is held against."""

BANDS = {"good": "tốt", "fair": "khá", "average": "trung bình", "poor": "kém"}
"""The bands of a meeting's score."""

CERTAINTIES = {
    Certainty.SEED: "",
    Certainty.TEXT: "theo nguyên văn",
    Certainty.FOUND: "theo trang công khai, chưa đối chiếu văn bản gốc",
    Certainty.SECONDARY: "nguồn thứ cấp, chưa đối chiếu văn bản gốc",
    Certainty.UNVERIFIED: "chưa kiểm chứng",
}
"""How sure a clause is; of what stands in a seed nothing is said."""


def span(since: date | None, until: date | None) -> str:
    """`từ 27/01/2023 đến hết 30/06/2024`: half-open days, either end open."""
    begun = f"từ {since:%d/%m/%Y}" if since else ""
    ended = f"đến hết {until - timedelta(days=1):%d/%m/%Y}" if until else ""
    return " ".join(filter(None, (begun, ended)))


def by_default(origin: Origin | None) -> str:
    """` (mặc định)` after what the plan does not say itself."""
    return f" ({ORIGINS[origin]})" if origin is Origin.DEFAULT else ""


def figure(number: Decimal | int) -> str:
    """`85,5`; `1.234`; no decimals it does not have."""
    whole, _, part = f"{Decimal(number).normalize():,f}".partition(".")
    return ",".join(filter(None, (whole.replace(",", "."), part)))


def value_words(declaration: Threshold | Option, value: Decimal | str | None) -> str:
    """`85 %`, `ngày 7 hằng tháng`, `30/11`, or an option's own words; "chưa đặt" where nothing is in
    force."""
    if value is None:
        return "chưa đặt"
    if isinstance(declaration, Option):
        return dict(declaration.choices).get(str(value), str(value))
    return quantity(declaration.unit, Decimal(value))


def quantity(unit: Unit, number: Decimal) -> str:
    """A number with its unit: `85 %`, `6 tháng`, `Hoàn thành tốt nhiệm vụ`."""
    if unit in NAMED:
        return NAMED[unit].get(int(number), figure(number))
    if unit is Unit.MONTH_DAY:
        month, day = divmod(int(number), 100)
        return f"{day:02}/{month:02}"
    words = {
        Unit.PERCENT: "{} %",
        Unit.POINTS: "{} điểm",
        Unit.MONTHS: "{} tháng",
        Unit.DAY_OF_MONTH: "ngày {} hằng tháng",
    }
    return words.get(unit, "{}").format(figure(number))


def is_fixed(declaration: Threshold | Option) -> bool:
    """Whether the plan leaves a committee nothing else to set."""
    if isinstance(declaration, Option):
        return len(declaration.choices) < 2
    return declaration.lowest is not None and declaration.lowest == declaration.highest


def bounds(declaration: Threshold | Option) -> str:
    """What a committee may set instead: `từ 50 % đến 100 %`; empty without bounds."""
    if is_fixed(declaration):
        return "không; kế hoạch cố định giá trị này"
    if isinstance(declaration, Option):
        return ""
    ends = (("từ", declaration.lowest), ("đến", declaration.highest))
    return " ".join(f"{word} {value_words(declaration, bound)}" for word, bound in ends if bound is not None)


def asked(operator: Operator, unit: Unit, number: Decimal) -> str:
    """What a comparison asks, as one says it: `từ 85 % trở lên`, `đủ 100 %`, `ít nhất 3`, `không được có trường hợp nào`."""
    if unit in (Unit.COUNT, Unit.PERCENT) and not number and operator in (Operator.EQUAL, Operator.AT_MOST):
        return "không được có trường hợp nào"
    if unit is Unit.PERCENT and number == 100 and operator in (Operator.EQUAL, Operator.AT_LEAST):
        return f"đủ {quantity(unit, number)}"
    if unit is Unit.COUNT and operator is Operator.AT_LEAST:
        return f"ít nhất {figure(number)}"
    said = quantity(unit, number)
    return COMPARISONS[operator].format(f"“{said}”" if unit is Unit.RATING else said)


def requirement(operator: Operator, declaration: Threshold | Option, value: Decimal | str | None) -> str:
    """`từ 85 % trở lên`; "chưa đặt mức" where nothing is in force."""
    if value is None:
        return "chưa đặt mức"
    if isinstance(declaration, Option):
        return COMPARISONS[operator].format(value_words(declaration, value))
    return asked(operator, declaration.unit, Decimal(value))


def document(reference: Reference) -> str:
    """`Kế hoạch số 118-KH/QU ngày 27/01/2023`."""
    return f"{reference.kind} số {reference.number} ngày {reference.issued_on:%d/%m/%Y}"


def clause(place: Clause, references: tuple[Reference, ...]) -> str:
    """`mục 2, Kế hoạch số 118-KH/QU ngày 27/01/2023`: a place in one of `references`; after it how certain that is, where
    it is not from a seed."""
    named = next((document(item) for item in references if item.key == place.reference), place.reference)
    return f"{place.place}, {named}{certainty(place)}"


def certainty(place: Clause) -> str:
    """` (nguồn thứ cấp, chưa đối chiếu văn bản gốc)`; empty for the line of a seed."""
    said = CERTAINTIES[place.certainty]
    return f" ({said})" if said else ""
