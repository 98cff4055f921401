//! What clients know: every request they sent and what they were told. The other half of the truth is the journal.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nuanxin_tests::{Answer, Api, Request, Unanswered};

/// A request that may have reached a server, and its end.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// When it was sent, since the record began.
    pub(crate) sent_at: Duration,
    /// How long its end took to come.
    pub(crate) took: Duration,
    /// What was sent.
    pub(crate) request: Request,
    /// What was answered, or why nothing was.
    pub(crate) answer: Answer,
}

impl Attempt {
    /// Whether a server said that the command took effect.
    pub(crate) fn is_acknowledged(&self) -> bool {
        matches!(self.answer, Ok((200..=299, _)))
    }

    /// Whether a fault met it: no answer, or one that says that the server could not.
    pub(crate) fn is_interrupted(&self) -> bool {
        matches!(self.answer, Err(Unanswered::Lost(_)) | Ok((500..=599, _)))
    }

    /// Whether the client cannot know what became of it: no answer, or one that says so.
    pub(crate) fn is_unknown(&self) -> bool {
        match &self.answer {
            Err(Unanswered::Lost(_)) => true,
            Err(Unanswered::NotSent(_)) => false,
            Ok((500..=599, body)) => body["code"] != "journal_unavailable" || !body["outcome"].is_null(),
            Ok(_) => false,
        }
    }
}

/// Every attempt of all clients of a test.
pub(crate) struct Record {
    began: Instant,
    attempts: Mutex<Vec<Attempt>>,
}

impl Record {
    /// An empty one.
    pub(crate) fn new() -> Record {
        Record { began: Instant::now(), attempts: Mutex::default() }
    }

    /// The time since it began, as attempts carry it.
    pub(crate) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Sends a request once and writes down what became of it. One that found no server leaves no trace.
    pub(crate) async fn send(&self, api: &Api, request: &Request) -> Answer {
        let began = Instant::now();
        let answer = api.send(request).await;
        if !matches!(answer, Err(Unanswered::NotSent(_))) {
            let (sent_at, took) = (began - self.began, began.elapsed());
            self.note(Attempt { sent_at, took, request: request.clone(), answer: answer.clone() });
        }
        answer
    }

    /// Writes an attempt down.
    pub(crate) fn note(&self, attempt: Attempt) {
        self.lock().push(attempt);
    }

    /// Everything so far, in the order of sending.
    pub(crate) fn attempts(&self) -> Vec<Attempt> {
        let mut attempts = self.lock().clone();
        attempts.sort_by_key(|attempt| attempt.sent_at);
        attempts
    }

    /// The highest position that anyone was told.
    pub(crate) fn highest_position(&self) -> u64 {
        let attempts = self.lock();
        let told = attempts.iter().filter(|attempt| attempt.is_acknowledged());
        told.filter_map(|attempt| attempt.answer.as_ref().ok()?.1["position"].as_u64()).max().unwrap_or(0)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Attempt>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A percentile of durations, in thousandths: 990 is the 99th.
pub(crate) fn percentile(durations: &[Duration], thousandths: usize) -> Duration {
    let mut sorted = durations.to_vec();
    sorted.sort();
    let index = (sorted.len() * thousandths / 1_000).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or_default()
}
