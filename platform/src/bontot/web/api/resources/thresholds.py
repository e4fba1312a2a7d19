"""Thresholds: every value of a plan as it stands on a day, with who decided it; and a committee's own decision."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.errors import NotFound, PluginUnavailable
from bontot.policy.grounds import ground
from bontot.policy.model import Threshold
from bontot.policy.resolve import Layer, Rung
from bontot.policy.terms import Origin, Unit
from bontot.policy.words import value_words
from bontot.services import plans as records
from bontot.services import thresholds as values
from bontot.services.plans import PlanEntry
from bontot.services.thresholds import ValueLine
from bontot.web import words
from bontot.web.api.asking import day_of
from bontot.web.api.blueprint import api
from bontot.web.api.fields import AsOfQuery, Choice, Day, Flag, Form, Told, Words, maybe, said
from bontot.web.api.resource import Answer, Resource, once, resource
from bontot.web.api.resources.evaluations import LAYER_WORDS, LAYERS
from bontot.web.database import session
from bontot.web.pages.plans import may_set, value_of
from bontot.web.request import actor, registry, this_day


class PlanSchema(Form):
    """A plan that governs somewhere in the committee."""

    code = Told(**said("Mã kế hoạch"))
    label = Told(**maybe("Tên; null khi kế hoạch tạm thời không dùng được"))
    in_force_from = Day(**maybe("Có hiệu lực từ"))
    frames = fields.List(Told(), **said("Mã các khung đối chiếu"))


class PlansSchema(Form):
    """The committee's plans on a day."""

    as_of = Day(**said("Ngày được xem"))
    plans = fields.List(fields.Nested(PlanSchema), **said("Các kế hoạch"))


class RungSchema(Form):
    """What one layer says of a value."""

    layer = Choice(*LAYERS.values(), words=LAYER_WORDS, **said("Khung, kế hoạch, kế hoạch bổ sung, đảng bộ"))
    value = Told(**maybe("Giá trị; null là trở về kế hoạch"))
    valid_from = Day(**said("Từ ngày"))
    origin = Choice(*(one.value for one in Origin), words=words.ORIGINS, **maybe("Văn bản nói, hay mặc định"))
    ground = Told(**said("Điều khoản hoặc văn bản"))


class ThresholdSchema(Form):
    """A value of a plan on a day: what holds and why, and every layer's word on it."""

    key = Told(**said("Mã"))
    label = Told(**said("Giá trị của điều gì"))
    unit = Choice(*(one.value for one in Unit), **maybe("Đơn vị; null là một cách hiểu được chọn"))
    value = Told(**maybe("Giá trị có hiệu lực; null là chưa đặt"))
    words = Told(**said("Giá trị bằng lời"))
    layer = Choice(*LAYERS.values(), words=LAYER_WORDS, **maybe("Do đâu"))
    ground = Told(**said("Điều khoản hoặc văn bản"))
    weaker_than_frame = Flag(**said("Yêu cầu thấp hơn khung"))
    may_be_set = Flag(**said("Đảng bộ được đặt khác"))
    layers = fields.List(fields.Nested(RungSchema), **said("Từng tầng, từ chung đến riêng"))


class ThresholdsSchema(Form):
    """Every value of a plan on a day."""

    plan = Told(**said("Mã kế hoạch"))
    as_of = Day(**said("Ngày được xem"))
    thresholds = fields.List(fields.Nested(ThresholdSchema), **said("Các giá trị, theo thứ tự của kế hoạch"))


class DecisionSchema(Form):
    """A committee's decision on a value, from a day on, by a document; null returns to the plan's own."""

    value = Words(
        required=True,
        allow_none=True,
        metadata={"description": "Giá trị như gõ trên trang; null là thôi đặt"},
    )
    valid_from = Day(**said("Có hiệu lực từ ngày"))
    document = Words(shortest=1, **said("Số, ngày của văn bản quyết định"))


@resource(
    api,
    "/plans",
    permission=Permission.VIEW_THRESHOLD,
    scope=Scope.TENANT,
    says=Resource(
        noun="thresholds",
        method="GET",
        summary="Các kế hoạch đang áp dụng",
        answer=PlansSchema,
        query=AsOfQuery,
    ),
)
def plans(query: dict[str, Any]) -> Answer:
    """The plans assigned in the committee on the day."""
    day = day_of(query)
    found = [
        {
            "code": entry.code,
            "label": entry.policy.label if entry.policy else None,
            "in_force_from": entry.policy.in_force_from if entry.policy else None,
            "frames": [frame.code for frame in entry.frames],
        }
        for entry in records.plans_in_force(session(), registry(), day)
    ]
    return Answer({"as_of": day, "plans": found})


@resource(
    api,
    "/plans/<code>/thresholds",
    permission=Permission.VIEW_THRESHOLD,
    scope=Scope.TENANT,
    says=Resource(
        noun="thresholds",
        method="GET",
        summary="Mọi giá trị của một kế hoạch trong một ngày, mỗi giá trị do đâu",
        answer=ThresholdsSchema,
        query=AsOfQuery,
    ),
)
def thresholds(code: str, query: dict[str, Any]) -> Answer:
    """Every value of a plan of the committee, or of a frame beside it."""
    day = day_of(query)
    entry = records.plan_of(session(), registry(), code, day)
    if entry.policy is None:
        raise PluginUnavailable(entry.reason)
    base = Layer.FRAME if entry.is_frame else Layer.PLAN
    lines = values.value_lines(session(), registry(), code, day, base=base)
    return Answer({"plan": code, "as_of": day, "thresholds": [_line(entry, line) for line in lines]})


@resource(
    api,
    "/plans/<code>/thresholds/<key>/decisions",
    permission=Permission.SET_THRESHOLD,
    scope=Scope.TENANT,
    says=Resource(
        noun="thresholds",
        method="POST",
        summary="Đặt một giá trị của riêng đảng bộ, hoặc trở về kế hoạch",
        answer=ThresholdSchema,
        body=DecisionSchema,
        status=201,
        keyed=True,
    ),
)
def decide(code: str, key: str, body: dict[str, Any]) -> Answer:
    """Records a decision on a value; answers the value as it stands today."""
    entry, _, line = value_of(code, key, this_day())
    if not may_set(entry, line):
        raise NotFound

    def act() -> str:
        value = body.pop("value")
        given = {"policy_code": code, "key": key, **body}
        if value is None:
            values.withdraw_value(session(), actor(), registry(), **given)
        else:
            values.set_value(session(), actor(), registry(), value=value, **given)
        return key

    once(act)
    session().flush()
    entry, _, line = value_of(code, key, this_day())
    return Answer(_line(entry, line), location=f"/api/v1/plans/{code}/thresholds")


def _line(entry: PlanEntry, line: ValueLine) -> dict[str, Any]:
    declaration, rung = line.declaration, line.resolved.rung
    return {
        "key": declaration.key,
        "label": declaration.label,
        "unit": declaration.unit.value if isinstance(declaration, Threshold) else None,
        "value": _plain(line.resolved.value),
        "words": value_words(declaration, line.resolved.value),
        "layer": LAYERS[rung.layer] if rung else None,
        "ground": ground(rung) if rung else "",
        "weaker_than_frame": line.weaker_than is not None,
        "may_be_set": may_set(entry, line),
        "layers": [_rung(one) for one in line.rungs],
    }


def _rung(rung: Rung) -> dict[str, Any]:
    return {
        "layer": LAYERS[rung.layer],
        "value": _plain(rung.value),
        "valid_from": rung.valid_from,
        "origin": rung.origin.value if rung.origin else None,
        "ground": ground(rung),
    }


def _plain(value: object) -> str | None:
    return None if value is None else str(value)
