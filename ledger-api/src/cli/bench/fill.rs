//! Fills a journal with the invented district, in wide batches. What is there already is not made again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use ledger_core::ledger::Submission;
use serde::Serialize;

use super::district::{District, Part};
use super::door::{Door, House};
use super::failed;
use crate::cli::{CliError, progress};

/// Commands of one call: what a batch over HTTP takes.
const CHUNK: usize = 1_000;
/// Calls under way.
const CALLERS: usize = 4;

/// What filling took.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Filled {
    pub(super) commands: u64,
    pub(super) seconds: f64,
}

/// Fills the journal, unless an earlier measurement did.
pub(super) async fn fill(house: &impl House, district: District) -> Result<Filled, CliError> {
    let started = Instant::now();
    house.refuse_a_real_journal().await?;
    if house.is_filled(district).await? {
        return Ok(Filled::default());
    }
    let parts = district.filling();
    let total = parts.iter().map(|part| part.size_hint().0).sum::<usize>();
    let bar = progress::bar(u64::try_from(total).unwrap_or(u64::MAX), "filling");
    let mut commands = 0;
    for part in parts {
        commands += send(house, part, &mut |more| bar.inc(more)).await?;
    }
    bar.finish_and_clear();
    Ok(Filled { commands, seconds: started.elapsed().as_secs_f64() })
}

/// Fills the shelves for a run.
pub(super) async fn restock(house: &impl House, district: District, run: &str) -> Result<(), CliError> {
    send(house, district.restocking(run), &mut |_| {}).await.map(drop)
}

/// Has the workers of a journal that was opened cold brought into memory, as those of a running ledger are.
pub(super) async fn touch(house: &impl House, district: District, run: &str) -> Result<(), CliError> {
    send(house, district.touching(run), &mut |_| {}).await.map(drop)
}

/// Sends the commands of a part, several calls at once.
async fn send(house: &impl House, part: Part, progress: &mut (dyn FnMut(u64) + Send)) -> Result<u64, CliError> {
    let part = Arc::new(Mutex::new(part));
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let mut callers = Vec::with_capacity(CALLERS);
    for _ in 0..CALLERS {
        let (part, tell, mut door) = (Arc::clone(&part), tell.clone(), house.door().await?);
        callers.push(tokio::spawn(async move {
            loop {
                let chunk = next_chunk(&part)?;
                let sent = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
                if sent == 0 {
                    return Ok::<(), CliError>(());
                }
                let answered = door.ask(chunk).await?;
                if answered.refused > 0 {
                    let what = format!("{} of {sent} commands were refused while filling", answered.refused);
                    return Err(failed(format!("{what}; NUANXIN_LOG=debug tells why")));
                }
                // Nobody listens only when the sending was given up.
                let _ = tell.send(sent);
            }
        }));
    }
    drop(tell);
    let mut commands = 0;
    while let Some(sent) = told.recv().await {
        commands += sent;
        progress(sent);
    }
    for caller in callers {
        caller.await.map_err(failed)??;
    }
    Ok(commands)
}

fn next_chunk(part: &Mutex<Part>) -> Result<Vec<Submission>, CliError> {
    let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
    part.by_ref().take(CHUNK).collect()
}
