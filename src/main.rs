//! The program: everything is in the library; this starts it and hands its exit code to the shell.

fn main() -> std::process::ExitCode {
    driftless::cli::run()
}
