"""The parts of GitHub's workflows: expressions, steps and jobs."""
