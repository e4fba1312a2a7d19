"""Đảng viên: who belongs where, in which state and in which post."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from bontot.db.models import Member, Membership, MemberState, Post
from bontot.errors import InvalidInput
from bontot.imports.columns import (
    Column,
    Known,
    Part,
    card,
    choice,
    day,
    known_day,
    last_day,
    phone,
    ticked,
    words,
)
from bontot.imports.intake import Intake, SheetKind
from bontot.imports.kinds.common import CARD, CELL, CELL_IF_NEEDED, MEMBER, ORGANISATION, reporting
from bontot.imports.kinds.known_members import ON_ROLL, is_new
from bontot.imports.on_record import Said
from bontot.imports.register import ADDRESSED, Org, Person, Span
from bontot.imports.table import Row
from bontot.services.people.rules import check_dates, check_exists, check_free, check_is_cell
from bontot.text import collation_key, search_key

POSTS = {
    "Bí thư": "secretary",
    "Phó bí thư": "deputy_secretary",
    "Chi ủy viên": "committee_member",
    "Cấp ủy viên phụ trách": "assigned_superior",
}
_MORE_POSTS = (
    ("Bí thư chi bộ", "secretary"),
    ("Phó bí thư chi bộ", "deputy_secretary"),
    ("Ủy viên", "committee_member"),
    ("Đảng ủy viên", "committee_member"),
    ("Cấp ủy viên", "committee_member"),
)
STATES = {
    "Miễn sinh hoạt": "exempt",
    "Đình chỉ sinh hoạt": "suspended",
    "Chuyển sinh hoạt tạm thời": "temporarily_out",
    "Nhiệm vụ đặc biệt": "special_duty",
    "Công tác nước ngoài": "seconded_abroad",
}
_MORE_STATES = (("Miễn công tác và sinh hoạt đảng", "exempt"), ("Miễn công tác, sinh hoạt đảng", "exempt"))
EMPLOYMENTS = {"Đang công tác": "working", "Nghỉ hưu": "retired", "Đi học": "studying", "Khác": "other"}
PROBATION = timedelta(days=366)  # twelve months; after that an official date is expected


def take_members(rows: list[Row], intake: Intake) -> None:
    """Enters each person at home in a cell, with the post and the state the list gives."""
    for row in rows:
        _leave_address_out(row)
        org = intake.organisation(row)
        if org is None or not _dates_in_order(row) or not is_new(row, org, intake):
            continue
        since = row.get("since") or _arrival(row, org)
        with reporting(row) as rules:
            check_is_cell(org, "organisation")
            check_exists(org, since, "since")
        if rules.kept and _state_is_whole(row):
            _enter(row, org, since, intake)


def _leave_address_out(row: Row) -> None:
    """How a list addresses a person is no part of the name."""
    written: str = row.values["full_name"]
    if address := ADDRESSED.match(written):
        row.values["full_name"] = written[address.end() :]
        row.warn("full_name", f"“{address[0].strip()}” là cách xưng hô nên không ghi vào họ tên.")


def _arrival(row: Row, org: Org) -> date:
    """Since when a person belongs to the cell, where the list does not say: admission, or the cell's founding."""
    admission: Known | None = row.get("admission")
    return max(admission.day, org.founded_on) if admission else org.founded_on


def _dates_in_order(row: Row) -> bool:
    birth, admission, official = row.get("birth"), row.get("admission"), row.get("official_date")
    with reporting(row) as rules:
        check_dates(birth and birth.day, admission and admission.day, official)
        if row.get("state") == "probationary" and official:
            raise InvalidInput("Ghi là dự bị nhưng có ngày chính thức; hãy sửa một trong hai.", "state")
    return rules.kept


def _state_is_whole(row: Row) -> bool:
    if row.get("state") in STATES.values() and "state_since" not in row.values:
        row.error("state_since", "Có tình trạng thì phải ghi từ ngày nào.")
        return False
    return True


def _enter(row: Row, org: Org, since: date, intake: Intake) -> None:
    values, full_name = row.values, row.values["full_name"]
    birth, admission = values.get("birth"), values.get("admission")
    record = {
        "full_name": full_name,
        "sort_key": collation_key(full_name),
        "search_key": search_key(full_name),
        "birth_date": birth.day if birth else None,
        "birth_precision": birth.precision if birth else "day",
        "admission_date": admission.day if admission else None,
        "admission_precision": admission.precision if admission else "day",
        "card_number": values.get("card"),
        "employment": values.get("employment", "other"),
        **{name: values.get(name) for name in ("female", "official_date", "phone")},
    }
    person = Person(
        full_name=full_name,
        birth_date=record["birth_date"],
        birth_precision=record["birth_precision"],
        card=record["card_number"],
        admission_date=record["admission_date"],
        row=record,
    )
    _warn_of_long_probation(row, admission, intake)
    intake.register.enter_person(person)
    intake.plan.add(Member, record, person)
    join(person, org, "home", since, None, intake)
    if values.get("state") in STATES.values():
        hold_state(row, person, values["state"], values["state_since"], values.get("state_until"), intake)
    if values.get("post"):
        _hold_post(row, person, org, values["post"], values.get("post_since", since), None, intake)


def _warn_of_long_probation(row: Row, admission: Known | None, intake: Intake) -> None:
    expected = admission is not None and admission.day + PROBATION < intake.register.today
    if expected and "official_date" not in row.values and row.get("state") != "probationary":
        row.warn("official_date", "Không có ngày chính thức nên được coi là đảng viên dự bị.")


def join(
    person: Person, org: Org, kind: str, since: date, until: date | None, intake: Intake, **more: Any
) -> None:
    """A membership to be written."""
    row = {
        "member_id": person,
        "organisation_id": org,
        "kind": kind,
        "valid_from": since,
        "valid_to": until,
        **more,
    }
    intake.register.enter_membership(person, Span(kind, since, until, org, row=row))
    intake.plan.add(Membership, row)


def free(row: Row, spans: list[Span], since: date, until: date | None, what: str, name: str) -> bool:
    """Whether `[since, until)` is an interval apart from `spans`; reports in column `name` when it is not."""
    try:
        check_free(((span.since, span.until) for span in spans), since, until, what, name)
    except InvalidInput as refusal:
        row.error(name, str(refusal))
        return False
    return True


def hold_state(
    row: Row,
    person: Person,
    kind: str,
    since: date,
    until: date | None,
    intake: Intake,
    document: str | None = None,
) -> None:
    """A state to be written, unless it overlaps another of its kind."""
    name = "state_since" if "state_since" in row.values else "valid_from"
    there = _there(person.states, kind, since)
    if there is not None:
        intake.on_record.hold(row, _of_span(row, MemberState, there, "document"))
    elif free(row, [s for s in person.states if s.kind == kind], since, until, "Khoảng thời gian này", name):
        record = {
            "member_id": person,
            "kind": kind,
            "valid_from": since,
            "valid_to": until,
            "document": document,
        }
        person.states.append(Span(kind, since, until, row=record))
        intake.plan.add(MemberState, record)


def _there(spans: Iterable[Span], kind: str, since: date) -> Span | None:
    """The span of a kind that is on record from a day on."""
    return next((one for one in spans if one.id is not None and (one.kind, one.since) == (kind, since)), None)


def _of_span(row: Row, table: type[Post | MemberState], there: Span, more: str) -> Iterator[Said]:
    for name in ("valid_to", more):
        yield Said(name, row.get(name), table, {"id": there.id}, (name,))


def _hold_post(
    row: Row, person: Person, org: Org, kind: str, since: date, until: date | None, intake: Intake
) -> None:
    name = "post_since" if "post_since" in row.values else "valid_from"
    held = [span for span in person.posts if span.kind == kind and span.organisation is org]
    there = _there(held, kind, since)
    if there is not None:
        intake.on_record.hold(row, _of_span(row, Post, there, "term"))
    elif intake.living(row, org, name) and free(row, held, since, until, "Thời gian giữ chức vụ", name):
        record = {
            "organisation_id": org,
            "member_id": person,
            "kind": kind,
            "valid_from": since,
            "valid_to": until,
            "term": row.get("term"),
        }
        person.posts.append(Span(kind, since, until, org, row=record))
        intake.plan.add(Post, record)


def take_states(rows: list[Row], intake: Intake) -> None:
    """Intervals in which a member is exempt, suspended, away or on special duty."""
    for row in rows:
        person = intake.person(row, intake.organisation(row))
        if person is not None:
            values = row.values
            until, document = values.get("valid_to"), values.get("document")
            hold_state(row, person, values["kind"], values["valid_from"], until, intake, document)


def take_posts(rows: list[Row], intake: Intake) -> None:
    """Who holds which post of an organisation; the person may be at home in another cell."""
    for row in rows:
        org = intake.organisation(row)
        home = intake.organisation(row, "home") if "home" in row.values else org
        if org is None or home is None:
            continue
        person = intake.person(row, home, anywhere="home" not in row.values)
        if person is not None:
            values = row.values
            _hold_post(row, person, org, values["kind"], values["valid_from"], values.get("valid_to"), intake)


_SINCE = Column("valid_from", "Từ ngày", day, required=True)
_UNTIL = Column("valid_to", "Đến hết ngày", last_day, also=("Đến ngày",))
DOCUMENT = Column("document", "Số văn bản", words, also=("Số quyết định", "Văn bản"))

MEMBERS = SheetKind(
    "member",
    "Đảng viên",
    (
        Column("full_name", "Họ và tên", words, required=True, also=("Họ tên", "Họ, tên đệm và tên")),
        Column(
            "birth",
            "Ngày sinh",
            known_day,
            past=True,
            also=("Ngày, tháng, năm sinh", "Năm sinh", "Ngày tháng năm sinh", "Sinh năm", "Sinh ngày"),
            parts=(Part("Nam", says=(("female", False),)), Part("Nữ", says=(("female", True),))),
        ),
        Column(
            "female",
            "Giới tính",
            choice({"Nam": False, "Nữ": True}),
            also=("Nam, nữ",),
            parts=(
                Part("Nam", parse=ticked(False), bare=True, alone=False),
                Part("Nữ", parse=ticked(True), bare=True),
            ),
        ),
        Column(
            "admission",
            "Ngày vào Đảng",
            known_day,
            past=True,
            also=(
                "Ngày kết nạp",
                "Ngày vào đảng dự bị",
                "Ngày vào Đảng kết nạp",
                "Ngày tháng năm kết nạp",
                "Ngày tháng năm vào Đảng",
                "Ngày tháng năm vào Đảng dự bị",
                "Ngày tháng năm vào Đảng kết nạp",
                "Vào Đảng dự bị",
                "Vào Đảng kết nạp",
            ),
        ),
        Column(
            "official_date",
            "Ngày chính thức",
            day,
            past=True,
            also=(
                "Ngày vào Đảng chính thức",
                "Ngày tháng năm chính thức",
                "Ngày tháng năm vào Đảng chính thức",
                "Vào Đảng chính thức",
            ),
        ),
        Column("card", "Số thẻ", card, also=("Số thẻ đảng viên", "Số thẻ ĐV", "Số thẻ đảng")),
        CELL,
        Column("since", "Về chi bộ từ ngày", day, past=True, also=("Ngày về chi bộ",)),
        Column(
            "post",
            "Chức vụ đảng",
            choice(POSTS, *_MORE_POSTS, ("Đảng viên", None)),
            also=("Chức vụ", "Chức vụ Đảng"),
        ),
        Column("post_since", "Giữ chức vụ từ ngày", day),
        Column(
            "state",
            "Tình trạng",
            choice({**ON_ROLL, **STATES}, *_MORE_STATES),
            also=("Tình trạng sinh hoạt",),
            parts=(
                Part("Dự bị", parse=ticked("probationary")),
                Part("Chính thức", parse=ticked("official")),
            ),
        ),
        Column("state_since", "Từ ngày", day, also=("Tình trạng từ ngày", "Miễn từ ngày")),
        Column("state_until", "Đến hết ngày", last_day, also=("Đến ngày", "Miễn đến hết ngày")),
        Column(
            "employment",
            "Tình trạng công tác",
            choice(EMPLOYMENTS, ("Hưu trí", "retired")),
            also=("Công tác",),
        ),
        Column("phone", "Điện thoại", phone, also=("Số điện thoại", "ĐT", "SĐT")),
    ),
    take_members,
    ("Danh sách đảng viên", "DS đảng viên"),
    beside=("Nơi sinh hoạt", "Trực thuộc", "Đang miễn, đình chỉ, tạm vắng"),
)
POST_HOLDERS = SheetKind(
    "post",
    "Chức vụ",
    (
        ORGANISATION,
        MEMBER,
        CARD,
        Column("home", "Chi bộ sinh hoạt", words),
        Column("kind", "Chức vụ đảng", choice(POSTS, *_MORE_POSTS), required=True, also=("Chức vụ",)),
        _SINCE,
        _UNTIL,
        Column("term", "Nhiệm kỳ", words),
    ),
    take_posts,
    ("Chức vụ đảng", "Cấp ủy"),
)
STATE_HOLDERS = SheetKind(
    "member_state",
    "Tình trạng",
    (
        CELL_IF_NEEDED,
        MEMBER,
        CARD,
        Column("kind", "Tình trạng", choice(STATES, *_MORE_STATES), required=True),
        _SINCE,
        _UNTIL,
        DOCUMENT,
    ),
    take_states,
    ("Miễn sinh hoạt", "Tình trạng đảng viên"),
)
