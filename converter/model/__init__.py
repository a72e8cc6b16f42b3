"""The nouns that the stages pass to each other; they import nothing of the other folders."""
