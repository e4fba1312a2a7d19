"""The database's catalogue keeps the tenancy rules, and the check of it bites."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, text

from bontot.db.catalogue import violations
from tests.conftest import Database


@pytest.fixture
def catalogue(database: Database) -> Iterator[Connection]:
    """A superuser's transaction that is never kept."""
    engine = create_engine(database.superuser_url)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def test_the_catalogue_keeps_every_rule(catalogue: Connection) -> None:
    assert violations(catalogue) == []


FAULTS = {
    "an undeclared table": (
        "CREATE TABLE stray (tenant_id integer NOT NULL)",
        "bảng chưa khai báo phạm vi: stray",
    ),
    "a table not forced": (
        "ALTER TABLE member NO FORCE ROW LEVEL SECURITY",
        "không bật bảo vệ theo dòng: member",
    ),
    "a table not enabled": (
        "ALTER TABLE member DISABLE ROW LEVEL SECURITY",
        "không bật bảo vệ theo dòng: member",
    ),
    "a dropped restrictive policy": (
        "DROP POLICY tenant ON fee",
        "thiếu chính sách hạn chế theo đảng bộ: fee",
    ),
    "a policy that compares something else": (
        "ALTER POLICY tenant ON fee USING (tenant_id > 0)",
        "thiếu chính sách hạn chế theo đảng bộ: fee",
    ),
    "a policy without a check on writing": (
        "DROP POLICY tenant ON fee;"
        "CREATE POLICY tenant ON fee AS RESTRICTIVE TO bontot_app USING (tenant_id = (SELECT app_tenant()))"
        " WITH CHECK (true)",
        "thiếu chính sách hạn chế theo đảng bộ: fee",
    ),
    "a policy for reading only": (
        "DROP POLICY tenant ON fee;"
        "CREATE POLICY tenant ON fee AS RESTRICTIVE FOR SELECT TO bontot_app USING (tenant_id = (SELECT app_tenant()))",
        "thiếu chính sách hạn chế theo đảng bộ: fee",
    ),
    "a dropped permissive policy": (
        "DROP POLICY reach ON fee",
        "thiếu chính sách cho phép: fee",
    ),
    "a nullable tenant": (
        "ALTER TABLE statement DROP CONSTRAINT pk_statement; ALTER TABLE statement ALTER tenant_id DROP NOT NULL",
        "tenant_id có thể trống: statement",
    ),
    "a key that begins elsewhere": (
        "ALTER TABLE concern ADD CONSTRAINT stray_key UNIQUE (id, tenant_id)",
        "khóa không bắt đầu bằng tenant_id: concern.stray_key",
    ),
    "a foreign key without the tenant": (
        "ALTER TABLE organisation ADD CONSTRAINT stray_id UNIQUE (id);"
        "ALTER TABLE concern ADD CONSTRAINT stray_key FOREIGN KEY (organisation_id) REFERENCES organisation (id)",
        "khóa không bắt đầu bằng tenant_id: concern.stray_key",
    ),
    "a foreign key that leads to another column": (
        "ALTER TABLE organisation ADD CONSTRAINT stray_id UNIQUE (id);"
        "ALTER TABLE concern ADD CONSTRAINT stray_key FOREIGN KEY (tenant_id) REFERENCES organisation (id)",
        "khóa ngoại dẫn ra ngoài đảng bộ: concern.stray_key",
    ),
    "an index the policy cannot use": (
        "CREATE INDEX stray_index ON concern (raised_on)",
        "chỉ mục không bắt đầu bằng tenant_id: concern.stray_index",
    ),
    "an application that bypasses": (
        "ALTER ROLE bontot_app BYPASSRLS",
        "vai trò ứng dụng sở hữu hoặc có quyền quá mức: bontot_app",
    ),
    "an application that owns": (
        "ALTER TABLE concern OWNER TO bontot_app",
        "vai trò ứng dụng sở hữu hoặc có quyền quá mức: concern",
    ),
    "an application that truncates": (
        "GRANT TRUNCATE ON concern TO bontot_app",
        "vai trò ứng dụng sở hữu hoặc có quyền quá mức: concern",
    ),
    "an application that creates": (
        "GRANT CREATE ON SCHEMA public TO bontot_app",
        "vai trò ứng dụng sở hữu hoặc có quyền quá mức: bontot_app",
    ),
    "an application that joins the owner": (
        "GRANT bontot_owner TO bontot_app",
        "vai trò ứng dụng sở hữu hoặc có quyền quá mức: bontot_app",
    ),
    "a partition granted directly": (
        "GRANT SELECT ON attendance_2023 TO bontot_app",
        "phân vùng được cấp quyền trực tiếp: attendance_2023",
    ),
    "a trail that can be edited": (
        "GRANT UPDATE ON audit_event TO bontot_app",
        "nhật ký có thể bị sửa: audit_event",
    ),
    "an adoption that can be rewritten": (
        "GRANT UPDATE ON frame_adoption TO bontot_app",
        "nhật ký có thể bị sửa: frame_adoption",
    ),
    "a function with its owner's rights": (
        "CREATE FUNCTION stray() RETURNS integer LANGUAGE sql SECURITY DEFINER RETURN 1",
        "hàm hoặc khung nhìn chạy bằng quyền người khác: stray",
    ),
    "a view with its owner's rights": (
        "CREATE VIEW stray AS SELECT * FROM member",
        "hàm hoặc khung nhìn chạy bằng quyền người khác: stray",
    ),
    "a materialised view": (
        "CREATE MATERIALIZED VIEW stray AS SELECT * FROM member",
        "hàm hoặc khung nhìn chạy bằng quyền người khác: stray",
    ),
    "an immutable tenant function": (
        "ALTER FUNCTION app_tenant() IMMUTABLE",
        "hàm đọc đảng bộ không đúng loại: app_tenant",
    ),
    "a leakproof tenant function": (
        "ALTER FUNCTION app_tenant() LEAKPROOF",
        "hàm đọc đảng bộ không đúng loại: app_tenant",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_check_sees(catalogue: Connection, fault: str) -> None:
    planted, named = FAULTS[fault]
    for statement in planted.split(";"):
        catalogue.execute(text(statement))
    assert named in violations(catalogue)
