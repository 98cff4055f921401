//! A small made-up district, as data and as the requests that set it up. Holds no real person, shop or place.

use serde_json::{Value, json};

use crate::api::{Api, Request};

/// A line of the points schedule.
#[derive(Debug, Clone)]
pub struct Activity {
    /// 活动代码.
    pub code: &'static str,
    /// 活动名称.
    pub name: &'static str,
    /// 类别.
    pub category: &'static str,
    /// 计分单位.
    pub unit: &'static str,
    /// 每单位积分, as JSON writes it.
    pub points_per_unit: Value,
    /// 每日上限.
    pub daily_cap: Option<u32>,
    /// 计入积分卡.
    pub counts_for_card: bool,
    /// 有效月数: a number of months, `"year_end"`, or null for ever.
    pub valid_months: Value,
}

/// An item that every store of the district lists.
#[derive(Debug, Clone)]
pub struct Item {
    /// 商品编码.
    pub sku: &'static str,
    /// 商品名称.
    pub name: &'static str,
    /// 类型.
    pub kind: &'static str,
    /// 所需积分, as JSON writes it.
    pub price: Value,
    /// 每人每年限兑.
    pub limit_per_worker_year: Option<u32>,
}

/// The district. Its parts may be changed before it is set up.
#[derive(Debug, Clone)]
pub struct District {
    /// First day of its schedule.
    pub effective_from: String,
    /// Smallest step of points, as JSON writes it.
    pub points_step: Value,
    /// Its schedule.
    pub activities: Vec<Activity>,
    /// Ids of its merchants; the items take turns with them.
    pub merchants: Vec<String>,
    /// Ids of its stores.
    pub stores: Vec<String>,
    /// What every store lists.
    pub items: Vec<Item>,
    /// Units of every item on every store's shelf at first.
    pub stock: u32,
    /// Ids of its workers.
    pub workers: Vec<String>,
}

impl District {
    /// A district of so many workers and stores, with three activities, four items and two merchants.
    pub fn new(workers: usize, stores: usize) -> District {
        let ids = |letter: &str, count: usize| (1..=count).map(|number| format!("{letter}{number:04}")).collect();
        District {
            effective_from: "2024-01-01".to_owned(),
            points_step: json!(1),
            activities: activities(),
            merchants: ids("M", 2),
            stores: ids("S", stores),
            items: items(),
            stock: 1_000,
            workers: ids("W", workers),
        }
    }

    /// The requests that set it up, in order. Their keys do not change, so they may be sent again.
    pub fn requests(&self) -> Vec<Request> {
        let mut requests = vec![Request::put("/v1/schedule", "setup-schedule", self.schedule())];
        for (number, id) in (1..).zip(&self.merchants) {
            let body = json!({"id": id, "name": format!("测试商户{number}"), "uscc": uscc(number)});
            requests.push(Request::post("/v1/merchants", format!("setup-{id}"), body));
        }
        for (number, id) in (1..).zip(&self.stores) {
            let body = json!({"id": id, "name": format!("测试网点{number}"), "tier": "街道"});
            requests.push(Request::post("/v1/stores", format!("setup-{id}"), body));
            for (item, merchant) in self.items.iter().zip(self.merchants.iter().cycle()) {
                let sku = item.sku;
                let path = format!("/v1/stores/{id}/items");
                requests.push(Request::post(path, format!("setup-{id}-{sku}"), item.listing(merchant)));
                let body = json!({"sku": sku, "quantity": self.stock});
                requests.push(Request::post(
                    format!("/v1/stores/{id}/restock"),
                    format!("setup-{id}-{sku}-stock"),
                    body,
                ));
            }
        }
        for (number, id) in (1..).zip(&self.workers) {
            requests.push(Request::post("/v1/workers", format!("setup-{id}"), worker(id, number)));
        }
        requests
    }

    /// Sets it up; answers the highest position told. Panics with the request when one is not accepted.
    pub async fn set_up(&self, api: &Api) -> u64 {
        let mut position = 0;
        for request in self.requests() {
            match api.send(&request).await {
                Ok((200..=299, body)) => position = position.max(body["position"].as_u64().unwrap_or(0)),
                answer => panic!("the district could not be set up: {request:?} was answered {answer:?}"),
            }
        }
        position
    }

    fn schedule(&self) -> Value {
        let activities: Vec<Value> = self.activities.iter().map(Activity::line).collect();
        let district = json!({"code": "320500", "name": "测试区", "points_step": self.points_step});
        json!({"effective_from": self.effective_from, "district": district, "activities": activities})
    }
}

impl Activity {
    fn line(&self) -> Value {
        json!({
            "code": self.code, "name": self.name, "category": self.category, "unit": self.unit,
            "points_per_unit": self.points_per_unit, "daily_cap": self.daily_cap,
            "counts_for_card": self.counts_for_card, "valid_months": self.valid_months,
        })
    }
}

impl Item {
    fn listing(&self, merchant: &str) -> Value {
        let mut body = json!({
            "sku": self.sku, "name": self.name, "kind": self.kind, "price": self.price, "merchant": merchant,
        });
        if let Some(limit) = self.limit_per_worker_year {
            body["limit_per_worker_year"] = json!(limit);
        }
        body
    }
}

/// The body that registers a worker.
pub fn worker(id: &str, number: usize) -> Value {
    const OCCUPATIONS: [(&str, &str); 4] =
        [("外卖配送员", "平台甲"), ("快递员", "平台乙"), ("网约车司机", "平台丙"), ("货车司机", "平台丁")];
    let (occupation, platform) = OCCUPATIONS[number % OCCUPATIONS.len()];
    json!({"id": id, "occupation": occupation, "platform": platform, "name": format!("测试人员{number}")})
}

fn activities() -> Vec<Activity> {
    vec![
        Activity {
            code: "ZY01",
            name: "社区志愿服务",
            category: "志愿服务",
            unit: "小时",
            points_per_unit: json!(10),
            daily_cap: Some(60),
            counts_for_card: true,
            valid_months: json!(24),
        },
        Activity {
            code: "WM01",
            name: "文明创建",
            category: "文明创建",
            unit: "次",
            points_per_unit: json!(2.5),
            daily_cap: Some(20),
            counts_for_card: true,
            valid_months: json!("year_end"),
        },
        // For ever and without a cap, so that tests on any day have points to spend.
        Activity {
            code: "SB01",
            name: "隐患上报",
            category: "社会治理",
            unit: "件",
            points_per_unit: json!(20),
            daily_cap: None,
            counts_for_card: false,
            valid_months: Value::Null,
        },
    ]
}

fn items() -> Vec<Item> {
    vec![
        Item { sku: "SW01", name: "矿泉水", kind: "实物", price: json!(2.5), limit_per_worker_year: None },
        Item { sku: "SW02", name: "雨衣", kind: "实物", price: json!(20), limit_per_worker_year: None },
        Item { sku: "Q01", name: "餐饮券", kind: "券", price: json!(10), limit_per_worker_year: Some(4) },
        Item { sku: "FW01", name: "车辆检修", kind: "服务", price: json!(15), limit_per_worker_year: Some(1) },
    ]
}

/// A unified social credit code (统一社会信用代码) with its check character as in GB 32100; from a range nobody holds.
fn uscc(number: usize) -> String {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    const MODULUS: usize = 31;
    let mut code = format!("92000000MA{number:06}H");
    let mut weight = 1;
    let mut sum = 0;
    for character in code.bytes() {
        sum += weight * ALPHABET.iter().position(|&known| known == character).expect("of the alphabet");
        weight = weight * 3 % MODULUS;
    }
    code.push(char::from(ALPHABET[(MODULUS - sum % MODULUS) % MODULUS]));
    code
}

#[cfg(test)]
mod tests {
    use super::{District, uscc};
    use std::collections::BTreeSet;

    #[test]
    fn credit_codes_carry_the_right_check_character() {
        assert_eq!(uscc(1), "92000000MA000001H9");
    }

    #[test]
    fn setting_up_names_everything_once_and_the_schedule_first() {
        let requests = District::new(3, 2).requests();
        let keys: BTreeSet<_> = requests.iter().map(|request| request.key.clone().expect("a key")).collect();
        assert_eq!(keys.len(), requests.len());
        assert_eq!(requests[0].path, "/v1/schedule");
        assert_eq!(requests.len(), 1 + 2 + 2 * (1 + 4 * 2) + 3);
    }

    #[test]
    fn whole_points_are_written_whole() {
        let schedule = District::new(0, 0).requests().remove(0).body;
        let text = schedule.to_string();
        assert!(text.contains(r#""points_step":1}"#) && text.contains(r#""points_per_unit":2.5"#), "{text}");
        assert!(text.contains(r#""valid_months":24"#) && text.contains(r#""valid_months":"year_end""#), "{text}");
    }
}
