"""`bot evaluate`: each module adds its own commands to the group."""
