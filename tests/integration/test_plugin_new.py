"""`bontot plugin new`: what it writes is complete, conforms, and passes its own tests as it stands."""

from __future__ import annotations

import runpy
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from bontot import embedded
from bontot.cli import main
from bontot.commands.plugin import BASE
from bontot.plugin import Origin, Unit, threshold
from bontot.policy.resolve import history
from bontot.registry import Registry
from bontot.testing.scaffold import new_plugin
from tests.distributions import Site
from tests.evaluation.plans import registry_of
from tests.unit.policy.samples import CLAUSE, FIRST, PLAN

EXTENDED = tuple(sorted(Registry.load().policies))
WRITTEN = (
    "README.md",
    "cases/{name}.toml",
    "pyproject.toml",
    "src/bontot_{name}/__init__.py",
    "src/bontot_{name}/plan.py",
    "tests/test_kept.py",
)


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BONTOT_DATA_DIR", str(tmp_path / "var"))


def new(*arguments: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(main, ["plugin", "new", *arguments])
    return result.exit_code, result.output.splitlines()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An empty folder to write into."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def site(tmp_path: Path, servers: embedded.Servers) -> Site:
    return Site(tmp_path / "site")


@pytest.mark.parametrize("extends", [None, "hanoi_tayho"])
def test_a_new_distribution_passes_its_own_tests(out: Path, site: Site, extends: str | None) -> None:
    more = ["--extends", extends] if extends else []
    status, said = new("vi_du", "--to", str(out), *more)
    folder = out / "vi_du"
    assert (status, said) == (
        0,
        [
            f"Đã viết {folder}. Tiếp theo:",
            f"  {BASE} -m pip --python {sys.executable} install --no-deps --no-build-isolation -e {folder}",
            "  bontot plugin check vi_du",
        ],
    )
    files = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file()]
    assert files == [path.format(name="vi_du") for path in WRITTEN]
    site.install(folder)
    tested = site.run("pytest", "-q", "-W", "error", "-p", "no:cacheprovider", cwd=folder)
    assert tested.status == 0, tested.lines
    assert tested.lines[-1].startswith("2 passed" if extends else "3 passed")


def test_a_refinement_of_any_plan_conforms_and_differs_only_where_it_says(out: Path, site: Site) -> None:
    names = [f"tren_{code}" for code in EXTENDED]
    assert len(names) >= 5
    for name, code in zip(names, EXTENDED, strict=True):
        assert new(name, "--to", str(out), "--extends", code)[0] == 0
    site.install(*(out / name for name in names))
    checked = site.run("bontot", "plugin", "check", *names)
    assert checked.status == 0, checked.lines
    assert [line.split(" (")[0] for line in checked.lines] == [
        *(f"{name}: đạt" for name in names),
        f"Đã kiểm tra {len(names)} thành phần.",
    ]
    shown = site.run("bontot", "plugin", "show", "tren_hanoi_tayho", "--diff", "hanoi_tayho")
    lines = [" ".join(line.split()) for line in shown.lines]
    assert [line.partition(",")[0] for line in lines if "khác" in line] == [
        "Danh hiệu: khác 0",
        "Tiêu chí: khác 2",
        "Giá trị: khác 1",
    ]
    differing = [line for line in lines if line.startswith(("tayho.", "tren_"))]
    assert [line.partition(" ")[0] for line in differing] == [
        "tren_hanoi_tayho.preparation",
        "tayho.cell.2.attendance",
        "tayho.cell.2.attendance",
    ]
    assert "từ 86 % trở lên" in differing[1]
    assert "từ 85 % trở lên" in differing[1]
    assert differing[2] == (
        "tayho.cell.2.attendance Tỷ lệ đảng viên tham gia sinh hoạt "
        "86 % · kế hoạch · 85 % từ 27/01/2023 đến hết 31/12/2025 85 % · kế hoạch"
    )


def test_a_refinement_keeps_every_day_on_which_a_figure_changes_from_its_own_first_day_on(out: Path) -> None:
    """Before 2026 the plan's own figures hold; left out, 90 % from July would be covered by 87 %."""
    changing = threshold(
        "sample.attendance",
        "Tỷ lệ dự",
        Unit.PERCENT,
        80,
        FIRST,
        CLAUSE,
        later=(
            (date(2025, 3, 1), 86, CLAUSE),
            (date(2026, 7, 1), 90, CLAUSE),
            (date(2028, 1, 1), 92, CLAUSE),
        ),
    )
    plan = replace(PLAN, frames=(), thresholds=(changing, *PLAN.thresholds[1:]))
    folder = new_plugin(registry_of([plan]), "vi_du", out, 2026, "sample")
    text = (folder / "src" / "bontot_vi_du" / "plan.py").read_text(encoding="utf-8")
    stated = runpy.run_path(str(folder / "src" / "bontot_vi_du" / "plan.py"))
    restated = stated["CLAUSE"]
    assert [(one.valid_from, one.value, one.origin, one.clause) for one in stated["STRICTER"].values] == [
        (date(2026, 1, 1), 87, Origin.PLAN, restated),
        (date(2026, 7, 1), 91, Origin.PLAN, restated),
        (date(2028, 1, 1), 93, Origin.PLAN, restated),
    ]
    assert "# The same figure, stricter from each day on which it changes.\nSTRICTER = Threshold(\n" in text
    held = history((plan, stated["PLAN"]), "sample.attendance")
    assert {rung.valid_from: rung.value for rung in held} == {
        FIRST: Decimal(80),
        date(2025, 3, 1): Decimal(86),
        date(2026, 1, 1): Decimal(87),
        date(2026, 7, 1): Decimal(91),
        date(2028, 1, 1): Decimal(93),
    }


def test_a_figure_that_cannot_be_stricter_on_one_of_its_days_is_left_alone(out: Path) -> None:
    full = threshold(
        "sample.attendance",
        "Tỷ lệ dự",
        Unit.PERCENT,
        90,
        FIRST,
        CLAUSE,
        later=((date(2027, 1, 1), 100, CLAUSE),),
    )
    plan = replace(PLAN, frames=(), thresholds=(full, *PLAN.thresholds[1:]))
    folder = new_plugin(registry_of([plan]), "vi_du", out, 2026, "sample")
    stated = runpy.run_path(str(folder / "src" / "bontot_vi_du" / "plan.py"))
    assert [(one.key, [dated.value for dated in one.values]) for one in stated["PLAN"].thresholds] == [
        ("sample.share", [51])
    ]


@pytest.mark.parametrize(
    "name", ["Xa", "xa-moi", "xã", "1xa", "xa__moi", "_xa", "xa_", "x" * 41, "..", "a/b"]
)
def test_a_name_that_cannot_be_a_plugins_is_refused(out: Path, name: str) -> None:
    assert new(name, "--to", str(out)) == (
        1,
        [
            f"Lỗi: Tên “{name}” không dùng được: cần chữ thường không dấu, số và dấu gạch dưới, bắt đầu bằng chữ, "
            "dài nhất 40 ký tự, ví dụ tinh_xa."
        ],
    )
    assert [path.name for path in out.iterdir()] == []


def test_nothing_is_overwritten(out: Path) -> None:
    (out / "vi_du").mkdir()
    assert new("vi_du", "--to", str(out)) == (
        1,
        [f"Lỗi: Thư mục {out / 'vi_du'} đã có; chọn tên khác hoặc nơi khác bằng --to."],
    )
    assert new("hanoi_tayho", "--to", str(out)) == (
        1,
        ["Lỗi: Đã cài một thành phần tên là “hanoi_tayho”."],
    )
    assert list((out / "vi_du").iterdir()) == []


def test_a_refinement_of_nothing_is_refused_and_nothing_is_written(out: Path) -> None:
    assert new("vi_du", "--to", str(out), "--extends", "nowhere") == (
        1,
        ["Lỗi: Kế hoạch “nowhere” chưa dùng được: chưa cài thành phần nào khai kế hoạch này."],
    )
    assert new("vi_du", "--to", str(out / "none")) == (
        1,
        [f"Lỗi: Không có thư mục {out / 'none'}."],
    )
    assert [path.name for path in out.iterdir()] == []


EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "xa_ngan_sao"


def test_the_example_of_the_guide_conforms_and_passes_its_own_tests(site: Site) -> None:
    site.install(EXAMPLE)
    checked = site.run("bontot", "plugin", "check", "xa_ngan_sao")
    assert checked.lines[0].startswith("xa_ngan_sao: đạt (2 kế hoạch, ")
    assert checked.lines[1:] == ["Đã kiểm tra 1 thành phần."]
    tested = site.run("pytest", "-q", "-W", "error", "-p", "no:cacheprovider", cwd=EXAMPLE)
    assert (tested.status, tested.lines[-1].split(" in ")[0]) == (0, "7 passed"), tested.lines


def test_the_example_of_the_guide_is_short() -> None:
    files = sorted(EXAMPLE.rglob("*.py"))
    assert len(files) == 4
    written = [
        line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    assert len(written) < 150
