"""The distribution a test belongs to is found from where the test stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from bontot.errors import NotFound
from bontot.testing.distribution import Distribution

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", ["hanoi_city", "hanoi_longbien", "hanoi_tayho", "provincial_pilot"])
def test_a_test_belongs_to_the_plugin_whose_project_stands_above_it(name: str) -> None:
    found = Distribution.of(ROOT / "plugins" / name / "tests" / "test_kept.py")
    assert found == Distribution(ROOT / "plugins" / name, name)
    assert len(found.cases()) >= 5


def test_a_test_of_no_plugin_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refused:
        Distribution.of(tmp_path / "test_none.py")
    assert str(refused.value) == (
        f"{tmp_path / 'test_none.py'} không nằm trong một thành phần nào có điểm vào “bontot”."
    )


def test_a_plugin_without_cases_is_told_so_rather_than_passed(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refused:
        Distribution(tmp_path, "vi_du").cases()
    assert str(refused.value) == f"Chưa có ví dụ tính tay nào trong {tmp_path / 'cases'}."


def test_only_the_plugin_what_it_builds_on_and_the_platforms_own_are_loaded() -> None:
    loaded = {
        name: [one.name for one in Distribution(ROOT, name).registry().plugins]
        for name in ("hanoi_city", "hanoi_tayho", "provincial_pilot")
    }
    assert loaded == {
        "hanoi_city": ["days_off", "metrics", "hanoi_city"],
        "hanoi_tayho": ["days_off", "metrics", "hanoi_city", "hanoi_tayho"],
        "provincial_pilot": ["days_off", "metrics", "provincial_pilot"],
    }


def test_the_plugins_its_cases_are_judged_by_are_loaded_too(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "beside.toml").write_text(
        'policy = "provincial_pilot"\nyear = 2024\nabout = "bên cạnh"\ncase = []\n', encoding="utf-8"
    )
    loaded = [one.name for one in Distribution(tmp_path, "hanoi_city").registry().plugins]
    assert loaded == ["days_off", "metrics", "hanoi_city", "provincial_pilot"]


def test_a_plugin_not_yet_installed_is_told_how(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refused:
        Distribution(tmp_path, "vi_du").registry()
    assert str(refused.value) == f"Chưa cài thành phần “vi_du”: chạy pip install -e {tmp_path}."
