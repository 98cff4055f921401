//! Applications that bodies approve: proposed, approved by each body through a person of its own, or sent back by one.
//! Written from docs/decisions/058.

use super::known::{Applied, Asked, Proposal};
use super::terms::{BENEFITS, person, worker_of};
use super::{Desk, Refused};

impl Desk {
    /// It is judged as a row is. Where bodies approve, nothing comes of it but that it counts for the limit and that its
    /// certificate is kept.
    pub(super) fn propose(&mut self, asked: Asked, by: u8) -> Refused {
        let mut granted = self.clone();
        granted.apply(asked, None, Some(by))?;
        let of = &mut self.benefits[usize::from(asked.benefit)];
        if of.bodies == 0 {
            *self = granted;
            self.met.insert("nobody has to approve it");
            return Ok(());
        }
        let proposal = Proposal { bodies: of.bodies, by: person(by), words: Vec::new() };
        of.rows.insert(asked.application, Applied::new(asked, Some(proposal)));
        self.certificates.extend(asked.certificate);
        self.met.insert("bodies are asked");
        Ok(())
    }

    /// What waits for the word of bodies.
    fn proposed(&mut self, number: u8, benefit: u8) -> Refused<(Asked, &mut Proposal)> {
        if self.row(number, benefit)?.is_over() {
            return Err("already_decided");
        }
        let row = self.benefits[usize::from(benefit)].rows.get_mut(&number).expect("it was found");
        let proposal = row.proposal.as_mut().ok_or("already_decided")?;
        Ok((row.asked, proposal))
    }

    /// Not whose it is, not who proposed it, and nobody twice.
    fn has_no_part(asked: Asked, proposal: &Proposal, by: u8) -> Refused {
        let had = proposal.by == person(by) || proposal.words.iter().any(|(_, said)| *said == person(by));
        if had || worker_of(by) == Some(asked.worker) { Err("same_person") } else { Ok(()) }
    }

    /// The last word gives it, or lets it wait, as of the day on which it was applied for.
    pub(super) fn approve(&mut self, number: u8, benefit: u8, body: u8, by: u8) -> Refused {
        let (asked, proposal) = self.proposed(number, benefit)?;
        if body >= proposal.bodies {
            return Err("invalid_input");
        }
        Desk::has_no_part(asked, proposal, by)?;
        if proposal.words.iter().any(|(said, _)| *said == body) {
            return Err("already_decided");
        }
        proposal.words.push((body, person(by)));
        if proposal.words.len() < usize::from(proposal.bodies) {
            self.met.insert("a first body approves");
            return Ok(());
        }
        let (at, is) = (usize::from(benefit), &BENEFITS[usize::from(benefit)]);
        let has_place = self.has_place(at);
        let mut paid = Vec::new();
        if has_place {
            paid = self.spend(asked.worker, asked.day, is.price)?;
            self.commit(is.fund, Desk::cost(is, asked.fen)?, asked.day)?;
        }
        self.benefits[at].rows.get_mut(&number).expect("it was proposed").proposal = None;
        self.takes_place(asked, has_place, paid);
        self.met.insert(if has_place { "the last word gives it" } else { "the last word lets it wait" });
        Ok(())
    }

    pub(super) fn send_back(&mut self, number: u8, benefit: u8, by: u8) -> Refused {
        let (asked, proposal) = self.proposed(number, benefit)?;
        Desk::has_no_part(asked, proposal, by)?;
        let row = self.benefits[usize::from(benefit)].rows.get_mut(&number).expect("it was proposed");
        row.sent_back = true;
        if let Some(certificate) = asked.certificate {
            self.certificates.remove(&certificate);
        }
        self.met.insert("a proposal is sent back");
        Ok(())
    }
}
