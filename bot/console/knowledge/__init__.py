"""What the business knows: documents, products, gaps, and what would be found."""
