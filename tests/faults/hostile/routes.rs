//! Shots at every operation that `/openapi.json` describes: its ids, its queries, its body, and every value in its body.

use nuanxin_tests::Api;
use serde_json::{Map, Value, json};

use super::values::{bodies, json_values, path_values, query_values};
use super::{Shot, Verdict};

/// How deep a schema is followed.
const DEPTH_MAX: usize = 8;
/// Stands in a body for a value that is put in as raw text, because some of them are no JSON.
const MARK: &str = "@@hostile@@";

/// One operation of the document.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    method: String,
    path: String,
    queries: Vec<String>,
    body: Option<Value>,
}

/// Every operation of a server's own document, each with a body that it could accept.
pub(super) async fn operations(api: &Api) -> Vec<Operation> {
    let (status, document) = api.get("/openapi.json").await.expect("the server answers");
    assert_eq!(status, 200, "/openapi.json: {document}");
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("the document has paths") {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if !matches!(method.as_str(), "get" | "post" | "put" | "delete" | "patch") {
                continue;
            }
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let queries = parameters.filter(|parameter| parameter["in"] == "query");
            let queries = queries.filter_map(|parameter| parameter["name"].as_str().map(str::to_owned)).collect();
            let schema = operation.pointer("/requestBody/content/application~1json/schema");
            let body = schema.map(|schema| sample("", schema, &document, 0));
            operations.push(Operation { method: method.to_uppercase(), path: path.clone(), queries, body });
        }
    }
    operations
}

/// Everything that is fired at an operation.
pub(super) fn shots(operation: &Operation) -> Vec<Shot> {
    let mut shots = Vec::new();
    let plain = known_path(&operation.path);
    let body = operation.body.as_ref().map(Value::to_string).unwrap_or_default();
    let mut shoot = |name: String, target: String, body: Vec<u8>| {
        let method = operation.method.clone();
        shots.push(Shot { name, method, target, headers: Vec::new(), body, verdict: Verdict::Survives });
    };
    for parameter in parameters(&operation.path) {
        for value in path_values() {
            let target = known_path(&operation.path.replace(&parameter, &value));
            shoot(format!("{parameter} in the address"), target, body.clone().into_bytes());
        }
    }
    for query in &operation.queries {
        for value in query_values() {
            shoot(format!("{query} in the query"), format!("{plain}?{query}={value}"), body.clone().into_bytes());
        }
    }
    shoot(
        "a strange query".into(),
        format!("{plain}?&&==&%00=%00&a[]=1&limit=1&limit=2&{}", "x".repeat(5_000)),
        Vec::new(),
    );
    let Some(valid) = &operation.body else { return shots };
    for (name, hostile) in bodies() {
        shoot(format!("the body is {name}"), plain.clone(), hostile);
    }
    for pointer in pointers(valid) {
        let mut marked = valid.clone();
        if let Some(place) = marked.pointer_mut(&pointer) {
            *place = json!(MARK);
        }
        let text = marked.to_string();
        for value in json_values() {
            shoot(
                format!("a value at {pointer}"),
                plain.clone(),
                text.replace(&json!(MARK).to_string(), &value).into_bytes(),
            );
        }
        if let Some(left_out) = without(valid, &pointer) {
            shoot(format!("nothing at {pointer}"), plain.clone(), left_out.to_string().into_bytes());
        }
    }
    shots
}

/// The parameters of an address, braces included.
fn parameters(path: &str) -> Vec<String> {
    path.split('/').filter(|part| part.starts_with('{')).map(str::to_owned).collect()
}

/// The address with ids that are there.
fn known_path(path: &str) -> String {
    let known = |before: &str| match before {
        "workers" => "W0001",
        "stores" => "S0001",
        "merchants" => "M0001",
        "credits" => "setup-W0001-points",
        "appraisals" => "2025",
        "items" | "stock" => "SW01",
        "inclusion" => "1",
        _ => "no-such-thing",
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        let is_parameter = part.starts_with('{') && part.ends_with('}') && part.len() > 2;
        let before = parts.last().copied().unwrap_or_default();
        parts.push(if is_parameter { known(before) } else { part });
    }
    parts.join("/")
}

/// A value that a schema could accept; fields whose names are known get values of the district.
fn sample(name: &str, schema: &Value, document: &Value, depth: usize) -> Value {
    if depth > DEPTH_MAX {
        return Value::Null;
    }
    if let Some(known) = known_value(name) {
        return known;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
        return sample(name, target, document, depth + 1);
    }
    for given in ["const", "default", "example"] {
        if !schema[given].is_null() {
            return schema[given].clone();
        }
    }
    for list in ["enum", "examples"] {
        if let Some(first) = schema[list].get(0) {
            return first.clone();
        }
    }
    for choice in ["oneOf", "anyOf"] {
        let choices = schema[choice].as_array().into_iter().flatten();
        if let Some(first) = choices.clone().find(|option| option["type"] != "null") {
            return sample(name, first, document, depth + 1);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts.iter().map(|part| sample(name, part, document, depth + 1)) {
            whole.extend(part.as_object().cloned().unwrap_or_default());
        }
        return Value::Object(whole);
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"].get(0)?.as_str()).unwrap_or("object");
    match kind {
        "object" => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let fields = properties.map(|(field, schema)| (field.clone(), sample(field, schema, document, depth + 1)));
            Value::Object(fields.collect())
        }
        "array" => json!([sample(name, &schema["items"], document, depth + 1)]),
        "integer" | "number" => json!(1),
        "boolean" => json!(false),
        "null" => Value::Null,
        _ => match schema["format"].as_str() {
            Some("date") => json!("2026-03-01"),
            Some("date-time") => json!("2026-03-01T08:00:00+08:00"),
            _ => json!(format!("样品-{name}")),
        },
    }
}

fn known_value(field: &str) -> Option<Value> {
    Some(match field {
        "worker" => json!("W0002"),
        "store" => json!("S0001"),
        "merchant" => json!("M0001"),
        "sku" => json!("SW01"),
        "activity" => json!("ZY01"),
        "month" => json!("2026-03"),
        "uscc" => json!("92000000MA000001H9"),
        "id" => json!("sample"),
        "key" => json!("sample-key"),
        _ => return None,
    })
}

/// JSON pointers to every value of a body but itself.
fn pointers(body: &Value) -> Vec<String> {
    let children: Vec<(String, &Value)> = match body {
        Value::Object(fields) => fields.iter().map(|(field, value)| (format!("/{field}"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (format!("/{index}"), value)).collect(),
        _ => Vec::new(),
    };
    let deeper = |(step, value): &(String, &Value)| {
        let below = pointers(value).into_iter().map(|pointer| format!("{step}{pointer}"));
        std::iter::once(step.clone()).chain(below).collect::<Vec<_>>()
    };
    children.iter().flat_map(deeper).collect()
}

/// The body without the field at a pointer; none where that is no field of an object.
fn without(body: &Value, pointer: &str) -> Option<Value> {
    let (parent, field) = pointer.rsplit_once('/')?;
    let mut body = body.clone();
    let parent = if parent.is_empty() { &mut body } else { body.pointer_mut(parent)? };
    parent.as_object_mut()?.remove(field)?;
    Some(body)
}
