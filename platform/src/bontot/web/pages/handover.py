"""Closing a meeting's record, sending it, and the superior's answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.db.models import Meeting
from bontot.db.models.meeting import VOICES
from bontot.errors import NotAllowed, NotFound
from bontot.services.proceedings import handing_over
from bontot.services.proceedings.handing_over import RECEIVED, RETURNED, SUBMITTED
from bontot.services.proceedings.handover_lists import (
    REMARKS,
    WAYS,
    Awaited,
    Remark,
    awaited,
    counts,
    remarks,
)
from bontot.services.proceedings.reading import Record, record_of
from bontot.web import meeting_parts, words
from bontot.web.database import session
from bontot.web.forms import answered, new_key, sent_version
from bontot.web.meeting_places import meeting_address, meeting_row, meeting_trail
from bontot.web.query import asked_lines, asked_sheet
from bontot.web.request import Place, actor, reach, this_day
from bontot.web.routing import page
from bontot.web.score_sheet import scored_of
from bontot.web.sheets import Column, sheet

handover = Blueprint("handover", __name__)
SINCE = "Hồ sơ vừa được ghi thêm hoặc sửa sau khi đồng chí mở trang này. Xin xem lại rồi bấm lần nữa."
COLUMNS = (
    Column[Awaited]("Chi bộ", lambda line: line.cell_name),
    Column[Awaited]("Trực thuộc", lambda line: line.above),
    Column[Awaited]("Loại sinh hoạt", lambda line: words.MEETING_KINDS[line.kind]),
    Column[Awaited]("Ngày họp", lambda line: line.held_on),
    Column[Awaited]("Tình trạng", lambda line: words.SUBMISSIONS[line.submission].words),
    Column[Awaited]("Từ lúc", lambda line: line.at),
    Column[Awaited]("Người ghi", lambda line: line.by),
)
REMARK_COLUMNS = (
    Column[Remark]("Chi bộ", lambda line: line.cell_name),
    Column[Remark]("Loại sinh hoạt", lambda line: words.MEETING_KINDS[line.kind]),
    Column[Remark]("Ngày họp", lambda line: line.held_on),
    Column[Remark]("Nhận xét", lambda line: line.remark),
    Column[Remark]("Của", lambda line: words.VOICES[line.voice]),
    Column[Remark]("Người ghi", lambda line: line.by),
    Column[Remark]("Ghi lúc", lambda line: line.at),
)


@page(handover, "/sinh-hoat/gui-len", permission=Permission.RECEIVE_MEETING, scope=Scope.TENANT)
def index() -> str | Response:
    """The records on their way between the cells within reach and their superior, and what was remarked on them."""
    way = request.args.get("loai", next(iter(WAYS)))
    if way not in {*WAYS, REMARKS}:
        raise NotFound
    number = asked_lines()
    if asked_sheet() and way == REMARKS:
        said = remarks(session(), reach(), day=this_day(), number=number).lines
        return sheet("nhan-xet-sinh-hoat", "Nhận xét về các buổi sinh hoạt", REMARK_COLUMNS, said)
    if asked_sheet():
        sent = awaited(session(), reach(), way=way, day=this_day(), number=number).lines
        title = f"Hồ sơ sinh hoạt gửi lên: {words.WAYS[way].lower()}"
        return sheet("ho-so-gui-len", title, COLUMNS, sent)
    waiting = counts(session(), reach())
    ways = [
        (f"{words.WAYS[key]} ({waiting[key]})", url_for("handover.index", loai=key), key == way)
        for key in WAYS
    ]
    listed = remarks if way == REMARKS else partial(awaited, way=way)
    return render_template(
        "handover/index.html",
        way=way,
        found=listed(session(), reach(), day=this_day(), number=number),
        remarks=way == REMARKS,
        ways=[*ways, ("Nhận xét", url_for("handover.index", loai=REMARKS), way == REMARKS)],
        words=words,
    )


@page(
    handover,
    "/chi-bo/<uuid:organisation>/sinh-hoat/<uuid:meeting>/khoa",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("version",),
)
def close(organisation: Place, meeting: UUID) -> tuple[str, int] | Response:
    """Closes the record; says what it lacks, and what follows."""

    def act(found: Meeting) -> None:
        handing_over.close(session(), actor(), found.id, sent_version())
        flash("Đã khóa hồ sơ. Bước sau: ký, rồi gửi cấp trên.", "good")

    return _step(organisation, meeting, "handover/close.html", act)


@page(
    handover,
    "/chi-bo/<uuid:organisation>/sinh-hoat/<uuid:meeting>/gui",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("version",),
)
def send(organisation: Place, meeting: UUID) -> tuple[str, int] | Response:
    """Sends the closed record to the superior."""

    def act(found: Meeting) -> None:
        handing_over.submit(session(), actor(), found.id, sent_version())
        flash("Đã gửi hồ sơ buổi họp lên cấp trên.", "good")

    return _step(organisation, meeting, "handover/send.html", act)


@page(
    handover,
    "/chi-bo/<uuid:organisation>/sinh-hoat/<uuid:meeting>/tiep-nhan",
    permission=Permission.RECEIVE_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("version", "act", "voice", "remark"),
)
def answer(organisation: Place, meeting: UUID) -> tuple[str, int] | Response:
    """The superior takes the record, sends it back, or remarks on it."""

    found = meeting_row(organisation, meeting)
    if refused := handing_over.answer_refused(session(), actor(), organisation.id, found.id):
        raise NotAllowed(refused)

    def act(found: Meeting) -> None:
        chosen, sent = request.form.get("act", ""), request.form
        handing_over.answer(
            session(),
            actor(),
            found.id,
            sent_version(),
            chosen,
            remark=sent.get("remark", ""),
            voice=sent.get("voice", VOICES[0]),
        )
        flash(words.ANSWERED[chosen], "good")

    return _step(organisation, meeting, "handover/answer.html", act)


def _step(
    organisation: Place, public_id: UUID, template: str, act: Callable[[Meeting], None]
) -> tuple[str, int] | Response:
    """One step of a record: shown first, done once."""
    found = meeting_row(organisation, public_id)
    address = meeting_address(organisation, found)
    if request.method == "GET":
        return _page(organisation, found, template, {})

    def done() -> str:
        act(found)
        return address

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        return _page(organisation, meeting_row(organisation, public_id), template, errors, status)

    return answered(done, again, SINCE)


def _page(
    organisation: Place, found: Meeting, template: str, errors: dict[str, str], status: int = 200
) -> tuple[str, int]:
    record = record_of(session(), found.id)
    scored = scored_of(record.meeting)
    text = render_template(
        template,
        place=organisation,
        record=record,
        lacks=handing_over.missing(session(), found),
        gaps=meeting_parts.gaps(
            record, organisation.public_id, unscored=scored is not None and scored.reached is None
        ),
        acts_open=_open_acts(record),
        voice=handing_over.voice_of(session(), actor(), organisation.id, this_day()),
        version=found.version,
        errors=errors,
        values=request.form,
        form_key=new_key(),
        back=meeting_address(organisation, found),
        trail=meeting_trail(organisation, found),
        words=words,
    )
    return text, status


def _open_acts(record: Record) -> list[tuple[str, str]]:
    """What the superior can do with the record as it is."""
    known = words.ANSWERS
    return (
        list(known.items())
        if record.submission == SUBMITTED
        else [pair for pair in known.items() if pair[0] not in (RECEIVED, RETURNED)]
    )
