"""A committee travels whole in one archive, is taken in whole or not at all, and is taken away without a trace."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from redis import Redis
from sqlalchemy import Engine, create_engine, text

from bontot.cli import main
from bontot.db import migrate
from bontot.db.base import Base
from bontot.db.models import Letter
from bontot.db.tenancy import PLATFORM, scope, tenant_tables
from bontot.errors import BrokerUnreachable, BundleRefused, InvalidInput, LoginRefused
from bontot.jobs.outbox import QUEUE, Enqueued, forget, wake
from bontot.keys import key
from bontot.registry import Registry
from bontot.services.accounts import check_password, create_account, set_password
from bontot.services.bundle.contents import ACCOUNTS, MANIFEST, accounts_of, names, tables
from bontot.services.bundle.loading import load_bundle
from bontot.services.bundle.reading import Bundle
from bontot.services.bundle.removing import remove_tenant
from bontot.services.bundle.writing import write_bundle
from tests.conftest import Database
from tests.isolation.conftest import DECOY, plant_tenant

REGISTRY = Registry.load()
NEVER_FOUND = 2**31 - 1


@dataclass
class Instance:
    """One instance's database, as the application and the owner reach it."""

    database: Database
    engines: dict[str, Engine] = field(default_factory=dict)

    @property
    def app(self) -> Engine:
        return self._engine(self.database.database_url)

    @property
    def owner(self) -> Engine:
        return self._engine(self.database.owner_url)

    @property
    def all_seeing(self) -> Engine:
        return self._engine(self.database.superuser_url)

    def _engine(self, url: str) -> Engine:
        if url not in self.engines:
            self.engines[url] = create_engine(url)
        return self.engines[url]

    def export(self, code: str) -> bytes:
        out = io.BytesIO()
        write_bundle(self.app, REGISTRY, code, out, by="thử")
        return out.getvalue()

    def take_in(self, archive: bytes, code: str | None = None) -> int:
        return load_bundle(self.app, self.owner, Bundle(io.BytesIO(archive)), code=code, by="thử")[1]

    def rows(self, tenant_id: int) -> dict[str, int]:
        """Rows of a committee by table, in whichever table of the database has such a column."""
        with self.all_seeing.connect() as connection:
            holding = connection.scalars(
                text("""SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                          AND NOT c.relispartition AND a.attname = 'tenant_id' ORDER BY 1""")
            ).all()
            return {
                name: connection.scalar(
                    text(f"SELECT count(*) FROM {name} WHERE tenant_id = :tenant"), {"tenant": tenant_id}
                )
                or 0
                for name in holding
            }

    def trail(self) -> list[tuple[str, str]]:
        with scope(self.app, PLATFORM) as session:
            rows = session.execute(text("SELECT action, tenant_code FROM platform_event ORDER BY id"))
            return [(row[0], row[1]) for row in rows]

    def committees(self) -> list[str]:
        with scope(self.app, PLATFORM) as session:
            return list(session.scalars(text("SELECT code FROM tenant ORDER BY code")))


@pytest.fixture(scope="module")
def instance(make_database: Callable[[], Database]) -> Iterator[Callable[[], Instance]]:
    made: list[Instance] = []

    def make() -> Instance:
        made.append(Instance(make_database()))
        return made[-1]

    yield make
    for one in made:
        for engine in one.engines.values():
            engine.dispose()


@pytest.fixture
def old(instance: Callable[[], Instance]) -> Instance:
    """With a committee that has a row in every tenant table, its letter long sent, and a decoy before it."""
    made = instance()
    plant_tenant(made.app, "moi", DECOY)
    own = plant_tenant(made.app, "nha", "của nhà")
    with scope(made.app, own.tenant_id) as session:
        session.execute(text("UPDATE letter SET state = 'sent'"))
    return made


@pytest.fixture(scope="module")
def archive(instance: Callable[[], Instance]) -> bytes:
    """Of a committee that has a row in every tenant table."""
    made = instance()
    plant_tenant(made.app, "nha", "của nhà")
    return made.export("nha")


def tenant_of(instance: Instance, code: str) -> int:
    with scope(instance.app, PLATFORM) as session:
        found: int = session.execute(
            text("SELECT id FROM tenant WHERE code = :code"), {"code": code}
        ).scalar_one()
    return found


def files_of(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_an_archive_holds_every_table_and_nothing_of_another_committee(old: Instance) -> None:
    files = files_of(old.export("nha"))
    assert list(files) == names()
    assert {name for name in files if name.startswith("tables/")} == {
        f"tables/{table}.jsonl" for table in tenant_tables() if table != "job_file"
    }
    manifest = json.loads(files[MANIFEST])
    assert {member["name"]: member["rows"] for member in manifest["members"]} == {
        name: 1 for name in names() if name not in (MANIFEST, "tables/role_grant.jsonl")
    } | {"tables/role_grant.jsonl": 2}
    assert (manifest["format"], manifest["code"], manifest["revision"]) == (
        "bontot-bundle",
        "nha",
        migrate.newest(),
    )
    assert not any(DECOY in content.decode() for content in files.values())


def test_no_password_leaves_with_a_committee(old: Instance) -> None:
    assert not any(b"argon2" in content for content in files_of(old.export("nha")).values())


def test_every_reference_to_a_log_in_has_the_name_that_is_carried_over() -> None:
    referring = {
        (table.name, element.parent.name)
        for table in tables()
        for constraint in table.foreign_key_constraints
        for element in constraint.elements
        if element.column.table.name in ("account", "account_tenant") and element.parent.name != "tenant_id"
    }
    carried = {(table.name, column) for table in tables() for column in accounts_of(table)}
    named = {(table.name, c.name) for table in tables() for c in table.columns if "account" in c.name}
    assert referring <= carried
    assert named == carried
    assert len(named) >= 8


def test_out_of_one_instance_into_another_and_out_again_gives_the_same_bytes(
    old: Instance, instance: Callable[[], Instance]
) -> None:
    first, new = old.export("nha"), instance()
    with scope(new.app, PLATFORM) as session:  # so that its numbers are other ones
        create_account(session, "nguoi.khac", "Người khác", "mật khẩu chỉ để kiểm thử")
    new.take_in(first)
    assert new.export("nha") == first
    assert new.trail() == [("import_tenant", "nha"), ("export_tenant", "nha")]


def test_a_second_copy_stands_beside_the_first_under_another_code(old: Instance) -> None:
    first = old.export("nha")
    copied = old.take_in(first, "ban-sao")
    again, before = files_of(old.export("ban-sao")), files_of(first)
    assert {name for name in before if again[name] != before[name]} == {MANIFEST}
    assert old.rows(copied)["account_tenant"] == 1
    with pytest.raises(InvalidInput, match="Mã nha đã có đảng bộ khác dùng"):
        old.take_in(first)


def test_new_records_get_numbers_of_their_own_after_an_import(
    old: Instance, instance: Callable[[], Instance]
) -> None:
    new = instance()
    tenant_id = new.take_in(old.export("nha"))
    with scope(new.app, tenant_id) as session:
        before, after = session.execute(
            text("""WITH made AS (INSERT INTO organisation (founded_on) VALUES ('2020-01-01') RETURNING id)
                    SELECT (SELECT max(id) FROM organisation), id FROM made""")
        ).one()
    assert after > before


def test_no_number_that_came_is_given_again_where_none_was_given_before(
    archive: bytes, instance: Callable[[], Instance]
) -> None:
    """Every row of the archive has the number 1, which is also the first that an instance gives."""
    new = instance()
    new.take_in(archive)
    numbered = [table.name for table in tables() if "id" in table.columns]
    with new.all_seeing.connect() as connection:
        given = {
            name: connection.scalar(text(f"SELECT nextval(pg_get_serial_sequence('{name}', 'id'))"))
            for name in numbered
        }
    assert given == {name: 3 if name == "role_grant" else 2 for name in numbered}


def test_who_comes_with_a_committee_waits_for_a_password(
    old: Instance, instance: Callable[[], Instance]
) -> None:
    new = instance()
    new.take_in(old.export("nha"))
    with scope(new.app, PLATFORM) as session:
        with pytest.raises(LoginRefused):
            check_password(session, "nha@vi-du", "mật khẩu chỉ để kiểm thử")
        set_password(session, "nha@vi-du", "ngựa sắt đồng xanh cửa sổ")
        assert (
            check_password(session, "nha@vi-du", "ngựa sắt đồng xanh cửa sổ").display_name
            == "của nhà tài khoản"
        )


def test_another_persons_log_in_is_not_taken_over(old: Instance, instance: Callable[[], Instance]) -> None:
    new = instance()
    with scope(new.app, PLATFORM) as session:
        create_account(session, "nha@vi-du", "Người khác", "mật khẩu chỉ để kiểm thử")
    with pytest.raises(BundleRefused) as refused:
        new.take_in(old.export("nha"))
    assert str(refused.value) == (
        "Tên đăng nhập đã thuộc về người khác ở hệ thống này: nha@vi-du. "
        "Đổi tên đăng nhập ở một trong hai nơi rồi nhập lại."
    )
    assert new.committees() == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": "nha@vi-du.vn\nBcc: khac@vi-du.vn"}, "Gói có địa chỉ thư không hợp lệ."),
        ({"login": "Nhà ở đây"}, "Gói có tên đăng nhập không hợp lệ."),
    ],
)
def test_a_log_in_that_could_not_be_made_here_is_not_taken_in(
    archive: bytes, instance: Callable[[], Instance], wrong: dict[str, str], sentence: str
) -> None:
    files = files_of(archive)
    rows = [json.loads(line) | wrong for line in files[ACCOUNTS].splitlines()]
    files[ACCOUNTS] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    said = json.loads(files[MANIFEST])
    [member] = [one for one in said["members"] if one["name"] == ACCOUNTS]
    member["sha256"] = hashlib.sha256(files[ACCOUNTS]).hexdigest()
    new = instance()
    with pytest.raises(BundleRefused) as refused:
        new.take_in(packed(files | {MANIFEST: json.dumps(said).encode()}))
    assert (str(refused.value), new.committees()) == (sentence, [])


def test_work_that_was_waiting_goes_on_and_letters_are_not_sent_twice(
    old: Instance, instance: Callable[[], Instance]
) -> None:
    with scope(old.app, tenant_of(old, "nha")) as session:
        session.execute(text("UPDATE letter SET state = 'waiting'"))
        session.execute(
            text("INSERT INTO job (kind, arguments, requested_by) VALUES ('letters', '{}', 'thử')")
        )
    new = instance()
    tenant_id = new.take_in(old.export("nha"))
    with scope(new.app, tenant_id) as session:
        states = session.execute(text("SELECT kind, state FROM job ORDER BY id")).all()
        letters = session.query(Letter.state).all()
        waiting = session.execute(
            text("SELECT j.kind FROM outbox o JOIN job j ON j.id = o.job_id WHERE o.tenant_id = app_tenant()")
        ).all()
    assert [tuple(row) for row in states] == [("evaluation", "waiting"), ("letters", "failed")]
    assert [tuple(row) for row in letters] == [("unknown",)]
    assert [tuple(row) for row in waiting] == [("evaluation",)]


def _flip(content: bytes) -> bytes:
    return content.replace("của nhà".encode(), "cua nhà".encode(), 1)


def _manifest(files: dict[str, bytes], **changes: object) -> dict[str, bytes]:
    said = json.loads(files[MANIFEST]) | changes
    return files | {MANIFEST: json.dumps(said).encode()}


def _with(rows: bytes, **changes: object) -> bytes:
    first, _, rest = rows.partition(b"\n")
    return json.dumps(json.loads(first) | changes).encode() + b"\n" + rest


MEMBERS, GRANTS = "tables/member.jsonl", "tables/role_grant.jsonl"
DAMAGES: dict[str, tuple[Callable[[dict[str, bytes]], dict[str, bytes]], str]] = {
    "a changed row": (
        lambda files: files | {MEMBERS: _flip(files[MEMBERS])},
        "Gói đã hỏng hoặc bị sửa: tables/member.jsonl không khớp manifest.json.",
    ),
    "a missing file": (
        lambda files: {name: content for name, content in files.items() if name != MEMBERS},
        "Gói thiếu thành phần: tables/member.jsonl.",
    ),
    "a file that would leave the folder": (
        lambda files: files | {"../../etc/passwd": b"x"},
        "Gói có thành phần lạ hoặc trùng: ../../etc/passwd.",
    ),
    "no manifest": (
        lambda files: {name: content for name, content in files.items() if name != MANIFEST},
        "Tệp này không phải gói của một đảng bộ: thiếu manifest.json.",
    ),
    "a manifest of something else": (
        lambda files: _manifest(files, format="khác"),
        "Tệp này không phải gói của một đảng bộ: manifest.json không đọc được.",
    ),
    "half a letter in the manifest": (
        lambda files: _manifest(files, created_at="\ud800"),
        "Tệp này không phải gói của một đảng bộ: manifest.json không đọc được.",
    ),
    "an account that is no name": (
        lambda files: files | {GRANTS: _with(files[GRANTS], account_id=[1])},
        "tables/role_grant.jsonl, dòng 1: nhắc tới một tài khoản không có trong gói.",
    ),
    "tables of another revision": (
        lambda files: _manifest(files, revision="0001"),
        f"Gói thuộc phiên bản bảng 0001, hệ thống này ở phiên bản {migrate.newest()}. "
        "Nâng cấp nơi cũ hơn rồi xuất hoặc nhập lại.",
    ),
    "a row that is no row": (
        lambda files: files | {MEMBERS: b"[" * 100_000 + b"\n"},
        "tables/member.jsonl, dòng 1: không đúng dạng của phiên bản này.",
    ),
    "a row with a column too many": (
        lambda files: files | {MEMBERS: b'{"tenant_id": 1, ' + files[MEMBERS][1:]},
        "tables/member.jsonl, dòng 1: không đúng dạng của phiên bản này.",
    ),
    "a number that uses all others up": (
        lambda files: (
            files | {MEMBERS: json.dumps(json.loads(files[MEMBERS]) | {"id": 2**63 - 1}).encode() + b"\n"}
        ),
        "tables/member.jsonl, dòng 1: không đúng dạng của phiên bản này.",
    ),
    "a line cut off": (
        lambda files: files | {MEMBERS: files[MEMBERS][:-5]},
        "Gói có dòng quá dài hoặc bị cắt cụt trong tables/member.jsonl.",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_archive_is_refused_in_words(archive: bytes, damage: str) -> None:
    do, sentence = DAMAGES[damage]
    with pytest.raises(BundleRefused) as refused:
        Bundle(io.BytesIO(packed(do(files_of(archive)))))
    assert str(refused.value) == sentence


def test_what_is_no_archive_or_too_large_a_one_is_refused(archive: bytes) -> None:
    for broken in (b"", b"PK\x03\x04", archive[: len(archive) // 2]):
        with pytest.raises(BundleRefused, match="không phải gói của một đảng bộ"):
            Bundle(io.BytesIO(broken))
    with pytest.raises(BundleRefused) as refused:
        Bundle(io.BytesIO(archive), most_bytes=1_000)
    assert str(refused.value) == "Gói mở ra lớn hơn 1.000 byte nên không nhận."


def _with_other_bytes(rows: bytes) -> bytes:
    return json.dumps(json.loads(rows) | {"content": "\\x41"}).encode() + b"\n"


UNFIT: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "members without organisations": ("tables/organisation.jsonl", lambda _: b""),
    "a paper with other bytes than it was issued with": ("tables/issued_file.jsonl", _with_other_bytes),
}


@pytest.mark.parametrize("fault", UNFIT)
def test_an_archive_that_does_not_fit_together_leaves_nothing(
    archive: bytes, instance: Callable[[], Instance], fault: str
) -> None:
    """The sums agree, since whoever changed the rows reckoned them anew."""
    name, change = UNFIT[fault]
    files = files_of(archive)
    files[name] = change(files[name])
    said = json.loads(files[MANIFEST])
    [member] = [one for one in said["members"] if one["name"] == name]
    member.update(
        rows=files[name].count(b"\n"),
        bytes=len(files[name]),
        sha256=hashlib.sha256(files[name]).hexdigest(),
    )
    new = instance()
    with pytest.raises(BundleRefused, match="Các hồ sơ trong gói không khớp nhau nên chưa nhận gì"):
        new.take_in(packed(files | {MANIFEST: json.dumps(said).encode()}))
    assert (new.committees(), new.trail()) == ([], [])
    with scope(new.app, PLATFORM) as session:
        assert session.scalar(text("SELECT count(*) FROM account")) == 0


def test_a_deleted_committee_leaves_no_row_in_any_table(old: Instance) -> None:
    own, decoy = tenant_of(old, "nha"), tenant_of(old, "moi")
    with scope(old.app, PLATFORM) as session:
        session.execute(text("INSERT INTO daily_round VALUES (:tenant, '2026-01-01')"), {"tenant": own})
        session.execute(text("INSERT INTO work_turn VALUES (:tenant, now())"), {"tenant": own})
        session.execute(text("INSERT INTO webhook_due VALUES (:tenant, now())"), {"tenant": own})
        session.execute(text("INSERT INTO outbox (tenant_id, job_id) VALUES (:tenant, 1)"), {"tenant": own})
        session.execute(
            text("""INSERT INTO login_session (secret_hash, account_id, tenant_id)
                    SELECT 'x', account_id, tenant_id FROM account_tenant WHERE tenant_id = :tenant"""),
            {"tenant": own},
        )
    before = old.rows(decoy)
    assert all(old.rows(own).values())
    remove_tenant(old.owner, own, by="thử")
    assert not any(old.rows(own).values())
    assert old.rows(decoy) == before
    assert set(before) == {
        table.name for table in Base.metadata.tables.values() if "tenant_id" in table.columns
    }
    assert (old.committees(), old.trail()) == (["moi"], [("delete_tenant", "nha")])
    with scope(old.app, PLATFORM) as session:
        assert list(session.scalars(text("SELECT login FROM account"))) == ["moi@vi-du"]


def test_who_works_elsewhere_too_keeps_the_log_in(old: Instance) -> None:
    own = tenant_of(old, "nha")
    copy, decoy = old.take_in(old.export("nha"), "ban-sao"), tenant_of(old, "moi")
    with scope(old.app, PLATFORM) as session:
        also = create_account(session, "noi.khac", "Người mới", "mật khẩu chỉ để kiểm thử")
        session.flush()
        for tenant in (own, decoy):  # admitted to both, and named by no record of either
            session.execute(
                text("INSERT INTO account_tenant (account_id, tenant_id) VALUES (:account, :tenant)"),
                {"account": also.id, "tenant": tenant},
            )
    remove_tenant(old.owner, own, by="thử")
    assert old.rows(copy)["role_grant"] == 2
    with scope(old.app, PLATFORM) as session:
        known = sorted(session.scalars(text("SELECT login FROM account")))
    assert known == ["moi@vi-du", "nha@vi-du", "noi.khac"]


def test_valkey_forgets_a_committee_and_no_other(redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    ours, theirs = NEVER_FOUND, NEVER_FOUND // 10
    waiting = redis.llen(f"rq:queue:{QUEUE}")  # other tests of this process leave theirs
    for tenant in (ours, theirs):
        redis.set(key(tenant, "thử"), "x")
        wake(redis, Enqueued(uuid4(), tenant, 1))
    assert forget(redis, ours) == 2
    left = sorted(name.decode() for name in redis.scan_iter(match=f"*{theirs}*"))
    assert [name for name in left if str(ours) in name] == []
    assert len(left) == 2
    assert redis.llen(f"rq:queue:{QUEUE}") == waiting + 1
    forget(redis, theirs)
    redis.close()


@pytest.fixture
def run(old: Instance, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command on a hosted instance."""
    monkeypatch.setenv("DATABASE_URL", old.database.database_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", old.database.owner_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("BONTOT_SECRET_KEY", "khoá chỉ dùng trong kiểm thử, không bí mật")
    return lambda *said: CliRunner().invoke(main, [str(one) for one in said])


def test_the_commands_say_what_they_did(run: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "nha.zip"
    out = run("tenant", "export", "nha", "--out", file)
    assert (out.exit_code, out.output.split(":")[0]) == (0, "Đã xuất nha")
    assert (file.stat().st_mode & 0o777, [path.name for path in tmp_path.iterdir()]) == (0o600, ["nha.zip"])
    assert run("tenant", "export", "nha", "--out", file).exit_code == 2
    unsure = run("tenant", "delete", "nha", "--confirm", "moi")
    assert (unsure.exit_code, unsure.output.splitlines()[-1]) == (
        2,
        "Error: Invalid value for --confirm: Mã gõ lại không khớp; chưa xóa gì.",
    )
    gone = run("tenant", "delete", "nha", "--confirm", "nha")
    assert (gone.exit_code, gone.output.split(":")[0]) == (0, "Đã xóa nha")
    assert run("tenant", "list").output == f"moi  {DECOY} đảng bộ\n"
    back = run("tenant", "import", file)
    assert (back.exit_code, back.output.splitlines()[-1]) == (
        0,
        "Mật khẩu, mã truy cập và địa chỉ lịch không đi theo gói. Đặt mật khẩu cho từng người: "
        "bontot account password TÊN-ĐĂNG-NHẬP",
    )
    assert run("tenant", "import", Path(__file__)).output == (
        "Lỗi: Tệp này không phải gói của một đảng bộ, hoặc đã hỏng khi chép.\n"
    )


def test_a_committee_is_not_deleted_while_valkey_is_away_and_can_be_asked_for_again(
    run: Callable[..., Result], old: Instance, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scope(old.app, PLATFORM) as session:
        number = session.scalars(text("SELECT id FROM tenant WHERE code = 'nha'")).one()
    redis = Redis.from_url(redis_url)
    redis.set(key(number, "thử"), "x")
    with monkeypatch.context() as away:
        away.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
        refused = run("tenant", "delete", "nha", "--confirm", "nha")
    assert (refused.exit_code, refused.output) == (1, f"Lỗi: {BrokerUnreachable.sentence}\n")
    assert "nha " in run("tenant", "list").output
    assert run("tenant", "delete", "nha", "--confirm", "nha").exit_code == 0
    assert list(redis.scan_iter(match=key(number, "*"))) == []
    redis.close()
