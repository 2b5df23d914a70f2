"""Saying the outcome in other people's formats: the tender file, notices, PDF, spreadsheets."""
