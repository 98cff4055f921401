//! A seeded simulation of servers that crash, a journal that loses answers, and clients that ask again.
//!
//! `NUANXIN_SIM_SEEDS` says how many seeds run (200 by default), `NUANXIN_SIM_FIRST` where they begin. A seed that ever
//! failed stays below as a test of its own.

mod backend;
mod history;
mod world;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// One seed, on a clock of its own that jumps to the next thing to happen. Gives the crashes it saw.
fn simulate(seed: u64) -> u64 {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    runtime.block_on(async {
        let run = world::run(seed).await;
        history::check(&run).await;
        run.crashes
    })
}

#[test]
fn every_acknowledged_command_is_there_once_whatever_fails() {
    let (first, seeds) = (number("NUANXIN_SIM_FIRST", 0), number("NUANXIN_SIM_SEEDS", 200));
    let mut crashes = 0;
    for seed in first..first + seeds {
        match std::panic::catch_unwind(|| simulate(seed)) {
            Ok(seen) => crashes += seen,
            Err(failure) => {
                eprintln!("seed {seed} failed");
                std::panic::resume_unwind(failure);
            }
        }
    }
    assert!(seeds < 50 || crashes > seeds / 4, "only {crashes} crashes in {seeds} seeds: the sea is too calm");
}
