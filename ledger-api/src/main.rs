//! The binary `nuanxin`: parses the arguments, runs the subcommand, gives its exit code.

use std::process::ExitCode;

use clap::Parser;
use ledger_api::cli::{Cli, run};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    run(Cli::parse())
}
