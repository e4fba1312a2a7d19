"""The records behind a finding, named so that a page can list and link them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.evaluation.words import QUARTERS
from bontot.policy.counts import Record

LISTED = 24
"""Records shown under one finding."""

_NAMED = {
    "meeting": "SELECT id, public_id, to_char(held_on, 'DD/MM/YYYY') FROM meeting WHERE id = ANY(:ids)",
    "member": "SELECT id, public_id, full_name FROM member WHERE id = ANY(:ids)",
    "task": "SELECT id, public_id, title FROM task WHERE id = ANY(:ids)",
    "cell": """
        SELECT DISTINCT ON (o.id) o.id, o.public_id, op.name
        FROM organisation AS o JOIN organisation_period AS op ON op.organisation_id = o.id
        WHERE o.id = ANY(:ids) AND op.valid_from <= :day ORDER BY o.id, op.valid_from DESC""",
    "judgment": """
        SELECT j.id, NULL, concat_ws('; ',
            CASE j.stage WHEN 'self_assessment' THEN 'Tự đánh giá' WHEN 'cell' THEN 'Chi bộ xét'
                         ELSE 'Cấp trên thẩm định' END
            || ': ' || CASE j.verdict WHEN 'met' THEN 'đạt' WHEN 'not_met' THEN 'chưa đạt'
                                      WHEN 'not_applicable' THEN 'không áp dụng'
                                      ELSE replace(CAST(trim_scale(j.points) AS text), '.', ',') || ' điểm' END
            || ' (' || j.judged_by || ', ngày ' || to_char(j.judged_on, 'DD/MM/YYYY') || ')',
            j.remark,
            'minh chứng: ' || (SELECT string_agg(e.title, ', ' ORDER BY e.id) FROM judgment_evidence AS e
                               WHERE e.judgment_id = j.id))
        FROM judgment AS j WHERE j.id = ANY(:ids)""",
    "directive": "SELECT id, NULL, number FROM directive WHERE id = ANY(:ids)",
    "discipline": "SELECT id, NULL, number FROM discipline WHERE id = ANY(:ids)",
}
_THROUGH = {"month": "meeting", "quarter": "meeting"}
"""Kinds whose id is that of another record."""
_WORDS = {
    "directive": "Văn bản {name}, hạn trả lời {day}",
    "discipline": "Quyết định {name} ngày {day}",
    "complaint": "Đơn thư nhận ngày {day}",
    "commendation": "Khen thưởng ngày {day}",
    "inspection": "Cuộc kiểm tra, giám sát ngày {day}",
    "concern": "Ý kiến nêu ngày {day}",
    "registration": "Bản đăng ký ngày {day}",
    "regulation": "Có quy chế từ ngày {day}",
    "rating": "Xếp loại năm",
    "task": "{name}, hạn {day}",
    "member": "{name}",
    "cell": "{name}",
    "meeting": "Buổi ngày {day}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """One thing that was counted: in words, with what it added, what else to say of it, and whose page to open (`link`
    names the kind of page)."""

    kind: str
    words: str
    part: int
    whole: int
    said: str = ""
    link: str | None = None
    public_id: UUID | None = None


def views(session: Session, records: Iterable[Sequence[Record]], day: date) -> list[tuple[RecordView, ...]]:
    """The records of several findings in words, in at most one statement a kind whatever their number."""
    listed = [tuple(some) for some in records]
    names = _names(session, [record for some in listed for record in some], day)
    return [tuple(_view(record, names) for record in some) for some in listed]


Names = dict[tuple[str, int], tuple[UUID | None, str]]


def _names(session: Session, records: Iterable[Record], day: date) -> Names:
    wanted: dict[str, set[int]] = {}
    for record in records:
        kind = _THROUGH.get(record.kind, record.kind)
        if record.id is not None and kind in _NAMED:
            wanted.setdefault(kind, set()).add(record.id)
    return {
        (kind, id_): (public_id, name)
        for kind, ids in wanted.items()
        for id_, public_id, name in session.execute(
            text(_NAMED[kind]), {"ids": sorted(ids)} | ({"day": day} if kind == "cell" else {})
        )
    }


def _view(record: Record, names: Names) -> RecordView:
    kind = _THROUGH.get(record.kind, record.kind)
    public_id, name = names.get((kind, record.id or 0), (None, ""))
    return RecordView(
        kind=record.kind,
        words=_words(record, name),
        part=record.part,
        whole=record.whole,
        said=record.said,
        link=kind if public_id else None,
        public_id=public_id,
    )


def _words(record: Record, name: str) -> str:
    day = record.day
    if record.kind == "month" and day:
        return f"Tháng {day.month}/{day.year}: {_held(name)}"
    if record.kind == "quarter" and day:
        return f"Quý {QUARTERS[day.month // 3]}/{day.year}: {_held(name)}"
    if record.kind in ("fee", "month_alone") and day:
        return f"Tháng {day.month}/{day.year}"
    if record.kind == "quarter_alone" and day:
        return f"Quý {QUARTERS[day.month // 3]}/{day.year}"
    pattern = _WORDS.get(record.kind, "{name}")
    return pattern.format(name=name, day=f"{day:%d/%m/%Y}" if day else "")


def _held(name: str) -> str:
    return f"họp ngày {name}" if name else "không có buổi nào"
