"""What every day brings: asked for once in each committee, by whichever worker sees the day begin."""

from __future__ import annotations

from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql import insert

from bontot.db.models import DailyRound
from bontot.db.tenancy import PLATFORM, scope
from bontot.jobs import reminders
from bontot.jobs.outbox import enqueue
from bontot.services import job_files

BY = "tự động hằng ngày"
FROM_HOUR = 6
"""The hour in Viet Nam at which a day's work begins: whom it reminds reads it in the morning."""
AT_A_TIME = 50

_NOT_ASKED = text("""
WITH here AS (SELECT now() AT TIME ZONE 'Asia/Ho_Chi_Minh' AS now)
SELECT t.id, CAST(here.now AS date) FROM tenant t, here
WHERE extract(hour FROM here.now) >= :from_hour
  AND NOT EXISTS (SELECT FROM daily_round d WHERE d.tenant_id = t.id AND d.day = CAST(here.now AS date))
ORDER BY t.id LIMIT :most
""")


def begin_day(engine: Engine, *, by_mail: bool, from_hour: int = FROM_HOUR) -> int:
    """Asks for the day's work in committees where nobody has yet, and takes files of work away whose time is over; in how
    many. What is asked is found by the sweeper."""
    with scope(engine, PLATFORM) as session:
        binds = {"from_hour": from_hour, "most": AT_A_TIME}
        rows = session.execute(_NOT_ASKED, binds).all()
    begun = 0
    for tenant_id, day in rows:
        with scope(engine, tenant_id) as session:
            row = insert(DailyRound).values(tenant_id=tenant_id, day=day)
            if session.execute(row.on_conflict_do_nothing().returning(DailyRound.day)).first():
                asked = {"day": day.isoformat(), "by_mail": by_mail}
                enqueue(session, reminders.KIND, asked, BY)
                job_files.sweep(session)
                begun += 1
    return begun
