"""What a fee keeper would have entered: the committee's shares and minimum wage, how the members of a cell pay, one
reduction, and what the cell passed on. Figures are invented."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, text

from bontot.clock import today
from bontot.db.models import FeeBasis, FeeRelief, FeeRemittance, FeeSetting
from bontot.db.rolls import headcount
from bontot.db.tenancy import TenantSession
from bontot.evaluation.period import next_month
from bontot.policy.national_fees import FEES_2026, MINIMUM_WAGE
from bontot.services.fees.settings import KEPT_BY_BASE, KEPT_BY_CELL

SINCE = FEES_2026.reference.in_force_from
DOCUMENT = "Quyết định minh hoạ 02-QĐ/{}"
SETTINGS = ((KEPT_BY_CELL, 30), (KEPT_BY_BASE, 20), (MINIMUM_WAGE, 5_310_000))
PENSION, SALARY, STEP = 5_600_000, 9_200_000, 350_000
GROUPS = {"retired": ("pension", PENSION), "working": ("salary", SALARY), "studying": ("student", None)}
_ROLL = text(
    f"SELECT member_id, employment FROM ({headcount()}) AS h WHERE organisation_id = :cell ORDER BY 1"
)


def keep_fees(session: TenantSession, cell: int, symbol: str, by: str) -> None:
    """Enters it all once, by a decision of the committee that signs with `symbol`; the last few members of the cell are left
    without a basis, as a keeper would find them."""
    if session.scalar(select(FeeSetting.id).limit(1)) is not None:
        return
    day = today(session)
    for key, value in SETTINGS:
        since = date(SINCE.year, 1, 1)
        session.add(
            FeeSetting(
                key=key, value=value, valid_from=since, document=DOCUMENT.format(symbol), entered_by=by
            )
        )
    people = list(session.execute(_ROLL, {"cell": cell, "day": day}))
    for place, (member, employment) in enumerate(people[:-4]):
        group, figure = GROUPS.get(employment, ("uninsured", None))
        if figure is not None:
            figure += place % 7 * STEP
        session.add(
            FeeBasis(member_id=member, group_key=group, figure=figure, valid_from=SINCE, entered_by=by)
        )
    _relieve(session, people[2][0], day, by)
    for month in range(1, (day.month - 1) // 3 * 3, 3):
        remitted = FeeRemittance(
            organisation_id=cell,
            amount=2_000_000,
            remitted_on=date(day.year, month + 3, 5),
            document=f"PT {month // 3 + 1:02}",
            entered_by=by,
        )
        session.add(remitted)


def _relieve(session: TenantSession, member: int, day: date, by: str) -> None:
    """Half the due for four months from the last one."""
    since = date.fromordinal(day.replace(day=1).toordinal() - 1).replace(day=1)
    until = since
    for _ in range(4):
        until = next_month(until)
    session.add(
        FeeRelief(
            member_id=member,
            ground=None,
            percent=50,
            valid_from=since,
            valid_to=until,
            document="Quyết định minh hoạ 15-QĐ/ĐU",
            entered_by=by,
        )
    )
