"""Inside a `CircuitBreaker`: verdicts, windows, permits, the waiting room."""
