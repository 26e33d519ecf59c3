//! The door of the real agent: who is refused, that its log says so, and that the right one comes in at once afterwards.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use driftless::identity::Token;

use crate::harness::{Agent, Node, wait_until};

const SOON: Duration = Duration::from_secs(20);

/// Waits for a line of the log that holds all of these.
#[track_caller]
fn logged(agent: &Agent, words: &[&str]) {
    wait_until(&format!("a line with {words:?}"), SOON, || {
        agent.log().lines().any(|line| words.iter().all(|word| line.contains(word)))
    });
}

fn invite(node: &Node) -> String {
    node.ok(&["invite", "--json"]).json()["token"].as_str().unwrap().to_owned()
}

fn machine(name: &str) -> Node {
    let node = Node::new(name);
    node.ok(&["init"]);
    node
}

#[test]
fn the_wrong_ones_are_refused_and_logged_and_the_right_one_comes_in() {
    need_postgres!();
    let (a, b, stranger) = (machine("pc-a"), machine("pc-b"), machine("stranger"));
    let agent = a.agent();
    a.pair(&b);
    a.pair(&stranger);
    let right = |b: &Node| assert!(b.findings("pc-a").contains("in_sync"), "{:?}", b.findings("pc-a"));
    right(&b);

    // plaintext: a browser, and an HTTP/2 client that knows nothing of TLS
    for words in [&b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let before = agent.log().matches("does not speak TLS").count();
        let mut plain = TcpStream::connect(&a.listen).unwrap();
        plain.set_read_timeout(Some(SOON)).unwrap();
        plain.write_all(words).unwrap();
        let mut answer = Vec::new();
        let _ = plain.read_to_end(&mut answer);
        assert!(!answer.windows(4).any(|part| part == b"HTTP"), "{answer:?}");
        wait_until("the refusal to be logged", SOON, || agent.log().matches("does not speak TLS").count() > before);
        right(&b);
    }
    logged(&agent, &["WARN", "refused", "127.0.0.1:", "does not speak TLS"]);

    // a certificate that is pinned no more
    a.ok(&["peers", "remove", "stranger"]);
    assert!(stranger.findings("pc-a").contains("untrusted"), "{:?}", stranger.findings("pc-a"));
    logged(&agent, &["WARN", "refused", "127.0.0.1:", "not paired"]);
    right(&b);
}

#[test]
fn tokens_that_are_wrong_used_or_expired_are_refused_and_logged_and_the_right_one_pairs() {
    need_postgres!();
    let (a, b, c) = (machine("pc-a"), machine("pc-b"), machine("pc-c"));
    let agent = a.agent();
    let (first, second) = (invite(&a), invite(&a));
    let parsed = |text: &str| Token::parse(text, 0).unwrap();

    // the number of one invitation, the secret of another
    let wrong = Token { secret: parsed(&second).secret, ..parsed(&first) }.encode();
    let refused = b.run(&["join", &wrong]);
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("proof is wrong"), "{}", refused.stderr);
    logged(&agent, &["WARN", "refused", "127.0.0.1:", "proof is wrong"]);
    b.ok(&["join", &first]);

    // used, while another is open
    let refused = c.run(&["join", &first]);
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("used before"), "{}", refused.stderr);
    logged(&agent, &["WARN", "refused", "127.0.0.1:", "used before"]);

    // expired: here by the joiner's own clock, there by the inviter's
    let old = Token { expires_at: 1, ..parsed(&second) }.encode();
    let refused = c.run(&["join", &old]).expect(2);
    assert!(refused.stderr.contains("expired"), "{}", refused.stderr);
    let third = invite(&a);
    let file = a.root().join(format!("certs/invites/{}.json", parsed(&second).invite));
    let text = fs::read_to_string(&file).unwrap();
    let expires = parsed(&second).expires_at;
    assert!(text.contains(&expires.to_string()), "{text}");
    fs::write(&file, text.replace(&expires.to_string(), &(expires - 601).to_string())).unwrap();
    let refused = c.run(&["join", &second]);
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("expired"), "{}", refused.stderr);
    logged(&agent, &["WARN", "refused", "127.0.0.1:", "has expired"]);

    c.ok(&["join", &third]);
    for joined in [&b, &c] {
        assert!(joined.findings("pc-a").contains("in_sync"), "{:?}", joined.findings("pc-a"));
    }
    // The log of whoever was refused holds no secret.
    for token in [&first, &second, &third, &wrong] {
        assert!(!agent.log().contains(token.as_str()));
    }
}
