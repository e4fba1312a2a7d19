"""The demonstration is loaded by importing the sample workbooks, can be interrupted, and holds what it promises."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, create_engine, func, select, text

from bontot import demo
from bontot.access import Actor, Role, organisations_in_reach
from bontot.cli import main
from bontot.clock import today
from bontot.db.models import (
    Attendance,
    FrameAdoption,
    Holiday,
    ImportBatch,
    Meeting,
    MeetingPreference,
    Member,
    Membership,
    MonthException,
    Organisation,
    OrganisationPeriod,
    PlannedMeeting,
    PolicyAssignment,
    RecognitionDecision,
    Tenant,
)
from bontot.db.rolls import required_at
from bontot.db.tenancy import PLATFORM, TenantSession, scope, tenant_tables
from bontot.documents.kinds import Asked, kind_of
from bontot.documents.paper import Grid
from bontot.imports import template
from bontot.imports.checking import check
from bontot.imports.kinds.meetings import WITHOUT_CALL
from bontot.imports.outgoing import outgoing
from bontot.imports.reading import read
from bontot.policy.words import figure
from bontot.registry import Registry
from bontot.samples import OPEN_CELL, TENANTS, samples, start
from bontot.samples.names import FAMILIES, MEN_GIVEN, MEN_MIDDLE, WOMEN_GIVEN, WOMEN_MIDDLE
from bontot.samples.shown import SHOWN
from bontot.services.accounts import check_password, grants_of, tenants_of
from bontot.services.bundle.loading import load_bundle
from bontot.services.bundle.reading import Bundle
from bontot.services.bundle.writing import write_bundle
from bontot.services.proceedings import handover_lists
from bontot.services.reorganising.recording import events_of
from bontot.services.tenants import create_tenant
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from tests.conftest import Database
from tests.web.reading import Page

UNTIL = date(2026, 11, 21)
INTERRUPTED_AT = (
    "nhập tayho-3-nam-2023.xlsx",
    "nhập vanphong-2-dang-vien.xlsx",
    "giao kế hoạch và tài khoản",
)


class Interrupted(BaseException):
    """The process was stopped in the middle of a load."""


@dataclass(frozen=True)
class Demonstration:
    """A loaded demonstration, with what was said while it was loaded and ids of its committees by code."""

    engine: Engine
    said: list[str]
    tenants: dict[str, int]


def load_until(engine: Engine, registry: Registry, said: list[str], stop: str) -> bool:
    """Loads, noting what is said; is stopped when about to do `stop` for the first time."""

    def say(words: str) -> None:
        if words == stop and words not in said:
            said.append(words)
            raise Interrupted
        said.append(words)

    return demo.load(engine, registry, say)


@pytest.fixture(scope="module")
def loaded(make_database: Callable[[], Database]) -> Iterator[Demonstration]:
    """A demonstration whose loading was interrupted twice."""
    engine, registry, said = create_engine(make_database().database_url), Registry.load(), list[str]()
    for stop in INTERRUPTED_AT:
        with pytest.raises(Interrupted):
            load_until(engine, registry, said, stop)
    assert load_until(engine, registry, said, "") is True
    with scope(engine, PLATFORM) as session:
        tenants = {code: tenant_id for code, tenant_id in session.execute(select(Tenant.code, Tenant.id))}  # noqa: C416
    yield Demonstration(engine, said, tenants)
    engine.dispose()


def test_every_workbook_was_taken_in_once_without_a_single_problem(loaded: Demonstration) -> None:
    year = UNTIL.year
    with scope(loaded.engine, PLATFORM) as session:
        year = today(session).year
    for code, tenant_id in loaded.tenants.items():
        names = [
            f"{code}-{part}.xlsx" for part in ("1-to-chuc", "2-dang-vien", "3-nam-2023", f"4-nam-{year}")
        ]
        with scope(loaded.engine, tenant_id) as session:
            batches = session.scalars(select(ImportBatch).order_by(ImportBatch.id)).all()
            assert [(b.filename, b.state, b.problems) for b in batches] == [(n, "applied", []) for n in names]
            assert all(b.counts["errors"] == b.counts["warnings"] == 0 for b in batches)


def test_one_cell_has_another_name_since_a_decision_and_its_history_says_so(loaded: Demonstration) -> None:
    with scope(loaded.engine, loaded.tenants["tayho"]) as session:
        names = session.execute(
            select(OrganisationPeriod.name, OrganisationPeriod.organisation_id)
            .where(OrganisationPeriod.name.startswith(demo.RENAMED.name))
            .order_by(OrganisationPeriod.valid_from)
        ).all()
        [line] = events_of(session, names[0][1], UNTIL)
    assert [name for name, _ in names] == [demo.RENAMED.name, demo.RENAMED.to]
    assert (line.kind, line.day, line.name) == ("rename", demo.RENAMED.day, demo.RENAMED.to)


def test_a_loaded_demonstration_is_left_alone(loaded: Demonstration) -> None:
    said: list[str] = []
    assert load_until(loaded.engine, Registry.load(), said, "") is False
    assert said == []


def test_the_committees_have_the_size_and_plans_they_should(loaded: Demonstration) -> None:
    found = {}
    for code, tenant_id in loaded.tenants.items():
        with scope(loaded.engine, tenant_id) as session:
            now = OrganisationPeriod.valid_to.is_(None)
            types = Counter(session.scalars(select(OrganisationPeriod.type).where(now)))
            people = session.scalar(select(func.count()).select_from(Member))
            plans = session.execute(
                select(OrganisationPeriod.name, PolicyAssignment.policy_code, PolicyAssignment.valid_from)
                .join(
                    OrganisationPeriod, OrganisationPeriod.organisation_id == PolicyAssignment.organisation_id
                )
                .order_by(OrganisationPeriod.code)
            )
            found[code] = (dict(types), people, [tuple(plan) for plan in plans])
    assert found == {
        "tayho": (
            {"upper_committee": 1, "grassroots_committee": 2, "subordinate_cell": 25},
            1085,
            [
                ("Đảng bộ quận Tây Hồ", "hanoi_tayho", date(2023, 1, 27)),
                ("Đảng bộ phường Bưởi", "hanoi_tayho_buoi", date(2023, 1, 27)),
            ],
        ),
        "longbien": (
            {"upper_committee": 1, "grassroots_committee": 1, "subordinate_cell": 12},
            305,
            [("Đảng bộ quận Long Biên", "hanoi_longbien", date(2023, 8, 8))],
        ),
        "vanphong": (
            {"upper_committee": 1, "grassroots_committee": 1, "subordinate_cell": 3},
            31,
            [("Đảng bộ Các cơ quan tỉnh", "provincial_pilot", date(2023, 4, 7))],
        ),
    }
    with scope(loaded.engine, PLATFORM) as session:
        assert session.scalar(select(Holiday.kind).where(Holiday.day == date(2023, 9, 4))) == "compensatory"


COUNTED = text("""
SELECT relname FROM pg_stat_user_tables
WHERE analyze_count > 0
  AND relname IN ('attendance', 'attendance_2018', 'attendance_2023', 'meeting', 'member', 'membership')
""")
IN_STATISTICS = text(
    "SELECT tablename FROM pg_stats WHERE tablename = ANY(:tables) OR tablename LIKE 'attendance_%'"
)


def test_a_decision_is_of_the_committee_by_its_own_name_and_sign(loaded: Demonstration) -> None:
    with scope(loaded.engine, loaded.tenants["longbien"]) as session:
        told = set(
            session.execute(
                select(RecognitionDecision.issuer, func.split_part(RecognitionDecision.number, "-", 2))
            )
        )
    assert told == {("Quận ủy Long Biên", "QĐ/QU"), ("Đảng ủy phường Phúc Lợi", "QĐ/ĐU")}


def test_the_planner_knows_what_was_loaded_and_shows_none_of_it(loaded: Demonstration) -> None:
    """Counted by the load itself, and not some minutes later; a value common to many is in the planner's tables."""
    with scope(loaded.engine, PLATFORM) as session:
        assert sorted(session.scalars(COUNTED)) == [
            "attendance",
            "attendance_2018",
            "attendance_2023",
            "meeting",
            "member",
            "membership",
        ]
    with scope(loaded.engine, loaded.tenants["tayho"]) as session:
        assert session.scalars(IN_STATISTICS, {"tables": tenant_tables()}).all() == []


@pytest.mark.parametrize("name", template.BUNDLES)
def test_what_is_taken_out_as_workbooks_says_nothing_new_when_it_is_sent_back(
    loaded: Demonstration, name: str
) -> None:
    for tenant_id in loaded.tenants.values():
        with scope(loaded.engine, tenant_id) as session:
            book = outgoing(session, name, 2023, "Đảng bộ")
            checked = check(session, book.content(), "ho-so.xlsx", Registry.load())
        rows = sum(map(len, book.rows.values()))
        assert (checked.plan.empty, checked.errors, checked.recorded) == (True, 0, rows)
        assert rows > 30


def test_every_committee_comes_back_from_its_archive_byte_for_byte(
    loaded: Demonstration, make_database: Callable[[], Database]
) -> None:
    there = make_database()
    engine, owner = create_engine(there.database_url), create_engine(there.owner_url)
    for code in loaded.tenants:
        out, again = io.BytesIO(), io.BytesIO()
        write_bundle(loaded.engine, Registry.load(), code, out, by="thử")
        load_bundle(engine, owner, Bundle(out), by="thử")
        write_bundle(engine, Registry.load(), code, again, by="thử")
        assert again.getvalue() == out.getvalue()
        assert len(out.getvalue()) > 100_000
    for made in (engine, owner):
        made.dispose()


def test_the_committees_have_switched_on_national_frames(loaded: Demonstration) -> None:
    found = {}
    for code, tenant_id in loaded.tenants.items():
        with scope(loaded.engine, tenant_id) as session:
            rows = session.execute(
                select(FrameAdoption.policy_code, FrameAdoption.valid_from).order_by("valid_from")
            )
            found[code] = [tuple(row) for row in rows]
    assert found == {
        "tayho": [
            ("national_meetings_2018", date(2023, 1, 1)),
            ("national_rating_2025", date(2025, 8, 30)),
            ("national_meetings_2025", date(2025, 10, 28)),
        ],
        "longbien": [("national_meetings_2025", date(2025, 10, 28))],
        "vanphong": [("national_meetings_2025", date(2025, 10, 28))],
    }


def test_whoever_is_marked_is_whoever_was_required(loaded: Demonstration) -> None:
    """The importer's own reckoning of the roll against the platform's, over every meeting of the demonstration."""
    compared = 0
    for tenant_id in loaded.tenants.values():
        with scope(loaded.engine, tenant_id) as session:
            called = session.scalars(select(Meeting.id).where(Meeting.kind.not_in(WITHOUT_CALL))).all()
            marked: dict[int, set[int]] = {meeting_id: set() for meeting_id in called}
            for meeting_id, member_id in session.execute(select(Attendance.meeting_id, Attendance.member_id)):
                marked[meeting_id].add(member_id)
            assert marked == required_at(session, called)
            compared += len(called)
    assert compared > 1000


def test_the_records_of_five_cells_are_on_their_way_to_the_ward(loaded: Demonstration) -> None:
    with scope(loaded.engine, loaded.tenants["tayho"]) as session:
        cells = frozenset(session.scalars(select(OrganisationPeriod.organisation_id)))
        received = session.scalar(select(func.count(Meeting.id)).where(Meeting.submission == "received"))
        assert handover_lists.counts(session, cells) == {"moi-gui": 2, "cho-sua": 1, "chua-gui": 1}
    assert received == 1


def test_one_cell_stands_exactly_at_85_percent(loaded: Demonstration) -> None:
    counted = text("""
        SELECT p.name, count(*) FILTER (WHERE a.mark IN (1, 4)), count(*)
        FROM attendance a JOIN meeting m ON m.id = a.meeting_id
        JOIN organisation_period p ON p.organisation_id = m.organisation_id
        JOIN organisation_period w ON w.organisation_id = p.parent_id
        WHERE m.year = 2023 AND m.kind = 'regular' AND w.name = 'Đảng bộ phường Bưởi'
        GROUP BY p.name HAVING 100 * count(*) FILTER (WHERE a.mark IN (1, 4)) <= 85 * count(*) ORDER BY p.name
    """)
    with scope(loaded.engine, loaded.tenants["tayho"]) as session:
        edge, below = session.execute(counted).all()
    assert tuple(edge) == ("Chi bộ Tổ dân phố số 4", 408, 480)
    assert below[0] == "Chi bộ Tổ dân phố số 5"


def test_the_log_ins_work_and_reach_what_they_say(loaded: Demonstration) -> None:
    found = {}
    for login in demo.LOGINS:
        with scope(loaded.engine, PLATFORM) as session:
            account = check_password(session, login.login, demo.PASSWORD)
            account_id, operator = account.id, account.is_operator
            tenants = [code for _, code, _ in tenants_of(session, account_id)]
        assert operator == (login.role is Role.OPERATOR)
        roles = []
        for code in tenants:
            with scope(loaded.engine, loaded.tenants[code]) as session:
                for _, role, organisation, member, place in grants_of(session, account_id, UNTIL):
                    roles.append((code, role.value, place, organisation is not None, member is not None))
        found[login.login] = roles
    cell = OPEN_CELL[2]
    assert found == {
        "quan-tri.tayho": [("tayho", "tenant_admin", "", False, False)],
        "phuong-buoi": [("tayho", "committee", "Đảng bộ phường Bưởi", True, False)],
        "bi-thu.tdp3": [("tayho", "cell_secretary", cell, True, True)],
        "dang-vien.tdp3": [("tayho", "member", "", False, True)],
        "quan-tri.longbien": [("longbien", "tenant_admin", "", False, False)],
        "quan-tri.vanphong": [("vanphong", "tenant_admin", "", False, False)],
        "van-hanh": [],
    }
    with scope(loaded.engine, loaded.tenants["tayho"]) as session:
        size = session.scalar(
            select(func.count())
            .select_from(Membership)
            .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Membership.organisation_id)
            .join(Organisation, Organisation.id == Membership.organisation_id)
            .where(OrganisationPeriod.name == cell, Membership.kind == "home")
        )
    assert size is not None
    assert 28 <= size <= 36


def test_an_instance_with_committees_of_its_own_is_left_alone(fresh_database: Database) -> None:
    engine = create_engine(fresh_database.database_url)
    with scope(engine, PLATFORM) as session:
        create_tenant(session, "tayho", "Đảng bộ đã có từ trước")
    assert demo.load(engine, Registry.load()) is False
    with scope(engine, PLATFORM) as session:
        assert session.scalars(select(Tenant.name)).all() == ["Đảng bộ đã có từ trước"]
    engine.dispose()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    registry = Registry.load()
    one, again, other = (list(samples(2023, UNTIL, registry, seed)) for seed in (1, 1, 2))
    assert one == again
    assert [sample.filename for sample in one] == [sample.filename for sample in other]
    assert all(a.content != b.content for a, b in zip(one, other, strict=True) if "to-chuc" not in a.filename)


def test_the_open_cell_alone_has_this_months_meeting_left_to_record() -> None:
    held: Counter[str] = Counter()
    for sample in samples(2023, UNTIL, Registry.load()):
        if sample.filename == "tayho-4-nam-2026.xlsx":
            meetings = next(sheet for sheet in read(sample.content) if sheet.name == "Buổi sinh hoạt")
            head, *rows = meetings.rows[3:]
            place = {name: head.index(name) for name in ("Chi bộ", "Loại", "Ngày họp")}
            for row in rows:
                day = row[place["Ngày họp"]]
                assert isinstance(day, date)
                if row[place["Loại"]] == "Thường kỳ" and day.month == UNTIL.month:
                    held[str(row[place["Chi bộ"]])] += 1
    assert len(held) == 24
    assert set(held.values()) == {1}
    assert "01.005.001.000.003" not in held


def test_there_are_enough_invented_names_for_any_committee() -> None:
    assert len(set(FAMILIES)) * len(set(WOMEN_MIDDLE)) * len(WOMEN_GIVEN) > 10_000
    assert len(set(FAMILIES)) * len(set(MEN_MIDDLE)) * len(MEN_GIVEN) > 10_000


def test_the_samples_are_written_as_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BONTOT_DATA_DIR", str(tmp_path / "var"))
    until = ["--until", "2023-08-20"]
    done = CliRunner().invoke(main, ["samples", "--out", str(tmp_path / "mau"), "--year", "2023", *until])
    parts = ("1-to-chuc", "2-dang-vien", "3-nam-2023")
    names = [f"{code}-{part}.xlsx" for code in ("tayho", "longbien", "vanphong") for part in parts]
    assert (done.exit_code, done.output.split()) == (0, [str(tmp_path / "mau" / name) for name in names])
    assert sorted(path.name for path in (tmp_path / "mau").iterdir()) == sorted(names)
    early = CliRunner().invoke(main, ["samples", "--out", str(tmp_path), "--year", "2024", *until])
    assert early.exit_code == 2
    assert "Năm được đánh giá chưa đến." in early.output


def test_what_is_to_come_is_there_to_be_seen(loaded: Demonstration) -> None:
    """Invitations of next month, a cell's own day, and a month that the ward moved; once, for all the interruptions."""
    with scope(loaded.engine, loaded.tenants[OPEN_CELL[0]]) as session:
        month = (today(session).replace(day=1) + timedelta(days=31)).replace(day=1)
        planned = session.scalars(select(PlannedMeeting.held_on)).all()
        assert [day.replace(day=1) for day in planned] == [month] * len(SHOWN[0].inviting)
        assert session.scalars(select(MeetingPreference.day)).all() == [5]
        assert session.scalars(select(MonthException.document)).all() == [demo.ORDER]


def test_the_table_of_a_plan_that_adds_up_points_shows_them(
    loaded: Demonstration, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On paper, on the board by criteria and in its workbook; none of the criteria is called not applicable."""
    with scope(loaded.engine, loaded.tenants["longbien"]) as session:
        day = today(session)
        actor = Actor(account_id=0, name="", role=Role.TENANT_ADMIN, tenant_id=session.tenant_id)
        asked = Asked(
            session=session,
            registry=Registry.load(),
            actor=actor,
            reach=organisations_in_reach(session, actor, day),
            today=day,
            organisation_id=body_called(session, "Đảng bộ phường Phúc Lợi"),
            of="2023",
        )
        table = kind_of("bieu-tong-hop").build(asked)
        with monkeypatch.context() as few:  # of more cells than are explained at once none is left out
            few.setattr("bontot.evaluation.standing.MOST_BELOW", 5)
            few.setattr("bontot.services.evaluations.MOST_BELOW", 5)
            assert kind_of("bieu-tong-hop").build(asked) == table
        cell = body_called(session, "Chi bộ Tổ dân phố số 1")
        first = kind_of("bang-tu-danh-gia").build(replace(asked, organisation_id=cell))
    [grid, sheet] = [next(block for block in one.body if isinstance(block, Grid)) for one in (table, first)]
    given = [row[5].removesuffix(" điểm") for row in sheet.rows if row[0] in ("1", "2", "3", "4")]
    assert list(grid.rows[0][1:6]) == ["Chi bộ Tổ dân phố số 1", *given[:4]]
    assert [row[2:6] for row in grid.rows[-2:]] == [("",) * 4] * 2
    url = loaded.engine.url.render_as_string(hide_password=False)
    app = create_app(replace(settings, database_url=url))
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/dang-nhap", data={"login": "quan-tri.longbien", "password": demo.PASSWORD})
    with scope(loaded.engine, loaded.tenants["longbien"]) as session:
        ward = session.get_one(Organisation, (session.tenant_id, asked.organisation_id)).public_id
    page = Page(client.get(f"/to-chuc/{ward}/theo-tieu-chi?nam=2023"))
    shown = next(row for row in page.rows if row[0].startswith("Chi bộ Tổ dân phố số 1"))
    assert shown[2:6] == [f"{points} điểm" for points in given[:4]]
    assert ": cho điểm, tối đa 30" in page.words
    book = client.get(f"/to-chuc/{ward}/theo-tieu-chi?nam=2023&dang=xlsx").data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    with app.app_context():
        db.engine.dispose()
    [row] = [row for row in rows if "Chi bộ Tổ dân phố số 1" in row]
    assert [figure(Decimal(str(cell))) for cell in row if isinstance(cell, float)][1:5] == given[:4]


def body_called(session: TenantSession, name: str) -> int:
    found = select(OrganisationPeriod.organisation_id).where(OrganisationPeriod.name == name)
    return session.scalars(found).one()


OF_CELLS = {
    "bang-tu-danh-gia",
    "bao-cao",
    "bao-cao-dang-phi",
    "bien-ban",
    "chuong-trinh",
    "dang-ky",
    "diem-danh",
    "giay-moi",
    "ky-ten",
    "nghi-quyet",
    "to-trinh",
    "tu-cham-diem",
}
OF_WARDS = {"bao-cao", "bao-cao-dang-phi", "bieu-tong-hop", "quyet-dinh"}


@pytest.mark.parametrize("code", [plan.code for plan in TENANTS])
def test_every_kind_of_paper_of_a_committee_can_be_looked_at(
    loaded: Demonstration, settings: Settings, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", loaded.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    monkeypatch.setenv("BONTOT_SECRET_KEY", settings.secret_key)
    done = CliRunner().invoke(main, ["papers", "--tenant", code, "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    made = {Path(line).name for line in done.output.split()}
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{name}.{form}" for name in made for form in ("pdf", "docx")
    }
    found: dict[str, set[str]] = {"subordinate_cell": set(), "grassroots_committee": set()}
    for name in made:
        who, _, what = name.partition("-")
        found.setdefault(who, set()).add(re.sub(r"-(\d+|\d{4}-\d\d|\d{4}-Q\d)$", "", what))
    with scope(loaded.engine, PLATFORM) as session:
        pledging = today(session).month >= start.FIRST_MONTH or code == "tayho"
    assert OF_CELLS - found["subordinate_cell"] == (set() if pledging else {"dang-ky"})
    assert OF_WARDS - found["grassroots_committee"] == set()
