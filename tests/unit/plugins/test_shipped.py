"""The plans shipped stand beside each other. What each keeps for itself is in its own tests."""

from __future__ import annotations

import pytest

from bontot.registry import Registry


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


def test_all_four_live_in_one_instance(registry: Registry) -> None:
    assert {code: offer.plugin for code, offer in registry.policies.items()} == {
        "hanoi_city": "hanoi_city",
        "hanoi_longbien": "hanoi_longbien",
        "hanoi_tayho": "hanoi_tayho",
        "hanoi_tayho_buoi": "hanoi_tayho",
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
        "provincial_pilot": [],
    }
