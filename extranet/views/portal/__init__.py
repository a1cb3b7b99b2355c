"""The pages that clients use too."""
