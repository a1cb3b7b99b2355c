"""The pages of people without an account, who come by an occasional access."""
