"""The process that sets many papers: what `pdf.as_told` gives as JSON on standard input, the PDF on standard output.

A compile of five hundred sheets takes more than a gigabyte, and the compiler keeps what it made for later; a process of its
own gives that back. Run as `python -m bontot.documents.binding`.
"""

from __future__ import annotations

import json
import sys

from bontot.documents.pdf import allowed


def main() -> None:
    """Sets what was told."""
    sys.stdout.buffer.write(allowed(json.load(sys.stdin.buffer), tagged=False))


if __name__ == "__main__":
    main()
