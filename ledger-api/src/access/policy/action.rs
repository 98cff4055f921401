//! What can be done: the commands of the ledger, the reads of its edges, and what neither is.

use super::Reach;
use super::commands::CommandKind;
use super::kinds::Rights;
use super::reads::Read;
use crate::access::Role;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// To give a command.
    Command(CommandKind),
    /// To read something.
    Read(Read),
    /// To hand in a checkpoint that other offices cosigned.
    Cosign,
    /// To have a worker's name and phone kept, or taken away.
    KeepPerson,
    /// Something that nobody offers, such as a method that an address does not take. Who is refused everything is not told
    /// so.
    Nothing,
}

impl Action {
    /// Who has a right to it.
    pub(super) const fn rights(self) -> Rights {
        match self {
            Action::Command(kind) => kind.rights(),
            Action::Read(read) => read.rights(),
            Action::Cosign => &[(Role::Admin, Reach::Everywhere)],
            Action::KeepPerson => &[(Role::Operator, Reach::Own)],
            // Administrators alone are told that there is no such thing.
            Action::Nothing => &[(Role::Admin, Reach::Everywhere)],
        }
    }
}

impl From<CommandKind> for Action {
    fn from(kind: CommandKind) -> Action {
        Action::Command(kind)
    }
}

impl From<Read> for Action {
    fn from(read: Read) -> Action {
        Action::Read(read)
    }
}
