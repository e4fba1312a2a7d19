"""What goes wrong in one count stays with the criteria that use it: planted faults, each of which must be caught."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

import pytest
from rq.timeouts import JobTimeoutException
from sqlalchemy import func, select

from bontot.db.models import Commendation, Judgment
from bontot.db.tenancy import scope
from bontot.evaluation.runs import judge, verdict_rows
from bontot.evaluation.standing import standing
from bontot.plugin import Count, Facts, Measure, Metric, Operator, Subject, measured, none_allowed
from bontot.policy.counts import Record
from bontot.policy.model import Group
from bontot.policy.terms import Outcome
from bontot.registry import Registry
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Committee, Make
from tests.evaluation.plans import AT, POLICY, SINCE, registry_of

LAST = date(YEAR, 12, 31)
CASE = said.Case(
    name="hai đảng viên",
    why="",
    organisation=(said.Organisation(code="A", members=2),),
    meeting=(said.Meeting(organisation="A", on=(date(YEAR, 1, 3),)),),
)


def with_metric(count: Callable[[Facts], Iterable[Count]]) -> Registry:
    """The small plan with one more criterion for a cell, counted by `count`."""
    added = measured("c.odd", "Phép đo lạ", (AT,), Measure(metric="thu.odd"), Operator.EQUAL)
    scheme = POLICY.schemes[1]
    group = Group(key="c.2", label="Lạ", criteria=("c.odd",), clauses=(AT,))
    policy = replace(
        POLICY,
        criteria=(*POLICY.criteria, added),
        thresholds=(*POLICY.thresholds, none_allowed("c.odd", "Lạ", SINCE)),
        schemes=(POLICY.schemes[0], replace(scheme, groups=(*scheme.groups, group))),
    )
    metric = Metric(
        key="thu.odd",
        subject=Subject.CELL,
        label="Phép đo lạ",
        part_words="việc lạ",
        whole_words="việc",
        count=count,
    )
    return registry_of([policy], metric)


def outcomes(committee: Committee, registry: Registry) -> dict[str, Outcome]:
    """The cell's outcome on every criterion."""
    with scope(committee.engine, committee.tenant_id) as session:
        (judged,) = judge(session, registry, year=YEAR, as_of=LAST)
        findings = judged.findings[1]
        (row,) = verdict_rows(findings)
        return dict(zip((line.key for line in findings.rules.lines), row.outcomes, strict=True))


def raising(facts: Facts) -> Iterable[Count]:
    raise ZeroDivisionError


def ending_the_process(facts: Facts) -> Iterable[Count]:
    raise SystemExit(9)


def misspelling(facts: Facts) -> Iterable[Count]:
    return facts.select("SELECT id, 1, 1 FROM no_such_table")


def dividing(facts: Facts) -> Iterable[Count]:
    return facts.select("SELECT id, 1 / 0, 1 FROM organisation")


def fractional(facts: Facts) -> Iterable[Count]:
    return facts.select("SELECT id, CAST(0.5 AS double precision), 1 FROM organisation")


def twice(facts: Facts) -> Iterable[Count]:
    return facts.select("SELECT organisation_id, 0, 1 FROM membership")


def asking_what_is_not_there(facts: Facts) -> Iterable[Count]:
    facts.value("no_such_parameter")
    return ()


def leaving_half_way(facts: Facts) -> Iterable[Count]:
    yield from facts.select("SELECT id, 0, 1 FROM organisation LIMIT 1")
    raise KeyError


def writing(facts: Facts) -> Iterable[Count]:
    return facts.select("WITH gone AS (DELETE FROM judgment RETURNING id) SELECT id, 1, 1 FROM gone")


def commanding(facts: Facts) -> Iterable[Count]:
    return facts.select("DELETE FROM judgment")


def moving_to_another_committee(facts: Facts) -> Iterable[Count]:
    list(facts.select("SELECT set_config('app.tenant_id', '1', true)"))
    return facts.select("SELECT id, 1, 1 FROM organisation")


def ending_the_transaction(facts: Facts) -> Iterable[Count]:
    return facts.select("SELECT 1, 1, 1; COMMIT")


@pytest.mark.parametrize(
    "fault",
    [
        raising,
        ending_the_process,
        misspelling,
        dividing,
        fractional,
        twice,
        asking_what_is_not_there,
        leaving_half_way,
        writing,
        commanding,
        moving_to_another_committee,
        ending_the_transaction,
    ],
)
def test_a_faulty_metric_harms_only_its_criterion(
    fault: Callable[[Facts], Iterable[Count]], make: Make, registry: Registry
) -> None:
    judged = replace(CASE, judgment=(said.Judgment(subjects=("A",), verdict="met"),))
    committee = make(judged)
    sound = outcomes(committee, registry)
    assert outcomes(committee, with_metric(fault)) == sound | {"c.odd": Outcome.ERROR}
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(Judgment)) == 1


def test_a_metric_this_instance_does_not_have_is_an_error_too(make: Make) -> None:
    complete = with_metric(lambda _: ())
    lacking = replace(
        complete, metrics={key: one for key, one in complete.metrics.items() if key[1] != "thu.odd"}
    )
    assert outcomes(make(CASE), lacking)["c.odd"] is Outcome.ERROR


def test_a_sound_metric_of_a_plugin_is_counted(make: Make) -> None:
    def cells_without_members(facts: Facts) -> Iterable[Count]:
        return facts.select("""
            SELECT o.id, 0, count(ms.id) FROM organisation AS o JOIN membership AS ms ON ms.organisation_id = o.id
            GROUP BY o.id""")

    assert outcomes(make(CASE), with_metric(cells_without_members))["c.odd"] is Outcome.MET


def test_a_subject_the_metric_leaves_out_has_no_data(make: Make) -> None:
    assert outcomes(make(CASE), with_metric(lambda _: ()))["c.odd"] is Outcome.NO_DATA


def test_the_time_limit_of_the_job_is_not_the_metrics_fault(make: Make) -> None:
    def slow(facts: Facts) -> Iterable[Count]:
        raise JobTimeoutException

    committee = make(CASE)
    with pytest.raises(JobTimeoutException):
        outcomes(committee, with_metric(slow))


def test_records_that_cannot_be_listed_leave_the_others_listed(make: Make) -> None:

    def broken(facts: Facts) -> Iterable[Record]:
        raise ZeroDivisionError

    odd = with_metric(lambda _: ())
    metrics = dict(odd.metrics)
    metrics[Subject.CELL, "thu.odd"] = replace(metrics[Subject.CELL, "thu.odd"], records=broken)
    committee = make(CASE)
    with scope(committee.engine, committee.tenant_id) as session:
        live = standing(
            session, replace(odd, metrics=metrics), committee.world.organisations["A"], YEAR, LAST
        )
    listed = {found.criterion: len(found.records) for found in live.explained[0].findings}
    assert (listed["c.odd"], listed["c.date"], listed["c.attendance"]) == (0, 12, 1)


def test_nothing_counted_is_ever_written(make: Make, registry: Registry) -> None:
    committee = make(CASE)
    outcomes(committee, registry)
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            Commendation(
                organisation_id=committee.world.organisations["A"],
                reason="other",
                awarded_on=date(YEAR, 2, 2),
            )
        )
        judge(session, registry, year=YEAR, as_of=LAST)
        session.flush()  # the read-only guard ends with its savepoint
        assert session.scalar(select(func.count()).select_from(Commendation)) == 1
