"""What ends answers to a person for a while: an allowance, a brake on machines."""
