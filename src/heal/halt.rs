//! Whether healing must stop for this database: its past is not the one that this machine knows.

use crate::divergence::Halt;
use crate::history::MigrationHistory;
use crate::journal::{self, Entry, Event, Head};

/// What this machine remembers of the database from its last look, outside of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The database's identity.
    pub database: String,
    /// The journal's end.
    pub head: Head,
}

/// Looks at the journal, the history and what was remembered; the gravest reason first.
///
/// `heal --resume` accepts what is there: it appends [`Event::Resumed`] and renews what is remembered.
pub fn halt(
    entries: &[Entry],
    history: &MigrationHistory,
    database: &str,
    remembered: Option<&Remembered>,
) -> Option<Halt> {
    if let Some(remembered) = remembered {
        if remembered.database != database {
            return Some(Halt::AnotherDatabase);
        }
        let then = remembered.head;
        let kept = then == Head::EMPTY || entries.iter().any(|entry| entry.head() == then);
        if !kept {
            let found = entries.last().map_or(0, |entry| entry.seq);
            return Some(Halt::WentBackwards { remembered: then.seq, found });
        }
    }
    let resumed = entries.iter().rposition(|entry| matches!(entry.event, Event::Resumed { .. }));
    let since = &entries[resumed.map_or(0, |at| at + 1)..];
    if since.iter().any(|entry| entry.event == Event::Reset) {
        return Some(Halt::HistoryReset);
    }
    let known = journal::scripts(entries);
    let names: Vec<String> =
        known.into_iter().map(|script| script.name).filter(|name| !history.is_applied(name)).collect();
    (!names.is_empty()).then_some(Halt::RowsVanished { names })
}
