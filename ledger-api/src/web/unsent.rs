//! What somebody sent when the session was over already: nothing of it was written. It is carried through the login in the
//! page itself and offered to be sent once more, so that nobody types a text twice. Its key goes along: what was written
//! after all is not written again.

use askama::Template;
use axum::response::Response;

use super::page::{Frame, Trouble, Visitor, own_path, show, title_of};

/// The hidden field that carries it through the login.
pub(super) const FIELD: &str = "unsent";
/// What no page carries: the session's token is of a session that is over, the others are secrets and are asked for anew.
const NEVER: [&str; 6] = ["token", "pin", "proof", "password", "new", "again"];
/// Most bytes that are carried; what is longer is not sent through a login twice.
const MAX: usize = 64 * 1024;

/// A form that was not taken.
#[derive(Debug)]
pub(super) struct Unsent {
    path: String,
    fields: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "login/unsent.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    told: String,
    /// Where it goes, without the stroke that every place of this site begins with.
    place: String,
    fields: Vec<(String, String)>,
}

impl Unsent {
    /// A form that was sent to a page; nothing where it is too long or holds nothing but secrets.
    pub(super) fn of(path: &str, sent: &[(String, String)]) -> Option<Unsent> {
        let kept = sent.iter().filter(|(name, _)| !NEVER.contains(&name.as_str()));
        let fields: Vec<(String, String)> = kept.cloned().collect();
        let bytes: usize = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
        (!fields.is_empty() && bytes <= MAX).then(|| Unsent { path: own_path(path).to_owned(), fields })
    }

    /// What a login carried; nothing where it is not what [`Unsent::carried`] wrote.
    pub(super) fn read(path: &str, carried: &str) -> Option<Unsent> {
        let fields: Vec<(String, String)> = serde_json::from_str(carried).ok()?;
        Unsent::of(path, &fields)
    }

    /// Where it was sent to.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Its fields as one text, for a hidden field.
    ///
    /// # Errors
    /// [`Trouble::Fault`].
    pub(super) fn carried(&self) -> Result<String, Trouble> {
        serde_json::to_string(&self.fields).map_err(|error| Trouble::Fault(error.to_string()))
    }

    /// Offers it to whoever has come in again.
    ///
    /// # Errors
    /// [`Trouble::Fault`].
    pub(super) fn offer(self, visitor: &Visitor) -> Result<Response, Trouble> {
        let w = visitor.words();
        let told = w.unsent_on(title_of(w, &self.path));
        let place = self.path.strip_prefix('/').unwrap_or_default().to_owned();
        show(&Page { f: visitor.frame(w.unsent), told, place, fields: self.fields })
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX, Unsent};

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_form_is_carried_without_its_secrets_and_goes_nowhere_else() {
        let sent = [
            pair("token", "T"),
            pair("pin", "123456"),
            pair("worker", "YS-0001"),
            pair("line", "A:1"),
            pair("line", "B:2"),
        ];
        let unsent = Unsent::of("/counter", &sent).unwrap();
        let carried = unsent.carried().unwrap();
        assert_eq!(carried, r#"[["worker","YS-0001"],["line","A:1"],["line","B:2"]]"#);
        let read = Unsent::read("/counter", &carried).unwrap();
        assert_eq!((read.path.as_str(), read.fields), ("/counter", unsent.fields));
        assert_eq!(Unsent::read("https://evil.example", &carried).unwrap().path(), "/");
        // Nor does a secret come in by the way back.
        assert_eq!(Unsent::read("/me", r#"[["pin","1"]]"#).map(|read| read.fields), None);
        for wrong in ["", "{}", "[[\"a\"]]", "null"] {
            assert!(Unsent::read("/me", wrong).is_none(), "{wrong:?}");
        }
        assert!(Unsent::of("/me", &[pair("reason", &"x".repeat(MAX))]).is_none());
    }
}
