//! `trellis`: serves the API, and what its operator needs at the command line.

use clap::Parser;
use std::process::ExitCode;
use trellis_api::{
    command::{Trellis, known_environment},
    serve,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Memory that is free goes back to the system at once: a school's server is idle most of the day.
#[allow(unsafe_code)] // mimalloc has no safe way to set an option; this one is set before any thread is started
fn return_memory() {
    const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15; // `mi_option_purge_delay` of mimalloc.h, which the crate does not name
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, 0) }
}

fn main() -> ExitCode {
    return_memory();
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
