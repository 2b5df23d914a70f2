"""The vocabulary of a tender and its rules: regime, calendar, money, lots, funding, bids and their splits.

Pure: values in, values out. Nothing here knows a clock, a file, a database or a page.
"""
