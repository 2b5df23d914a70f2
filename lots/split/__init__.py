"""The collaboration split of a bid: the flow of its money, the published rules, and the smallest moves that mend it."""
