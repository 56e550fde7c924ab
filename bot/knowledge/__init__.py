"""What the business knows: reading, chunking, finding; how it comes into answers."""
