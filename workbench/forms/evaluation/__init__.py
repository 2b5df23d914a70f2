"""The forms of the panel's pages."""
