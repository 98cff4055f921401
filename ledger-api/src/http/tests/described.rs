//! That answers are what the OpenAPI document says they are: every answer of the tests here is held against it.

use std::sync::LazyLock;

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| crate::http::document().unwrap());

/// Panics unless an answer is described for its route and status. What no route answers is described nowhere.
#[track_caller]
pub(super) fn assert_described(method: &Method, path: &str, status: StatusCode, content_type: &str, body: &Value) {
    let Some(operation) = operation(method, path) else { return };
    let responses = &operation["responses"];
    let response = [status.as_str(), "default"].into_iter().find_map(|name| responses.get(name));
    let Some(response) = response else { panic!("{method} {path} answers {status}, which is not described") };
    let Some(content) = response.get("content") else { return };
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let Some(schema) = content.get(media_type).and_then(|content| content.get("schema")) else {
        panic!("{method} {path} answers {status} as {media_type}, described are {content}")
    };
    if media_type.ends_with("json")
        && let Err(fault) = fits(schema, body, "answer")
    {
        panic!("{method} {path} answers {status}, and its description does not fit: {fault}\n{body}");
    }
}

/// The description of a route that an address belongs to; what is written out goes before what stands for any value.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap_or_default();
    let asked: Vec<&str> = path.split('/').collect();
    let belongs = |template: &&String| {
        let template: Vec<&str> = template.split('/').collect();
        let same = |(template, asked): (&&str, &&str)| template.starts_with('{') || template == asked;
        template.len() == asked.len() && template.iter().zip(&asked).all(same)
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let template = paths.keys().filter(belongs).min_by_key(|template| template.matches('{').count())?;
    paths[template].get(method.as_str().to_lowercase())
}

/// Whether a value is what a schema says, as far as this project's schemas go.
fn fits(schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        let target = DOCUMENT.pointer(pointer).ok_or_else(|| format!("{place}: nothing is at {reference}"))?;
        return fits(target, value, &format!("{place} ({})", reference.rsplit('/').next().unwrap_or_default()));
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let faults: Vec<String> = choices.iter().filter_map(|one| fits(one, value, place).err()).collect();
            let all_fail = faults.len() == choices.len();
            return if all_fail { Err(faults.join("; or ")) } else { Ok(()) };
        }
    }
    if schema.get("allOf").is_some() || schema.get("properties").is_some() {
        return object_fits(schema, value, place);
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_of_type = types.is_empty() || types.contains(&found) || (found == "integer" && types.contains(&"number"));
    if !is_of_type {
        return Err(format!("{place} is of type {found}, described as {types:?}"));
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        return Err(format!("{place} is {value}, described are {words:?}"));
    }
    for (index, element) in value.as_array().into_iter().flatten().enumerate() {
        fits(&schema["items"], element, &format!("{place}[{index}]"))?;
    }
    if schema["additionalProperties"].is_object() {
        for (name, member) in value.as_object().into_iter().flatten() {
            fits(&schema["additionalProperties"], member, &format!("{place}.{name}"))?;
        }
    }
    Ok(())
}

/// An object whose members may be described in several places.
fn object_fits(schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    let Some(members) = value.as_object() else { return Err(format!("{place} is no object: {value}")) };
    let (mut properties, mut required) = (Map::new(), Vec::new());
    gather(schema, &mut properties, &mut required);
    for name in &required {
        if !members.contains_key(name) {
            return Err(format!("{place} has no {name}"));
        }
    }
    for (name, member) in members {
        let Some(described) = properties.get(name) else {
            return Err(format!("{place}.{name} is not described"));
        };
        fits(described, member, &format!("{place}.{name}"))?;
    }
    Ok(())
}

fn gather(schema: &Value, properties: &mut Map<String, Value>, required: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap();
        return gather(target, properties, required);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        gather(part, properties, required);
    }
    let own = schema["properties"].as_object().into_iter().flatten();
    properties.extend(own.map(|(name, described)| (name.clone(), described.clone())));
    required.extend(schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
}

#[test]
fn what_does_not_fit_its_description_is_found() {
    let schema = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"},
        "points": {"type": ["number", "null"]}}});
    assert_eq!(fits(&schema, &json!({"id": "W1", "points": null}), "it"), Ok(()));
    for wrong in [json!({}), json!({"id": 1}), json!({"id": "W1", "more": 1}), json!({"id": "W1", "points": "2"})] {
        assert!(fits(&schema, &wrong, "it").is_err(), "{wrong}");
    }
    assert!(operation(&Method::GET, "/v1/schedule/versions?limit=1").is_some());
    assert!(operation(&Method::GET, "/v1/nowhere").is_none());
}
