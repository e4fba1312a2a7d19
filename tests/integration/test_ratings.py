"""The yearly rating: who is rated, what is kept of it, and the cap on the best."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from bontot.access import Role
from bontot.db.models import AnnualRating, FrameAdoption, Member, MemberState, ThresholdOverride
from bontot.db.models.member import RATINGS
from bontot.db.tenancy import scope
from bontot.errors import InvalidFields, NotAllowed, NotFound, Stale
from bontot.evaluation.incremental import changed
from bontot.registry import Registry
from bontot.services.ratings.reading import RatedLine, caps_exceeded, lines_of, places_of
from bontot.services.ratings.recording import Entry, may_rate, rate
from bontot.services.ratings.rules import Rules, rules_of
from tests.factories import Committee, make_committee

REGISTRY = Registry.load()
YEAR, TODAY = 2025, date(2026, 3, 1)
DAY = date(2025, 12, 20)


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    """Two cells of five, in a committee that keeps the national frame of the yearly rating."""
    made = make_committee(engine, unique, "nhà", members=5)
    with scope(made.engine, made.tenant_id) as session:
        session.add(
            FrameAdoption(
                policy_code="national_rating_2025",
                valid_from=date(2025, 8, 30),
                document="01-NQ/QU",
                entered_by="Quản trị",
            )
        )
    return made


def entry(levels: dict[int, str | None], **more: object) -> Entry:
    return Entry(levels=levels, decided_on=DAY, **more)  # type: ignore[arg-type]


def members(committee: Committee, cell: int = 0) -> list[int]:
    return [member_id for member_id, _ in committee.cells[cell].members]


def rated(committee: Committee, levels: Entry, cell: int = 0, role: Role = Role.COMMITTEE) -> tuple[int, str]:
    actor = committee.actor(role)
    with scope(committee.engine, committee.tenant_id) as session:
        return rate(session, actor, REGISTRY, committee.cells[cell].id, YEAR, levels, of_members=True)


def lines(committee: Committee, cell: int = 0) -> list[RatedLine]:
    with scope(committee.engine, committee.tenant_id) as session:
        rules = rules_of(session, REGISTRY, YEAR, TODAY)
        return lines_of(session, committee.cells[cell].id, YEAR, TODAY, rules, of_members=True)


def test_a_rating_keeps_its_day_document_and_votes_and_its_subject_is_judged_again(
    committee: Committee,
) -> None:
    one, two, *_ = members(committee)
    actor = committee.actor(Role.CELL_SECRETARY)
    given = entry({one: "good", two: "completed"}, votes={one: 4}, entitled=5, document=" 30-QĐ/ĐU ")
    with scope(committee.engine, committee.tenant_id) as session:
        assert rate(session, actor, REGISTRY, committee.cells[0].id, YEAR, given, of_members=True) == (2, "")
        assert changed(session)
    found = {line.id: line for line in lines(committee)}
    first, second = found[one], found[two]
    assert (first.level, first.decided_on, first.document, first.votes, first.entitled, first.version) == (
        "good",
        DAY,
        "30-QĐ/ĐU",
        4,
        5,
        1,
    )
    assert (second.level, second.votes, second.entitled) == ("completed", None, None)


def test_a_rating_is_changed_and_taken_back_by_its_version(committee: Committee) -> None:
    one, *_ = members(committee)
    rated(committee, entry({one: "good"}))
    with pytest.raises(Stale):
        rated(committee, entry({one: "completed"}))
    assert rated(committee, entry({one: "completed"}, versions={one: 1})) == (1, "")
    assert rated(committee, entry({one: "completed"}, versions={one: 0})) == (0, "")
    rated(committee, entry({one: None}, versions={one: 2}))
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(AnnualRating)).all() == []


def test_who_is_exempt_suspended_or_newly_admitted_is_not_rated(committee: Committee) -> None:
    """The frame asks for six months: admitted on 30/06 somebody is rated, on 02/07 not."""
    exempt, suspended, late, early, usual = members(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        for member_id, kind in ((exempt, "exempt"), (suspended, "suspended")):
            session.add(MemberState(member_id=member_id, kind=kind, valid_from=date(2025, 3, 1)))
        for member_id, day in ((late, date(2025, 7, 2)), (early, date(2025, 6, 30))):
            session.execute(update(Member).where(Member.id == member_id).values(admission_date=day))
    assert {line.id: line.left_out for line in lines(committee)} == {
        exempt: "exempt",
        suspended: "suspended",
        late: "newcomer",
        early: "",
        usual: "",
    }
    for member_id in (exempt, suspended, late):
        with pytest.raises(InvalidFields, match="không thuộc diện xếp loại"):
            rated(committee, entry({member_id: "good", usual: "good"}))
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(AnnualRating)).all() == []


def decide_on_cap(committee: Committee, value: str) -> None:
    """The committee says whether more than the cap may be excellent."""
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            ThresholdOverride(
                policy_code="national_rating_2025",
                key="qd366.over_cap",
                value=value,
                valid_from=date(2025, 9, 1),
                document="02-NQ/QU",
                entered_by="Quản trị",
            )
        )


def test_more_than_the_cap_is_warned_of_or_where_the_committee_says_so_refused(committee: Committee) -> None:
    """Of ten good or better in the ward's two cells two may be excellent, wherever they are."""
    first, second = members(committee), members(committee, 1)
    rated(committee, entry(dict.fromkeys(second, "good")), 1)
    levels: dict[int, str | None] = dict.fromkeys(first, "good")
    assert rated(committee, entry(levels | {first[0]: "excellent", first[1]: "excellent"}))[1] == ""
    one_more = entry(levels | dict.fromkeys(first[:3], "excellent"), versions=dict.fromkeys(first, 1))
    said = (
        "3 đảng viên hoàn thành xuất sắc nhiệm vụ, nhiều nhất được 2"
        " (20 % của số được xếp hoàn thành tốt nhiệm vụ trở lên)."
    )
    decide_on_cap(committee, "forbidden")
    with pytest.raises(InvalidFields) as refusal:
        rated(committee, one_more)
    assert refusal.value.errors == {"levels": f"{said} Quy định không cho vượt."}
    decide_on_cap(committee, "allowed")
    assert rated(committee, one_more) == (1, said)
    with scope(committee.engine, committee.tenant_id) as session:
        rules = rules_of(session, REGISTRY, YEAR, TODAY)
        assert rules is not None
        places = places_of(session, frozenset(cell.id for cell in committee.cells), YEAR, TODAY, rules)
        assert [(line.name, line.rateable, line.counts["excellent"]) for line in places] == [
            ("Chi bộ nhà số 1", 5, 3),
            ("Chi bộ nhà số 2", 5, 0),
        ]
        assert caps_exceeded(rules, places) == [("Phường nhà", said)]


def test_two_cells_rated_at_once_do_not_pass_the_cap_together(committee: Committee) -> None:
    decide_on_cap(committee, "forbidden")
    first, second = (entry(dict.fromkeys(members(committee, cell), "good")) for cell in (0, 1))
    for place, levels in enumerate((first, second)):
        rated(committee, levels, place)
    best = [
        entry(
            dict.fromkeys(members(committee, cell)[:2], "excellent"),
            versions=dict.fromkeys(members(committee, cell), 1),
        )
        for cell in (0, 1)
    ]
    place, actor = committee.cells[0].id, committee.actor(Role.COMMITTEE)
    with ThreadPoolExecutor(1) as other:
        with scope(committee.engine, committee.tenant_id) as session:
            rate(session, actor, REGISTRY, place, YEAR, best[0], of_members=True)
            waiting = other.submit(rated, committee, best[1], 1)
            assert not wait([waiting], 0.5).done
        with pytest.raises(InvalidFields, match="không cho vượt"):
            waiting.result()


def test_without_a_frame_nothing_is_held_against_a_cap(engine: Engine, unique: str) -> None:
    bare = make_committee(engine, unique, "nhà", members=2)
    with scope(bare.engine, bare.tenant_id) as session:
        assert rules_of(session, REGISTRY, YEAR, TODAY) is None
    assert rated(bare, entry(dict.fromkeys(members(bare), "excellent"))) == (2, "")


@given(st.lists(st.sampled_from(RATINGS), max_size=60), st.sampled_from(["good", "good_or_better", "all"]))
def test_the_most_is_the_floor_of_the_share(levels: list[str], base: str) -> None:
    rules = Rules(frame="", caps={True: Decimal(20)}, base=base, may_exceed=True, newcomers=None)
    counted = {"good": {"good"}, "good_or_better": {"good", "excellent"}, "all": set(RATINGS)}[base]
    within = sum(level in counted for level in levels)
    most = rules.most(levels, of_members=True)
    assert most * 5 <= within < (most + 1) * 5


def test_votes_and_days_that_cannot_be_are_refused_at_their_fields(committee: Committee) -> None:
    (one, name), (two, other), *_ = committee.cells[0].members
    for typed, wrong in (
        (
            entry({one: "good"}, votes={one: 4}),
            {"entitled": "Ghi số người được biểu quyết khi có ghi số phiếu."},
        ),
        (
            entry({one: "good"}, votes={one: 6}, entitled=5),
            {f"votes-{name}": "Nguyễn nhà An: số phiếu từ 0 đến 5."},
        ),
        (
            entry({two: None}, votes={two: 1}, entitled=5),
            {f"level-{other}": "Nguyễn nhà Bình: có số phiếu thì chọn mức."},
        ),
        (entry({one: "best"}), {f"level-{name}": "Nguyễn nhà An: chọn mức trong danh sách."}),
    ):
        with pytest.raises(InvalidFields) as refusal:
            rated(committee, typed)
        assert refusal.value.errors == wrong
    with pytest.raises(InvalidFields, match="Ngày phải từ 01/01/2025"):
        rated(committee, replace(entry({one: "good"}), decided_on=date(2024, 12, 31)))


def test_a_secretary_rates_the_own_members_only(committee: Committee) -> None:
    secretary, member = committee.actor(Role.CELL_SECRETARY), committee.actor(Role.MEMBER)
    own, other = (cell.id for cell in committee.cells)
    assert [
        may_rate(secretary, place, of_members=people)
        for place, people in ((own, True), (other, True), (own, False))
    ] == [
        True,
        False,
        False,
    ]
    with pytest.raises(NotFound):
        rated(committee, entry({members(committee, 1)[0]: "good"}), 1, Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session, pytest.raises(NotAllowed):
        rate(session, member, REGISTRY, own, YEAR, entry({}), of_members=True)
    with pytest.raises(NotFound):
        rated(committee, entry({members(committee, 1)[0]: "good"}))


def test_a_ward_rates_its_cells(committee: Committee) -> None:
    one, two = (cell.id for cell in committee.cells)
    actor = committee.actor(Role.COMMITTEE)
    with scope(committee.engine, committee.tenant_id) as session:
        done = rate(
            session,
            actor,
            REGISTRY,
            committee.ward.id,
            YEAR,
            entry({one: "excellent", two: "good"}, document="31-QĐ/ĐU"),
            of_members=False,
        )
    assert done == (
        2,
        "1 chi bộ hoàn thành xuất sắc nhiệm vụ, nhiều nhất được 0"
        " (20 % của số được xếp hoàn thành tốt nhiệm vụ trở lên).",
    )
