//! JSON whose numbers stay the text they are: 2.5 equals 2.5, and 10 does not equal 10.0. Points are exact decimals, so
//! a comparison that reads them as floats would prove less than it says.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// A JSON value with its numbers as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Exact {
    /// Members by name.
    Object(BTreeMap<String, Exact>),
    /// Elements in order.
    List(Vec<Exact>),
    /// A string, unescaped.
    Text(String),
    /// A number, true, false or null, as written.
    Word(String),
}

impl Exact {
    /// Reads a document. Panics with its start when it is no JSON.
    #[track_caller]
    pub(crate) fn parse(json: &str) -> Exact {
        let start = || json.chars().take(200).collect::<String>();
        read(json).unwrap_or_else(|error| panic!("not JSON ({error}): {}", start()))
    }

    /// The member of an object. Panics when there is none.
    #[track_caller]
    pub(crate) fn get(&self, name: &str) -> &Exact {
        self.find(name).unwrap_or_else(|| panic!("no member {name:?} in {self:.300?}"))
    }

    /// The member of an object, if it is one and has it.
    pub(crate) fn find(&self, name: &str) -> Option<&Exact> {
        match self {
            Exact::Object(members) => members.get(name),
            _ => None,
        }
    }

    /// The members of an object.
    #[track_caller]
    pub(crate) fn members(&self) -> &BTreeMap<String, Exact> {
        match self {
            Exact::Object(members) => members,
            other => panic!("no object: {other:.300?}"),
        }
    }

    /// The elements of a list.
    #[track_caller]
    pub(crate) fn elements(&self) -> &[Exact] {
        match self {
            Exact::List(elements) => elements,
            other => panic!("no list: {other:.300?}"),
        }
    }

    /// A string's text, or a number as it is written.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        match self {
            Exact::Text(text) | Exact::Word(text) => text,
            other => panic!("neither text nor number: {other:.300?}"),
        }
    }

    /// A whole number.
    #[track_caller]
    pub(crate) fn count(&self) -> u64 {
        self.text().parse().unwrap_or_else(|error| panic!("{} is no count: {error}", self.text()))
    }

    /// Panics with the first places where the two differ; a whole state would fill the screen.
    #[track_caller]
    pub(crate) fn assert_same(&self, expected: &Exact, what: &str) {
        let mut differences = Vec::new();
        compare(self, expected, what, &mut differences);
        let count = differences.len();
        let shown = differences.into_iter().take(12).collect::<Vec<_>>().join("\n  ");
        assert!(count == 0, "{what}: {count} differences (found, expected):\n  {shown}");
    }
}

fn read(json: &str) -> serde_json::Result<Exact> {
    let json = json.trim();
    Ok(match json.as_bytes().first() {
        Some(b'{') => {
            let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(json)?;
            let members = members.into_iter().map(|(name, raw)| Ok((name, read(raw.get())?)));
            Exact::Object(members.collect::<serde_json::Result<_>>()?)
        }
        Some(b'[') => {
            let elements: Vec<Box<RawValue>> = serde_json::from_str(json)?;
            Exact::List(elements.iter().map(|raw| read(raw.get())).collect::<serde_json::Result<_>>()?)
        }
        Some(b'"') => Exact::Text(serde_json::from_str(json)?),
        _ => Exact::Word(serde_json::from_str::<Box<RawValue>>(json)?.get().to_owned()),
    })
}

fn compare(found: &Exact, expected: &Exact, path: &str, differences: &mut Vec<String>) {
    match (found, expected) {
        (Exact::Object(found), Exact::Object(expected)) => {
            for (name, value) in expected {
                match found.get(name) {
                    Some(own) => compare(own, value, &format!("{path}.{name}"), differences),
                    None => differences.push(format!("{path}.{name}: missing, {value:.100?}")),
                }
            }
            for (name, value) in found.iter().filter(|(name, _)| !expected.contains_key(*name)) {
                differences.push(format!("{path}.{name}: {value:.100?}, not expected"));
            }
        }
        (Exact::List(found), Exact::List(expected)) => {
            for (index, (own, value)) in found.iter().zip(expected).enumerate() {
                compare(own, value, &format!("{path}[{index}]"), differences);
            }
            if found.len() != expected.len() {
                differences.push(format!("{path}: {} elements, {} expected", found.len(), expected.len()));
            }
        }
        _ if found == expected => {}
        _ => differences.push(format!("{path}: {found:.100?}, {expected:.100?}")),
    }
}

#[test]
fn numbers_are_compared_as_they_are_written() {
    let parsed = Exact::parse(r#"{"a": 10, "b": [2.5, "\u4e2d", null]}"#);
    assert_eq!(parsed, Exact::parse(r#"{"b":[2.5,"中",null],"a":10}"#));
    assert_ne!(parsed, Exact::parse(r#"{"a": 10.0, "b": [2.5, "中", null]}"#));
    assert_ne!(parsed, Exact::parse(r#"{"a": 10, "b": [2.50, "中", null]}"#));
    assert_eq!(parsed.get("a").count(), 10);
}
