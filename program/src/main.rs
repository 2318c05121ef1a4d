//! `trellis`: serves the API, and what its operator needs at the command line.

mod command;
mod memory;
mod serve;

use command::{Trellis, known_environment};
use serve::Misunderstood;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    memory::while_starting();
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info,actix_server=warn")).init();
    let done = known_environment(std::env::vars_os().map(|(name, _)| name))
        .map_err(|unknown| Misunderstood(unknown).into())
        .and_then(|()| serve::run(Trellis::read(std::env::args_os()).unwrap_or_else(|e| e.exit()).command));
    let Err(e) = done else { return ExitCode::SUCCESS };
    serve::complain(format_args!("trellis: {e}"));
    if e.is::<Misunderstood>() { ExitCode::from(2) } else { ExitCode::FAILURE }
}
