"""What stands in `deploy/` names verbs, options and settings that there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bontot.cli import VERBS, main
from bontot.settings import KNOWN

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())
SERVERS = {"DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "REDIS_URL", "POSTGRES_PASSWORD"}
STARTED = re.compile(r"^ExecStart=\S*/bontot (.+)$", re.MULTILINE)
NAMED = re.compile(r"\b(?:BONTOT|DATABASE|REDIS|POSTGRES)_[A-Z_]+\b")


def test_there_is_something_to_look_at() -> None:
    assert [path.name for path in FILES] == [
        "Containerfile",
        "bontot-web.service",
        "bontot-worker.service",
        "compose.yaml",
    ]


@pytest.mark.parametrize(
    "unit", [path for path in FILES if path.suffix == ".service"], ids=lambda path: path.name
)
def test_each_unit_starts_a_verb_with_options_it_takes(unit: Path) -> None:
    [started] = STARTED.findall(unit.read_text(encoding="utf-8"))
    verb, *arguments = shlex.split(started)
    assert verb in VERBS
    command = main.get_command(main.make_context("bontot", [verb]), verb)
    assert command is not None
    command.make_context(verb, arguments).close()


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_setting_named_is_one(file: Path) -> None:
    named = set(NAMED.findall(file.read_text(encoding="utf-8")))
    assert named <= KNOWN | SERVERS
