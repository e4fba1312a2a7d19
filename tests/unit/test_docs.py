"""What the guides show is taken from files that are tested."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from textwrap import dedent

import pytest

from bontot.commands.plugin import plugin

ROOT = Path(__file__).parents[2]
SHOWN = re.compile(
    r"From\s+`(?P<file>[^`]+)`:\s*\n\n(?P<indent> *)```\w+\n(?P<text>.*?)\n(?P=indent)```", re.DOTALL
)
CODE = re.compile(r"^ *```(?:python|toml|text)$", re.MULTILINE)
GUIDES = sorted((ROOT / "docs").glob("*.md"))


def quotations(guide: Path) -> list[tuple[str, str]]:
    """`(file, text)` of each block that names where it is from."""
    return [
        (found["file"], dedent(found["text"])) for found in SHOWN.finditer(guide.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_every_block_of_code_says_where_it_is_from(guide: Path) -> None:
    assert len(quotations(guide)) == len(CODE.findall(guide.read_text(encoding="utf-8")))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_every_block_stands_in_its_file(guide: Path) -> None:
    for file, quoted in quotations(guide):
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        unindented = "\n".join(line.strip() for line in lines)
        assert "\n".join(line.strip() for line in quoted.splitlines()) in unindented, (file, quoted)


COMMANDS = re.compile(r"^(?:\./)?bontot (plugin .*?)(?:\s+#.*)?$", re.MULTILINE)


def test_every_command_shown_to_authors_can_be_given() -> None:
    guide = (ROOT / "docs" / "plugin-author.md").read_text(encoding="utf-8")
    shown = [shlex.split(line)[1:] for line in COMMANDS.findall(guide)]
    assert {words[0] for words in shown} == {"new", "check", "show", "list"}
    for verb, *arguments in shown:
        plugin.commands[verb].make_context(verb, arguments).close()


def test_there_is_something_to_compare() -> None:
    assert sum(len(quotations(guide)) for guide in GUIDES) >= 5


def test_every_local_link_leads_somewhere() -> None:
    pages = [
        ROOT / "README.md",
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("plugins/**/*.md"),
        *ROOT.glob("benchmarks/*.md"),
    ]
    for page in pages:
        if page.exists():
            for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
                assert (page.parent / target).exists(), (page.name, target)
