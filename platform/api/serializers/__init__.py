"""What goes in and out, a module a noun."""
