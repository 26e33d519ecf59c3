//! The agent: serves its peers, watches its own database and them, and runs a cycle when anything moved.
//!
//! Three kinds of tasks wake one loop: the database's listener (NOTIFY from an applier), a watcher for each peer (its Watch
//! stream), and the clock (a cheap look for what nobody announced; a slow full pass in case a wake-up was lost). A wake-up
//! carries no news: the loop always looks for itself.
//!
//! Dropping the loop's future at any point leaves nothing half done: an open transaction is rolled back by the server.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::divergence::{Finding, PeerView};
use crate::hash::Fingerprint;
use crate::journal::Head;
use crate::peer::{Beacon, OfferEnd, PeerClient, PeerError, ServerError};
use crate::postgres::connect::Connection;
use crate::postgres::journal_table;
use crate::postgres::scratch::Scratch;

use super::{Machine, chain};
use crate::script_dir::ScriptDir;

use super::backend::Backend;
use super::drift::Watched;
use super::heal::{self, HealError, Healed, Mode, Progress};
use super::links::{self, Link};
use super::machine::MachineError;
use super::news::{News, Teller};
use super::observe::{Observation, Observer};
use super::patience::Patience;
use super::rest::Rest;
use super::waiting;

/// The cheap look for what nobody announced.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// The full pass over all peers in case a wake-up was lost.
const PASS_EVERY: Duration = Duration::from_secs(30);
/// How soon new, changed and removed peers are noticed.
const PEERS_EVERY: Duration = Duration::from_millis(500);
/// Pauses between tries to reach a database or a peer: the first and the longest. With its jitter the longest leaves time to converge
/// within 5 s of the return.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_millis(2_500));

/// A peer that tells of more changes than this in one window is listened to with pauses.
const BUSY_EVENTS: u32 = 100;
const BUSY_WINDOW: Duration = Duration::from_secs(10);
const BUSY_PAUSE: Duration = Duration::from_millis(500);

/// Why the agent could not start. Once it runs, it only ends when it is told to.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The port could not be opened.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// There is no identity yet.
    #[error("this machine has no identity yet")]
    NoIdentity,
}

/// What every task of the agent shares.
struct Shared {
    machine: Machine,
    observer: Arc<Observer>,
    tell: Teller,
    wake: Notify,
    beacon: watch::Sender<Beacon>,
    /// What answers peers that cannot dial this machine.
    offers: OfferEnd,
    /// Each watched peer, with the connection over which its stream lives, if it does.
    links: std::sync::Mutex<BTreeMap<String, Option<PeerClient>>>,
}

/// Runs until `stop` is ready. `tell` words and writes what happens.
pub async fn run(machine: Machine, stop: impl Future<Output = ()>, tell: Teller) -> Result<(), AgentError> {
    let observer = Arc::new(Observer::default());
    let (beacon, beacons) = watch::channel(NOTHING_SEEN);
    let backend = Backend::new(machine.clone(), observer.clone(), beacons);
    let server = machine.serve(Arc::new(backend)).await?;
    tell(&News::Listening { address: server.local_addr(), machine: &machine.config.machine });
    let (wake, links, offers) = (Notify::new(), Default::default(), server.offers());
    let shared = Arc::new(Shared { machine, observer, tell, wake, beacon, links, offers });
    let mut tasks = Tasks::default();
    tasks.spawn(listen_to_database(shared.clone()));
    tasks.spawn(watch_peers(shared.clone()));
    tasks.spawn(sweep_scratch(shared.clone()));
    tokio::select! {
        () = cycles(&shared) => {}
        () = stop => (shared.tell)(&News::Stopping),
    }
    drop(tasks);
    shared.observer.close().await;
    server.shutdown().await;
    (shared.tell)(&News::Stopped);
    Ok(())
}

/// Commands that were killed on this machine may have left scratch databases.
async fn sweep_scratch(shared: Arc<Shared>) {
    if let Ok(target) = shared.machine.target() {
        Scratch::sweep(&target).await;
    }
}

/// Tasks that end with the value.
#[derive(Default)]
struct Tasks(Vec<JoinHandle<()>>);

impl Tasks {
    fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.push(tokio::spawn(task));
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// Before the first look.
const NOTHING_SEEN: Beacon = Beacon { head: Head::EMPTY, fingerprint: Fingerprint([0; 32]), revision: 0 };

/// Growing pauses with jitter; starts over after success.
struct Backoff(Duration);

impl Backoff {
    fn new() -> Self {
        Self(PAUSES.0)
    }

    async fn pause(&mut self) {
        // Jitter from the clock's fine digits is enough to keep two machines from stepping in time.
        let fine = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
        sleep(self.0.mul_f64(0.75 + f64::from(fine % 1000) / 2000.0)).await;
        self.0 = (self.0 * 2).min(PAUSES.1);
    }
}

/// Wakes the loop at each NOTIFY of an applier.
async fn listen_to_database(shared: Arc<Shared>) {
    let mut backoff = Backoff::new();
    loop {
        if !shared.machine.is_paused()
            && let Ok(mut connection) = open_listener(&shared.machine).await
        {
            backoff = Backoff::new();
            shared.wake.notify_one();
            while !shared.machine.is_paused() {
                match timeout(LOOK_EVERY, connection.notification()).await {
                    Ok(Some(_)) => shared.wake.notify_one(),
                    Ok(None) => break,
                    Err(_) => {}
                }
            }
        }
        backoff.pause().await;
    }
}

async fn open_listener(machine: &Machine) -> Result<Connection, MachineError> {
    let connection = Connection::open(&machine.target()?, "listen").await?;
    journal_table::listen(&connection.client).await?;
    Ok(connection)
}

/// Keeps one watcher for each trusted peer.
async fn watch_peers(shared: Arc<Shared>) {
    let mut watchers: BTreeMap<String, JoinHandle<()>> = BTreeMap::new();
    let mut known = shared.machine.trust.peers();
    loop {
        let now = shared.machine.trust.peers();
        if now != known {
            // Another grant may let scripts in that waited for it.
            shared.wake.notify_one();
            known = now;
        }
        let names: BTreeSet<String> = known.iter().map(|peer| peer.name.clone()).collect();
        watchers.retain(|name, task| {
            let stays = names.contains(name) && !task.is_finished();
            if !stays {
                task.abort();
                shared.forget_link(name);
            }
            stays
        });
        for name in names {
            watchers.entry(name.clone()).or_insert_with(|| tokio::spawn(watch_peer(shared.clone(), name)));
        }
        sleep(PEERS_EVERY).await;
    }
}

/// Follows one peer's Watch stream; dials again, with growing pauses, whenever it ends.
async fn watch_peer(shared: Arc<Shared>, name: String) {
    let mut backoff = Backoff::new();
    let mut tunnels = shared.machine.tunnels.arrivals();
    loop {
        tunnels.mark_unchanged();
        let Err(error) = follow(&shared, &name, &mut backoff).await;
        links::note_error(&shared.machine, &name, &error);
        if shared.set_link(&name, None) {
            (shared.tell)(&News::PeerLost { peer: &name, error: &error });
            shared.wake.notify_one();
        }
        tokio::select! {
            () = backoff.pause() => {}
            // A tunnel came: perhaps this peer's.
            _ = tunnels.changed() => {}
        }
    }
}

/// Follows one connection to its end. All the while the peer may ask through it: it may be unable to dial this machine.
async fn follow(shared: &Shared, name: &str, backoff: &mut Backoff) -> Result<Infallible, PeerError> {
    let client = shared.machine.dial(name).await?;
    let offering = async {
        if client.remote().is_some() {
            let _ = client.offer(&shared.offers).await;
        }
        // What the link is worth, the watch tells.
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        ended = watch(shared, &client, backoff) => ended,
        never = offering => match never {},
    }
}

async fn watch(shared: &Shared, client: &PeerClient, backoff: &mut Backoff) -> Result<Infallible, PeerError> {
    let (name, mut watch) = (client.name(), client.watch().await?);
    let (mut window, mut events) = (Instant::now(), 0);
    loop {
        watch.next().await?;
        // Each event is a look at both sides: a peer that blinks without end must not keep this machine busy.
        if window.elapsed() > BUSY_WINDOW {
            (window, events) = (Instant::now(), 0);
        }
        events += 1;
        if events > BUSY_EVENTS {
            sleep(BUSY_PAUSE).await;
        }
        *backoff = Backoff::new();
        if shared.set_link(name, Some(client.clone())) {
            (shared.tell)(&News::PeerReached(name));
        }
        shared.wake.notify_one();
    }
}

impl Shared {
    /// Notes over which connection a peer is watched, if it is reached; tells whether that it is, or is not, is news.
    fn set_link(&self, name: &str, client: Option<PeerClient>) -> bool {
        let is_reached = client.is_some();
        let before = self.links().insert(name.to_owned(), client);
        before.is_none_or(|before| before.is_some() != is_reached)
    }

    fn forget_link(&self, name: &str) {
        self.links().remove(name);
    }

    /// The peers that are reached. They are asked over the connection over which they are watched: there is always something under way
    /// on it, so it is never cut for standing idle, and where it is lost, that is noticed.
    fn reached(&self) -> Vec<(String, PeerClient)> {
        let links = self.links();
        links.iter().filter_map(|(name, client)| Some((name.clone(), client.clone()?))).collect()
    }

    fn links(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Option<PeerClient>>> {
        self.links.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Waits for a wake-up, looks, and runs a cycle where anything moved.
async fn cycles(shared: &Shared) {
    let mut loop_state = LoopState::default();
    let mut backoff = Backoff::new();
    loop {
        let woken = timeout(LOOK_EVERY, shared.wake.notified()).await.is_ok();
        if shared.machine.is_paused() {
            let news = loop_state.trouble.replace("paused".to_owned()).as_deref() != Some("paused");
            if news && shared.observer.seen().is_none() {
                // What peers ask for meanwhile is answered from memory, of which an agent at rest has little.
                let _ = shared.observer.look(&shared.machine).await;
            }
            shared.observer.close().await;
            shared.machine.let_go();
            if news {
                (shared.tell)(&News::Paused);
            }
            continue;
        }
        match one_pass(shared, &mut loop_state, woken).await {
            Ok(()) => {
                // Only now: where a look succeeds and there is no second connection to be had, nothing is well yet.
                if loop_state.trouble.take().is_some() {
                    (shared.tell)(&News::DatabaseReached);
                }
                backoff = Backoff::new();
            }
            Err(error) => {
                let words = chain(&error);
                if loop_state.trouble.as_ref() != Some(&words) {
                    (shared.tell)(&News::Trouble(&error));
                    loop_state.trouble = Some(words);
                }
                loop_state.passed_at = None;
                backoff.pause().await;
            }
        }
    }
}

#[derive(Default)]
struct LoopState {
    links: BTreeMap<String, Link>,
    /// Who has cost time for nothing.
    patience: BTreeMap<String, Patience>,
    /// What was last said of each peer, so that only news is logged.
    said: BTreeMap<String, Vec<Finding>>,
    trouble: Option<String>,
    seen: Option<Beacon>,
    drift: Watched,
    /// Scripts that wait for their file, and what the folder held of them at the last pass.
    files: waiting::Files,
    passed_at: Option<Instant>,
    rest: Rest,
}

impl LoopState {
    /// At rest: whether a pass would find the peers as they were.
    async fn peers_are_still(&self, reached: &[(String, PeerClient)]) -> bool {
        let known = reached.iter().map(|(name, client)| Some(self.links.get(name)?.is_still(client)));
        let Some(known) = known.collect::<Option<Vec<_>>>() else { return false };
        futures_util::future::join_all(known).await.into_iter().all(|still| still)
    }
}

async fn one_pass(shared: &Shared, state: &mut LoopState, woken: bool) -> Result<(), HealError> {
    let machine = &shared.machine;
    let due = state.passed_at.is_none_or(|at| at.elapsed() >= PASS_EVERY);
    let pulled = state.files.moved(machine);
    if !(woken || pulled) && shared.observer.is_at_rest(machine).await? {
        state.rest.give_back().await;
        if !due {
            return Ok(());
        }
        let reached = shared.reached();
        if state.peers_are_still(&reached).await {
            reached.iter().for_each(|(name, _)| links::note(machine, name, &[]));
            state.passed_at = Some(Instant::now());
            return Ok(());
        }
    }
    let mut local = shared.observer.look(machine).await?;
    announce(shared, &local);
    match state.drift.capture(machine, &local).await {
        Ok(None) => {}
        Ok(Some(script)) => {
            (shared.tell)(&News::Captured(&script));
            // The peers are told of it after another look.
            shared.wake.notify_one();
            return Ok(());
        }
        Err(error) => (shared.tell)(&News::NotCaptured(&error)),
    }
    let moved = state.seen.as_ref() != Some(&*shared.beacon.borrow());
    if !(woken || moved || due || pulled || state.rest.ends()) {
        if state.rest.may_begin(&local) {
            drop(local);
            state.links.values_mut().for_each(Link::rest);
            shared.observer.rest().await;
            state.rest.begin();
        }
        return Ok(());
    }
    state.rest = Rest::default();
    if local.initialised && local.is_behind() {
        machine.prepare(ScriptDir::load(&machine.config.scripts_dir)?.scripts).await?;
        local = shared.observer.look(machine).await?;
        announce(shared, &local);
    }
    let mut reached = shared.reached();
    // A removed peer's connection goes with it.
    state.links.retain(|name, _| reached.iter().any(|(reached, _)| reached == name));
    state.patience.retain(|name, _| machine.grant(name).is_some());
    let strikes = |(name, _): &(String, PeerClient)| state.patience.get(name).map_or(0, Patience::strikes);
    reached.sort_by_key(strikes);
    let (mut left_alone, has_others) = (false, reached.len() > 1);
    for (name, client) in reached {
        let patience = state.patience.entry(name.clone()).or_default();
        let began = Instant::now();
        if patience.is_tried(began) {
            left_alone = true;
            continue;
        }
        let link = state.links.entry(name.clone()).or_insert_with(|| Link::new(&name));
        link.go_over(client);
        let mode = Mode { turn: patience.turn().filter(|_| has_others), ..Mode::default() };
        let healed = heal::heal_from(machine, &shared.observer, link, mode, &mut teller(&shared.tell)).await;
        let (now, took) = (Instant::now(), began.elapsed());
        let ran_out = healed.as_ref().is_ok_and(|healed| healed.ran_out);
        if ran_out {
            // There may be more to do than fitted in.
            shared.wake.notify_one();
        }
        if ran_out && has_applied_nothing(&healed) {
            patience.ran_out(now, took);
        } else {
            patience.note(now, took, was_for_nothing(&healed));
        }
        if has_misbehaved(&healed) {
            patience.offend(Instant::now());
        }
        local = shared.observer.look(machine).await?;
        announce(shared, &local);
        match healed {
            Ok(healed) => say_findings(shared, &mut state.said, healed),
            Err(error @ HealError::Hook(_)) => (shared.tell)(&News::Trouble(&error)),
            Err(HealError::Peer(error)) => {
                links::note_error(machine, &name, &error);
                link.hang_up();
                (shared.tell)(&News::PeerLost { peer: &name, error: &error });
            }
            Err(error) => {
                // Perhaps the database is gone; perhaps something of this peer's: then the others come first the next time.
                state.patience.entry(name).or_default().blame();
                return Err(error);
            }
        }
    }
    if local.state.halted.is_none()
        && let Some(now) = local.to_remember()
    {
        shared.observer.remember(machine, now).await?;
    }
    state.files = waiting::Files::of(machine);
    state.seen = Some(*shared.beacon.borrow());
    // What a peer said while it was left alone is not lost: the next look is a whole pass again.
    state.passed_at = (!left_alone).then(Instant::now);
    Ok(())
}

fn has_applied_nothing(healed: &Result<Healed, HealError>) -> bool {
    healed.as_ref().is_ok_and(|healed| heal::applied_names(&healed.tried).is_empty())
}

/// Whether nothing came of asking a peer: it gave no usable answer, or what it gave did not go through.
fn was_for_nothing(result: &Result<Healed, HealError>) -> bool {
    match result {
        Ok(healed) => {
            let refused = has_applied_nothing(result) && !healed.tried.is_empty();
            !matches!(healed.view, PeerView::Reachable(_)) || refused
        }
        Err(error) => matches!(error, HealError::Peer(_)),
    }
}

/// Whether a peer broke the protocol, or cannot be compared with.
fn has_misbehaved(healed: &Result<Healed, HealError>) -> bool {
    match healed {
        Ok(healed) => matches!(healed.view, PeerView::Incompatible { .. }),
        Err(error) => matches!(error, HealError::Peer(PeerError::Misbehaved { .. } | PeerError::Incompatible { .. })),
    }
}

/// Tells the watching peers when anything that they can ask for has moved.
fn announce(shared: &Shared, local: &Observation) {
    let (head, fingerprint, revision) = (local.state.head, local.state.fingerprint, local.revision());
    shared.beacon.send_if_modified(|beacon| {
        let next = Beacon { head, fingerprint, revision };
        let moved = *beacon != next;
        *beacon = next;
        moved
    });
}

/// Tells progress as news.
fn teller(tell: &Teller) -> impl FnMut(Progress<'_>) + Send + '_ {
    move |progress| match progress {
        // Only `sync` looks at the folder.
        Progress::Found(_) => {}
        Progress::Waiting(holder) => tell(&News::Waiting(holder)),
        Progress::Starting { name, from, number, of } => {
            tell(&News::Applying { script: name, peer: from, number, of });
        }
        Progress::Tried(tried) => tell(&News::Tried(tried)),
    }
}

fn say_findings(shared: &Shared, said: &mut BTreeMap<String, Vec<Finding>>, healed: Healed) {
    healed.hook_failed.iter().for_each(|why| (shared.tell)(&News::HookFailed(why)));
    if said.get(&healed.peer) == Some(&healed.findings) {
        return;
    }
    for finding in &healed.findings {
        (shared.tell)(&News::Found { peer: &healed.peer, finding });
    }
    said.insert(healed.peer, healed.findings);
}
