//! The reference for the sites (驿站名录): where each hangs on each day, and which are closed. Written from the contract's
//! section 7 and the properties of the programmes: a tree on every date, and nothing closes with what hangs above it.

use std::collections::BTreeMap;

use super::desk::Refused;
use super::steps::Day;

/// A site.
#[derive(Debug, Clone)]
struct Site {
    opened: Day,
    closed: Option<Day>,
    /// Under which site it hangs, from a day on.
    hangs: BTreeMap<Day, Option<u8>>,
}

impl Site {
    /// Before it hung anywhere it hung where it did first.
    fn parent(&self, day: Day) -> Option<u8> {
        let latest = self.hangs.range(..=day).next_back().or_else(|| self.hangs.iter().next());
        latest.and_then(|(_, parent)| *parent)
    }
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree(BTreeMap<u8, Site>);

impl Tree {
    fn open_on(&self, site: u8, day: Day) -> Refused {
        let known = self.0.get(&site).ok_or("unknown_site")?;
        if known.closed.is_some_and(|closed| closed <= day) { Err("site_closed") } else { Ok(()) }
    }

    pub(crate) fn open(&mut self, site: u8, parent: Option<u8>, day: Day) -> Refused {
        if self.0.contains_key(&site) {
            return Err("duplicate_conflict");
        }
        parent.map_or(Ok(()), |parent| self.open_on(parent, day))?;
        self.0.insert(site, Site { opened: day, closed: None, hangs: BTreeMap::from([(day, parent)]) });
        Ok(())
    }

    /// Whether it hangs elsewhere now.
    pub(crate) fn hang(&mut self, site: u8, parent: Option<u8>, day: Day) -> Refused<bool> {
        let known = self.0.get(&site).ok_or("unknown_site")?;
        let hung = known.parent(day);
        parent.map_or(Ok(()), |parent| self.open_on(parent, day))?;
        if hung == parent {
            return Ok(false);
        }
        let mut after = self.clone();
        after.0.get_mut(&site).expect("it was found").hangs.insert(day, parent);
        if !after.is_a_tree() {
            return Err("invalid_input");
        }
        *self = after;
        Ok(true)
    }

    pub(crate) fn close(&mut self, site: u8, day: Day) -> Refused {
        let known = self.0.get_mut(&site).ok_or("unknown_site")?;
        if known.closed.is_some() {
            return Err("already_decided");
        }
        if day < known.opened {
            return Err("invalid_date");
        }
        known.closed = Some(day);
        Ok(())
    }

    /// What hangs right below a site on the day on which it closed, and is not closed itself.
    pub(crate) fn open_below(&self, site: u8) -> Vec<u8> {
        let Some(day) = self.0.get(&site).and_then(|site| site.closed) else { return Vec::new() };
        let below = |(_, other): &(&u8, &Site)| {
            other.parent(day) == Some(site) && other.closed.is_none_or(|closed| day < closed)
        };
        self.0.iter().filter(below).map(|(number, _)| *number).collect()
    }

    /// Whether nobody stands above itself, on no day at all: between two days on which anything moves nothing does.
    pub(crate) fn is_a_tree(&self) -> bool {
        let days: Vec<Day> = self.0.values().flat_map(|site| site.hangs.keys().copied()).chain([0]).collect();
        days.iter().all(|day| {
            self.0.keys().all(|site| {
                let mut at = Some(*site);
                for _ in 0..=self.0.len() {
                    at = at.and_then(|at| self.0.get(&at)).and_then(|site| site.parent(*day));
                }
                // Whoever goes up so often and is under way still goes round.
                at.is_none()
            })
        })
    }
}
