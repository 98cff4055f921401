//! How each aggregate's state is written into a snapshot, fixed: a golden file has it for every event of the golden
//! files of events that begin their aggregates, folded one after the other. What changes there without a new layout number would be read from older
//! snapshots as if it had always been so. Once the number is raised, `NUANXIN_BLESS=1` writes the golden file anew.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::Fold;
use crate::domain::account::Account;
use crate::domain::benefit::{Benefit, Certificate};
use crate::domain::card::Card;
use crate::domain::directory::Directory;
use crate::domain::event::{Event, StreamId};
use crate::domain::fund::Fund;
use crate::domain::layout::snapshot_layout;
use crate::domain::mark::Mark;
use crate::domain::merchant::Merchant;
use crate::domain::pair::Pair;
use crate::domain::pass::{Offer, Pass};
use crate::domain::programme::Programme;
use crate::domain::request::ServiceRequest;
use crate::domain::selection::Selection;
use crate::domain::site::Sites;
use crate::domain::store::RedemptionStore;
use crate::domain::worker::Worker;

/// Whatever a snapshot's body holds, in words.
struct Words(String);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Words, D::Error> {
        deserializer.deserialize_any(InWords).map(Words)
    }
}

struct InWords;

macro_rules! in_words {
    ($($visit:ident: $given:ty,)*) => {
        $(fn $visit<E>(self, value: $given) -> Result<String, E> {
            Ok(format!("{value:?}"))
        })*
    };
}

impl<'de> Visitor<'de> for InWords {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    in_words! { visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_str: &str, }

    fn visit_unit<E>(self) -> Result<String, E> {
        Ok("-".to_owned())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<String, A::Error> {
        let mut words = Vec::new();
        while let Some(Words(item)) = seq.next_element()? {
            words.push(item);
        }
        Ok(format!("[{}]", words.join(" ")))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        let mut words = Vec::new();
        while let Some((Words(key), Words(value))) = map.next_entry()? {
            words.push(format!("{key}: {value}"));
        }
        Ok(format!("{{{}}}", words.join(", ")))
    }
}

fn in_words(state: &impl Fold) -> String {
    let body = rmp_serde::to_vec_named(state).expect("a state can be written");
    rmp_serde::from_slice::<Words>(&body).expect("what was written can be read").0
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    event_type: &'a str,
    #[serde(borrow)]
    payload: &'a RawValue,
}

fn events() -> Vec<Event> {
    let first = include_str!("../../domain/golden/events-v1.jsonl").lines();
    let lines = first.chain(include_str!("../../domain/golden/events-v1-accounts.jsonl").lines());
    let event = |line: &str| {
        let Line { event_type, payload } = serde_json::from_str(line).expect("a golden line");
        Event::decode(event_type, payload.get().as_bytes()).expect("a golden event")
    };
    lines.map(event).collect()
}

/// An aggregate's part of the golden file: a line for its layout, one for what each event left, and the fullest state.
#[derive(Debug, Clone, Default, PartialEq)]
struct Written {
    layout: u32,
    steps: Vec<(String, String)>,
    fullest: String,
}

impl Written {
    fn step(&mut self, layout: u32, event: &Event, words: String) {
        self.layout = layout;
        let digest: String =
            Sha256::digest(words.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        self.steps.push((event.event_type().to_owned(), digest));
        if words.len() > self.fullest.len() {
            self.fullest = words;
        }
    }
}

type States = BTreeMap<&'static str, Written>;

fn written() -> States {
    let (mut programme, mut worker, mut merchant, mut store, mut card) =
        (Programme::default(), Worker::default(), Merchant::default(), RedemptionStore::default(), Card::default());
    let (mut account, mut directory) = (Account::default(), Directory::default());
    let (mut sites, mut mark) = (Sites::default(), Mark::default());
    let mut states = States::new();
    for event in events() {
        let stream = event.stream();
        let words = match &stream {
            StreamId::Programme => folded(&mut programme, &event),
            StreamId::Worker(_) => folded(&mut worker, &event),
            StreamId::Merchant(_) => folded(&mut merchant, &event),
            StreamId::Store(_) => folded(&mut store, &event),
            StreamId::Card(_) => folded(&mut card, &event),
            StreamId::Mark(_) => folded(&mut mark, &event),
            StreamId::Account(_) => folded(&mut account, &event),
            StreamId::Directory => folded(&mut directory, &event),
            StreamId::Sites => folded(&mut sites, &event),
            StreamId::Request(_) => folded(&mut ServiceRequest::default(), &event),
            StreamId::Pair(_) => folded(&mut Pair::default(), &event),
            StreamId::Fund(_) => folded(&mut Fund::default(), &event),
            StreamId::Benefit(_) => folded(&mut Benefit::default(), &event),
            StreamId::Certificate(_) => folded(&mut Certificate::default(), &event),
            StreamId::Pass(_) => folded(&mut Pass::default(), &event),
            StreamId::Offer(_) => folded(&mut Offer::default(), &event),
            StreamId::Selection(_) => folded(&mut Selection::default(), &event),
        };
        states.entry(stream.kind()).or_default().step(snapshot_layout(&stream), &event, words);
    }
    states
}

fn folded(state: &mut impl Fold, event: &Event) -> String {
    state.fold(event);
    in_words(state)
}

fn text(states: &States) -> String {
    let mut text = String::new();
    for (kind, Written { layout, steps, fullest }) in states {
        writeln!(text, "{kind} layout {layout}").expect("a text takes everything");
        for (event_type, digest) in steps {
            writeln!(text, "  {event_type} {digest}").expect("a text takes everything");
        }
        writeln!(text, "  = {fullest}").expect("a text takes everything");
    }
    text
}

/// The part of the golden file that an aggregate has, and the layout it names.
fn golden_part(golden: &str, kind: &str) -> Option<(u32, String)> {
    let head = format!("{kind} layout ");
    let mut lines = golden.lines().skip_while(|line| !line.starts_with(&head));
    let first = lines.next()?;
    let rest: Vec<&str> = lines.take_while(|line| line.starts_with("  ")).collect();
    Some((first.strip_prefix(&head)?.parse().ok()?, rest.join("\n")))
}

fn golden_path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/ledger/cache/golden/states.txt"))
}

#[test]
fn a_state_is_written_as_ever_unless_its_layout_has_a_new_number() {
    let golden = fs::read_to_string(golden_path()).unwrap_or_default();
    let states = written();
    let all = text(&states);
    let mut raised = golden.is_empty();
    for (kind, now) in &states {
        let Some((layout, before)) = golden_part(&golden, kind) else {
            raised = true;
            continue;
        };
        let (_, found) = golden_part(&all, kind).expect("it was just written");
        assert!(
            now.layout > layout || (now.layout == layout && found == before),
            "the state of a {kind} is written in another way than layout {layout}: raise its number in cache::layout, \
             or older snapshots are read without what is new.\nbefore:\n{before}\nnow:\n{found}"
        );
        raised |= now.layout > layout;
    }
    if raised && std::env::var_os("NUANXIN_BLESS").is_some() {
        return fs::write(golden_path(), all).expect("the golden file is written");
    }
    assert!(!raised, "a layout has a new number; NUANXIN_BLESS=1 writes {} anew", golden_path().display());
}
