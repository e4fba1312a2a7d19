"""Committees of the instance: made by its operator, found by their code."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from bontot.db.models import Tenant
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, TenantUnknown
from bontot.text import clean

CODE = re.compile(r"[a-z][a-z0-9_-]{1,29}")


def create_tenant(session: Session, code: str, name: str) -> Tenant:
    """A new committee with nothing in it. Raises InvalidInput for a code that is taken or not plain, or no name."""
    check_code(session, code)
    name = clean(name, longest=200, field="name")
    if not name:
        raise InvalidInput("Cần có tên đảng bộ.", "name")
    tenant = Tenant(code=code, name=name)
    session.add(tenant)
    session.flush()
    return tenant


def check_code(session: Session, code: str) -> None:
    """Raises InvalidInput for a code that is taken or not plain."""
    if not CODE.fullmatch(code):
        raise InvalidInput(
            "Mã đảng bộ gồm 2 đến 30 chữ thường không dấu, chữ số, gạch nối, bắt đầu bằng chữ.", "code"
        )
    if session.scalar(select(Tenant.id).where(Tenant.code == code)):
        raise InvalidInput(f"Mã {code} đã có đảng bộ khác dùng.", "code")


def find_tenant(session: Session, code: str) -> Tenant:
    """The committee of a code. Raises TenantUnknown."""
    tenant = session.scalar(select(Tenant).where(Tenant.code == code))
    if tenant is None:
        raise TenantUnknown(f"Không có đảng bộ nào mang mã “{code}”. Xem các mã bằng: bontot tenant list")
    return tenant


def name_of(session: TenantSession) -> str:
    """The name of the committee in scope."""
    return session.scalars(select(Tenant.name).where(Tenant.id == session.tenant_id)).one()


def all_tenants(session: Session) -> list[tuple[str, str]]:
    """`(code, name)` of every committee, by code."""
    return [
        (code, name) for code, name in session.execute(select(Tenant.code, Tenant.name).order_by(Tenant.code))
    ]
