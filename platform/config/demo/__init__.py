"""The demo's two firms: made up, but of the kind that the product is for."""
