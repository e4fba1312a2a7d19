"""One text serves for everyone and for a few, and the database is shown only the half that applies."""

from __future__ import annotations

from bontot.evaluation.narrowing import narrowed, wanted

TEXT = f"SELECT 1 FROM a WHERE {wanted('a.id')} AND ({wanted('coalesce(a.x, a.y)', 'cells')} OR a.z = :z)"


def test_who_is_asked_for_is_settled_before_the_database_plans() -> None:
    assert str(narrowed(TEXT, {"subjects": None, "cells": [1], "z": 1})) == (
        "SELECT 1 FROM a WHERE true AND (coalesce(a.x, a.y) = ANY(CAST(:cells AS bigint[])) OR a.z = :z)"
    )
    assert str(narrowed(TEXT, {"subjects": [], "cells": None, "z": None})) == (
        "SELECT 1 FROM a WHERE a.id = ANY(CAST(:subjects AS bigint[])) AND (true OR a.z = :z)"
    )
