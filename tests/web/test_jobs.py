"""A committee's work in the background, looked through by kind and state: what, who asked, how long, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from bontot.access import Role
from bontot.db.models import EvaluationRun, Job, RoleGrant
from bontot.db.tenancy import scope
from bontot.jobs.reading import STOPPED
from bontot.services.accounts import grants_of
from bontot.services.paging import SIZE
from bontot.web.filters import lasting
from tests.factories import Committee, make_committee
from tests.web.evaluated import evaluated, judged
from tests.web.reading import Page

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
"""Ten in the morning in Viet Nam."""
HEAD = ["Việc", "Tình trạng", "Người yêu cầu", "Yêu cầu lúc", "Thời gian chạy", "Kết quả"]


def a_job(committee: Committee, kind: str, state: str, *, minute: int, by: str, **told: object) -> None:
    told = {"arguments": {"year": 2023, "as_of": "2023-12-31"}, **told}
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            Job(kind=kind, state=state, requested_by=by, created_at=AT + timedelta(minutes=minute), **told)
        )


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    """Three pieces of work, beside another committee's."""
    made = evaluated(engine, unique)
    run = str(judged(made).public_id)
    ran = {"started_at": AT, "finished_at": AT + timedelta(seconds=125)}
    a_job(made, "evaluation", "done", minute=0, by="An", result={"runs": {"vi_du": run}}, **ran)
    a_job(made, "reminders", "failed", minute=1, by="tự động hằng ngày", started_at=AT, finished_at=AT)
    a_job(made, "evaluation", "running", minute=2, by="Bình", progress=3, total=12, started_at=AT)
    other = make_committee(engine, f"{unique}-khac", "mồi")
    a_job(other, "evaluation", "done", minute=3, by="mồi", **ran)
    return made


@pytest.fixture
def client(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.TENANT_ADMIN)


RUNNING = ["Đánh giá năm 2023", "Đang chạy 3/12", "Bình", "10:02 ngày 01/03/2026", "", ""]
FAILED = [
    "Nhắc lịch sinh hoạt",
    "Không xong",
    "tự động hằng ngày",
    "10:01 ngày 01/03/2026",
    "chạy dưới 1 giây kết thúc lúc 10:00 ngày 01/03/2026",
    "",
]
DONE = [
    "Đánh giá năm 2023",
    "Đã xong",
    "An",
    "10:00 ngày 01/03/2026",
    "chạy 2 phút 5 giây kết thúc lúc 10:02 ngày 01/03/2026",
    "Xem kết quả : Đánh giá năm 2023, 10:00 ngày 01/03/2026",
]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", [RUNNING, FAILED, DONE]),
        ("?viec=evaluation", [RUNNING, DONE]),
        ("?tinh-trang=failed", [FAILED]),
        ("?viec=evaluation&tinh-trang=done", [DONE]),
        ("?viec=letters", []),
    ],
)
def test_work_is_looked_through_by_kind_and_state(
    client: FlaskClient, asked: str, shown: list[list[str]]
) -> None:
    page = Page(client.get(f"/viec{asked}"))
    assert page.rows == ([HEAD, *shown] if shown else [])
    assert ("Không có việc nào như vậy" in page.words) != bool(shown)
    assert "mồi" not in page.words


def test_work_that_somebody_stopped_is_looked_for_apart_from_what_went_wrong(
    client: FlaskClient, committee: Committee
) -> None:
    a_job(committee, "letters", "failed", minute=4, by="Chi", message=f"Chi {STOPPED}")
    rows = {state: Page(client.get(f"/viec?tinh-trang={state}")).rows[1:] for state in ("failed", "stopped")}
    assert rows["failed"] == [FAILED]
    assert [row[1:3] for row in rows["stopped"]] == [["Đã dừng", "Chi"]]


def test_what_an_evaluation_found_is_one_press_away(client: FlaskClient, committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        [run] = session.scalars(select(EvaluationRun.public_id))
    links = Page(client.get("/viec?tinh-trang=done")).links
    assert links["Xem kết quả"] == f"/danh-gia/{run}"
    assert client.get(links["Xem kết quả"]).status_code == 200


@pytest.mark.parametrize("asked", ["viec=moi", "tinh-trang=moi", "viec=evaluation%00", "trang=2"])
def test_what_there_is_not_is_not_found(client: FlaskClient, asked: str) -> None:
    assert client.get(f"/viec?{asked}").status_code == 404


def test_who_may_not_decide_on_values_is_not_asked_about_trials(app: Flask, committee: Committee) -> None:
    a_job(committee, "trial", "failed", minute=9, by="An")
    secretary = committee.client(app, Role.COMMITTEE)
    shown = secretary.get("/viec")
    assert "Thử thay đổi" not in shown.text
    assert secretary.get("/viec?viec=trial").status_code == 404


def test_a_ward_follows_the_evaluation_and_its_own_work_alone(app: Flask, committee: Committee) -> None:
    """Whom another body prints papers of just now is beyond its reach."""
    with scope(committee.engine, committee.tenant_id) as session:
        of_ward = grants_of(session, committee.accounts[Role.COMMITTEE], AT.date())[0]
        session.get_one(RoleGrant, (session.tenant_id, of_ward[0])).organisation_id = committee.ward.id
    beyond = {"doing": "Trần Thị Ở Phường Khác", "started_at": AT}
    asked = {"batch": "bien-ban", "of": "2026-02", "place_name": "Phường Khác"}
    for minute, role in enumerate((Role.TENANT_ADMIN, Role.COMMITTEE), 9):
        account = committee.accounts[role]
        a_job(
            committee,
            "papers",
            "running",
            minute=minute,
            by=role,
            account_id=account,
            arguments=asked,
            **beyond,
        )
    ward = committee.client(app, Role.COMMITTEE)
    page = Page(ward.get("/viec"))
    assert [row[0] for row in page.rows[1:]] == [
        "In biên bản sinh hoạt tháng 02 năm 2026, Phường Khác",
        RUNNING[0],
        DONE[0],
    ]
    with scope(committee.engine, committee.tenant_id) as session:
        theirs = session.scalars(
            select(Job.public_id).where(Job.account_id == committee.accounts[Role.TENANT_ADMIN])
        ).one()
    assert ward.get(f"/viec/{theirs}").status_code == 404
    assert committee.client(app, Role.TENANT_ADMIN).get(f"/viec/{theirs}").status_code == 200


def test_the_next_page_keeps_what_was_asked(client: FlaskClient, committee: Committee) -> None:
    for minute in range(SIZE):
        a_job(committee, "reminders", "failed", minute=-minute, by="tự động", started_at=AT, finished_at=AT)
    page = Page(client.get("/viec?viec=reminders&tinh-trang=failed"))
    following = Page(client.get(page.links["Trang sau"]))
    assert (len(page.rows), [row[:2] for row in following.rows[1:]]) == (SIZE + 1, [FAILED[:2]])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "dưới 1 giây"),
        (12, "12 giây"),
        (60, "1 phút"),
        (125, "2 phút 5 giây"),
        (3_600, "1 giờ"),
        (7_384, "2 giờ 3 phút"),
    ],
)
def test_how_long_work_took_is_said_in_two_units(seconds: float, words: str) -> None:
    assert lasting(timedelta(seconds=seconds)) == words
