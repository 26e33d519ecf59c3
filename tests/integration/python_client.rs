//! The wire spoken by somebody else's client: `examples/python-client`, with grpcio, over TLS, against a real agent. Where Python with
//! grpcio and grpcio-tools is not installed (`DRIFTLESS_PYTHON` names another one) it says so and passes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::harness::{Node, Output, paired, run};

/// A Python that has what the client needs.
fn python() -> Option<PathBuf> {
    let python = PathBuf::from(std::env::var_os("DRIFTLESS_PYTHON").unwrap_or_else(|| "python3".into()));
    let mut command = Command::new(&python);
    command.args(["-c", "import grpc, grpc_tools, tomllib"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success()).then_some(python)
}

#[test]
fn a_python_client_describes_watches_and_pulls_a_script() {
    need_postgres!();
    let Some(python) = python() else {
        eprintln!("SKIPPED: no Python with grpcio, grpcio-tools and tomllib; set DRIFTLESS_PYTHON");
        return;
    };
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let text = "-- 订单\nCREATE TABLE orders (id integer PRIMARY KEY);\n";
    a.script("v1_订单.sql", text);
    let _agents = paired(&a, &b);
    a.ok(&["sync"]);
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/python-client/client.py");
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
