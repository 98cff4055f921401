//! The fold over a bundle's events, in order: the log, the order of entries, keys, invariants, and who has which
//! entries.

use foldhash::{HashSet, HashSetExt};

use super::checkpoints::{Checkpoints, Signed};
use super::prepare::{Command, Prepared};
use super::{End, invalid};
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::WorkerId;
use crate::evidence::books::{Books, zero_sum};
use crate::evidence::bundle::cover::NodeLine;
use crate::evidence::bundle::manifest::{Manifest, RuleVersion, Scope, rule_version};
use crate::evidence::bundle::streams::{self, Streams};
use crate::evidence::hash::{Hash, HashSuite};
use crate::evidence::merkle::Frontier;

/// Where the fold stands.
pub(super) struct Walk {
    pub(super) manifest: Manifest,
    pub(super) suite: HashSuite,
    frontier: Frontier,
    checkpoints: Checkpoints,
    events: u64,
    recorded_at: [u8; 32],
    /// Position and command of the event before.
    last: (u64, Command),
    keys: HashSet<[u8; 16]>,
    streams: Streams,
    /// Positions of the worker that the bundle is about.
    own: Vec<u64>,
    rules: Vec<RuleVersion>,
    pub(super) books: Books,
}

/// What the fold came to.
pub(super) struct Verified {
    pub(super) events: u64,
    pub(super) root: Hash,
    pub(super) streams_root: Option<Hash>,
    pub(super) streams_signed: bool,
    pub(super) signed: Option<Signed>,
}

impl Walk {
    pub(super) fn new(suite: HashSuite, manifest: &Manifest, checkpoints: Checkpoints) -> Result<Walk, End> {
        if let Scope::Range { from, to, .. } = manifest.scope
            && (from == 0 || from > to || to > manifest.size)
        {
            return Err(invalid(None, "the manifest's range is none of this log"));
        }
        let books = manifest.scope.books();
        let mut walk = Walk {
            manifest: manifest.clone(),
            suite,
            frontier: Frontier::new(suite),
            checkpoints,
            events: 0,
            recorded_at: [0; 32],
            last: (0, Command::default()),
            keys: HashSet::new(),
            streams: Streams::default(),
            own: Vec::new(),
            rules: Vec::new(),
            books,
        };
        walk.held()?;
        Ok(walk)
    }

    /// The position that comes next.
    pub(super) fn next(&self) -> u64 {
        self.frontier.size().saturating_add(1)
    }

    /// Takes what is hidden before a position, or before the log's end.
    pub(super) fn hidden(
        &mut self,
        before: u64,
        nodes: &mut dyn FnMut() -> Result<Option<NodeLine>, End>,
    ) -> Result<(), End> {
        while self.next() < before {
            let next = self.next();
            let missing = |what: &str| invalid(next, format!("neither given nor hidden{what}; it was removed"));
            if matches!(self.manifest.scope, Scope::Journal) {
                return Err(missing(""));
            }
            if next == 1 {
                return Err(invalid(1, "the first event is not given, which says how the log is hashed"));
            }
            let node = nodes()?.ok_or_else(|| missing(""))?;
            let leaves = 1_u64.checked_shl(node.level).ok_or_else(|| missing(" by a subtree that can be"))?;
            let end = node.first.checked_add(leaves).filter(|end| node.first == next && *end <= before);
            let end = end.ok_or_else(|| missing(" by the subtree that should stand here"))?;
            if let Scope::Range { from, to, .. } = self.manifest.scope
                && node.first <= to
                && from < end
            {
                return Err(invalid(from.max(node.first), "hidden, though the bundle says it is given"));
            }
            let hash = node.hash.parse().map_err(|error| invalid(next, format!("its subtree: {error}")))?;
            self.frontier.push_subtree(node.level, hash).map_err(|error| invalid(next, error.to_string()))?;
            self.held()?;
        }
        Ok(())
    }

    /// Folds one event.
    pub(super) fn event(&mut self, event: &Prepared) -> Result<(), End> {
        let Prepared { position, leaf, .. } = event;
        let wrong = |what: String| invalid(*position, what);
        if *position != self.next() {
            return Err(wrong(format!("stands where {} should stand", self.next())));
        }
        if *position > self.manifest.size {
            return Err(wrong("stands beyond the log's end".into()));
        }
        self.order(event)?;
        if *position == 1 {
            self.opened(&event.event)?;
        }
        if !self.manifest.scope.gives(*position, &event.event) {
            return Err(wrong("is not of what the bundle says it covers".into()));
        }
        self.frontier.push(*leaf).map_err(|error| wrong(error.to_string()))?;
        if let Event::Worker(own) = &event.event {
            zero_sum(&own.movements()).map_err(&wrong)?;
        }
        self.rules.extend(rule_version(*position, &event.event));
        // By what rates and caps a worker was credited is told beside the worker's own events.
        if !self.manifest.scope.covers(*position, &event.event) && self.manifest.scope.has_balances() {
            self.books.book(&event.event).map_err(&wrong)?;
        }
        if self.manifest.scope.covers(*position, &event.event) {
            self.books.book(&event.event).map_err(&wrong)?;
            match self.manifest.scope {
                Scope::Journal => self.streams.add(event.event.stream(), *position),
                Scope::Worker { .. } => self.own.push(*position),
                Scope::Range { .. } => {}
            }
        }
        self.events = self.events.saturating_add(1);
        self.held()
    }

    /// Commands stand whole, keys once, and the recorded time never goes back.
    fn order(&mut self, event: &Prepared) -> Result<(), End> {
        let wrong = |what: &str| invalid(event.position, what);
        if event.recorded_at < self.recorded_at {
            return Err(wrong("was recorded before the entry it follows"));
        }
        self.recorded_at = event.recorded_at;
        let (position, command) = self.last;
        // Of a part of a journal only some events of a command may be given.
        let goes_on =
            command == event.command && (self.manifest.scope != Scope::Journal || position + 1 == event.position);
        if !goes_on {
            self.books.settled().map_err(|due| wrong(&due))?;
            if !self.keys.insert(event.command.key) {
                return Err(wrong("its key was used by an earlier command"));
            }
        }
        self.last = (event.position, event.command);
        Ok(())
    }

    /// The first event says which journal it is and how it is hashed.
    fn opened(&self, event: &Event) -> Result<(), End> {
        let Some(opened) = event.as_opening() else {
            return Err(invalid(1, "the first event does not open a journal"));
        };
        if opened.origin != self.manifest.origin || opened.suite != self.manifest.suite {
            let what = format!("opens the journal {} with {}, not the one of this bundle", opened.origin, opened.suite);
            return Err(invalid(1, what));
        }
        Ok(())
    }

    fn held(&mut self) -> Result<(), End> {
        let size = self.frontier.size();
        if let Some(passed) = self.checkpoints.passed(size) {
            return Err(passed);
        }
        self.checkpoints.hold(size, || self.frontier.root())
    }

    /// Ends the fold: everything the manifest says must be so.
    pub(super) fn finish(self) -> Result<Verified, End> {
        let (manifest, size) = (&self.manifest, self.frontier.size());
        if size != manifest.size {
            let what = format!("the events end here, but the bundle says the log has {} entries", manifest.size);
            return Err(invalid(size.saturating_add(1), what));
        }
        if let Some(longer) = self.checkpoints.next() {
            let what = format!("a checkpoint in it was taken over {longer} entries; the tail is gone");
            return Err(invalid(size.saturating_add(1), what));
        }
        let root = self.frontier.root();
        if root.to_string() != manifest.root {
            return Err(invalid(None, "the manifest's root is not that of the events"));
        }
        if self.events != manifest.events || self.rules != manifest.rules {
            return Err(invalid(None, "the manifest names other events or rules than are given"));
        }
        let told: Hash = manifest
            .streams_root
            .parse()
            .map_err(|error| invalid(None, format!("the manifest's root of streams: {error}")))?;
        let streams_root = match &manifest.scope {
            Scope::Journal => {
                let root = self.streams.root(self.suite);
                if root != told || self.streams.count() != manifest.streams {
                    return Err(invalid(None, "the manifest's root of streams is not that of the events"));
                }
                Some(root)
            }
            Scope::Range { .. } => None,
            Scope::Worker { worker } => {
                self.whole_stream(worker, told)?;
                None
            }
        };
        // A signature over what came before a range says nothing of the range.
        let reaches = |signed: &Signed| !matches!(manifest.scope, Scope::Range { from, .. } if signed.size < from);
        let signed = self.checkpoints.into_signed().filter(reaches);
        let bound = signed.as_ref().filter(|signed| signed.size == size).and_then(|signed| signed.streams);
        if bound.is_some_and(|bound| bound != told) {
            return Err(invalid(None, "the streams are not those that were signed"));
        }
        Ok(Verified { events: self.events, root, streams_root, streams_signed: bound.is_some(), signed })
    }

    /// Nothing of the worker is missing, if the root of streams is true.
    fn whole_stream(&self, worker: &str, root: Hash) -> Result<(), End> {
        let missing = |what: String| {
            let last = self.own.last().copied().unwrap_or(0);
            invalid(last.saturating_add(1), format!("not all that the worker has is given: {what}"))
        };
        let worker = WorkerId::new(worker).map_err(|error| invalid(None, error.to_string()))?;
        let proof = self.manifest.stream.as_ref().ok_or_else(|| missing("the proof is missing".into()))?;
        streams::verify(self.suite, &StreamId::Worker(worker), &self.own, proof, self.manifest.streams, root)
            .map_err(missing)
    }
}
