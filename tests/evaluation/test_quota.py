"""A plan's quota: how many may be recognised under one superior, and where more are eligible."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bontot.db.tenancy import scope
from bontot.evaluation.whole import evaluate
from bontot.policy.model import Authority, Recognition, Step
from bontot.policy.standard import threshold
from bontot.policy.terms import Unit
from bontot.registry import Registry
from bontot.services.quotas import Overfull, over_quota
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Make
from tests.evaluation.plans import POLICY, SINCE, registry_of
from tests.evaluation.test_runs import LAST


def limited(scheme: str, unit: Unit, most: int | None) -> Registry:
    """The small plan with a quota on one of its titles."""
    step = Step(key="decide", label="Quyết định", authorities=(Authority(body="Đảng ủy", valid_from=SINCE),))
    recognition = Recognition(scheme=scheme, steps=(step,), vote_rule="Quá nửa", quota="quota")
    quota = threshold("quota", "Nhiều nhất", unit, most, SINCE)
    policy = replace(POLICY, recognitions=(recognition,), thresholds=(*POLICY.thresholds, quota))
    return registry_of([policy])


def two_wards() -> said.Case:
    """Five good members of six in ward W, one of two in ward V; everyone is judged well but A1 and B1."""
    return said.Case(
        name="chỉ tiêu",
        why="",
        organisation=(
            said.Organisation(code="W", type="grassroots_committee", name="Phường Một"),
            said.Organisation(code="V", type="grassroots_committee", name="Phường Hai"),
            said.Organisation(code="A", parent="W", members=6),
            said.Organisation(code="B", parent="V", members=2),
        ),
        meeting=(
            said.Meeting(organisation="A", on=(date(YEAR, 2, 3),)),
            said.Meeting(organisation="B", on=(date(YEAR, 2, 3),)),
        ),
        judgment=(
            said.Judgment(
                subjects=("A2", "A3", "A4", "A5", "A6", "B2"),
                criteria=("m.line", "m.discipline"),
                verdict="met",
            ),
            said.Judgment(subjects=("A1", "B1"), criteria=("m.line",), verdict="not_met"),
        ),
    )


@pytest.mark.parametrize(
    ("unit", "most", "expected"),
    [
        (Unit.PERCENT, 80, [Overfull("Phường Một", 5, 6, 4)]),
        (Unit.PERCENT, 84, []),
        (Unit.PERCENT, 49, [Overfull("Phường Một", 5, 6, 2), Overfull("Phường Hai", 1, 2, 0)]),
        (Unit.COUNT, 4, [Overfull("Phường Một", 5, 6, 4)]),
        (Unit.COUNT, 5, []),
        (Unit.COUNT, None, []),
    ],
)
def test_more_eligible_under_one_superior_than_the_plan_recognises(
    unit: Unit, most: int | None, expected: list[Overfull], make: Make
) -> None:
    registry = limited("m", unit, most)
    committee = make(two_wards(), by=registry)
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        assert sorted(over_quota(session, header, 0, None), key=str) == sorted(expected, key=str)
        nobody = over_quota(session, header, 0, [])
        cells = over_quota(session, header, 1, None)
    assert (nobody, cells) == ([], [])
