"""PDF: what stands on its pages, in the order in which people read it."""
