"""What is left of a year by a rule that looks only at a part of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from bontot.evaluation.left import what_is_left
from bontot.evaluation.outlook import Outlook
from bontot.evaluation.rules import Figure, Line
from bontot.evaluation.slack import Counted
from bontot.policy.counts import Course
from bontot.policy.terms import At, Kind, Operator, Origin, Outcome, Role, Unit

RATE = Line(
    key="attendance",
    label="Dự sinh hoạt",
    kind=Kind.MEASURED,
    role=Role.OBJECTIVE,
    origin=Origin.PLAN,
    metric="attendance",
    operator=Operator.MORE_THAN,
    figure=Figure(key="attendance", label="Tỷ lệ", unit=Unit.PERCENT, value=Decimal(85)),
)
ABSENT = replace(
    RATE,
    key="unexcused",
    kind=Kind.ZERO,
    metric="unexcused_absences",
    part_words="lượt vắng không lý do",
    operator=Operator.EQUAL,
    figure=Figure(key="unexcused", label="Vắng", unit=Unit.COUNT, value=Decimal(0)),
)
TODAY = date(2025, 11, 20)
SEEN = Outlook(
    today=TODAY,
    months=(),
    held=0,
    on_time=0,
    unrecorded=(),
    unscored=0,
    unscored_meetings=0,
    ahead=(),
    quarters=(),
    sheets=lambda _: [],
)
COURSES = {"attendance": Course.PRESENCE, "unexcused_absences": Course.GROWS}


def said(since: date | None, until: date | None) -> dict[str, str]:
    lines = [replace(line, since=since, until=until) for line in (RATE, ABSENT)]
    counted = zip(lines, (Outcome.MET, Outcome.NOT_MET), (90, 1), (100, 100), strict=True)
    found = what_is_left(
        (Counted(*one) for one in counted), lambda line: COURSES[line.metric or ""], TODAY, lambda _: SEEN
    )
    return {key: slack.sentence for key, slack in found.items()}


def test_a_rule_says_what_is_left_of_the_days_it_looks_at() -> None:
    assert (
        said(None, None)
        == said(date(2025, 10, 28), None)
        == {
            "attendance": "Không còn buổi nào trong năm.",
            "unexcused": "Đã có 1 lượt vắng không lý do; năm nay không còn đạt được.",
        }
    )


def test_a_rule_that_ends_in_the_year_says_only_what_cannot_be_undone_and_afterwards_nothing() -> None:
    assert said(None, date(2025, 12, 1)) == {
        "unexcused": "Đã có 1 lượt vắng không lý do; năm nay không còn đạt được."
    }
    assert said(None, date(2025, 10, 28)) == {}


def test_months_of_a_part_of_the_year_are_not_counted_to_its_end() -> None:
    monthly = replace(RATE, at=At.EACH_MONTH, since=date(2025, 7, 10))
    counted = [Counted(monthly, Outcome.MET, 2, 2)]
    assert what_is_left(counted, lambda _: Course.PRESENCE, TODAY, lambda _: SEEN) == {}
