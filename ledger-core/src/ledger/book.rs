//! The state in memory: the aggregates that recent commands touched, at one position of the journal.
//!
//! The book is a cache and never the truth: after any failure to append it is thrown away and built again from the
//! journal. Aggregates seldom used fall out; [`super::prepare`] loads what a command names.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lru::LruCache;

use super::cache::Cache;
use super::owner::named_by;
use super::prefetch::Prefetch;
use super::process::{NotLoaded, States};
use super::slots::{InStream, SavedSlots, Slots, found};
use crate::domain::account::Account;
use crate::domain::benefit::{Benefit, Certificate};
use crate::domain::card::Card;
use crate::domain::directory::Directory;
use crate::domain::event::{Event, StreamId};
use crate::domain::fund::Fund;
use crate::domain::ids::{
    AccountId, BenefitId, CardNo, CertificateNo, FundId, GrantId, Key, MarkId, MerchantId, OfferId, PairId, PassNo,
    RequestId, SelectionId, StoreId, WorkerId,
};
use crate::domain::mark::Mark;
use crate::domain::merchant::Merchant;
use crate::domain::pair::Pair;
use crate::domain::pass::{Offer, Pass};
use crate::domain::programme::Programme;
use crate::domain::programme::command::Settings;
use crate::domain::programme::guards::Guards;
use crate::domain::request::ServiceRequest;
use crate::domain::selection::Selection;
use crate::domain::site::Sites;
use crate::domain::store::RedemptionStore;
use crate::domain::worker::Worker;
use crate::evidence::merkle::Frontier;
use crate::journal::{Entry, Head, JournalError, RecordedTime, Snapshot, StoredStream};

/// The most keys whose owner is remembered.
const OWNERS_MAX: usize = 200_000;

/// What a book keeps.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// About how many bytes the aggregates of each kind may take.
    pub cached_bytes_max: usize,
    /// A snapshot of an aggregate is due after so many events of it.
    pub snapshot_every: u64,
}

/// The aggregates at one position.
pub struct Book {
    /// The position everything here is at.
    pub position: u64,
    /// How many streams the journal has.
    pub streams: u64,
    /// When the last batch was recorded.
    pub recorded_at: RecordedTime,
    /// The Merkle frontier; none before the first event.
    pub frontier: Option<Frontier>,
    slots: Slots,
    prefetched: Prefetch,
    owners: LruCache<Key, StreamId>,
    /// Aggregates of which a snapshot may be due.
    due: Vec<StreamId>,
    limits: Limits,
    /// What of the workers' limit those that commands named leave to those read ahead.
    room: Arc<AtomicUsize>,
    /// Guards that commands turn on which are about to be decided.
    coming_guards: Guards,
}

impl Book {
    /// An empty book at a head.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] when the head's frontier cannot be read.
    pub fn at(head: &Head, limits: Limits) -> Result<Book, JournalError> {
        let frontier = if head.frontier.is_empty() {
            None
        } else {
            let damaged = |what: String| JournalError::Damaged { position: head.position, what };
            let frontier = Frontier::from_bytes(&head.frontier).map_err(|error| damaged(error.to_string()))?;
            if frontier.size() != head.position {
                return Err(damaged(format!("the Merkle frontier holds {} entries", frontier.size())));
            }
            Some(frontier)
        };
        Ok(Book {
            position: head.position,
            streams: head.streams,
            recorded_at: head.recorded_at,
            frontier,
            slots: Slots::default(),
            prefetched: Prefetch::default(),
            owners: LruCache::unbounded(),
            due: Vec::new(),
            limits,
            room: Arc::new(AtomicUsize::new(limits.cached_bytes_max)),
            coming_guards: Guards::default(),
        })
    }

    /// Takes over what only the head tells, once everything up to it was folded.
    ///
    /// # Errors
    /// As for [`Book::at`].
    pub fn take_over(&mut self, head: &Head) -> Result<(), JournalError> {
        let fresh = Book::at(head, self.limits)?;
        (self.streams, self.frontier, self.recorded_at) = (fresh.streams, fresh.frontier, fresh.recorded_at);
        Ok(())
    }

    /// Whether a stream is in memory; keeps it from falling out soon.
    pub fn holds(&mut self, stream: &StreamId) -> bool {
        self.slots.touch(stream)
    }

    /// Fetches a stream that is not in memory from what was read ahead; false when it is not there either.
    pub fn fetch(&mut self, stream: &StreamId) -> bool {
        let StreamId::Worker(id) = stream else { return false };
        let Some(loaded) = self.prefetched.take(id) else { return false };
        self.slots.workers.put(id.clone(), loaded);
        true
    }

    /// From here on it is told apart which workers a reading ahead up to this position misses something of.
    pub fn await_prefetch(&mut self) {
        self.prefetched = Prefetch::awaited();
    }

    /// Takes in the workers as they stood at the position where they began to be awaited.
    pub fn take_prefetched(&mut self, workers: Cache<WorkerId, Worker>) {
        self.prefetched.fill(workers);
    }

    /// Takes a loaded stream in; false when its snapshot cannot be read and the whole stream is needed instead.
    ///
    /// # Errors
    /// [`JournalError::Damaged`].
    pub fn insert(&mut self, stored: &StoredStream) -> Result<bool, JournalError> {
        self.slots.insert(stored)
    }

    /// Takes note of the settings that commands change which are about to be decided: whatever guard one of them turns on
    /// may ask about those behind it, also where another turns it off again.
    pub fn await_settings<'a>(&mut self, settings: impl Iterator<Item = &'a Settings>) {
        self.coming_guards = settings.fold(Guards::default(), |guards, settings| guards.and_on(&settings.guards));
    }

    /// The guards that [`Book::await_settings`] took note of.
    pub fn coming_guards(&self) -> &Guards {
        &self.coming_guards
    }

    /// Remembers whose a keyed thing is.
    pub fn remember_owner(&mut self, key: Key, owner: StreamId) {
        self.owners.put(key, owner);
    }

    /// Whether it is remembered whose a keyed thing is.
    pub fn knows_owner(&self, key: &Key) -> bool {
        self.owners.contains(key)
    }

    /// Folds an event that somebody else appended.
    pub fn catch_up(&mut self, entry: &Entry, event: &Event) {
        self.note(event);
        self.slots.follow(event, entry.sequence);
        self.position = entry.position;
        self.recorded_at = entry.command.recorded_at;
    }

    /// Whether the aggregate that an event belongs to is in memory. One that is not would begin a second time.
    pub fn holds_stream_of(&self, event: &Event) -> bool {
        self.slots.has_stream_of(event)
    }

    /// Folds an event just decided; gives its stream's number, whether the stream begins with it, and its sequence.
    pub fn apply(&mut self, event: &Event) -> InStream {
        self.note(event);
        let (place, due) = self.slots.apply(event, &mut self.streams, self.limits.snapshot_every);
        if due {
            self.due.push(event.stream());
        }
        place
    }

    /// The snapshots due among the aggregates that events were applied to since the last call.
    pub fn due_snapshots(&mut self) -> Vec<Snapshot> {
        let due = std::mem::take(&mut self.due);
        due.iter().filter_map(|stream| self.slots.due_snapshot(stream, self.limits.snapshot_every)).collect()
    }

    /// Lets what was used longest ago fall out, down to the limits, but never the `kept` used last: a decision takes what
    /// is not in memory for what was never recorded, and what is on its way cannot be loaded yet.
    pub fn trim(&mut self, kept: usize) {
        let max = self.limits.cached_bytes_max;
        self.slots.trim(max, kept);
        // What was read ahead and never asked for has the room that is left.
        let room = max.saturating_sub(self.slots.workers.weight());
        self.prefetched.trim(room);
        self.room.store(room, Ordering::Relaxed);
        while self.owners.len() > OWNERS_MAX {
            self.owners.pop_lru();
        }
    }

    /// About how many bytes of memory it takes.
    pub const fn weight(&self) -> usize {
        self.slots.weight() + self.prefetched.weight()
    }

    /// About how many bytes workers that are being read ahead may take, as it stands after each [`Book::trim`].
    pub fn room(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.room)
    }

    /// Sets aside the states of streams, so that [`Book::roll_back`] can bring them back.
    pub fn save(&self, streams: &[StreamId]) -> Saved {
        Saved { streams: self.streams, slots: self.slots.save(streams) }
    }

    /// Brings saved states back.
    pub fn roll_back(&mut self, saved: Saved) {
        self.streams = saved.streams;
        self.slots.roll_back(saved.slots);
    }

    /// What else an event tells: whose a keyed thing is, and that a worker read ahead is out of date.
    fn note(&mut self, event: &Event) {
        if let Event::Worker(event) = event {
            self.prefetched.outdate(event.worker());
        }
        if let Some(key) = named_by(event) {
            self.owners.put(key, event.stream());
        }
    }
}

/// What is set aside before a group of commands that stands or falls together.
pub struct Saved {
    streams: u64,
    slots: SavedSlots,
}

impl States for Book {
    fn programme(&self) -> Result<&Programme, NotLoaded> {
        found(&self.slots.programme, &(), |()| StreamId::Programme)
    }

    fn worker(&self, id: &WorkerId) -> Result<&Worker, NotLoaded> {
        found(&self.slots.workers, id, StreamId::Worker)
    }

    fn merchant(&self, id: &MerchantId) -> Result<&Merchant, NotLoaded> {
        found(&self.slots.merchants, id, StreamId::Merchant)
    }

    fn store(&self, id: &StoreId) -> Result<&RedemptionStore, NotLoaded> {
        found(&self.slots.stores, id, StreamId::Store)
    }

    fn card(&self, id: &CardNo) -> Result<&Card, NotLoaded> {
        found(&self.slots.cards, id, StreamId::Card)
    }

    fn mark(&self, id: &MarkId) -> Result<&Mark, NotLoaded> {
        found(&self.slots.marks, id, StreamId::Mark)
    }

    fn account(&self, id: &AccountId) -> Result<&Account, NotLoaded> {
        found(&self.slots.accounts, id, StreamId::Account)
    }

    fn directory(&self) -> Result<&Directory, NotLoaded> {
        found(&self.slots.directory, &(), |()| StreamId::Directory)
    }

    fn sites(&self) -> Result<&Sites, NotLoaded> {
        found(&self.slots.sites, &(), |()| StreamId::Sites)
    }

    fn request(&self, id: &RequestId) -> Result<&ServiceRequest, NotLoaded> {
        found(&self.slots.requests, id, StreamId::Request)
    }

    fn pair(&self, id: &PairId) -> Result<&Pair, NotLoaded> {
        found(&self.slots.pairs, id, StreamId::Pair)
    }

    fn fund(&self, id: &FundId) -> Result<&Fund, NotLoaded> {
        found(&self.slots.funds, id, StreamId::Fund)
    }

    fn benefit(&self, id: &BenefitId) -> Result<&Benefit, NotLoaded> {
        found(&self.slots.benefits, id, StreamId::Benefit)
    }

    fn certificate(&self, id: &CertificateNo) -> Result<&Certificate, NotLoaded> {
        found(&self.slots.certificates, id, StreamId::Certificate)
    }

    fn pass(&self, id: &PassNo) -> Result<&Pass, NotLoaded> {
        found(&self.slots.passes, id, StreamId::Pass)
    }

    fn offer(&self, id: &OfferId) -> Result<&Offer, NotLoaded> {
        found(&self.slots.offers, id, StreamId::Offer)
    }

    fn selection(&self, id: &SelectionId) -> Result<&Selection, NotLoaded> {
        found(&self.slots.selections, id, StreamId::Selection)
    }

    fn owner(&self, key: &Key) -> Option<&WorkerId> {
        if let Some(StreamId::Worker(worker)) = self.owners.peek(key) { Some(worker) } else { None }
    }

    fn grantee(&self, grant: &GrantId) -> Option<&AccountId> {
        if let Some(StreamId::Account(account)) = self.owners.peek(grant.as_str()) { Some(account) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Book, Limits};
    use crate::domain::event::{Event, StreamId, V1};
    use crate::domain::ids::Actor;
    use crate::domain::ids::WorkerId;
    use crate::domain::refusal::Code;
    use crate::domain::time::BusinessTime;
    use crate::domain::worker::event::{WorkerDeparted, WorkerEvent};
    use crate::evidence::hash::HashSuite;
    use crate::evidence::merkle::Frontier;
    use crate::journal::entry::CommandFrame;
    use crate::journal::memory::MemoryJournal;
    use crate::journal::{Entry, Head, RecordedTime};
    use crate::ledger::cache::{Cache, Loaded};
    use crate::ledger::commands::samples::samples;
    use crate::ledger::round::{Decided, Round};
    use crate::ledger::{Command, Context, Outcome, Submission, prepare};

    fn worker(id: &str) -> WorkerId {
        id.parse().expect("an id")
    }

    fn departed(id: &str) -> Event {
        let at = BusinessTime::from_instant(&chrono::DateTime::UNIX_EPOCH);
        let departed = WorkerDeparted { at, reason: "moved".into(), v: V1, worker: worker(id) };
        Event::Worker(WorkerEvent::WorkerDeparted(departed))
    }

    fn entry(id: &str) -> Entry {
        Entry {
            position: 1,
            nth: 0,
            stream_no: 1,
            sequence: 8,
            command: Arc::new(CommandFrame::unknown()),
            event_type: departed(id).event_type().into(),
            payload: Vec::new(),
            leaf: [0; 32],
        }
    }

    /// One whose workers are being read ahead.
    fn book() -> Book {
        let mut book =
            Book::at(&Head::empty(), Limits { cached_bytes_max: 1 << 20, snapshot_every: 9 }).expect("a book");
        book.await_prefetch();
        book
    }

    fn read() -> Cache<WorkerId, crate::domain::worker::Worker> {
        let mut read = Cache::default();
        (1..).zip(["W-1", "W-2", "W-3"]).for_each(|(number, id)| read.put(worker(id), Loaded::beginning(number)));
        read
    }

    #[test]
    fn who_changed_while_workers_were_read_ahead_is_not_taken_from_there() {
        let mut book = book();
        book.apply(&departed("W-1"));
        book.catch_up(&entry("W-2"), &departed("W-2"));
        book.take_prefetched(read());
        let fetched = ["W-1", "W-2", "W-3"].map(|id| book.fetch(&StreamId::Worker(worker(id))));
        assert_eq!(fetched, [false, false, true]);
    }

    fn submission(name: &str, command: Command) -> Submission {
        let at = BusinessTime::from_instant(&chrono::DateTime::UNIX_EPOCH);
        let (key, actor) = (name.parse().expect("a key"), Actor::new("test").expect("an actor"));
        Submission { context: Context { key, actor, at }, command }
    }

    /// A book in which nothing is loaded but what a command says by its key alone.
    fn empty_but_for_owners(submission: &Submission) -> Book {
        let mut book = book();
        book.frontier = Some(Frontier::new(HashSuite::Sha256));
        if let Some(key) = submission.command.named_key() {
            let of_account = matches!(submission.command, Command::ConfirmGrant(_) | Command::EndGrant(_));
            let account = || StreamId::Account("A-1".parse().expect("an id"));
            book.remember_owner(key, if of_account { account() } else { StreamId::Worker(worker("W-1")) });
        }
        book
    }

    fn decided(book: &mut Book, submissions: &[Submission], atomic: bool) -> Decided {
        // After every day that a sample names: nothing is refused for lying ahead.
        let now = RecordedTime::from_micros(1_906_516_800_000_000);
        let mut round = Round::new(book, now);
        round.decide(book, submissions, atomic);
        round.finish(book).expect("a round")
    }

    fn codes(decided: &Decided) -> Vec<Option<Code>> {
        decided.outcomes.iter().flatten().map(Outcome::code).collect()
    }

    #[test]
    fn nothing_is_decided_on_what_was_not_loaded() {
        for (name, command) in samples().into_iter().filter(|(name, _)| !name.ends_with("/awkward")) {
            let asked = submission(name, command);
            for atomic in [false, true] {
                let mut book = empty_but_for_owners(&asked);
                let told = decided(&mut book, std::slice::from_ref(&asked), atomic);
                assert_eq!(codes(&told), [Some(Code::JournalUnavailable)], "{name}");
                assert!(told.batch.is_none(), "{name}");
            }
        }
    }

    #[test]
    fn who_stands_or_falls_with_it_is_told_of_a_fault_and_not_of_a_mistake() {
        let (_, redeem) = samples().into_iter().find(|(name, _)| *name == "redeem/now").expect("a sample");
        let (_, store) = samples().into_iter().find(|(name, _)| *name == "open_store/full").expect("a sample");
        let group = [submission("a", store), submission("b", redeem)];
        let mut book = empty_but_for_owners(&group[1]);
        assert_eq!(codes(&decided(&mut book, &group, true)), [Some(Code::JournalUnavailable); 2]);
    }

    #[tokio::test]
    async fn what_a_command_names_suffices_to_decide_it() {
        let journal = MemoryJournal::default();
        for (name, command) in samples() {
            let asked = submission(name, command);
            let mut book = empty_but_for_owners(&asked);
            prepare::load(&journal, &mut book, &[&asked]).await.expect("it is loaded");
            let told = codes(&decided(&mut book, &[asked], false));
            assert_ne!(told, [Some(Code::JournalUnavailable)], "{name}");
        }
    }

    /// Whether a command moves goods and points at a counter, or takes that back. Named one by one: whoever adds a command
    /// says so here.
    const fn spends_or_undoes(command: &Command) -> bool {
        match command {
            Command::Redeem(_)
            | Command::ReverseRedemption(_)
            | Command::PlaceHold(_)
            | Command::CaptureHold(_)
            | Command::ReleaseHold(_)
            | Command::DeliverRedemption(_) => true,
            Command::OpenJournal(_)
            | Command::Configure(_)
            | Command::AdoptSchedule(_)
            | Command::SealAppraisal(_)
            | Command::RegisterWorker(_)
            | Command::DepartWorker(_)
            | Command::EraseWorker(_)
            | Command::MergeWorkers(_)
            | Command::IssueCard(_)
            | Command::MoveCard(_)
            | Command::CloseCard(_)
            | Command::RegisterMerchant(_)
            | Command::PaySettlement(_)
            | Command::PrepareStatement(_)
            | Command::DisputeStatement(_)
            | Command::AcknowledgeStatement(_)
            | Command::AnswerDispute(_)
            | Command::ConfirmStatement(_)
            | Command::PayBody(_)
            | Command::OpenStore(_)
            | Command::CloseStore(_)
            | Command::ReopenStore(_)
            | Command::ListItem(_)
            | Command::DelistItem(_)
            | Command::Restock(_)
            | Command::CountStock(_)
            | Command::WriteOffStock(_)
            | Command::RecordCredit(_)
            | Command::JudgeCredit(_)
            | Command::SettleCredit(_)
            | Command::SettleCase(_)
            | Command::EnrolDevice(_)
            | Command::ExpireLots(_)
            | Command::OpenAccount(_)
            | Command::GrantRole(_)
            | Command::ConfirmGrant(_)
            | Command::EndGrant(_)
            | Command::OpenSite(_)
            | Command::MoveSite(_)
            | Command::CloseSite(_)
            | Command::SetServices(_)
            | Command::RegisterAppointment(_)
            | Command::ProposeAppointment(_)
            | Command::ConfirmAppointment(_)
            | Command::RejectAppointment(_)
            | Command::OpenPair(_)
            | Command::RecordVisit(_)
            | Command::ConfirmVisit(_)
            | Command::StandInForVisit(_)
            | Command::PostRequest(_)
            | Command::RecordHandling(_)
            | Command::RateHandling(_)
            | Command::ClaimRequest(_)
            | Command::ReportHandling(_)
            | Command::ReturnClaim(_)
            | Command::RouteRequest(_)
            | Command::WithdrawRequest(_)
            | Command::MergeRequest(_)
            | Command::RegisterFund(_)
            | Command::RegisterBenefit(_)
            | Command::ApplyBenefit(_)
            | Command::UseBenefit(_)
            | Command::WithdrawBenefit(_)
            | Command::ProposeBenefit(_)
            | Command::CheckBenefit(_)
            | Command::RejectBenefit(_)
            | Command::ReverseBenefitUse(_)
            | Command::IssuePass(_)
            | Command::RegisterOffer(_)
            | Command::UsePass(_)
            | Command::ReversePassUse(_)
            | Command::AnnounceSelection(_)
            | Command::GiveWord(_)
            | Command::SealSelection(_)
            | Command::DrawSelection(_)
            | Command::ObjectToSelection(_)
            | Command::AnswerObjection(_)
            | Command::ReviseSelection(_)
            | Command::RecordResult(_) => false,
        }
    }

    #[test]
    fn whoever_spends_or_undoes_it_has_the_programme_loaded() {
        for (name, command) in samples() {
            let spends = spends_or_undoes(&command);
            let asked = submission(name, command);
            let named = asked.streams(&empty_but_for_owners(&asked));
            assert!(!spends || named.contains(&StreamId::Programme), "{name}");
        }
    }

    #[test]
    fn who_changed_since_is_not_either() {
        let mut book = book();
        book.take_prefetched(read());
        book.apply(&departed("W-1"));
        book.catch_up(&entry("W-2"), &departed("W-2"));
        let fetched = ["W-1", "W-2", "W-3"].map(|id| book.fetch(&StreamId::Worker(worker(id))));
        assert_eq!(fetched, [false, false, true]);
        assert!(book.holds(&StreamId::Worker(worker("W-3"))) && !book.holds(&StreamId::Worker(worker("W-2"))));
    }
}
