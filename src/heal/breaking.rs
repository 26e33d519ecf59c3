//! Drops and renames that running code may use: which facts a script takes away, by what it did where it was applied.
//!
//! Pure. Whether the code has been pulled is the caller's to find out. What could go wrong: a rename looks like a drop and an addition, and
//! is told as what goes; code that uses neither waits for nothing, which costs a `git pull`.

use crate::journal::Effect;
use crate::schema::{Digests, FactId, Kind};

/// Facts of the live schema that go with a script and that code may name, without those that go with what they lie in.
pub fn breaking(live: &Digests, effect: &Effect) -> Vec<String> {
    let gone = |(id, touched): &(&FactId, &crate::journal::Touched)| {
        is_named_by_code(id.kind) && touched.after.is_none() && live.contains_key(*id)
    };
    let gone: Vec<&FactId> = effect.iter().filter(gone).map(|(id, _)| id).collect();
    let inside = |id: &FactId| {
        id.kind == Kind::Column
            && gone.iter().any(|other| other.kind != Kind::Column && id.name.starts_with(&format!("{}.", other.name)))
    };
    gone.iter().filter(|id| !inside(id)).map(ToString::to_string).collect()
}

/// Kinds whose names stand in statements of applications.
fn is_named_by_code(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Schema
            | Kind::Enum
            | Kind::Domain
            | Kind::Composite
            | Kind::Range
            | Kind::Sequence
            | Kind::Table
            | Kind::Column
            | Kind::View
            | Kind::MaterializedView
            | Kind::Function
            | Kind::Aggregate
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;
    use crate::journal::Touched;

    /// `live` and the facts that go (`-name`) or come (`name`), as `kind name`.
    #[track_caller]
    fn check(live: &[(Kind, &str)], gone: &[(Kind, &str)], come: &[(Kind, &str)], expected: &[&str]) {
        let digest = Some(Digest::of(b"x"));
        let live = live.iter().map(|(kind, name)| (FactId::new(*kind, *name), Digest::of(b"x"))).collect();
        let touched =
            |gone: bool| Touched { before: digest.filter(|_| gone), after: digest.filter(|_| !gone), definition: None };
        let mut effect: Effect = gone.iter().map(|(kind, name)| (FactId::new(*kind, *name), touched(true))).collect();
        effect.extend(come.iter().map(|(kind, name)| (FactId::new(*kind, *name), touched(false))));
        assert_eq!(breaking(&live, &effect), expected);
    }

    #[test]
    fn what_goes_and_is_here_breaks_code() {
        use Kind::{Column, Comment, Index, Table};
        let live = [(Table, "public.a"), (Column, "public.a.b"), (Index, "public.i"), (Table, "public.ab")];
        check(&live, &[(Column, "public.a.b")], &[(Column, "public.a.c")], &["column public.a.b"]);
        check(&live, &[(Index, "public.i"), (Comment, "table public.a")], &[], &[]);
        check(&live, &[(Table, "public.a"), (Column, "public.a.b")], &[], &["table public.a"]);
        check(&live, &[(Column, "public.new.b")], &[(Table, "public.x")], &[]);
    }
}
