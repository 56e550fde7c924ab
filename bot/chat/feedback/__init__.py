"""What users think of answers: a thumb, or words behind /feedback."""
