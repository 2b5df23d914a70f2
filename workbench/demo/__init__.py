"""The demonstration case: the Avon and Somerset victim services tender, as a tender file."""
