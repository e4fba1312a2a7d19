"""The page that lists fifty members, against the bare query written out in f-strings."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine

from benchmarks.committees import AS_OF
from benchmarks.measuring import Measured, Recipe
from benchmarks.serving import SIZE, asking, function_of, measured, rows_of, served
from bontot.db.tenancy import PLATFORM, scope
from bontot.services.accounts import grants_of, open_session
from bontot.web import words
from bontot.web.request import SECRET_COOKIE

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LIST = """
SELECT m.public_id, m.full_name, CAST(extract(year FROM m.birth_date) AS integer),
       coalesce(m.official_date <= %(day)s, false), m.employment, p.name, coalesce(above.name, ''),
       ARRAY(SELECT st.kind FROM member_state st WHERE st.member_id = m.id
             AND st.valid_from <= %(day)s AND (st.valid_to IS NULL OR %(day)s < st.valid_to) ORDER BY 1),
       count(*) OVER ()
FROM membership s
JOIN member m ON m.id = s.member_id AND (m.ended_on IS NULL OR %(day)s < m.ended_on)
JOIN organisation_period p ON p.organisation_id = s.organisation_id
     AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR %(day)s < p.valid_to)
LEFT JOIN organisation_period above ON above.organisation_id = p.parent_id
     AND above.valid_from <= %(day)s AND (above.valid_to IS NULL OR %(day)s < above.valid_to)
WHERE s.kind = 'home' AND s.valid_from <= %(day)s AND (s.valid_to IS NULL OR %(day)s < s.valid_to)
ORDER BY m.sort_key, m.id LIMIT %(size)s
"""


def run(quick: bool) -> Iterator[Measured]:
    """The same fifty members of a district (quick: a ward) by both; that each shows them all is looked at first."""
    with served(quick) as site:
        engine = create_engine(site.settings.database_url)
        with scope(engine, site.tenant) as session:
            grant = grants_of(session, site.account, AS_OF)[0][0]
        with scope(engine, PLATFORM) as session:
            secret = open_session(session, site.account, tenant_id=site.tenant, grant_id=grant)
        engine.dispose()
        binds: dict[str, Any] = {"tenant": str(site.tenant), "day": AS_OF, "size": SIZE}

        def answer(_: WSGIEnvironment) -> bytes:
            rows = rows_of(site.bare, LIST, binds)
            return page(rows).encode()

        reader = {"Cookie": f"{SECRET_COOKIE}={secret}"}
        product = asking(site.app, f"/dang-vien?ngay={AS_OF}", reader)
        floor = asking(function_of(answer, "text/html; charset=utf-8"), "/")
        shown = [f"/dang-vien/{row[0]}".encode() for row in rows_of(site.bare, LIST, binds)]
        if not all(one in product() and one in floor() for one in shown):
            raise AssertionError("the two pages show other members")
        yield from measured(f"{SIZE} members as a page", product, floor, quick)


def page(rows: list[tuple[Any, ...]]) -> str:
    """The list with as much of a page around it as a browser needs."""
    total = rows[0][-1] if rows else 0
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Đảng viên</title></head><body>'
        f"<h1>Đảng viên</h1><p>{total} người</p><table><tbody>{''.join(map(line, rows))}</tbody></table></body></html>"
    )


def line(row: tuple[Any, ...]) -> str:
    """A member in a row of the table."""
    public_id, name, born, official, employment, cell, above, states, _ = row
    marks = "" if official else '<span class="mark now">Dự bị</span> '
    marks += "".join(f'<span class="mark off">{words.MEMBER_STATES[state]}</span> ' for state in states)
    return (
        f'<tr><th scope="row"><a href="/dang-vien/{public_id}">{escape(name)}</a></th><td>{born or ""}</td>'
        f"<td>{escape(cell)}<small>{escape(above)}</small></td><td>{words.EMPLOYMENT[employment]}</td>"
        f"<td>{marks}</td></tr>"
    )


RECIPE = Recipe("pages", "Trang danh sách", run)
