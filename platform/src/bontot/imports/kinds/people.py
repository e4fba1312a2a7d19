"""Đảng viên: who belongs where, in which state and in which post."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
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
from bontot.imports.on_record import Said, Seen, Values, only
from bontot.imports.register import ADDRESSED, Org, Person, Span
from bontot.imports.table import Row
from bontot.services.people.rules import check_dates, check_exists, check_free, check_is_cell
from bontot.text import collation_key, name_key, search_key

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
ON_ROLL = {"Chính thức": "official", "Dự bị": "probationary", "Bình thường": "", "Đang sinh hoạt": ""}
EMPLOYMENTS = {"Đang công tác": "working", "Nghỉ hưu": "retired", "Đi học": "studying", "Khác": "other"}
PRECISIONS = ("year", "month", "day")
"""How far a day is known, the least first."""
PROBATION = timedelta(days=366)  # twelve months; after that an official date is expected


def take_members(rows: list[Row], intake: Intake) -> None:
    """Enters each person at home in a cell, with the post and the state the list gives."""
    for row in rows:
        _leave_address_out(row)
        org = intake.organisation(row)
        if org is None or not _dates_in_order(row) or not _new(row, org, intake):
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


def _new(row: Row, org: Org, intake: Intake) -> bool:
    """Whether the person is not yet entered: by card, or by name and what is said of the birth among those of the cell."""
    number, full_name = row.get("card"), row.values["full_name"]
    holder = intake.register.card_holder(number) if number else None
    if holder is not None and (holder.id is None or name_key(holder.full_name) != name_key(full_name)):
        row.error("card", f"Số thẻ {number} đã là của đồng chí {holder.full_name}.")
        return False
    there = [holder] if holder is not None else _of_cell(row, org, intake)
    if len(there) > 1:
        row.error(
            "full_name",
            f"{org.name} có {len(there)} đồng chí tên {full_name}; hãy ghi số thẻ hoặc đủ ngày sinh.",
        )
    elif not there:
        return _alone(row, org, intake)
    elif there[0].id is None:
        row.error("full_name", f"{org.name} đã có đồng chí {there[0].full_name}{_born(there[0])}.")
    elif there[0].ended_on is not None:
        ended = f"{there[0].ended_on:%d/%m/%Y}"
        sentence = f"Đồng chí {there[0].full_name} đã thôi sinh hoạt tại đảng bộ này từ ngày {ended}; hãy bỏ dòng này."
        row.error("full_name", sentence)
    else:
        intake.on_record.hold(row, _said(row, there[0]), _seen(row, there[0], org, intake.register.today))
    return False


def _of_cell(row: Row, org: Org, intake: Intake) -> list[Person]:
    """Who is, or ever was, of the cell and may be whom the row names; those fit best of whom more is the same."""
    birth, number = row.get("birth"), row.get("card")
    found = [
        other
        for other in intake.register.namesakes(row.values["full_name"])
        if other.ever_in(org) and _may_be_same(number, other) and _born_alike(birth, other)
    ]
    for fits in (
        lambda other: birth is not None and birth.day == other.birth_date,
        lambda other: number is None and other.card is None,
    ):
        found = [other for other in found if fits(other)] or found
    return found


def _born_alike(birth: Known | None, other: Person) -> bool:
    """Whether what is known of two births agrees, as far as both are known."""
    if birth is None or other.birth_date is None:
        return True
    exact = min(birth.precision, other.birth_precision, key=PRECISIONS.index)
    return _as_far(birth.day, exact) == _as_far(other.birth_date, exact)


def _as_far(day_: date, precision: str) -> date:
    """A day known as far as that."""
    return {"year": day_.replace(month=1, day=1), "month": day_.replace(day=1)}.get(precision, day_)


def _alone(row: Row, org: Org, intake: Intake) -> bool:
    """Whether nobody of the same name keeps a row out; tells of those who may be the same person."""
    number, birth = row.get("card"), row.get("birth")
    for other in intake.register.namesakes(row.values["full_name"]):
        same_birth = birth is not None and other.birth_date == birth.day
        at_home = other.id is not None and other.home is not None and other.home.organisation is org
        if at_home and same_birth:
            row.error(
                "card",
                f"{org.name} đã có đồng chí cùng họ tên và ngày sinh, mang số thẻ {other.card}; hãy kiểm tra số thẻ.",
            )
            return False
        if at_home:
            row.warn(
                "full_name",
                f"{org.name} đã có đồng chí cùng họ tên{_born(other)}; được nhập như người khác. "
                "Nếu là một người, hãy sửa ngày sinh hoặc bỏ dòng này.",
            )
        elif same_birth and not _may_be_same(number, other):
            row.warn(
                "card",
                f"Trùng họ tên và ngày sinh với đồng chí mang số thẻ {other.card}; được nhập như hai người. "
                "Nếu là một người, hãy sửa số thẻ hoặc bỏ dòng này.",
            )
        elif same_birth:
            place = other.home.organisation.name if other.home and other.home.organisation else "nơi khác"
            row.warn(
                "full_name",
                f"Trùng họ tên và ngày sinh với đồng chí ở {place}; được nhập như hai người. "
                "Nếu là một người, hãy bỏ dòng này và dùng trang Biến động.",
            )
    return True


def _said(row: Row, person: Person) -> Iterator[Said]:
    """What a list says of a member who is there."""
    where = {"id": person.id}
    for name in ("female", "official_date", "employment", "phone"):
        yield Said(name, row.get(name), Member, where, (name,))
    yield Said("card", row.get("card"), Member, where, ("card_number",))
    for name in ("birth", "admission"):
        said: Known | None = row.get(name)
        read = partial(_as_known, said)
        yield Said(name, said, Member, where, (f"{name}_date", f"{name}_precision"), read)
    if row.get("state") in ON_ROLL.values():
        yield Said("state", row.get("state") or None, Member, where, ("official_date",), _on_roll)


def _as_known(said: Known | None, found: Sequence[Values]) -> Known | None:
    """A recorded day as far as it is known, or only as far as a row says where it says less."""
    [(day_, precision)] = found
    if day_ is None:
        return None
    less = said is not None and PRECISIONS.index(said.precision) <= PRECISIONS.index(precision)
    return Known(_as_far(day_, said.precision), said.precision) if said and less else Known(day_, precision)


def _on_roll(found: Sequence[Values]) -> str:
    return "official" if only(found) else "probationary"


def _seen(row: Row, person: Person, org: Org, today: date) -> Iterator[Seen]:
    """What it says of where he or she is, in which state and post."""
    home = person.home
    yield Seen("organisation", org, home.organisation if home else None)
    yield Seen("since", row.get("since"), home.since if home else None)
    for name, spans in (("state", person.states), ("post", person.posts)):
        said, since, until = (row.get(each) for each in (name, f"{name}_since", f"{name}_until"))
        if said is None or said in ON_ROLL.values():
            continue
        held = [
            one
            for one in spans
            if one.kind == said
            and one.organisation in (None, org)
            and (one.since == since if since else one.holds(today))
        ]
        yield Seen(name, said, said if held else None)
        yield Seen(f"{name}_until", until, held[-1].until if held else until)


def _may_be_same(number: str | None, other: Person) -> bool:
    return number is None or other.card is None


def _born(person: Person) -> str:
    return f", sinh năm {person.birth_date.year}" if person.birth_date else ""


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
