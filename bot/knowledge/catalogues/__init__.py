"""Lists of products: read from files, and found by price and stock."""
