"""The plans shipped stand beside each other. What each keeps for itself is in its own tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bontot.registry import Registry
from tests.unit.plugins.test_conformance import run


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


def test_all_five_live_in_one_instance(registry: Registry) -> None:
    assert {code: offer.plugin for code, offer in registry.policies.items()} == {
        "hanoi_city": "hanoi_city",
        "hanoi_longbien": "hanoi_longbien",
        "hanoi_tayho": "hanoi_tayho",
        "hanoi_tayho_buoi": "hanoi_tayho",
        "national_meetings_2018": "national",
        "national_meetings_2025": "national",
        "national_rating_2025": "national",
        "provincial_pilot": "provincial_pilot",
    }
    assert registry.failures == ()


def test_the_hanoi_plans_stand_beside_the_citys_frame(registry: Registry) -> None:
    beside = {code: [frame.code for frame in registry.frames(code)] for code in registry.policies}
    assert beside == {
        "hanoi_city": [],
        "hanoi_longbien": ["hanoi_city"],
        "hanoi_tayho": ["hanoi_city"],
        "hanoi_tayho_buoi": ["hanoi_city"],
        "national_meetings_2018": [],
        "national_meetings_2025": [],
        "national_rating_2025": [],
        "provincial_pilot": [],
    }


def test_the_sheet_of_a_hundred_points_is_printed_as_a_table_with_its_sources(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BONTOT_DATA_DIR", str(tmp_path / "var"))
    status, lines = run("show", "national_meetings_2025", "--on", "2026-01-01")
    heading = (
        "Phiếu chấm điểm chất lượng sinh hoạt chi bộ, 100 điểm · tốt từ 90 điểm trở lên; khá từ 70 điểm trở lên; "
        "trung bình từ 50 điểm trở lên; dưới nữa là kém"
    )
    sheet = lines[lines.index(heading) + 1 :]
    items = (re.search(r"  ([0-9]+)  .*mặc định$", line) for line in sheet)
    points = [int(found[1]) for found in items if found]
    assert (status, sheet[0].split()) == (0, ["Nhóm", "Mục", "Tối", "đa", "Gợi", "ý", "điểm", "Căn", "cứ"])
    assert (len(points), sum(points)) == (22, 100)
    assert [line.split() for line in sheet if line.split()[:1] == ["Cộng"]] == [
        ["Cộng", "100", "[1]", "phiếu", "chấm", "điểm**"]
    ]
    assert lines[-2:] == [
        "* theo trang công khai, chưa đối chiếu văn bản gốc",
        "** nguồn thứ cấp, chưa đối chiếu văn bản gốc",
    ]
