"""What a morning, a night and a month bring: asked for once in each committee, by whichever worker sees the time come.

All of it is done in the background, after what people wait for, and committees begin one after another over some hours. What
a committee missed, because no worker ran, is asked for when one looks again: the same day, or the same month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import Engine, text, update
from sqlalchemy.dialects.postgresql import insert

from bontot.db.models import DailyRound
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.failpoints import reach
from bontot.jobs import reminders
from bontot.jobs.evaluation import request_round
from bontot.jobs.outbox import Enqueued, enqueue
from bontot.services import job_files

MORNING, NIGHT, MONTH = "morning", "night", "month"
BY = {MORNING: "tự động hằng ngày", NIGHT: "tự động hằng đêm", MONTH: "tự động đầu tháng"}
AT_A_TIME = 50

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Round:
    """Work of a time: its name, the hour in Viet Nam from which it is asked for, the minutes over which committees follow
    one another, whether it comes once a day or a month, and what asks for it in a committee on a day."""

    work: str
    from_hour: int
    spread: int
    once_a: str
    ask: Callable[[TenantSession, date, bool], Enqueued | None]


def _morning(session: TenantSession, day: date, by_mail: bool) -> Enqueued:
    """Whom it reminds reads it in the morning; files of work whose time is over go."""
    job_files.sweep(session)
    asked = {"day": day.isoformat(), "by_mail": by_mail}
    return enqueue(session, reminders.KIND, asked, BY[MORNING], background=True)


def _running_year(session: TenantSession, day: date, _: bool) -> Enqueued | None:
    """Deadlines have passed, and months ended, since the last evaluation."""
    return request_round(session, day.year, day, since=day, by=BY[NIGHT], unless_same=True)


def _month_that_ended(session: TenantSession, day: date, _: bool) -> Enqueued | None:
    """A run to look back at for every month of the year, where none was made since."""
    first = day.replace(day=1)
    return request_round(session, (first - timedelta(days=1)).year, day, since=first, by=BY[MONTH])


ROUNDS = (
    Round(MONTH, 1, 240, "month", _month_that_ended),
    Round(NIGHT, 1, 240, "day", _running_year),
    Round(MORNING, 6, 1, "day", _morning),
)

_NOT_ASKED = text("""
WITH here AS (SELECT coalesce(CAST(:at AS timestamp), now() AT TIME ZONE 'Asia/Ho_Chi_Minh') AS now)
SELECT t.id, CAST(date_trunc(:once_a, here.now) AS date), CAST(here.now AS date) FROM tenant t, here
WHERE here.now >= date_trunc('day', here.now) + make_interval(hours => :from_hour, mins => t.id * 37 % :spread)
  AND NOT EXISTS (SELECT FROM daily_round d WHERE d.tenant_id = t.id AND d.work = :work
                  AND d.day = CAST(date_trunc(:once_a, here.now) AS date))
ORDER BY t.id LIMIT :most
""")
_PUT_AWAY = text("""
UPDATE outbox SET done_at = now()
WHERE tenant_id = :tenant AND failed_at IS NOT NULL AND done_at IS NULL
  AND id IN (SELECT outbox_id FROM daily_round WHERE tenant_id = :tenant AND work = :work AND day < :day)
""")
"""What failed of an earlier time: this one's takes its place."""


def begin_rounds(engine: Engine, *, by_mail: bool, at: datetime | None = None) -> int:
    """Asks for what the time brings in committees where nobody has yet; in how many. What is asked is found by the sweeper;
    where it cannot be asked now, it is at the next look, and the others do not wait for that.

    The time is the database's, in Viet Nam; `at` is another, without a zone.
    """
    return sum(_begin(engine, one, by_mail, at) for one in ROUNDS)


def _begin(engine: Engine, one: Round, by_mail: bool, at: datetime | None) -> int:
    binds = {"at": at, "most": AT_A_TIME, "work": one.work, "from_hour": one.from_hour}
    with scope(engine, PLATFORM) as session:
        rows = session.execute(_NOT_ASKED, {**binds, "spread": one.spread, "once_a": one.once_a}).all()
    begun = 0
    for tenant_id, day, today in rows:
        try:
            begun += _begin_in(engine, one, tenant_id, day, today, by_mail)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others must not wait for it
            log.warning("round_not_begun", tenant=tenant_id, work=one.work, error=type(error).__name__)
    return begun


def _begin_in(engine: Engine, one: Round, tenant_id: int, day: date, today: date, by_mail: bool) -> bool:
    """In one committee, unless another worker did meanwhile; whether it was ours to do."""
    key = {"tenant_id": tenant_id, "day": day, "work": one.work}
    with scope(engine, tenant_id) as session:
        row = insert(DailyRound).values(key).on_conflict_do_nothing().returning(DailyRound.day)
        if session.execute(row).first() is None:
            return False
        session.execute(_PUT_AWAY, {"tenant": tenant_id, "day": day, "work": one.work})
        asked = one.ask(session, today, by_mail)
        if asked is not None:
            session.execute(update(DailyRound).filter_by(**key).values(outbox_id=asked.outbox_id))
        reach("round.before_commit")
    reach("round.after_commit")
    return True
