"""What happened, day by day: charts drawn here, with their numbers beneath."""
