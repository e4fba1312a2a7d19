"""Distributions found as installed ones are, without pip: their metadata on a path of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """How a program ended, and the lines it printed."""

    status: int
    lines: list[str]


@dataclass(frozen=True)
class Site:
    """A folder on the path of programs run here, that makes distributions visible to them."""

    folder: Path

    def install(self, *distributions: Path) -> None:
        """Makes what their `pyproject.toml` says known, and their sources importable."""
        for distribution in distributions:
            project = tomllib.loads((distribution / "pyproject.toml").read_text(encoding="utf-8"))["project"]
            module = project["name"].replace("-", "_")
            metadata = self.folder / f"{module}-{project['version']}.dist-info"
            metadata.mkdir(parents=True)
            (metadata / "METADATA").write_text(
                f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
            )
            entries = project["entry-points"]["bontot"]
            lines = "".join(f"{name} = {value}\n" for name, value in entries.items())
            (metadata / "entry_points.txt").write_text(f"[bontot]\n{lines}")
            (self.folder / module).symlink_to(distribution / "src" / module)

    def run(self, *arguments: str, cwd: Path | None = None, more: Mapping[str, str] | None = None) -> Ran:
        """A module of this Python, with the distributions on its path and `more` in its environment; its tests use the
        servers of this run."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        ended = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=cwd or self.folder,
            env=environment
            | {"PYTHONPATH": str(self.folder), "BONTOT_DATA_DIR": str(self.folder / "var")}
            | dict(more or {}),
            capture_output=True,
            text=True,
        )
        return Ran(ended.returncode, (ended.stdout + ended.stderr).splitlines())
