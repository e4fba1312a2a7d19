"""Fees."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bontot.access import Role
from bontot.db.models import Member
from bontot.db.tenancy import TenantSession, scope
from bontot.services.fees.bases import bases_of, reliefs_of, version_of
from bontot.services.fees.ledger import ledger
from tests.isolation.golden.asking import (
    Golden,
    Requests,
    World,
    boxes,
    form_key,
    month_boxes,
)


def fees_of(world: World) -> dict[str, Any]:
    """The form of the first cell's fees of October 2026: the first member's due typed and paid, of the others nothing."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        found = ledger(session, world.committee.cells[0].id, date(2026, 10, 1))
    first = world["member"]
    others = [line.public_id for line in found.lines if str(line.public_id) != first]
    return {
        "form_key": form_key(),
        "version": found.version,
        "row": [first, *others],
        f"fee-{first}": "month",
        f"due-{first}": "32.000",
        **{f"fee-{other}": "other" for other in others},
        **boxes("paid_on", date(2026, 10, 5)),
    }


def basis_seen(world: World) -> str:
    """The version of the member's bases as they are now."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        return version_of(bases_of(session, member_of(session, world)))


def relief_seen(world: World) -> str:
    """The version of the member's reliefs as they are now."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        return version_of(reliefs_of(session, member_of(session, world)))


def member_of(session: TenantSession, world: World) -> int:
    return session.scalars(select(Member.id).where(Member.public_id == UUID(world["member"]))).one()


REQUESTS: Requests = {
    ("fee.month", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"]}, query={"thang": "2026-10"}
    ),
    ("fee.month", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"]},
        query={"thang": "2026-10"},
        form=fees_of(world),
        status=302,
    ),
    ("fee.take_back", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"], "asked": "2026-10"},
        form={"form_key": form_key(), "version": "1"},
        status=302,
    ),
    ("fee.correct", "GET"): lambda world: Golden(args={"member": world["member"], "asked": "2026-09"}),
    ("fee.correct", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member"], "asked": "2026-09"},
        form={
            "form_key": form_key(),
            "version": "1",
            "due": "20.000",
            "paid": "20.000",
            "reason": "ghi nhầm",
            **boxes("paid_on", date(2026, 10, 5)),
        },
        status=302,
    ),
    ("fee.report", "GET"): lambda world: Golden(
        args={"organisation": world["organisation"]}, query={"ky": "2026-Q3"}
    ),
    ("fee_board.year", "GET"): lambda world: Golden(args={"organisation": world["organisation"]}),
    ("fee_board.remit", "GET"): lambda world: Golden(args={"organisation": world["cell"]}),
    ("fee_board.remit", "POST"): lambda world: Golden(
        role=Role.COMMITTEE,
        method="POST",
        args={"organisation": world["cell"]},
        form={"form_key": form_key(), "amount": "50.000", **boxes("remitted_on", date(2026, 10, 5))},
        status=302,
    ),
    ("fee_basis.basis", "GET"): lambda world: Golden(args={"member": world["member"]}),
    ("fee_basis.basis", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member"]},
        form={
            "form_key": form_key(),
            "version": basis_seen(world),
            "group": "pension",
            "figure": "6.400.000",
            **month_boxes("since", date(2026, 11, 1)),
        },
        status=302,
    ),
    ("fee_basis.relief", "GET"): lambda world: Golden(args={"member": world["member"]}),
    ("fee_basis.relief", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member"]},
        form={
            "form_key": form_key(),
            "version": relief_seen(world),
            "kind": "poor",
            "document": world.committee.root.name,
            **month_boxes("since", date(2026, 11, 1)),
        },
        status=302,
    ),
    ("fee_basis.end", "GET"): lambda world: Golden(
        args={"member": world["member"], "relief": world["relief"]}
    ),
    ("fee_basis.end", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member"], "relief": world["relief"]},
        form={
            "form_key": form_key(),
            "version": relief_seen(world),
            "reason": "ghi nhầm",
            **month_boxes("since", date(2026, 8, 1)),
        },
        status=302,
    ),
    ("fee_basis.rules", "GET"): lambda _: Golden(role=Role.CELL_SECRETARY),
    ("fee_basis.decide", "GET"): lambda _: Golden(args={"key": "minimum_wage"}),
    ("fee_basis.decide", "POST"): lambda world: Golden(
        method="POST",
        args={"key": "minimum_wage"},
        form={
            "form_key": form_key(),
            "value": "5.310.000",
            "document": world.committee.root.name,
            **boxes("valid_from", date(2026, 1, 1)),
        },
        status=302,
    ),
}
