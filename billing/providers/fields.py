"""What a firm types to reach its account with a provider: the fields of the page of keys, one list a provider."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class KeyField:
    """One value that a provider gives the firm: a secret of that name, or a column of billing.models.Credentials."""

    #: Of a secret: its name in billing.secrets.Secrets; of the others, that of `column`.
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

    def pattern_of(self, *, live: bool) -> str:
        """Returns what the value looks like in a mode."""
        return (self.pattern_live if live else self.pattern_test) or self.pattern
