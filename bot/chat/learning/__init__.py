"""What teachers send with /learn: understood, taken in, answered."""
