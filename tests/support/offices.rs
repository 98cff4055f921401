//! Whose token a request takes: an administrator's for what a district is made of and what is read without a name, a
//! desk's for what is done at desks and counters. Tests that ask for nothing in particular send each by whom it is for.

use reqwest::Method;
use serde_json::Value;

/// The tokens of an administrator and of a desk, as [`crate::token`] gives them in one text; or one token for all.
#[derive(Debug, Clone)]
pub struct Offices {
    admin: String,
    desk: String,
}

impl Offices {
    /// Of one text: two tokens with a blank between them, or one for everything. An empty text has none.
    pub fn of(tokens: &str) -> Offices {
        let (admin, desk) = tokens.split_once(' ').unwrap_or((tokens, tokens));
        Offices { admin: admin.to_owned(), desk: desk.to_owned() }
    }

    /// The token for a request.
    pub fn of_request(&self, method: &Method, path: &str) -> &str {
        if is_of_the_district(method, path) { &self.admin } else { &self.desk }
    }

    /// The token for a request whose body tells more than its address does.
    pub fn of_whole_request(&self, method: &Method, path: &str, body: &Value) -> &str {
        let path_alone = path.split('?').next().unwrap_or_default();
        let mut commands = body.as_array().into_iter().flatten().filter_map(|item| item["command"].as_str());
        if path_alone == "/v1/batch" && commands.any(is_command_of_the_district) {
            return &self.admin;
        }
        self.of_request(method, path)
    }

    /// The desk's token.
    pub fn desk(&self) -> &str {
        &self.desk
    }

    /// The administrator's token.
    pub fn admin(&self) -> &str {
        &self.admin
    }
}

/// Whether an administrator gives a command of a batch.
pub fn is_command_of_the_district(command: &str) -> bool {
    const COMMANDS: [&str; 28] = [
        "fund",
        "register_fund",
        "benefit",
        "register_benefit",
        "offer",
        "register_offer",
        "merchant",
        "register_merchant",
        "store",
        "open_store",
        "close_store",
        "reopen_store",
        "item",
        "list_item",
        "delist_item",
        "account",
        "open_account",
        "grant",
        "grant_role",
        "confirm_grant",
        "end_grant",
        "site",
        "open_site",
        "move_site",
        "close_site",
        "set_services",
        "adopt_schedule",
        "schedule",
    ];
    COMMANDS.contains(&command)
}

fn is_of_the_district(method: &Method, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["v1", "workers", "search"] if method == Method::POST => false,
        ["v1", "workers"] if matches!(*method, Method::GET | Method::POST) => false,
        ["v1", "workers", _] if method == Method::GET => false,
        ["v1", "credits", _, "witness"] | ["v1", "workers", _, "export"] => false,
        ["v1", "holds", _, "code"] | ["v1", "requests", _, "handlings", _, "code"] => false,
        _ if method == Method::GET => true,
        ["v1", "workers", _, "erase"] => true,
        ["v1", "workers", _, ..] | ["v1", "batch" | "holds" | "appraisals", ..] => false,
        ["v1", "credits" | "redemptions"] => *method != Method::POST,
        ["v1", "credits" | "redemptions", _, ..] => false,
        [
            "v1",
            "stores",
            _,
            "restock" | "stocktake" | "write-off" | "deliveries" | "device" | "tickets" | "cases",
            ..,
        ] => false,
        ["v1", "requests" | "appointments" | "pairs" | "passes" | "honours" | "selections", ..] => false,
        ["v1", "benefits", _, ..] => false,
        ["v1", "merchants", _, "settlements" | "statements", ..] | ["v1", "bodies", ..] => false,
        _ => true,
    }
}
