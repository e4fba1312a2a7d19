"""What was said and decided at the latest meetings of a few cells, and how far their records have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from sqlalchemy import select

from bontot.access import Actor
from bontot.db.models import Meeting, MeetingAct, Statement
from bontot.db.rolls import voting_at
from bontot.db.tenancy import TenantSession
from bontot.services.proceedings.amending import put, version_of
from bontot.services.proceedings.entries import Course, Guest, Head, Item, Opinion, ResolutionText, Vote
from bontot.services.proceedings.handing_over import RECEIVED, RETURNED, SUBMITTED, answer, close, submit
from bontot.services.proceedings.items import Reviewed, earlier_items, review, review_version
from bontot.services.proceedings.parts import present_at
from bontot.services.proceedings.reading import COURSE, GUESTS, HEAD, ITEMS, OPINIONS, RESOLUTION, VOTES

WAYS = (RECEIVED, SUBMITTED, SUBMITTED, RETURNED, "due")
"""How far the record of each cell's latest meeting has come."""
REMARK = "Biên bản rõ, đúng các bước. Lần sau ghi đủ số, ngày của văn bản đã phổ biến."


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What is spoken of where a cell works: news, results, what was said with its answer, the task given; who is sent to
    listen, and what a superior would have mended."""

    news: str
    results: str
    praise: str
    spoken: tuple[tuple[str, str], tuple[str, str], tuple[str, str]]
    task: str
    assigned: str
    to_mend: str


IN_THE_STREET = Talk(
    news="Thông báo kết quả phát triển kinh tế - xã hội của phường trong tháng.",
    results="Hoàn thành các nhiệm vụ trọng tâm của tổ dân phố trong tháng.",
    praise="Biểu dương các đồng chí tham gia tổng vệ sinh đầy đủ.",
    spoken=(
        (
            "Đèn ngõ 5 hỏng hai tuần nay, đề nghị phường cho sửa.",
            "Chi bộ sẽ kiến nghị phường trong tuần này.",
        ),
        (
            "Nhất trí với dự thảo nghị quyết; cần giao rõ người làm từng việc.",
            "Tiếp thu, đã ghi vào nghị quyết.",
        ),
        ("Đề nghị thăm hai gia đình chính sách trước ngày lễ.", ""),
    ),
    task="Vận động các hộ giữ vệ sinh ngõ, thu gom rác đúng giờ",
    assigned="Ủy viên Ban Thường vụ Đảng ủy phường",
    to_mend="Chưa ghi hạn hoàn thành của việc vệ sinh ngõ; đề nghị bổ sung rồi gửi lại.",
)
IN_THE_OFFICE = Talk(
    news="Thông báo kết quả công tác của cơ quan trong tháng.",
    results="Hoàn thành các nhiệm vụ trọng tâm của phòng trong tháng.",
    praise="Biểu dương các đồng chí xử lý văn bản đúng hạn.",
    spoken=(
        (
            "Hồ sơ chờ ý kiến liên phòng còn chậm, đề nghị thống nhất thời hạn.",
            "Tiếp thu, sẽ làm việc với các phòng.",
        ),
        (
            "Nhất trí với dự thảo nghị quyết; cần giao rõ người làm từng việc.",
            "Tiếp thu, đã ghi vào nghị quyết.",
        ),
        ("Đề nghị bố trí người trực thay trong đợt tập huấn.", ""),
    ),
    task="Rà soát văn bản đến, xử lý đúng hạn, không để tồn đọng",
    assigned="Ủy viên Ban Thường vụ Đảng ủy Văn phòng",
    to_mend="Chưa ghi hạn hoàn thành của việc rà soát văn bản; đề nghị bổ sung rồi gửi lại.",
)


def proceed(
    session: TenantSession, cells: Sequence[tuple[int, Actor]], superior: Actor | None, talk: Talk
) -> None:
    """Writes the record of each cell's latest regular meeting as its own secretary would, and sends it as far as `WAYS` say,
    or only in, where no `superior` is there to answer; does nothing where that was done before."""
    if session.scalar(select(MeetingAct.id).limit(1)) is not None:
        return
    for (cell, secretary), way in zip(cells, WAYS, strict=False):
        latest = select(Meeting).where(Meeting.organisation_id == cell, Meeting.kind == "regular")
        meeting = session.scalars(latest.order_by(Meeting.held_on.desc()).limit(1)).first()
        if meeting is None:
            continue
        meeting.state = "open"  # as it was while the secretary wrote
        session.flush()
        _write(session, meeting, secretary, talk)
        _send(session, meeting, way, secretary, superior, talk.to_mend)


def _write(session: TenantSession, meeting: Meeting, secretary: Actor, talk: Talk) -> None:
    head = HEAD.read(session, meeting)[0]
    told = Head(chair_id=head.chair_id, minute_taker_id=head.minute_taker_id, ends_at=time(21, 0))
    put(session, secretary, meeting.id, HEAD, told, number=0, version=version_of(head))
    assigned = Guest(
        name="Phạm Quốc Hưng",
        post=talk.assigned,
        assigned=True,
        remark="Chi bộ chuẩn bị kỹ, thảo luận đúng trọng tâm; đề nghị theo dõi sát việc giao cho từng đồng chí.",
    )
    put(session, secretary, meeting.id, GUESTS, assigned)
    course = Course(
        fees="Đảng viên đã đóng đủ đảng phí của tháng.",
        news=talk.news,
        ideology="Tư tưởng đảng viên ổn định; tin tưởng vào sự lãnh đạo của cấp ủy.",
        conclusion="Thống nhất các nhiệm vụ tháng tới; giao từng đồng chí như nghị quyết.",
    )
    blank = COURSE.read(session, meeting)[0]
    put(session, secretary, meeting.id, COURSE, course, number=0, version=version_of(blank))
    _speak(session, meeting, secretary, talk)
    _look_back(session, meeting, secretary)
    _resolve(session, meeting, secretary, talk)


def _speak(session: TenantSession, meeting: Meeting, secretary: Actor, talk: Talk) -> None:
    """What those who are noted as having spoken said; one more where there were few."""
    for row in session.scalars(select(Statement).where(Statement.meeting_id == meeting.id)).all():
        session.delete(row)
    session.flush()
    present = present_at(session, meeting)
    people = sorted(present)
    for place, (said, answered) in enumerate(talk.spoken):
        opinion = Opinion(member_id=people[(place * 3 + 1) % len(people)], summary=said, answer=answered)
        put(session, secretary, meeting.id, OPINIONS, opinion)


def _look_back(session: TenantSession, meeting: Meeting, secretary: Actor) -> None:
    earlier = earlier_items(session, meeting)
    found = {
        one.id: Reviewed(
            done_on=one.done_on, result="Đạt yêu cầu" if one.done_on else "Còn một phần, làm tiếp trong tháng"
        )
        for one in earlier
    }
    if found:
        review(session, secretary, meeting.id, found, version=review_version(earlier))


def _resolve(session: TenantSession, meeting: Meeting, secretary: Actor, talk: Talk) -> None:
    rows = RESOLUTION.read(session, meeting)
    number, before = next(iter(rows.items()), (None, None))
    text = ResolutionText(
        number=before.number if before else f"{meeting.held_on.month:02}-NQ/CB",
        subject=f"Lãnh đạo thực hiện nhiệm vụ tháng {meeting.held_on.month} năm {meeting.held_on.year}",
        cites_superior=bool(before and before.cites_superior),
        politics="Đảng viên chấp hành tốt chủ trương, đường lối của Đảng, pháp luật của Nhà nước.",
        results=talk.results,
        praise=talk.praise,
        shortcomings="Còn việc làm chậm do phân công chưa rõ người.",
    )
    version = version_of(before) if before else ""
    put(session, secretary, meeting.id, RESOLUTION, text, number=number, version=version)
    present = present_at(session, meeting)
    people = sorted(present)
    item = Item(
        title=talk.task,
        due_on=meeting.held_on + timedelta(days=25),
        carriers=frozenset(people[1:3]),
    )
    put(session, secretary, meeting.id, ITEMS, item)
    voting = voting_at(session, [meeting.id])[meeting.id]
    agreed = Vote(about="resolution", votes_for=len(voting & present))
    put(session, secretary, meeting.id, VOTES, agreed)


def _send(
    session: TenantSession, meeting: Meeting, way: str, secretary: Actor, superior: Actor | None, to_mend: str
) -> None:
    close(session, secretary, meeting.id, meeting.version)
    if way == "due":
        return
    submit(session, secretary, meeting.id, meeting.version)
    if superior is None:
        return
    if way == RECEIVED:
        answer(session, superior, meeting.id, meeting.version, RECEIVED, remark=REMARK)
    elif way == RETURNED:
        answer(session, superior, meeting.id, meeting.version, RETURNED, remark=to_mend)
