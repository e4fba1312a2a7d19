"""A list taken away as a workbook: the same lines the page shows, all of them, to whom the page is open.

A page declares the columns of its list once, answers `?dang=xlsx` with `sheet`, and shows the way with `take_sheet` of
`parts/sheet.html`. Whoever takes one leaves an access row, and their name in the footer.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlencode

from flask import Response, request, send_file, url_for
from sqlalchemy import func, select

from bontot.access import Permission
from bontot.imports.intake import SheetKind
from bontot.services.audit import note
from bontot.services.paging import MOST
from bontot.services.platform import note_act
from bontot.web.database import session
from bontot.web.filters import moment
from bontot.web.request import actor, this_day
from bontot.workbook import MEDIA, WIDEST, Sheet, listed, workbook
from bontot.workbook import Column as Column

Line = TypeVar("Line")
UNREAD = "Danh sách"
"""The tab of a list that does not come in as it is."""


def sheet(
    name: str,
    title: str,
    columns: Sequence[Column[Line]],
    lines: Iterable[Line],
    *,
    subject: str = "tenant",
    subject_id: int | None = None,
    most: int = MOST,
    kind: SheetKind | None = None,
) -> Response:
    """The lines as a workbook of that name (without accents) and title, about a record of ours where they are of one; it
    says so where the list ends at `most`. With columns of `imports.lists` it can be sent back as a sheet of a `kind`."""
    said = taken_by()
    tab_name = kind.title if kind else UNREAD
    table = listed(title, columns, lines, said, most=most, tab=tab_name)
    rows = len(list(table.rows))
    _note_taken(name, rows, subject, subject_id)
    content = workbook([table], footer=said)
    return as_file(content, f"{name}-{this_day():%Y-%m-%d}")


def tab(
    name: str,
    title: str,
    columns: Sequence[Column[Line]],
    lines: Sequence[Line],
    *,
    most: int = MOST,
    widest: int = WIDEST,
) -> Sheet:
    """A list as one tab of a workbook of several; it says so where the list ends at `most`. With columns no wider than
    `widest` characters longer texts go on below."""
    table = listed(title, columns, lines, taken_by(), most=most)
    return replace(table, name=name, widest=widest, wrapped=widest < WIDEST)


def several(
    name: str, tabs: Sequence[Sheet], *, subject: str = "tenant", subject_id: int | None = None
) -> Response:
    """The lists of one page as a workbook of that name, a tab for each; about a record of ours where they are of one."""
    rows = sum(len(list(one.rows)) for one in tabs)
    _note_taken(name, rows, subject, subject_id)
    return as_file(workbook(tabs, footer=taken_by()), f"{name}-{this_day():%Y-%m-%d}")


def _note_taken(name: str, rows: int, subject: str, subject_id: int | None) -> None:
    """In the trail of the committee; an operator's, who is in none, in that of the platform."""
    if actor().tenant_id is None:
        note_act(session(), "export_list", "", actor().name, list=name, rows=rows)
    else:
        note(session(), "export_list", subject, subject_id, actor().account_id, list=name, rows=rows)


def taken_by() -> str:
    """Who takes a workbook away, and when: for its footer."""
    return f"{actor().name} xuất lúc {moment(session().execute(select(func.now())).scalar_one())}"


def as_file(content: bytes, name: str) -> Response:
    """A workbook to be kept as a file of that name."""
    return send_file(io.BytesIO(content), mimetype=MEDIA, as_attachment=True, download_name=f"{name}.xlsx")


def may_send_in() -> bool:
    """Whether the reader may send a workbook back: for templates."""
    return actor().may(Permission.IMPORT)


def sheet_address() -> str:
    """The present page's list as a workbook: for templates. Empty where the page only answers a form, at an address that
    nothing can be read from."""
    if request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
        return ""
    named = {key: getattr(value, "public_id", value) for key, value in (request.view_args or {}).items()}
    asked = {key: value for key, value in request.args.items() if key not in ("trang", "dang")}
    return f"{url_for(str(request.endpoint), **named)}?{urlencode({**asked, 'dang': 'xlsx'})}"
