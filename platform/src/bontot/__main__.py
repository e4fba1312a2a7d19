"""`python -m bontot` is the `bontot` command."""

from bontot.cli import main

if __name__ == "__main__":
    main(prog_name="bontot")
