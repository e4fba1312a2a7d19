"""A JSON list of fifty members for a program, against the bare query served as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import create_engine

from benchmarks.committees import AS_OF
from benchmarks.measuring import Measured, Recipe
from benchmarks.serving import SIZE, asking, function_of, measured, rows_of, served
from bontot.access import Actor, Role
from bontot.db.tenancy import scope
from bontot.services.tokens import SCOPES, issue

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TOKENS = 12
"""Programs that ask in turn: none may ask as often as is measured."""
NAMES = ("id", "full_name", "birth_year", "official", "employment", "organisation", "states")
LIST = """
SELECT m.public_id, m.full_name, CAST(extract(year FROM m.birth_date) AS integer),
       coalesce(m.official_date <= %(day)s, false), m.employment, o.public_id,
       ARRAY(SELECT st.kind FROM member_state st WHERE st.member_id = m.id
             AND st.valid_from <= %(day)s AND (st.valid_to IS NULL OR %(day)s < st.valid_to) ORDER BY 1)
FROM membership s
JOIN member m ON m.id = s.member_id AND (m.ended_on IS NULL OR %(day)s < m.ended_on)
JOIN organisation o ON o.id = s.organisation_id
WHERE s.kind = 'home' AND s.valid_from <= %(day)s AND (s.valid_to IS NULL OR %(day)s < s.valid_to)
ORDER BY m.public_id LIMIT %(size)s
"""


def run(quick: bool) -> Iterator[Measured]:
    """The same fifty members of a district (quick: a ward) by both; what they answer is compared first."""
    with served(quick) as site:
        engine = create_engine(site.settings.database_url)
        giver = Actor(account_id=site.account, name="đo", role=Role.TENANT_ADMIN, tenant_id=site.tenant)
        with scope(engine, site.tenant) as session:
            secrets = [
                issue(
                    session,
                    giver,
                    name=f"đo {number}",
                    role=Role.TENANT_ADMIN,
                    organisation_id=None,
                    scopes=SCOPES,
                    days=30,
                )
                for number in range(TOKENS)
            ]
        engine.dispose()
        binds: dict[str, Any] = {"tenant": str(site.tenant), "day": AS_OF, "size": SIZE}

        def answer(_: WSGIEnvironment) -> bytes:
            rows = rows_of(site.bare, LIST, binds)
            return orjson.dumps({"items": [dict(zip(NAMES, row, strict=True)) for row in rows]})

        path = f"/api/v1/members?limit={SIZE}&as_of={AS_OF}"
        readers = [{"Authorization": f"Bearer {secret}"} for secret in secrets]
        product = asking(site.app, path, *readers)
        floor = asking(function_of(answer, "application/json"), "/")
        if orjson.loads(product())["items"] != orjson.loads(floor())["items"]:
            raise AssertionError("the two answers differ")
        yield from measured(f"{SIZE} members as JSON", product, floor, quick)


RECIPE = Recipe("api", "Danh sách JSON cho phần mềm khác", run)
