//! Tokens: once, in time, with the right secret, and nothing but Pair for a stranger.

use std::sync::Arc;

use super::super::accept::unix_now;
use super::*;
use crate::identity::{Invite, Secret, Token};

fn token(inviter: &Machine, server: &ServerHandle, invite: &Invite) -> Token {
    let token = Token {
        inviter: inviter.id(),
        invite: invite.id,
        secret: invite.secret,
        expires_at: invite.expires_at,
        addresses: vec![server.local_addr().to_string()],
    };
    // Through its text, as people carry it.
    Token::parse(&token.encode(), unix_now().min(invite.expires_at)).unwrap()
}

async fn joins(joiner: &Machine, token: &Token, grant: Grant) -> Result<Joined, JoinError> {
    let offer = JoinOffer { machine: joiner.name.into(), addresses: vec!["192.0.2.9:7000".into()], grant };
    join(&joiner.identity, &joiner.path(), token, &offer, SHORT).await
}

#[track_caller]
fn refused(result: Result<Joined, JoinError>) -> String {
    match result {
        Err(JoinError::Refused(why)) => why,
        other => panic!("a refusal was expected: {other:?}"),
    }
}

async fn inviter() -> (Machine, ServerHandle) {
    let inviter = Machine::new("pc-b");
    let server = inviter.serve(Arc::new(Memory::new("pc-b"))).await;
    (inviter, server)
}

#[tokio::test]
async fn both_sides_know_each_other_afterwards_and_the_token_is_spent() {
    let (b, server) = inviter().await;
    let (a, late) = (Machine::new("pc-a"), Machine::new("late"));
    let invite = b.invites().create(Grant::Pull, unix_now()).unwrap();
    let token = token(&b, &server, &invite);
    let joined = joins(&a, &token, Grant::Apply).await.unwrap();
    assert_eq!((joined.peer.name.as_str(), joined.peer.grant, joined.grant_there), ("pc-b", Grant::Apply, Grant::Pull));
    assert_eq!(joined.peer.addresses, [server.local_addr().to_string(), "192.0.2.1:7432".into()]);
    let there = b.trust().peer(a.id()).unwrap();
    assert_eq!((there.name.as_str(), there.grant), ("pc-a", Grant::Pull));
    assert_eq!(there.addresses, ["127.0.0.1:7000", "192.0.2.9:7000"]);
    a.asks(&b, server.local_addr()).await.unwrap();

    // No invitation is open any more: a stranger does not get through the handshake.
    assert!(matches!(joins(&late, &token, Grant::Apply).await, Err(JoinError::Peer(PeerError::Untrusted { .. }))));
    // While another is open it does, and is told why.
    b.invites().create(Grant::Pull, unix_now()).unwrap();
    assert!(refused(joins(&late, &token, Grant::Apply).await).contains("used before"));
    assert_eq!(late.trust().peers().len(), 0);
    server.shutdown().await;
}

#[tokio::test]
async fn three_wrong_secrets_close_the_invitation() {
    let (b, server) = inviter().await;
    let a = Machine::new("pc-a");
    let invite = b.invites().create(Grant::Pull, unix_now()).unwrap();
    b.invites().create(Grant::Pull, unix_now()).unwrap();
    let right = token(&b, &server, &invite);
    let other = b.invites().create(Grant::Pull, unix_now()).unwrap();
    let wrong = Token { secret: other.secret, ..right.clone() };
    for left in ["2 tries", "1 tries", "0 tries"] {
        let why = refused(joins(&a, &wrong, Grant::Apply).await);
        assert!(why.contains(left), "{why}");
    }
    assert!(refused(joins(&a, &right, Grant::Apply).await).contains("closed after 3"));
    assert!(b.trust().peers().is_empty() && a.trust().peers().is_empty());
    // Another invitation on the same listener works at once.
    joins(&a, &token(&b, &server, &other), Grant::Apply).await.unwrap();
    server.shutdown().await;
}

#[tokio::test]
async fn an_expired_token_is_refused_by_the_inviter_whatever_the_joiner_thinks() {
    let (b, server) = inviter().await;
    let a = Machine::new("pc-a");
    let old = b.invites().create(Grant::Pull, unix_now() - 601).unwrap();
    let expired = token(&b, &server, &old);
    assert!(matches!(joins(&a, &expired, Grant::Apply).await, Err(JoinError::Peer(PeerError::Untrusted { .. }))));
    let open = b.invites().create(Grant::Pull, unix_now()).unwrap();
    assert!(refused(joins(&a, &expired, Grant::Apply).await).contains("expired"));
    joins(&a, &token(&b, &server, &open), Grant::Apply).await.unwrap();
    server.shutdown().await;
}

#[tokio::test]
async fn a_stranger_may_pair_and_nothing_else() {
    let (b, server) = inviter().await;
    let a = Machine::new("pc-a");
    b.invites().create(Grant::Pull, unix_now()).unwrap();
    let why = untrusted(a.asks(&b, server.local_addr()).await);
    assert!(why.contains("not paired"), "{why}");
    untrusted(a.dial(&b, server.local_addr()).await.unwrap().watch().await);
    server.shutdown().await;
}

/// Whoever answers at the address must hold the certificate in the token: nothing is sent to anybody else.
#[tokio::test]
async fn the_joiner_verifies_the_inviter_first() {
    let (b, server) = inviter().await;
    let (a, c) = (Machine::new("pc-a"), Machine::new("pc-c"));
    let invite = b.invites().create(Grant::Pull, unix_now()).unwrap();
    let elsewhere = Token { inviter: c.id(), ..token(&b, &server, &invite) };
    assert!(matches!(joins(&a, &elsewhere, Grant::Apply).await, Err(JoinError::Peer(PeerError::Untrusted { .. }))));
    assert!(matches!(joins(&b, &token(&b, &server, &invite), Grant::Apply).await, Err(JoinError::OwnToken)));
    joins(&a, &token(&b, &server, &invite), Grant::Apply).await.unwrap();
    server.shutdown().await;
}

#[tokio::test]
async fn a_name_that_is_taken_gets_a_number() {
    let (b, server) = inviter().await;
    let (first, second) = (Machine::new("pc-a"), Machine::new("pc-a"));
    for joiner in [&first, &second, &first] {
        let invite = b.invites().create(Grant::Status, unix_now()).unwrap();
        joins(joiner, &token(&b, &server, &invite), Grant::Apply).await.unwrap();
    }
    let names: Vec<_> = b.trust().peers().iter().map(|peer| (peer.name.clone(), peer.certificate)).collect();
    assert_eq!(names, [("pc-a-2".to_owned(), second.id()), ("pc-a".to_owned(), first.id())]);
    server.shutdown().await;
}

#[test]
fn secrets_are_not_shown() {
    let dir = tempfile::tempdir().unwrap();
    let invite = Invites::of(dir.path()).create(Grant::Pull, 0).unwrap();
    assert!(format!("{invite:?}").contains("Secret(…)"));
    fn is_copy<T: Copy>(_: T) {}
    is_copy::<Secret>(invite.secret);
}
