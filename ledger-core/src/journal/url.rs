//! Where a journal is: `sqlite:PATH` or `postgres://…[?schema=NAME]`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::JournalError;

/// A journal's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalUrl {
    /// One file.
    Sqlite(PathBuf),
    /// One schema of a server.
    Postgres {
        /// The server and database, without our `schema` parameter.
        url: String,
        /// The PostgreSQL schema in which its tables stand.
        schema: String,
    },
}

impl FromStr for JournalUrl {
    type Err = JournalError;

    fn from_str(text: &str) -> Result<JournalUrl, JournalError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(JournalError::Unusable("sqlite: names no file; write sqlite:data/nuanxin.db".into()));
            }
            return Ok(JournalUrl::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return postgres(text);
        }
        Err(JournalError::Unusable(
            "write sqlite:PATH or postgres://USER@HOST/DATABASE?schema=NAME (--journal or NUANXIN_JOURNAL)".into(),
        ))
    }
}

fn postgres(text: &str) -> Result<JournalUrl, JournalError> {
    let (base, query) = text.split_once('?').unwrap_or((text, ""));
    let mut schema = String::from("nuanxin");
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.strip_prefix("schema=") {
            Some(name) => schema = name.to_owned(),
            None => kept.push(pair),
        }
    }
    let plain = |found: char| found.is_ascii_lowercase() || found.is_ascii_digit() || found == '_';
    let starts_well = schema.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    if schema.len() > 48 || !starts_well || !schema.chars().all(plain) {
        let what =
            format!("schema {schema:?}: use lower-case letters, digits and _, starting with a letter, at most 48");
        return Err(JournalError::Unusable(what));
    }
    let url = if kept.is_empty() { base.to_owned() } else { format!("{base}?{}", kept.join("&")) };
    Ok(JournalUrl::Postgres { url, schema })
}

impl fmt::Display for JournalUrl {
    /// The address without a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JournalUrl::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            JournalUrl::Postgres { url, schema } => {
                let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                let host = host.split_once('?').map_or(host, |(host, _)| host);
                write!(f, "postgres://{host}?schema={schema}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::JournalUrl;

    #[test]
    fn the_password_is_never_shown() {
        let url: JournalUrl = "postgres://u:secret@h:5432/d?schema=s1&sslmode=disable".parse().expect("url");
        assert_eq!(url.to_string(), "postgres://h:5432/d?schema=s1");
        let JournalUrl::Postgres { url, schema } = url else { panic!("postgres") };
        assert_eq!((url.as_str(), schema.as_str()), ("postgres://u:secret@h:5432/d?sslmode=disable", "s1"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "mysql://x", "sqlite:", "postgres://h/d?schema=S;drop", "postgres://h/d?schema="] {
            assert!(text.parse::<JournalUrl>().is_err(), "{text}");
        }
    }
}
