"""What changes while a year is being evaluated is judged again on top of it, and nothing of it is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from bontot.db.models import EvaluationRun, UnseenChange
from bontot.db.tenancy import scope
from bontot.evaluation import whole as module
from bontot.evaluation.incremental import rejudge
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry
from tests.evaluation.conftest import YEAR, Committee, Make
from tests.evaluation.test_incremental import LAST, WARD, absent, standing, whole


class Meanwhile:
    """Told of an evaluation's progress: once everything is counted, somebody corrects a mark and is done."""

    def __init__(self, committee: Committee, registry: Registry) -> None:
        self.committee, self.registry = committee, registry

    def __call__(self, done: int, total: int, _: str) -> None:
        if done == total:
            with scope(self.committee.engine, self.committee.tenant_id) as session:
                absent(session, self.committee)
                rejudge(session, self.registry, LAST)


def unseen(committee: Committee) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        return session.scalar(select(func.count()).select_from(UnseenChange)) or 0


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("planted", [False, True])
def test_a_mark_corrected_while_the_year_is_evaluated_counts(
    make: Make, registry: Registry, monkeypatch: pytest.MonkeyPatch, before: bool, planted: bool
) -> None:
    """Where the year was evaluated before, and where it was not. The fault planted: nobody looks for what was unseen."""
    committee = make(WARD)
    if planted:
        monkeypatch.setattr(module, "mark_unseen", lambda *_: False)
    if before:
        with scope(committee.engine, committee.tenant_id) as session:
            evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
    with scope(committee.engine, committee.tenant_id) as session:
        told = Meanwhile(committee, registry)
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử", progress=told)
    with scope(committee.engine, committee.tenant_id) as session:
        assert (standing(session, header) == whole(session, registry)) is not planted
    assert unseen(committee) == planted


def test_an_evaluation_that_fails_leaves_what_was_unseen_to_the_next(make: Make, registry: Registry) -> None:
    committee = make(WARD)

    class Failing(Meanwhile):
        def __call__(self, done: int, total: int, doing: str) -> None:
            super().__call__(done, total, doing)
            if done == total:
                raise ZeroDivisionError

    def failing() -> None:
        with scope(committee.engine, committee.tenant_id) as session:
            evaluate(
                session, registry, year=YEAR, as_of=LAST, by="thử", progress=Failing(committee, registry)
            )

    with pytest.raises(ZeroDivisionError):
        failing()
    assert unseen(committee) == 1
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        assert standing(session, header) == whole(session, registry)
    assert unseen(committee) == 0


def test_two_evaluations_of_a_year_take_turns(make: Make, registry: Registry) -> None:
    """Each later one supersedes the one before, and exactly one is in force."""
    committee = make(WARD)

    def one(_: int) -> None:
        with scope(committee.engine, committee.tenant_id) as session:
            evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")

    with ThreadPoolExecutor(4) as several:
        list(several.map(one, range(4)))
    with scope(committee.engine, committee.tenant_id) as session:
        rows = session.execute(select(EvaluationRun.id, EvaluationRun.superseded_by_id)).all()
    ids = sorted(row.id for row in rows)
    assert sorted((row.id, row.superseded_by_id) for row in rows) == list(
        zip(ids, [*ids[1:], None], strict=True)
    )
