//! Shots at every operation that `/openapi.json` describes: its ids, its queries, its body, and every value in its body;
//! each is the operation's control with one thing changed.

use std::collections::{BTreeMap, BTreeSet};

use nuanxin_tests::Api;
use serde_json::{Value, json};

use super::Shot;
use super::Verdict;
use super::controls::Control;
use super::kinds::{self, Kind};
use super::values::{bodies, json_values, path_values, query_values};

/// Stands in a body for a value that is put in as raw text, because some of them are no JSON.
const MARK: &str = "@@hostile@@";

/// Operations without a control, each with the reason; what is told of them stands in the tests that are named.
pub(super) const OF_OTHER_OFFICES: [(&str, &str); 2] = [
    ("POST /v1/audit/cosignatures", "no body is right without another office's key: the library's evidence.rs"),
    ("POST /v1/witness/add-checkpoint", "no body is right without another office's checkpoint: the same"),
];

/// Every operation of a server's own document, with the queries that it takes.
pub(super) async fn operations(api: &Api) -> BTreeMap<String, BTreeSet<String>> {
    let (status, document) = api.get("/openapi.json").await.expect("the server answers");
    assert_eq!(status, 200, "/openapi.json: {document}");
    let mut operations = BTreeMap::new();
    for (path, item) in document["paths"].as_object().expect("the document has paths") {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if matches!(method.as_str(), "get" | "post" | "put" | "delete" | "patch") {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let queries = parameters.filter(|parameter| parameter["in"] == "query");
                let names = queries.map(|query| query["name"].as_str().expect("a name").to_owned()).collect();
                operations.insert(format!("{} {path}", method.to_uppercase()), names);
            }
        }
    }
    operations
}

/// Fired first, one each: unchanged, and with each query.
pub(super) fn unchanged(control: &Control) -> Vec<Shot> {
    let body = control.body.as_ref().map(Value::to_string).unwrap_or_default().into_bytes();
    let plain = shot(control, "nothing changed".into(), control.target(), body.clone(), Verdict::Done(control.status));
    let query = |(query, value, _): &(&str, &str, Kind)| {
        let target = format!("{}?{}", control.target(), with_query(control, query, value));
        shot(control, format!("{query} = {value}"), target, body.clone(), Verdict::Done(control.status))
    };
    // Two queries only make sense together.
    if control.path == "/v1/audit/consistency" {
        return vec![query(&control.queries[0])];
    }
    if control.path == "/v1/audit/sample" {
        return control.queries.iter().map(query).collect();
    }
    [plain].into_iter().chain(control.queries.iter().map(query)).collect()
}

/// A query with one value changed; where others must stand beside it, with those.
fn with_query(control: &Control, name: &str, value: &str) -> String {
    let needed: &[&str] = match control.path {
        "/v1/audit/consistency" => &["from", "to"],
        "/v1/audit/sample" => &["seed", "size"],
        _ => &[],
    };
    let others = control.queries.iter().filter(|(query, ..)| *query != name && needed.contains(query));
    let others: String = others.map(|(query, value, _)| format!("&{query}={value}")).collect();
    format!("{name}={value}{others}")
}

fn shot(control: &Control, name: String, target: String, body: Vec<u8>, verdict: Verdict) -> Shot {
    let headers = control.headers.iter().map(|header| (*header).to_owned()).collect();
    Shot { name, method: control.method.to_owned(), target, headers, body, verdict, makes: false }
}

/// Everything that is fired at an operation.
pub(super) fn shots(control: &Control) -> Vec<Shot> {
    let mut shots = Vec::new();
    let plain = control.target();
    let body = control.body.as_ref().map(Value::to_string).unwrap_or_default();
    for (place, (id, kind)) in control.ids.iter().enumerate() {
        for value in path_values() {
            let mut ids =
                control.ids.iter().enumerate().map(|(at, (id, _))| if at == place { value.as_str() } else { id });
            let part = |part: &'static str| {
                if part.starts_with('{') { ids.next().expect("an id for each").to_owned() } else { part.to_owned() }
            };
            let target = control.path.split('/').map(part).collect::<Vec<_>>().join("/");
            let verdict = kinds::part(*kind, &value, control.method == "GET");
            shots.push(shot(control, format!("{value:.60} for {id}"), target, body.clone().into_bytes(), verdict));
        }
    }
    for (query, _, kind) in control.queries {
        for value in query_values() {
            let target = format!("{plain}?{}", with_query(control, query, &value));
            let has_limit = control.queries.iter().any(|(query, ..)| *query == "limit");
            let verdict = match value.as_str() {
                "1&limit=2" => {
                    let named = control.ids.first().map(|(_, kind)| *kind);
                    kinds::two_queries(query, *kind, has_limit, named)
                }
                value => kinds::query(*kind, value),
            };
            let verdict = verdict.of(control);
            shots.push(shot(control, format!("{query} in the query"), target, body.clone().into_bytes(), verdict));
        }
    }
    let Some(valid) = &control.body else { return shots };
    for (name, hostile) in bodies() {
        let verdict = whole(control, name);
        shots.push(shot(control, format!("the body is {name}"), plain.clone(), hostile, verdict));
    }
    if let Value::Object(fields) = valid {
        let mut more = fields.clone();
        more.insert("no_such_field".into(), json!(1));
        let verdict = Verdict::Refused(400, "invalid_input");
        shots.push(shot(
            control,
            "a field more".into(),
            plain.clone(),
            Value::Object(more).to_string().into(),
            verdict,
        ));
    }
    for (pointer, kind) in control.fields {
        let mut marked = valid.clone();
        *marked.pointer_mut(pointer).expect("a control has every field that it tells of") = json!(MARK);
        let text = marked.to_string();
        for value in json_values().into_iter().filter(|value| *kind != Kind::Secret || !value.starts_with('"')) {
            let body = text.replace(&json!(MARK).to_string(), &value).into_bytes();
            let verdict = kinds::field(*kind, Some(&value)).of(control);
            shots.push(shot(control, format!("{value:.60} at {pointer}"), plain.clone(), body, verdict));
            shots.last_mut().expect("just pushed").makes = matches!(kind, Kind::New | Kind::Account);
        }
        if let Some(left_out) = without(valid, pointer) {
            let verdict = kinds::field(*kind, None).of(control);
            shots.push(shot(
                control,
                format!("nothing at {pointer}"),
                plain.clone(),
                left_out.to_string().into_bytes(),
                verdict,
            ));
        }
    }
    shots
}

/// What is told of a whole body.
fn whole(control: &Control, name: &str) -> Verdict {
    let may_be_left_out = |kind: &Kind| {
        matches!(kind, Kind::Remark | Kind::OptionalText | Kind::Name | Kind::OptionalDigest | Kind::OptionalInstant)
    };
    // Which services a site has must be told, if only that it has none.
    let asks_nothing =
        control.path != "/v1/sites/{id}/services" && control.fields.iter().all(|(_, kind)| may_be_left_out(kind));
    match name {
        // Each command of a batch is answered on its own.
        "an array" | "an array of arrays" | "deep arrays, closed" if control.path == "/v1/batch" => Verdict::Done(200),
        "nothing" | "an empty object" if control.path == "/v1/workers/search" => Verdict::Refused(422, "invalid_input"),
        "nothing" | "an empty object" if asks_nothing && control.path != "/v1/batch" => Verdict::Done(control.status),
        "two megabytes of blanks" if control.path != "/v1/batch" => Verdict::Refused(413, "too_large"),
        _ => Verdict::Refused(400, "invalid_input"),
    }
}

/// The body without the field at a pointer; none where that is no field of an object.
fn without(body: &Value, pointer: &str) -> Option<Value> {
    let (parent, field) = pointer.rsplit_once('/')?;
    let mut body = body.clone();
    let parent = if parent.is_empty() { &mut body } else { body.pointer_mut(parent)? };
    parent.as_object_mut()?.remove(field)?;
    Some(body)
}
