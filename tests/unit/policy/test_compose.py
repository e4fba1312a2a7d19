"""A refinement laid over a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bontot.errors import RefinementError
from bontot.policy.compose import compose
from bontot.policy.model import Group, Policy, Scheme
from bontot.policy.terms import Subject
from bontot.policy.validate import problems
from tests.unit.policy.samples import (
    ATTENDANCE,
    CELL,
    CLAUSE,
    LINE,
    MEMBER,
    PLAN,
    PLAN_PAPER,
    PREPARATION,
    SECOND,
    SHARE,
    UNITY,
    WARD,
    WARD_PAPER,
    WARD_RATE,
    groups,
)


def test_a_refinement_replaces_by_key_adds_what_it_names_and_drops_what_it_says() -> None:
    composed = compose(PLAN, WARD)
    assert composed == Policy(
        code="sample_ward",
        label="Kế hoạch phường",
        issuer="Đảng ủy phường",
        version="1+7",
        references=(PLAN_PAPER, WARD_PAPER),
        in_force_from=SECOND,
        thresholds=(WARD_RATE, PLAN.thresholds[1]),
        options=(),
        criteria=(LINE, ATTENDANCE, SHARE, PREPARATION),
        schemes=(
            MEMBER,
            Scheme(
                key="sample.cell",
                subject=Subject.CELL,
                title="Chi bộ tốt",
                groups=groups((1, (ATTENDANCE.key,)), (2, (SHARE.key, PREPARATION.key))),
            ),
        ),
        frames=("frame",),
    )
    assert problems(composed) == ()


def test_a_refinement_that_says_nothing_leaves_the_plan_as_it_is() -> None:
    silent = replace(
        PLAN, thresholds=(), options=(), criteria=(), schemes=(), references=(), refines="sample"
    )
    assert compose(PLAN, silent) == replace(PLAN, version="1+1")


def test_rules_and_frames_are_the_refinements_where_it_states_them() -> None:
    assert compose(PLAN, replace(WARD, frames=("other",))).frames == ("other",)


@pytest.mark.parametrize(
    ("refinement", "sentences"),
    [
        (
            replace(WARD, adds=frozenset()),
            ("“sample.preparation” không có trong kế hoạch bên dưới và không được khai là thêm mới (adds)",),
        ),
        (
            replace(WARD, adds=WARD.adds | {"sample.attendance"}),
            ("“sample.attendance” khai là thêm mới nhưng không thêm gì",),
        ),
        (
            replace(WARD, drop=WARD.drop | {"sample.nothing"}),
            ("“sample.nothing” bị bỏ (drop) nhưng kế hoạch bên dưới không có",),
        ),
        (
            replace(WARD, drop=WARD.drop | {"sample.attendance"}),
            ("“sample.attendance” vừa bị bỏ vừa được nêu",),
        ),
        (
            replace(WARD, schemes=(replace(CELL, key="sample.other"),)),
            ("“sample.other” không có trong kế hoạch bên dưới và không được khai là thêm mới (adds)",),
        ),
        (
            replace(
                WARD,
                schemes=(
                    replace(
                        WARD.schemes[0],
                        groups=(
                            Group(key="sample.7", label="Mới", criteria=(SHARE.key,), clauses=(CLAUSE,)),
                        ),
                    ),
                ),
            ),
            ("“sample.7” không có trong kế hoạch bên dưới và không được khai là thêm mới (adds)",),
        ),
        (
            replace(WARD, in_force_from=date(2023, 1, 26)),
            ("có hiệu lực từ 26/01/2023, khi kế hoạch bên dưới chưa có hiệu lực (27/01/2023)",),
        ),
    ],
)
def test_a_refinement_that_does_not_fit_names_every_key(
    refinement: Policy, sentences: tuple[str, ...]
) -> None:
    with pytest.raises(RefinementError) as refused:
        compose(PLAN, refinement)
    assert refused.value.problems == sentences
    assert str(refused.value) == "; ".join(sentences)


def test_a_dropped_group_goes_with_its_criteria_left_to_the_check() -> None:
    composed = compose(
        PLAN, replace(WARD, schemes=(), criteria=(), adds=frozenset(), drop=frozenset({"sample.2"}))
    )
    assert [group.key for group in composed.schemes[1].groups] == ["sample.1"]
    assert problems(composed) == ("sample.share: tiêu chí phải thuộc đúng một loại đối tượng, đang thuộc 0",)


def test_dropping_reaches_groups_blockers_and_what_bears_the_same_key() -> None:
    only_drop = replace(
        WARD, schemes=(), criteria=(), thresholds=(), adds=frozenset(), drop=frozenset({UNITY.key})
    )
    cell = compose(PLAN, only_drop).schemes[1]
    assert (cell.groups[0].criteria, cell.blockers) == ((ATTENDANCE.key,), ())
