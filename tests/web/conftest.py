"""A committee of one's own for each test of pages."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.factories import Committee, make_committee


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    """Two cells of thirty members."""
    return make_committee(engine, unique, "nhà", members=30)
