"""What a firm types to reach its account with a provider: the fields of the page of keys, one list a provider."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class KeyField:
    """One value that a provider gives the firm: a secret of that name, or a column of billing.models.Credentials."""

    #: Of a secret: its name in kernel.secrets.Secrets; of the others, that of `column`.
    name: str
    label: str | Promise
    secret: bool = True
    help_text: str | Promise = ""
    #: What the whole value looks like, as a regular expression; empty: anything.
    pattern: str = ""
    #: "identifier" or "webhook_id" of those that are no secret.
    column: str = ""
    #: Shown in the advanced mode alone.
    advanced: bool = False
    optional: bool = False
    #: In place of `pattern` where the keys of the two modes differ.
    pattern_test: str = ""
    pattern_live: str = ""
    #: What it looks like, for people: "whsec_…"; `example_test` and `example_live` where the modes differ.
    example: str | Promise = ""
    example_test: str = ""
    example_live: str = ""
    #: What is often pasted in its place: a regular expression of the whole, and what to say.
    mistakes: tuple[tuple[str, str | Promise], ...] = ()
    #: Of an optional one: "form" or "rest" where that interface cannot do without it.
    needed_by: str = ""
    #: The provider gives it only once it has the address of notifications.
    needs_address: bool = False

    def pattern_of(self, *, live: bool) -> str:
        """Returns what the value looks like in a mode."""
        return (self.pattern_live if live else self.pattern_test) or self.pattern

    def example_of(self, *, live: bool) -> str:
        """Returns what the value looks like in a mode, for people."""
        return str((self.example_live if live else self.example_test) or self.example)

    def is_needed(self, *, uses_form: bool) -> bool:
        """Returns whether nothing can be paid without it."""
        return not self.optional or self.needed_by == ("form" if uses_form else "rest")

    def wrong_with(self, value: str, *, live: bool) -> str:
        """Returns what is wrong with a value that was typed, without the value; empty when it has the right shape."""
        pattern = self.pattern_of(live=live)
        if not pattern or re.fullmatch(pattern, value):
            return ""
        if re.search(r"\s", value):
            return _("There is a space or a line break in it: copy it once more, without.")
        if re.fullmatch(self.pattern_of(live=not live), value):
            return (
                _("This is a key of the test mode: the key of the live mode is needed here.")
                if live
                else _("This is a key of the live mode: the key of the test mode is needed here.")
            )
        for mistake, said in self.mistakes:
            if re.fullmatch(mistake, value):
                return str(said)
        return _("This does not look right. Expected: %(example)s") % {"example": self.example_of(live=live)}
