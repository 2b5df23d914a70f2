"""Forms of tenderers, partners and openers."""
