"""Whether the settings fit: each other, what is installed, and those whom they name."""
