//! A network that fails: a [`Wire`] stands between who dials and who listens, and does to the bytes what its [`Weather`] says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

/// What a wire does to what goes over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Nothing.
    Clear,
    /// Every piece comes late.
    Slow,
    /// Nothing comes through, and nobody is told: a cable pulled, a laptop asleep.
    Stalled,
    /// Open connections are cut, and new ones at once.
    Cut,
}

/// A forwarder on a port of its own. Dropping it cuts everything.
#[derive(Debug)]
pub(crate) struct Wire {
    /// Where to dial instead, 127.0.0.1:<port>.
    pub(crate) address: String,
    weather: watch::Sender<Weather>,
    carried: Arc<AtomicU64>,
    _runtime: Runtime,
}

impl Wire {
    /// A wire to `listener`, in clear weather.
    pub(crate) fn to(listener: &str) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let socket = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = socket.local_addr().unwrap().to_string();
        let (weather, seen) = watch::channel(Weather::Clear);
        let carried = Arc::new(AtomicU64::new(0));
        runtime.spawn(accept(socket, listener.to_owned(), seen, carried.clone()));
        Self { address, weather, carried, _runtime: runtime }
    }

    /// How many bytes have come, both ways.
    pub(crate) fn carried(&self) -> u64 {
        self.carried.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

async fn accept(socket: TcpListener, listener: String, weather: watch::Receiver<Weather>, carried: Arc<AtomicU64>) {
    while let Ok((near, _)) = socket.accept().await {
        if *weather.borrow() == Weather::Cut {
            continue;
        }
        let (listener, weather, carried) = (listener.clone(), weather.clone(), carried.clone());
        tokio::spawn(async move {
            let Ok(far) = TcpStream::connect(listener).await else { return };
            let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
            let mut until_cut = weather.clone();
            tokio::select! {
                () = carry(near_read, far_write, weather.clone(), &carried) => {}
                () = carry(far_read, near_write, weather, &carried) => {}
                _ = until_cut.wait_for(|weather| *weather == Weather::Cut) => {}
            }
        });
    }
}

/// One direction, until either side ends it.
async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut weather: watch::Receiver<Weather>,
    carried: &AtomicU64,
) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        carried.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
        if *weather.borrow() == Weather::Slow {
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        if weather.wait_for(|weather| *weather != Weather::Stalled).await.is_err()
            || to.write_all(&buffer[..count]).await.is_err()
        {
            return;
        }
    }
}
