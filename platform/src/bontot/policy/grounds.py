"""Who decided a value, and on which clause or decision it stands."""

from __future__ import annotations

from bontot.policy.resolve import Layer, Rung
from bontot.policy.terms import Origin
from bontot.policy.words import clause

SOURCES = {
    (Layer.FRAME, Origin.PLAN): "theo khung",
    (Layer.FRAME, Origin.DEFAULT): "giá trị mặc định, khung không quy định",
    (Layer.PLAN, Origin.PLAN): "theo kế hoạch",
    (Layer.PLAN, Origin.DEFAULT): "giá trị mặc định, kế hoạch không quy định",
    (Layer.REFINEMENT, Origin.PLAN): "theo kế hoạch bổ sung",
    (Layer.REFINEMENT, Origin.DEFAULT): "giá trị mặc định, kế hoạch bổ sung không quy định",
    (Layer.TENANT, None): "đảng bộ quyết định",
    (Layer.WHAT_IF, None): "đang thử, chưa có hiệu lực",
}


def source(rung: Rung) -> str:
    """Who decided a value: the plan, nobody (a default), the frame, or the committee itself."""
    return SOURCES[rung.layer, rung.origin]


def ground(rung: Rung) -> str:
    """The decision or the clause a value stands on; empty for a default without one."""
    if rung.decision:
        return rung.decision
    if rung.clause is None:
        return ""
    return clause(rung.clause, (rung.reference,) if rung.reference else ())
