"""Inside an `AgentPool`: tickets, the line of each stage, who is granted a slot."""
