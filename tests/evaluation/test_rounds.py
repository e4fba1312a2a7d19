"""What a morning, a night and a month bring, asked for once in each committee whichever workers look and however often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import psycopg
import pytest
from redis import Redis
from sqlalchemy import Engine, create_engine, select, text, update

from bontot.access import Actor, Role
from bontot.db import roles
from bontot.db.models import Attendance, Job, Outbox, Tenant
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.evaluation import runs, whole
from bontot.evaluation.incremental import mark
from bontot.evaluation.whole import evaluate
from bontot.jobs import daily, ending, worker
from bontot.jobs.daily import BY, MONTH, MORNING, NIGHT, begin_rounds
from bontot.jobs.evaluation import already_asked, follow, request_again
from bontot.jobs.outbox import QUEUE, Enqueued
from bontot.jobs.tasks import Desk
from bontot.policy.terms import At
from bontot.registry import Registry
from bontot.testing.databases import Database
from bontot.testing.worlds import World, load_case
from tests.evaluation.conftest import YEAR, Committee
from tests.evaluation.plans import CODE
from tests.evaluation.test_each_month import case, changing
from tests.integration.observe import until

JUNE = date(YEAR, 6, 15)
ADMIN = Actor(account_id=1, name="Quản trị thử", role=Role.TENANT_ADMIN)


@pytest.fixture
def alone(fresh_database: Database) -> Iterator[Engine]:
    """A database with no other committees."""
    engine = create_engine(fresh_database.database_url)
    yield engine
    engine.dispose()


def made(engine: Engine, registry: Registry, code: str = "nha", *, plan: str = CODE) -> Committee:
    """A cell of eight that meets on the 3rd of each month."""
    with scope(engine, PLATFORM) as session:
        tenant = Tenant(code=code, name=code)
        session.add(tenant)
        session.flush()
        tenant_id = tenant.id
    with scope(engine, tenant_id) as session:
        world: World = load_case(session, registry, case(7), plan, YEAR)
    return Committee(engine, tenant_id, code, world)


def judged(committee: Committee, registry: Registry, day: date = JUNE) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        evaluate(session, registry, year=YEAR, as_of=day, by="thử")


def noon(month: int, day: int, year: int = YEAR) -> datetime:
    return datetime.combine(date(year, month, day), time(12))


def asked(committee: Committee) -> list[tuple[str, dict[str, Any]]]:
    """By whom and what, in its order; reminders of the morning apart."""
    with scope(committee.engine, committee.tenant_id) as session:
        rows = session.execute(select(Job.requested_by, Job.arguments).order_by(Job.id)).all()
    return [(by, arguments) for by, arguments in rows if by != BY[MORNING]]


def done(committee: Committee, registry: Registry) -> None:
    """A worker does all that waits."""
    desk = Desk(committee.engine, registry)
    while desk.do_next() is not None:
        pass


def runs_of(committee: Committee) -> list[tuple[date, str, bool]]:
    """The day of each run, by whom, and whether a later one took its place."""
    with scope(committee.engine, committee.tenant_id) as session:
        return [
            (one.rules.as_of, one.evaluated_by, one.superseded)
            for one in runs.headers(session, runs.HEADERS.order_by("id"))
        ]


def mornings(*committees: Committee) -> list[list[dict[str, Any]]]:
    found = []
    for committee in committees:
        with scope(committee.engine, committee.tenant_id) as session:
            of_day = select(Job.arguments).where(Job.requested_by == BY[MORNING]).order_by(Job.id)
            found.append(list(session.scalars(of_day)))
    return found


def test_a_morning_is_begun_once_in_every_committee_by_any_number_of_workers(
    alone: Engine, registry: Registry
) -> None:
    committees = [made(alone, registry, code) for code in ("nha", "khac")]
    assert begin_rounds(alone, by_mail=True, at=datetime.combine(date(YEAR, 6, 15), time(0, 59))) == 0
    assert mornings(*committees) == [[], []]
    with ThreadPoolExecutor(3) as workers:
        begun = workers.map(lambda _: begin_rounds(alone, by_mail=True, at=noon(6, 15)), range(3))
        assert sum(begun) == 2 * len(daily.ROUNDS)
    assert begin_rounds(alone, by_mail=True, at=noon(6, 15)) == 0
    first = {"day": f"{JUNE}", "by_mail": True}
    assert mornings(*committees) == [[first], [first]]
    assert begin_rounds(alone, by_mail=False, at=noon(6, 16)) == 2 * len((NIGHT, MORNING))
    assert mornings(*committees) == [[first, {"day": f"{YEAR}-06-16", "by_mail": False}]] * 2


def test_committees_follow_one_another_through_the_night(alone: Engine, registry: Registry) -> None:
    for number in range(6):
        made(alone, registry, f"nha-{number}")

    def begun(hour: int, minute: int) -> int:
        return begin_rounds(alone, by_mail=False, at=datetime.combine(date(YEAR, 6, 15), time(hour, minute)))

    with scope(alone, PLATFORM) as session:
        first = session.scalar(text("SELECT min(id) FROM tenant"))
    assert first == 1  # whose minute is the 37th, its followers' come 37 minutes apart
    assert [begun(1, 36), begun(1, 37), begun(2, 14), begun(2, 14), begun(4, 59)] == [0, 2, 2, 0, 2 * 4]


@pytest.mark.parametrize("keyed", [True, False], ids=["as it is", "without its key"])
def test_who_looks_a_moment_too_late_asks_for_nothing(
    alone: Engine,
    fresh_database: Database,
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    keyed: bool,
) -> None:
    """Two that saw the same list: the row that is written first is the only one."""
    committee = made(alone, registry)
    unseeing = str(daily._NOT_ASKED).replace("WHERE d.tenant_id = t.id", "WHERE false")
    monkeypatch.setattr(daily, "_NOT_ASKED", text(unseeing))
    if not keyed:
        owner = create_engine(fresh_database.owner_url)
        with owner.begin() as connection:
            connection.execute(text("ALTER TABLE daily_round DROP CONSTRAINT pk_daily_round"))
        owner.dispose()
    for _ in range(2):
        begin_rounds(alone, by_mail=False, at=noon(6, 15))
    assert len(mornings(committee)[0]) == (1 if keyed else 2)


def of_night(day: str) -> tuple[str, dict[str, Any]]:
    return BY[NIGHT], {"year": YEAR, "as_of": day, "unless_same": True}


def test_a_night_missed_is_made_up_for_the_same_day(alone: Engine, registry: Registry) -> None:
    """No worker ran before eleven in the evening."""
    committee = made(alone, registry)
    judged(committee, registry)
    begin_rounds(alone, by_mail=False, at=datetime.combine(date(YEAR, 6, 16), time(23, 0)))
    assert asked(committee) == [of_night(f"{YEAR}-06-16")]


def test_a_night_judges_what_was_judged_before_and_not_today(alone: Engine, registry: Registry) -> None:
    never, today, before = (made(alone, registry, code) for code in ("chua", "nay", "truoc"))
    judged(today, registry, date(YEAR, 6, 16))
    judged(before, registry)
    begin_rounds(alone, by_mail=False, at=noon(6, 16))
    assert [asked(one) for one in (never, today, before)] == [[], [], [of_night(f"{YEAR}-06-16")]]


def night_of(committee: Committee, registry: Registry, month: int, day: int) -> None:
    begin_rounds(committee.engine, by_mail=False, at=noon(month, day))
    done(committee, registry)


def test_a_night_keeps_a_run_only_where_someone_stands_otherwise(
    alone: Engine, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing happened on 2 July; on the 3rd the cell met. A comparison that says “the same” blindly is found out."""
    committee = made(alone, registry)
    first, fourth, fifth = (date(YEAR, 7, day) for day in (1, 4, 5))
    judged(committee, registry, first)
    night_of(committee, registry, 7, 2)
    assert runs_of(committee) == [(first, "thử", False)]
    with scope(alone, committee.tenant_id) as session:
        job = session.scalars(select(Job).where(Job.requested_by == BY[NIGHT])).one()
        assert (job.state, job.result) == ("done", {"runs": {}})
    with monkeypatch.context() as blind:
        blind.setattr(whole, "_stands", lambda *_: True)
        night_of(committee, registry, 7, 4)
    assert runs_of(committee) == [(first, "thử", False)]
    night_of(committee, registry, 7, 5)
    assert fourth not in {day for day, _, _ in runs_of(committee)}
    assert runs_of(committee) == [(first, "thử", True), (fifth, BY[NIGHT], False)]


def test_what_was_judged_again_since_is_how_one_stands(alone: Engine, registry: Registry) -> None:
    """The correction of 1 July lies over the run; the night finds nothing else, and keeps none. What nobody followed is
    found."""
    committee = made(alone, registry)
    first = date(YEAR, 7, 1)
    judged(committee, registry, first)
    absent = text("UPDATE attendance SET mark = 3 WHERE member_id = (SELECT min(id) + :n FROM member)")
    with scope(alone, committee.tenant_id) as session:
        session.execute(absent, {"n": 0})
        mark(session, committee.world.organisations["A"], YEAR, Attendance)
        assert follow(session, registry, first) == []
    night_of(committee, registry, 7, 2)
    assert runs_of(committee) == [(first, "thử", False)]
    with scope(alone, committee.tenant_id) as session:
        session.execute(absent, {"n": 1})
    begin_rounds(alone, by_mail=False, at=datetime.combine(date(YEAR, 7, 2), time(13)))
    done(committee, registry)
    assert len(runs_of(committee)) == 1  # once a day
    with scope(alone, PLATFORM) as session:
        session.execute(text("DELETE FROM daily_round"))
    night_of(committee, registry, 7, 2)
    assert runs_of(committee) == [(first, "thử", True), (date(YEAR, 7, 2), BY[NIGHT], False)]


def test_after_a_month_ended_a_change_is_judged_at_once_again(alone: Engine) -> None:
    """Held against each month by itself, July is judged by other rules than June: the run of 1 July has them."""
    registry = changing(At.EACH_MONTH)
    committee = made(alone, registry)
    judged(committee, registry)
    begin_rounds(alone, by_mail=False, at=noon(7, 1))
    assert asked(committee) == [(BY[MONTH], {"year": YEAR, "as_of": f"{YEAR}-07-01"})]
    done(committee, registry)
    assert runs_of(committee) == [(JUNE, "thử", True), (date(YEAR, 7, 1), BY[MONTH], False)]
    with scope(alone, committee.tenant_id) as session:
        mark(session, committee.world.organisations["A"], YEAR, Attendance)
        assert follow(session, registry, date(YEAR, 7, 1)) == []


def test_a_month_keeps_its_run_also_where_all_stand_the_same_and_once(
    alone: Engine, registry: Registry
) -> None:
    """Asked for on the first day on which a worker looks, unless the year was judged since the month began."""
    missed, since = made(alone, registry, "lo"), made(alone, registry, "co")
    judged(missed, registry, date(YEAR, 8, 31))
    judged(since, registry, date(YEAR, 9, 2))
    for day in (2, 2):
        night_of(missed, registry, 9, day)
    assert runs_of(missed) == [(date(YEAR, 8, 31), "thử", True), (date(YEAR, 9, 2), BY[MONTH], False)]
    assert runs_of(since) == [(date(YEAR, 9, 2), "thử", False)]


def test_on_new_years_day_the_year_that_ended_is_judged_whole(alone: Engine, registry: Registry) -> None:
    committee = made(alone, registry)
    judged(committee, registry, date(YEAR, 12, 30))
    begin_rounds(alone, by_mail=False, at=noon(1, 1, YEAR + 1))
    assert asked(committee) == [(BY[MONTH], {"year": YEAR, "as_of": f"{YEAR + 1}-01-01"})]


def test_a_night_that_failed_waits_for_the_operator_until_the_next(alone: Engine, registry: Registry) -> None:
    committee = made(alone, registry)
    judged(committee, registry)
    nothing = Registry(policies={}, metrics={}, formats={})

    def waits_for_operator() -> list[str | None]:
        with scope(alone, PLATFORM) as session:
            return [line.kind for line in ending.not_done(session, 1).lines if line.failed_at]

    night_of(committee, nothing, 6, 16)
    assert "evaluation" in waits_for_operator()
    begin_rounds(alone, by_mail=False, at=noon(6, 17))
    assert waits_for_operator() == []
    done(committee, registry)
    with scope(alone, committee.tenant_id) as session:
        nights = select(Job.state).where(Job.requested_by == BY[NIGHT]).order_by(Job.id)
        assert list(session.scalars(nights)) == ["failed", "done"]


def waits(committee: Committee) -> list[tuple[bool, dict[str, Any]]]:
    """Of what waits to be judged, whether nobody waits for it, and what it was asked."""
    with scope(committee.engine, committee.tenant_id) as session:
        rows = session.execute(
            text("""SELECT o.background, j.arguments FROM outbox o JOIN job j ON j.id = o.job_id
                    WHERE j.kind = 'evaluation' AND o.done_at IS NULL AND o.tenant_id = :tenant"""),
            {"tenant": committee.tenant_id},
        )
        return [(background, arguments) for background, arguments in rows]


def test_work_of_the_night_serves_a_person_who_asks_and_no_longer_waits_behind_others(
    alone: Engine, registry: Registry
) -> None:
    pressed, changed = (made(alone, registry, code) for code in ("bam", "sua"))
    for committee in (pressed, changed):
        judged(committee, registry)
    begin_rounds(alone, by_mail=False, at=noon(6, 16))
    night = {"year": YEAR, "as_of": f"{YEAR}-06-16", "unless_same": True}
    assert [waits(one) for one in (pressed, changed)] == [[(True, night)]] * 2
    with scope(alone, pressed.tenant_id) as session:
        assert already_asked(session, ADMIN, YEAR) is not None
    with scope(alone, changed.tenant_id) as session:
        assert request_again(session, frozenset({YEAR}), date(YEAR, 6, 16)) == []
    kept = {"year": YEAR, "as_of": f"{YEAR}-06-16"}
    assert [waits(one) for one in (pressed, changed)] == [[(False, kept)], [(False, night)]]


WAITED_FOR = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


@pytest.mark.parametrize(
    ("ask", "again"),
    [
        (lambda session: request_again(session, frozenset({YEAR}), date(YEAR, 6, 16)), 1),
        (lambda session: already_asked(session, ADMIN, YEAR), 0),
    ],
    ids=["changed", "pressed"],
)
def test_who_asks_while_a_worker_begins_waits_for_it_and_neither_for_the_other(
    alone: Engine, registry: Registry, ask: Callable[[TenantSession], object], again: int
) -> None:
    """Begun as the worker begins it: the outbox's row is held, then the job's own is written."""
    committee = made(alone, registry)
    judged(committee, registry)
    begin_rounds(alone, by_mail=False, at=noon(6, 16))
    night = select(Job.id).where(Job.requested_by == BY[NIGHT])

    def asking() -> None:
        with scope(alone, committee.tenant_id) as session:
            ask(session)

    with ThreadPoolExecutor(1) as person:
        with scope(alone, committee.tenant_id) as beginning:
            held = select(Outbox.id).join(Job, Job.id == Outbox.job_id).where(Job.requested_by == BY[NIGHT])
            beginning.scalars(held.with_for_update(of=Outbox)).one()
            asked_for = person.submit(asking)
            until(lambda: beginning.scalar(text(WAITED_FOR)))
            beginning.execute(update(Job).where(Job.id.in_(night)).values(state="running"))
        asked_for.result(30)
    with scope(alone, committee.tenant_id) as session:
        states = select(Job.state).where(Job.kind == "evaluation").order_by(Job.id)
        assert list(session.scalars(states)) == ["running", *["waiting"] * again]


def test_what_fails_in_one_committee_keeps_nothing_from_the_others(
    fresh_database: Database, alone: Engine, registry: Registry, redis_url: str
) -> None:
    first, second = (made(alone, registry, code) for code in ("nha", "khac"))
    with psycopg.connect(fresh_database.superuser_url) as connection:
        connection.execute(
            f"ALTER TABLE daily_round ADD CONSTRAINT broken CHECK (tenant_id <> {first.tenant_id}) NOT VALID"
        )
    assert begin_rounds(alone, by_mail=False, at=noon(6, 15)) == len(daily.ROUNDS)
    assert [len(one) for one in mornings(first, second)] == [0, 1]
    with psycopg.connect(fresh_database.superuser_url) as connection:
        connection.execute("UPDATE outbox SET created_at = now() - interval '1 minute'")
        connection.execute(f"REVOKE SELECT ON daily_round, webhook_due FROM {roles.APP}")
    redis = Redis.from_url(redis_url)
    redis.flushdb()
    worker.look(alone, redis, by_mail=False)
    assert redis.llen(f"rq:queue:{QUEUE}") == 1
    redis.close()


def test_whatever_goes_wrong_at_a_look_the_clock_is_looked_at_again(
    fresh_database: Database,
    alone: Engine,
    registry: Registry,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = (made(alone, registry, code) for code in ("nha", "khac"))
    morning = daily.ROUNDS[-1]

    def ask(session: TenantSession, day: date, by_mail: bool) -> Enqueued | None:
        if session.tenant_id == first.tenant_id:
            raise LookupError
        return morning.ask(session, day, by_mail)

    monkeypatch.setattr(daily, "ROUNDS", (replace(morning, ask=ask),))
    assert begin_rounds(alone, by_mail=False, at=noon(6, 15)) == 1
    assert [len(one) for one in mornings(first, second)] == [0, 1]

    def broken(*_: object, **__: object) -> int:
        raise LookupError

    monkeypatch.setattr(worker, "begin_rounds", broken)
    with psycopg.connect(fresh_database.superuser_url) as connection:
        connection.execute("UPDATE outbox SET created_at = now() - interval '1 minute'")
    redis = Redis.from_url(redis_url)
    redis.flushdb()
    worker.look(alone, redis, by_mail=False)
    assert redis.llen(f"rq:queue:{QUEUE}") == 1
    redis.close()
