"""How work runs: agents, stages, pools, breakers. Knows trio and attrs, and nothing of tokens or pictures."""
