"""The job worker."""

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

#: Finished jobs are kept this long for the operators; failed ones until they are dealt with.
KEEP_FINISHED_HOURS = 72


class Command(BaseCommand):
    """Runs jobs until it is told to stop, then lets the running ones end."""

    help = "Runs the jobs of all firms."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Takes --concurrency."""
        parser.add_argument("--concurrency", type=int, default=4, help="jobs at once (threads)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Works until SIGINT or SIGTERM."""
        connector = app.connector
        assert isinstance(connector, DjangoConnector)
        with app.replace_connector(connector.get_worker_connector()):
            asyncio.run(self._work(options["concurrency"]))

    async def _work(self, concurrency: int) -> None:
        self.stdout.write("worker: ready")
        async with app.open_async():
            await app.run_worker_async(
                concurrency=concurrency,
                shutdown_graceful_timeout=30,
                install_signal_handlers=True,
                update_heartbeat_interval=5,
                stalled_worker_timeout=20,
            )
