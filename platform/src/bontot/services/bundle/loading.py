"""An archive into an instance: a new committee with the records, ids and public ids of the old one, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import ARRAY, Engine, Table, Text, bindparam, select, text
from sqlalchemy.exc import DataError, IntegrityError

from bontot.db.models import Account
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.errors import BundleRefused
from bontot.services.accounts import LOGIN, sealed_password
from bontot.services.bundle.contents import PATIENCE, accounts_of, columns_of, member_of, tables
from bontot.services.bundle.reading import Bundle, Login
from bontot.services.platform import note_act
from bontot.services.tenants import check_code
from bontot.text import ADDRESS, clean

AT_A_TIME = 4 << 20
"""Bytes of lines sent to the database at once."""
NAMED = 5
"""How many log-ins a refusal names."""
NOT_SENT = "Đảng bộ đã được chuyển sang hệ thống khác trước khi thư được gửi."

_NEXT_TENANT = text("SELECT nextval(pg_get_serial_sequence('tenant', 'id'))")
_STAGE = text("CREATE TEMPORARY TABLE bundle_line (line jsonb NOT NULL) ON COMMIT DROP")
_SEND = text(
    "INSERT INTO bundle_line (line) SELECT CAST(line AS jsonb) FROM unnest(:lines) AS line"
).bindparams(bindparam("lines", type_=ARRAY(Text)))
_RESUME = text("""
INSERT INTO outbox (tenant_id, job_id, kind)
SELECT tenant_id, id, kind FROM job WHERE state IN ('waiting', 'running') AND kind <> 'letters' ORDER BY id
""")
_END_LETTERS = (
    text("""UPDATE job SET state = 'failed', finished_at = now(), message = :message
            WHERE state IN ('waiting', 'running') AND kind = 'letters'""").bindparams(message=NOT_SENT),
    text("""UPDATE letter SET state = 'unknown', problem = :problem
            WHERE state IN ('waiting', 'sending')""").bindparams(problem=NOT_SENT),
)


def load_bundle(
    engine: Engine, owner: Engine, bundle: Bundle, *, code: str | None = None, by: str
) -> tuple[str, int]:
    """Takes a checked archive in under its own code or another; returns the code and the committee's number here.

    `owner` draws the committee's number and sets later ids beyond those that come, which the application may not. Log-ins
    are found by their public id, or made anew with no password anybody knows. What was being done goes on, except letters:
    whether the old instance still sends them cannot be known here. Raises BundleRefused, having written nothing.
    """
    code = code or bundle.manifest.code
    with scope(engine, PLATFORM) as session:
        check_code(session, code)
        _check_logins(session, bundle.logins)
    tenant_id = _draw(owner, bundle.highest)
    try:
        with scope(engine, tenant_id) as session:
            session.execute(text(PATIENCE))
            _found(session, bundle, code)
            session.execute(_STAGE)
            for table in tables():
                _load(session, table, bundle)
            session.execute(_RESUME)
            for statement in _END_LETTERS:
                session.execute(statement)
            names = ", ".join(sorted(table.name for table in tables()))
            session.execute(text(f"ANALYZE (SKIP_LOCKED) {names}"))
            note_act(session, "import_tenant", code, by, rows=bundle.manifest.rows)
    except (IntegrityError, DataError) as error:
        raise BundleRefused("Các hồ sơ trong gói không khớp nhau nên chưa nhận gì.") from error
    return code, tenant_id


def _check_logins(session: TenantSession, logins: Iterable[Login]) -> None:
    by_login = {login.login: login for login in logins}
    for login in by_login.values():
        clean(login.display_name, longest=100)
        if not LOGIN.fullmatch(login.login):
            raise BundleRefused("Gói có tên đăng nhập không hợp lệ.")
        if login.email is not None and not ADDRESS.fullmatch(login.email):
            raise BundleRefused("Gói có địa chỉ thư không hợp lệ.")
    taken = session.execute(select(Account.login, Account.public_id).where(Account.login.in_(by_login)))
    others = sorted(login for login, public_id in taken if by_login[login].public_id != public_id)
    if others:
        raise BundleRefused(
            f"Tên đăng nhập đã thuộc về người khác ở hệ thống này: {', '.join(others[:NAMED])}. "
            "Đổi tên đăng nhập ở một trong hai nơi rồi nhập lại."
        )


def _draw(owner: Engine, highest: dict[str, int]) -> int:
    with owner.begin() as connection:
        for table, row_id in highest.items():
            if row_id:
                sequence = connection.scalar(text(f"SELECT pg_get_serial_sequence('{table}', 'id')"))
                connection.execute(
                    text(
                        f"SELECT setval('{sequence}', :highest) FROM {sequence}"
                        " WHERE last_value + CAST(is_called AS integer) <= :highest"
                    ),
                    {"highest": row_id},
                )
        tenant_id: int = connection.execute(_NEXT_TENANT).scalar_one()
    return tenant_id


def _found(session: TenantSession, bundle: Bundle, code: str) -> None:
    """The committee itself, and its log-ins."""
    session.execute(
        text(
            "INSERT INTO tenant (id, code, name, created_at) VALUES (:id, :code, :name, CAST(:at AS timestamptz))"
        ),
        {
            "id": session.tenant_id,
            "code": code,
            "name": clean(bundle.manifest.name, longest=200),
            "at": bundle.manifest.created_at,
        },
    )
    if not bundle.logins:
        return
    password = sealed_password()
    rows = [
        {
            "public_id": login.public_id,
            "login": login.login,
            "name": login.display_name,
            "email": login.email,
            "password": password,
        }
        for login in bundle.logins
    ]
    session.execute(
        text("""
        INSERT INTO account (public_id, login, display_name, email, password_hash)
        SELECT :public_id, :login, :name, :email, :password
        WHERE NOT EXISTS (SELECT FROM account WHERE public_id = :public_id)"""),
        rows,
    )
    admitted = [login.public_id for login in bundle.logins if login.admitted]
    session.execute(
        text("""
        INSERT INTO account_tenant (account_id, tenant_id)
        SELECT id, app_tenant() FROM account WHERE public_id = ANY(:admitted)"""),
        {"admitted": admitted},
    )


def _load(session: TenantSession, table: Table, bundle: Bundle) -> None:
    """All rows in one statement, so that they may refer to one another in any order."""
    for lines in _portions(bundle.lines(member_of(table))):
        session.execute(_SEND, {"lines": lines})
    names = columns_of(table)
    line = "b.line"
    for name in accounts_of(table):
        account = f"(SELECT id FROM account WHERE public_id = CAST(b.line ->> '{name}' AS uuid))"
        line = f"{line} || jsonb_build_object('{name}', {account})"
    session.execute(
        text(
            f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(f'r.{name}' for name in names)}"
            f" FROM bundle_line b, jsonb_populate_record(CAST(NULL AS {table.name}), {line}) AS r"
        )
    )
    session.execute(text("DELETE FROM bundle_line"))


def _portions(lines: Iterator[bytes]) -> Iterator[list[str]]:
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line.decode())
        size += len(line)
        if size > AT_A_TIME:
            yield held
            held, size = [], 0
    if held:
        yield held
