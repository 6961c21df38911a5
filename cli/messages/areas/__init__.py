"""One module for each part of the product: its words in both languages."""
