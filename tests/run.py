"""`./bontot test`: every check, then every test. With arguments: pytest alone, with those arguments."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


def main(arguments: list[str]) -> int:
    """Run and say what failed; the number of failures is the exit status."""
    os.chdir(HERE)
    if arguments:
        return run("pytest", *arguments)
    failed = [name for name, command in checks() if not passes(name, command)]
    for name in failed:
        sys.stderr.write(f"Chưa đạt: {name}\n")
    return len(failed)


def checks() -> list[tuple[str, list[str]]]:
    """What the suite consists of, the quick ones first."""
    code = [
        path
        for path in ("platform/src", "plugins", "docs/examples", "tests", "migrations/env.py", "bontot")
        if Path(path).exists()
    ]
    return [
        ("lỗi thường gặp", ["ruff", "check", ".", "bontot"]),
        ("trình bày", ["ruff", "format", "--check", ".", "bontot"]),
        ("kiểu dữ liệu", ["mypy", *code]),
        ("thứ tự import", ["lint-imports", "--no-logo"]),
        ("thư viện khai báo", ["deptry", "platform/src"]),
        ("kiểm thử", ["pytest", "-n", "auto", "--dist", "loadfile"]),
    ]


def passes(name: str, command: list[str]) -> bool:
    """Run one check, with its name before and its time after."""
    started = time.monotonic()
    sys.stderr.write(f"── {name}: {' '.join(command[:2])} …\n")
    passed = run(*command) == 0
    sys.stderr.write(
        f"── {name}: {'đạt' if passed else 'CHƯA ĐẠT'} sau {time.monotonic() - started:.0f} giây\n"
    )
    return passed


def run(program: str, *arguments: str) -> int:
    """Run a program of this environment."""
    sources = os.pathsep.join(
        str(path) for path in sorted([*HERE.glob("plugins/*/src"), *HERE.glob("docs/examples/*/src")])
    )
    environment = os.environ | {"MYPYPATH": sources, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run([BIN / program, *arguments], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
