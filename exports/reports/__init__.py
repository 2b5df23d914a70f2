"""Papers of the procurement itself: evaluation report, decision record, score sheets, certificates."""
