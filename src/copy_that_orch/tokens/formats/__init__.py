"""A token set as text, one module per format."""
