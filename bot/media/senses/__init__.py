"""What hears and sees: voice notes by a server or here, pictures by their letters."""
