"""What the panel does: declare, prepare, score, ask, moderate."""
