"""What machines ask of the site, and what an operator does about work that does not end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text

from bontot.access import Role
from bontot.db import migrate
from bontot.db.models import Job
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.evaluation.runs import Progress
from bontot.jobs.ending import LEFT
from bontot.jobs.outbox import Enqueued, enqueue
from bontot.jobs.tasks import Desk
from bontot.jobs.turns import claim
from bontot.registry import Registry
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from tests.factories import Committee, make_committee, operator_client
from tests.web.reading import Page

TOKEN = "khóa chỉ dùng trong kiểm thử, không mở gì"
NOWHERE = "postgresql://bontot_app@/bontot?host=/khong/co"


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà")


def asked(committee: Committee) -> Enqueued:
    with scope(committee.engine, committee.tenant_id) as session:
        return enqueue(session, "reminders", {"day": "2026-01-01", "by_mail": False}, "Ai đó")


def outbox(engine: Engine, work: Enqueued, what: str) -> object:
    with scope(engine, PLATFORM) as session:
        return session.scalar(text(f"SELECT {what} FROM outbox WHERE id = :id"), {"id": work.outbox_id})


def change_outbox(engine: Engine, work: Enqueued, what: str) -> None:
    with scope(engine, PLATFORM) as session:
        session.execute(text(f"UPDATE outbox SET {what} WHERE id = :id"), {"id": work.outbox_id})


def job_of(committee: Committee, work: Enqueued) -> tuple[str, str | None]:
    with scope(committee.engine, committee.tenant_id) as session:
        row = session.execute(
            text("SELECT state, message FROM job WHERE public_id = :id"), {"id": work.public_id}
        ).one()
    return row[0], row[1]


def platform_trail(engine: Engine, code: str) -> list[str]:
    with scope(engine, PLATFORM) as session:
        rows = text("SELECT action FROM platform_event WHERE tenant_code = :code ORDER BY id")
        return list(session.scalars(rows, {"code": code}))


def test_a_site_that_can_serve_says_so(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"live": True}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json) == (200, {"database": True, "tables": True, "broker": True})


def test_a_site_without_its_servers_lives_and_is_not_ready(settings: Settings) -> None:
    alone = create_app(replace(settings, database_url=NOWHERE, redis_url="unix:///khong/co.sock"))
    client = alone.test_client()
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json) == (503, {"database": False, "tables": False, "broker": False})


def test_tables_left_behind_are_not_ready_and_those_ahead_are(app: Flask, owner_url: str) -> None:
    owner = create_engine(owner_url)
    client = app.test_client()
    try:
        for revision, status in (("0001", 503), ("9999", 200)):
            with owner.begin() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
            assert client.get("/readyz").status_code == status
    finally:
        with owner.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": migrate.newest()})
        owner.dispose()


@pytest.fixture
def measured(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(replace(settings, metrics_token=TOKEN))
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def test_figures_are_for_who_has_the_token(measured: FlaskClient, app: Flask) -> None:
    assert measured.get("/metrics").status_code == 404
    assert measured.get("/metrics", headers={"Authorization": "Bearer khác"}).status_code == 404
    assert measured.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    told_nothing = app.test_client().get("/metrics", headers={"Authorization": "Bearer None"})
    assert told_nothing.status_code == 404


def test_figures_count_requests_by_endpoint_and_work_by_state(
    measured: FlaskClient, committee: Committee
) -> None:
    failed = asked(committee)
    change_outbox(committee.engine, failed, "failed_at = now(), created_at = now() - interval '1 hour'")
    for address in ("/dang-nhap", "/khong-co/nguyen-thi-bi-mat", "/dang-nhap?ten=nguyen-thi-bi-mat"):
        measured.get(address)
    told = measured.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert 'bontot_request_seconds_count{endpoint="account.log_in",method="GET",status="200"} 2.0' in told
    assert 'bontot_request_seconds_count{endpoint="",method="GET",status="404"} 1.0' in told
    lines = dict(line.rsplit(" ", 1) for line in told.splitlines() if line.startswith("bontot_work"))
    assert set(lines) == {
        'bontot_work{state="waiting"}',
        'bontot_work{state="running"}',
        'bontot_work{state="failed"}',
        "bontot_work_oldest_seconds",
    }
    assert float(lines['bontot_work{state="failed"}']) >= 1
    assert "bi-mat" not in told
    assert committee.code not in told


def test_an_operator_sees_work_that_failed_or_is_late_by_kind_alone(app: Flask, committee: Committee) -> None:
    failed, late, fresh = asked(committee), asked(committee), asked(committee)
    change_outbox(committee.engine, failed, "failed_at = now(), attempts = 3")
    change_outbox(committee.engine, late, "created_at = now() - interval '11 minutes'")
    operator = operator_client(app, committee.engine)
    first = Page(operator.get("/van-hanh"))
    assert re.search(r"\d+ việc chạy nền dừng hoặc chờ lâu", first.words)
    assert first.links["Xem và xử lý"] == "/van-hanh/viec"
    response = operator.get("/van-hanh/viec")
    page = response.text
    for work in (failed, late):
        assert f"/van-hanh/viec/{work.outbox_id}/lam-lai" in page
    assert f"/van-hanh/viec/{fresh.outbox_id}/" not in page
    shown = Page(response).words
    assert "Nhắc lịch sinh hoạt" in shown
    assert "Dừng vì lỗi" in shown
    assert "Chờ lâu" in shown
    assert "Ai đó" not in shown


def test_work_begun_again_by_the_operator_is_done(app: Flask, committee: Committee) -> None:
    work = asked(committee)
    change_outbox(committee.engine, work, "failed_at = now(), attempts = 3")
    client = operator_client(app, committee.engine)
    assert client.post(f"/van-hanh/viec/{work.outbox_id}/lam-lai").status_code == 302
    assert job_of(committee, work) == ("waiting", None)
    assert platform_trail(committee.engine, committee.code) == ["retry_work"]
    Desk(committee.engine, Registry.load()).do(work.outbox_id)
    assert job_of(committee, work)[0] == "done"
    assert client.post(f"/van-hanh/viec/{work.outbox_id}/lam-lai").status_code == 404


def test_work_left_by_the_operator_ends_and_says_so_to_its_committee(
    app: Flask, committee: Committee
) -> None:
    late, failed = asked(committee), asked(committee)
    change_outbox(committee.engine, late, "created_at = now() - interval '1 hour'")
    change_outbox(committee.engine, failed, "failed_at = now()")
    client = operator_client(app, committee.engine)
    for work in (late, failed):
        assert client.post(f"/van-hanh/viec/{work.outbox_id}/thoi").status_code == 302
        assert f"/van-hanh/viec/{work.outbox_id}/" not in client.get("/van-hanh/viec").text
    assert job_of(committee, late) == ("failed", LEFT)
    assert Desk(committee.engine, Registry.load()).do(late.outbox_id) is False
    assert platform_trail(committee.engine, committee.code) == ["leave_work", "leave_work"]


def test_a_committee_stops_what_waits_and_repeats_what_failed(app: Flask, committee: Committee) -> None:
    work, client = asked(committee), committee.client(app, Role.TENANT_ADMIN)
    address = f"/viec/{work.public_id}"
    assert "Dừng việc này" in client.get(address).text
    key = {"form_key": "6f7b2f0e-6a4e-4a5e-9a53-0d7f0a1c0001"}
    assert client.post(f"{address}/dung", data=key).status_code == 302
    assert job_of(committee, work) == ("failed", "nhà tenant_admin đã dừng việc này. Hồ sơ chưa bị thay đổi.")
    stopped = Page(client.get(address)).words
    assert ("Đã dừng nhà tenant_admin đã dừng việc này." in stopped, "Không xong" in stopped) == (True, False)
    assert ("Đã dừng" in Page(client.get("/viec")).rows[1][1], "báo người vận hành" in stopped) == (
        True,
        False,
    )
    again = {"form_key": "6f7b2f0e-6a4e-4a5e-9a53-0d7f0a1c0002"}
    assert client.post(f"{address}/dung", data=again).status_code == 409
    assert client.post(f"{address}/lam-lai", data=again).status_code == 302
    assert job_of(committee, work) == ("waiting", None)
    with scope(committee.engine, committee.tenant_id) as session:
        noted = session.scalars(
            text("SELECT action FROM audit_event WHERE subject = 'job' ORDER BY id")
        ).all()
    assert noted == ["stop_job", "repeat_job"]


def test_what_is_stopped_while_it_is_done_leaves_nothing(committee: Committee, app: Flask) -> None:
    """Its worker finds out when it would write down that it is done."""
    work, client = asked(committee), committee.client(app, Role.TENANT_ADMIN)
    pressed: list[int] = []

    def do(session: TenantSession, *_: object) -> dict[str, Any]:
        session.execute(text("INSERT INTO organisation (founded_on) VALUES ('1999-09-09')"))
        key = {"form_key": "6f7b2f0e-6a4e-4a5e-9a53-0d7f0a1c0003"}
        pressed.append(client.post(f"/viec/{work.public_id}/dung", data=key).status_code)
        return {}

    Desk(committee.engine, Registry.load(), {"reminders": do}).do(work.outbox_id)
    assert pressed == [302]
    assert job_of(committee, work)[0] == "failed"
    with scope(committee.engine, committee.tenant_id) as session:
        kept = session.scalar(text("SELECT count(*) FROM organisation WHERE founded_on = '1999-09-09'"))
    assert kept == 0


def test_work_that_is_stopped_finds_out_between_two_steps(committee: Committee, app: Flask) -> None:
    """And not only when it would write down its end: the step after is never begun."""
    work, client = asked(committee), committee.client(app, Role.TENANT_ADMIN)
    begun: list[int] = []

    def do(session: TenantSession, _: Registry, __: Job, progress: Progress) -> dict[str, Any]:
        for step in range(4):
            progress(step, 4, f"bước {step}")
            begun.append(step)
            session.execute(text("INSERT INTO organisation (founded_on) VALUES ('1999-09-09')"))
            if step == 1:
                key = {"form_key": "6f7b2f0e-6a4e-4a5e-9a53-0d7f0a1c0005"}
                assert client.post(f"/viec/{work.public_id}/dung", data=key).status_code == 302
        return {}

    Desk(committee.engine, Registry.load(), {"reminders": do}, told_every=0).do(work.outbox_id)
    assert begun == [0, 1]
    with scope(committee.engine, committee.tenant_id) as session:
        kept = session.scalar(text("SELECT count(*) FROM organisation WHERE founded_on = '1999-09-09'"))
        shown = session.execute(text("SELECT state, progress, total, doing FROM job")).one()
    assert (kept, tuple(shown)) == (0, ("failed", 1, 4, None))


def test_work_stopped_between_its_claim_and_its_beginning_stays_stopped(
    committee: Committee, app: Flask
) -> None:
    work, client = asked(committee), committee.client(app, Role.TENANT_ADMIN)
    claimed = claim(committee.engine, work.outbox_id)
    assert claimed is not None
    key = {"form_key": "6f7b2f0e-6a4e-4a5e-9a53-0d7f0a1c0006"}
    assert client.post(f"/viec/{work.public_id}/dung", data=key).status_code == 302
    begun: list[str] = []

    def do(*_: object) -> dict[str, Any]:
        begun.append("reminders")
        return {}

    assert Desk(committee.engine, Registry.load(), {"reminders": do})._do(claimed) == work.outbox_id
    assert (begun, job_of(committee, work)[0]) == ([], "failed")


def test_a_worker_that_was_stopped_may_not_end_what_was_begun_again(committee: Committee, app: Flask) -> None:
    """Stopped, asked for again and taken up by another, also as a first attempt."""
    work, client = asked(committee), committee.client(app, Role.TENANT_ADMIN)
    done: list[str] = []

    def first(session: TenantSession, *_: object) -> dict[str, Any]:
        for act, number in (("dung", 7), ("lam-lai", 8)):
            key = {"form_key": f"6f7b2f0e-6a4e-4a5e-9a53-0d7f0a1c000{number}"}
            assert client.post(f"/viec/{work.public_id}/{act}", data=key).status_code == 302
        assert claim(committee.engine, work.outbox_id) is not None
        session.execute(text("INSERT INTO organisation (founded_on) VALUES ('1999-09-09')"))
        done.append("first")
        return {}

    Desk(committee.engine, Registry.load(), {"reminders": first}).do(work.outbox_id)
    with scope(committee.engine, committee.tenant_id) as session:
        kept = session.scalar(text("SELECT count(*) FROM organisation WHERE founded_on = '1999-09-09'"))
    assert (done, kept, outbox(committee.engine, work, "done_at")) == (["first"], 0, None)


def test_what_a_committee_stopped_is_not_the_operators_to_look_at(app: Flask, committee: Committee) -> None:
    work, client = asked(committee), committee.client(app, Role.TENANT_ADMIN)
    key = {"form_key": "6f7b2f0e-6a4e-4a5e-9a53-0d7f0a1c0009"}
    assert client.post(f"/viec/{work.public_id}/dung", data=key).status_code == 302
    assert (
        f"/van-hanh/viec/{work.outbox_id}/"
        not in operator_client(app, committee.engine).get("/van-hanh/viec").text
    )


ROUND = text("""
INSERT INTO daily_round (tenant_id, day, work, at, outbox_id)
VALUES (:tenant, '1999-09-09', :work, timestamptz '1999-09-09 02:00+07', :outbox)
""")


def test_an_operator_sees_what_came_of_a_night_in_each_committee(
    app: Flask, engine: Engine, unique: str
) -> None:
    one, two = (
        make_committee(engine, f"{unique}-{number}", name) for number, name in enumerate(("nhất", "nhì"))
    )
    failed, done = asked(one), asked(two)
    for work, told in ((failed, "failed_at"), (done, "done_at")):
        change_outbox(engine, work, f"{told} = timestamptz '1999-09-09 03:30+07'")
    with scope(engine, PLATFORM) as session:
        for committee, kind, asked_for in (
            (one, "night", failed.outbox_id),
            (two, "night", done.outbox_id),
            (two, "month", None),
        ):
            binds = {"tenant": committee.tenant_id, "work": kind, "outbox": asked_for}
            session.execute(ROUND, binds)
        session.execute(
            text("UPDATE daily_round SET at = now() WHERE work = 'night' AND tenant_id = :tenant"),
            {"tenant": two.tenant_id},
        )
    client = operator_client(app, engine)
    page = Page(client.get("/van-hanh/viec/theo-lich?ngay=1999-09-09"))
    begun = "02:00 ngày 09/09/1999"
    rows = [row for row in page.rows if row[0].startswith("Đảng bộ nh")]
    assert rows == [
        ["Đảng bộ nhất", "Đánh giá hằng đêm", "Không xong", begun, ""],
    ]
    today: list[Page] = []  # other tests of this database have committees too
    while (answer := client.get(f"/van-hanh/viec/theo-lich?trang={len(today) + 1}")).status_code == 200:
        today.append(Page(answer))
    rows = [row[:3] for one in today for row in one.rows]
    assert ["Đảng bộ nhì", "Đánh giá hằng đêm", "Đã xong"] in rows
    assert "Ai đó" not in page.words + "".join(one.words for one in today)
    assert client.get("/van-hanh/viec/theo-lich?ngay=1999-09-09&trang=2").status_code == 404


def test_who_may_not_see_work_cannot_stop_it(app: Flask, committee: Committee) -> None:
    work = asked(committee)
    key = {"form_key": "6f7b2f0e-6a4e-4a5e-9a53-0d7f0a1c0004"}
    client = committee.client(app, Role.CELL_SECRETARY)
    assert client.post(f"/viec/{work.public_id}/dung", data=key).status_code == 404
    assert outbox(committee.engine, work, "failed_at") is None
