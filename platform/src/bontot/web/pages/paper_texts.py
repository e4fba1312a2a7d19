"""Writing into a paper: the parts of it that do not come from the records."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.documents import issuing, writing
from bontot.documents.asking import Part
from bontot.documents.kinds import Asked, Kind, kind_of
from bontot.errors import NotAllowed, NotFound, Stale
from bontot.web import trail
from bontot.web.forms import answered, new_key, sent_version
from bontot.web.pages.papers import looked_at
from bontot.web.request import Place, actor, registry, this_day
from bontot.web.routing import page

paper_text = Blueprint("paper_text", __name__)
MOST = 30
BOXES = tuple(f"part-{number}" for number in range(MOST))


@page(
    paper_text,
    "/to-chuc/<uuid:organisation>/van-ban/<kind>/<of>/noi-dung",
    permission=Permission.ISSUE_PAPER,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("version", "parts", *BOXES),
)
def write(organisation: Place, kind: str, of: str) -> tuple[str, int] | Response:
    """What people write into a paper, part by part."""
    asked, about = looked_at(organisation, kind_of(kind, registry()), of), kind_of(kind, registry())
    if not issuing.may_issue(actor(), organisation.id):
        raise NotAllowed
    about.build(asked)
    parts = about.parts(asked)
    if not parts:
        raise NotFound

    def form(
        words: dict[str, str], errors: dict[str, str] | None = None, status: int = 200, *, met: bool = False
    ) -> tuple[str, int]:
        return _form(organisation, asked, about, parts, words, errors or {}, status, met=met)

    if request.method == "GET":
        return form(dict(writing.written(asked, about.key).words))
    sent = {part.key: request.form.get(box, "") for part, box in zip(parts, BOXES, strict=False)}

    def _beside(mine: dict[str, str]) -> dict[str, str]:
        """What was typed; where nothing was, what another wrote meanwhile, so that a box left empty takes nothing away."""
        theirs = writing.written(asked, about.key).words
        return {key: words if words.strip() else theirs.get(key, "") for key, words in mine.items()}

    def act() -> str:
        if request.form.get("parts", "") != _named(parts):
            raise Stale
        writing.write(asked, about.key, parts, sent, version=sent_version())
        flash("Đã lưu nội dung văn bản.", "good")
        return _paper(organisation, about, of)

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        return form(sent, errors, status)

    return answered(act, again, lambda stale: form(_beside(sent), status=stale.status, met=True))


def _named(parts: Sequence[Part]) -> str:
    """The parts a form was shown with, which another edition of a plan may have changed."""
    return " ".join(part.key for part in parts)


def _paper(organisation: Place, kind: Kind, of: str) -> str:
    return url_for("paper.show", organisation=organisation.public_id, kind=kind.slug, of=of)


def _form(
    organisation: Place,
    asked: Asked,
    kind: Kind,
    parts: Sequence[Part],
    words: dict[str, str],
    errors: dict[str, str],
    status: int,
    *,
    met: bool,
) -> tuple[str, int]:
    now = writing.written(asked, kind.key)
    boxes = {part.key: box for part, box in zip(parts, BOXES, strict=False)}
    text = render_template(
        "paper/write.html",
        kind=kind,
        paper=kind.build(asked),
        parts=[(boxes[part.key], part, words.get(part.key, "")) for part in parts],
        named=_named(parts),
        version=now.version,
        errors={boxes.get(key, key): sentence for key, sentence in errors.items()},
        met=[
            {"label": part.label, "theirs": now.words.get(part.key, ""), "mine": words.get(part.key, "")}
            for part in parts
            if now.words.get(part.key, "") != words.get(part.key, "")
        ]
        if met
        else None,
        form_key=new_key(),
        back=_paper(organisation, kind, asked.of),
        trail=trail.above(organisation, this_day(), itself=True),
    )
    return text, status
