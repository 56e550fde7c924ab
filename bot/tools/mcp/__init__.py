"""Tools that MCP servers bring: each is owned by one task, and harms nobody's chat."""
