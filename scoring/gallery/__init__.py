"""The gallery of price formulas and methods: each with its curve, a worked example, and what goes wrong with it."""
