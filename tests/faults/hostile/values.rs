//! Values that no office would write, as they stand in JSON, in an address and as a whole body.

/// In the place of any value of a body.
pub(super) fn json_values() -> Vec<String> {
    let mut values: Vec<String> = [
        "null",
        "true",
        "-1",
        "0",
        "-0",
        "1.5",
        "1e400",
        "-1e400",
        "1e-400",
        "1E+99999999999999999999",
        "1e38",
        "0.0000001",
        "0.001",
        "99999999999999999999999999999999999999",
        "-9223372036854775809",
        "18446744073709551616",
        "4294967296",
        "[]",
        "{}",
        "[null]",
        "[[]]",
        r#"{"a":{"b":[1]}}"#,
        r#""""#,
        r#"" ""#,
        r#""\u0000""#,
        r#""a\u0000b""#,
        r#""\ud800""#,
        r#""\r\nX-Injected: yes""#,
        r#""../../../../etc/passwd""#,
        r#""a/b""#,
        r#""%00""#,
        r#""'; DROP TABLE event; --""#,
        r#""<script>alert(1)</script>""#,
        r#""${jndi:ldap://127.0.0.1/x}""#,
        r#""\u202e\u200b\ufeff""#,
        r#""😀é""#,
        r#""2025-02-30""#,
        r#""2025-13-01""#,
        r#""0000-00-00""#,
        r#""+99999-01-01""#,
        r#""2025-06-01T25:61:61Z""#,
        r#""NaN""#,
        r#""１２""#,
        r#""-0""#,
        r#""=1+1""#,
        r#""a b""#,
        r#""a\r\nb""#,
        r#""\ufeff""#,
        r#""yesterday""#,
        r#""-2025-01-01""#,
        r#""2025-06-01\u0000""#,
        r#""abc""#,
        r#""1e400""#,
        r#""two""#,
        "-0.5",
        "1000000.000001",
    ]
    .map(str::to_owned)
    .into();
    values.push(format!("\"{}\"", "长".repeat(65)));
    values.push(format!("\"{}\"", "x".repeat(5_000)));
    values.push(format!("\"{}\"", "x".repeat(200_000)));
    values.push("9".repeat(10_000));
    values.push(format!("0.{}1", "0".repeat(10_000)));
    values.push(format!("{}{}", "[".repeat(126), "]".repeat(126)));
    values.push(format!("[{}]", vec!["{}"; 5_000].join(",")));
    values
}

/// In the place of an id in an address, percent-encoded where HTTP asks for it, and where it does not.
pub(super) fn path_values() -> Vec<String> {
    let mut values: Vec<String> = [
        "nobody",
        ".",
        "..",
        "%2e%2e",
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2F",
        "a%2Fb",
        "%00",
        "a%00b",
        "%0d%0aX-Injected:%20yes",
        "%",
        "%z",
        "%zz",
        "%f",
        "%ff%fe",
        "%c0%ae%c0%ae",
        "%ed%a0%80",
        "%E4%B8%AD",
        "%EF%BB%BFW0001",
        "W0001%20",
        "%20",
        "+",
        "*",
        "~",
        "'",
        "%27%20OR%201=1--",
        "%3Cscript%3E",
        "{id}",
        "%7Bid%7D",
        "-1",
        "0",
        "1e400",
        "99999999999999999999999",
        "2025-02-30",
        "W0001;jsessionid=1",
        "W0001,W0002",
        "W0001:8080",
        "@",
        "%E2%80%AE",
        "%F0%9F%98%80",
        "!$&()=",
    ]
    .map(str::to_owned)
    .into();
    values.push("x".repeat(10_000));
    values.push("%E9%95%BF".repeat(65));
    values
}

/// In the place of a value of a query.
pub(super) fn query_values() -> Vec<String> {
    let mut values: Vec<String> = [
        "",
        "-1",
        "-0",
        "1.5",
        "1e3",
        "1e400",
        "NaN",
        "abc",
        "true",
        "null",
        "[]",
        "%00",
        "%ff",
        "%zz",
        "%",
        "%0d%0a",
        "%20",
        "99999999999999999999999999",
        "2025-02-30",
        "2025-13",
        "2025-00",
        "0000-00-00",
        "9999-12-31",
        "+99999-01-01",
        "2025-06-01T00:00:00",
        "%EF%BC%91",
        "'%20OR%201=1",
        "..%2f..",
        "%E4%B8%AD",
        "1&limit=2",
        "1%26x=1",
    ]
    .map(str::to_owned)
    .into();
    values.push("9".repeat(5_000));
    values
}

/// In the place of a whole body.
pub(super) fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let text = |text: &str| text.as_bytes().to_vec();
    vec![
        ("nothing", Vec::new()),
        ("a blank", text(" ")),
        ("an opened object", text("{")),
        ("a closed object", text("}")),
        ("a cut off object", text(r#"{"id":"W9""#)),
        ("a word", text("nul")),
        ("null", text("null")),
        ("a number", text("42")),
        ("a huge number", text("1e999999")),
        ("a text", text(r#""W0001""#)),
        ("an array", text("[]")),
        ("an array of arrays", text("[[],[[]]]")),
        ("an empty object", text("{}")),
        ("an unknown field", text(r#"{"no_such_field":1}"#)),
        ("a name twice", text(r#"{"id":"W8","id":"W9","occupation":"快递员","occupation":"货车司机"}"#)),
        ("a prototype", text(r#"{"__proto__":{"admin":true},"constructor":{"prototype":{}}}"#)),
        ("two objects", text("{}{}")),
        ("a trailing comma", text(r#"{"id":"W9",}"#)),
        ("single quotes", text("{'id':'W9'}")),
        ("a comment", text("{/* */}")),
        ("not a number", text(r#"{"quantity":NaN}"#)),
        ("infinity", text(r#"{"quantity":-Infinity}"#)),
        ("a hexadecimal number", text(r#"{"quantity":0x10}"#)),
        ("a leading zero", text(r#"{"quantity":010}"#)),
        ("a lone surrogate", text(r#"{"id":"\udc00"}"#)),
        ("a bare control character", b"{\"id\":\"a\x01b\"}".to_vec()),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec()),
        ("UTF-16", b"\xff\xfe{\x00}\x00".to_vec()),
        ("GB18030", b"{\"id\":\"\xc9\xe7\xc7\xf8\"}".to_vec()),
        ("bytes that are no text", vec![0xff, 0xfe, 0xfd, 0x80, 0x81]),
        ("NUL bytes", vec![0; 64]),
        ("an overlong encoding", b"{\"id\":\"\xc0\xaf\"}".to_vec()),
        ("a form", text("id=W9&occupation=x")),
        ("XML", text("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>")),
        ("deep arrays", "[".repeat(100_000).into_bytes()),
        ("deep objects", r#"{"a":"#.repeat(100_000).into_bytes()),
        ("deep arrays, closed", format!("{}{}", "[".repeat(50_000), "]".repeat(50_000)).into_bytes()),
        (
            "many names",
            format!("{{{}}}", (0..20_000).map(|n| format!("\"f{n}\":0")).collect::<Vec<_>>().join(",")).into_bytes(),
        ),
        ("two megabytes of blanks", vec![b' '; 2 << 20]),
    ]
}
