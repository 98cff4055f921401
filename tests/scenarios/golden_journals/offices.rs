//! The part of the story in which offices act that the first golden journal did not know: accounts, checks and appeals, a
//! selection, a month settled by three, counters that tell afterwards, somebody who is forgotten.

use nuanxin_tests::Request;
use serde_json::{Value, json};

use super::story::{ADMIN, CHECKER, CLERK, DEPUTY, PAYER, RECORDER, RIDER, SHOP, Teller};

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

impl Teller {
    /// Two more who decide, whom two administrators appoint; a worker and a merchant's shop with accounts of their
    /// own.
    pub(super) async fn accounts(&mut self) {
        for person in [PAYER, DEPUTY] {
            self.post(ADMIN, "/v1/accounts", &format!("account-{person}"), json!({"id": person})).await;
            let body = json!({"role": "approver", "from": "2025-01-06"});
            let path = format!("/v1/accounts/{person}/roles");
            let granted = self.post(ADMIN, &path, &format!("grant-{person}"), body).await;
            assert_eq!(granted["status"], "proposed", "a second administrator has to agree: {granted}");
            let path = format!("/v1/grants/{}/confirm", granted["grant"].as_str().expect("a grant"));
            self.post(CLERK, &path, &format!("confirm-{person}"), json!({})).await;
            self.issue(person, &["--account", person]);
        }
        self.issue(RIDER, &["--role", "worker", "--scope", "C002"]);
        self.issue(SHOP, &["--role", "merchant", "--scope", "M02"]);
        let passing = json!({"role": "operator", "scope": "Z2"});
        self.post(ADMIN, "/v1/accounts", "account-passing", json!({"id": "passing"})).await;
        let granted = self.post(ADMIN, "/v1/accounts/passing/roles", "grant-passing", passing).await;
        let grant = granted["grant"].as_str().expect("a grant").to_owned();
        let body = json!({"on": "2025-01-06", "reason": "调离"});
        self.post(ADMIN, &format!("/v1/grants/{grant}/end"), "end-passing", body).await;
    }

    /// Two check, it hangs on the wall, somebody objects, and appeals against the answer.
    pub(super) async fn disputed(&mut self) {
        self.post(PAYER, "/v1/credits/p-1/confirm", "second-p-1", json!({"reason": "台账相符"})).await;
        let body = json!({"worker": "C001", "activity": "ZY01", "on": "2025-02-10", "quantity": 1, "witness": "网格员甲",
            "evidence": DIGEST});
        self.post(RECORDER, "/v1/credits", "p-4", body).await;
        self.judge("p-4", "confirm", json!({"reason": "台账相符"})).await;
        self.post(PAYER, "/v1/credits/p-4/confirm", "second-p-4", json!({"reason": "台账相符"})).await;
        self.post(RIDER, "/v1/credits/p-4/object", "object-p-4", json!({"reason": "未见到人"})).await;
        // Neither of the two who checked answers it.
        let body = json!({"reason": "核实无误", "upheld": false});
        self.post(DEPUTY, "/v1/credits/p-4/resolve", "resolve-p-4", body).await;
        self.post(RIDER, "/v1/credits/p-4/appeal", "appeal-p-4", json!({"reason": "请再核"})).await;
    }

    /// Who is asked, what counts, a short list, and what is said against it.
    pub(super) async fn selection(&mut self) {
        let body = json!({"id": "PX1", "name": "最美骑手", "cut_off": "2025-02-28", "places": 1, "publicity_days": 2,
            "indicators": [{"code": "次数", "measure": "services", "weight": 1}]});
        self.post(CHECKER, "/v1/selections", "selection-1", body).await;
        let word = |worker: &str| json!({"worker": worker, "paper": DIGEST});
        for worker in ["C001", "C002", "C003"] {
            self.post(RECORDER, "/v1/selections/PX1/consents", &format!("consent-{worker}"), word(worker)).await;
        }
        self.post(RECORDER, "/v1/selections/PX1/withdraw", "withdraw-C003", word("C003")).await;
        self.post(CHECKER, "/v1/selections/PX1/seal", "seal-1", json!({})).await;
        self.post(CHECKER, "/v1/selections/PX1/draw", "draw-1", json!({})).await;
        let body = json!({"candidate": "C001", "reason": "不符合条件"});
        let objected = self.post(SHOP, "/v1/selections/PX1/objections", "objection-1", body).await;
        let objection = objected["objection"].as_str().expect("an objection").to_owned();
        let body = json!({"upheld": true, "reason": "属实"});
        let path = format!("/v1/selections/PX1/objections/{objection}/answer");
        self.post(PAYER, &path, "answer-1", body).await;
        let body = json!({"candidate": "C001", "remove": true, "reason": "异议成立"});
        self.post(PAYER, "/v1/selections/PX1/revise", "revise-1", body).await;
    }

    /// What a counter tells afterwards, and the machine that may.
    pub(super) async fn afterwards(&mut self) {
        self.post(CLERK, "/v1/stores/S02/device", "device-1", json!({"device": "till-1"})).await;
        let slip = json!({"means": "slip", "worker": "C003", "lines": [{"sku": "YS01", "quantity": 20}],
            "given_at": "2025-03-03T09:00:00+08:00"});
        let told = self.post(CLERK, "/v1/stores/S02/deliveries", "slip-1", slip).await;
        assert_eq!(told["status"], "case", "more than the worker has: {told}");
        let body = json!({"reason": "由区里承担"});
        self.post(CLERK, "/v1/stores/S02/cases/slip-1/settle", "settle-1", body).await;
    }

    /// A merchant's month and a body's: prepared, looked at, confirmed and paid by three.
    pub(super) async fn settled(&mut self) {
        let month = |month: &str| json!({"month": month});
        self.post(RECORDER, "/v1/merchants/M02/statements", "statement-1", month("2025-03")).await;
        let body = json!({"line": "r-2", "reason": "少记一件"});
        let disputed = self.post(SHOP, "/v1/merchants/M02/statements/2025-03/disputes", "dispute-1", body).await;
        let dispute = disputed["dispute"].as_str().expect("a dispute").to_owned();
        let path = format!("/v1/merchants/M02/statements/2025-03/disputes/{dispute}/answer");
        self.post(CHECKER, &path, "answer-dispute-1", json!({"upheld": false, "reason": "与小票一致"})).await;
        self.post(SHOP, "/v1/merchants/M02/statements/2025-03/acknowledge", "acknowledge-1", json!({})).await;
        self.post(CHECKER, "/v1/merchants/M02/statements/2025-03/confirm", "confirm-1", json!({})).await;
        let body = json!({"month": "2025-03", "points": 20, "reference": "银行回单 0001"});
        self.post(PAYER, "/v1/merchants/M02/settlements", "settlement-1", body).await;
        self.post(RECORDER, "/v1/bodies/union/statements", "statement-2", month("2024-01")).await;
        self.post(CHECKER, "/v1/bodies/union/statements/2024-01/confirm", "confirm-2", json!({})).await;
        let body = json!({"reference": "工付〔2025〕3号"});
        self.post(PAYER, "/v1/bodies/union/statements/2024-01/pay", "pay-2", body).await;
    }

    /// A branch's paper, the result of the selection, and somebody who asks to be forgotten.
    pub(super) async fn closing(&mut self) {
        self.untold(CLERK, "/v1/appraisals/2025/seal", "appraisal-1", json!({"branch": "DZB01"})).await;
        self.post(DEPUTY, "/v1/selections/PX1/result", "result-1", json!({"minutes": DIGEST})).await;
        // Of whom no text is told above: it could not be told again.
        for (by, key) in [(CLERK, "forget-1"), (ADMIN, "forget-2")] {
            self.untold(by, "/v1/workers/W003/erase", key, json!({"reason": "本人要求"})).await;
        }
    }

    /// Sends a command that is not told again later.
    pub(super) async fn untold(&mut self, by: &str, path: &str, key: &str, body: Value) {
        let request = Request::post(path, key, body);
        let (status, answer) = self.api(by).send(&request).await.expect("the server answers");
        assert!((200..300).contains(&status), "{request:?} was answered {status} {answer}");
    }
}
