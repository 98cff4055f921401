//! The server's side: one task a client, one question of it at a time.

use std::io;
use std::time::Duration;

use ledger_core::domain::ids::Actor;
use tokio::net::UnixStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::message::{Answer, Asked, Hello, Question, receive, send};
use super::place::Socket;
use crate::access::AccessError;
use crate::access::policy::Who;
use crate::app::App;
use crate::service::accounts::{self, AccountError};
use crate::service::destination::{Destination, DestinationError, OwnLedger, machine_owner};
use crate::service::due::carry_out;
use crate::side_store::SideStoreError;
use crate::stopping::Stopping;

/// How long questions under way may take once the server is to stop.
const STOP_WAIT: Duration = Duration::from_secs(10);
/// The pause after a failed accept, such as for lack of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Answers clients until the server stops; then what they asked is answered, and nothing more is taken.
pub async fn serve(socket: Socket, app: App, stopping: Stopping) {
    let mut stop = std::pin::pin!(stopping.clone().raised());
    let mut clients = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            Some(_) = clients.join_next(), if !clients.is_empty() => continue,
            accepted = socket.listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let (app, stopping) = (app.clone(), stopping.clone());
                clients.spawn(async move {
                    if let Err(error) = converse(stream, &app, stopping).await {
                        tracing::debug!(%error, "a client of the local socket ended early");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a client of the local socket could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    // Before the journal is given back: whoever comes later finds no server, and not one that is silent.
    drop(socket);
    let all_answered = async { while clients.join_next().await.is_some() {} };
    if timeout(STOP_WAIT, all_answered).await.is_err() {
        tracing::warn!(open = clients.len(), "clients of the local socket were cut off: they took too long");
    }
    // Every client holds the ledger open: none may outlive this.
    clients.shutdown().await;
}

async fn converse(mut stream: UnixStream, app: &App, stopping: Stopping) -> io::Result<()> {
    let mut stop = std::pin::pin!(stopping.raised());
    send(&mut stream, &Hello::own()).await?;
    loop {
        let question: io::Result<Option<Question>> = tokio::select! {
            biased;
            () = &mut stop => return Ok(()),
            question = receive(&mut stream) => question,
        };
        let answer = match question {
            Ok(Some(question)) => answer(question, app).await,
            Ok(None) => return Ok(()),
            Err(error) => {
                // What follows cannot be told apart any more.
                let message = format!("the question cannot be read: {error}");
                return send(&mut stream, &Answer::Failed { unusable: true, message }).await;
            }
        };
        send(&mut stream, &answer).await?;
    }
}

async fn answer(question: Question, app: &App) -> Answer {
    let own = OwnLedger { ledger: &app.ledger, vault: Some(&app.vault), who: Who::Owner };
    let answered = match question {
        Question::Submit(asked) => match machine_owner() {
            Ok(actor) => own.submit(&submissions(asked, &actor)).await.map(Answer::Told),
            Err(error) => Err(DestinationError::Account(error)),
        },
        Question::RememberWitnesses(names) => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            own.remember_witnesses(&names).await.map(|pseudonyms| Answer::Pseudonyms(pseudonyms.unwrap_or_default()))
        }
        Question::AreOwnWitnesses(asked) => own.are_own_witnesses(asked).await.map(Answer::OwnWitnesses),
        Question::AsWitnesses(workers) => own.as_witnesses(workers).await.map(Answer::AsWitnesses),
        Question::KeepNames(names) => own.keep_names(names).await.map(|()| Answer::Kept),
        Question::CarryOut(through) => {
            return carry_out(app, through)
                .await
                .map_or_else(|refused| Answer::Failed { unusable: false, message: refused.to_string() }, Answer::Done);
        }
        Question::IssueToken(asked) => {
            return accounts::issue(&app.ledger, &app.access, &asked)
                .await
                .map_or_else(|error| no(&error), Answer::Issued);
        }
        Question::GiveAccount { key, command, name } => {
            let given = accounts::give(&app.ledger, Some(&app.vault), key, *command, name.as_deref()).await;
            return given.map_or_else(|error| no(&error), |(told, waits)| Answer::Account { told, waits });
        }
        Question::RevokeToken { id } => {
            return app
                .access
                .revoke(&id)
                .await
                .map_or_else(|error| refused(&error), |found| Answer::Revoked { found });
        }
    };
    answered.unwrap_or_else(|error| Answer::Failed { unusable: false, message: error.to_string() })
}

fn submissions(asked: Vec<Asked>, actor: &Actor) -> Vec<ledger_core::ledger::Submission> {
    asked.into_iter().map(|asked| asked.by(actor.clone())).collect()
}

fn no(error: &AccountError) -> Answer {
    let unusable = match error {
        AccountError::Refused(_) | AccountError::Id(_) | AccountError::Denied(_) => true,
        AccountError::Access(error) => return refused(error),
        AccountError::Journal(_) | AccountError::Name(_) | AccountError::Unnamed(_) | AccountError::Unknown => false,
    };
    Answer::Failed { unusable, message: error.to_string() }
}

fn refused(error: &AccessError) -> Answer {
    let unusable = !matches!(error, AccessError::Store(SideStoreError::Unavailable(_)));
    Answer::Failed { unusable, message: error.to_string() }
}
