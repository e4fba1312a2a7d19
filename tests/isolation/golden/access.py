"""The pages everybody has, log-ins, roles, and the operator."""

from __future__ import annotations

from datetime import date

from bontot.access import Role
from bontot.db.tenancy import PLATFORM, scope
from bontot.services import holidays
from tests.isolation.golden.asking import (
    YEARS,
    Golden,
    Requests,
    World,
    form_key,
)


def a_day_off(world: World) -> str:
    """The number of a day off in years to come, which belongs to no committee."""
    with scope(world.committee.engine, PLATFORM) as session:
        day = holidays.add_day(
            session,
            day=date(next(YEARS), 5, 5),
            kind="statutory",
            name="Ngày nghỉ",
            source="Thông báo",
            by="thử",
        )
        return str(day.id)


REQUESTS: Requests = {
    ("static", "GET"): lambda _: Golden(role=None, args={"filename": "bontot.css"}),
    ("assets.htmx", "GET"): lambda _: Golden(role=None),
    ("assets.font", "GET"): lambda _: Golden(role=None, args={"weight": "400"}),
    ("account.log_in", "GET"): lambda _: Golden(role=None),
    ("account.log_in", "POST"): lambda world: Golden(
        role=None,
        method="POST",
        form={"login": f"tenant_admin.{world.committee.code}", "password": "mật khẩu chỉ để kiểm thử"},
        status=302,
    ),
    ("account.log_out", "POST"): lambda _: Golden(method="POST", status=302),
    ("account.choose", "GET"): lambda _: Golden(),
    ("account.choose", "POST"): lambda world: Golden(
        method="POST", form={"tenant": world["tenant"], "grant": world["grant"]}, status=302
    ),
    ("account.change_password", "GET"): lambda _: Golden(),
    ("account.change_password", "POST"): lambda _: Golden(
        role=Role.MEMBER,
        method="POST",
        form={"old": "mật khẩu chỉ để kiểm thử", "password": "ngựa sắt đồng xanh cửa sổ"},
        status=302,
    ),
    ("home.show", "GET"): lambda _: Golden(),
    ("grant.index", "GET"): lambda _: Golden(),
    ("grant.index", "POST"): lambda world: Golden(
        method="POST",
        form={
            "form_key": form_key(),
            "name": "Bí thư mới",
            "login": f"moi-{form_key()}",
            "password": "mật khẩu chỉ để kiểm thử",
            "role": "cell_secretary",
            "card": "",
            "organisation": world["cell"],
        },
        status=302,
    ),
    ("grant.another", "GET"): lambda world: Golden(args={"number": world["grant"]}),
    ("grant.another", "POST"): lambda world: Golden(
        method="POST",
        args={"number": world["grant"]},
        form={
            "form_key": form_key(),
            "role": "committee",
            "card": "",
            "organisation": world["organisation"],
        },
        status=302,
    ),
    ("grant.end", "POST"): lambda world: Golden(
        method="POST", args={"number": world["spare_grant"]}, status=302
    ),
    ("health.live", "GET"): lambda _: Golden(role=None),
    ("health.ready", "GET"): lambda _: Golden(role=None),
    ("health.metrics", "GET"): lambda _: Golden(role=None, status=404),
    ("late_work.index", "GET"): lambda _: Golden(role=Role.OPERATOR),
    ("late_work.rounds_of", "GET"): lambda _: Golden(role=Role.OPERATOR),
    ("late_work.again", "POST"): lambda world: Golden(
        role=Role.OPERATOR, method="POST", args={"number": world["work to begin again"]}, status=302
    ),
    ("late_work.leave", "POST"): lambda world: Golden(
        role=Role.OPERATOR, method="POST", args={"number": world["work to leave"]}, status=302
    ),
    ("operator.show", "GET"): lambda _: Golden(role=Role.OPERATOR),
    ("operator.add_day_off", "POST"): lambda _: Golden(
        role=Role.OPERATOR,
        method="POST",
        form={
            "day-day": "3",
            "day-month": "3",
            "day-year": str(next(YEARS)),
            "kind": "statutory",
            "name": "Ngày nghỉ",
            "source": "Thông báo thử",
        },
        status=302,
    ),
    ("operator.retire_day_off", "POST"): lambda world: Golden(
        role=Role.OPERATOR, method="POST", args={"number": a_day_off(world)}, status=302
    ),
}
