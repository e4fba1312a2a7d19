"""Recipes take turns, name what they were measured on, and measure what is asked."""

from __future__ import annotations

import re

from benchmarks import scale, security
from benchmarks.measuring import compare, machine
from bontot.commands.bench import CHECKOUT, RECIPES
from bontot.testing.heard import Statement
from bontot.testing.query_plans import Node, nodes


def test_the_machine_names_its_processor_and_the_versions_of_what_runs_on_it() -> None:
    assert re.fullmatch(r"\d+ nhân \S.*, \w+, Python 3\.\d+\.\d+, PostgreSQL 1[89](\.\d+)?", machine())


def test_every_recipe_has_its_module_and_is_told_of() -> None:
    folder = CHECKOUT / "benchmarks"
    told = (folder / "README.md").read_text(encoding="utf-8")
    kept = [(name, (folder / f"{name}.py").is_file(), f"\n| `{name}` |" in told) for name in RECIPES]
    assert kept == [(name, True, True) for name in RECIPES]


def test_both_ways_take_turns_and_each_round_has_other_data() -> None:
    done: list[str] = []
    compare(
        "một việc",
        lambda: done.append("sản phẩm"),
        lambda: done.append("mức sàn"),
        1.0,
        repeats=2,
        rounds=2,
        vary=lambda number: done.append(f"đổi {number}"),
    )
    in_turn = ["sản phẩm", "sản phẩm", "mức sàn", "mức sàn"]
    assert done == ["sản phẩm", "mức sàn", "đổi 0", *in_turn, "đổi 1", *in_turn]


def test_the_country_is_a_tenth_of_the_whole() -> None:
    size = scale.FULL
    cells = size.district.cells * (1 + size.rest) + size.province.cells
    assert (cells, cells * size.province.each) == (30_000, 540_000)


def test_of_what_was_sent_only_questions_are_asked_again_each_once_with_its_settings() -> None:
    scope = Statement("SELECT set_config('app.tenant_id', %(tenant)s, true)", {"tenant": "1"})
    told = Statement("SELECT set_config('enable_seqscan', 'off', true)", {})
    first, second = Statement("SELECT 1", {}), Statement("\nWITH one AS (SELECT 1) SELECT 2", {})
    sent = [scope, first, told, second, Statement("INSERT INTO fee VALUES (1)", {}), second]
    sent += [Statement("SELECT id FROM task FOR UPDATE", {}), scope, Statement("SELECT 3", {})]
    known = {"SELECT 3"}
    assert security.asked_of("trang", sent, known).queries == [(first, ()), (second, (told,))]
    assert known == {"SELECT 1", second.text, "SELECT 3"}


def test_a_plan_is_its_nodes_but_for_those_that_read_the_committee_s_number() -> None:
    number = {"Node Type": "Result", "Parent Relationship": "InitPlan"}
    looked_up = {"Node Type": "Index Scan", "Relation Name": "member", "Index Name": "pk_member"}
    plan = {"Node Type": "Limit", "Plans": [number, looked_up]}
    assert list(nodes([{"Plan": plan}])) == [
        Node("Limit", "", ""),
        Node("Index Scan", "member", "pk_member"),
    ]
