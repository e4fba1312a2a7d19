"""Closing a meeting's record, sending it, and the superior's answer."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.db.models import Meeting
from bontot.db.models.meeting import VOICES
from bontot.errors import NotAllowed, NotFound
from bontot.services.proceedings import handing_over
from bontot.services.proceedings.handing_over import RECEIVED, RETURNED, SUBMITTED, WAYS
from bontot.services.proceedings.reading import Record, record_of
from bontot.web import words
from bontot.web.database import session
from bontot.web.forms import answered, new_key, sent_version
from bontot.web.meeting_places import meeting_address, meeting_row, meeting_trail
from bontot.web.query import asked_page
from bontot.web.request import Place, actor, reach, this_day
from bontot.web.routing import page

handover = Blueprint("handover", __name__)
SINCE = "Hồ sơ vừa được ghi thêm hoặc sửa sau khi đồng chí mở trang này. Xin xem lại rồi bấm lần nữa."


@page(handover, "/sinh-hoat/gui-len", permission=Permission.RECEIVE_MEETING, scope=Scope.TENANT)
def index() -> str:
    """The records on their way between the cells within reach and their superior."""
    way = request.args.get("loai", next(iter(WAYS)))
    if way not in WAYS:
        raise NotFound
    counts = handing_over.counts(session(), reach())
    return render_template(
        "handover/index.html",
        way=way,
        awaited=handing_over.awaited(session(), reach(), way, this_day(), asked_page()),
        ways=[
            (f"{words.WAYS[key]} ({counts[key]})", url_for("handover.index", loai=key), key == way)
            for key in WAYS
        ],
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
    text = render_template(
        template,
        place=organisation,
        record=record,
        lacks=handing_over.missing(session(), found),
        unwritten=unwritten(record),
        acts_open=_open_acts(record),
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


def unwritten(record: Record) -> list[str]:
    """What minutes usually hold and this record does not."""
    entry = record.meeting.entry
    parts = {
        "giờ kết thúc": record.head.ends_at,
        "kết quả việc tháng trước": not record.earlier or any(one.reviewed for one in record.earlier),
        "ý kiến thảo luận": record.opinions,
        "kết luận": record.course.conclusion,
        "nghị quyết": record.resolution or entry.kind != "regular",
        "nhiệm vụ được giao": record.items or entry.kind != "regular",
        "biểu quyết nghị quyết": record.passed or not record.resolution,
    }
    return [name for name, there in parts.items() if not there]
