"""How plans are spoken of on their pages: kinds of criteria, layers of a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bontot.policy import grounds, words
from bontot.policy.model import Option, Threshold
from bontot.policy.resolve import Layer, Value
from bontot.policy.terms import Kind, Operator, Role

KINDS = {
    Kind.MEASURED: "Tính từ hồ sơ",
    Kind.ZERO: "Tính từ hồ sơ; một trường hợp cũng là chưa đạt",
    Kind.DERIVED: "Tính từ kết quả của cấp dưới trực tiếp",
    Kind.JUDGED: "Cấp có thẩm quyền xét",
}
ROLES = {
    Role.DECIDES: "",
    Role.INFORMS: "Để tham khảo khi xét",
    Role.OBJECTIVE: "Chỉ tiêu: theo dõi và báo cáo, không quyết định danh hiệu",
}
LAYERS = {
    Layer.FRAME: "Khung",
    Layer.PLAN: "Kế hoạch",
    Layer.REFINEMENT: "Kế hoạch bổ sung",
    Layer.TENANT: "Đảng bộ",
    Layer.WHAT_IF: "Đang thử",
}
ENROLMENTS = {
    "all": "",
    "registration": "Chỉ xét nơi đã đăng ký.",
    "selection": "Chỉ xét nơi được chọn làm điểm.",
}


def asked(declaration: Threshold | Option, value: Value | None, comparisons: Mapping[str, Operator]) -> str:
    """A value with the comparison it is made with, where that is always the same: `từ 85 % trở lên`."""
    operator = comparisons.get(declaration.key)
    if operator is None or value is None or isinstance(declaration, Option):
        return words.value_words(declaration, value)
    return words.requirement(operator, declaration, value)


SPEECH: dict[str, Any] = {
    "asked": asked,
    "value_words": words.value_words,
    "requirement": words.requirement,
    "clause": words.clause,
    "certainties": words.CERTAINTIES,
    "document": words.document,
    "source": grounds.source,
    "ground": grounds.ground,
    "kinds": KINDS,
    "roles": ROLES,
    "subjects": words.SUBJECTS,
    "layers": LAYERS,
    "enrolments": ENROLMENTS,
}
"""What the templates of plans call; given to each of them."""


def offered(declaration: Threshold | Option) -> list[tuple[str, str]]:
    """What may be chosen for a value, as `(value, words)`; empty for a number one types."""
    if isinstance(declaration, Option):
        return list(declaration.choices)
    named = words.NAMED.get(declaration.unit, {})
    return [(str(number), shown) for number, shown in named.items() if _within(declaration, number)]


def _within(declaration: Threshold, number: int) -> bool:
    lowest, highest = declaration.lowest, declaration.highest
    return (lowest is None or number >= lowest) and (highest is None or number <= highest)
