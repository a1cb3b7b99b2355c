"""The bytes of each firm: how they come in, where they are, how they leave."""
