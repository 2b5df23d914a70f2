"""How firm an award is: evidence beside the decision, never part of the award method."""
