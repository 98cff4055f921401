//! One item of a batch: which commands there are, how an item is read, and how that is described.

use axum::http::StatusCode;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Receipt};
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::body::read_json;
use super::command::Body;
use super::error::ApiError;
use super::shapes::{ID_PATTERN, KEY_PATTERN, MONTH_PATTERN, string};
use super::{acknowledgements, appointments, benefits, pairs, passes, requests, selection_objections, selections};
use super::{appointment_decisions, approvals, request_claims, request_routing};
use super::{
    cases, credits, deliveries, grants, holds, judgements, merchants, redemptions, reversals, shelf, sites, stand_ins,
    statements, stores, withdrawals, workers,
};
use crate::service::command::Asked;

const KEY: &str = "key";
const COMMAND: &str = "command";

/// An answer, written.
pub(super) struct Told {
    pub(super) status: StatusCode,
    pub(super) replayed: bool,
    pub(super) body: Box<RawValue>,
}

/// An item, read.
pub(super) struct Item {
    pub(super) asked: Asked,
    pub(super) tell: fn(&Command, &Receipt) -> Result<Told, ApiError>,
}

/// The commands of a batch: each has the name of what it does, and some also that of the resource they make.
macro_rules! commands {
    ($($name:literal $(| $also:literal)* => $body:ty,)*) => {
        fn by_name(name: &str, fields: Fields) -> Result<Item, ApiError> {
            match name {
                $($name $(| $also)* => item::<$body>(fields),)*
                other => {
                    let shown: String = other.chars().take(40).collect();
                    let known = [$($name),*].join(", ");
                    Err(ApiError::unreadable(format!("command: there is no {shown:?}; there are {known}")))
                }
            }
        }

        #[cfg(test)]
        const NAMES: &[&str] = &[$($name),*];

        fn described() -> OneOfBuilder {
            OneOfBuilder::new()$(.item(describe::<$body>(&[$name $(, $also)*])))*
        }

        fn schemas_of_bodies(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            $(<$body as ToSchema>::schemas(schemas);)*
        }
    };
}

commands! {
    "record_credit" | "credit" => credits::RecordCredit,
    "confirm_credit" => judgements::ConfirmCredit,
    "reject_credit" => judgements::RejectCredit,
    "reverse_credit" => judgements::ReverseCredit,
    "object_to_credit" | "object" => judgements::ObjectToCredit,
    "resolve_objection" | "resolve" => judgements::ResolveObjection,
    "appeal_decision" | "appeal" => judgements::AppealDecision,
    "redeem" | "redemption" => redemptions::Redeem,
    "reverse_redemption" => redemptions::ReverseRedemption,
    "place_hold" | "hold" => holds::PlaceHold,
    "capture_hold" => holds::CaptureHold,
    "release_hold" => holds::ReleaseHold,
    "deliver_redemption" | "delivery" => deliveries::DeliverRedemption,
    "settle_case" => cases::SettleCase,
    "enrol_device" => deliveries::EnrolDevice,
    "register_worker" | "worker" => workers::RegisterWorker,
    "depart_worker" => workers::DepartWorker,
    "merge_workers" => workers::MergeWorkers,
    "issue_card" | "card" => workers::IssueCard,
    "move_card" => workers::MoveCard,
    "close_card" => workers::CloseCard,
    "register_merchant" | "merchant" => merchants::RegisterMerchant,
    "pay_settlement" => merchants::PaySettlement,
    "prepare_statement" => statements::PrepareStatement,
    "dispute_statement" => statements::DisputeStatement,
    "acknowledge_statement" => acknowledgements::AcknowledgeStatement,
    "answer_dispute" => statements::AnswerDispute,
    "confirm_statement" => statements::ConfirmStatement,
    "prepare_body_statement" => statements::PrepareBodyStatement,
    "confirm_body_statement" => statements::ConfirmBodyStatement,
    "pay_body" => statements::PayBody,
    "open_store" | "store" => stores::OpenStore,
    "close_store" => stores::CloseStore,
    "reopen_store" => stores::ReopenStore,
    "list_item" | "item" => stores::ListItem,
    "delist_item" => stores::DelistItem,
    "open_site" | "site" => sites::OpenSite,
    "move_site" => sites::MoveSite,
    "close_site" => sites::CloseSite,
    "set_services" => sites::SetServices,
    "restock" => shelf::Restock,
    "count_stock" => shelf::CountStock,
    "write_off_stock" => shelf::WriteOffStock,
    "open_account" | "account" => grants::OpenAccount,
    "grant_role" | "grant" => grants::GrantRole,
    "confirm_grant" => grants::ConfirmGrant,
    "end_grant" => grants::EndGrant,
    "post_request" | "request" => requests::PostRequest,
    "record_handling" | "handling" => requests::RecordHandling,
    "rate_handling" => requests::RateHandling,
    "claim_request" => request_claims::ClaimRequest,
    "report_handling" => request_claims::ReportHandling,
    "return_claim" => request_claims::ReturnClaim,
    "route_request" => request_routing::RouteRequest,
    "withdraw_request" => request_routing::WithdrawRequest,
    "merge_request" => request_routing::MergeRequest,
    "register_appointment" | "appointment" => appointments::RegisterAppointment,
    "confirm_appointment" => appointment_decisions::ConfirmAppointment,
    "reject_appointment" => appointment_decisions::RejectAppointment,
    "open_pair" | "pair" => pairs::OpenPair,
    "record_visit" | "visit" => pairs::RecordVisit,
    "confirm_visit" => pairs::ConfirmVisit,
    "stand_in_for_visit" => stand_ins::StandInForVisit,
    "register_fund" | "fund" => benefits::RegisterFund,
    "register_benefit" | "benefit" => benefits::RegisterBenefit,
    "apply_benefit" | "claim" => benefits::ApplyBenefit,
    "use_benefit" => benefits::UseBenefit,
    "withdraw_benefit" => withdrawals::WithdrawBenefit,
    "check_benefit" => approvals::CheckBenefit,
    "reject_benefit" => approvals::RejectBenefit,
    "reverse_benefit_use" => reversals::ReverseBenefitUse,
    "issue_pass" | "pass" => passes::IssuePass,
    "register_offer" | "offer" => passes::RegisterOffer,
    "use_pass" | "honour" => passes::UsePass,
    "reverse_pass_use" => reversals::ReversePassUse,
    "announce_selection" | "selection" => selections::AnnounceSelection,
    "consent_to_selection" => selections::ConsentToSelection,
    "withdraw_from_selection" => selections::WithdrawFromSelection,
    "seal_selection" => selections::SealSelection,
    "draw_selection" => selections::DrawSelection,
    "object_to_selection" => selection_objections::ObjectToSelection,
    "answer_objection" => selection_objections::AnswerObjection,
    "revise_selection" => selection_objections::ReviseSelection,
    "record_result" => selection_objections::RecordResult,
}

/// Reads an item: its key, where one can be read, and what it asks for.
pub(super) fn read(raw: &RawValue) -> (Option<String>, Result<Item, ApiError>) {
    let mut fields: Fields = match serde_json::from_str(raw.get()) {
        Ok(fields) => fields,
        Err(error) => return (None, Err(ApiError::unreadable(format!("the command cannot be read: {error}")))),
    };
    let key = match fields.take_text(KEY) {
        Ok(key) => key,
        Err(error) => return (None, Err(error)),
    };
    let item = fields
        .take_text(COMMAND)
        .and_then(|name| name.ok_or_else(|| ApiError::unreadable("command: missing; say which command this is")))
        .and_then(|name| by_name(&name, fields.with_key(key.as_deref())?));
    (key, item)
}

fn item<B: Body>(mut fields: Fields) -> Result<Item, ApiError> {
    let path = fields.split(B::PATH).read::<B::Path>()?;
    let asked = fields.read::<B>()?.command(path)?;
    Ok(Item { asked, tell: tell::<B> })
}

fn tell<B: Body>(command: &Command, receipt: &Receipt) -> Result<Told, ApiError> {
    let answer = B::answer(command, receipt)
        .ok_or_else(|| ApiError::fault(&"a receipt holds other events than its command makes"))?;
    let body = serde_json::value::to_raw_value(&answer).map_err(|error| ApiError::fault(&error))?;
    Ok(Told { status: B::STATUS, replayed: receipt.repeated, body })
}

/// The fields of an item in their order, unread; one that stands twice is kept twice, for its reader to refuse.
struct Fields(Vec<(String, Box<RawValue>)>);

impl Fields {
    fn take_text(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        let Some(at) = self.0.iter().position(|(field, _)| field == name) else { return Ok(None) };
        let (_, value) = self.0.remove(at);
        if self.0.iter().any(|(field, _)| field == name) {
            return Err(ApiError::unreadable(format!("{name}: stands twice")));
        }
        serde_json::from_str(value.get()).map(Some).map_err(|_| ApiError::unreadable(format!("{name}: not a text")))
    }

    /// With the key once more, for what is named by it.
    fn with_key(mut self, key: Option<&str>) -> Result<Fields, ApiError> {
        if let Some(key) = key {
            let key = serde_json::value::to_raw_value(key).map_err(|error| ApiError::fault(&error))?;
            self.0.push((KEY.to_owned(), key));
        }
        Ok(self)
    }

    /// The fields that a route has in its address, and the key.
    fn split(&mut self, path: &[(&str, Code)]) -> Fields {
        Fields(self.0.extract_if(.., |(field, _)| field == KEY || path.iter().any(|(name, _)| name == field)).collect())
    }

    /// Written once more and read as the body of a route is, so that no type has to know how to be read in a second way.
    fn read<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        read_json(&serde_json::to_string(self).map_err(|error| ApiError::fault(&error))?)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(field, value)| (field, value)))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fields, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Fields;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a command: an object with key, command and the command's fields")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Fields, M::Error> {
                const FIELDS_MAX: usize = 64;
                let mut fields = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    if fields.len() >= FIELDS_MAX {
                        return Err(M::Error::custom(format_args!("more than {FIELDS_MAX} fields")));
                    }
                    fields.push(entry);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// An item of a batch, as it is described.
pub(super) struct BatchItem;

impl PartialSchema for BatchItem {
    fn schema() -> RefOr<Schema> {
        let about = "The fields of the command's own body, with key, command, and what its address would name.";
        described().description(Some(about)).into()
    }
}

impl ToSchema for BatchItem {
    fn name() -> std::borrow::Cow<'static, str> {
        "BatchItem".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas_of_bodies(schemas);
    }
}

fn describe<B: Body + ToSchema>(names: &[&str]) -> Object {
    let mut object = if let RefOr::T(Schema::Object(object)) = B::schema() { object } else { Object::new() };
    let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    let key = string(128, KEY_PATTERN).description(Some("The command's key."));
    let command = text().enum_values(Some(names.iter().copied()));
    let named = B::PATH.iter().map(|(field, code)| {
        let named_by_key = matches!(code, Code::UnknownCredit | Code::UnknownRedemption | Code::UnknownRequest)
            || matches!(*field, "visit" | "claim" | "slip" | "objection");
        let text = match *field {
            "month" => string(7, MONTH_PATTERN),
            _ if named_by_key => string(128, KEY_PATTERN),
            _ => string(64, ID_PATTERN),
        };
        ((*field).to_owned(), text.build())
    });
    let added = [(KEY.to_owned(), key.build()), (COMMAND.to_owned(), command.build())].into_iter().chain(named);
    for (field, schema) in added {
        object.required.push(field.clone());
        object.properties.insert(field, schema.into());
    }
    object.title = names.first().map(|name| (*name).to_owned());
    object
}

#[cfg(test)]
mod tests {
    use super::NAMES;
    use crate::access::policy::CommandKind;

    /// What concerns the whole district, or many workers at once, is no item of a batch.
    /// Neither is what destroys a key.
    const APART: &[CommandKind] = &[
        CommandKind::OpenJournal,
        CommandKind::Configure,
        CommandKind::AdoptSchedule,
        CommandKind::SealAppraisal,
        CommandKind::ExpireLots,
        CommandKind::EraseWorker,
        CommandKind::SettleCredit,
    ];

    fn in_words(kind: CommandKind) -> String {
        let name = format!("{kind:?}");
        let parts = name.char_indices().map(|(at, found)| {
            let gap = if at > 0 && found.is_ascii_uppercase() { "_" } else { "" };
            format!("{gap}{}", found.to_ascii_lowercase())
        });
        parts.collect()
    }

    #[test]
    fn every_command_of_a_counter_or_desk_can_stand_in_a_batch() {
        let mut wanted: Vec<String> =
            CommandKind::ALL.iter().filter(|kind| !APART.contains(kind)).map(|kind| in_words(*kind)).collect();
        wanted.sort();
        let mut names = NAMES.to_vec();
        names.sort_unstable();
        assert_eq!(names, wanted);
    }
}
