//! The answer to COMMIT is lost: what became of it is found out, never guessed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use driftless::postgres::apply::{Applier, Outcome};
use driftless::postgres::connect::Target;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{Bench, job};
use crate::harness::server;

/// Stands between client and server. Armed, it cuts the connection that says COMMIT: with `through` after handing it on, else
/// before.
async fn proxy(armed: Arc<AtomicBool>, through: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (armed, server) = (armed.clone(), TcpStream::connect(("127.0.0.1", server().port)).await.unwrap());
            tokio::spawn(async move {
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                let back = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
                let mut buffer = vec![0; 65536];
                while let Ok(count @ 1..) = from_client.read(&mut buffer).await {
                    let says = buffer[..count].windows(7).any(|bytes| bytes == b"COMMIT\0");
                    if says && armed.swap(false, Ordering::SeqCst) {
                        back.abort();
                        if through {
                            to_server.write_all(&buffer[..count]).await.unwrap();
                            // the server's answer is awaited, and lost
                            tokio::time::timeout(std::time::Duration::from_secs(1), std::future::pending::<()>())
                                .await
                                .ok();
                        }
                        return;
                    }
                    to_server.write_all(&buffer[..count]).await.unwrap();
                }
                back.abort();
            });
        }
    });
    port
}

async fn outcome(bench: &Bench, through: bool) -> Outcome {
    let armed = Arc::new(AtomicBool::new(false));
    let port = proxy(armed.clone(), through).await;
    let url = format!("postgresql://postgres@127.0.0.1:{port}/{}", bench.database.name());
    let target = Target::resolve(&url).unwrap();
    let mut applier = Applier::begin(&target, &bench.scope, &bench.options, &mut |_| {}).await.unwrap();
    armed.store(true, Ordering::SeqCst);
    applier.apply(&job("v1_a.sql", "CREATE TABLE a (id int);")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_was_lost() {
    need_postgres!();
    let bench = Bench::new();
    let lost = outcome(&bench, false).await;
    assert!(matches!(lost, Outcome::Retry { .. }), "{lost:?}");
    assert_eq!(bench.value("SELECT to_regclass('a')"), "NULL");
    let done = outcome(&bench, true).await;
    assert!(matches!(done, Outcome::Applied { seq: 2, .. }), "{done:?}");
    assert_eq!(bench.value("SELECT count(*) FROM migration_history WHERE success"), "1");
    assert_eq!(bench.journal(), "baseline applied");
}
