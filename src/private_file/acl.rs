//! Who may do what with a file on Windows, as its security descriptor says (SDDL: `D:PAI(A;;FA;;;SY)(A;;FA;;;S-1-5-21-…)`).
//!
//! Start at [`exposure`]. Names of groups are translated on a Chinese Windows; the descriptor is the same everywhere. It never asks who
//! we are: rights of one account beside the system's are the owner's, or we could not read the file ourselves.

use super::Exposure;

/// The system, administrators (who can take any file) and the owner's own rights.
const HARMLESS: [&str; 6] = ["SY", "S-1-5-18", "BA", "S-1-5-32-544", "OW", "S-1-3-4"];
/// Groups that have a short name in descriptors, with what `icacls` calls them.
const GROUPS: [(&str, &str); 6] = [
    ("WD", "S-1-1-0"),
    ("AU", "S-1-5-11"),
    ("BU", "S-1-5-32-545"),
    ("BG", "S-1-5-32-546"),
    ("IU", "S-1-5-4"),
    ("AN", "S-1-5-7"),
];

/// Who can use a file beside its owner, by its descriptor; `None`: nobody.
pub(super) fn exposure(descriptor: &str) -> Option<Exposure> {
    let everyone = || Some(Exposure::Others("S-1-1-0".into()));
    let Some((_, list)) = descriptor.split_once("D:") else { return everyone() };
    let (flags, entries) = list.split_once('(').unwrap_or((list, ""));
    if flags.contains("NO_ACCESS_CONTROL") {
        return everyone();
    }
    let mut accounts = Vec::new();
    for entry in entries.split('(') {
        let fields: Vec<&str> = entry.trim_end().trim_end_matches(')').split(';').collect();
        let [kind, flags, _, _, _, who, ..] = fields[..] else { continue };
        if !kind.ends_with('A') {
            continue;
        }
        if flags.contains("ID") {
            return Some(Exposure::Inherited);
        }
        if HARMLESS.contains(&who) || accounts.contains(&who) {
            continue;
        }
        if !(is_account(who) && accounts.is_empty()) {
            let group = GROUPS.iter().find(|(short, _)| *short == who).map_or(who, |(_, long)| long);
            return Some(Exposure::Others(group.to_owned()));
        }
        accounts.push(who);
    }
    (!flags.contains('P')).then_some(Exposure::Inherited)
}

/// An account of this machine, a domain or the cloud, and none of the groups that are numbered like accounts.
fn is_account(who: &str) -> bool {
    let is_group = ["-512", "-513", "-514", "-515"].iter().any(|end| who.ends_with(end));
    who == "LA" || ((who.starts_with("S-1-5-21-") || who.starts_with("S-1-12-1-")) && !is_group)
}

/// The text that `icacls /save` wrote: UTF-16, with or without a mark at its beginning.
pub(super) fn decoded(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(descriptor: &str, expected: Option<&Exposure>) {
        assert_eq!(exposure(descriptor).as_ref(), expected, "{descriptor}");
    }

    #[test]
    fn one_account_and_the_system_and_nothing_inherited() {
        const OWNER: &str = "S-1-5-21-1004336348-1177238915-682003330-1001";
        let others = |descriptor: &str, who: &str| check(descriptor, Some(&Exposure::Others(who.into())));
        check(&format!("key.pem\r\nD:PAI(A;;FA;;;SY)(A;;FA;;;{OWNER})\r\n"), None);
        check(&format!("D:P(A;;FA;;;{OWNER})"), None);
        check("D:PAI(A;;FA;;;BA)(A;;FA;;;LA)(D;;FA;;;WD)", None);
        check(&format!("D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;{OWNER})"), Some(&Exposure::Inherited));
        check(&format!("D:AI(A;;FA;;;{OWNER})"), Some(&Exposure::Inherited));
        others(&format!("D:PAI(A;;FA;;;{OWNER})(A;;0x1200a9;;;BU)"), "S-1-5-32-545");
        others(&format!("D:PAI(A;;FR;;;WD)(A;;FA;;;{OWNER})"), "S-1-1-0");
        others(&format!("D:PAI(A;;FA;;;{OWNER})(A;;FA;;;S-1-5-21-1-2-3-1002)"), "S-1-5-21-1-2-3-1002");
        others("D:PAI(A;;FA;;;S-1-5-21-1-2-3-513)", "S-1-5-21-1-2-3-513");
        others("D:NO_ACCESS_CONTROL", "S-1-1-0");
        others("", "S-1-1-0");
        check("D:P", None);
    }

    #[test]
    fn what_icacls_saves_is_read() {
        let saved: Vec<u8> = "key.pem\r\nD:P".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&saved), "key.pem\r\nD:P");
    }
}
