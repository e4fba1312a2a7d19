"""An instance is described by its environment, and a wrong description is said in words."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bontot.errors import SettingsError
from bontot.settings import MailServer, Settings

SECRET = "m" * 32
HOSTED = {
    "DATABASE_URL": "postgresql://app:mật@db.example/bontot",
    "DATABASE_OWNER_URL": "postgres://owner@db.example/bontot?sslmode=require",
    "DATABASE_BACKUP_URL": "postgresql://backup@db.example/bontot",
    "REDIS_URL": "rediss://valkey.example:6380/0",
    "BONTOT_SECRET_KEY": SECRET,
    "BONTOT_METRICS_TOKEN": "t" * 32,
}


def problems(environment: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environment)
    return caught.value.problems


def test_a_hosted_instance_is_told_its_servers(tmp_path: Path) -> None:
    environment = HOSTED | {
        "BONTOT_DATA_DIR": str(tmp_path),
        "BONTOT_PLUGINS_OFF": " hanoi_tayho, provincial_pilot,",
    }
    assert Settings.from_environment(environment) == Settings(
        hosted=True,
        data_dir=tmp_path,
        database_url="postgresql://app:mật@db.example/bontot",
        owner_url="postgresql://owner@db.example/bontot?sslmode=require",
        redis_url="rediss://valkey.example:6380/0",
        secret_key=SECRET,
        plugins_off=frozenset({"hanoi_tayho", "provincial_pilot"}),
        backup_url="postgresql://backup@db.example/bontot",
        metrics_token="t" * 32,
    )


def test_an_embedded_instance_needs_nothing_but_a_folder(tmp_path: Path) -> None:
    settings = Settings.from_environment({"BONTOT_DATA_DIR": str(tmp_path)})
    run = f"{tmp_path}/servers/run"
    assert settings == Settings(
        hosted=False,
        data_dir=tmp_path,
        database_url=f"postgresql://bontot_app@/bontot?host={run}",
        owner_url=f"postgresql://bontot_owner@/bontot?host={run}",
        redis_url=f"unix://{run}/valkey.sock",
        secret_key=settings.secret_key,
        backup_url=f"postgresql://bontot_backup@/bontot?host={run}",
    )


def test_the_data_folder_is_var_in_the_working_folder_when_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environment({}).data_dir == tmp_path / "var"


def test_the_secret_of_an_embedded_instance_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    environment = {"BONTOT_DATA_DIR": str(tmp_path / "mới")}
    first, second = Settings.from_environment(environment), Settings.from_environment(environment)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 64
    assert stat.S_IMODE((tmp_path / "mới" / "secret.key").stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "mới").iterdir()) == ["lock", "secret.key"]


def test_the_secret_is_never_shown() -> None:
    assert SECRET not in repr(Settings.from_environment(HOSTED))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"REDIS_URL": ""}, ("thiếu REDIS_URL: DATABASE_URL và REDIS_URL phải có cùng nhau",)),
        ({"DATABASE_URL": " "}, ("thiếu DATABASE_URL: DATABASE_URL và REDIS_URL phải có cùng nhau",)),
        (
            {"DATABASE_URL": "", "REDIS_URL": "", "BONTOT_SECRET_KEY": ""},
            ("có DATABASE_OWNER_URL thì phải có cả DATABASE_URL và REDIS_URL",),
        ),
        (
            {"DATABASE_URL": "mysql://app@db/bontot"},
            ("DATABASE_URL phải có dạng postgresql://người_dùng:mật_khẩu@máy_chủ/cơ_sở_dữ_liệu",),
        ),
        (
            {"DATABASE_OWNER_URL": "postgresql://db"},
            ("DATABASE_OWNER_URL phải có dạng postgresql://người_dùng:mật_khẩu@máy_chủ/cơ_sở_dữ_liệu",),
        ),
        (
            {"REDIS_URL": "http://valkey"},
            ("REDIS_URL phải có dạng redis://máy_chủ:cổng/số, rediss://… hoặc unix://…",),
        ),
        ({"BONTOT_SECRET_KEY": ""}, ("thiếu BONTOT_SECRET_KEY: một chuỗi ngẫu nhiên từ 32 ký tự trở lên",)),
        ({"BONTOT_SECRET_KEY": "ngắn"}, ("BONTOT_SECRET_KEY phải dài từ 32 ký tự trở lên",)),
        ({"BONTOT_PLUGIN_OFF": "x"}, ("không có thiết đặt nào tên là BONTOT_PLUGIN_OFF",)),
        (
            {"BONTOT_DATA_DIR": __file__},
            (f"BONTOT_DATA_DIR phải là một thư mục, nhưng {Path(__file__).resolve()} là tệp",),
        ),
        (
            {"REDIS_URL": "x", "BONTOT_SECRET_KEY": "ngắn"},
            (
                "REDIS_URL phải có dạng redis://máy_chủ:cổng/số, rediss://… hoặc unix://…",
                "BONTOT_SECRET_KEY phải dài từ 32 ký tự trở lên",
            ),
        ),
    ],
)
def test_each_wrong_value_is_named(changes: dict[str, str], expected: tuple[str, ...]) -> None:
    assert problems(HOSTED | changes) == expected


def test_the_message_lists_every_problem() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"BONTOT_X": "1", "BONTOT_Y": "2"})
    assert str(caught.value) == (
        "Thiết đặt chưa đúng.\n  • không có thiết đặt nào tên là BONTOT_X\n  • không có thiết đặt nào tên là BONTOT_Y"
    )


def test_a_data_folder_that_cannot_be_made_is_said_in_words() -> None:
    assert problems({"BONTOT_DATA_DIR": "/dev/null/var"}) == (
        "không dùng được thư mục dữ liệu /dev/null/var (Not a directory); chọn nơi khác bằng --data-dir",
    )


MAIL = {
    "BONTOT_SMTP_URL": "smtps://nhac%40bontot.vn:m%E1%BA%ADt@thu.example",
    "BONTOT_MAIL_FROM": "nhac@bontot.vn",
    "BONTOT_SITE_URL": "https://bontot.example/",
}


def test_a_mail_server_is_told_in_one_address(tmp_path: Path) -> None:
    settings = Settings.from_environment({"BONTOT_DATA_DIR": str(tmp_path)} | MAIL)
    assert settings.mail == MailServer(
        host="thu.example",
        port=465,
        implicit_tls=True,
        sender="nhac@bontot.vn",
        user="nhac@bontot.vn",
        password="mật",
        site="https://bontot.example",
    )
    assert "mật" not in repr(settings)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"BONTOT_SMTP_URL": "thu.example:25"},
            "BONTOT_SMTP_URL phải có dạng smtp://người_dùng:mật_khẩu@máy_chủ:587 hoặc smtps://…:465",
        ),
        (
            {"BONTOT_SMTP_URL": "smtp://thu.example:cổng"},
            "BONTOT_SMTP_URL phải có dạng smtp://người_dùng:mật_khẩu@máy_chủ:587 hoặc smtps://…:465",
        ),
        (
            {"BONTOT_MAIL_FROM": "Bốn Tốt <a@b>"},
            "có BONTOT_SMTP_URL thì phải có BONTOT_MAIL_FROM, một địa chỉ thư",
        ),
        ({"BONTOT_SITE_URL": "bontot.example"}, "BONTOT_SITE_URL phải có dạng https://địa_chỉ_trang"),
    ],
)
def test_a_mail_server_told_wrongly_is_said_in_words(changes: dict[str, str], expected: str) -> None:
    assert problems(HOSTED | MAIL | changes) == (expected,)
