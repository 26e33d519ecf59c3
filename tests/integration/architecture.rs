//! Rules of the code that no compiler checks.
