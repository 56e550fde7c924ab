"""What people of ours see and do: a web application of its own."""
