//! `trellis`: serves the API, and what its operator needs at the command line.

use clap::Parser;
use std::process::ExitCode;
use trellis_api::{
    command::{Trellis, known_environment},
    memory, serve,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    memory::while_starting();
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
