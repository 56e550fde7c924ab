"""What the business knows, in SQL: documents, terms, search, products, gaps."""
