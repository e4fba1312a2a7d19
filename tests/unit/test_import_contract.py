"""Who may import whom: the layers by import-linter, the two strictest rules read from the sources themselves."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2]
POLICY = HERE / "platform" / "src" / "bontot" / "policy"
ERRORS = POLICY.with_name("errors.py")
PLUGINS = sorted(HERE.glob("plugins/*/src/*"))


def imported(sources: Path) -> set[str]:
    """The modules that a file, or the files of a folder, import, as they are written there."""
    names: set[str] = set()
    for path in sources.rglob("*.py") if sources.is_dir() else [sources]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                names.add("." * node.level + (node.module or ""))
    return names


def foreign(folder: Path, *allowed: str) -> set[str]:
    """What a folder imports beyond the standard library, itself and `allowed`."""
    known = sys.stdlib_module_names | {folder.name}
    own = tuple(f"{name}." for name in allowed)
    return {
        name
        for name in imported(folder)
        if name.partition(".")[0] not in known | {""} and not f"{name}.".startswith(own)
    }


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).parent / "lint-imports")
    command = [program, "--no-cache", "--no-logo", "--config", str(HERE / "pyproject.toml")]
    return subprocess.run(command, cwd=tree, env={"PYTHONPATH": str(tree)}, capture_output=True, text=True)


def test_a_policy_stands_on_the_standard_library_and_our_errors() -> None:
    assert len(list(POLICY.rglob("*.py"))) > 3
    assert foreign(POLICY, "bontot.policy", "bontot.errors") == set()


def test_our_errors_stand_on_the_standard_library_alone() -> None:
    assert foreign(ERRORS) == set()


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_imports_the_plugin_module_and_the_standard_library(plugin: Path) -> None:
    assert imported(plugin)
    assert foreign(plugin, "bontot.plugin") == set()


def test_an_import_from_elsewhere_is_found_wherever_it_hides(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import json\nfrom . import b\nfrom bontot.policy import model\n")
    (tmp_path / "b.py").write_text("def late():\n    import numpy.linalg\n    from bontot.policyx import y\n")
    assert foreign(tmp_path, "bontot.policy") == {"numpy.linalg", "bontot.policyx"}


@pytest.mark.parametrize(
    ("module", "planted", "broken"),
    [
        ("db/base.py", "from bontot.services import accounts", "Each layer imports only from below BROKEN"),
        ("policy/model.py", "from bontot.db import base", "Each layer imports only from below BROKEN"),
        ("services/audit.py", "import flask", "Only the site knows Flask BROKEN"),
    ],
)
def test_a_planted_import_breaks_the_contract(tmp_path: Path, module: str, planted: str, broken: str) -> None:
    shutil.copytree(HERE / "platform" / "src" / "bontot", tmp_path / "bontot")
    path = tmp_path / "bontot" / module
    path.write_text(f"{path.read_text()}\n{planted}\n")
    checked = lint(tmp_path)
    assert checked.returncode == 1
    assert broken in checked.stdout
