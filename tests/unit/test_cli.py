"""The command's list of verbs is the one place that says what it can do."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pkgutil import resolve_name

from click.testing import CliRunner

from bontot import commands
from bontot.cli import VERBS, main

SHARED = {"attach", "data_dir", "plan_table", "supervise"}  # modules of `commands` that hold no verb


def test_every_verb_is_found_under_its_name() -> None:
    assert {name: resolve_name(place).name for name, place in VERBS.items()} == {name: name for name in VERBS}


def test_every_module_of_verbs_is_listed() -> None:
    modules = {module.name for module in pkgutil.iter_modules(commands.__path__)} - SHARED
    assert modules == {place.partition(":")[0].rpartition(".")[2] for place in VERBS.values()}


def test_a_verb_that_does_not_exist_is_refused() -> None:
    assert CliRunner().invoke(main, ["dance"]).exit_code == 2


def test_a_verb_imports_no_other() -> None:
    """A process that serves or works must not hold what only reading workbooks or writing samples needs."""
    look = "import sys; from bontot.cli import main; main(['worker', '--help'], standalone_mode=False);"
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            look + "print(sorted(m for m in sys.modules if m.startswith('bontot.commands.')))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.splitlines()[-1] == str(
        ["bontot.commands.attach", "bontot.commands.data_dir", "bontot.commands.worker"]
    )
