"""Italian dates without the zero and the day of the week that Django's have."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
