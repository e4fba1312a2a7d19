"""Today, by the database's clock, in Viet Nam (safety rule 21)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

DAY = "CAST(now() AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)"
"""Today as a part of a statement."""
TODAY = text(f"SELECT {DAY}")


def today(session: Session) -> date:
    """The day it is in Asia/Ho_Chi_Minh; never derived from a UTC timestamp in Python."""
    day: date = session.execute(TODAY).scalar_one()
    return day
