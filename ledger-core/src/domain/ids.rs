//! Identifiers, parsed once at the edge: inner code never re-checks them.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;

use super::text::read_text;

/// Why a text is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing but blanks.
    #[error("{kind} is blank")]
    Blank {
        /// Which identifier.
        kind: &'static str,
    },
    /// Longer than allowed.
    #[error("{kind} is longer than {max} characters")]
    TooLong {
        /// Which identifier.
        kind: &'static str,
        /// The limit in characters.
        max: usize,
    },
    /// A blank, control character or slash inside.
    #[error("{kind} holds {found:?}; blanks, control characters and '/' are not allowed")]
    BadCharacter {
        /// Which identifier.
        kind: &'static str,
        /// The character found.
        found: char,
    },
}

fn check(kind: &'static str, text: &str, max: usize, slash: bool) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Blank { kind });
    }
    // Nearly all are plain ASCII, of which a glance tells that nothing in it can be refused.
    if text.len() <= max && text.bytes().all(|byte| byte.is_ascii_graphic() && (byte != b'/' || slash)) {
        return Ok(());
    }
    for (index, found) in text.chars().enumerate() {
        if index >= max {
            return Err(IdError::TooLong { kind, max });
        }
        if found.is_control() || found.is_whitespace() || found == '\u{feff}' || (found == '/' && !slash) {
            return Err(IdError::BadCharacter { kind, found });
        }
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $max:literal, $slash:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(SmolStr);

        impl $name {
            /// Reads the identifier; see [`IdError`] for what is refused.
            pub fn new(text: &str) -> Result<$name, IdError> {
                check($kind, text, $max, $slash)?;
                Ok($name(SmolStr::new(text)))
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The identifier as a text that can be kept without copying it.
            pub fn to_smol(&self) -> SmolStr {
                self.0.clone()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<$name, IdError> {
                $name::new(text)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                read_text(deserializer, $kind, $name::new)
            }
        }
    };
}

id!(/** A worker of the new employment groups (新就业群体). */ WorkerId, "worker", 64, false);
id!(/** A caring merchant (爱心商户). */ MerchantId, "merchant", 64, false);
id!(/** A points redemption store (积分兑换超市, 网点). */ StoreId, "store", 64, false);
id!(/** An item at a store (商品编码). */ Sku, "sku", 64, false);
id!(/** An activity of the points schedule (活动代码). */ ActivityCode, "activity", 64, false);
id!(/** A mutual-aid points card's number (积分卡号). */ CardNo, "card_no", 64, false);
id!(/** A site (站点): a street, community, grid, station, call point or building. */ SiteId, "site", 64, false);
id!(/** A Party branch (党支部). */ BranchId, "branch", 64, false);
id!(
    /** A counter's device, as it names itself (离线设备). */
    DeviceId, "device", 64, false
);
id!(
    /** A command's idempotency key, unique in its journal. */
    Key, "key", 128, true
);
id!(
    /** A credit, named by the key of the command that recorded it (记录号 in a sheet). */
    CreditId, "credit", 128, true
);
id!(
    /** A redemption, named by the key of the command that made it (流水号 in a sheet). */
    RedemptionId, "redemption", 128, true
);
id!(
    /** A hold, named by the key of the command that placed it. */
    HoldId, "hold", 128, true
);
id!(
    /** What guards follow across workers: a witness or a piece of evidence. */
    MarkId, "mark", 160, true
);
id!(
    /** A service request (单号), named by the key of its row. */
    RequestId, "request", 128, true
);
id!(
    /** Work on a request (办理号), named by the key of its row. */
    HandlingId, "handling", 128, true
);
id!(
    /** A pair (结对号). */
    PairId, "pair", 64, false
);
id!(
    /** A visit (走访号), named by the key of its row. */
    VisitId, "visit", 128, true
);
id!(
    /** A fund (资金编号). */
    FundId, "fund", 64, false
);
id!(
    /** A benefit (项目编号). */
    BenefitId, "benefit", 64, false
);
id!(
    /** An application for a benefit (登记号), named by the key of its row. */
    ApplicationId, "application", 128, true
);
id!(
    /** A certificate (证书编号). */
    CertificateNo, "certificate", 64, false
);
id!(
    /** A pass (暖心卡卡号). */
    PassNo, "pass", 64, false
);
id!(
    /** An offer (优惠编号). */
    OfferId, "offer", 64, false
);
id!(
    /** A selection (评选编号). */
    SelectionId, "selection", 64, false
);
id!(
    /** An indicator of a selection's formula (指标). */
    IndicatorCode, "indicator", 64, false
);
id!(
    /** An objection to a selection's list, named by the key of the command that made it. */
    ObjectionId, "objection", 128, true
);
id!(
    /** What was said against a line of a statement, named by the key of the command that said it. */
    DisputeId, "dispute", 128, true
);
id!(
    /** A slip of a merchant (小票号), named by the key of its row. */
    SlipNo, "slip", 128, true
);
id!(
    /** An appointment (聘书号). */
    AppointmentId, "appointment", 64, false
);
id!(
    /** A grant of a role, named by the key of the command that granted it. */
    GrantId, "grant", 128, true
);
id!(
    /** Who gave a command: an account, or what acts without one. */
    Actor, "actor", 64, true
);
id!(
    /** An account: a person or a machine that acts. It is the actor of its commands. */
    AccountId, "account", 64, true
);

impl From<&AccountId> for Actor {
    fn from(account: &AccountId) -> Actor {
        Actor(account.0.clone())
    }
}

impl From<&Actor> for AccountId {
    fn from(actor: &Actor) -> AccountId {
        AccountId(actor.0.clone())
    }
}

impl Key {
    /// The key of what completes the row of this key; none for a key that is too long to have one.
    pub fn completion(&self) -> Option<Key> {
        Key::new(&format!("{self}/completed")).ok()
    }
}

macro_rules! named_by_key {
    ($($name:ident),*) => {$(
        impl From<&Key> for $name {
            fn from(key: &Key) -> $name {
                $name(key.0.clone())
            }
        }
        impl From<&$name> for Key {
            fn from(id: &$name) -> Key {
                Key(id.0.clone())
            }
        }
    )*};
}

named_by_key!(
    CreditId,
    RedemptionId,
    HoldId,
    GrantId,
    RequestId,
    HandlingId,
    VisitId,
    ApplicationId,
    SlipNo,
    ObjectionId,
    DisputeId
);

#[cfg(test)]
mod tests {
    use super::{IdError, Key, StoreId};

    #[test]
    fn blanks_controls_and_slashes_are_refused() {
        assert!(StoreId::new("QW-WD001").is_ok());
        assert!(StoreId::new("一号网点").is_ok());
        assert_eq!(StoreId::new(""), Err(IdError::Blank { kind: "store" }));
        assert!(matches!(StoreId::new("a/b"), Err(IdError::BadCharacter { found: '/', .. })));
        assert!(matches!(StoreId::new("a\u{0}"), Err(IdError::BadCharacter { .. })));
        assert!(matches!(StoreId::new(&"x".repeat(65)), Err(IdError::TooLong { .. })));
        assert!(Key::new("expire/2024-12-31/YZ-1").is_ok());
    }
}
