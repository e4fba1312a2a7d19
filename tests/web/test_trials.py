"""Before a value is decided one sees who would come out otherwise; two plans are held against the same records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, text, update

from bontot.access import Role
from bontot.db.models import EvaluationRun, Judgment, ThresholdOverride
from bontot.db.tenancy import scope
from bontot.services.trials import JUDGED_A_SECOND
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from tests.factories import Committee
from tests.sample_plans import PLAN, plan, sample_registry
from tests.web.counting import statements
from tests.web.evaluated import REGISTRY, evaluated
from tests.web.reading import Page

VALUE = f"/ke-hoach/{PLAN}/gia-tri/vidu.cell.attendance"
STRICTER = tuple(
    replace(one, values=tuple(replace(dated, value=Decimal(90)) for dated in one.values))
    if one.key == "vidu.cell.attendance"
    else one
    for one in plan.thresholds
)
OTHER = replace(plan, code="vidu_khac", label="Kế hoạch khác", thresholds=STRICTER)
COMPARE = f"/ke-hoach/{PLAN}/so-sanh"
JANUARY = {"valid_from__day": "27", "valid_from__month": "1", "valid_from__year": "2023"}
LATER = {"valid_from__day": "1", "valid_from__month": "1", "valid_from__year": "2031"}
DECISION = "Nghị quyết 05-NQ/ĐU"
MANY = text("""
INSERT INTO member (full_name, sort_key, search_key, admission_date, employment)
SELECT 'Nguyễn Văn ' || n, lpad(CAST(n AS text), 6, '0'), 'nguyen van ' || n, '2012-05-19', 'retired'
FROM generate_series(1, :people) AS n
""")


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    """The site with the example plans, a second plan, and the platform's counts."""
    registry = replace(sample_registry(vidu_khac=OTHER), metrics=REGISTRY.metrics)
    made = create_app(settings, registry)
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    """Cell 1 at exactly 85 % in 2023 and well judged; cell 2 at 80 %."""
    return evaluated(engine, unique)


@pytest.fixture
def client(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.TENANT_ADMIN)


def tried(client: FlaskClient, address: str, **typed: str) -> Page:
    """The form filled in and sent once."""
    sent = Page(client.get(address)).form.sent(document=DECISION, **typed)
    return Page(client.post(address, data=sent))


def written(committee: Committee) -> tuple[int, int]:
    """Decisions, and stored evaluations."""
    with scope(committee.engine, committee.tenant_id) as session:
        counts = [
            session.scalar(select(func.count()).select_from(of)) or 0
            for of in (ThresholdOverride, EvaluationRun)
        ]
    return counts[0], counts[1]


def test_who_would_come_out_otherwise_is_shown_by_name_before_anything_is_written(
    committee: Committee, client: FlaskClient
) -> None:
    page = tried(client, f"{VALUE}/dat", value="85,5", **JANUARY)
    assert page.rows == [
        ["Tổ chức", "Danh hiệu", "Tiêu chí đổi kết quả"],
        [
            "Chi bộ nhà số 1",
            "Đạt → thành Chưa đạt",
            "Tỷ lệ đảng viên tham gia sinh hoạt: Đạt → thành Chưa đạt",
        ],
    ]
    assert (
        "Ai sẽ đổi kết quả Tính thử trên hồ sơ năm 2023 đến ngày 31/12/2023, như thể giá trị mới có từ ngày 27/01/2023. "
        "Chưa có gì được ghi. Chi bộ bốn tốt 1 trong 2 chi bộ đổi kết quả."
    ) in page.words
    assert written(committee) == (0, 0)


def test_a_large_committee_is_told_how_long_it_takes(committee: Committee, client: FlaskClient) -> None:
    said = "Việc này xét lại cả đảng bộ, mất khoảng 3 giây."
    addresses = (f"{VALUE}/dat", COMPARE)
    assert [said in Page(client.get(address)).words for address in addresses] == [False, False]
    with scope(committee.engine, committee.tenant_id) as session:
        session.execute(MANY, {"people": 3 * JUDGED_A_SECOND})
    assert [said in Page(client.get(address)).words for address in addresses] == [True, True]


def test_what_was_shown_is_written_and_anything_else_is_shown_first(
    committee: Committee, client: FlaskClient
) -> None:
    shown = tried(client, f"{VALUE}/dat", value="86", **JANUARY)
    other = Page(client.post(f"{VALUE}/dat", data=shown.form.sent(value="84")))
    assert "Không ai đổi kết quả." in other.words
    moved = Page(client.post(f"{VALUE}/dat", data=shown.form.sent(valid_from__month="2")))
    assert "như thể giá trị mới có từ ngày 27/02/2023" in moved.words
    assert written(committee) == (0, 0)
    done = Page(client.post(f"{VALUE}/dat", data=shown.form.sent(), follow_redirects=True))
    assert "Đã ghi quyết định: 86 % từ ngày 27/01/2023." in done.words
    assert written(committee) == (1, 0)


def test_what_was_judged_after_the_year_counts_in_its_trial(
    committee: Committee, client: FlaskClient
) -> None:
    """The people of 2023 are judged in January 2024: a trial sees them as an evaluation does."""
    with scope(committee.engine, committee.tenant_id) as session:
        session.execute(update(Judgment).values(judged_on=date(2024, 1, 15)))
    page = tried(client, f"{VALUE}/dat", value="86", **JANUARY)
    assert [row[1] for row in page.rows[1:]] == ["Đạt → thành Chưa đạt"]
    both = Page(client.get(COMPARE, query_string={"voi": OTHER.code, "nam": "2023"}))
    assert ["Đạt", "Chưa đạt", "1"] in both.rows


def test_a_value_to_come_is_tried_on_the_year_there_is(client: FlaskClient) -> None:
    page = tried(client, f"{VALUE}/dat", value="86", **LATER)
    assert (
        "Tính thử trên hồ sơ năm 2023 đến ngày 31/12/2023, như thể giá trị mới có từ ngày 01/01/2023."
        in page.words
    )
    assert len(page.rows) == 2


def test_returning_to_the_plan_is_shown_first_too(committee: Committee, client: FlaskClient) -> None:
    """Decided at 86 %, cell 1 fails; back at the plan's 85 % it does not."""
    shown = tried(client, f"{VALUE}/dat", value="86", **JANUARY)
    client.post(f"{VALUE}/dat", data=shown.form.sent())
    back = tried(client, f"{VALUE}/thoi-dat", **JANUARY)
    assert [row[2] for row in back.rows[1:]] == ["Tỷ lệ đảng viên tham gia sinh hoạt: Chưa đạt → thành Đạt"]
    assert "như thể trở về kế hoạch từ ngày 27/01/2023" in back.words
    assert written(committee) == (1, 0)


def test_a_trial_is_that_of_one_plan_only(committee: Committee, client: FlaskClient) -> None:
    """The other plan has a value of the same key; deciding on it changes nothing where it does not govern."""
    address = f"{VALUE}/dat".replace(PLAN, OTHER.code, 1)
    assert client.get(address).status_code == 404
    assert written(committee) == (0, 0)


def test_two_plans_are_held_against_the_same_records(committee: Committee, client: FlaskClient) -> None:
    """Cell 1 at exactly 85 % holds the title by the one and not by the other, which asks 90 %."""
    page = Page(
        client.get(COMPARE, query_string=Page(client.get(COMPARE)).form.sent(voi=OTHER.code, nam="2023"))
    )
    assert page.rows[3:] == [
        ["Kế hoạch ví dụ", "Kế hoạch khác", "Số chi bộ"],
        ["Đạt", "Chưa đạt", "1"],
        ["Chưa đạt", "Chưa đạt", "1"],
        ["Tổ chức", "Danh hiệu", "Tiêu chí đổi kết quả"],
        [
            "Chi bộ nhà số 1",
            "Đạt → thành Chưa đạt",
            "Tỷ lệ đảng viên tham gia sinh hoạt: Đạt → thành Chưa đạt",
        ],
    ]
    assert written(committee) == (0, 0)


@pytest.mark.parametrize(
    "query", [{"voi": "khong-co"}, {"voi": PLAN}, {"voi": "vidu_khung"}, {"voi": "", "nam": "x"}]
)
def test_only_another_plan_with_a_title_can_be_compared_with(
    client: FlaskClient, query: dict[str, str]
) -> None:
    assert client.get(COMPARE, query_string=query).status_code == 404


def test_only_the_administrator_tries_and_compares(app: Flask, committee: Committee) -> None:
    for role in (Role.COMMITTEE, Role.CELL_SECRETARY, Role.MEMBER):
        asked = committee.client(app, role)
        assert [
            asked.get(COMPARE).status_code,
            asked.get(f"{VALUE}/dat").status_code,
        ] == [403, 403]


def test_many_more_members_cost_no_more_statements(engine: Engine, unique: str, app: Flask) -> None:
    counted = []
    for members in (5, 60):
        committee = evaluated(engine, f"{unique}-{members}", members=members)
        client = committee.client(app, Role.TENANT_ADMIN)
        counted.append(statements(app, client, f"{COMPARE}?voi={OTHER.code}&nam=2023"))
    assert counted[0] == counted[1]
