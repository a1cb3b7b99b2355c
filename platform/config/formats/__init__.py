"""What of Django's formats of dates and numbers is written otherwise, by language."""
