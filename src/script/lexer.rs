//! PostgreSQL's tokens, as its own scanner sees them.
