//! The peers this machine knows: one small TOML file each, `peers/NAME.toml`, which people may read, edit and delete.
//!
//! What the files say now is what holds: every question looks whether they changed. A file that cannot be read trusts nobody.
//!
//! It can go wrong by trusting too long (a removal unseen) or by trusting two files of one certificate differently; the second
//! is refused as a whole: neither file counts.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::keys::create_private_dir;
use super::{InvalidPeerName, check_peer_name};
use crate::hash::PeerId;
use crate::private_file;

/// What a peer may do here; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Ask for state, journal and digests.
    Status,
    /// Read our scripts.
    Pull,
    /// What it has applied is applied here.
    Apply,
}

/// A word that is no grant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no grant; there are `status`, `pull` and `apply`")]
pub struct UnknownGrant(pub String);

impl Grant {
    /// The grant's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Pull => "pull",
            Self::Apply => "apply",
        }
    }
}

impl std::fmt::Display for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Grant {
    type Err = UnknownGrant;
    fn from_str(text: &str) -> Result<Self, UnknownGrant> {
        [Self::Status, Self::Pull, Self::Apply]
            .into_iter()
            .find(|grant| grant.word() == text)
            .ok_or_else(|| UnknownGrant(text.to_owned()))
    }
}

/// A peer that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedPeer {
    /// Its name here; also the file's.
    pub name: String,
    /// Its certificate.
    pub certificate: PeerId,
    /// What it may do here.
    pub grant: Grant,
    /// Where it can be dialled, as learned by pairing.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// When it was paired; for people.
    #[serde(default)]
    pub paired_at: String,
}

/// Why the trust store could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A file operation failed.
    #[error("failed to use the trust store's `{}`", .path.display())]
    File {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file holds something else than a peer.
    #[error("`{}` does not describe a peer: {reason}", .path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The name belongs to another certificate.
    #[error(
        "a peer named `{0}` with another certificate is known already; remove it, or let the other machine take another name"
    )]
    NameTaken(String),
    /// Nobody has this name.
    #[error("no peer is named `{0}`")]
    NoSuchPeer(String),
    /// The name cannot be used.
    #[error(transparent)]
    Name(#[from] InvalidPeerName),
}

/// The trust store of one identity folder. Cheap to clone; clones share what they have read.
#[derive(Clone)]
pub struct TrustStore {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    read: Mutex<Snapshot>,
}

#[derive(Default)]
struct Snapshot {
    stamp: Stamp,
    peers: Arc<Vec<TrustedPeer>>,
    broken: Arc<Vec<TrustError>>,
}

/// What tells that files changed: a replaced file has another identity, an edited one another time or size.
type Stamp = BTreeMap<PathBuf, (Option<SystemTime>, u64, u64)>;

impl std::fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrustStore").field("dir", &self.inner.dir).finish_non_exhaustive()
    }
}

impl TrustStore {
    /// That of this identity folder. Touches nothing yet; a folder that is not there knows nobody.
    pub fn of(identity_dir: &Path) -> Self {
        Self { inner: Arc::new(Inner { dir: identity_dir.join("peers"), read: Mutex::default() }) }
    }

    /// Everybody who is known now, by name.
    pub fn peers(&self) -> Arc<Vec<TrustedPeer>> {
        self.current().0
    }

    /// Files that do not count because they cannot be read or contradict each other.
    pub fn broken(&self) -> Arc<Vec<TrustError>> {
        self.current().1
    }

    /// The peer that holds this certificate, as of now.
    pub fn peer(&self, certificate: PeerId) -> Option<TrustedPeer> {
        self.peers().iter().find(|peer| peer.certificate == certificate).cloned()
    }

    /// The same as of the last look, without looking: for whoever asks very often beside somebody who looks.
    pub fn peer_as_last_seen(&self, certificate: PeerId) -> Option<TrustedPeer> {
        let read = self.inner.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.peers.iter().find(|peer| peer.certificate == certificate).cloned()
    }

    /// The peer of this name, as of now.
    pub fn peer_named(&self, name: &str) -> Option<TrustedPeer> {
        self.peers().iter().find(|peer| peer.name == name).cloned()
    }

    /// Writes a peer down. One whose certificate is known keeps its name here and gets the new grant and addresses.
    pub fn add(&self, mut peer: TrustedPeer) -> Result<TrustedPeer, TrustError> {
        check_peer_name(&peer.name)?;
        let peers = self.peers();
        if let Some(known) = peers.iter().find(|known| known.certificate == peer.certificate) {
            peer.name.clone_from(&known.name);
        } else if peers.iter().any(|known| same_file(&known.name, &peer.name)) || self.path(&peer.name).exists() {
            return Err(TrustError::NameTaken(peer.name));
        }
        self.write(&peer)?;
        Ok(peer)
    }

    /// A name like this one that nobody has: itself, or with a number after it.
    pub fn free_name(&self, wanted: &str, certificate: PeerId) -> String {
        let peers = self.peers();
        let taken = |name: &str| {
            peers.iter().any(|known| same_file(&known.name, name) && known.certificate != certificate)
                || (self.path(name).exists() && !peers.iter().any(|known| same_file(&known.name, name)))
        };
        let base: String = wanted.chars().take(40).collect();
        let numbered = (2..1000).map(|number| format!("{}-{number}", base.trim_end_matches(['.', ' '])));
        std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or(base)
    }

    /// Changes what a peer may do here.
    pub fn set_grant(&self, name: &str, grant: Grant) -> Result<TrustedPeer, TrustError> {
        self.change(name, |peer| peer.grant = grant)
    }

    /// Changes where a peer is dialled.
    pub fn set_addresses(&self, name: &str, addresses: Vec<String>) -> Result<TrustedPeer, TrustError> {
        self.change(name, |peer| peer.addresses = addresses)
    }

    /// Forgets a peer. A running agent sees it at once.
    pub fn remove(&self, name: &str) -> Result<(), TrustError> {
        check_peer_name(name)?;
        let path = self.path(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(TrustError::NoSuchPeer(name.to_owned())),
            removed => removed.map_err(|source| TrustError::File { path, source }),
        }
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut TrustedPeer)) -> Result<TrustedPeer, TrustError> {
        let mut peer = self.peer_named(name).ok_or_else(|| TrustError::NoSuchPeer(name.to_owned()))?;
        change(&mut peer);
        self.write(&peer)?;
        Ok(peer)
    }

    fn write(&self, peer: &TrustedPeer) -> Result<(), TrustError> {
        let path = self.path(&peer.name);
        let failed = |source| TrustError::File { path: path.clone(), source };
        let text = toml::to_string(peer).map_err(|error| failed(io::Error::other(error)))?;
        create_private_dir(&self.inner.dir).map_err(failed)?;
        private_file::replace(&path, text.as_bytes()).map_err(failed)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.inner.dir.join(format!("{name}.toml"))
    }

    fn current(&self) -> (Arc<Vec<TrustedPeer>>, Arc<Vec<TrustError>>) {
        let mut read = self.inner.read.lock().unwrap_or_else(PoisonError::into_inner);
        match stamp(&self.inner.dir) {
            Ok(stamp) if stamp == read.stamp => {}
            Ok(stamp) => *read = load(stamp),
            Err(source) => {
                let error = TrustError::File { path: self.inner.dir.clone(), source };
                *read = Snapshot { broken: Arc::new(vec![error]), ..Snapshot::default() };
            }
        }
        (Arc::clone(&read.peers), Arc::clone(&read.broken))
    }
}

/// Whether two names are one file on a file system that does not tell upper from lower case.
fn same_file(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

fn stamp(dir: &Path) -> io::Result<Stamp> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Stamp::new()),
        entries => entries?,
    };
    let mut stamp = Stamp::new();
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            // Gone between the two looks: as if it had not been there.
            if let Ok(meta) = fs::metadata(&path) {
                stamp.insert(path, (meta.modified().ok(), meta.len(), file_number(&meta)));
            }
        }
    }
    Ok(stamp)
}

#[cfg(unix)]
fn file_number(meta: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

#[cfg(not(unix))]
fn file_number(_meta: &fs::Metadata) -> u64 {
    0
}

fn load(stamp: Stamp) -> Snapshot {
    let (mut peers, mut broken) = (Vec::<TrustedPeer>::new(), Vec::new());
    for path in stamp.keys() {
        match load_peer(path) {
            Ok(Some(peer)) => peers.push(peer),
            Ok(None) => {}
            Err(error) => broken.push(error),
        }
    }
    let doubled = |peer: &TrustedPeer| peers.iter().filter(|other| other.certificate == peer.certificate).count() > 1;
    let (contradicting, peers): (Vec<_>, Vec<_>) = peers.iter().cloned().partition(doubled);
    broken.extend(contradicting.into_iter().map(|peer| TrustError::Unreadable {
        path: PathBuf::from(format!("{}.toml", peer.name)),
        reason: "another file holds the same certificate".into(),
    }));
    for error in &broken {
        tracing::warn!(%error, "a file of the trust store does not count");
    }
    Snapshot { stamp, peers: Arc::new(peers), broken: Arc::new(broken) }
}

fn load_peer(path: &Path) -> Result<Option<TrustedPeer>, TrustError> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        text => text.map_err(|source| TrustError::File { path: path.to_owned(), source })?,
    };
    let unreadable = |reason: String| TrustError::Unreadable { path: path.to_owned(), reason };
    let peer: TrustedPeer = toml::from_str(&text).map_err(|error| unreadable(error.message().to_owned()))?;
    check_peer_name(&peer.name).map_err(|error| unreadable(error.to_string()))?;
    if path.file_stem().and_then(|stem| stem.to_str()) != Some(peer.name.as_str()) {
        return Err(unreadable(format!("its `name` is `{}`", peer.name)));
    }
    Ok(Some(peer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(name: &str, certificate: &str) -> TrustedPeer {
        TrustedPeer {
            name: name.into(),
            certificate: PeerId::of(certificate.as_bytes()),
            grant: Grant::Apply,
            addresses: vec!["192.168.1.2:7432".into()],
            paired_at: "2025-11-22T10:30:00Z".into(),
        }
    }

    #[test]
    fn changes_of_another_process_are_seen_at_once() {
        let dir = tempfile::tempdir().expect("a folder");
        let (agent, command) = (TrustStore::of(dir.path()), TrustStore::of(dir.path()));
        assert!(agent.peers().is_empty());
        command.add(peer("pc-b", "b")).expect("added");
        assert_eq!(agent.peer(PeerId::of(b"b")), Some(peer("pc-b", "b")));
        command.set_grant("pc-b", Grant::Status).expect("changed");
        assert_eq!(agent.peer_named("pc-b").map(|peer| peer.grant), Some(Grant::Status));
        command.remove("pc-b").expect("removed");
        assert_eq!(agent.peer(PeerId::of(b"b")), None);
        assert!(matches!(command.remove("pc-b"), Err(TrustError::NoSuchPeer(_))));
        assert!(matches!(command.remove("../key"), Err(TrustError::Name(_))));
    }

    #[test]
    fn names_are_not_taken_over() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = TrustStore::of(dir.path());
        store.add(peer("pc-b", "b")).expect("added");
        assert!(matches!(store.add(peer("PC-B", "c")), Err(TrustError::NameTaken(_))));
        assert_eq!(store.free_name("PC-B", PeerId::of(b"c")), "PC-B-2");
        assert_eq!(store.free_name("pc-b", PeerId::of(b"b")), "pc-b");
        let again = store.add(TrustedPeer { grant: Grant::Pull, ..peer("renamed", "b") }).expect("paired again");
        assert_eq!((again.name.as_str(), again.grant), ("pc-b", Grant::Pull));
        assert!(matches!(store.add(peer("a/b", "d")), Err(TrustError::Name(_))));
    }

    #[test]
    fn a_file_that_cannot_be_read_trusts_nobody_and_harms_nobody_else() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = TrustStore::of(dir.path());
        store.add(peer("good", "g")).expect("added");
        fs::write(dir.path().join("peers/bad.toml"), "name = 'bad'\ngrant = 'everything'").expect("written");
        let copy = fs::read_to_string(store.path("good")).expect("read");
        fs::write(store.path("other"), &copy).expect("written");
        assert_eq!(store.peers().len(), 1);
        assert_eq!(store.broken().len(), 2, "{:?}", store.broken());
        fs::write(store.path("other"), copy.replace("name = \"good\"", "name = \"other\"")).expect("written");
        assert!(store.peers().is_empty(), "two files of one certificate contradict each other");
    }
}
