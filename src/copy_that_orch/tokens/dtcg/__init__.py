"""Reading files of the Design Tokens format 2025.10, anybody's, and telling what is wrong with them."""
