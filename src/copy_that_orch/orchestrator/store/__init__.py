"""Parts of `SQLiteResultStore`: how values are written down, the file, and the thread that works on it."""
