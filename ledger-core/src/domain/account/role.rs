//! The roles, and which of them act within a scope.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::ids::{BranchId, IdError, MerchantId, StoreId, WorkerId};

/// Longest id of a site, in characters; as long as any other identifier.
const SITE_CHARS_MAX: usize = 64;

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Hands out goods at one store.
    Clerk,
    /// Registers workers and proposes credits at one site (站点) and all below it, or in the district.
    Operator,
    /// Checks, rejects, resolves and reverses what others recorded, at one site and all below it, or in the district.
    Approver,
    /// Looks after the cards of one Party branch.
    Branch,
    /// One merchant, seeing its own supplies and settlement.
    Merchant,
    /// One worker, seeing the own account.
    Worker,
    /// Reads every event and no name.
    Auditor,
    /// Sets the ledger up and says who may do what; records nothing that moves points or goods.
    Admin,
    /// Reads the figures of the process, and nothing else.
    Machine,
}

/// What a role's scope names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeRule {
    /// The role cannot be given without one.
    Required(&'static str),
    /// The role may be narrowed to one.
    Optional(&'static str),
    /// The role is the whole district's.
    Refused,
}

/// Why a text is no role, or a scope does not fit its role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// No such role.
    #[error(
        "there is no role {0:?}; the roles are clerk, operator, approver, branch, merchant, worker, auditor, admin, machine"
    )]
    Unknown(String),
    /// The role needs a scope.
    #[error("role {role} needs a scope: {what}")]
    ScopeMissing {
        /// The role that was asked for.
        role: Role,
        /// What the scope names.
        what: &'static str,
    },
    /// The role has no scope.
    #[error("role {role} is for the whole district and takes no scope")]
    ScopeRefused {
        /// The role that was asked for.
        role: Role,
    },
    /// The scope is no identifier.
    #[error("the scope of role {role} cannot be used: {why}")]
    ScopeUnreadable {
        /// The role that was asked for.
        role: Role,
        /// What is wrong with it.
        why: String,
    },
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 9] = [
        Role::Clerk,
        Role::Operator,
        Role::Approver,
        Role::Branch,
        Role::Merchant,
        Role::Worker,
        Role::Auditor,
        Role::Admin,
        Role::Machine,
    ];

    /// The role's name in commands, answers and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Clerk => "clerk",
            Role::Operator => "operator",
            Role::Approver => "approver",
            Role::Branch => "branch",
            Role::Merchant => "merchant",
            Role::Worker => "worker",
            Role::Auditor => "auditor",
            Role::Admin => "admin",
            Role::Machine => "machine",
        }
    }

    /// Whether the role has a scope, and what it names.
    pub const fn scope_rule(self) -> ScopeRule {
        match self {
            Role::Clerk => ScopeRule::Required("the store's id"),
            Role::Operator | Role::Approver => ScopeRule::Optional("the site's id"),
            Role::Branch => ScopeRule::Required("the Party branch"),
            Role::Merchant => ScopeRule::Required("the merchant's id"),
            Role::Worker => ScopeRule::Required("the worker's id"),
            Role::Auditor | Role::Admin | Role::Machine => ScopeRule::Refused,
        }
    }

    /// Whether it comes into force only when a second administrator confirms it, where there is one.
    pub const fn needs_second_word(self) -> bool {
        matches!(self, Role::Approver | Role::Admin)
    }

    /// Whether whoever acts in it records or decides.
    pub const fn records_or_decides(self) -> bool {
        match self {
            Role::Clerk | Role::Operator | Role::Approver | Role::Branch | Role::Merchant | Role::Worker => true,
            Role::Auditor | Role::Admin | Role::Machine => false,
        }
    }

    /// Whether no account holds both: who administers neither records nor decides.
    pub const fn excludes(self, other: Role) -> bool {
        matches!(self, Role::Admin) && other.records_or_decides()
            || matches!(other, Role::Admin) && self.records_or_decides()
    }

    /// Whether the scope fits the role, down to the form of the identifier it must be.
    ///
    /// # Errors
    /// [`RoleError`].
    pub fn check_scope(self, scope: Option<&str>) -> Result<(), RoleError> {
        let Some(scope) = scope else {
            return match self.scope_rule() {
                ScopeRule::Required(what) => Err(RoleError::ScopeMissing { role: self, what }),
                ScopeRule::Optional(_) | ScopeRule::Refused => Ok(()),
            };
        };
        let read = match self {
            Role::Clerk => StoreId::new(scope).map(drop),
            Role::Branch => BranchId::new(scope).map(drop),
            Role::Merchant => MerchantId::new(scope).map(drop),
            Role::Worker => WorkerId::new(scope).map(drop),
            Role::Operator | Role::Approver => site(scope),
            Role::Auditor | Role::Admin | Role::Machine => return Err(RoleError::ScopeRefused { role: self }),
        };
        read.map_err(|error| RoleError::ScopeUnreadable { role: self, why: error.to_string() })
    }
}

/// A community (社区) is named as people name it, so blanks inside are allowed.
fn site(scope: &str) -> Result<(), IdError> {
    let kind = "site";
    if scope.trim().is_empty() {
        return Err(IdError::Blank { kind });
    }
    if scope.chars().count() > SITE_CHARS_MAX {
        return Err(IdError::TooLong { kind, max: SITE_CHARS_MAX });
    }
    match scope.chars().find(|found| found.is_control()) {
        Some(found) => Err(IdError::BadCharacter { kind, found }),
        None => Ok(()),
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Role, RoleError> {
        Role::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| RoleError::Unknown(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, RoleError, ScopeRule};

    #[test]
    fn a_role_is_read_back_from_its_name() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert!(matches!("root".parse::<Role>(), Err(RoleError::Unknown(_))));
    }

    #[test]
    fn a_scope_is_asked_for_by_those_roles_that_act_in_one_place() {
        for role in Role::ALL {
            let without = role.check_scope(None);
            let with = role.check_scope(Some("QW-01"));
            match role.scope_rule() {
                ScopeRule::Required(_) => assert!(without.is_err() && with.is_ok(), "{role}"),
                ScopeRule::Optional(_) => assert!(without.is_ok() && with.is_ok(), "{role}"),
                ScopeRule::Refused => assert!(without.is_ok() && with.is_err(), "{role}"),
            }
        }
    }

    #[test]
    fn a_scope_that_could_be_no_identifier_is_refused() {
        for scope in ["", " ", "a/b", "a\u{7}", &"x".repeat(65)] {
            assert!(Role::Clerk.check_scope(Some(scope)).is_err(), "{scope:?}");
        }
        assert!(Role::Operator.check_scope(Some(" ")).is_err());
        assert!(Role::Operator.check_scope(Some("古城 街道")).is_ok());
    }
}
