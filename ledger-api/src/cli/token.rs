//! `nuanxin token`: issues, lists and revokes access tokens, also while a server runs.

mod scope;

use std::io::Write;
use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use clap::Subcommand;
use ledger_core::domain::ids::AccountId;
use ledger_core::journal::url::JournalUrl;
use unicode_width::UnicodeWidthStr;

use crate::access::{Access, AccessError, Role, TokenRecord};
use crate::cli::CliError;
use crate::cli::writer::Writer;
use crate::document::padded;
use crate::local_socket::Client;
use crate::service::accounts::{AskedToken, IssuedToken};
use crate::side_store::SideStoreError;

/// What to do with access tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Issue a token and print it, once, alone on standard output
    Issue {
        /// Of this account, with all its roles
        #[arg(long, value_name = "ACCOUNT", conflicts_with = "scope", group = "whose")]
        account: Option<AccountId>,
        /// Of a new account of a machine with this one role: clerk, operator, approver, branch, merchant, worker, auditor,
        /// admin or machine
        #[arg(long, value_name = "ROLE")]
        role: Option<Role>,
        /// Where the role holds: the clerk's store, the Party branch, the merchant's or the worker's id; operator and
        /// approver may have a site; auditor, admin and machine have none
        #[arg(long, value_name = "SCOPE", requires = "role")]
        scope: Option<String>,
        /// A label to know the token by in lists; not a person's name
        #[arg(long, value_name = "NAME", default_value = "")]
        name: String,
        /// The last day on which it works, YYYY-MM-DD; no end without
        #[arg(long, value_name = "DAY")]
        until: Option<NaiveDate>,
    },
    /// List every token ever issued, without the secrets
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token for ever; it stops working within a second
    Revoke {
        /// The token's id, such as t-1a2b3c4d
        id: String,
    },
}

/// What a command prints.
#[derive(Debug, Default, PartialEq, Eq)]
struct Answer {
    data: String,
    hint: String,
}

/// Carries out `nuanxin token …`.
///
/// # Errors
/// [`CliError`] with exit code 1 when there is no such token to revoke, 2 for arguments or a journal that cannot be used.
pub async fn run(command: TokenCommand, url: &JournalUrl) -> Result<ExitCode, CliError> {
    let answer = carry_out(command, url).await?;
    let printed = |error: std::io::Error| CliError::failed(format!("standard output: {error}"));
    let mut output = std::io::stdout().lock();
    output.write_all(answer.data.as_bytes()).and_then(|()| output.flush()).map_err(printed)?;
    // A hint that nobody can read changes nothing about what was done.
    let _ = std::io::stderr().lock().write_all(answer.hint.as_bytes());
    Ok(ExitCode::SUCCESS)
}

async fn carry_out(command: TokenCommand, url: &JournalUrl) -> Result<Answer, CliError> {
    match command {
        TokenCommand::Issue { account, role, scope, name, until } => {
            let scope = scope.map(|scope| scope.trim().to_owned());
            // Before anything is opened or made, so that a slip of the pen leaves no trace.
            if account.is_none() && role.is_none() {
                let what = "a token is of an account (--account), or of a new one with a single role (--role): name one of them";
                return Err(CliError::input(what));
            }
            let mut unknown = None;
            if let Some(role) = role {
                role.check_scope(scope.as_deref()).map_err(|error| CliError::input(error.to_string()))?;
                unknown = scope::check_known(role, scope.as_deref(), url).await?;
            }
            let asked = AskedToken { account, role: role.map(|role| (role, scope)), name, until };
            let mut answer = issue(asked, url).await?;
            answer.hint.push_str(&unknown.unwrap_or_default());
            Ok(answer)
        }
        TokenCommand::List { json } => {
            let tokens = open(url).await?.list().await.map_err(refused)?;
            if json {
                let text = serde_json::to_string_pretty(&tokens)
                    .map_err(|error| CliError::failed(format!("the list as JSON: {error}")))?;
                return Ok(Answer { data: format!("{text}\n"), hint: String::new() });
            }
            let hint = if tokens.is_empty() { "no token was issued yet; see nuanxin token issue --help\n" } else { "" };
            Ok(Answer { data: table(&tokens), hint: hint.to_owned() })
        }
        TokenCommand::Revoke { id } => {
            let found = match Client::connect(url).await? {
                Some(server) => server.revoke_token(&id).await?,
                None => open(url).await?.revoke(&id).await.map_err(refused)?,
            };
            if found {
                return Ok(Answer { data: String::new(), hint: format!("revoked {}\n", id.trim()) });
            }
            Err(CliError::failed(format!("there is no token {:?}; nuanxin token list shows the ids", id.trim())))
        }
    }
}

async fn issue(asked: AskedToken, url: &JournalUrl) -> Result<Answer, CliError> {
    let writer = Writer::of(url).await?;
    let issued = writer.issue(url, &asked).await;
    writer.finished().await;
    let IssuedToken { account, id, token, waits } = issued?;
    let of =
        asked.role.map_or_else(|| format!("account {account}"), |(role, _)| format!("role {role}, account {account}"));
    let mut hint = format!(
        "issued {id} for {of}; the token above is shown this once only\n\
         to take it back: nuanxin token revoke {id}\n"
    );
    if let Some(grant) = waits {
        hint.push_str(&format!(
            "its role is proposed and does nothing yet: a second administrator must confirm the grant {grant}\n"
        ));
    }
    Ok(Answer { data: format!("{token}\n"), hint })
}

async fn open(url: &JournalUrl) -> Result<Access, CliError> {
    Access::open(url).await.map_err(refused)
}

fn refused(error: AccessError) -> CliError {
    match &error {
        AccessError::Store(SideStoreError::Unavailable(_)) => CliError::failed(error.to_string()),
        AccessError::Input(_) | AccessError::Store(SideStoreError::Unusable(_)) => CliError::input(error.to_string()),
    }
}

/// Columns as wide as their widest value; Chinese characters take two places.
fn table(tokens: &[TokenRecord]) -> String {
    let head = ["id", "account", "role", "scope", "name", "issued", "until", "revoked"].map(str::to_owned);
    let rows: Vec<[String; 8]> = std::iter::once(head).chain(tokens.iter().map(row)).collect();
    let mut widths = [0; 8];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            line.push_str(&padded(cell, *width, false));
            line.push_str("  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn row(token: &TokenRecord) -> [String; 8] {
    let time = |time: &DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let or_dash = |text: &str| if text.is_empty() { String::from("-") } else { text.to_owned() };
    [
        token.id.clone(),
        or_dash(token.account.as_deref().unwrap_or_default()),
        or_dash(&token.role),
        or_dash(token.scope.as_deref().unwrap_or_default()),
        or_dash(&token.name),
        time(&token.issued_at),
        or_dash(token.until.as_deref().unwrap_or_default()),
        token.revoked_at.as_ref().map_or_else(|| String::from("-"), time),
    ]
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use ledger_core::domain::ids::Actor;
    use ledger_core::domain::store::command::StoreDetails;
    use ledger_core::domain::time::BusinessTime;
    use ledger_core::evidence::hash::HashSuite;
    use ledger_core::journal::url::JournalUrl;
    use ledger_core::ledger::{Command, Context, Ledger, LedgerSettings, Submission, commands};

    use super::{TokenCommand, carry_out};
    use crate::access::Access;
    use crate::app::open_journal;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        command: TokenCommand,
    }

    fn command(line: &[&str]) -> TokenCommand {
        Line::try_parse_from(std::iter::once("token").chain(line.iter().copied())).map(|line| line.command).unwrap()
    }

    async fn open_store(url: &JournalUrl, store: &str) {
        let journal = open_journal(url).await.unwrap();
        let (ledger, task) = Ledger::open(journal, LedgerSettings::default(), "test", HashSuite::Sha256).await.unwrap();
        let at = BusinessTime::parse("2024-03-05").unwrap();
        let context = Context { key: "k".parse().unwrap(), actor: Actor::new("test").unwrap(), at };
        let details = StoreDetails { community: None, name: "网点".into(), tier: "微驿站".into(), site: None };
        let command = Command::OpenStore(commands::OpenStore { store: store.parse().unwrap(), details, update: false });
        assert!(ledger.submit(Submission { context, command }).await.receipt().is_some());
        drop(ledger);
        task.finished().await;
    }

    #[tokio::test]
    async fn the_token_stands_alone_on_standard_output_and_works() {
        let folder = tempfile::tempdir().unwrap();
        let url = JournalUrl::Sqlite(folder.path().join("d.db"));
        open_store(&url, "QW-WD001").await;
        let line = ["issue", "--role", "clerk", "--scope", "QW-WD001", "--name", "柜台"];
        let answer = carry_out(command(&line), &url).await.unwrap();
        let token = answer.data.strip_suffix('\n').unwrap();
        assert!(token.starts_with("nx_") && !token.contains(char::is_whitespace));
        assert!(!answer.hint.contains(token));

        let access = Access::open(&url).await.unwrap();
        let shown = access.authenticate(token).await.unwrap().unwrap();
        let account = shown.account.unwrap().to_string();
        assert!(account.starts_with("clerk-"), "{account}");

        let listed = carry_out(command(&["list", "--json"]), &url).await.unwrap();
        let listed: serde_json::Value = serde_json::from_str(&listed.data).unwrap();
        assert_eq!(listed[0]["id"], *shown.id);
        assert_eq!((&listed[0]["role"], &listed[0]["scope"]), (&"clerk".into(), &"QW-WD001".into()));
        assert!(listed[0]["revoked_at"].is_null());

        carry_out(command(&["revoke", &shown.id]), &url).await.unwrap();
        let listed = carry_out(command(&["list"]), &url).await.unwrap().data;
        let lines: Vec<&str> = listed.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("id          account         role   scope     name  issued"), "{listed}");
        assert!(lines[1].contains(&account) && lines[1].contains("QW-WD001  柜台  20"), "{listed}");
        assert!(!lines[1].ends_with('-'), "{listed}");
    }

    #[tokio::test]
    async fn what_cannot_be_done_says_so_with_its_exit_code() {
        let folder = tempfile::tempdir().unwrap();
        let url = JournalUrl::Sqlite(folder.path().join("d.db"));
        let scopeless = carry_out(command(&["issue", "--role", "clerk"]), &url).await.unwrap_err();
        assert_eq!(scopeless.exit, 2);
        let scoped = carry_out(command(&["issue", "--role", "admin", "--scope", "x"]), &url).await.unwrap_err();
        assert_eq!(scoped.exit, 2);
        for (role, scope, code) in [
            ("clerk", "S404", "unknown_store"),
            ("merchant", "M404", "unknown_merchant"),
            ("worker", "W404", "unknown_worker"),
        ] {
            let unknown = carry_out(command(&["issue", "--role", role, "--scope", scope]), &url).await.unwrap_err();
            assert_eq!(unknown.exit, 1);
            let said = unknown.to_string();
            assert!(said.contains(code) && said.contains(scope) && said.contains("没有"), "{said}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made for a refused command");
        // Whoever issues a branch's first card acts for it.
        let first = carry_out(command(&["issue", "--role", "branch", "--scope", "DZB404"]), &url).await.unwrap();
        assert!(first.hint.contains("DZB404") && first.hint.contains("no branch yet"), "{}", first.hint);
        let unknown = carry_out(command(&["revoke", "t-00000000"]), &url).await.unwrap_err();
        assert_eq!(unknown.exit, 1);
        assert!(Line::try_parse_from(["token", "issue", "--role", "root"]).is_err());
    }
}
