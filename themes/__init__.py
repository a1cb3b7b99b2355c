"""LOOK: branding, templates, forms, icons, the scripts and styles of every page."""
