//! The binary `nuanxin`: parses the arguments, runs the subcommand, gives its exit code.

use std::process::ExitCode;

use ledger_api::cli::{parse, run};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    run(parse())
}
