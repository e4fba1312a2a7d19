"""Two committees with the same kinds of records: one's own, and a decoy whose every text carries a marker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from bontot.access import Role
from bontot.db.base import Base
from bontot.db.models import Tenant
from bontot.db.tenancy import PLATFORM, scope
from bontot.services.accounts import create_account, grant_role
from tests.conftest import Database
from tests.isolation.specimens import plant

DECOY = "KHÔNG-ĐƯỢC-THẤY"


@dataclass(frozen=True)
class Planted:
    """A committee with one row in every tenant table."""

    tenant_id: int
    rows: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Pair:
    """The application's engine, the owner's, and the two committees."""

    engine: Engine
    owner: Engine
    own: Planted
    decoy: Planted


def plant_tenant(engine: Engine, code: str, marker: str) -> Planted:
    with scope(engine, PLATFORM) as session:
        tenant = Tenant(code=code, name=f"{marker} đảng bộ")
        session.add(tenant)
        account = create_account(session, f"{code}@vi-du", f"{marker} tài khoản", "mật khẩu chỉ để kiểm thử")
        session.flush()
        tenant_id, account_id = tenant.id, account.id
    with scope(engine, tenant_id) as session:
        grant_role(session, account_id, Role.TENANT_ADMIN, valid_from=date(2023, 1, 1))
        Base.metadata.info["account_id"] = account_id
        return Planted(tenant_id, plant(session, marker))


@pytest.fixture
def plant_pair(fresh_database: Database) -> Iterator[Callable[[], Pair]]:
    """Makes the pair in a database of the test's own."""
    engines = [create_engine(url) for url in (fresh_database.database_url, fresh_database.owner_url)]

    def make() -> Pair:
        own = plant_tenant(engines[0], "nha", "của nhà")
        return Pair(engines[0], engines[1], own, plant_tenant(engines[0], "moi", DECOY))

    yield make
    for engine in engines:
        engine.dispose()
