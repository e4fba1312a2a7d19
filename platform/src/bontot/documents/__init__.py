"""The papers a committee signs: what each says, in order, apart from how it is set."""
