//! What shots are aimed at: what others did before, and what stands in a shot for what came of it.

use nuanxin_tests::offices::is_command_of_the_district;
use serde_json::{Value, json};

use super::controls::Control;
use super::{Shot, Target, Verdict, requests};
use crate::races::accepted;
use crate::site::days_from_now;

/// Stands in a body for the day on which it is sent, or the one before: no later than what was done before the shot.
pub(super) const TODAY: &str = "TODAY";
/// So many commands go in one batch.
const BATCH: usize = 250;

impl Target {
    /// Carries commands out in order, by the one who set the district up; where one names its `hand`, by the third person
    /// (`third`) or by the one who is shot by (`own`).
    pub(super) async fn batch(&self, name: &str, commands: Vec<Value>) {
        let office = |command: &Value| command["command"].as_str().is_some_and(is_command_of_the_district);
        let hand = |command: &Value| command["hand"].as_str().map(str::to_owned);
        let alike = |one: &Value, next: &Value| hand(one) == hand(next) && office(one) == office(next);
        let pages = commands.chunk_by(alike).flat_map(|of_one| of_one.chunks(BATCH));
        for (page, commands) in pages.enumerate() {
            let by = match hand(&commands[0]).as_deref() {
                None => &self.office,
                Some("own") => &self.api,
                Some("third") => &self.third,
                Some(other) => panic!("{name}: there is nobody {other}"),
            };
            let mut commands = commands.to_vec();
            for command in commands.iter_mut().filter_map(Value::as_object_mut) {
                command.remove("hand");
            }
            let (status, answer) =
                by.post("/v1/batch", &format!("{name}-{page}"), json!(commands)).await.expect("the server lives");
            assert_eq!(status, 200, "{answer}");
            let results = answer["results"].as_array().expect("a result for each");
            let refused = results.iter().find(|result| !matches!(result["status"].as_u64(), Some(200..=299)));
            assert_eq!(refused, None, "{name}");
        }
    }

    /// From here on credits wait until somebody else confirms them.
    pub(super) async fn ask_for_approval(&self) {
        self.adopt("approval", true).await;
    }

    /// The district's schedule, with a line of requests.
    pub(super) async fn adopt(&self, key: &str, approval_required: bool) {
        let mut request = self.district.requests().swap_remove(0);
        request.key = Some(key.to_owned());
        request.body["district"]["approval_required"] = json!(approval_required);
        request.body["activities"].as_array_mut().expect("a schedule has lines").push(requests::line());
        accepted(&self.office, request).await;
    }

    /// Gives each shot a number, and with it what it is aimed at: one of its own where it is to be done. What is refused
    /// changes nothing, so that all of that have number 0 in common.
    pub(super) async fn provide(&self, control: &Control, shots: impl Iterator<Item = &mut Shot>) {
        // Short enough for an id, with any number behind it.
        let name = format!("{}{}", control.method, control.path.trim_start_matches("/v1")).to_lowercase();
        let words = name.split(|one: char| !one.is_ascii_lowercase()).filter(|word| !word.is_empty());
        let name = words.collect::<Vec<_>>().join("-");
        let mut shots: Vec<&mut Shot> = shots.collect();
        let (mut before, mut done, mut refused) = (Vec::new(), 0, false);
        for shot in &mut shots {
            let is_first = match shot.verdict {
                Verdict::Done(_) => {
                    done += 1;
                    true
                }
                Verdict::Refused(..) => !std::mem::replace(&mut refused, true),
            };
            let number = if matches!(shot.verdict, Verdict::Done(_)) { done } else { 0 };
            let named = |text: &str| text.replace("NAME", &name).replace("{n}", &number.to_string());
            if is_first {
                before
                    .extend(control.before.iter().map(|command| serde_json::from_str(&named(command)).expect("JSON")));
            }
            shot.target = named(&shot.target).replace("SIZE", &self.signed.to_string());
            for header in &mut shot.headers {
                *header = header.replace("SHOWN", &self.session.csrf).replace("SECRET", &self.session.secret);
            }
            replace(&mut shot.body, "NAME-{n}", named);
        }
        self.batch(&format!("before-{name}"), before).await;
        let today = days_from_now(0);
        for shot in shots {
            replace(&mut shot.body, TODAY, |body| body.replace(TODAY, &today));
        }
    }
}

/// Writes a body anew where something stands in it; one that is no text stays as it is.
fn replace(body: &mut Vec<u8>, what: &str, anew: impl Fn(&str) -> String) {
    if let Ok(text) = std::str::from_utf8(body)
        && text.contains(what)
    {
        *body = anew(text).into_bytes();
    }
}
