"""The parts of GitLab's pipeline: its rules and its jobs."""
