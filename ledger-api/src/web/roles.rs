//! What roles are called on pages.

use super::words::Words;
use crate::access::{Identity, Role};

/// What a role is called.
pub(super) const fn name(w: &Words, role: Role) -> &'static str {
    match role {
        Role::Clerk => w.clerk,
        Role::Operator => w.operator,
        Role::Approver => w.approver,
        Role::Branch => w.secretary,
        Role::Merchant => w.merchant_role,
        Role::Worker => w.worker,
        Role::Auditor => w.auditor,
        Role::Admin => w.administrator,
        Role::Machine => w.machine,
    }
}

/// What somebody is, with where.
pub(super) fn names(w: &Words, identity: &Identity) -> String {
    let held = Role::ALL.iter().filter(|role| identity.acts_as(**role));
    let told = held.map(|role| {
        let places = identity.scopes_of(*role).join("、");
        if places.is_empty() { name(w, *role).to_owned() } else { format!("{} {places}", name(w, *role)) }
    });
    told.collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::name;
    use crate::access::Role;
    use crate::title;
    use crate::web::words::CHINESE;

    #[test]
    fn a_role_is_called_the_same_on_pages_and_in_what_is_taken_away() {
        for role in Role::ALL {
            assert_eq!(name(&CHINESE, role), title::role(role));
        }
    }
}
