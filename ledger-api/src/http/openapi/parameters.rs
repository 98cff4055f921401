//! What addresses, queries and headers may say, as narrow as it is read.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::Place;
use crate::demo::{EXAMPLE_MERCHANT, EXAMPLE_SKU, EXAMPLE_STORE, EXAMPLE_WORKER};
use crate::http::extract::IDEMPOTENCY_KEY;
use crate::http::shapes::{DATE_PATTERN, DAY_PATTERN, ID_PATTERN, KEY_PATTERN, MOMENT_PATTERN, MONTH_PATTERN};
use crate::service::keys::RESERVED_KEYS;

/// The last position there can be: databases count in signed numbers.
const POSITION_MAX: i64 = i64::MAX;
/// What a text of a query may hold: no NUL, which PostgreSQL takes nowhere.
const QUERY_TEXT: &str = r"^[^\u0000]*$";
/// A key in a header: also other characters in UTF-8, but not those that begin keys of the ledger's own.
static HEADER_KEY: LazyLock<String> = LazyLock::new(|| format!("^(?!{})[!-~]+$", RESERVED_KEYS.join("|")));

/// What an entry of a record beside the journal is known by, or nothing.
const RECORD_ID: &str = r"^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?$";

/// A value that is left blank counts as left out.
static BLANK: LazyLock<Value> = LazyLock::new(|| json!({ "maxLength": 0 }));

/// The words that a parameter takes, by operation.
const WORDS: &[(&str, &str, &[&str])] = &[
    ("/v1/appraisals/{year}", "format", &["json", "csv", "xlsx"]),
    ("/v1/requests", "status", &["open", "underway", "done", "rated", "merged", "withdrawn"]),
    ("/v1/merchants/{id}/settlement", "format", &["json", "csv", "xlsx"]),
    ("/v1/merchants/{id}/statements/{month}", "format", &["json", "csv", "xlsx"]),
    ("/v1/bodies/{body}/statements/{month}", "format", &["json", "csv", "xlsx"]),
    ("/v1/publicity", "format", &["json", "csv", "xlsx"]),
    ("/v1/selections/{id}/list", "format", &["json", "csv", "xlsx"]),
    ("/v1/workers/{id}/export", "format", &["json", "xlsx"]),
    ("/v1/audit/sample", "format", &["json", "csv", "xlsx", "text"]),
    ("/v1/audit/report", "format", &["json", "csv", "xlsx", "text"]),
    ("/v1/schedule/what-if", "format", &["json", "csv", "xlsx", "text"]),
    ("/v1/audit/checkpoint", "format", &["json", "text"]),
    ("/v1/audit/receipt/{position}", "format", &["text", "svg", "png"]),
    ("/v1/audit/notice", "format", &["text", "svg", "png"]),
    ("/v1/audit/sample", "by", &["points", "uniform", "station"]),
    ("/v1/audit/sample", "of", &["all", "credits", "redemptions"]),
];

/// Numbers that must be at least something else than nothing, by operation.
const LEAST: &[(&str, &str, u64)] =
    &[("/v1/audit/report", "late_days", 1), ("/v1/audit/report", "burst", 1), ("/v1/audit/report", "accounts", 2)];

pub(super) fn finish(place: &Place<'_>, operation: &mut Map<String, Value>) {
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    let Some(parameters) = parameters.as_array_mut() else { return };
    for parameter in parameters.iter_mut() {
        let text = |field: &str| parameter.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (name, place_of) = (text("name"), text("in"));
        match place_of.as_str() {
            "path" => of_path(place, &name, parameter),
            _ => of_query(place, &name, parameter),
        }
    }
    if place.keyed() {
        parameters.push(json!({
            "name": IDEMPOTENCY_KEY,
            "in": "header",
            "required": true,
            "description": "The command's key, unique in the journal. The same key with the same content answers with the \
                first answer, marked by the header Idempotency-Replayed; with other content it is refused.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": *HEADER_KEY },
        }));
    }
    if parameters.is_empty() {
        operation.remove("parameters");
    }
}

fn of_path(place: &Place<'_>, name: &str, parameter: &mut Value) {
    let named_by_key = ["/v1/credits/", "/v1/redemptions/", "/v1/holds/", "/v1/requests/"];
    let (schema, example) = match name {
        "id" if named_by_key.iter().any(|prefix| place.path.starts_with(prefix)) => {
            (json!({ "type": "string", "minLength": 1, "maxLength": 128, "pattern": KEY_PATTERN }), None)
        }
        "case" | "grant" | "handling" | "visit" | "claim" | "slip" | "objection" | "dispute" => {
            (json!({ "type": "string", "minLength": 1, "maxLength": 128, "pattern": KEY_PATTERN }), None)
        }
        "id" | "sku" => {
            let example = match (name, place.path) {
                ("sku", _) => EXAMPLE_SKU,
                (_, path) if path.starts_with("/v1/workers/") => EXAMPLE_WORKER,
                (_, path) if path.starts_with("/v1/stores/") => EXAMPLE_STORE,
                _ => EXAMPLE_MERCHANT,
            };
            let schema = json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": ID_PATTERN });
            (schema, Some(json!(example)))
        }
        "appointment" => (json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": ID_PATTERN }), None),
        "position" => (json!({ "type": "integer", "minimum": 1, "maximum": POSITION_MAX }), Some(json!(1))),
        "month" => (json!({ "type": "string", "pattern": MONTH_PATTERN }), Some(json!("2026-10"))),
        "body" => (json!({ "type": "string", "minLength": 1, "maxLength": 500, "pattern": QUERY_TEXT }), None),
        "year" => (json!({ "type": "integer", "minimum": 1900, "maximum": 9998 }), Some(json!(2026))),
        _ => return,
    };
    parameter["schema"] = schema;
    if let Some(example) = example {
        parameter["example"] = example;
    }
}

fn of_query(place: &Place<'_>, name: &str, parameter: &mut Value) {
    let words = WORDS.iter().find(|(path, word, _)| (*path, *word) == (place.path, name));
    let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) else { return };
    if let Some((_, _, words)) = words {
        schema.insert("enum".to_owned(), json!(words));
        return;
    }
    let is = |schema: &Map<String, Value>, word: &str| match schema.get("type") {
        Some(Value::String(only)) => only == word,
        Some(Value::Array(several)) => several.iter().any(|one| one == word),
        _ => false,
    };
    if is(schema, "integer") {
        let most = match (name, schema.get("format").and_then(Value::as_str)) {
            ("seed", _) => json!(u64::MAX),
            (_, Some("int32")) => json!(u32::MAX),
            _ => json!(POSITION_MAX),
        };
        // The formats of OpenAPI are signed, and these numbers are not.
        schema.remove("format");
        schema.insert("type".to_owned(), json!("integer"));
        schema.entry("maximum").or_insert(most);
        if let Some((_, _, least)) = LEAST.iter().find(|(path, number, _)| (*path, *number) == (place.path, name)) {
            schema.insert("minimum".to_owned(), json!(least));
        }
    } else if name == "month" {
        schema.insert("anyOf".to_owned(), json!([{ "pattern": MONTH_PATTERN }, BLANK.clone()]));
    } else if name == "recorded_as_of" {
        schema.insert(
            "anyOf".to_owned(),
            json!([
                { "format": "date", "pattern": DAY_PATTERN },
                { "format": "date-time", "pattern": MOMENT_PATTERN },
                BLANK.clone(),
            ]),
        );
    } else if schema.get("format").is_some_and(|format| format == "date") {
        schema.remove("format");
        let day = json!({ "format": "date", "pattern": DATE_PATTERN });
        schema.insert("anyOf".to_owned(), json!([day, BLANK.clone()]));
    } else if name == "after" && ["/v1/audit/security", "/v1/workers/{id}/readers"].contains(&place.path) {
        schema.insert("pattern".to_owned(), json!(RECORD_ID));
    } else if (place.path, name) == ("/v1/schedule/versions", "after") {
        schema.insert("pattern".to_owned(), json!(r"^[0-9]{0,9}$"));
    } else if is(schema, "string") && schema.get("enum").is_none() {
        schema.insert("pattern".to_owned(), json!(QUERY_TEXT));
    }
}
