"""What we send beside text: named, checked, under addresses that are signed."""
