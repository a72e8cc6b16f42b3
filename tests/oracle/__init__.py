"""What real bash runs of a fixture, in a scratch root with stub commands, and what the trace says it runs."""
