//! `nuanxin due`: does at once what is due by itself. Where a server has the journal, it does it.

use std::io::Write;

use chrono::NaiveDate;
use clap::Args;
use ledger_core::journal::url::JournalUrl;
use serde_json::json;

use super::{CliError, CliResult};
use crate::app::App;
use crate::cli::new_journal::NewJournalArgs;
use crate::exact::Exact;
use crate::local_socket::Client;
use crate::memory;
use crate::service::ServiceError;
use crate::service::due::{Done, carry_out};
use crate::service::reading::read_date;

/// Which of it.
#[derive(Debug, Args)]
pub struct DueArgs {
    /// What is due through this day, YYYY-MM-DD; never after today [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    through: Option<NaiveDate>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn day(text: &str) -> Result<NaiveDate, String> {
    read_date(text.trim()).ok_or_else(|| "not a date; write YYYY-MM-DD, as in 2024-03-05".to_owned())
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`] with exit code 1 for what the ledger refuses, 2 for a journal that cannot be used.
pub async fn run(args: DueArgs, url: &JournalUrl) -> CliResult {
    let done = match Client::connect(url).await? {
        Some(server) => server.carry_out(args.through).await?,
        None => here(args.through, url).await?,
    };
    let Done { confirmed, rejected, released, ended, expired_workers, expired_points, position, .. } = done;
    let text = if args.json {
        let expired = json!({"workers": expired_workers, "points": Exact(expired_points.to_string())});
        let told = json!({"confirmed": confirmed, "rejected": rejected, "released": released, "ended": ended,
            "expired": expired, "position": position});
        format!("{told}\n")
    } else {
        format!(
            "credits confirmed    {confirmed:>9}\ncredits rejected     {rejected:>9}\nholds given back     {released:>9}\n\
             grants ended         {ended:>9}\npoints expired       {expired_points:>9}  of {expired_workers} workers\n"
        )
    };
    let printed = std::io::stdout().write_all(text.as_bytes());
    printed.map_err(|error| CliError::failed(format!("standard output: {error}")))?;
    Ok(std::process::ExitCode::SUCCESS)
}

async fn here(through: Option<NaiveDate>, url: &JournalUrl) -> Result<Done, CliError> {
    // Opening would make the file.
    if let JournalUrl::Sqlite(path) = url
        && !path.exists()
    {
        return Err(CliError::input(format!("there is no journal at {}", path.display())));
    }
    let (app, tasks) = App::open_as(url, memory::ledger_settings(), &NewJournalArgs::default().wanted()).await?;
    let done = carry_out(&app, through).await;
    drop(app);
    tasks.finished().await;
    done.map_err(|no| match no {
        ServiceError::Refused(refusal) => CliError::failed(refusal.message.clone()).coded(Some(refusal.code)),
        other => CliError::failed(other.to_string()),
    })
}
