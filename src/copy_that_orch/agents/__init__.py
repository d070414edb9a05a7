"""Who does the work: thin asynchronous shells around `imaging` and `tokens`."""
