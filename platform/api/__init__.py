"""The interface for programs, `/api/v1/` on each firm's host: HTTP over the actions and doors of the pages."""
