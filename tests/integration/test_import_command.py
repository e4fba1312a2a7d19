"""`bontot tenant` and `bontot import` as their user sees them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, func, select

from bontot.cli import main
from bontot.db.models import ImportBatch, Organisation
from bontot.db.tenancy import PLATFORM, scope
from bontot.services.tenants import find_tenant
from tests.conftest import Database
from tests.integration.test_imports import MEMBERS, ORGANISATIONS
from tests.workbooks import workbook

Run = Callable[..., Result]


@pytest.fixture
def run(fresh_database: Database, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command on a hosted instance with an empty database."""
    monkeypatch.setenv("DATABASE_URL", fresh_database.database_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", fresh_database.owner_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("BONTOT_SECRET_KEY", "khoá chỉ dùng trong kiểm thử, không bí mật")

    def invoke(*arguments: str | Path) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return invoke


def count(database: Database, code: str, table: type[Organisation | ImportBatch]) -> int:
    engine = create_engine(database.database_url)
    with scope(engine, PLATFORM) as session:
        tenant_id = find_tenant(session, code).id
    with scope(engine, tenant_id) as session:
        found = session.scalar(select(func.count()).select_from(table)) or 0
    engine.dispose()
    return found


def test_committees_are_made_and_listed(run: Run) -> None:
    assert run("tenant", "list").output == "Chưa có đảng bộ nào. Thêm bằng: bontot tenant create MÃ TÊN\n"
    made = run("tenant", "create", "vidu", "Đảng bộ quận Ví Dụ")
    assert (made.exit_code, made.output) == (
        0,
        "Đã thêm đảng bộ vidu. Nhập hồ sơ bằng: bontot import --tenant vidu TỆP.xlsx --apply\n",
    )
    run("tenant", "create", "thi-diem", "Đảng bộ Thí Điểm")
    assert run("tenant", "list").output == "thi-diem  Đảng bộ Thí Điểm\nvidu      Đảng bộ quận Ví Dụ\n"
    again = run("tenant", "create", "vidu", "Đảng bộ khác")
    assert (again.exit_code, again.output) == (1, "Lỗi: Mã vidu đã có đảng bộ khác dùng.\n")
    assert run("tenant", "create", "Ví Dụ", "x").output == (
        "Lỗi: Mã đảng bộ gồm 2 đến 30 chữ thường không dấu, chữ số, gạch nối, bắt đầu bằng chữ.\n"
    )
    assert run("tenant", "create", "trong", " ").output == "Lỗi: Cần có tên đảng bộ.\n"


def test_workbooks_are_checked_and_then_taken_in(run: Run, fresh_database: Database, tmp_path: Path) -> None:
    run("tenant", "create", "vidu", "Đảng bộ quận Ví Dụ")
    organisations, members = tmp_path / "tổ chức.xlsx", tmp_path / "đảng viên.xlsx"
    organisations.write_bytes(workbook({"Tổ chức": ORGANISATIONS}))
    members.write_bytes(workbook({"Đảng viên": MEMBERS}))
    looked = run("import", "--tenant", "vidu", organisations)
    assert (looked.exit_code, looked.output) == (0, "tổ chức.xlsx\n  Tổ chức: 4 dòng, 0 lỗi, 0 lưu ý\n")
    assert count(fresh_database, "vidu", Organisation) == 0
    taken = run("import", "--tenant", "vidu", organisations, members, "--apply")
    assert (taken.exit_code, taken.output) == (
        0,
        "tổ chức.xlsx\n"
        "  Tổ chức: 4 dòng, 0 lỗi, 0 lưu ý\n"
        "  Đã nhập 8 bản ghi.\n"
        "đảng viên.xlsx\n"
        "  Đảng viên: 4 dòng, 0 lỗi, 1 lưu ý\n"
        "  Mức    Trang      Dòng  Cột      Cách sửa\n"
        "  Lưu ý  Đảng viên  1     Dân tộc  Cột này bị bỏ qua: hệ thống không lưu dân tộc.\n"
        "  Đã nhập 11 bản ghi.\n",
    )
    assert count(fresh_database, "vidu", Organisation) == 4


def test_a_file_with_errors_is_shown_as_a_table_and_stops_the_rest(
    run: Run, fresh_database: Database, tmp_path: Path
) -> None:
    run("tenant", "create", "vidu", "Đảng bộ quận Ví Dụ")
    wrong, right = tmp_path / "sai.xlsx", tmp_path / "đúng.xlsx"
    head = ["Mã", "Tên", "Loại hình", "Mã cấp trên", "Ngày thành lập"]
    wrong.write_bytes(
        workbook(
            {
                "Tổ chức": [
                    head,
                    ["Q", "Quận", "Quận ủy", None, "30/02/1996"],
                    ["P", "Phường", "Đảng bộ cơ sở", "X", "01/01/1996"],
                ]
            }
        )
    )
    right.write_bytes(workbook({"Tổ chức": ORGANISATIONS}))
    done = run("import", "--tenant", "vidu", "--apply", wrong, right)
    assert (done.exit_code, done.output) == (
        1,
        "sai.xlsx\n"
        "  Tổ chức: 1 dòng, 2 lỗi, 0 lưu ý\n"
        "  Mức  Trang    Dòng  Cột             Cách sửa\n"
        "  Lỗi  Tổ chức  2     Ngày thành lập  “30/02/1996” không có trong lịch; hãy kiểm tra lại ngày, tháng, năm.\n"
        "  Lỗi  Tổ chức  3     Mã cấp trên     Không có tổ chức nào mang mã hoặc tên “X”; hãy kiểm tra lại hoặc thêm "
        "vào trang Tổ chức.\n"
        "  Tệp có 2 lỗi; chưa có gì được ghi.\n",
    )
    assert count(fresh_database, "vidu", Organisation) == 0


def test_an_absent_committee_and_a_file_of_another_kind_are_said_in_words(
    run: Run, fresh_database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(b"%PDF-1.7")
    absent = run("import", "--tenant", "khong-co", file)
    assert (absent.exit_code, absent.output) == (
        1,
        "Lỗi: Không có đảng bộ nào mang mã “khong-co”. Xem các mã bằng: bontot tenant list\n",
    )
    run("tenant", "create", "vidu", "Đảng bộ quận Ví Dụ")
    missing = run("import", "--tenant", "vidu", tmp_path / "không có.xlsx")
    assert (missing.exit_code, missing.output) == (
        1,
        f"Lỗi: Không đọc được tệp {tmp_path / 'không có.xlsx'}; hãy kiểm tra lại đường dẫn.\n",
    )
    other = run("import", "--tenant", "vidu", "--apply", file)
    assert (other.exit_code, other.output) == (
        1,
        "Lỗi: Đây không phải tệp Excel .xlsx (loại tệp xét theo nội dung, không theo tên). "
        "Hãy mở bằng Excel hoặc LibreOffice rồi lưu lại thành .xlsx.\n",
    )
    assert count(fresh_database, "vidu", ImportBatch) == 0
