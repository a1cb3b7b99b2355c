"""Numbers of a drawing."""


def round_top(value: int, *, unit: int = 1) -> int:
    """Returns the first of 2, 4, 6, 8, 10, 20, 40… units that is not below `value`: its half is a whole number."""
    power = unit
    while True:
        for digit in (2, 4, 6, 8, 10):
            if digit * power >= value:
                return digit * power
        power *= 10
