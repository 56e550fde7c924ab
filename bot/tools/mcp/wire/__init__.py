"""How MCP servers are spoken to: processes and addresses, bounded in every way."""
