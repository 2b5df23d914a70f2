"""The application: people, pages, tables, jobs and the command line around the pure packages below it.

Nothing imports this package; it imports :mod:`exports`, :mod:`scoring` and :mod:`lots`.
"""

__version__ = "0.1.0"
