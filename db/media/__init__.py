"""What people send beside text: what is known of it, and its bytes."""
