"""Reads the database's own catalogue back and says where a tenancy rule is broken (safety rules 1 to 5 and 7).

Each rule is one query over the catalogue whose rows are violations, so the list is as true after a year of migrations as on
the first day.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from bontot.db.base import Base
from bontot.db.roles import APP
from bontot.db.tenancy import table_scope, tenant_tables

_TABLES = "c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
_OF_TENANT = f"{_TABLES} AND NOT c.relispartition AND c.relname = ANY(:tenant)"

_RULES = {
    "không bật bảo vệ theo dòng": f"""
        SELECT c.relname FROM pg_class c
        WHERE {_OF_TENANT} AND NOT (c.relrowsecurity AND c.relforcerowsecurity)""",
    "thiếu chính sách hạn chế theo đảng bộ": f"""
        SELECT c.relname FROM pg_class c
        WHERE {_OF_TENANT} AND NOT EXISTS (
            SELECT 1 FROM pg_policy p
            WHERE p.polrelid = c.oid AND NOT p.polpermissive AND p.polcmd = '*' AND '{APP}'::regrole = ANY(p.polroles)
              AND pg_get_expr(p.polqual, c.oid) = '(tenant_id = ( SELECT app_tenant() AS app_tenant))'
              AND pg_get_expr(p.polwithcheck, c.oid) = '(tenant_id = ( SELECT app_tenant() AS app_tenant))')""",
    "thiếu chính sách cho phép": f"""
        SELECT c.relname FROM pg_class c
        WHERE {_OF_TENANT} AND NOT EXISTS (
            SELECT 1 FROM pg_policy p
            WHERE p.polrelid = c.oid AND p.polpermissive AND '{APP}'::regrole = ANY(p.polroles))""",
    "tenant_id có thể trống": f"""
        SELECT c.relname FROM pg_class c
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE {_OF_TENANT} AND NOT coalesce(a.attnotnull, false)""",
    "khóa không bắt đầu bằng tenant_id": f"""
        SELECT c.relname || '.' || k.conname FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
        WHERE {_OF_TENANT} AND k.contype IN ('p', 'u', 'f', 'x') AND a.attname <> 'tenant_id'""",
    "khóa ngoại dẫn ra ngoài đảng bộ": f"""
        SELECT c.relname || '.' || k.conname FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
        JOIN pg_class target ON target.oid = k.confrelid
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = k.confkey[1]
        WHERE {_OF_TENANT} AND k.contype = 'f' AND NOT target.relispartition
          AND a.attname <> CASE target.relname WHEN 'tenant' THEN 'id' ELSE 'tenant_id' END""",
    "chỉ mục không bắt đầu bằng tenant_id": f"""
        SELECT c.relname || '.' || i.indexrelid::regclass::text FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE {_OF_TENANT} AND a.attname IS DISTINCT FROM 'tenant_id'""",
    "vai trò ứng dụng sở hữu hoặc có quyền quá mức": f"""
        SELECT r.rolname FROM pg_roles r
        WHERE r.rolname = '{APP}' AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb
          OR has_schema_privilege(r.oid, 'public', 'CREATE')
          OR EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.member = r.oid))
        UNION ALL
        SELECT c.relname FROM pg_class c
        WHERE {_TABLES} AND (c.relowner = '{APP}'::regrole OR has_table_privilege('{APP}', c.oid, 'TRUNCATE'))""",
    "phân vùng được cấp quyền trực tiếp": f"""
        SELECT c.relname FROM pg_class c
        WHERE c.relispartition AND c.relkind = 'r'
          AND has_table_privilege('{APP}', c.oid, 'SELECT, INSERT, UPDATE, DELETE')""",
    "nhật ký có thể bị sửa": f"""
        SELECT c.relname FROM pg_class c
        WHERE {_TABLES} AND c.relname IN (
            'audit_event', 'frame_adoption', 'issued_file', 'issued_paper', 'platform_event', 'threshold_override')
          AND has_table_privilege('{APP}', c.oid, 'UPDATE, DELETE')""",
    "hàm hoặc khung nhìn chạy bằng quyền người khác": """
        SELECT p.proname::text FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
        UNION ALL
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND (c.relkind = 'm'
          OR (c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY(c.reloptions), false)))""",
    "hàm đọc đảng bộ không đúng loại": """
        SELECT 'app_tenant' WHERE NOT EXISTS (
            SELECT 1 FROM pg_proc p WHERE p.proname = 'app_tenant' AND p.provolatile = 's' AND NOT p.proleakproof)""",
}


def violations(connection: Connection) -> list[str]:
    """Every breach of a tenancy rule, "rule: table or constraint"; an empty list when all hold."""
    found = [f"bảng chưa khai báo phạm vi: {name}" for name in undeclared_tables(connection)]
    for rule, query in _RULES.items():
        rows = connection.execute(text(query), {"tenant": tenant_tables()} if ":tenant" in query else {})
        found += [f"{rule}: {row[0]}" for row in rows]
    return found


def undeclared_tables(connection: Connection) -> list[str]:
    """Tables in the database that no model declares as `tenant` or `global`."""
    names = connection.scalars(
        text(f"SELECT c.relname FROM pg_class c WHERE {_TABLES} AND NOT c.relispartition ORDER BY 1")
    )
    known = {table.name for table in Base.metadata.tables.values() if table_scope(table.name)}
    return [name for name in names if name not in known and name != "alembic_version"]
