//! The connections that are open, who holds them, and how they are cut: trust is asked again while a connection lives,
//! not only when it is made.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;
use tonic::transport::server::Connected;

use crate::hash::PeerId;

/// Who is at the other end of a connection; every request carries it.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// Its certificate.
    pub(super) id: PeerId,
    /// Where it calls from.
    pub(super) remote: SocketAddr,
    /// What pairing is bound to; `None` in a tunnel, where nobody pairs.
    pub(super) exporter: Option<[u8; 32]>,
    /// What it asks over this connection.
    pub(super) requests: Requests,
}

/// How many requests of one connection are under way, and since when there are none.
#[derive(Debug, Clone, Default)]
pub(super) struct Requests(Arc<Mutex<UnderWay>>);

#[derive(Debug)]
struct UnderWay {
    count: usize,
    idle_since: Instant,
}

impl Default for UnderWay {
    fn default() -> Self {
        Self { count: 0, idle_since: Instant::now() }
    }
}

impl Requests {
    fn under_way(&self) -> MutexGuard<'_, UnderWay> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more, until what is returned is dropped.
    pub(super) fn begin(&self) -> RequestUnderWay {
        self.under_way().count += 1;
        RequestUnderWay(self.clone())
    }

    /// For how long nothing has been asked.
    fn idle(&self) -> Duration {
        let under_way = self.under_way();
        if under_way.count == 0 { under_way.idle_since.elapsed() } else { Duration::ZERO }
    }
}

/// A request that is not yet answered to its end.
pub(super) struct RequestUnderWay(Requests);

impl Drop for RequestUnderWay {
    fn drop(&mut self) {
        let mut under_way = self.0.under_way();
        under_way.count -= 1;
        under_way.idle_since = Instant::now();
    }
}

/// How long a stranger may stay connected, to pair.
const STRANGER_LIMIT: Duration = Duration::from_secs(30);
/// How long a caller may take to begin with HTTP/2. From there on it has to answer pings.
const SILENT_LIMIT: Duration = Duration::from_secs(10);
/// How long a connection may stand open with no request under way, whatever else is said over it: pings, settings and new keys are
/// work for both sides and serve nobody. A peer always has its `Watch` under way.
const IDLE_LIMIT: Duration = Duration::from_secs(30);
/// What HTTP/2 begins with at least: the preface and an empty SETTINGS frame.
const BEGINNING: usize = 24 + 9;

/// Every open connection.
#[derive(Default)]
pub(super) struct Live {
    links: Mutex<Links>,
}

#[derive(Default)]
struct Links {
    next: u64,
    open: HashMap<u64, Link>,
}

struct Link {
    caller: PeerId,
    remote: SocketAddr,
    since: Instant,
    heard: Arc<AtomicBool>,
    requests: Requests,
    state: State,
    cut: Option<oneshot::Sender<()>>,
    /// A stranger's place at the door.
    permit: Option<Permit>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Stranger,
    Trusted,
    /// Trusted no longer: streams are told in this round, the connection is cut in the next.
    Doomed,
}

impl Live {
    fn links(&self) -> MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many connections this caller has open.
    pub(super) fn count(&self, caller: PeerId) -> usize {
        self.links().open.values().filter(|link| link.caller == caller).count()
    }

    /// Registers a connection; it is known until it is dropped.
    pub(super) fn guard<S>(self: &Arc<Self>, stream: S, caller: Caller, permit: Option<Permit>) -> Guarded<S> {
        let (cut, cut_off) = oneshot::channel();
        let heard = Arc::new(AtomicBool::new(false));
        let mut links = self.links();
        let number = links.next;
        links.next += 1;
        let link = Link {
            caller: caller.id,
            remote: caller.remote,
            since: Instant::now(),
            heard: Arc::clone(&heard),
            requests: caller.requests.clone(),
            state: if permit.is_some() { State::Stranger } else { State::Trusted },
            cut: Some(cut),
            permit,
        };
        links.open.insert(number, link);
        Guarded { stream, caller, cut_off, is_cut: false, heard, begun: 0, number, live: Arc::clone(self) }
    }

    /// Cuts what may no longer be connected; returns whom and why.
    pub(super) fn sweep(&self, trusted: impl Fn(PeerId) -> bool) -> Vec<(SocketAddr, &'static str)> {
        let mut cut = Vec::new();
        for link in self.links().open.values_mut().filter(|link| link.cut.is_some()) {
            let age = link.since.elapsed();
            let why = match (link.state, trusted(link.caller)) {
                (_, true) => {
                    link.state = State::Trusted;
                    link.permit = None;
                    None
                }
                (State::Trusted, false) => {
                    link.state = State::Doomed;
                    None
                }
                (State::Doomed, false) => Some("the peer is not trusted any more"),
                (State::Stranger, false) => (age > STRANGER_LIMIT).then_some("it was let in to pair and did not"),
            };
            let silent = age > SILENT_LIMIT && !link.heard.load(Ordering::Relaxed);
            let idle = link.requests.idle() > IDLE_LIMIT;
            let why = why.or_else(|| silent.then_some("it connected and did not begin with HTTP/2"));
            if let Some(why) = why.or_else(|| idle.then_some("it kept its connection and asked nothing")) {
                link.cut = None;
                cut.push((link.remote, why));
            }
        }
        cut
    }

    /// Cuts everything.
    pub(super) fn cut_all(&self) {
        self.links().open.values_mut().for_each(|link| link.cut = None);
    }
}

/// A connection that can be cut from outside.
pub(super) struct Guarded<S> {
    stream: S,
    caller: Caller,
    cut_off: oneshot::Receiver<()>,
    is_cut: bool,
    heard: Arc<AtomicBool>,
    /// How much of [`BEGINNING`] has come.
    begun: usize,
    number: u64,
    live: Arc<Live>,
}

impl<S> Drop for Guarded<S> {
    fn drop(&mut self) {
        self.live.links().open.remove(&self.number);
    }
}

impl<S> Connected for Guarded<S> {
    type ConnectInfo = Caller;

    fn connect_info(&self) -> Caller {
        self.caller.clone()
    }
}

impl<S> Guarded<S> {
    /// Whether it was cut; if not, the task is woken when it is.
    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        // a receiver is not asked again once it has answered
        self.is_cut = self.is_cut || Pin::new(&mut self.cut_off).poll(cx).is_ready();
        if self.is_cut {
            return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the connection was cut"));
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        let before = buf.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buf);
        if self.begun < BEGINNING {
            self.begun += buf.filled().len().saturating_sub(before);
            self.heard.store(self.begun >= BEGINNING, Ordering::Relaxed);
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        // a server that waits for a client to read what it has written reads nothing itself
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// How many may stand at the door, in all and from one address, before they have shown who they are. Where it is full, who has stood
/// there in silence makes room for who has just come: nobody keeps a peer out by saying nothing from many addresses.
pub(super) struct Door {
    standing: Mutex<Standing>,
    waiting: AtomicUsize,
}

/// Who stands there, in the order in which they came.
#[derive(Default)]
struct Standing {
    next: u64,
    places: BTreeMap<u64, Place>,
}

struct Place {
    address: IpAddr,
    since: Instant,
    /// Dropped, it shows out who stands there. `None`: a stranger who was let in to pair, and has a time limit of its own.
    shown_out: Option<oneshot::Sender<()>>,
}

const MAX_STANDING: usize = 64;
const MAX_STANDING_PER_ADDRESS: usize = 8;
const MAX_WAITING: usize = 128;
/// How long a handshake may take while others wait for its place.
const PATIENCE: Duration = Duration::from_secs(1);

impl Standing {
    /// Whether there is a place for this address, if need be one that is taken from another.
    fn has_room(&mut self, address: IpAddr) -> bool {
        let mut counts: HashMap<IpAddr, usize> = HashMap::new();
        self.places.values().for_each(|place| *counts.entry(place.address).or_default() += 1);
        if counts.get(&address).is_some_and(|here| *here >= MAX_STANDING_PER_ADDRESS) {
            return self.show_out(|place| place.address == address && place.since.elapsed() > PATIENCE);
        }
        if self.places.len() < MAX_STANDING {
            return true;
        }
        // An honest caller is alone at its address.
        let most = counts.values().copied().max().unwrap_or_default();
        self.show_out(|place| counts[&place.address] == most && (most > 1 || place.since.elapsed() > PATIENCE))
    }

    /// The first of these who may be.
    fn show_out(&mut self, may_be: impl Fn(&Place) -> bool) -> bool {
        let first = self.places.iter().find(|(_, place)| place.shown_out.is_some() && may_be(place));
        let Some(number) = first.map(|(number, _)| *number) else { return false };
        self.places.remove(&number).is_some()
    }
}

/// A place at the door, given back when dropped.
pub(super) struct Permit {
    door: Arc<Door>,
    number: u64,
    shown_out: Option<oneshot::Receiver<()>>,
}

impl Permit {
    /// Ends when the place is needed for another.
    pub(super) async fn shown_out(&mut self) {
        match &mut self.shown_out {
            Some(shown_out) => drop(shown_out.await),
            None => std::future::pending().await,
        }
    }

    /// Kept by a stranger who was let in.
    pub(super) fn kept(mut self) -> Self {
        self.shown_out = None;
        if let Some(place) = self.door.standing().places.get_mut(&self.number) {
            place.shown_out = None;
        }
        self
    }
}

impl Door {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { standing: Mutex::default(), waiting: AtomicUsize::new(0) })
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place; several machines behind one address that come at once wait a moment for it.
    pub(super) async fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Permit> {
        if let Some(permit) = self.try_enter(address) {
            return Some(permit);
        }
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let mut permit = None;
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(25)).await;
            permit = self.try_enter(address);
            if permit.is_some() {
                break;
            }
        }
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        permit
    }

    fn try_enter(self: &Arc<Self>, address: IpAddr) -> Option<Permit> {
        let mut standing = self.standing();
        if !standing.has_room(address) {
            return None;
        }
        let (number, (sender, receiver)) = (standing.next, oneshot::channel());
        standing.next += 1;
        standing.places.insert(number, Place { address, since: Instant::now(), shown_out: Some(sender) });
        Some(Permit { door: Arc::clone(self), number, shown_out: Some(receiver) })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.door.standing().places.remove(&self.number);
    }
}

/// Logs refusals, so many and no more: somebody who knocks all night must not fill the disk.
#[derive(Default)]
pub(super) struct Refusals {
    window: Mutex<Window>,
}

#[derive(Default)]
struct Window {
    began: Option<Instant>,
    logged: u32,
    passed_over: u64,
}

impl Refusals {
    pub(super) fn log(&self, remote: SocketAddr, reason: &str) {
        const WINDOW: Duration = Duration::from_secs(10);
        const MAX_LOGGED: u32 = 30;
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if window.began.is_none_or(|began| began.elapsed() > WINDOW) {
            if window.passed_over > 0 {
                tracing::warn!(count = window.passed_over, "more refusals that were not logged one by one");
            }
            *window = Window { began: Some(Instant::now()), ..Window::default() };
        }
        if window.logged >= MAX_LOGGED {
            window.passed_over += 1;
            return;
        }
        window.logged += 1;
        drop(window);
        tracing::warn!(%remote, reason, "refused");
    }
}
