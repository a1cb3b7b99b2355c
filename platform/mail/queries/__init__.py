"""How mails' texts are read."""
