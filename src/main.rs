//! The program: everything is in the library; this starts it and hands its exit code to the shell.

/// An agent that has read a large schema and rests gives the memory back.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    driftless::cli::run()
}
