"""Bảng điểm danh: the marks of an attendance table, each held against its meeting as it is recorded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bontot.db.models import Attendance, Meeting, SittingPresence
from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT
from bontot.imports.intake import Intake, SheetKind
from bontot.imports.kinds.common import MEETING_KINDS
from bontot.imports.kinds.meetings import MARKS, WITHOUT_CALL, plan_meeting
from bontot.imports.marks import EXEMPT, VALUES
from bontot.imports.matrix import COLUMNS, Mark
from bontot.imports.occasions import Occasion
from bontot.imports.problems import ERROR, WARNING, Problem
from bontot.imports.register import Gathering, Org, Person, Unknown
from bontot.imports.table import Row

WORDS = {value: words for words, value in MARKS.items()}
_KIND_WORDS = {kind: words.lower() for words, kind in MEETING_KINDS.items()}
NAMED = 5
"""People named one by one where several are missing."""

NO_CELL = "Không rõ bảng này của chi bộ nào; hãy ghi tên chi bộ ở đầu bảng, hoặc thêm cột “Chi bộ”."
NOT_CALLED = "Họp chi ủy không có điểm danh toàn chi bộ; hãy bỏ cột này."
LOCKED = "Hồ sơ buổi này đã gửi cấp trên; hãy sửa điểm danh ở trang buổi họp."
IN_PARTS = "Buổi này họp nhiều đợt; hãy sửa điểm danh ở trang buổi họp."
BLANK_COLUMN = "Cột này của {cell} để trống cả và chưa có buổi họp; không ghi gì."
UNSAID = "{shown} ({cells} ô) chưa rõ nghĩa; hãy chọn nghĩa một lần ở phần “Ký hiệu điểm danh”."
NEW = "{cell} chưa có buổi họp ngày {day:%d/%m/%Y}; sẽ ghi một buổi {kind}."


class _NoCall(Exception):
    """A column's meeting cannot be told, or not have its roll called; the text is the sentence for its writer."""


@dataclass(slots=True, eq=False)
class _Call:
    """The roll call of one meeting in the table: its marks by person with the row and title that say them."""

    gathering: Gathering
    org: Org
    sheet: str
    occasion: Occasion
    marks: dict[Person, tuple[Row, Occasion, int]] = field(default_factory=dict)
    named: dict[Person, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What is recorded of a meeting: whether it is called, may no longer be changed from a table, its version, its marks."""

    state: str
    locked: str
    version: int
    marks: dict[int, int]


def take_roll_calls(rows: list[Row], intake: Intake) -> None:
    """Enters the marks of every person at every meeting: new ones are added, others changed, each change said. A meeting
    not recorded is entered with its roll call."""
    board = _Board(intake)
    people = list(_people(rows, intake))
    board.see(people)
    for row, org, person in people:
        for mark in row.values["marks"]:
            board.take(row, org, person, mark)
    board.write()
    for sheet in {row.sheet for row in rows}:
        for mark in intake.roll_calls.of(sheet):
            if not mark["means"]:
                shown = f"Ký hiệu “{mark['mark']}”" if mark["mark"] else "Ô để trống"
                intake.report(Problem(sheet, None, "", UNSAID.format(shown=shown, cells=mark["cells"])))


def _people(rows: Iterable[Row], intake: Intake) -> Iterable[tuple[Row, Org, Person]]:
    """Each row whose cell and member are known."""
    unnamed: set[str] = set()
    for row in rows:
        org = intake.organisation(row)
        if org is None and "organisation" not in row.values:
            org = _of_tab(row.sheet, intake)
            if org is None and row.sheet not in unnamed:
                unnamed.add(row.sheet)
                row.report(Problem(row.sheet, None, "", NO_CELL))
        if org is None:
            continue
        if "birth" in row.values and "(" not in row.values["member"]:
            name = row.values["member"]
            if len(intake.register.namesakes(name)) > 1:
                row.values["member"] = f"{name} ({row.values['birth'].day.year})"
        person = intake.person(row, org)
        if person is not None:
            yield row, org, person


def _of_tab(name: str, intake: Intake) -> Org | None:
    try:
        return intake.register.organisation(name)
    except Unknown:
        return None


class _Board:
    """The meetings that an attendance table speaks of."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._calls: dict[tuple[Org, str, Occasion], _Call | None] = {}
        self._filled: set[tuple[Org, str, Occasion]] = set()
        self._by_gathering: dict[Gathering, _Call] = {}
        self._in_month: dict[tuple[Org, int, int], list[Gathering]] = defaultdict(list)
        for (org, day), held in intake.register.gatherings.items():
            self._in_month[org, day.year, day.month].extend(held)

    def see(self, people: Iterable[tuple[Row, Org, Person]]) -> None:
        """Finds the meeting of every column of every cell."""
        firsts: dict[tuple[Org, str, Occasion], Row] = {}
        for row, org, _ in people:
            for occasion, written, _ in row.values["marks"]:
                key = (org, row.sheet, occasion)
                firsts.setdefault(key, row)
                if written:
                    self._filled.add(key)
        for (org, sheet, occasion), row in sorted(firsts.items(), key=lambda item: item[0][2].day):
            try:
                self._calls[org, sheet, occasion] = self._call(row, org, sheet, occasion)
            except _NoCall as refusal:
                self._refuse(sheet, occasion, str(refusal))
        self._recorded = self._load(
            [call.gathering.id for call in self._by_gathering.values() if call.gathering.id]
        )

    def _call(self, row: Row, org: Org, sheet: str, occasion: Occasion) -> _Call | None:
        found = self._gathering(row, org, sheet, occasion)
        if found is None:
            return None
        if found.kind in WITHOUT_CALL:
            raise _NoCall(NOT_CALLED)
        if found in self._by_gathering:
            other = self._by_gathering[found]
            where = f"cột “{other.occasion.title}”" + (
                f" của trang “{other.sheet}”" if other.sheet != sheet else ""
            )
            raise _NoCall(f"{org.name}: buổi này đã có ở {where}; chỉ giữ một cột.")
        found.called = False  # this table is its roll call
        call = self._by_gathering[found] = _Call(found, org, sheet, occasion)
        return call

    def _gathering(self, row: Row, org: Org, sheet: str, occasion: Occasion) -> Gathering | None:
        day, written = occasion.day, (org, sheet, occasion) in self._filled
        in_month = self._in_month[org, day.year, day.month]
        held = in_month if occasion.whole_month else [one for one in in_month if one.held_on == day]
        found = [
            one
            for one in held
            if (one.kind == occasion.kind if occasion.kind else one.kind not in WITHOUT_CALL)
        ]
        if len(found) == 1:
            return found[0]
        if not found and not written:
            self._warn(sheet, occasion, BLANK_COLUMN.format(cell=org.name))
            return None
        when = f"tháng {day:%m/%Y}" if occasion.whole_month else f"ngày {day:%d/%m/%Y}"
        if found:
            days = ", ".join(sorted(f"{one.held_on:%d/%m}" for one in found))
            wanted = f"ngày họp ({days})" if occasion.whole_month else "loại buổi họp dưới ngày"
            sentence = f"{org.name} có {len(found)} buổi họp {when}; hãy ghi {wanted} vào tiêu đề cột."
            raise _NoCall(sentence)
        if occasion.whole_month:
            sentence = (
                f"{org.name} chưa có buổi họp nào {when}; hãy ghi ngày họp thay cho tháng để ghi buổi mới."
            )
            raise _NoCall(sentence)
        return self._new(row, org, sheet, occasion)

    def _new(self, row: Row, org: Org, sheet: str, occasion: Occasion) -> Gathering | None:
        """The meeting of a day on which none is recorded, to be entered."""
        day, in_month = occasion.day, self._in_month[org, occasion.day.year, occasion.day.month]
        if not org.is_cell:
            raise _NoCall(f"{org.name} không phải chi bộ nên không có điểm danh.")
        if day > self._intake.register.today:
            sentence = f"Ngày này chưa đến (hôm nay là {self._intake.register.today:%d/%m/%Y}) mà đã có dấu."
            raise _NoCall(sentence)
        if not org.exists(day):
            sentence = f"Ngày {day:%d/%m/%Y} nằm ngoài thời gian hoạt động của {org.name}."
            raise _NoCall(sentence)
        regular = next((one for one in in_month if one.kind == "regular"), None)
        if occasion.kind is None and regular is not None:
            sentence = (
                f"{org.name} chưa có buổi họp ngày {day:%d/%m/%Y} và đã họp thường kỳ ngày {regular.held_on:%d/%m}; "
                "hãy ghi loại buổi họp (chuyên đề, bất thường …) dưới ngày."
            )
            raise _NoCall(sentence)
        made = Gathering(organisation=org, kind=occasion.kind or "regular", held_on=day)
        self._intake.register.enter_gathering(made)
        in_month.append(made)
        blank = Row(row.sheet, occasion.row, {}, {}, row.report)
        plan_meeting(blank, made, [None, None], self._intake)
        self._warn(sheet, occasion, NEW.format(cell=org.name, day=day, kind=_KIND_WORDS[made.kind]))
        return made

    def _load(self, ids: list[int]) -> dict[int, _Recorded]:
        """What is recorded of meetings; held until the transaction ends where it is going to be written."""
        session = self._intake.session
        columns = select(Meeting.id, Meeting.state, Meeting.submission, Meeting.version)
        chosen = columns.where(Meeting.id.in_(ids)).order_by(Meeting.id)
        rows = session.execute(chosen.with_for_update() if self._intake.writing else chosen).all()
        parted = set(
            session.scalars(
                select(SittingPresence.meeting_id).where(SittingPresence.meeting_id.in_(ids)).distinct()
            )
        )
        years = {call.gathering.held_on.year for call in self._by_gathering.values()}
        marks: dict[int, dict[int, int]] = defaultdict(dict)
        for meeting, member, value in session.execute(
            select(Attendance.meeting_id, Attendance.member_id, Attendance.mark).where(
                Attendance.year.in_(years), Attendance.meeting_id.in_(ids)
            )
        ):
            marks[meeting][member] = value
        return {
            row.id: _Recorded(
                row.state,
                LOCKED if row.submission else IN_PARTS if row.id in parted else "",
                row.version,
                marks[row.id],
            )
            for row in rows
        }

    def take(self, row: Row, org: Org, person: Person, mark: Mark) -> None:
        """One mark of one person."""
        occasion, written, means = mark
        call = self._calls.get((org, row.sheet, occasion))
        if call is None:
            if written:
                self._intake.roll_calls.cells[row.sheet, written] += 1
            return
        if person in call.named:
            sentence = f"Đồng chí này đã có ở dòng {call.named[person]} của bảng."
            row.report(Problem(row.sheet, row.number, occasion.title, sentence))
            return
        call.named[person] = row.number
        required = person.required(org, call.gathering.held_on)
        if written or required:
            self._intake.roll_calls.cells[row.sheet, written] += 1
        if not required:
            self._not_required(row, call, person, mark)
        elif means == EXEMPT:
            sentence = (
                f"Bảng ghi đồng chí {person.full_name} không phải dự, nhưng theo hồ sơ thì phải dự ngày "
                f"{call.gathering.held_on:%d/%m/%Y}; hãy ghi ở trang Tình trạng, hoặc sửa dấu này."
            )
            row.report(Problem(row.sheet, row.number, occasion.title, sentence))
        elif means in VALUES:
            call.marks[person] = (row, occasion, VALUES[means])

    def _not_required(self, row: Row, call: _Call, person: Person, mark: Mark) -> None:
        occasion, written, means = mark
        on, org = call.gathering.held_on, call.org
        belongs = person.belongs(org, on)
        if written and means in VALUES:
            why = (
                f"đồng chí {person.full_name} được miễn hoặc tạm vắng mặt theo quyết định, không phải điểm danh"
                if belongs
                else f"đồng chí {person.full_name} không sinh hoạt tại {org.name}"
            )
            sentence = f"Ngày {on:%d/%m/%Y} {why}; hãy để trống ô này."
            row.report(Problem(row.sheet, row.number, occasion.title, sentence))
        elif belongs:
            call.counts[EXEMPT] += 1

    def write(self) -> None:
        """Plans what the marks add and change, and says what comes of each meeting."""
        for call in sorted(
            self._by_gathering.values(), key=lambda call: (call.org.name, call.gathering.held_on)
        ):
            recorded = self._recorded.get(call.gathering.id or 0)
            before = recorded.marks if recorded else {}
            for person, (row, occasion, value) in call.marks.items():
                self._mark(call, person, row, occasion, value, before.get(person.id or 0))
            self._close(call, recorded)
            self._say_missing(call, before)
            self._intake.roll_calls.meetings.append(self._told(call, before))

    def _mark(
        self, call: _Call, person: Person, row: Row, occasion: Occasion, value: int, before: int | None
    ) -> None:
        if before == value:
            return
        key = {"year": call.gathering.held_on.year, "meeting_id": call.gathering, "member_id": person}
        if before is None:
            call.counts["added"] += 1
            self._intake.plan.add(Attendance, {**key, "mark": value, "reason": None})
            return
        call.counts["changed"] += 1
        changed = {**key, "meeting_id": call.gathering.id, "member_id": person.id}
        self._intake.plan.change(Attendance, changed, mark=value, reason=None)
        sentence = f"Đang ghi “{WORDS[before]}”; sẽ đổi thành “{WORDS[value]}”."
        row.report(Problem(row.sheet, row.number, occasion.title, sentence, WARNING))

    def _close(self, call: _Call, recorded: _Recorded | None) -> None:
        gathering = call.gathering
        if gathering.row is not None:
            gathering.row["state"] = "closed" if call.marks else gathering.row["state"]
        if recorded is None or not (call.counts["added"] or call.counts["changed"]):
            return
        if gathering.id is not None:
            self._intake.plan.change(Meeting, gathering.id, state="closed", version=recorded.version + 1)
            if call.counts["changed"]:
                was = {
                    str(person.id): recorded.marks[person.id]
                    for person, (_, _, value) in call.marks.items()
                    if person.id in recorded.marks and recorded.marks[person.id] != value
                }
                self._intake.plan.remark("change_meeting", "meeting", gathering.id, before={"marks": was})
        if recorded.locked:
            self._refuse(call.sheet, call.occasion, recorded.locked)

    def _say_missing(self, call: _Call, before: dict[int, int]) -> None:
        """Who must attend and is not in the table; whose mark is recorded keeps it."""
        required = self._intake.register.required_at(call.org, call.gathering.held_on)
        missing = [p for p in required if p not in call.named and (p.id or 0) not in before]
        call.counts["unmarked"] = sum(p not in call.marks and (p.id or 0) not in before for p in required)
        if missing:
            names = ", ".join(person.full_name for person in missing[:NAMED]) + (
                " …" if len(missing) > NAMED else ""
            )
            sentence = f"{call.org.name}: {len(missing)} đồng chí phải dự không có trong bảng nên chưa điểm danh: {names}."
            self._warn(call.sheet, call.occasion, sentence)

    def _told(self, call: _Call, before: dict[int, int]) -> dict[str, Any]:
        after = Counter(
            [*{**before, **{(p.id or id(p)): value for p, (_, _, value) in call.marks.items()}}.values()]
        )
        return {
            "cell": call.org.name,
            "day": call.gathering.held_on.isoformat(),
            "kind": call.gathering.kind,
            "new": call.gathering.id is None,
            "present": after[PRESENT] + after[LATE],
            "excused": after[ABSENT_EXCUSED],
            "unexcused": after[ABSENT_UNEXCUSED],
            "exempt": call.counts[EXEMPT],
            "unmarked": call.counts["unmarked"],
            "added": call.counts["added"],
            "changed": call.counts["changed"],
        }

    def _refuse(self, sheet: str, occasion: Occasion, sentence: str) -> None:
        self._intake.report(Problem(sheet, occasion.row, occasion.title, sentence, ERROR))

    def _warn(self, sheet: str, occasion: Occasion, sentence: str) -> None:
        self._intake.report(Problem(sheet, occasion.row, occasion.title, sentence, WARNING))


ROLL_CALLS = SheetKind(
    "roll_call",
    "Bảng điểm danh",
    COLUMNS,
    take_roll_calls,
    ("Bảng theo dõi sinh hoạt", "Theo dõi sinh hoạt", "Theo dõi dự sinh hoạt", "Bảng theo dõi dự sinh hoạt"),
    hint=(
        "Mỗi đảng viên một dòng, mỗi buổi họp một cột; tiêu đề cột là ngày họp (05/01/2023), có thể ghi thêm loại buổi họp, "
        "hoặc tháng nếu buổi họp đã được ghi. Trong ô là ký hiệu của cơ quan; nghĩa lấy theo chú thích dưới bảng, "
        "nếu không có thì được hỏi một lần rồi ghi nhớ. Mỗi tháng, mỗi năm hoặc mỗi chi bộ có thể là một trang."
    ),
    several=True,
)
