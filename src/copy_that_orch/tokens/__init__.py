"""What is produced: tokens, sets of tokens, and their formats. Knows no Trio and no files."""
