//! README.md of a bundle: how anybody checks it, in Chinese and English.

use ledger_core::evidence::bundle::manifest::Scope;

/// The text; it says for each scope what can be shown and what cannot, and how yuan are asked for where there are any.
pub(super) fn text(scope: &Scope, yuan: bool) -> String {
    let (chinese, english) = match scope {
        Scope::Journal => {
            ("本包是整本账:全部事件都在 events.jsonl 里。", "This is a whole journal: every event is in events.jsonl.")
        }
        Scope::Range { .. } => (
            "本包是账本的一段:该段的每一条事件都在 events.jsonl 里,另附此前的积分标准等规则事件;其余条目只给出哈希(nodes.jsonl)。\
             期初余额无法由一段证明,所以 balances.xlsx 和 journal.hledger 只是本段发生额。",
            "This is a range of a journal: every event of the range is in events.jsonl, and the programme's events before it; \
             of all others only hashes are given (nodes.jsonl). What stood before cannot be shown by a range, so \
             balances.xlsx and journal.hledger are movements of the range.",
        ),
        Scope::Worker { .. } => (
            "本包是一名人员的全部记录,另附积分标准等规则事件;其余条目只给出哈希(nodes.jsonl)。“没有遗漏”以 manifest.json 的 \
             streams_root 为准:它要么写在已签名的检查点里,要么与任何一份同一长度的整本证据包核验时显示的 streams root 相同。",
            "This is everything of one worker, and the programme's events; of all others only hashes are given (nodes.jsonl). \
             That nothing is missing rests on streams_root in manifest.json: it stands in a signed checkpoint, or it is the \
             same that the verification of any bundle of the whole journal of the same size prints.",
        ),
    };
    let yuan = if yuan { YUAN } else { "" };
    TEXT.replace("{CHINESE}", chinese).replace("{ENGLISH}", english).replace("{YUAN}", yuan)
}

/// Funds and merchants, in yuan.
const YUAN: &str = "hledger -f journal.hledger balance 拨款 资金 补贴 商户     # CNY\n";

const TEXT: &str = r#"# 证据包 · Evidence bundle

{CHINESE}
{ENGLISH}

| 文件 file | 内容 content |
| --- | --- |
| events.jsonl | 一行一条事件,payload 即当时被计算哈希的原文 · one event a line, the payload as the very text that was hashed |
| nodes.jsonl | 未给出的条目的哈希(仅部分账本) · hashes of what is not given (parts of a journal only) |
| postings.csv | 每笔积分的分录,入 plus 出 minus · every movement of points |
| balances.xlsx | 余额、库存、商户 · balances, shelves, merchants |
| journal.hledger | 同样的分录,供 hledger、ledger 读取 · the same movements for hledger and ledger |
| checkpoints/ | 签名检查点(C2SP tlog-checkpoint);没有此目录即尚未签名 · signed checkpoints; without any, nothing is signed yet |
| manifest.json | 范围、根哈希、积分标准各版本、各文件的 SHA-256 · scope, root, rule versions, SHA-256 of each file |

公钥和以前留存的检查点请从公示或主管单位取得,不要从送来本包的人那里取得。
Take the public key, and checkpoints kept from earlier, from where they were published and never from whoever handed you this file.

## 1. nuanxin

```sh
nuanxin verify --bundle BUNDLE.zip --key 'VKEY'
```

不需要数据库和网络。四种结论:valid(退出码 0)、invalid(1,并指出第一个对不上的序号)、unreadable(2)、nothing signed yet(给了公钥而没有签名时为 3)。
No database, no network. Four verdicts: valid (exit code 0), invalid (1, with the first bad position), unreadable (2), nothing signed yet (3 when a key was given).

## 2. SHA-256

```sh
unzip BUNDLE.zip -d bundle && cd bundle
sha256sum events.jsonl postings.csv balances.xlsx journal.hledger   # = manifest.json
```

## 3. DuckDB

重算每条事件的叶子哈希;对整本账还可重算根哈希,应等于 manifest.json 的 root(检查点里是同一值的 base64)。适用于 suite 为 sha-256 的账本。
Recomputes each leaf hash, and for a whole journal the root, which must be that of manifest.json (checkpoints hold the same in base64). For journals with suite sha-256.

```sql
CREATE TABLE event AS SELECT * FROM read_json('events.jsonl', format = 'newline_delimited',
  maximum_object_size = 16777216, columns = {position: 'UBIGINT', recorded_at: 'VARCHAR', key: 'VARCHAR',
  fingerprint: 'VARCHAR', actor: 'VARCHAR', type: 'VARCHAR', payload: 'VARCHAR', leaf: 'VARCHAR'});
CREATE MACRO netstring(x) AS strlen(x) || ':' || x || ',';
CREATE TABLE leaf AS SELECT position, leaf, sha256('\x00'::BLOB || encode(
    netstring(position::VARCHAR) || netstring(recorded_at) || netstring(key) || netstring(fingerprint)
    || netstring(actor) || netstring(type) || netstring(payload))) AS hash FROM event;
SELECT count(*) AS altered, min(position) AS first FROM leaf WHERE hash <> leaf;
WITH RECURSIVE tree(level, i, hash) AS (
    SELECT 0, position - 1, hash FROM leaf
  UNION ALL
    SELECT any_value(level) + 1, i // 2, CASE count(*)
        WHEN 2 THEN sha256('\x01'::BLOB || unhex(min_by(hash, i)) || unhex(max_by(hash, i)))
        ELSE any_value(hash) END
    FROM tree WHERE (SELECT count(*) FROM tree) > 1 GROUP BY i // 2)
SELECT hash AS root FROM tree ORDER BY level DESC LIMIT 1;
```

分录合计必须为零 · Movements must sum to zero:

```sql
SELECT sum(plus) - sum(minus) AS zero FROM read_csv('postings.csv', types = {plus: 'DECIMAL(18,2)', minus: 'DECIMAL(18,2)'});
```

## 4. hledger, ledger

```sh
hledger -f journal.hledger check
hledger -f journal.hledger balance 人员 过期 兑换 发放
{YUAN}ledger -f journal.hledger balance
```

## 5. Excel

打开 balances.xlsx 和 postings.csv。CSV 中以 = + - @ 等开头的文字前加了一个撇号('),以免被当作公式。
Open balances.xlsx and postings.csv. Texts in the CSV that begin with = + - @ and the like have an apostrophe before them, so that none is taken for a formula.
"#;
