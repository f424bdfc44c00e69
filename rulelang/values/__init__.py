"""Dates, durations, money, exact numbers and the unknown: the values rules compare."""
