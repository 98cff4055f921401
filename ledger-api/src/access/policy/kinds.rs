//! How the kinds of commands and of reads are listed: each with who may.

use super::Reach;
use super::Reach::Everywhere;
use crate::access::Role;
use crate::access::Role::{Admin, Approver, Auditor, Branch, Clerk, Merchant, Operator, Worker};

/// Which roles have a right to something, and how far it reaches; whoever is not named has none.
pub(super) type Rights = &'static [(Role, Reach)];

/// Every account that a person acts with.
pub(super) const EVERYBODY: Rights = &[
    (Clerk, Everywhere),
    (Operator, Everywhere),
    (Approver, Everywhere),
    (Branch, Everywhere),
    (Merchant, Everywhere),
    (Worker, Everywhere),
    (Auditor, Everywhere),
    (Admin, Everywhere),
];

/// The same but for auditors, who write nothing.
pub(super) const EVERYBODY_WHO_WRITES: Rights = &[
    (Clerk, Everywhere),
    (Operator, Everywhere),
    (Approver, Everywhere),
    (Branch, Everywhere),
    (Merchant, Everywhere),
    (Worker, Everywhere),
    (Admin, Everywhere),
];

/// What nobody reads but who audits: never a name.
pub(super) const AUDITED: Rights = &[(Auditor, Everywhere), (Admin, Everywhere)];

/// An enum without fields, the list of all that it holds, and who has a right to each.
macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $kind:ident => $rights:expr,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$of])* $kind,)*
        }

        impl $name {
            /// Each of them.
            pub const ALL: &'static [$name] = &[$($name::$kind,)*];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $($name::$kind => stringify!($kind),)* }
            }

            /// Who has a right to it.
            pub(super) const fn rights(self) -> $crate::access::policy::kinds::Rights {
                match self { $($name::$kind => $rights,)* }
            }
        }
    };
}

pub(super) use kinds;
