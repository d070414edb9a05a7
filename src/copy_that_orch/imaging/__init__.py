"""What is looked at: bytes and arrays become measurements. Knows no Trio."""
