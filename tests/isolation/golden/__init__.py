"""One good request for every route: what a reader of the committee may rightly ask.

A route without an entry here fails the suite. Take identifiers from the world: each place where one stands (address,
query, form key or value) is tried again with the decoy's.
"""

from tests.isolation.golden import (
    access,
    around,
    fees,
    meetings,
    organisations,
    people,
    plans,
    programs,
    records,
    years,
)

GOLDEN = {
    endpoint: request
    for module in (access, around, plans, years, meetings, fees, people, organisations, programs, records)
    for endpoint, request in module.REQUESTS.items()
}
