//! The peers: dialing them, and one fresh look at each.
//!
//! A peer's journal is fetched once and then only continued, so that a cycle costs two short calls when nothing happened.

use std::time::Duration;

use tokio::time::timeout;

use crate::divergence::{Finding, NodeState, PeerView};
use crate::hash::{Checksum, Digest, Fingerprint};
use crate::heal::Fork;
use crate::journal::{self, Entry, Folded, Head};
use crate::peer::{Detail, MAX_PAGE, Moment, PeerClient, PeerError, Selection};
use crate::schema::{self, FactId};
use crate::script::{Script, ScriptName};

use super::Machine;
use super::reach::Way;
use crate::local_state::NoAnswer;

/// One look at a peer, with all its questions. What was read of its journal by then is kept for the next look.
const LOOK_LIMIT: Duration = Duration::from_secs(20);
/// Entries of a peer's journal that are kept, and bytes that they took on the wire. More is refused: it would fill the memory.
const MAX_ENTRIES: usize = 100_000;
const MAX_BYTES: usize = 64 << 20;
/// Scripts that a peer may have applied: each is compared with each.
const MAX_SCRIPTS: usize = 10_000;

/// How old the note that a peer was reached may grow before it is renewed, in milliseconds; a clock that was put back counts as well.
const RENEW: u64 = 60_000;

/// Notes what a look at a peer found, so that `status` can say since when it has not answered. What cannot be written down is no
/// reason to stop.
pub fn note(machine: &Machine, peer: &str, findings: &[Finding]) {
    let trouble = findings.iter().find_map(|finding| match finding {
        Finding::Unreachable { .. } => Some(NoAnswer::Unreachable),
        Finding::Untrusted { .. } => Some(NoAnswer::Untrusted),
        Finding::Incompatible { .. } => Some(NoAnswer::Incompatible),
        _ => None,
    });
    note_answer(machine, peer, trouble);
}

/// The same for a call that failed: what its error means.
pub fn note_error(machine: &Machine, peer: &str, error: &PeerError) {
    let trouble = match error.view() {
        PeerView::Reachable(_) => None,
        PeerView::Unreachable { .. } => Some(NoAnswer::Unreachable),
        PeerView::Untrusted { .. } => Some(NoAnswer::Untrusted),
        PeerView::Incompatible { .. } => Some(NoAnswer::Incompatible),
    };
    note_answer(machine, peer, trouble);
}

fn note_answer(machine: &Machine, peer: &str, trouble: Option<NoAnswer>) {
    // By the wall clock: it is for people, and outlives the process. Nothing is decided by it.
    let now = chrono::Utc::now().timestamp_millis();
    let Ok(state) = machine.state() else { return };
    let known = state.peers.get(peer).copied().unwrap_or_default();
    let is_news = match trouble {
        // a moment that is yet to come was noted before the clock was set back
        Some(kind) => known.trouble != Some(kind) || known.since.is_some_and(|at| at > now),
        None => known.trouble.is_some() || known.reached.is_none_or(|at| now.abs_diff(at) > RENEW),
    };
    if !is_news {
        return;
    }
    let noted = machine.change_state(|state| {
        let known = state.peers.entry(peer.to_owned()).or_default();
        known.trouble = trouble;
        known.since = trouble.map(|_| now);
        known.reached = if trouble.is_none() { Some(now) } else { known.reached };
    });
    if let Err(error) = noted {
        tracing::debug!(peer, error = super::chain(&error), "could not note when the peer answered");
    }
}

/// One peer as this machine knows it.
pub struct Link {
    /// The peer's name.
    pub name: String,
    client: Option<PeerClient>,
    /// What the peer said of itself at the last look.
    said: Option<NodeState>,
    journal: Vec<Entry>,
    /// How many bytes the journal took on the wire.
    bytes: usize,
    /// The head whose entries were found to leave what the peer says it has.
    checked: Option<(Head, Fingerprint)>,
    database: String,
    server_major: u32,
    /// The fork whose order was rehearsed and found not to matter.
    pub rehearsed: Option<Fork>,
}

impl Link {
    /// A link that is not dialed yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            client: None,
            said: None,
            journal: Vec::new(),
            bytes: 0,
            checked: None,
            database: String::new(),
            server_major: 0,
            rehearsed: None,
        }
    }

    /// The peer's journal as far as it is known, without definitions.
    pub fn journal(&self) -> &[Entry] {
        &self.journal
    }

    /// PostgreSQL's major version there, at the last look.
    pub fn server_major(&self) -> u32 {
        self.server_major
    }

    /// Asks over this connection from now on.
    pub fn go_over(&mut self, client: PeerClient) {
        self.client = Some(client);
    }

    /// The connected client; dials where there is none, or none any more: a peer cuts a connection on which nothing is asked, as it is
    /// while another peer's scripts are applied, or a person thinks.
    pub async fn client(&mut self, machine: &Machine) -> Result<&PeerClient, PeerError> {
        let client = match self.client.take().filter(PeerClient::is_open) {
            Some(client) => client,
            None => machine.dial(&self.name).await?,
        };
        Ok(self.client.insert(client))
    }

    /// Which way the connection goes, where there is one.
    pub fn way(&self) -> Option<Way> {
        self.client.as_ref().map(Way::of)
    }

    /// Forgets the connection; the next call dials.
    pub fn hang_up(&mut self) {
        self.client = None;
    }

    /// One fresh look at the peer.
    pub async fn view(&mut self, machine: &Machine) -> PeerView {
        let view = match timeout(LOOK_LIMIT, self.try_view(machine)).await {
            Ok(Ok(view)) => return view,
            Ok(Err(error)) => error.view(),
            Err(_) => PeerView::Unreachable { why: format!("no whole answer within {} s", LOOK_LIMIT.as_secs()) },
        };
        self.hang_up();
        view
    }

    async fn try_view(&mut self, machine: &Machine) -> Result<PeerView, PeerError> {
        self.said = None;
        let client = self.client(machine).await?.clone();
        let mut state = client.describe().await?.state;
        let said = state.clone();
        self.server_major = state.server_major;
        let known = self.head();
        if state.database != self.database
            || state.head.seq < known.seq
            || (state.head.seq == known.seq && state.head != known)
        {
            self.forget_journal();
            self.database.clone_from(&state.database);
        }
        if state.head.seq > self.head().seq && !self.read_on(&client).await? {
            // The part that we know was written anew: fetch it whole.
            self.forget_journal();
            self.read_on(&client).await?;
        }
        // Entries that came after the description belong to the next look.
        self.journal.truncate(self.journal.partition_point(|entry| entry.seq <= state.head.seq));
        if self.head() != state.head {
            // Restored or reset between the two questions: what its journal tells is not what it said of itself.
            let why = "its journal was replaced while it was read";
            return Ok(PeerView::Unreachable { why: why.into() });
        }
        self.believe(&state)?;
        state.scripts = journal::scripts(&self.journal);
        if state.scripts.len() > MAX_SCRIPTS {
            let why = format!("{} applied scripts; at most {MAX_SCRIPTS} are taken", state.scripts.len());
            return Err(PeerError::Misbehaved { peer: self.name.clone(), why });
        }
        // The name under which it was paired is the one that this machine's commands take.
        state.machine.clone_from(&self.name);
        self.said = Some(said);
        Ok(PeerView::Reachable(Box::new(state)))
    }

    /// Whether the peer, asked over this connection, says of itself what it said at the last look. Where it cannot be asked, a look is
    /// to tell why.
    pub async fn is_still(&self, client: &PeerClient) -> bool {
        let Some(said) = self.said.as_ref() else { return false };
        matches!(timeout(LOOK_LIMIT, client.describe()).await, Ok(Ok(now)) if now.state == *said)
    }

    /// Forgets what another look reads again.
    pub fn rest(&mut self) {
        self.forget_journal();
        self.journal.shrink_to_fit();
    }

    fn forget_journal(&mut self) {
        self.journal.clear();
        (self.bytes, self.checked) = (0, None);
    }

    /// Reads the journal on from where it is known; `false`: it does not go on from there.
    async fn read_on(&mut self, client: &PeerClient) -> Result<bool, PeerError> {
        loop {
            let (page, bytes) = client.sized_page(self.head().seq, MAX_PAGE, Detail::Effects).await?;
            if page.entries.first().is_some_and(|first| first.previous != self.head().hash) {
                return Ok(false);
            }
            self.bytes = self.bytes.saturating_add(bytes);
            self.journal.extend(page.entries);
            if self.journal.len() > MAX_ENTRIES || self.bytes > MAX_BYTES {
                self.forget_journal();
                let why = format!("a journal of more than {MAX_ENTRIES} entries or {} MiB", MAX_BYTES >> 20);
                return Err(PeerError::Misbehaved { peer: self.name.clone(), why });
            }
            if !page.more {
                return Ok(true);
            }
        }
    }

    /// Where nothing drifted, the live schema is what the journal left: a fingerprint that is another one is a lie, and whatever was
    /// compared with it would be nonsense.
    fn believe(&mut self, state: &NodeState) -> Result<(), PeerError> {
        let said = (state.head, state.fingerprint);
        let can_tell = state.drift.is_empty() && state.halted.is_none() && state.head.seq > 0;
        if !can_tell || self.checked == Some(said) {
            return Ok(());
        }
        let left = schema::fingerprint(&Folded::of(&self.journal).recorded);
        if left != state.fingerprint {
            let why = format!(
                "it says that nothing drifted and that its fingerprint is {}, but its journal leaves {}",
                state.fingerprint.short(),
                left.short()
            );
            return Err(PeerError::Misbehaved { peer: self.name.clone(), why });
        }
        self.checked = Some(said);
        Ok(())
    }

    fn head(&self) -> Head {
        self.journal.last().map_or(Head::EMPTY, Entry::head)
    }

    /// A script's text, checked against its checksum; `None`: the peer does not have it (any more).
    pub async fn pull(
        &mut self,
        machine: &Machine,
        name: &ScriptName,
        checksum: Checksum,
    ) -> Result<Option<Script>, PeerError> {
        let text = self.client(machine).await?.script(name, checksum).await?;
        Ok(text.map(|text| Script { name: name.clone(), text }))
    }

    /// Digests of these facts right after an entry of the peer's; `None`: not there.
    pub async fn digests_at(
        &mut self,
        machine: &Machine,
        entry: u64,
        ids: &[FactId],
    ) -> Result<Vec<(FactId, Option<Digest>)>, PeerError> {
        let wanted = Selection::Ids(ids.iter().cloned().collect());
        let found = self.client(machine).await?.digests(Moment::Entry(entry), &wanted).await?;
        Ok(ids.iter().map(|id| (id.clone(), found.get(id).copied())).collect())
    }
}
