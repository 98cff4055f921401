//! Who is told who objected to a credit: auditors always, whoever decides objections where it was not done anonymously,
//! nobody else.

use crate::access::policy::{CommandKind, Read, Who, may_ever};

/// How much somebody is told of who objected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Objectors {
    /// Nothing.
    None,
    /// Who did so by name.
    Named,
    /// Also who did so anonymously.
    All,
}

/// How much whoever asks is told.
pub fn objectors<'a>(who: impl Into<Who<'a>>) -> Objectors {
    let who: Who<'a> = who.into();
    if may_ever(who, Read::Objectors) {
        Objectors::All
    } else if may_ever(who, CommandKind::ResolveObjection) {
        Objectors::Named
    } else {
        Objectors::None
    }
}
