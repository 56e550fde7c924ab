"""`bot cases`: each module adds its own commands to the group."""
