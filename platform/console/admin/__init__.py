"""The console's pages; importing this package, as Django's admin does, registers them."""

from console.admin import audit, export, firm, job, operator, sign_up  # noqa: F401
