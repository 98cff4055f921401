//! The part of the story that came in after v0.2: what people ask for and take back, and two ids of one person.

use serde_json::json;

use super::story::{ADMIN, CHECKER, RECORDER, Teller};

impl Teller {
    /// Of the year whose schedule has wishes: one passed on, claimed, given up and taken back; one that repeats another.
    pub(super) async fn asked(&mut self) {
        let wish = |on: &str| json!({"activity": "WX01", "on": on});
        for (request, on) in [("WX-1", "2024-02-01"), ("WX-2", "2024-02-02"), ("WX-3", "2024-02-03")] {
            self.post(RECORDER, "/v1/requests", request, wish(on)).await;
        }
        let body = json!({"body": "测试街道", "on": "2024-02-02"});
        self.post(RECORDER, "/v1/requests/WX-1/route", "route-WX-1", body).await;
        let body = json!({"claimer": "W001", "on": "2024-02-03"});
        self.post(RECORDER, "/v1/requests/WX-1/claims", "RL-1", body).await;
        let on = |day: &str| json!({"on": day});
        self.post(RECORDER, "/v1/requests/WX-1/claims/RL-1/return", "return-RL-1", on("2024-02-04")).await;
        self.post(RECORDER, "/v1/requests/WX-1/withdraw", "withdraw-WX-1", on("2024-02-05")).await;
        let body = json!({"into": "WX-2", "reason": "同一件事"});
        self.post(RECORDER, "/v1/requests/WX-3/merge", "merge-WX-3", body).await;
        let body = json!({"claimer": "W001", "on": "2024-02-03"});
        self.post(RECORDER, "/v1/requests/WX-2/claims", "RL-2", body).await;
        let body = json!({"done": "2024-02-04", "quantity": 1});
        self.post(RECORDER, "/v1/requests/WX-2/claims/RL-2/report", "report-RL-2", body).await;
    }

    /// Points, money and a certificate go back to where they came from.
    pub(super) async fn given_back(&mut self) {
        let body =
            json!({"id": "QY3", "name": "复查", "kind": "place", "fund": "ZJ1", "places": 2, "price": 5, "value": 60});
        self.post(ADMIN, "/v1/benefits", "benefit-3", body).await;
        let body = json!({"worker": "W001", "at": "2025-03-04T09:00:00+08:00", "certificate": "ZS9"});
        let granted = self.post(RECORDER, "/v1/benefits/QY3/claims", "QD9", body).await;
        assert_eq!(granted["status"], "granted", "{granted}");
        let body = json!({"reason": "本人不去了"});
        let back = self.post(RECORDER, "/v1/benefits/QY3/claims/QD9/withdraw", "withdraw-QD9", body).await;
        assert_eq!(back["points"], 5, "{back}");
    }

    /// What bodies approve: one that a body said yes to, and one that was sent back.
    pub(super) async fn approved(&mut self) {
        let bodies = json!(["测试区总工会", "测试市总工会"]);
        let body =
            json!({"id": "QY4", "name": "疗休养", "kind": "place", "fund": "ZJ1", "value": 60, "approvals": bodies});
        self.post(ADMIN, "/v1/benefits", "benefit-4", body).await;
        for (claim, worker, certificate) in [("QD10", "W001", json!("ZS10")), ("QD11", "C001", json!(null))] {
            let body = json!({"worker": worker, "at": "2025-03-04T09:00:00+08:00", "certificate": certificate});
            let proposed = self.post(RECORDER, "/v1/benefits/QY4/claims", claim, body).await;
            assert_eq!(proposed["status"], "proposed", "{proposed}");
        }
        let body = json!({"body": "测试区总工会"});
        self.post(CHECKER, "/v1/benefits/QY4/claims/QD10/check", "check-QD10", body).await;
        let body = json!({"reason": "材料不全"});
        self.post(CHECKER, "/v1/benefits/QY4/claims/QD11/reject", "reject-QD11", body).await;
    }

    /// Appointments that a second person confirms or sends back.
    pub(super) async fn appointed(&mut self) {
        for (letter, worker) in [("PS-91", "W001"), ("PS-92", "C001")] {
            let body = json!({"id": letter, "worker": worker, "role": "特聘网格员", "body": "测试街道",
                "from": "2025-03-05"});
            let proposed = self.post(RECORDER, "/v1/appointments", letter, body).await;
            assert_eq!(proposed["status"], "proposed", "{proposed}");
        }
        self.post(CHECKER, "/v1/workers/W001/appointments/PS-91/confirm", "confirm-PS-91", json!({})).await;
        let body = json!({"reason": "名单有误"});
        self.post(CHECKER, "/v1/workers/C001/appointments/PS-92/reject", "reject-PS-92", body).await;
    }

    /// A use and a slip that a counter entered by mistake.
    pub(super) async fn taken_back(&mut self) {
        let at = |hour: u32| format!("2025-03-04T{hour:02}:00:00+08:00");
        let body = json!({"id": "QY5", "name": "餐券", "kind": "voucher", "fund": "ZJ1", "value": 15});
        self.post(ADMIN, "/v1/benefits", "benefit-5", body).await;
        self.post(RECORDER, "/v1/benefits/QY5/claims", "QD12", json!({"worker": "W001", "at": at(9)})).await;
        let body = json!({"at": at(10), "merchant": "M02"});
        self.post(RECORDER, "/v1/benefits/QY5/claims/QD12/use", "use-QD12", body).await;
        let body = json!({"reason": "核错了"});
        self.post(CHECKER, "/v1/benefits/QY5/claims/QD12/use/reverse", "reverse-QD12", body).await;
        let body = json!({"id": "NXK9", "worker": "W001", "kind": "优享卡", "from": "2025-01-01"});
        self.post(ADMIN, "/v1/passes", "pass-9", body).await;
        let body =
            json!({"id": "YH9", "merchant": "M02", "kind": "优享卡", "discount": 8.5, "subsidy": 0.5, "fund": "ZJ1"});
        self.post(ADMIN, "/v1/offers", "offer-9", body).await;
        let body = json!({"pass": "NXK9", "offer": "YH9", "at": at(12), "price": 20, "paid": 17});
        self.post(RECORDER, "/v1/honours", "XP9", body).await;
        self.post(CHECKER, "/v1/honours/XP9/reverse", "reverse-XP9", json!({"reason": "原价写错"})).await;
    }

    /// Somebody who was entered a second time goes on under the first id.
    pub(super) async fn twice_entered(&mut self) {
        let body = json!({"id": "C006", "occupation": "外卖配送员", "platform": "平台甲", "name": "测试人员C004"});
        self.post(ADMIN, "/v1/workers", "worker-C006", body).await;
        let body = json!({"into": "C004", "reason": "重复登记"});
        self.post(CHECKER, "/v1/workers/C006/merge", "merge-C006", body).await;
    }
}
