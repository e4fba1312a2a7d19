"""The records for programs: JSON under /api/v1, by access token, with the pages' own services and reach."""
