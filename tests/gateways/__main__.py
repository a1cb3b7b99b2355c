"""Runs the doubles of all four payment providers on loopback, for the demo: `python -m tests.gateways --facts PATH`.

They stop with SIGTERM. PATH is written once they answer: the addresses, the keys that they accept and the test cards.
`--notify PATH` names a file, read again whenever it changes, of where each merchant is told of its payments:
{"stripe": address, "paypal": address}; Lyra needs none, each of its payments names its own.
"""

import argparse
import json
import signal
import threading
from contextlib import ExitStack
from pathlib import Path

from tests.gateways import lyra, lyra_objects, paypal, stripe, stripe_objects
from tests.gateways.server import serving


def main() -> None:
    """Serves until it is told to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=Path, required=True)
    parser.add_argument("--ports", type=int, nargs=3, default=(0, 0, 0), metavar=("STRIPE", "PAYPAL", "LYRA"))
    parser.add_argument("--notify", type=Path)
    options = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    doubles = (stripe.StripeStandIn(), paypal.PayPalStandIn(), lyra.LyraStandIn())
    with ExitStack() as stack:
        for double, port in zip(doubles, options.ports, strict=True):
            stack.enter_context(serving(double, port=port))
        facts = {
            "stripe": {"url": doubles[0].url, "keys": stripe.DEMO_KEYS, "cards": stripe_objects.CARDS},
            "paypal": {"url": doubles[1].url, "keys": paypal.DEMO_KEYS, "cards": []},
            "lyra": {"url": doubles[2].url, "keys": lyra.DEMO_KEYS, "cards": lyra_objects.CARDS},
        }
        told = ""
        partial = options.facts.with_suffix(".part")
        partial.write_text(json.dumps(facts))
        partial.replace(options.facts)
        while not ended.wait(0.2):
            wanted = options.notify.read_text() if options.notify and options.notify.exists() else ""
            if wanted != told:
                told = wanted
                addresses = json.loads(wanted or "{}")
                doubles[0].notify_to(addresses.get("stripe", ""))
                doubles[1].notify_to(addresses.get("paypal", ""))


if __name__ == "__main__":
    main()
