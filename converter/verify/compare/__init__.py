"""What a run has left on the hosts, read by meaning, and what is different between two of them."""
