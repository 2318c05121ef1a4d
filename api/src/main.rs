//! `trellis`: serves the API, and what its operator needs at the command line.

use clap::Parser;
use std::process::ExitCode;
use trellis_api::{
    command::{Trellis, known_environment},
    serve,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Keeps the kernel from backing a few kilobytes in use by two megabytes: a school's server is small, and idle most of the day.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)] // there is no safe way to ask; it is asked before any thread is started
fn no_huge_pages() {
    unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0) };
}
#[cfg(not(target_os = "linux"))]
fn no_huge_pages() {}

fn main() -> ExitCode {
    no_huge_pages();
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info,actix_server=warn")).init();
    if let Err(unknown) = known_environment(std::env::vars().map(|(name, _)| name)) {
        eprintln!("trellis: {unknown}");
        return ExitCode::from(2);
    }
    match serve::run(Trellis::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("trellis: {e}");
            ExitCode::FAILURE
        }
    }
}
