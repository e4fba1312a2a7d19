"""What happens to a member, one dated event at a time: what it changes in the three counts, what is refused, and how it is
taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text

from bontot.access import Role
from bontot.db.models import (
    AuditEvent,
    Fee,
    Member,
    MemberEvent,
    Membership,
    MemberState,
    Post,
    ResidenceRemark,
)
from bontot.db.models.member import EVENTS
from bontot.db.rolls import counted_on
from bontot.db.tenancy import TenantSession, scope, tenant_tables
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale
from bontot.evaluation.facts import RecordedFacts
from bontot.evaluation.incremental import changed
from bontot.evaluation.period import Period
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.services.people.admitting import Admission, admit, consider_admission
from bontot.services.people.consequences import Consequences, Shift
from bontot.services.people.due import badges_due, occasions, party_age, probation_due
from bontot.services.people.events import APPLY, BADGES, Entry
from bontot.services.people.history import events_of, version_of
from bontot.services.people.recording import (
    consider,
    record,
    record_instead,
    take_back_last,
)
from tests.factories import Committee, make_committee

DAY = date(2026, 7, 1)
PAPER = {"document": "12-QĐ/ĐU", "document_day": date(2026, 6, 20)}
ALL = ("headcount", "attendance", "voting")


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    """Two cells of ten in one ward."""
    return make_committee(engine, unique, "nhà")


def entry(kind: str, **given: Any) -> Entry:
    values: dict[str, Any] = {"kind": kind, "day": DAY} | PAPER | given
    return Entry(**values)


def counts(session: TenantSession, committee: Committee, day: date = DAY) -> dict[str, list[int]]:
    """How many are counted in each cell, each of the three ways."""
    cells = [cell.id for cell in committee.cells]
    found = counted_on(session, cells, day)
    return {use: [len(found[use, cell]) for cell in cells] for use in ALL}


def member_of(committee: Committee, place: int = 3, cell: int = 0) -> int:
    return committee.cells[cell].members[place][0]


def done(
    committee: Committee, what: Entry, *, member: int | None = None, role: Role = Role.TENANT_ADMIN
) -> dict[str, list[int]]:
    """The counts once an event is recorded."""
    who = member_of(committee) if member is None else member
    with scope(committee.engine, committee.tenant_id) as session:
        record(session, committee.actor(role), who, what, version_of(session, who))
        return counts(session, committee)


def refused(committee: Committee, what: Entry, *, member: int | None = None) -> dict[str, str]:
    """What a form would say, by field; nothing is written."""
    who = member_of(committee) if member is None else member
    before = fingerprint(committee)
    with pytest.raises(InvalidInput) as refusal, scope(committee.engine, committee.tenant_id) as session:
        record(session, committee.actor(Role.TENANT_ADMIN), who, what, version_of(session, who))
    assert fingerprint(committee) == before
    return refusal.value.errors


def fingerprint(committee: Committee) -> dict[str, str]:
    """What every table of the committee says."""
    with scope(committee.engine, committee.tenant_id) as session:
        return {
            table: session.execute(
                text(f"SELECT coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} t")
            ).scalar_one()
            for table in tenant_tables()
        }


BEFORE = {"headcount": [10, 10], "attendance": [10, 10], "voting": [10, 10]}


@pytest.mark.parametrize(
    ("what", "headcount", "attendance", "voting"),
    [
        (entry("official_transfer"), [9, 11], [9, 11], [9, 11]),
        (entry("temporary_transfer", until=date(2026, 9, 30)), [10, 10], [9, 11], [9, 10]),
        (entry("exempt"), [10, 10], [9, 10], [9, 10]),
        (entry("suspended"), [10, 10], [9, 10], [9, 10]),
        (entry("special_duty"), [10, 10], [9, 10], [10, 10]),
        (entry("seconded_abroad"), [10, 10], [10, 10], [10, 10]),
        (entry("post", chosen="deputy_secretary", term="2025–2027"), [10, 10], [10, 10], [10, 10]),
        *(
            (entry(end), [9, 10], [9, 10], [9, 10])
            for end in ("transferred_out", "removed", "expelled", "resigned")
        ),
        (entry("deceased", document="", document_day=None), [9, 10], [9, 10], [9, 10]),
    ],
    ids=lambda given: given.kind if isinstance(given, Entry) else "",
)
def test_each_event_changes_the_counts_its_rule_names_from_its_day_on(
    committee: Committee, what: Entry, headcount: list[int], attendance: list[int], voting: list[int]
) -> None:
    target = committee.cells[1].id if "transfer" in what.kind else committee.cells[0].id
    if what.kind in ("official_transfer", "temporary_transfer", "post"):
        what = replace(what, organisation_id=target)
    assert done(committee, what) == {"headcount": headcount, "attendance": attendance, "voting": voting}
    with scope(committee.engine, committee.tenant_id) as session:
        assert counts(session, committee, date(2026, 6, 30)) == BEFORE
        [line] = events_of(session, member_of(committee))
    said = None if what.kind == "deceased" else "12-QĐ/ĐU ngày 20/06/2026"
    assert (line.kind, line.day, line.document) == (what.kind, DAY, said)


def test_after_the_last_day_of_a_temporary_transfer_everything_is_as_before(committee: Committee) -> None:
    done(
        committee,
        entry("temporary_transfer", until=date(2026, 9, 30), organisation_id=committee.cells[1].id),
    )
    with scope(committee.engine, committee.tenant_id) as session:
        assert counts(session, committee, date(2026, 9, 30))["attendance"] == [9, 11]
        assert counts(session, committee, date(2026, 10, 1)) == BEFORE


def test_coming_back_and_resuming_end_what_had_begun(committee: Committee) -> None:
    done(committee, entry("temporary_transfer", organisation_id=committee.cells[1].id))
    back = entry("return", day=date(2026, 8, 1), document="", document_day=None)
    done(committee, back)
    done(committee, entry("exempt", day=date(2026, 8, 2)))
    done(
        committee, entry("resumption", day=date(2026, 8, 20), chosen="exempt", document="", document_day=None)
    )
    with scope(committee.engine, committee.tenant_id) as session:
        found = [counts(session, committee, date(2026, 8, day))["attendance"] for day in (1, 2, 19, 20)]
    assert found == [[10, 10], [9, 10], [9, 10], [10, 10]]


def test_a_transfer_ends_the_posts_of_the_old_cell(committee: Committee) -> None:
    secretary = member_of(committee, 0)
    done(committee, entry("official_transfer", organisation_id=committee.cells[1].id), member=secretary)
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(Post.valid_to)).all() == [DAY]


def test_what_still_held_ends_with_membership(committee: Committee) -> None:
    done(committee, entry("exempt", day=date(2026, 3, 1)))
    done(committee, entry("deceased"))
    with scope(committee.engine, committee.tenant_id) as session:
        who = member_of(committee)
        ends = session.execute(
            select(Membership.valid_to, MemberState.valid_to, Member.ended_on, Member.end_kind)
            .join(MemberState, MemberState.member_id == Membership.member_id)
            .join(Member, Member.id == Membership.member_id)
            .where(Membership.member_id == who)
        ).one()
    assert tuple(ends) == (DAY, DAY, DAY, "deceased")
    assert refused(committee, entry("exempt", day=date(2026, 8, 1))) == {
        "day": "Đồng chí Nguyễn nhà Dung không còn trong danh sách từ 01/07/2026."
    }


NAME = "Nguyễn nhà Dung"


@pytest.mark.parametrize(
    ("what", "where", "errors"),
    [
        (entry("exempt", day=date(2090, 1, 1)), None, {"day"}),
        (entry("exempt", document=""), None, {"document"}),
        (entry("exempt", document_day=None), None, {"document_day"}),
        (entry("exempt", document="", document_day=None), None, {"document", "document_day"}),
        (entry("exempt", until=date(2026, 6, 1)), None, {"until"}),
        (entry("exempt", day=date(2014, 12, 31)), None, {"day"}),
        (entry("official_transfer"), None, {"organisation"}),
        (entry("official_transfer"), "own cell", {"organisation"}),
        (entry("official_transfer"), "ward", {"organisation"}),
        (entry("official_transfer", day=date(2015, 1, 1)), "other cell", {"day"}),
        (entry("return"), None, {"day"}),
        (entry("resumption", chosen="exempt"), None, {"day"}),
        (entry("resumption", chosen="không có"), None, {"chosen"}),
        (entry("recognition"), None, {"day"}),
        (entry("post", chosen="secretary"), "own cell", {"chosen"}),
        (entry("post", chosen="chúa"), "own cell", {"chosen"}),
        (entry("post", chosen="secretary"), None, {"organisation"}),
        (entry("end_of_post", chosen="1"), None, {"chosen"}),
        (entry("residence_link", place="Chi bộ 9"), None, {"place"}),
        (entry("residence_remark", year=2020), None, {"year"}),
        (entry("party_badge", chosen="35"), None, {"chosen"}),
        (entry("party_badge", chosen="30"), None, {"day"}),
    ],
    ids=lambda given: given.kind if isinstance(given, Entry) else "",
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_written(
    committee: Committee, what: Entry, where: str | None, errors: set[str]
) -> None:
    places = {"own cell": committee.cells[0], "other cell": committee.cells[1], "ward": committee.ward}
    found = refused(committee, replace(what, organisation_id=places[where].id if where else None))
    assert set(found) == errors
    assert all(sentence.endswith(".") for sentence in found.values())


def test_the_same_interval_twice_is_refused_with_when_the_first_began(committee: Committee) -> None:
    done(committee, entry("exempt"))
    assert refused(committee, entry("exempt", day=date(2026, 8, 1))) == {
        "day": "Khoảng thời gian này chồng lên khoảng đã có, bắt đầu ngày 01/07/2026."
    }
    assert refused(committee, entry("temporary_transfer", organisation_id=committee.cells[0].id)) == {
        "organisation": "Chi bộ mới phải là một chi bộ khác."
    }


def test_who_is_away_for_a_while_comes_back_before_moving_for_good(committee: Committee) -> None:
    done(committee, entry("temporary_transfer", organisation_id=committee.cells[1].id))
    moving = entry("official_transfer", day=date(2026, 8, 1), organisation_id=committee.cells[1].id)
    assert refused(committee, moving) == {
        "day": f"Đồng chí {NAME} đang chuyển sinh hoạt tạm thời từ 01/07/2026; hãy ghi việc trở về trước."
    }


def test_a_second_secretary_is_refused_by_name_until_the_first_has_left(committee: Committee) -> None:
    taking = entry("post", chosen="secretary", organisation_id=committee.cells[0].id)
    assert refused(committee, taking) == {
        "chosen": "Đồng chí Nguyễn nhà An đang là bí thư Chi bộ nhà số 1; hãy ghi thôi chức vụ ấy trước."
    }
    with scope(committee.engine, committee.tenant_id) as session:
        held = session.scalars(select(Post.id)).one()
    done(committee, entry("end_of_post", chosen=str(held)), member=member_of(committee, 0))
    done(committee, taking)
    with scope(committee.engine, committee.tenant_id) as session:
        found = session.execute(
            select(Post.member_id, Post.valid_from, Post.valid_to).order_by(Post.id)
        ).all()
    assert [tuple(row) for row in found] == [
        (member_of(committee, 0), date(2015, 1, 1), DAY),
        (member_of(committee), DAY, None),
    ]


def newcomer(**given: Any) -> Admission:
    good: dict[str, Any] = {
        "full_name": "Trần Thị Mới",
        "birth_date": date(2000, 2, 29),
        "female": True,
        "employment": "working",
        "ceremony": date(2025, 6, 2),
        "document": "07-QĐ/ĐU",
        "document_day": date(2025, 5, 26),
    }
    return Admission(**(good | given))


def admitted(committee: Committee, given: Admission | None = None, role: Role = Role.COMMITTEE) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        admit(session, committee.actor(role), committee.cells[0].id, given or newcomer())
        return session.scalars(select(Member.id).order_by(Member.id.desc()).limit(1)).one()


def test_who_is_admitted_is_required_from_the_ceremony_and_votes_once_recognised(
    committee: Committee,
) -> None:
    who = admitted(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        assert counts(session, committee, date(2025, 6, 1)) == BEFORE
        assert counts(session, committee, date(2025, 6, 2)) == {
            "headcount": [11, 10],
            "attendance": [11, 10],
            "voting": [10, 10],
        }
        member = session.scalars(select(Member).where(Member.id == who)).one()
        assert (member.admission_date, member.official_date) == (date(2025, 5, 26), None)
    early = entry("recognition", day=date(2026, 6, 1))
    assert refused(committee, early, member=who) == {
        "day": "Đồng chí Trần Thị Mới hết 12 tháng dự bị ngày 02/06/2026; không công nhận trước ngày đó."
    }
    late = entry("recognition", day=date(2026, 7, 15))
    assert refused(committee, late, member=who) == {
        "day": "Ngày chính thức tính từ khi hết 12 tháng dự bị, dù quyết định sau: hãy ghi 02/06/2026."
    }
    done(committee, entry("recognition", day=date(2026, 6, 2)), member=who)
    with scope(committee.engine, committee.tenant_id) as session:
        assert [counts(session, committee, date(2026, 6, day))["voting"] for day in (1, 2)] == [
            [10, 10],
            [11, 10],
        ]


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"full_name": "Mới"}, {"full_name"}),
        ({"birth_date": date(2010, 1, 1)}, {"birth"}),
        ({"ceremony": date(2025, 5, 25)}, {"day"}),
        ({"ceremony": date(2090, 5, 25)}, {"day"}),
        ({"document": " "}, {"document"}),
        ({"employment": "vua"}, {"employment"}),
        ({"full_name": "Nguyễn nhà An", "birth_date": date(1950, 1, 1)}, {"full_name"}),
        ({"full_name": "Mới", "document": "", "employment": ""}, {"full_name", "document", "employment"}),
    ],
)
def test_an_admission_that_does_not_fit_is_said_whole(
    committee: Committee, given: dict[str, Any], errors: set[str]
) -> None:
    before = fingerprint(committee)
    with pytest.raises(InvalidInput) as refusal:
        admitted(committee, newcomer(**given))
    assert set(refusal.value.errors) == errors
    assert fingerprint(committee) == before


def test_before_it_is_written_an_event_says_whose_counts_it_changes(committee: Committee) -> None:
    before = fingerprint(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        admin = committee.actor(Role.TENANT_ADMIN)
        moved = consider(
            session,
            admin,
            member_of(committee),
            entry("official_transfer", organisation_id=committee.cells[1].id),
        )
        new = consider_admission(session, admin, committee.cells[1].id, newcomer())
        assert not changed(session)
    first, second = (cell.name for cell in committee.cells)
    assert moved.by_cell == {
        first: [Shift(first, use, 10, 9) for use in ALL],
        second: [Shift(second, use, 10, 11) for use in ALL],
    }
    assert new == Consequences((Shift(second, "headcount", 10, 11), Shift(second, "attendance", 10, 11)))
    assert fingerprint(committee) == before


def test_taking_back_the_last_event_leaves_everything_as_it_was_and_the_trail(committee: Committee) -> None:
    who = member_of(committee, 0)
    admin = committee.actor(Role.TENANT_ADMIN)
    tables = {table for table in tenant_tables() if table != "audit_event"}
    before = fingerprint(committee)
    done(committee, entry("official_transfer", organisation_id=committee.cells[1].id), member=who)
    with scope(committee.engine, committee.tenant_id) as session:
        version = version_of(session, who)
        with pytest.raises(InvalidInput, match="Cần ghi lý do"):
            take_back_last(session, admin, who, version, " ")
        take_back_last(session, admin, who, version, "ghi nhầm người")
        assert changed(session)
    after = fingerprint(committee)
    assert {table: after[table] for table in tables} == {table: before[table] for table in tables}
    with scope(committee.engine, committee.tenant_id) as session:
        [kept] = session.scalars(
            select(AuditEvent.detail).where(AuditEvent.action == "take_back_member_event")
        )
    assert kept["reason"] == "ghi nhầm người"
    assert (kept["before"]["kind"], kept["before"]["day"]) == ("official_transfer", "2026-07-01")


def test_an_interval_cut_short_has_its_own_end_again_once_that_is_taken_back(committee: Committee) -> None:
    who, end = member_of(committee), date(2026, 9, 30)
    done(committee, entry("exempt", until=end))
    done(committee, entry("resumption", day=date(2026, 8, 1), chosen="exempt"))
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(MemberState.valid_to)).all() == [date(2026, 8, 1)]
        take_back_last(
            session, committee.actor(Role.TENANT_ADMIN), who, version_of(session, who), "ghi nhầm người"
        )
        assert session.scalars(select(MemberState.valid_to)).all() == [date(2026, 10, 1)]


def test_a_correction_stands_in_place_of_the_last_event(committee: Committee) -> None:
    who, admin = member_of(committee), committee.actor(Role.TENANT_ADMIN)
    done(committee, entry("exempt"))
    with scope(committee.engine, committee.tenant_id) as session:
        right = entry("exempt", day=date(2026, 7, 15))
        record_instead(session, admin, who, right, version_of(session, who), "ghi nhầm ngày")
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(MemberState.valid_from)).all() == [date(2026, 7, 15)]
        assert [line.day for line in events_of(session, who)] == [date(2026, 7, 15)]


def test_what_was_recorded_further_by_other_ways_is_never_undone(committee: Committee) -> None:
    who = member_of(committee)
    done(committee, entry("exempt"))
    with scope(committee.engine, committee.tenant_id) as session:
        session.scalars(select(MemberState)).one().valid_to = date(2026, 9, 1)
    before = fingerprint(committee)
    with (
        pytest.raises(InvalidInput, match="Hồ sơ đã được ghi tiếp sau việc này"),
        scope(committee.engine, committee.tenant_id) as session,
    ):
        take_back_last(session, committee.actor(Role.TENANT_ADMIN), who, version_of(session, who), "nhầm")
    assert fingerprint(committee) == before


def test_an_admission_is_taken_back_only_while_nothing_else_speaks_of_the_member(
    committee: Committee,
) -> None:
    who, admin = admitted(committee), committee.actor(Role.TENANT_ADMIN)
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(Fee(member_id=who, month=date(2026, 7, 1), due=5000, paid=0))
    with (
        pytest.raises(InvalidInput, match="Đã có điểm danh, đảng phí hoặc hồ sơ khác"),
        scope(committee.engine, committee.tenant_id) as session,
    ):
        take_back_last(session, admin, who, version_of(session, who), "nhầm")
    with scope(committee.engine, committee.tenant_id) as session:
        session.delete(session.scalars(select(Fee)).one())
    with scope(committee.engine, committee.tenant_id) as session:
        take_back_last(session, admin, who, version_of(session, who), "nhầm")
        assert session.scalar(select(func.count()).select_from(Member).where(Member.id == who)) == 0


def test_of_two_who_write_at_once_the_second_is_told(committee: Committee) -> None:
    who, admin = member_of(committee), committee.actor(Role.TENANT_ADMIN)
    done(committee, entry("exempt"))
    with pytest.raises(Stale), scope(committee.engine, committee.tenant_id) as session:
        record(session, admin, who, entry("suspended"), 0)


@pytest.mark.parametrize("role", [Role.CELL_SECRETARY, Role.MEMBER])
def test_only_an_admin_or_a_committee_records_events(committee: Committee, role: Role) -> None:
    with pytest.raises(NotAllowed):
        done(committee, entry("exempt"), role=role)
    with pytest.raises(NotAllowed):
        admitted(committee, role=role)


def another_ward(committee: Committee) -> int:
    """A cell under the district and not under the ward, with one member moved into it; its id."""
    with scope(committee.engine, committee.tenant_id) as session:
        session.execute(
            text("UPDATE organisation_period SET parent_id = :root WHERE organisation_id = :cell"),
            {"root": committee.root.id, "cell": committee.cells[1].id},
        )
    return committee.cells[1].id


def test_a_committee_reaches_neither_another_wards_members_nor_its_cells(committee: Committee) -> None:
    elsewhere = another_ward(committee)
    with pytest.raises(NotFound), scope(committee.engine, committee.tenant_id) as session:
        admit(session, committee.actor(Role.COMMITTEE), elsewhere, newcomer())
    with pytest.raises(NotFound):
        done(committee, entry("exempt"), member=member_of(committee, 3, 1), role=Role.COMMITTEE)
    with pytest.raises(InvalidInput, match="Xin chọn tổ chức trong danh sách"):
        done(committee, entry("official_transfer", organisation_id=elsewhere), role=Role.COMMITTEE)
    done(committee, entry("official_transfer", organisation_id=elsewhere))
    with pytest.raises(NotFound):
        done(committee, entry("exempt", day=date(2026, 8, 1)), role=Role.COMMITTEE)


def test_a_committee_does_not_take_back_what_brought_a_member_from_another_ward(committee: Committee) -> None:
    another_ward(committee)
    who = member_of(committee, 3, 1)
    done(committee, entry("official_transfer", organisation_id=committee.cells[0].id), member=who)
    with pytest.raises(NotAllowed), scope(committee.engine, committee.tenant_id) as session:
        take_back_last(session, committee.actor(Role.COMMITTEE), who, version_of(session, who), "nhầm")
    with scope(committee.engine, committee.tenant_id) as session:
        take_back_last(session, committee.actor(Role.TENANT_ADMIN), who, version_of(session, who), "nhầm")
        assert counts(session, committee) == BEFORE


def test_an_event_touches_nothing_of_another_committee(
    committee: Committee, engine: Engine, unique: str
) -> None:
    other = make_committee(engine, f"{unique}-khac", "MỒI")
    before = fingerprint(other)
    done(committee, entry("official_transfer", organisation_id=committee.cells[1].id))
    foreign: list[Callable[[TenantSession], object]] = [
        lambda session: record(
            session, committee.actor(Role.TENANT_ADMIN), member_of(other), entry("exempt"), 0
        ),
        lambda session: admit(session, committee.actor(Role.TENANT_ADMIN), other.cells[0].id, newcomer()),
    ]
    for act in foreign:
        with pytest.raises(NotFound), scope(committee.engine, committee.tenant_id) as session:
            act(session)
    assert refused(
        committee, entry("post", chosen="committee_member", organisation_id=other.cells[0].id)
    ) == {"organisation": "Xin chọn tổ chức trong danh sách."}
    assert fingerprint(other) == before


def test_the_remark_of_where_one_lives_and_a_badge_are_kept_once(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        member = session.get(Member, (committee.tenant_id, member_of(committee)))
        assert member is not None
        member.employment, member.admission_date = "working", date(1996, 8, 1)
    done(committee, entry("residence_link", place="Chi bộ 9, phường Bưởi"))
    done(committee, entry("residence_remark", year=2026, document="", document_day=None))
    done(committee, entry("party_badge", chosen="30"))
    assert refused(committee, entry("residence_remark", year=2026)) == {
        "year": "Nhận xét năm 2026 đã được ghi."
    }
    assert refused(committee, entry("party_badge", chosen="30")) == {
        "chosen": "Huy hiệu 30 năm tuổi Đảng đã được ghi."
    }
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(ResidenceRemark.year)).all() == [2026]
        assert session.scalar(select(func.count()).select_from(MemberEvent)) == 3


def test_every_kind_of_event_has_its_rule() -> None:
    assert sorted([*APPLY, "admission"]) == sorted(EVENTS)
    assert BADGES == (30, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90)


def test_probation_is_due_a_year_after_the_ceremony_or_the_admission_two_months_ahead(
    committee: Committee,
) -> None:
    admitted(committee)
    names = {"An": date(2025, 7, 1), "Bình": date(2025, 9, 1), "Cường": date(2025, 9, 2)}
    with scope(committee.engine, committee.tenant_id) as session:
        for given, begun in names.items():
            member = session.scalars(
                select(Member).where(Member.full_name == f"Nguyễn nhà {given}").order_by(Member.id).limit(1)
            ).one()
            member.admission_date, member.official_date = begun, None
        within = frozenset(cell.id for cell in committee.cells)
        found = probation_due(session, within, DAY)
        elsewhere = probation_due(session, frozenset({committee.cells[1].id}), DAY)
    assert [(one.full_name, one.begun, one.due, one.from_ceremony, one.limit) for one in found] == [
        ("Trần Thị Mới", date(2025, 6, 2), date(2026, 6, 2), True, date(2026, 7, 14)),
        ("Nguyễn nhà An", date(2025, 7, 1), date(2026, 7, 1), False, date(2026, 8, 12)),
        ("Nguyễn nhà Bình", date(2025, 9, 1), date(2026, 9, 1), False, date(2026, 10, 14)),
    ]
    assert elsewhere == []


def test_badges_fall_to_the_first_occasion_on_or_after_the_day_and_are_listed_until_awarded(
    committee: Committee,
) -> None:
    days = {
        0: date(1996, 5, 19),  # reached on the occasion before: no longer due
        1: date(1996, 5, 20),
        2: date(1976, 9, 2),
        3: date(1986, 9, 3),
        4: date(1991, 8, 1),  # thirty-five years: no badge
        5: date(1967, 5, 19),
        6: date(1967, 5, 20),  # after the fourth occasion
    }
    with scope(committee.engine, committee.tenant_id) as session:
        for place, day in days.items():
            member = session.get(Member, (committee.tenant_id, member_of(committee, place)))
            assert member is not None
            member.admission_date = day

    def due() -> list[tuple[date, list[tuple[str, int]]]]:
        days = occasions(DAY)
        with scope(committee.engine, committee.tenant_id) as session:
            return [
                (
                    until,
                    [
                        (badge.full_name[11:], badge.years)
                        for badge in badges_due(
                            session, frozenset({committee.cells[0].id}), DAY, since, until
                        )
                    ],
                )
                for since, until in pairwise(days)
            ]

    assert due() == [
        (date(2026, 9, 2), [("Bình", 30), ("Cường", 50)]),
        (date(2026, 11, 7), [("Dung", 40)]),
        (date(2027, 2, 3), []),
        (date(2027, 5, 19), [("Giang", 60)]),
    ]
    done(committee, entry("party_badge", chosen="30"), member=member_of(committee, 1))
    assert due()[0] == (date(2026, 9, 2), [("Cường", 50)])


def test_party_age_is_whole_years_from_the_admission_decision() -> None:
    admission = date(1996, 2, 29)
    days = (date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 29))
    assert [party_age(admission, day) for day in days] == [29, 30, 32]


def test_an_admission_counts_in_the_year_of_its_decision_for_the_cell_of_the_ceremony(
    committee: Committee,
) -> None:
    admitted(committee, newcomer(ceremony=date(2026, 1, 5), document_day=date(2025, 12, 29)))
    metric = Registry.load().metrics[Subject.CELL, "admissions"]
    counted = {}
    with scope(committee.engine, committee.tenant_id) as session:
        for year in (2025, 2026):
            facts = RecordedFacts(session.connection(), Period(year, date(year, 12, 31)), {}, tuple)
            counted[year] = [(who, part) for who, part, _ in metric.count(facts) if part]
    assert counted == {2025: [(committee.cells[0].id, 1)], 2026: []}
