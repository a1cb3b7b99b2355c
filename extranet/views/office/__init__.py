"""The pages of the firm's own people."""
