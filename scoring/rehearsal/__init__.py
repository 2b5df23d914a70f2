"""The rehearsal: a lot's published method tried out on made-up bids before anybody makes a real one."""
