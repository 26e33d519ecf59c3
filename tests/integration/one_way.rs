//! Two machines of which only one can be dialled, and machines that move: they converge all the same, and `status` says how.

use std::net::TcpListener;
use std::time::Duration;

use driftless::identity::TrustStore;

use crate::harness::{Node, free_port, paired, wait_until};

const SOON: Duration = Duration::from_secs(30);

/// What `here` knows of where `there` can be dialled, from now on.
#[track_caller]
fn believes(here: &Node, there: &Node, address: &str) {
    let trust = TrustStore::of(&here.root().join("certs"));
    trust.set_addresses(&there.name, vec![address.to_owned()]).unwrap();
}

#[track_caller]
fn applies(node: &Node, name: &str, table: &str) {
    let path = node.script(name, &format!("CREATE TABLE {table} (id integer);\n"));
    node.ok(&["apply", path.to_str().unwrap(), "--yes"]);
}

fn link(node: &Node) -> String {
    node.status()["peers"][0]["link"].as_str().unwrap_or_default().to_owned()
}

/// a cannot dial b, where `wrong` is all that a knows of b's address.
#[track_caller]
fn check(wrong: &str) {
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (mut agent_a, agent_b) = paired(&a, &b);
    // a forgets the connection that pairing made
    agent_a.kill();
    believes(&a, &b, wrong);
    let _agent_a = a.agent();

    applies(&a, "v1_a.sql", "made_on_a");
    wait_until("b to have what a applied", SOON, || b.applied() == ["v1_a.sql"]);
    applies(&b, "v2_b.sql", "made_on_b");
    wait_until("a to have what b applied", SOON, || a.applied() == ["v1_a.sql", "v2_b.sql"]);
    wait_until("a to say in_sync", SOON, || a.findings("pc-b").contains("in_sync"));
    assert_eq!((link(&a).as_str(), link(&b).as_str()), ("its_call", "dialled"));
    assert!(a.ok(&["status"]).stdout.contains("it cannot be dialled from here"));
    assert_eq!(a.fingerprint(), b.fingerprint());

    // A command beside the agent, several times: each takes a tunnel, and there is always another.
    for _ in 0..5 {
        a.ok(&["diff", "pc-b"]);
    }
    drop(agent_b);
    wait_until("a to miss b", Duration::from_secs(15), || a.findings("pc-b").contains("unreachable"));
    applies(&a, "v3_a.sql", "made_meanwhile");
    let _agent_b = b.agent();
    wait_until("b to be back", SOON, || {
        b.applied().len() == 3 && a.findings("pc-b").contains("in_sync") && link(&a) == "its_call"
    });
}

#[test]
fn who_cannot_be_dialled_is_asked_through_its_own_call() {
    need_postgres!();
    check(&format!("127.0.0.1:{}", free_port().unwrap()));
}

/// A firewall that swallows what is sent: the port takes connections and never answers.
#[test]
fn a_firewall_that_swallows_everything_does_not_delay_it() {
    need_postgres!();
    let hole = TcpListener::bind("127.0.0.1:0").unwrap();
    check(&hole.local_addr().unwrap().to_string());
}

/// DHCP gives b another address: it is taken at the one that it calls from.
#[cfg(target_os = "linux")]
#[test]
fn a_machine_that_moved_is_found_where_it_calls_from() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let agents = paired(&a, &b);
    let port = b.listen.rsplit_once(':').unwrap().1;
    believes(&a, &b, &format!("127.0.0.77:{port}"));
    let trust = TrustStore::of(&a.root().join("certs"));
    // It calls again when its link to a has broken.
    drop(agents);
    let (_agent_a, _agent_b) = (a.agent(), b.agent());
    wait_until("a to know the new address", SOON, || {
        trust.peer_named("pc-b").is_some_and(|peer| peer.addresses == [b.listen.clone(), format!("127.0.0.77:{port}")])
    });
    wait_until("a to dial it there", SOON, || link(&a) == "dialled");
    applies(&b, "v1_b.sql", "made_on_b");
    wait_until("a to have what b applied", SOON, || a.applied() == ["v1_b.sql"]);
}

/// Several addresses, an IPv6 one where nobody listens and a host name.
#[test]
fn a_link_over_a_host_name_and_ipv6() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (mut agent_a, _agent_b) = paired(&a, &b);
    let port = b.listen.rsplit_once(':').unwrap().1;
    agent_a.kill();
    let trust = TrustStore::of(&a.root().join("certs"));
    trust.set_addresses("pc-b", vec![format!("[::1]:{port}"), format!("localhost:{port}")]).unwrap();
    let _agent_a = a.agent();
    applies(&b, "v1_b.sql", "made_on_b");
    wait_until("a to have what b applied", SOON, || a.applied() == ["v1_b.sql"]);
    assert_eq!(link(&a), "dialled");
}

/// Both listen on IPv6, and that is what the invitation carries.
#[test]
fn two_machines_over_ipv6_alone() {
    need_postgres!();
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("SKIPPED: no IPv6 here");
        return;
    }
    let node = |name| {
        let mut node = Node::new(name);
        let local = std::fs::read_to_string(node.root().join("driftless.local.toml")).unwrap();
        node.listen = node.listen.replace("127.0.0.1", "[::1]");
        node.write("driftless.local.toml", local.replace("listen = \"127.0.0.1", "listen = \"[::1]"));
        node
    };
    let (a, b) = (node("pc-a"), node("pc-b"));
    let _agents = paired(&a, &b);
    applies(&a, "v1_a.sql", "made_on_a");
    wait_until("b to have what a applied", SOON, || b.applied() == ["v1_a.sql"]);
    applies(&b, "v2_b.sql", "made_on_b");
    wait_until("a to have what b applied", SOON, || a.applied().len() == 2 && a.findings("pc-b").contains("in_sync"));
    assert_eq!((link(&a).as_str(), link(&b).as_str()), ("dialled", "dialled"));
}
