"""The verbs of the `bontot` command, one module a noun.

Each module exposes one click command or group, which `bontot.cli.VERBS` lists. A verb that works on the records is
declared with `bontot.commands.attach.attached` and gets the `Settings` of an instance whose servers answer.
"""
