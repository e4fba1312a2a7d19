"""How a committee's own files call sheets and columns: said once by its administrator, understood from then on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from bontot.db.models import ImportName
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput
from bontot.imports.intake import SheetKind
from bontot.imports.layout import heading
from bontot.imports.marks import MEANINGS
from bontot.imports.sheets import BY_KEY, SHEETS
from bontot.services.audit import note

MARKS = "roll_call.mark"
"""The `kind` under which marks of attendance tables are remembered, as they are written."""
MOST = 200
"""Names told one by one."""
SHEET, COLUMN, MARK = "Tên trang tính", "Cột của trang “{}”", "Ký hiệu điểm danh"
SET_ASIDE = "Bỏ qua, không dùng"
FORGOTTEN = "Tên gọi này không còn được ghi nhớ."
UNKNOWN = "Phần này không có trong danh sách; hãy chọn lại."


@dataclass(frozen=True, slots=True)
class OwnNames:
    """The committee's own headings: `sheets` with the kind each tab is of, `columns` by kind with the field each stands for;
    "" for what is to be passed over."""

    sheets: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def marks(self) -> Mapping[str, str]:
        """The meanings of marks of attendance, by mark."""
        return self.columns.get(MARKS, {})


def own_names(session: TenantSession) -> OwnNames:
    """What the committee has said so far."""
    columns: dict[str, dict[str, str]] = defaultdict(dict)
    rows = session.execute(select(ImportName.kind, ImportName.heading, ImportName.stands_for))
    for kind, said, stands_for in rows:
        columns[kind][said] = stands_for
    return OwnNames(columns.pop("", {}), columns)


def remember(
    session: TenantSession,
    kind: str,
    written: str,
    stands_for: str,
    *,
    by: str,
    account_id: int | None = None,
) -> None:
    """From now on `written` (a header of a sheet of `kind`, or the name of a sheet when `kind` is "") stands for a field or
    a kind; "" passes it over. Of `MARKS` it is a mark of attendance, with what it means. Raises InvalidInput for what no
    sheet has."""
    fields = {of.key: {key for column in of.columns for key in column.meanings} for of in SHEETS}
    known = set(MEANINGS) if kind == MARKS else set(fields) if not kind else fields.get(kind)
    said = written if kind == MARKS else heading(written)
    if known is None or (
        stands_for not in known if kind == MARKS else not said or stands_for not in {*known, ""}
    ):
        raise InvalidInput(UNKNOWN)
    values = {"kind": kind, "heading": said, "stands_for": stands_for, "entered_by": by}
    statement = insert(ImportName).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "kind", "heading"],
            set_={"stands_for": stands_for, "entered_by": by},
        )
    )
    note(session, "name_import_column", "import_name", None, account_id, **values)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A name that the committee gave a meaning, in words: what it is the name of, what it stands for, and who said so."""

    kind: str
    heading: str
    of: str
    means: str
    by: str
    at: datetime


def remembered(session: TenantSession) -> list[Remembered]:
    """The names given last, newest first; at most `MOST`."""
    rows = session.scalars(select(ImportName).order_by(ImportName.id.desc()).limit(MOST))
    return [
        Remembered(
            row.kind, row.heading, *_in_words(row.kind, row.stands_for), row.entered_by, row.entered_at
        )
        for row in rows
    ]


def meanings(kind: SheetKind) -> list[tuple[str, str]]:
    """What a header of a sheet may be said to stand for, each with its words."""
    return [(key, words) for column in kind.columns for key, (words, _) in column.meanings.items()]


def _in_words(kind: str, stands_for: str) -> tuple[str, str]:
    """What a name is the name of, and what it stands for. A release may have done away with either."""
    if kind == MARKS:
        return MARK, MEANINGS.get(stands_for, stands_for)
    if not kind:
        known = BY_KEY.get(stands_for)
        return SHEET, SET_ASIDE if not stands_for else known.title if known else stands_for
    of = BY_KEY.get(kind)
    said = dict(meanings(of)) if of else {}
    means = said.get(stands_for, stands_for) if stands_for else SET_ASIDE
    return COLUMN.format(of.title if of else kind), means


def forget(session: TenantSession, kind: str, said: str, *, account_id: int | None = None) -> None:
    """Takes back what a name stands for: the next workbook that has it is asked about again. Raises InvalidInput for one
    that stands for nothing."""
    named = delete(ImportName).where(ImportName.kind == kind, ImportName.heading == said)
    gone = session.execute(named.returning(ImportName.id, ImportName.stands_for)).one_or_none()
    if gone is None:
        raise InvalidInput(FORGOTTEN)
    values = {"kind": kind, "heading": said, "stands_for": gone.stands_for}
    note(session, "forget_import_name", "import_name", gone.id, account_id, **values)
