//! Bytes at the edge of HTTP/1.1 and beyond it: requests inside requests, frames that contradict themselves, heads
//! without end, clients that never finish.

use nuanxin_tests::Server;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::wire;

/// Clients that open a request and say no more.
const NEVER_FINISH: usize = 200;

/// Requests that an honest client cannot even write, each with its name.
pub(super) fn requests(token: &str) -> Vec<(String, Vec<u8>)> {
    let mut requests: Vec<(String, Vec<u8>)> = framed_twice(token);
    requests.extend(no_http());
    requests.extend(headers(token));
    requests
}

/// A command hidden behind the end that one of two contradicting frames gives to the request before it.
fn framed_twice(token: &str) -> Vec<(String, Vec<u8>)> {
    let frames = [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: 0\r\nContent-Length: 4",
        "Content-Length: 4, 0",
        "Content-Length: +4",
        "Content-Length: -1",
        "Content-Length: 0x4",
        "Content-Length: 99999999999999999999999",
        "Content-Length : 4",
        "Content-Length:\t4\r\nTransfer-Encoding:\tchunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: \x0bchunked",
        " Transfer-Encoding: chunked",
        "X: y\r\n Transfer-Encoding: chunked",
    ];
    let requests = frames.iter().enumerate().map(|(number, frame)| {
        // A read that has no business with a body, and after its end, for whoever believes in that end, a command.
        let hidden = inner(token, number);
        let text = format!("GET /healthz HTTP/1.1\r\nHost: a\r\n{frame}\r\n\r\n0\r\n\r\n{hidden}");
        (format!("framed by {frame:?}"), text.into_bytes())
    });
    requests.collect()
}

/// A whole command that would be accepted if anybody took it for one.
fn inner(token: &str, number: usize) -> String {
    let body = format!("{{\"id\":\"smuggled-{number}\",\"occupation\":\"x\"}}");
    format!(
        "POST /v1/workers HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: smuggled-{number}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn no_http() -> Vec<(String, Vec<u8>)> {
    let named = |name: &str, bytes: &[u8]| (name.to_owned(), bytes.to_vec());
    vec![
        named("nothing but line breaks", b"\r\n\r\n\r\n\r\n"),
        named("bytes", &[0, 1, 2, 3, 255, 254, 13, 10, 13, 10]),
        named("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
        named("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"),
        named("HTTP/0.9", b"GET /healthz\r\n\r\n"),
        named("HTTP/9.9", b"GET /healthz HTTP/9.9\r\nHost: a\r\n\r\n"),
        named("no target", b"GET HTTP/1.1\r\nHost: a\r\n\r\n"),
        named("a star", b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        named("an authority", b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: a\r\n\r\n"),
        named("somebody else's address", b"GET http://169.254.169.254/latest/meta-data HTTP/1.1\r\nHost: a\r\n\r\n"),
        named("a fragment", b"GET /healthz#/../v1/workers HTTP/1.1\r\nHost: a\r\n\r\n"),
        named("backslashes", b"GET \\..\\..\\etc\\passwd HTTP/1.1\r\nHost: a\r\n\r\n"),
        named("blanks in the target", b"GET /healthz /v1/workers HTTP/1.1\r\nHost: a\r\n\r\n"),
        named("a NUL in the target", b"GET /v1/workers/a\0b HTTP/1.1\r\nHost: a\r\n\r\n"),
        named("bytes in the target", b"GET /v1/workers/\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n"),
        named("bare line feeds", b"GET /healthz HTTP/1.1\nHost: a\n\n"),
        named("bare carriage returns", b"GET /healthz HTTP/1.1\rHost: a\r\r\r\n\r\n"),
        named("no host", b"GET /healthz HTTP/1.1\r\n\r\n"),
        named("two hosts", b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        named("a long method", &[&[b'A'; 70_000], b" / HTTP/1.1\r\n\r\n".as_slice()].concat()),
        named("a long target", &[b"GET /".as_slice(), &[b'a'; 200_000], b" HTTP/1.1\r\nHost: a\r\n\r\n"].concat()),
    ]
}

fn headers(token: &str) -> Vec<(String, Vec<u8>)> {
    let with = |name: &str, headers: String| {
        let text =
            format!("GET /v1/workers/W0001 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n{headers}\r\n\r\n");
        (name.to_owned(), text.into_bytes())
    };
    let chunked = |name: &str, chunks: &str| {
        let text = format!(
            "POST /v1/workers HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: smuggled-{name}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"
        );
        (format!("a chunk: {name}"), text.into_bytes())
    };
    vec![
        with("many headers", vec!["X-A: b"; 5_000].join("\r\n")),
        with("a long header", format!("X-A: {}", "b".repeat(300_000))),
        with("a header without a name", ": b".into()),
        with("a header without a colon", "X-A".into()),
        with("a NUL in a header", "X-A: a\0b".into()),
        with("a folded header", "X-A: a\r\n b: c".into()),
        with("an expectation", "Expect: the-spanish-inquisition\r\nContent-Length: 5".into()),
        with("an upgrade", "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ".into()),
        with("a range", "Range: bytes=0-18446744073709551615,-1".into()),
        with("a media type without sense", "Accept: */*;q=NaN,;;,/,text/".into()),
        chunked("overflowing", "FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n"),
        chunked("negative", "-1\r\n{}\r\n0\r\n\r\n"),
        chunked("unreadable", "zz\r\n{}\r\n0\r\n\r\n"),
        chunked("with an endless extension", &format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "a".repeat(100_000))),
        chunked("with a wrong end", "2\r\n{}XX0\r\n\r\n"),
        chunked("with trailers", "2\r\n{}\r\n0\r\nContent-Length: 9\r\nAuthorization: Bearer x\r\n\r\n"),
    ]
}

/// Ten megabytes that could be a worker.
pub(super) fn oversized_body() -> Vec<u8> {
    format!("{{\"id\":\"W9999\",\"occupation\":\"{}\"}}", "x".repeat(10 << 20)).into_bytes()
}

/// Opens connections on which requests begin and never end: some in their head, some in their body.
pub(super) async fn crowd_that_never_finishes(server: &Server, token: &str) -> Vec<TcpStream> {
    let mut crowd = Vec::new();
    for number in 0..NEVER_FINISH {
        let mut stream = TcpStream::connect(wire::address(server)).await.expect("the server accepts");
        let head = format!(
            "POST /v1/workers HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: never-{number}\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n"
        );
        let sent = match number % 3 {
            0 => "POST /v1/wor".to_owned(),
            1 => head,
            _ => format!("{head}\r\n{{\"id\":\"{}", "x".repeat(1_000)),
        };
        stream.write_all(sent.as_bytes()).await.expect("the server reads");
        crowd.push(stream);
    }
    crowd
}
