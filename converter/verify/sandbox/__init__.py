"""A world of hosts that nothing leaves: namespaces of the kernel over a Debian that is kept in the user's cache."""
