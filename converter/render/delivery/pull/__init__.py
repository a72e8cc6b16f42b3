"""The parts of what a host runs to pull: the program, its units, the role that keeps them, and what can't be pulled."""
