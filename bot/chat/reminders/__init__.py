"""What is said later: reminders that users ask for, and follow-ups after offers."""
