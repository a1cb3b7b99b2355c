"""Notifications that leave once the answer is made, outside the stand-in's lock: whoever takes one may ask back."""

from dataclasses import dataclass, field

from tests.gateways.server import Asked, Delivery, Said, StandIn


@dataclass
class PostingStandIn(StandIn):
    """A stand-in that gathers its notifications while it works and sends them when it is done.

    They are sent before the browser is sent back, as the providers do where they can.
    """

    outbox: list[Delivery] = field(default_factory=list)

    def answer(self, asked: Asked) -> Said | None:
        """Returns the answer after the notifications it caused have left."""
        said = super().answer(asked)
        self.flush()
        return said

    def flush(self) -> list[int]:
        """Sends what was gathered; returns our answers' statuses, 0 where one did not leave or found nobody."""
        with self.lock:
            waiting, self.outbox = self.outbox, []
        statuses = []
        for delivery in waiting:
            try:
                statuses.append(self.notify(delivery))
            except OSError:
                statuses.append(0)
        return statuses
