//! Samples against a second reading of docs/guides/audit-sample.md, written without any part of the first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ledger_core::domain::event::Event;
use ledger_core::journal::entry::CommandFrame;
use ledger_core::journal::fingerprint::Fingerprint;
use ledger_core::journal::{Entry, RecordedTime};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{By, Of, Sample, SampleAsk, Survey};

/// What an event is made of: whether it is a credit, which stratum, and its points.
type Made = (bool, u8, i64);

fn entry(position: u64, made: &Made) -> (Entry, Event) {
    let (credit, stratum, points) = *made;
    let at = "2024-03-01T08:00:00+08:00";
    let (event_type, payload) = if credit {
        let category = ["志愿服务", "文明创建", "平安建设"][usize::from(stratum % 3)];
        let payload = json!({
            "activity": "A", "at": at, "card": false, "category": category, "credit": format!("C{position}"),
            "lot": position, "on": "2024-03-01", "points": points, "proposer": "T", "quantity": 1, "schedule": 1, "v": 1,
            "worker": "W1",
        });
        let event_type = match category {
            "志愿服务" => "VolunteerServiceRecorded",
            "文明创建" => "CivicCreationRecorded",
            _ => "CommunityServiceRecorded",
        };
        (event_type, payload)
    } else if stratum == 9 {
        // No item: it only moves the root.
        ("StoreClosed", json!({"at": at, "reason": "盘点", "store": "S", "v": 1}))
    } else {
        let payload = json!({
            "at": at, "balance": 0, "lines": [], "lots": [], "points": points, "redemption": format!("R{position}"),
            "store": format!("S{stratum}"), "v": 1, "worker": "W2",
        });
        ("Redeemed", payload)
    };
    recorded(position, event_type, &payload)
}

fn recorded(position: u64, event_type: &str, payload: &Value) -> (Entry, Event) {
    let payload = payload.to_string().into_bytes();
    let event = Event::decode(event_type, &payload).unwrap();
    let command = CommandFrame {
        key: format!("k{position}").into(),
        fingerprint: Fingerprint::from_bytes([0; 16]),
        actor: "T".into(),
        recorded_at: RecordedTime::from_micros(1_700_000_000_000_000 + i64::try_from(position).unwrap()),
    };
    let entry = Entry {
        position,
        nth: 0,
        stream_no: 1,
        sequence: position,
        command: Arc::new(command),
        event_type: event_type.to_owned(),
        payload,
        leaf: [0; 32],
    };
    (entry, event)
}

fn journal(made: &[Made]) -> Vec<(Entry, Event)> {
    let opened = json!({"origin": "nuanxin/test", "suite": "sha-256", "v": 1});
    let first = recorded(1, "JournalOpened", &opened);
    [first].into_iter().chain((2..).zip(made).map(|(position, made)| entry(position, made))).collect()
}

fn draw(journal: &[(Entry, Event)], seed: u64, size: usize, by: By) -> Sample {
    let until = journal.len() as u64;
    let ask = SampleAsk { seed, size, by, of: Of::All, from: None, to: None, until };
    let mut survey = Survey::new(ask);
    journal.iter().for_each(|(entry, event)| survey.entry(entry, event));
    let mut picker = survey.finish();
    journal.iter().for_each(|(entry, event)| picker.entry(entry, event));
    picker.finish()
}

fn positions(sample: &Sample) -> Vec<u64> {
    sample.drawn.iter().map(|drawn| drawn.item.position).collect()
}

/// The guide, read anew: lists in place of streams, strings in place of bytes, and units of points laid out one by one.
mod reader {
    use super::*;

    pub(super) struct Line {
        pub(super) position: u64,
        pub(super) hundredths: u64,
        pub(super) stratum: String,
        text: String,
    }

    fn sha256(text: &str) -> String {
        Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(super) fn population(journal: &[(Entry, Event)]) -> Vec<Line> {
        let mut lines = Vec::new();
        for (entry, _) in journal {
            let payload: Value = serde_json::from_slice(&entry.payload).unwrap();
            let stratum = match entry.event_type.as_str() {
                "Redeemed" | "HoldCaptured" => format!("store:{}", payload["store"].as_str().unwrap()),
                kind if kind.ends_with("Recorded") => format!("category:{}", payload["category"].as_str().unwrap()),
                _ => continue,
            };
            let hundredths = payload["points"].as_u64().unwrap();
            let fields = [
                entry.position.to_string(),
                entry.command.recorded_at.to_string(),
                entry.command.key.to_string(),
                entry.command.actor.to_string(),
                entry.event_type.clone(),
                hundredths.to_string(),
                sha256(std::str::from_utf8(&entry.payload).unwrap()),
            ];
            lines.push(Line { position: entry.position, hundredths, stratum, text: fields.join("\t") + "\n" });
        }
        lines
    }

    pub(super) fn hash(lines: &[Line]) -> String {
        sha256(&lines.iter().map(|line| line.text.as_str()).collect::<String>())
    }

    fn ticket(seed: u64, position: u64) -> String {
        sha256(&format!("nuanxin-sample/1\n{seed}\nitem\n{position}\n"))
    }

    fn smallest<'a>(seed: u64, size: usize, lines: impl Iterator<Item = &'a Line>) -> Vec<u64> {
        let mut tickets: Vec<(String, u64)> = lines.map(|line| (ticket(seed, line.position), line.position)).collect();
        tickets.sort();
        tickets.into_iter().take(size).map(|(_, position)| position).collect()
    }

    pub(super) fn uniform(seed: u64, size: usize, lines: &[Line]) -> BTreeSet<u64> {
        smallest(seed, size, lines.iter()).into_iter().collect()
    }

    /// Hits by position.
    pub(super) fn points(seed: u64, size: u64, lines: &[Line]) -> BTreeMap<u64, u64> {
        let units: Vec<u64> = lines
            .iter()
            .flat_map(|line| std::iter::repeat_n(line.position, usize::try_from(line.hundredths).unwrap()))
            .collect();
        let mut hits = BTreeMap::new();
        let total = units.len() as u64;
        if total == 0 {
            return hits;
        }
        // Small totals: a number too large to be fair is not to be met with in a lifetime.
        let start = u128::from_str_radix(&sha256(&format!("nuanxin-sample/1\n{seed}\nstart\n0\n"))[..32], 16).unwrap();
        let start = u64::try_from(start % u128::from(total)).unwrap();
        for hit in 0..size {
            let unit = (start + hit * total) / size;
            *hits.entry(units[usize::try_from(unit).unwrap()]).or_insert(0) += 1;
        }
        hits
    }

    pub(super) fn station(seed: u64, size: usize, lines: &[Line]) -> BTreeSet<u64> {
        let names: BTreeSet<&String> = lines.iter().map(|line| &line.stratum).collect();
        let size = size.min(lines.len());
        let first = usize::from(size >= names.len());
        let pool: usize = lines.len() - first * names.len();
        let rest = size - first * names.len();
        let mut shares: Vec<(&String, usize, usize)> = Vec::new();
        for name in names {
            let left = lines.iter().filter(|line| &line.stratum == name).count() - first;
            let whole = (rest * left).checked_div(pool).unwrap_or(0);
            let remainder = (rest * left).checked_rem(pool).unwrap_or(0);
            shares.push((name, first + whole, remainder));
        }
        let mut missing = size - shares.iter().map(|share| share.1).sum::<usize>();
        let mut drawn = BTreeSet::new();
        // A stable sort keeps the order of names among equals.
        shares.sort_by_key(|share| std::cmp::Reverse(share.2));
        for (name, mut share, _) in shares {
            if missing > 0 {
                share += 1;
                missing -= 1;
            }
            drawn.extend(smallest(seed, share, lines.iter().filter(|line| &line.stratum == name)));
        }
        drawn
    }
}

fn made() -> impl Strategy<Value = Vec<Made>> {
    let one = prop_oneof![
        4 => (Just(true), 0..3_u8, 1..400_i64),
        3 => (Just(false), 0..4_u8, 0..400_i64),
        1 => (Just(false), Just(9_u8), Just(0_i64)),
    ];
    prop::collection::vec(one, 0..60)
}

proptest! {
    #[test]
    fn whoever_reads_the_guide_draws_the_same(made in made(), seed: u64, size in 1..50_usize) {
        let journal = journal(&made);
        let lines = reader::population(&journal);
        let uniform = draw(&journal, seed, size, By::Uniform);
        prop_assert_eq!(hex(&uniform.population_hash), reader::hash(&lines));
        prop_assert_eq!(uniform.items, lines.len() as u64);
        prop_assert_eq!(positions(&uniform).into_iter().collect::<BTreeSet<_>>(), reader::uniform(seed, size, &lines));

        let points = draw(&journal, seed, size, By::Points);
        let hits: BTreeMap<u64, u64> = points.drawn.iter().map(|drawn| (drawn.item.position, drawn.hits)).collect();
        prop_assert_eq!(hits, reader::points(seed, size as u64, &lines));

        let station = draw(&journal, seed, size, By::Station);
        prop_assert_eq!(positions(&station).into_iter().collect::<BTreeSet<_>>(), reader::station(seed, size, &lines));
    }

    #[test]
    fn a_sample_has_its_size_no_item_twice_and_stands_in_order(made in made(), seed: u64, size in 1..80_usize) {
        let journal = journal(&made);
        let population = reader::population(&journal);
        for by in [By::Uniform, By::Station] {
            let sample = draw(&journal, seed, size, by);
            let drawn = positions(&sample);
            prop_assert_eq!(drawn.len(), size.min(population.len()));
            prop_assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", drawn);
            let counted: u64 = sample.strata.values().map(|stratum| stratum.drawn).sum();
            prop_assert_eq!(counted, drawn.len() as u64);
        }
        let sample = draw(&journal, seed, size, By::Points);
        let hits: u64 = sample.drawn.iter().map(|drawn| drawn.hits).sum();
        let total: u64 = population.iter().map(|line| line.hundredths).sum();
        prop_assert_eq!(hits, if total == 0 { 0 } else { size as u64 });
        // What is worth an interval or more is hit whatever the seed.
        let drawn = positions(&sample);
        for line in population.iter().filter(|line| total > 0 && line.hundredths * size as u64 >= total) {
            prop_assert!(drawn.contains(&line.position), "{} of {} is left out", line.hundredths, total);
        }
    }

    #[test]
    fn the_hashes_change_when_any_event_changes(made in made(), which: prop::sample::Index) {
        prop_assume!(!made.is_empty());
        let before = journal(&made);
        let mut after = before.clone();
        let index = 1 + which.index(made.len());
        let position = after[index].0.position;
        let text = String::from_utf8(after[index].0.payload.clone()).unwrap();
        // The business time alone: no point, no name, no order.
        let text = text.replace("08:00:00+08:00", "08:00:01+08:00");
        after[index] = recorded(position, &after[index].0.event_type.clone(), &serde_json::from_str(&text).unwrap());
        let (one, other) = (draw(&before, 1, 5, By::Uniform), draw(&after, 1, 5, By::Uniform));
        prop_assert_ne!(one.root, other.root);
        let is_item = reader::population(&before).iter().any(|line| line.position == position);
        prop_assert_eq!(one.population_hash != other.population_hash, is_item);
        prop_assert_eq!(positions(&one), positions(&other), "what is drawn hangs on positions and points alone");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Over many seeds an item of so many points is hit n · w / T times on the average; uniform chances are equal.
#[test]
fn chances_are_what_they_should_be_over_many_seeds() {
    const SEEDS: u64 = 4_000;
    let made: Vec<Made> = (1..=20_i64).map(|points| (true, 0, points * 10)).collect();
    let journal = journal(&made);
    let total: i64 = made.iter().map(|made| made.2).sum();
    let (mut by_points, mut uniform) = (vec![0_u64; 22], vec![0_u64; 22]);
    for seed in 0..SEEDS {
        for drawn in draw(&journal, seed, 5, By::Points).drawn {
            by_points[usize::try_from(drawn.item.position).unwrap()] += drawn.hits;
        }
        for position in positions(&draw(&journal, seed, 5, By::Uniform)) {
            uniform[usize::try_from(position).unwrap()] += 1;
        }
    }
    for (position, made) in (2_usize..).zip(&made) {
        // Five hits a seed; four standard deviations of a sum of SEEDS chances, in whole numbers.
        for (found, expected) in [
            (by_points[position], 5 * SEEDS * u64::try_from(made.2).unwrap() / u64::try_from(total).unwrap()),
            (uniform[position], 5 * SEEDS / 20),
        ] {
            let bound = 4 * expected.isqrt() + 1;
            assert!(found.abs_diff(expected) <= bound, "position {position}: {found}, expected {expected} ± {bound}");
        }
    }
}

#[test]
fn what_became_of_an_item_is_told_with_its_position() {
    let mut journal = journal(&[(true, 0, 100), (false, 1, 50), (true, 1, 30)]);
    let judged = json!({
        "at": "2024-03-02", "by": "U", "credit": "C2", "lot": 2, "points": 100, "reason": "r", "v": 1, "worker": "W1",
    });
    journal.push(recorded(5, "CreditReversed", &judged));
    let sample = draw(&journal, 1, 10, By::Uniform);
    let told: Vec<_> =
        sample.drawn.iter().map(|drawn| (drawn.item.position, drawn.status, drawn.status_position)).collect();
    assert_eq!(
        told,
        [(2, super::Status::Reversed, 5), (3, super::Status::Redeemed, 3), (4, super::Status::Confirmed, 4)]
    );
}
