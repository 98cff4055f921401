//! The OpenAPI document as a whole: what all operations have in common is added in one place, and what the descriptions
//! beside the handlers cannot say is put right here, so that the document refuses what the ledger refuses.

mod examples;
mod parameters;
mod refusals;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use utoipa::PartialSchema;
use utoipa::ToSchema;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi};

use super::error::{CodeJson, Problem};

const TOKEN: &str = "token";
/// The one write whose commands carry keys of their own.
const BATCH: &str = "/v1/batch";
/// What changes nothing in the journal, and is no command.
const NO_COMMANDS: &[&str] = &["/v1/workers/search", "/v1/workers/{id}/person", "/v1/schedule/what-if"];
/// Methods of a path item that are operations.
const METHODS: &[&str] = &["get", "head", "post", "put", "patch", "delete"];

const ABOUT: &str = "Points of the new employment groups: earned by witnessed service, spent at redemption stores. \
Every write is a command: it carries a key, happens once, and is answered with the position at which it is durable. \
Every error is a problem document (RFC 9457) with a stable code. Ids in addresses are percent-encoded, also the slash. \
A value of a query that is left blank counts as left out.";

/// An operation and where it stands.
struct Place<'a> {
    path: &'a str,
    method: &'a str,
    /// Whether it asks for a token.
    guarded: bool,
}

impl Place<'_> {
    fn writes(&self) -> bool {
        self.method != "get" && self.method != "head"
    }

    /// Whether its command's key comes in a header.
    fn keyed(&self) -> bool {
        self.guarded && self.writes() && self.path != BATCH && !NO_COMMANDS.contains(&self.path)
    }
}

/// The document of routes that ask for a token and of routes that do not.
///
/// # Errors
/// When it cannot be written as JSON, which is a fault of this program.
pub fn complete(mut guarded: OpenApi, open: OpenApi) -> serde_json::Result<Value> {
    let asks_for_a_token: BTreeSet<String> = guarded.paths.paths.keys().cloned().collect();
    guarded.merge(open);
    guarded.info = InfoBuilder::new()
        .title("Nuanxin (暖新积分账本)")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(LicenseBuilder::new().name("Apache-2.0 OR MIT").build()))
        .build();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token: `nuanxin token issue --role ROLE`"))
        .build();
    let mut components = guarded.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    components.schemas.insert(CodeJson::name().into_owned(), CodeJson::schema());
    components.security_schemes.insert(TOKEN.to_owned(), SecurityScheme::Http(bearer).into());
    guarded.components = Some(components);

    let mut document = serde_json::to_value(&guarded)?;
    let bodies = bodies_without_required_fields(&document);
    let mut names = BTreeSet::new();
    for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let (Some(method), Some(operation)) =
                (METHODS.iter().find(|known| **known == method.as_str()), operation.as_object_mut())
            else {
                continue;
            };
            let place = Place { path, method, guarded: asks_for_a_token.contains(path) };
            finish(&place, operation, &bodies, &mut names);
        }
    }
    Ok(document)
}

fn finish(
    place: &Place<'_>,
    operation: &mut Map<String, Value>,
    bodies: &BTreeSet<String>,
    names: &mut BTreeSet<String>,
) {
    name(operation, names);
    if place.guarded {
        operation.insert("security".to_owned(), json!([{ TOKEN: [] }]));
    }
    // A body that nothing has to be said in may be left out.
    if let Some(body) = operation.get_mut("requestBody")
        && let Some(schema) = body.pointer("/content/application~1json/schema/$ref").and_then(Value::as_str)
        && bodies.contains(schema)
    {
        body["required"] = Value::Bool(false);
    }
    parameters::finish(place, operation);
    refusals::finish(place, operation);
    examples::finish(place, operation);
}

/// Functions of two resources may have one name, operations may not.
fn name(operation: &mut Map<String, Value>, names: &mut BTreeSet<String>) {
    let Some(id) = operation.get("operationId").and_then(Value::as_str).map(str::to_owned) else { return };
    if names.insert(id.clone()) {
        return;
    }
    let tag = operation.get("tags").and_then(|tags| tags.get(0)).and_then(Value::as_str).unwrap_or_default();
    let longer = format!("{id}_{tag}");
    names.insert(longer.clone());
    operation.insert("operationId".to_owned(), Value::String(longer));
}

fn bodies_without_required_fields(document: &Value) -> BTreeSet<String> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    let objects = schemas.into_iter().flatten().filter(|(_, schema)| schema.get("type") == Some(&json!("object")));
    let free = objects.filter(|(_, schema)| schema.get("required").is_none());
    free.map(|(name, _)| format!("#/components/schemas/{name}")).collect()
}
