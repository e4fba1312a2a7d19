"""What a sheet says where the reader may not judge at a stage: how much of it waits for another hand, and whose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import url_for

from bontot.access import ROLE_WORDS, Permission, Role
from bontot.policy.terms import Stage
from bontot.policy.words import STAGE_WORDS
from bontot.services.judgment_hands import NAMED, Hands, Officer, hands_of, named
from bontot.services.judgment_rules import Hand
from bontot.services.judgments import Sheet
from bontot.web.database import session
from bontot.web.judgment_form import JudgmentForm
from bontot.web.request import actor
from bontot.web.words import POSTS


@dataclass(frozen=True, slots=True)
class Bar:
    """How many criteria wait for another hand, as a title, and who can judge them; `address` is where the reader gives
    somebody the role, empty for who cannot."""

    title: str
    sentence: str
    address: str


def reader() -> Hand:
    """The reader's hand."""
    return Hand.of(actor())


def bar_of(sheet: Sheet, form: JudgmentForm, name: str, day: date) -> Bar | None:
    """What is to be said of the criteria closed to the reader; None where none is."""
    closed = sum(bool(box.closed) for box in form.boxes.values())
    if not closed:
        return None
    stage = STAGE_WORDS[form.stage]
    title = f"{closed} tiêu chí ở bước {stage} cần người khác xét"
    if form.stage is Stage.SELF_ASSESSMENT and sheet.subject.of_member:
        said = (
            f"Chỉ đồng chí {name} tự đánh giá được. Muốn tự đánh giá, hãy bỏ kết luận của mình ở bước khác."
        )
        return Bar(title, said, "")
    hands = hands_of(session(), sheet.subject, form.stage, day)
    others = hands.besides([reader()])
    if others:
        return Bar(title, f"Xét được ở bước này: {named(others, POSTS)}.", "")
    address = url_for("grant.index") if actor().may(Permission.MANAGE_ACCOUNTS) else ""
    return Bar(title, _nobody(hands, form.stage), address)


def _nobody(hands: Hands, stage: Stage) -> str:
    """That nobody else was given the stage, and to whom it may be."""
    if stage is Stage.APPRAISAL:
        return "Chưa có ai khác được giao bước này; cần thêm một tài khoản cấp ủy hoặc quản trị đảng bộ."
    role = ROLE_WORDS[Role.CELL_SECRETARY]
    to = f" cho {_officers(hands.without)}" if hands.without else " cho phó bí thư hoặc chi ủy viên"
    return (
        f"Chưa có ai khác được giao bước này. Quản trị đảng bộ giao vai trò “{role}”{to} ở trang Tài khoản."
    )


def _officers(officers: tuple[Officer, ...]) -> str:
    return " hoặc ".join(f"đồng chí {one.name} ({POSTS[one.post].lower()})" for one in officers[:NAMED])
