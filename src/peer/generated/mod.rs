//! Made from the files of `proto/` and committed, so that building needs no protoc. Never edited by hand: after a change of
//! a proto file run `DRIFTLESS_REGENERATE=1 cargo test --lib peer::generated`.
#![allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]

pub(super) mod v1 {
    include!("driftless.v1.rs");
}

pub(super) mod health {
    include!("grpc.health.v1.rs");
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// Generates anew and compares; with `DRIFTLESS_REGENERATE` set it writes instead.
    #[test]
    fn generated_code_equals_what_the_proto_file_says() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let out = tempfile::tempdir().expect("a temporary folder");
        let sources = ["driftless/v1/peer.proto", "grpc/health/v1/health.proto"];
        let files = protox::compile(sources, [root.join("proto")]).expect("valid proto files");
        tonic_prost_build::configure().out_dir(out.path()).compile_fds(files).expect("code");
        for name in ["driftless.v1.rs", "grpc.health.v1.rs"] {
            let fresh = std::fs::read_to_string(out.path().join(name)).expect("the code");
            let committed = root.join("src/peer/generated").join(name);
            if std::env::var_os("DRIFTLESS_REGENERATE").is_some() {
                std::fs::write(&committed, &fresh).expect("written");
            }
            let found = std::fs::read_to_string(&committed).expect("the committed code").replace("\r\n", "\n");
            assert!(
                found == fresh,
                "{name}: the proto file has changed: run this test with DRIFTLESS_REGENERATE=1 and commit"
            );
        }
    }
}
