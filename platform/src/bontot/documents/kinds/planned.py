"""The papers of a meeting to come: its invitation and its agenda (dossier documents §5.9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bontot.documents.asking import Asked, Papers, Together
from bontot.documents.kinds.minutes import subject_of
from bontot.documents.office import Office, offices_of
from bontot.documents.paper import Block, Grid, Heading, Paper, Points, Signer, Text
from bontot.documents.phrases import people, written_day, written_time
from bontot.services import planning
from bontot.services.meetings import RollLine, planned_rolls
from bontot.services.planning import Plan

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def _planned(asked: Asked) -> int:
    return planning.planned_of(asked.session, asked.record, asked.organisation_id).id


def invitation_of(asked: Asked) -> Paper:
    """The invitation, dated when it was sent, or today. Raises NotFound."""
    return asked.alone(invitations, _planned(asked))


def invitations(asked: Together) -> Papers:
    """The invitations to planned meetings."""
    for id_, plan, office in _dated(asked):
        yield id_, _invitation(plan, office)


def _invitation(plan: Plan, office: Office) -> Paper:
    day = office.day
    body: list[Block] = [
        Text(
            "; ".join((f"Các đồng chí đảng viên {office.name}", *plan.guests)) + ".",
            "Kính mời:",
        ),
        Text(f"{_when(plan)}.", "Thời gian:"),
        Text(f"{plan.place or '………………'}.", "Địa điểm:"),
    ]
    if plan.agenda:
        body += [Text("", "Nội dung:"), *_numbered(plan.agenda)]
    if plan.thematic_topic:
        body.append(Text(f"{plan.thematic_topic}.", "Chuyên đề:"))
    if plan.documents:
        body += [Text("", "Tài liệu:"), _cited(plan)]
    body.append(
        Text(
            "Đề nghị các đồng chí dự họp đầy đủ, đúng giờ; vắng mặt có lý do xin báo trước cho bí thư chi bộ."
        )
    )
    return Paper(
        kind="meeting_invitation",
        day=day,
        header=office.header(day=day),
        title="GIẤY MỜI",
        subject=f"dự {subject_of(plan.kind, plan.held_on)}",
        body=tuple(body),
        recipients=("Các đồng chí đảng viên,", *(f"{one}," for one in plan.guests), "Lưu Chi bộ."),
        signers=(office.signer(),),
    )


def agenda_of(asked: Asked) -> Paper:
    """What is done in which order, with the documents of it."""
    return asked.alone(agendas, _planned(asked))


def agendas(asked: Together) -> Papers:
    """The agendas of planned meetings."""
    for id_, plan, office in _dated(asked):
        yield id_, _agenda(plan, office)


def _agenda(plan: Plan, office: Office) -> Paper:
    day = office.day
    body: list[Block] = [
        Text(f"{_when(plan)}.", "Thời gian:"),
        Text(f"{plan.place or '………………'}.", "Địa điểm:"),
    ]
    rows = tuple((str(place), title, "", "") for place, title in enumerate(plan.agenda, 1))
    empty = tuple((str(place), "", "", "") for place in range(1, 7))
    body.append(
        Grid(
            ("TT", "Nội dung", "Người thực hiện", "Thời lượng"),
            rows or empty,
            shares=(5, 48, 22, 14),
        )
    )
    if plan.thematic_topic:
        body.append(Text(f"{plan.thematic_topic}.", "Chuyên đề:"))
    if plan.documents:
        body += [Heading("Tài liệu", 2), _cited(plan)]
    return Paper(
        kind="agenda",
        day=day,
        header=office.header(day=day),
        title="CHƯƠNG TRÌNH",
        subject=subject_of(plan.kind, plan.held_on),
        body=tuple(body),
        signers=(office.signer(),),
    )


def sign_in_list_of(asked: Asked) -> Paper:
    """Who is called to a planned meeting, to sign on coming."""
    return asked.alone(sign_in_lists, _planned(asked))


def sign_in_lists(asked: Together) -> Papers:
    """The lists of who is called to planned meetings."""
    called = planned_rolls(asked.session, asked.subjects)
    for id_, plan, office in _dated(asked):
        yield id_, _sign_in_list(plan, office, called[id_])


def _sign_in_list(plan: Plan, office: Office, called: Sequence[RollLine]) -> Paper:
    rows = tuple((str(place), line.full_name, "", "", "") for place, line in enumerate(called, 1))
    return Paper(
        kind="sign_in_list",
        day=office.day,
        header=office.header(),
        title="DANH SÁCH KÝ TÊN",
        subject=f"dự {subject_of(plan.kind, plan.held_on)}",
        body=(
            Text(f"{_when(plan)}.", "Thời gian:"),
            Text(f"{plan.place or '………………'}.", "Địa điểm:"),
            Grid(("TT", "Họ và tên", "Ký tên", "Giờ đến", "Ghi chú"), rows, shares=(5, 34, 22, 10, 18)),
            Text(f"Tổng số phải dự: {people(len(called))}."),
        ),
        signers=(Signer(lines=("THƯ KÝ",)), Signer(lines=("CHỦ TRÌ",))),
    )


def _dated(asked: Together) -> Iterator[tuple[int, Plan, Office]]:
    """What was planned, with the cell on the day of the paper: when it was sent, else today, or the day of a meeting that
    is over."""
    views = planning.views(asked.session, asked.subjects)
    days = {
        id_: (one.organisation_id, one.plan.notified_on or min(asked.today, one.plan.held_on))
        for id_, one in views.items()
    }
    offices = offices_of(asked.session, days.values())
    for id_ in asked.subjects:
        if id_ in views and days[id_] in offices:
            yield id_, views[id_].plan, offices[days[id_]]


def _when(plan: Plan) -> str:
    begun = f"{written_time(plan.starts_at)}, " if plan.starts_at else ""
    return f"{begun}{WEEKDAYS[plan.held_on.weekday()]}, {written_day(plan.held_on)}"


def _numbered(items: tuple[str, ...]) -> tuple[Block, ...]:
    return tuple(Text(f"{place}. {item}") for place, item in enumerate(items, 1))


def _cited(plan: Plan) -> Points:
    """The documents of a meeting, one a line, the last closed."""
    last = len(plan.documents)
    return Points(
        tuple(f"{one.cited}{'.' if place == last else ';'}" for place, one in enumerate(plan.documents, 1))
    )
