"""The forms of the decision's pages."""
