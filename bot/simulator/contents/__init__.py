"""Templates that the account of the simulator has."""
