//! Open invitations, one private file each, so that `invite` and the agent can be two processes.
//!
//! An invitation works once, for ten minutes, and three wrong proofs close it. What is spent stays for a day as a
//! file without its secret, so that a refusal can say why.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};

use super::keys::create_private_dir;
use super::{Grant, InviteId, Secret, Token};
use crate::hash::{PeerId, from_hex, to_hex};
use crate::private_file;

/// How long an invitation is open.
pub const INVITE_LIFETIME_SECS: i64 = 600;
/// So many wrong proofs close it.
pub const MAX_WRONG_TRIES: u32 = 3;

const KEEP_SPENT_SECS: i64 = 86_400;

/// An invitation that was just made.
#[derive(Debug, Clone)]
pub struct Invite {
    /// Its number.
    pub id: InviteId,
    /// Its secret.
    pub secret: Secret,
    /// Seconds since 1970 UTC.
    pub expires_at: i64,
    /// What the joiner will be allowed here.
    pub grant: Grant,
}

impl Invite {
    /// What the inviter gives to the joiner, by another way than this one.
    pub fn token(&self, inviter: PeerId, addresses: Vec<String>) -> Token {
        Token { inviter, invite: self.id, secret: self.secret, expires_at: self.expires_at, addresses }
    }
}

/// Why invitations could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// A file operation failed.
    #[error("failed to use the invitations in `{}`", .dir.display())]
    File {
        /// Their folder.
        dir: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The system gave no randomness.
    #[error("the system gave no random bytes")]
    Random,
    /// The invitation cannot be used; the joiner is told so.
    #[error(transparent)]
    Refused(#[from] InviteRefusal),
}

/// Why an invitation cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InviteRefusal {
    /// No such invitation here.
    #[error("this machine has made no such invitation")]
    Unknown,
    /// It was used.
    #[error("the token was used before; a token works once")]
    Used,
    /// Its ten minutes are over.
    #[error("the token has expired")]
    Expired,
    /// Closed by wrong proofs.
    #[error("the invitation was closed after {MAX_WRONG_TRIES} wrong tries")]
    Closed,
    /// This proof was wrong.
    #[error("the proof is wrong ({left} tries left)")]
    WrongProof {
        /// How many more wrong ones are borne.
        left: u32,
    },
}

/// One file.
#[derive(Serialize, Deserialize)]
struct Record {
    state: State,
    /// Present while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    expires_at: i64,
    grant: Grant,
    wrong_tries: u32,
}

impl Record {
    /// Not over, and made before now: a clock that was set back must not keep it open for longer than its ten minutes.
    fn is_in_time(&self, now: i64) -> bool {
        (0..=INVITE_LIFETIME_SECS).contains(&self.expires_at.saturating_sub(now))
    }
}

#[derive(Serialize, Deserialize, PartialEq, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum State {
    Open,
    Used,
    Closed,
}

/// The invitations of this machine.
#[derive(Debug, Clone)]
pub struct Invites {
    dir: PathBuf,
}

impl Invites {
    /// Those of this identity folder. Touches nothing yet.
    pub fn of(identity_dir: &Path) -> Self {
        Self { dir: identity_dir.join("invites") }
    }

    /// Makes an invitation; `now` in seconds since 1970 UTC.
    pub fn create(&self, grant: Grant, now: i64) -> Result<Invite, InviteError> {
        create_private_dir(&self.dir).map_err(|source| self.failed(source))?;
        let _lock = self.lock()?;
        self.forget_spent(now)?;
        let random = SystemRandom::new();
        let (mut id, mut secret) = ([0; 6], [0; 16]);
        random.fill(&mut id).and_then(|()| random.fill(&mut secret)).map_err(|_| InviteError::Random)?;
        let invite = Invite { id: InviteId(id), secret: Secret(secret), expires_at: now + INVITE_LIFETIME_SECS, grant };
        let record = Record {
            state: State::Open,
            secret: Some(to_hex(&secret)),
            expires_at: invite.expires_at,
            grant,
            wrong_tries: 0,
        };
        self.write(invite.id, &record)?;
        Ok(invite)
    }

    /// Whether any invitation is open: only then strangers get through the handshake.
    pub fn any_open(&self, now: i64) -> bool {
        self.ids()
            .unwrap_or_default()
            .into_iter()
            .filter_map(|id| self.read(id).ok().flatten())
            .any(|record| record.state == State::Open && record.is_in_time(now))
    }

    /// Uses an invitation up if `proved` says so of its secret; counts a wrong try otherwise.
    pub fn use_up(
        &self,
        id: InviteId,
        now: i64,
        proved: impl FnOnce(&Secret) -> bool,
    ) -> Result<(Secret, Grant), InviteError> {
        if !self.dir.is_dir() {
            return Err(InviteRefusal::Unknown.into());
        }
        let _lock = self.lock()?;
        let mut record = self.read(id)?.ok_or(InviteRefusal::Unknown)?;
        match record.state {
            State::Used => return Err(InviteRefusal::Used.into()),
            State::Closed => return Err(InviteRefusal::Closed.into()),
            State::Open => {}
        }
        if !record.is_in_time(now) {
            return Err(InviteRefusal::Expired.into());
        }
        let secret = record.secret.as_deref().and_then(from_hex).and_then(|bytes| bytes.try_into().ok()).map(Secret);
        let secret = secret.ok_or(InviteRefusal::Unknown)?;
        let right = proved(&secret);
        let left = if right {
            record.state = State::Used;
            0
        } else {
            record.wrong_tries += 1;
            MAX_WRONG_TRIES.saturating_sub(record.wrong_tries)
        };
        if !right && left == 0 {
            record.state = State::Closed;
        }
        if record.state != State::Open {
            record.secret = None;
        }
        self.write(id, &record)?;
        if right { Ok((secret, record.grant)) } else { Err(InviteRefusal::WrongProof { left }.into()) }
    }

    fn forget_spent(&self, now: i64) -> Result<(), InviteError> {
        for id in self.ids().map_err(|source| self.failed(source))? {
            if self.read(id)?.is_none_or(|record| record.expires_at + KEEP_SPENT_SECS < now) {
                let _ = fs::remove_file(self.path(id));
            }
        }
        Ok(())
    }

    fn ids(&self) -> io::Result<Vec<InviteId>> {
        let entries = match fs::read_dir(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let name = |entry: fs::DirEntry| entry.file_name().into_string().ok();
        let ids = entries.filter_map(Result::ok).filter_map(name);
        Ok(ids.filter_map(|name| InviteId::from_hex(name.strip_suffix(".json")?)).collect())
    }

    /// `None`: there is no such file, or nothing that can be read is in it.
    fn read(&self, id: InviteId) -> Result<Option<Record>, InviteError> {
        match fs::read(self.path(id)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.failed(source)),
        }
    }

    fn write(&self, id: InviteId, record: &Record) -> Result<(), InviteError> {
        let json = serde_json::to_vec(record).map_err(|error| self.failed(error.into()))?;
        private_file::replace(&self.path(id), &json).map_err(|source| self.failed(source))
    }

    fn path(&self, id: InviteId) -> PathBuf {
        self.dir.join(format!("{id}.json"))
    }

    /// Held while a record is read, judged and written: two tries at once must not both be the first.
    fn lock(&self) -> Result<fs::File, InviteError> {
        let open = || {
            let mut options = fs::OpenOptions::new();
            let file = options.create(true).truncate(false).write(true).open(self.dir.join("lock"))?;
            file.lock()?;
            Ok(file)
        };
        open().map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> InviteError {
        InviteError::File { dir: self.dir.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(result: Result<(Secret, Grant), InviteError>) -> InviteRefusal {
        match result.expect_err("refused") {
            InviteError::Refused(refusal) => refusal,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn an_invitation_works_once() {
        let dir = tempfile::tempdir().expect("a folder");
        let invites = Invites::of(dir.path());
        assert!(!invites.any_open(0));
        let invite = invites.create(Grant::Pull, 0).expect("made");
        assert!(invites.any_open(0));
        let used = invites.use_up(invite.id, 5, |secret| *secret == invite.secret).expect("right");
        assert_eq!(used, (invite.secret, Grant::Pull));
        assert!(!invites.any_open(5));
        assert_eq!(refusal(invites.use_up(invite.id, 6, |_| true)), InviteRefusal::Used);
        let left = fs::read_to_string(invites.path(invite.id)).expect("kept");
        assert!(!left.contains(&to_hex(&invite.secret.0)), "the secret is gone from the disk");
    }

    #[test]
    fn three_wrong_tries_close_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let invites = Invites::of(dir.path());
        let invite = invites.create(Grant::Apply, 0).expect("made");
        for left in [2, 1, 0] {
            assert_eq!(refusal(invites.use_up(invite.id, 1, |_| false)), InviteRefusal::WrongProof { left });
        }
        assert_eq!(refusal(invites.use_up(invite.id, 1, |_| true)), InviteRefusal::Closed);
        assert!(!invites.any_open(1));
    }

    #[test]
    fn it_ends_after_ten_minutes() {
        let dir = tempfile::tempdir().expect("a folder");
        let invites = Invites::of(dir.path());
        let invite = invites.create(Grant::Apply, 0).expect("made");
        assert!(invites.any_open(600) && !invites.any_open(601));
        assert_eq!(refusal(invites.use_up(invite.id, 601, |_| true)), InviteRefusal::Expired);
        assert!(!invites.any_open(-1), "the clock was set back");
        assert_eq!(refusal(invites.use_up(invite.id, -1, |_| true)), InviteRefusal::Expired);
        assert_eq!(refusal(invites.use_up(InviteId([0; 6]), 1, |_| true)), InviteRefusal::Unknown);
        invites.create(Grant::Apply, 600 + KEEP_SPENT_SECS + 1).expect("made");
        assert_eq!(invites.ids().expect("read").len(), 1, "the spent one is forgotten");
    }
}
