"""What messages name: the ones that they reply to, and react to."""
