"""What a plugin's own metrics are held to on real records: planted faults, each of which must be said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest

from bontot.db.tenancy import scope
from bontot.plugin import Count, Facts, Metric, Record, Subject
from bontot.registry import Registry
from bontot.testing import case_records as said
from bontot.testing.answers import metric_problems
from tests.evaluation.conftest import YEAR, Committee, Make

CASE = said.Case(
    name="hai chi bộ",
    why="",
    organisation=(said.Organisation(code="A", members=2), said.Organisation(code="B", members=1)),
    meeting=(said.Meeting(organisation="A", on=(date(YEAR, 1, 3), date(YEAR, 2, 3))),),
)
HELD = "SELECT organisation_id, count(*), 1 FROM meeting GROUP BY organisation_id ORDER BY 1"
LISTED = "SELECT 'meeting', id, held_on, 1, 1 FROM meeting WHERE organisation_id = ANY(:subjects)"


def count(facts: Facts) -> Iterable[Count]:
    return facts.select(HELD)


def records(facts: Facts) -> Iterable[Record]:
    return [Record(*row) for row in facts.select(LISTED)]


SOUND = Metric(
    key="thu.held",
    subject=Subject.CELL,
    label="Buổi đã họp",
    part_words="buổi đã họp",
    whole_words="",
    count=count,
    records=records,
)


@pytest.fixture(scope="module")
def committee(make: Make) -> Committee:
    return make(CASE)


def problems(committee: Committee, registry: Registry, *metrics: Metric) -> list[str]:
    with scope(committee.engine, committee.tenant_id) as session:
        return metric_problems(session, registry, committee.world, metrics)


def test_a_sound_metric_has_nothing_said_of_it(committee: Committee, registry: Registry) -> None:
    assert problems(committee, registry, SOUND) == []


def averaging(facts: Facts) -> Iterable[Count]:
    return facts.select("SELECT organisation_id, avg(1.5), 1 FROM meeting GROUP BY organisation_id")


def of_meetings(facts: Facts) -> Iterable[Count]:
    return facts.select("SELECT -id, 1, 1 FROM meeting")


def dividing(facts: Facts) -> Iterable[Count]:
    return facts.select("SELECT organisation_id, 1 / (held_on - held_on), 1 FROM meeting")


def depending_on_who_is_asked_for(facts: Facts) -> Iterable[Count]:
    return facts.select("""
        SELECT organisation_id, CASE WHEN CAST(:subjects AS bigint[]) IS NULL THEN 2 ELSE 1 END, 1
        FROM meeting GROUP BY organisation_id""")


def asking_what_is_not_given(facts: Facts) -> Iterable[Count]:
    facts.value("least")
    return ()


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (averaging, "trả lời sai: Phép đo phải cho số nguyên, không phải Decimal('1.5000000000000000')."),
        (dividing, "không trả lời được: DataError"),
        (
            asking_what_is_not_given,
            "không trả lời được: Phép đo hỏi tham số “least” mà kế hoạch không cho.",
        ),
    ],
)
def test_an_answer_that_cannot_be_used_is_said(
    ask: object, sentence: str, committee: Committee, registry: Registry
) -> None:
    metric = replace(SOUND, count=ask, records=None)  # type: ignore[arg-type]
    assert problems(committee, registry, metric) == [f"phép đo “thu.held”: {sentence}"]


def test_one_that_breaks_the_transaction_does_not_speak_for_the_next(
    committee: Committee, registry: Registry
) -> None:
    broken = replace(SOUND, count=dividing, records=None)
    assert problems(committee, registry, broken, SOUND) == [
        "phép đo “thu.held”: không trả lời được: DataError"
    ]


def test_subjects_that_are_none_are_said(committee: Committee, registry: Registry) -> None:
    (sentence,) = problems(committee, registry, replace(SOUND, count=of_meetings, records=None))
    assert sentence.startswith("phép đo “thu.held”: đếm đối tượng không có trong hồ sơ: -")


def test_a_count_that_depends_on_who_is_asked_for_is_said(committee: Committee, registry: Registry) -> None:
    metric = replace(SOUND, count=depending_on_who_is_asked_for, records=None)
    who = committee.world.organisations["A"]
    assert problems(committee, registry, metric) == [
        f"phép đo “thu.held”: hỏi riêng A thì đếm [({who}, 1, 1)], hỏi cả đảng bộ thì ({who}, 2, 1)"
    ]


def test_a_list_that_does_not_add_up_is_said(committee: Committee, registry: Registry) -> None:
    metric = replace(SOUND, records=lambda facts: list(records(facts))[:1])
    assert problems(committee, registry, metric) == [
        "phép đo “thu.held”: liệt kê của A cộng lại là 1/1, đếm được 2/1"
    ]


def test_what_is_listed_adds_up_to_the_plain_sums_of_a_worst_case(
    committee: Committee, registry: Registry
) -> None:
    def worst(facts: Facts) -> Iterable[Count]:
        return facts.select("SELECT organisation_id, min(1), 1 FROM meeting GROUP BY organisation_id")

    assert problems(committee, registry, replace(SOUND, count=worst, pooled=count)) == []
    assert problems(committee, registry, replace(SOUND, count=worst)) == [
        "phép đo “thu.held”: liệt kê của A cộng lại là 2/2, đếm được 1/1"
    ]
