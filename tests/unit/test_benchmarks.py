"""A benchmark's result names what it was measured on."""

from __future__ import annotations

import re

from benchmarks.measuring import machine


def test_the_machine_names_its_processor_and_the_versions_of_what_runs_on_it() -> None:
    assert re.fullmatch(r"\d+ nhân \S.*, \w+, Python 3\.\d+\.\d+, PostgreSQL 1[89](\.\d+)?", machine())
