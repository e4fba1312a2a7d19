"""Papers ready to be printed and signed: on the screen, as PDF, and as DOCX for the office's own word processor."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.db.models import IssuedPaper
from bontot.documents import issuing
from bontot.documents.kinds import Asked, Kind, MemberKind, kind_of, member_kind_of
from bontot.documents.paper import Paper
from bontot.documents.profiles import profile_of
from bontot.documents.setting import ended
from bontot.errors import NotFound
from bontot.services.audit import note_view
from bontot.web import trail
from bontot.web.database import session
from bontot.web.papers import asked_of, asked_paper
from bontot.web.request import Person, Place, actor, registry, this_day
from bontot.web.routing import page

paper = Blueprint("paper", __name__)

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""The formats a paper is set in, the first to be printed and the second to be worked on."""


@page(
    paper,
    "/to-chuc/<uuid:organisation>/van-ban/<kind>/<of>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def show(organisation: Place, kind: str, of: str) -> str:
    """A paper of an organisation, as it will be printed."""
    asked = kind_of(kind, registry())
    question = looked_at(organisation, asked, of)
    made = asked.build(question)
    standing = issuing.living(session(), organisation.id, asked.key, of)
    return render_template(
        "paper/show.html",
        paper=made,
        standing=standing and (issuing.called(standing), issued_address(organisation, standing)),
        issue=url_for("issued.issue", organisation=organisation.public_id, kind=kind, of=of)
        if issuing.may_issue(actor(), organisation.id) and not made.lacks
        else "",
        write=url_for("paper_text.write", organisation=organisation.public_id, kind=kind, of=of)
        if issuing.may_issue(actor(), organisation.id) and asked.parts(question)
        else "",
        body=ended(made, profile_of(made.day)),
        files=[
            (
                name.upper(),
                url_for(".download", organisation=organisation.public_id, kind=kind, of=of, form=name),
            )
            for name in MEDIA
        ],
        back=back_to(organisation, asked, of),
        trail=trail.above(organisation, this_day(), itself=True),
    )


@page(
    paper,
    "/to-chuc/<uuid:organisation>/van-ban/<kind>/<of>/<form>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def download(organisation: Place, kind: str, of: str, form: str) -> Response:
    """The same as a file."""
    if form not in MEDIA:
        raise NotFound
    asked = kind_of(kind, registry())
    made = asked.build(looked_at(organisation, asked, of))
    return a_file(issuing.SETTERS[form](made), form, f"{asked.slug}-{of}")


@page(
    paper,
    "/dang-vien/<uuid:member>/van-ban/<kind>/<asked>",
    permission=Permission.VIEW_MEMBER,
    scope=Scope.MEMBER,
)
def of_member(member: Person, kind: str, asked: str) -> str:
    """A paper about one member, as it will be printed."""
    made = _about(member, member_kind_of(kind), asked)
    return render_template(
        "paper/show.html",
        paper=made,
        standing=None,
        issue="",
        write="",
        body=ended(made, profile_of(made.day)),
        files=[
            (
                name.upper(),
                url_for(".of_member_file", member=member.public_id, kind=kind, asked=asked, form=name),
            )
            for name in MEDIA
        ],
        back=("Về trang đảng viên", url_for("member.show", member=member.public_id)),
        trail=[(member.full_name, url_for("member.show", member=member.public_id))],
    )


@page(
    paper,
    "/dang-vien/<uuid:member>/van-ban/<kind>/<asked>/<form>",
    permission=Permission.VIEW_MEMBER,
    scope=Scope.MEMBER,
)
def of_member_file(member: Person, kind: str, asked: str, form: str) -> Response:
    """The same as a file."""
    if form not in MEDIA:
        raise NotFound
    of = member_kind_of(kind)
    return a_file(issuing.SETTERS[form](_about(member, of, asked)), form, f"{of.slug}-{asked}")


def _about(member: Person, kind: MemberKind, year: str) -> Paper:
    if member.cell_id is None:
        raise NotFound
    note_view(session(), "view_paper", "member", member.id, actor().account_id, paper=kind.key, of=year)
    asked = asked_of(member.cell_id, year)
    return kind.build(asked, member.id)


def a_file(content: bytes, form: str, name: str) -> Response:
    """A file to be kept by the reader, never opened in the page's place."""
    made = Response(content, mimetype=MEDIA[form])
    made.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return made


def looked_at(organisation: Place, kind: Kind, of: str) -> Asked:
    """What a paper of an organisation is asked for with; that it was looked at is kept in the trail."""
    note_view(
        session(), "view_paper", "organisation", organisation.id, actor().account_id, paper=kind.key, of=of
    )
    return asked_paper(organisation, of)


def issued_address(organisation: Place, row: IssuedPaper) -> str:
    """The page of an issued paper."""
    return url_for("issued.show", organisation=organisation.public_id, paper=row.public_id)


def back_to(organisation: Place, kind: Kind, of: str) -> tuple[str, str]:
    """The page a paper was come from, and what it is called."""
    place = organisation.public_id
    if kind.about == "meeting":
        return "Về trang buổi họp", url_for("meeting.show", organisation=place, meeting=UUID(of))
    if kind.about == "planned":
        return "Về giấy mời", url_for("planning.show", organisation=place, planned=UUID(of))
    return "Về Văn bản", url_for("issued.index", organisation=place)
