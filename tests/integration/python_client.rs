//! The wire spoken by somebody else's client: `examples/python-client`, with grpcio, over TLS, against a real agent.

use std::process::Command;

use crate::harness::{Node, Output, example, paired, python, run};

#[test]
fn a_python_client_describes_watches_and_pulls_a_script() {
    need_postgres!();
    let Some(python) = python("python-client", "grpc, grpc_tools") else { return };
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let text = "-- 订单\nCREATE TABLE orders (id integer PRIMARY KEY);\n";
    a.script("v1_订单.sql", text);
    let _agents = paired(&a, &b);
    a.ok(&["sync"]);
    let client = example("python-client").join("client.py");
    let ask = |arguments: &[&str]| -> Output {
        let mut command = Command::new(&python);
        command.arg(&client).arg("--certs").arg(b.root().join("certs")).args(["--peer", "pc-a"]).args(arguments);
        run(command.env("PYTHONIOENCODING", "utf-8").env("PYTHONDONTWRITEBYTECODE", "1"))
    };

    let said = ask(&["describe"]).expect(0).json();
    assert_eq!(said["machine"], "pc-a");
    assert_eq!(said["fingerprint"], a.fingerprint());
    assert_eq!(ask(&["health"]).expect(0).stdout.trim(), "SERVING");
    let event = ask(&["watch", "--events", "1"]).expect(0).json();
    assert_eq!((&event["journal"], &event["fingerprint"]), (&said["journal"], &said["fingerprint"]));
    assert_eq!(ask(&["script", "v1_订单.sql"]).expect(0).stdout, text);

    a.ok(&["peers", "grant", "pc-b", "status"]);
    let refused = ask(&["script", "v1_订单.sql"]).expect(1);
    assert!(refused.stderr.contains("PERMISSION_DENIED"), "{}", refused.stderr);
    a.ok(&["peers", "remove", "pc-b"]);
    assert_ne!(ask(&["describe"]).code, Some(0));
    assert_ne!(ask(&["health"]).code, Some(0));
}
