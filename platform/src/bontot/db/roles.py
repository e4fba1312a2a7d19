"""The database's roles: who owns, who works, who copies. One text for the embedded server and for hosted ones."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import psycopg
from psycopg import sql

OWNER, APP, BACKUP = "bontot_owner", "bontot_app", "bontot_backup"

# What each role is, and what holds in its sessions: the limits of every wait; for the application that its rows are in
# memory or on a disk that seeks quickly, and that compiling its many short statements costs more than it saves.
ATTRIBUTES = {
    OWNER: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
    APP: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
    BACKUP: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS",  # a copy holds every tenant
}
SETTINGS = {
    OWNER: {"lock_timeout": "1s", "idle_in_transaction_session_timeout": "5min"},
    APP: {
        "statement_timeout": "60s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "60s",
        "random_page_cost": "1.1",
        "jit": "off",
    },
    BACKUP: {"lock_timeout": "60s", "default_transaction_read_only": "on"},
}
TIMEZONE = "Asia/Ho_Chi_Minh"


def provision(
    connection: psycopg.Connection, database: str, passwords: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Make the roles and `database` where they are missing and put their rights in order; safe to repeat.

    `passwords` are those of roles that log in with one; a role that is not in it keeps what it has.

    `connection` is a superuser's, in autocommit mode, to any database of the server. The application's role owns
    nothing and may create nothing but temporary tables; it gets its rights on tables from the migrations.
    """
    for role in ATTRIBUTES:
        _provision_role(connection, role)
        if role in passwords:
            _set_password(connection, role, passwords[role])
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
    if not found:
        create = "CREATE DATABASE {} OWNER {} TEMPLATE template0"
        connection.execute(sql.SQL(create).format(sql.Identifier(database), sql.Identifier(OWNER)))
    open_database(connection, database)


def open_database(connection: psycopg.Connection, database: str) -> None:
    """Give the roles their rights on a database itself; a copy made with TEMPLATE does not inherit them."""
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}",
        "GRANT CONNECT ON DATABASE {database} TO {backup}",
    ):
        connection.execute(
            sql.SQL(statement).format(
                database=sql.Identifier(database), app=sql.Identifier(APP), backup=sql.Identifier(BACKUP)
            )
        )


def _provision_role(connection: psycopg.Connection, role: str) -> None:
    name = sql.Identifier(role)
    verb = (
        "ALTER"
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        else "CREATE"
    )
    connection.execute(sql.SQL("{} ROLE {} {}").format(sql.SQL(verb), name, sql.SQL(ATTRIBUTES[role])))
    for setting, value in (SETTINGS[role] | {"timezone": TIMEZONE}).items():
        statement = "ALTER ROLE {} SET {} = {}"
        connection.execute(sql.SQL(statement).format(name, sql.Identifier(setting), sql.Literal(value)))
    if role == BACKUP:
        connection.execute(sql.SQL("GRANT pg_read_all_data TO {}").format(name))


def _set_password(connection: psycopg.Connection, role: str, password: str) -> None:
    """Hashed here: a server may write down the statements it gets."""
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(hashed.decode())))
