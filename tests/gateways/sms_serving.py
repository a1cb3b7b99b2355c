"""Runs the double of the carriers of text messages on loopback, for the demo.

`python -m tests.gateways.sms_serving --facts PATH`; it stops with SIGTERM. PATH is written once it answers: its
address, where it shows what it took, and the keys that it accepts.
"""

import argparse
import json
import signal
import threading
from pathlib import Path

from tests.gateways.server import serving
from tests.gateways.sms import KEYS, SmsStandIn


def main() -> None:
    """Serves until it is told to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with serving(SmsStandIn(delivers=True), port=options.port) as double:
        partial = options.facts.with_suffix(".part")
        partial.write_text(json.dumps({"url": double.url, "keys": KEYS}))
        partial.replace(options.facts)
        ended.wait()


if __name__ == "__main__":
    main()
