"""Screenshots to design tokens, on a Trio orchestrator for pipelines of agents."""
