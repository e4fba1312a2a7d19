"""What may happen to a member: one function an event, which checks and writes it.

Each takes an `Act` (the member as recorded, what was entered, the ledger) and raises InvalidInput at the field that is
wrong. The rules are those of the dossier, rules §4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from bontot.db.models import Member, Membership, MemberState, Post, ResidenceRemark
from bontot.db.models.member import POSTS
from bontot.errors import InvalidInput
from bontot.services.people.ledger import Ledger
from bontot.services.people.rules import (
    Interval,
    check_exists,
    check_free,
    check_is_cell,
    check_leaving,
    check_new_cell,
    years_later,
)

BADGES = (30, *range(40, 95, 5))
"""Years of Party age with a badge."""
STATES = ("exempt", "suspended", "special_duty", "seconded_abroad")
ENDS = ("transferred_out", "removed", "expelled", "resigned", "deceased")


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation as it is on the day of an event."""

    id: int
    name: str
    is_cell: bool
    founded_on: date
    ended_on: date | None

    def exists(self, day: date) -> bool:
        """Whether it was founded and not ended on a day."""
        return self.founded_on <= day and (self.ended_on is None or day < self.ended_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event as entered. `until` is the last day, inclusive as it is written; `chosen` the post, state or badge that
    the event is about; `place` words for a place outside the committee's tree."""

    kind: str
    day: date
    until: date | None = None
    organisation_id: int | None = None
    document: str = ""
    document_day: date | None = None
    chosen: str = ""
    term: str = ""
    place: str = ""
    year: int | None = None

    @property
    def document_words(self) -> str | None:
        """The document as lists show it: `12-QĐ/ĐU ngày 01/07/2026`."""
        if self.document and self.document_day:
            return f"{self.document} ngày {self.document_day:%d/%m/%Y}"
        return self.document or None


@dataclass(slots=True)
class Act:
    """An event about to be written: the member's rows, locked, and where the event leads."""

    member: Member
    memberships: list[Membership]
    states: list[MemberState]
    posts: list[Post]
    entry: Entry
    ledger: Ledger
    after: date | None
    """The first day after the event's own interval, where it has one."""
    home: Membership | None
    home_place: Place | None
    target: Place | None = None
    ceremony: date | None = None
    """The day of the admission ceremony, where it was recorded."""
    others: list[tuple[str, str]] = field(default_factory=list)
    """`(post, name)` of the others who hold a post of the target on the day."""
    remarks: frozenset[int] = frozenset()
    badges: frozenset[int] = frozenset()

    @property
    def name(self) -> str:
        return self.member.full_name

    @property
    def day(self) -> date:
        return self.entry.day


Apply = Callable[[Act], None]
Dated = Membership | MemberState | Post


def spans(rows: Iterable[Dated]) -> Iterator[Interval]:
    """Rows as intervals."""
    return ((row.valid_from, row.valid_to) for row in rows)


def holding(rows: Iterable[Dated], day: date) -> list[Dated]:
    """Those that hold on a day."""
    return [row for row in rows if row.valid_from <= day and (row.valid_to is None or day < row.valid_to)]


def recognise(act: Act) -> None:
    """Official recognition; official status dates from the end of the twelve months, however late the decision."""
    _belongs(act)
    member = act.member
    if member.official_date is not None:
        raise InvalidInput(
            f"Đồng chí {act.name} đã là đảng viên chính thức từ {member.official_date:%d/%m/%Y}.", "day"
        )
    begun = act.ceremony or (member.admission_date if member.admission_precision == "day" else None)
    if begun is not None and act.day < (due := years_later(begun, 1)):
        raise InvalidInput(
            f"Đồng chí {act.name} hết 12 tháng dự bị ngày {due:%d/%m/%Y}; không công nhận trước ngày đó.",
            "day",
        )
    if act.ceremony is not None and act.day > (due := years_later(act.ceremony, 1)):
        raise InvalidInput(
            f"Ngày chính thức tính từ khi hết 12 tháng dự bị, dù quyết định sau: hãy ghi {due:%d/%m/%Y}.",
            "day",
        )
    act.ledger.change(member, official_date=act.day)


def transfer(act: Act) -> None:
    """Official transfer to another cell of the committee; posts held in the old cell end with it."""
    _leaves(act)
    _not_away(act)
    target, home = _new_cell(act), act.home
    if home is None:
        return
    act.ledger.change(home, valid_to=act.day)
    _close(act, [post for post in act.posts if post.organisation_id == home.organisation_id], "chức vụ")
    act.ledger.add(
        Membership(
            member_id=act.member.id,
            organisation_id=target.id,
            kind="home",
            valid_from=act.day,
            document=act.entry.document_words,
        )
    )


def transfer_for_a_while(act: Act) -> None:
    """Temporary transfer: a guest elsewhere, still on the roll and in the posts of the home cell."""
    _leaves(act)
    away = [state for state in act.states if state.kind == "temporarily_out"]
    check_free(spans(away), act.day, act.after, "Thời gian chuyển", "day", "until")
    target, document = _new_cell(act), act.entry.document_words
    act.ledger.add(
        MemberState(
            member_id=act.member.id,
            kind="temporarily_out",
            valid_from=act.day,
            valid_to=act.after,
            document=document,
        )
    )
    act.ledger.add(
        Membership(
            member_id=act.member.id,
            organisation_id=target.id,
            kind="temporary",
            valid_from=act.day,
            valid_to=act.after,
            document=document,
        )
    )


def come_back(act: Act) -> None:
    """The end of a temporary transfer, on the day the member attends at home again."""
    _belongs(act)
    away = [state for state in act.states if state.kind == "temporarily_out" and _open_at(state, act.day)]
    if not away:
        raise InvalidInput(
            f"Trước ngày {act.day:%d/%m/%Y} đồng chí {act.name} không chuyển sinh hoạt tạm thời.", "day"
        )
    guests = [one for one in act.memberships if one.kind == "temporary" and _open_at(one, act.day)]
    for row in (*away, *guests):
        act.ledger.change(row, valid_to=act.day)


def begin_state(act: Act) -> None:
    """Exemption, suspension, special duty, work abroad: an interval in which nobody is required."""
    _belongs(act)
    kind = act.entry.kind
    same = [state for state in act.states if state.kind == kind]
    check_free(spans(same), act.day, act.after, "Khoảng thời gian này", "day", "until")
    act.ledger.add(
        MemberState(
            member_id=act.member.id,
            kind=kind,
            valid_from=act.day,
            valid_to=act.after,
            document=act.entry.document_words,
        )
    )


def resume(act: Act) -> None:
    """The end of such an interval before its day, or of one that had none."""
    _belongs(act)
    if act.entry.chosen not in STATES:
        raise InvalidInput("Xin chọn tình trạng kết thúc.", "chosen")
    held = [state for state in act.states if state.kind == act.entry.chosen and _open_at(state, act.day)]
    if not held:
        raise InvalidInput(
            f"Trước ngày {act.day:%d/%m/%Y} đồng chí {act.name} không ở tình trạng này.", "day"
        )
    for state in held:
        act.ledger.change(state, valid_to=act.day)


def take_post(act: Act) -> None:
    """A post in an organisation, for a term; an organisation has one secretary."""
    _belongs(act)
    kind, target = act.entry.chosen, act.target
    if kind not in POSTS:
        raise InvalidInput("Xin chọn chức vụ.", "chosen")
    if target is None:
        raise InvalidInput("Xin chọn tổ chức.", "organisation")
    check_exists(target, act.day, "day")
    held = [post for post in act.posts if post.kind == kind and post.organisation_id == target.id]
    check_free(spans(held), act.day, act.after, "Thời gian giữ chức vụ", "day", "until")
    for post, name in act.others:
        if post == kind == "secretary":
            raise InvalidInput(
                f"Đồng chí {name} đang là bí thư {target.name}; hãy ghi thôi chức vụ ấy trước.", "chosen"
            )
    act.ledger.add(
        Post(
            organisation_id=target.id,
            member_id=act.member.id,
            kind=kind,
            valid_from=act.day,
            valid_to=act.after,
            term=act.entry.term or None,
        )
    )


def leave_post(act: Act) -> None:
    """The end of a post."""
    posts = [post for post in act.posts if str(post.id) == act.entry.chosen]
    if not posts:
        raise InvalidInput("Xin chọn chức vụ thôi giữ.", "chosen")
    if not _open_at(posts[0], act.day):
        raise InvalidInput("Ngày thôi phải sau ngày nhận chức vụ, và chức vụ chưa kết thúc.", "day")
    act.ledger.change(posts[0], valid_to=act.day)


def link_residence(act: Act) -> None:
    """A working member is introduced to the cell where he or she lives."""
    _belongs(act)
    if act.member.employment != "working":
        raise InvalidInput(
            "Chỉ đảng viên đang công tác mới được giới thiệu giữ mối liên hệ với nơi cư trú.", "place"
        )
    if not act.entry.place:
        raise InvalidInput("Cần ghi chi bộ nơi cư trú.", "place")


def receive_remark(act: Act) -> None:
    """The yearly remark of that cell has come; its words stay on paper."""
    _belongs(act)
    year = act.entry.year
    if year is None or not act.day.year - 1 <= year <= act.day.year:
        raise InvalidInput("Nhận xét là của năm nhận hoặc năm trước đó.", "year")
    if year in act.remarks:
        raise InvalidInput(f"Nhận xét năm {year} đã được ghi.", "year")
    act.ledger.add(ResidenceRemark(member_id=act.member.id, year=year, received_on=act.day))


def award_badge(act: Act) -> None:
    """A badge, at its Party age; seriously ill members a year early, two from the badge of seventy years on."""
    _belongs(act)
    years = int(act.entry.chosen) if act.entry.chosen.isdigit() else 0
    admission = act.member.admission_date
    if years not in BADGES:
        raise InvalidInput("Xin chọn Huy hiệu Đảng.", "chosen")
    if admission is None:
        raise InvalidInput("Chưa ghi ngày kết nạp nên chưa tính được tuổi đảng.", "chosen")
    if years in act.badges:
        raise InvalidInput(f"Huy hiệu {years} năm tuổi Đảng đã được ghi.", "chosen")
    early = 2 if years >= 70 else 1
    if act.day < (first := years_later(admission, years - early)):
        raise InvalidInput(
            f"Đến {years_later(admission, years):%d/%m/%Y} đồng chí {act.name} mới đủ {years} năm tuổi Đảng; "
            f"xét tặng sớm nhất từ {first:%d/%m/%Y}.",
            "day",
        )


def leave(act: Act) -> None:
    """The end of membership here: whatever still holds ends with it."""
    _leaves(act)
    held: list[Dated] = [*act.memberships, *act.states, *act.posts]
    _close(act, held, "việc đã ghi")
    act.ledger.change(act.member, ended_on=act.day, end_kind=act.entry.kind)


APPLY: dict[str, Apply] = {
    "recognition": recognise,
    "official_transfer": transfer,
    "temporary_transfer": transfer_for_a_while,
    "return": come_back,
    **dict.fromkeys(STATES, begin_state),
    "resumption": resume,
    "post": take_post,
    "end_of_post": leave_post,
    "residence_link": link_residence,
    "residence_remark": receive_remark,
    "party_badge": award_badge,
    **dict.fromkeys(ENDS, leave),
}


def _open_at(row: Dated, day: date) -> bool:
    """Whether it began before a day and would still hold on it."""
    return row.valid_from < day and _unfinished(row, day)


def _unfinished(row: Dated, day: date) -> bool:
    return row.valid_to is None or day < row.valid_to


def _belongs(act: Act) -> None:
    """On the roll of a cell on the day."""
    if act.home is None:
        raise InvalidInput(f"Ngày {act.day:%d/%m/%Y} đồng chí {act.name} không thuộc chi bộ nào.", "day")


def _leaves(act: Act) -> None:
    home = (act.home.valid_from, act.home.valid_to) if act.home else None
    check_leaving(act.name, home, act.day, "day")


def _not_away(act: Act) -> None:
    for state in act.states:
        if state.kind == "temporarily_out" and _unfinished(state, act.day):
            raise InvalidInput(
                f"Đồng chí {act.name} đang chuyển sinh hoạt tạm thời từ {state.valid_from:%d/%m/%Y}; "
                "hãy ghi việc trở về trước.",
                "day",
            )


def _new_cell(act: Act) -> Place:
    if act.target is None:
        raise InvalidInput("Xin chọn chi bộ mới.", "organisation")
    if act.home_place is None:
        raise InvalidInput("Đồng chí này chưa thuộc chi bộ nào.", "day")
    if not act.target.is_cell:
        check_is_cell(act.target, "organisation")
    same = act.target.id == act.home_place.id
    there = [one for one in act.memberships if one.organisation_id == act.target.id]
    check_new_cell(
        act.name,
        act.target,
        act.target if same else act.home_place,
        spans(there),
        act.day,
        act.after if act.entry.kind == "temporary_transfer" else None,
        "organisation",
    )
    return act.target


def _close(act: Act, rows: Iterable[Dated], what: str) -> None:
    """Ends on the day whatever still holds then."""
    for row in rows:
        if not _unfinished(row, act.day):
            continue
        if row.valid_from >= act.day:
            raise InvalidInput(
                f"Có {what} bắt đầu ngày {row.valid_from:%d/%m/%Y}, không trước ngày này; hãy kiểm tra lại ngày.",
                "day",
            )
        act.ledger.change(row, valid_to=act.day)
