"""An uploaded workbook from preview to receipt.

`preview` stores the file with everything found in it and writes nothing else; `apply` reads and checks it again, and writes
all of it or none, in the caller's transaction.
"""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import defer

from bontot.db.models import ImportBatch
from bontot.db.tenancy import TenantSession
from bontot.errors import ImportRefused, InvalidInput, NotFound
from bontot.evaluation.incremental import mark_whole
from bontot.evaluation.runs import Progress
from bontot.imports.applying import count_anew, write
from bontot.imports.checking import Checked, check, refuse_name
from bontot.imports.progress import quiet
from bontot.imports.reading import refuse_weight
from bontot.imports.telling import FIRST_ROWS
from bontot.imports.undoing import take_back
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.text import clean

PATIENCE = text(
    "SELECT set_config('idle_in_transaction_session_timeout', '10min', true),"
    " set_config('statement_timeout', '10min', true)"
)
"""The longest a workbook may keep its transaction waiting while it is read, or a table while it is written."""
SAID = {
    "checking": "đang chờ được kiểm tra",
    "previewed": "chưa được nhập",
    "applied": "đã được nhập",
    "discarded": "đã bị bỏ",
    "undone": "đã được hoàn tác",
}
ONE_AT_A_TIME = text("SELECT pg_try_advisory_xact_lock(app_tenant(), hashtext('import'))")


def preview(
    session: TenantSession,
    content: bytes,
    filename: str,
    *,
    by: str,
    registry: Registry,
    account_id: int | None = None,
) -> ImportBatch:
    """Stores a workbook with what was understood of it; `by` is the person's name.

    The batch has `counts` (`{"sheets": [{sheet, kind, title, rows, …}], "errors": n, "warnings": n}`, with the `meetings` of
    attendance tables, `nothing` where there is nothing to write, and `recorded`, how many rows the system has already) and
    `problems` (`[{sheet, row, column, message, severity}]`, errors first, at most 1,000). Raises WorkbookRefused or
    SecrecyRefused, and keeps nothing, when the file cannot be taken at all.
    """
    session.execute(PATIENCE)
    filename = bare_name(filename)
    checked = check(session, content, filename, registry)
    batch = ImportBatch(
        filename=filename,
        content=content,
        counts=_counts(checked),
        problems=[problem.as_dict() for problem in checked.problems],
        uploaded_by=by,
    )
    session.add(batch)
    session.flush()
    note(session, "preview_import", "import_batch", batch.id, account_id, errors=checked.errors)
    return batch


def receive(
    session: TenantSession, content: bytes, filename: str, *, by: str, account_id: int | None = None
) -> ImportBatch:
    """Keeps a workbook that is to be checked in the background (`recheck`). Raises WorkbookRefused for one too heavy and
    SecrecyRefused for one whose name carries a secrecy mark."""
    filename = bare_name(filename)
    refuse_name(filename)
    refuse_weight(content)
    nothing: dict[str, object] = {"sheets": [], "errors": 0, "warnings": 0}
    batch = ImportBatch(
        filename=filename, content=content, counts=nothing, problems=[], uploaded_by=by, state="checking"
    )
    session.add(batch)
    session.flush()
    note(session, "send_import", "import_batch", batch.id, account_id)
    return batch


def refuse_unready(batch: ImportBatch) -> None:
    """Raises ImportRefused for a workbook that was taken in or set aside, or is not checked."""
    if batch.state != "previewed":
        said = SAID[batch.state]
        raise ImportRefused(f"Tệp {batch.filename} {said} trước đó; không có gì được ghi thêm.")


def apply(
    session: TenantSession,
    batch_id: int,
    *,
    by: str,
    registry: Registry,
    account_id: int | None = None,
    progress: Progress = quiet,
) -> dict[str, int]:
    """Takes a previewed workbook in, whole, and returns the rows written by table.

    The records may have changed since the preview, so everything is checked again. Raises ImportRefused, having written
    nothing, when there are errors, nothing is left to write, or the batch was applied or discarded before; the caller rolls
    back on any exception.
    """
    session.execute(PATIENCE)
    if not session.execute(ONE_AT_A_TIME).scalar_one():
        raise ImportRefused("Đang có một tệp khác được nhập; hãy thử lại sau ít phút.")
    batch = session.get(ImportBatch, (session.tenant_id, batch_id), with_for_update=True)
    if batch is None:
        raise NotFound
    refuse_unready(batch)
    checked = check(session, batch.content, batch.filename, registry, progress, writing=True)
    if checked.errors:
        raise ImportRefused(
            f"Tệp {batch.filename} còn {checked.errors} lỗi; hãy sửa rồi tải lên lại. Chưa có gì được ghi."
        )
    if checked.plan.empty:
        raise ImportRefused(f"Mọi nội dung của tệp {batch.filename} đã có trong hồ sơ, không còn gì để nhập.")
    try:
        written, footprint = write(session, checked.plan, progress)
    except (IntegrityError, DataError) as error:
        raise ImportRefused(
            f"Hồ sơ vừa có thay đổi trùng với tệp {batch.filename}; hãy tải lên lại. Chưa có gì được ghi."
        ) from error
    batch.state, batch.counts = "applied", _counts(checked) | {"written": written}
    batch.applied_at = session.scalar(select(func.now()))
    batch.footprint = footprint.as_json(session)
    mark_whole(session)
    count_anew(session, written)
    for remark in checked.plan.remarks:
        note(session, account_id=account_id, reason=f"Nhập từ tệp {batch.filename}", **remark)
    note(session, "apply_import", "import_batch", batch.id, account_id, by=by, written=written)
    session.flush()
    return written


def recheck(session: TenantSession, batch_id: int, registry: Registry, progress: Progress = quiet) -> None:
    """Checks a workbook that waits for it, or a previewed one again with what its committee has said of its columns since.
    Raises as `preview`, and ImportRefused for one that was taken in or set aside."""
    session.execute(PATIENCE)
    batch = session.get(ImportBatch, (session.tenant_id, batch_id), with_for_update=True)
    if batch is None:
        raise NotFound
    if batch.state not in ("checking", "previewed"):
        raise ImportRefused(f"Tệp {batch.filename} {SAID[batch.state]} nên không kiểm tra lại được.")
    checked = check(session, batch.content, batch.filename, registry, progress)
    batch.state, batch.counts = "previewed", _counts(checked)
    batch.problems = [problem.as_dict() for problem in checked.problems]
    session.flush()


def undoable(session: TenantSession, batch: ImportBatch) -> str:
    """Why the workbook cannot be taken back, as far as is known before trying; "" when nothing speaks against it."""
    if batch.state != "applied":
        return f"Tệp {batch.filename} {SAID[batch.state]} nên không có gì để hoàn tác."
    later = select(ImportBatch.filename).where(
        ImportBatch.state == "applied", ImportBatch.applied_at > batch.applied_at
    )
    name = session.scalar(later.order_by(ImportBatch.applied_at.desc()).limit(1))
    if name is not None:
        return f"Chỉ hoàn tác được tệp nhập sau cùng; sau tệp này đã nhập tệp {name}."
    if not session.scalar(select(ImportBatch.footprint.isnot(None)).where(ImportBatch.id == batch.id)):
        return "Tệp này được nhập từ trước khi hệ thống biết hoàn tác."
    return ""


def undo(
    session: TenantSession, batch_id: int, *, by: str, reason: str, account_id: int | None = None
) -> dict[str, int]:
    """Takes back the workbook that was taken in last, whole; returns rows deleted or put back, by table.

    Raises ImportRefused, having written nothing, when it is not the last, or somebody changed or added to its records since,
    and InvalidInput without a reason.
    """
    reason = clean(reason, field="reason")
    if not reason:
        raise InvalidInput("Cần ghi lý do hoàn tác.", "reason")
    session.execute(PATIENCE)
    if not session.execute(ONE_AT_A_TIME).scalar_one():
        raise ImportRefused("Đang có một tệp khác được nhập; hãy thử lại sau ít phút.")
    batch = session.get(ImportBatch, (session.tenant_id, batch_id), with_for_update=True)
    if batch is None:
        raise NotFound
    if refusal := undoable(session, batch):
        raise ImportRefused(refusal)
    undone = take_back(session, batch.footprint or {})
    batch.state, batch.footprint = "undone", None
    batch.undone_at, batch.undone_by = session.scalar(select(func.now())), by
    mark_whole(session)
    note(session, "undo_import", "import_batch", batch.id, account_id, by=by, reason=reason, undone=undone)
    session.flush()
    return undone


def discard(session: TenantSession, batch_id: int, *, account_id: int | None = None) -> None:
    """Sets a previewed workbook aside and forgets its content and what was told of it. Raises ImportRefused when it was
    applied."""
    batch = session.get(ImportBatch, (session.tenant_id, batch_id), with_for_update=True)
    if batch is None:
        raise NotFound
    if batch.state in ("applied", "undone"):
        raise ImportRefused(f"Tệp {batch.filename} {SAID[batch.state]} nên không bỏ được.")
    batch.state, batch.content = "discarded", b""
    sheets = [
        {name: told for name, told in of.items() if name != FIRST_ROWS} for of in batch.counts["sheets"]
    ]
    batch.counts = {**batch.counts, "sheets": sheets}
    note(session, "discard_import", "import_batch", batch.id, account_id)
    session.flush()


def drop(session: TenantSession, batch_id: int, *, account_id: int | None = None) -> None:
    """Takes a workbook away that may not be kept: nothing of it stays but that it came."""
    session.execute(delete(ImportBatch).where(ImportBatch.id == batch_id))
    note(session, "drop_import", "import_batch", batch_id, account_id)


def find(session: TenantSession, public_id: UUID) -> ImportBatch:
    """The batch of an address, without its file. Raises NotFound."""
    statement = select(ImportBatch).options(defer(ImportBatch.content))
    batch = session.scalar(statement.where(ImportBatch.public_id == public_id))
    if batch is None:
        raise NotFound
    return batch


SHOWN = 50


def recent(session: TenantSession, limit: int = SHOWN) -> list[ImportBatch]:
    """The latest batches, newest first, without their files and problems."""
    light = (defer(ImportBatch.content), defer(ImportBatch.problems))
    statement = select(ImportBatch).options(*light).order_by(ImportBatch.id.desc()).limit(limit)
    return list(session.scalars(statement))


def bare_name(filename: str) -> str:
    """A file's name without folders, fit to be shown."""
    name = PurePosixPath(PureWindowsPath(filename).name).name
    return clean(name, longest=200, field="file") or "tệp.xlsx"


def _counts(checked: Checked) -> dict[str, object]:
    counts: dict[str, object] = {
        "sheets": checked.sheets,
        "errors": checked.errors,
        "warnings": checked.warnings,
    }
    if checked.meetings:
        counts |= {"meetings": checked.meetings}
    if checked.recorded:
        counts |= {"recorded": checked.recorded}
    return counts | ({"nothing": True} if checked.plan.empty and not checked.errors else {})
