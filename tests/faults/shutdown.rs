//! SIGTERM under load: what was begun is answered, nothing acknowledged is lost, and the server ends by itself.

use std::time::{Duration, Instant};

use nuanxin_tests::{District, Offices, Request, Server, Unanswered, token};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::audit::audit;
use crate::record::Attempt;
use crate::site::Site;
use crate::size;
use crate::traffic::Traffic;
use crate::wire;

/// Clients that send all the time.
const CLIENTS: u64 = 16;
/// Requests that are half sent when the signal comes.
const HALF_SENT: usize = 8;
/// How long a server may take to end, with connections that nobody closes.
const END_MAX: Duration = Duration::from_secs(30);

on_both_journals!(a_server_asked_to_end_answers_what_was_begun_and_keeps_what_it_acknowledged);

async fn a_server_asked_to_end_answers_what_was_begun_and_keeps_what_it_acknowledged(site: Site) {
    let token = token(site.url());
    let server = Server::start(site.url(), &[]);
    let api = server.api(&token);
    let district = District::new(40, 3);
    district.set_up(&api).await;
    let traffic = Traffic::new(api.clone());
    let clients = traffic.start(CLIENTS, size::seed(), &district);
    tokio::time::sleep(Duration::from_millis(700)).await;

    // Whoever neither speaks nor leaves must not keep the server from ending.
    let silent = TcpStream::connect(wire::address(&server)).await.expect("the server accepts");
    let follower = tokio::spawn({
        let api = api.clone();
        async move { api.get_bytes("/v1/events?after=0", "text/event-stream").await }
    });
    let begun = begin(&server, Offices::of(&token).desk()).await;
    tokio::time::sleep(Duration::from_millis(300)).await;

    // The signal is sent from a thread of its own, which then waits for the end.
    let server = std::sync::Arc::new(server);
    let asked = Instant::now();
    let asked_at = traffic.record.now();
    let ending = tokio::task::spawn_blocking({
        let server = std::sync::Arc::clone(&server);
        move || server.terminate()
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    for half in begun {
        let answer = half.finish().await;
        traffic.record.note(answer);
    }
    let status =
        tokio::time::timeout(END_MAX + Duration::from_secs(60), ending).await.expect("it ends").expect("it ends");
    let took = asked.elapsed();
    assert_eq!(status.code(), Some(0), "{}", server.stderr());
    assert!(took < END_MAX, "the server took {took:?} to end");
    assert!(!server.stderr().contains("panicked"), "{}", server.stderr());
    drop(silent);
    let followed = tokio::time::timeout(Duration::from_secs(5), follower).await.expect("the feed ends with the server");
    drop(followed);

    let again = Server::start(site.url(), &[]);
    traffic.turn_to(again.api(&token));
    clients.call_home().await;
    assert_eq!(again.terminate().code(), Some(0), "{}", again.stderr());
    let attempts = traffic.record.attempts();
    let tally = audit(&attempts, &site.commands().await);
    println!("SIGTERM on {}: ended after {took:?}; {tally}", site.url());
    for number in 0..HALF_SENT {
        let answer = attempts.iter().find(|attempt| attempt.request == request(number)).map(|attempt| &attempt.answer);
        assert!(matches!(answer, Some(Ok((200..=299, _)))), "a request in flight was told {answer:?}");
    }
    // However shortly before the signal a request was sent: it is answered, or its connection was refused.
    let dropped: Vec<&Attempt> =
        attempts.iter().filter(|attempt| attempt.is_unknown() && attempt.sent_at < asked_at).collect();
    assert!(dropped.is_empty(), "requests sent before the signal were not answered: {dropped:#?}");
    assert!(tally.acknowledged > 50, "too little happened to show anything: {tally}");
    site.is_verified_and_replays_identically();
}

/// A request of which the server has read the head and some of the body.
struct HalfSent {
    request: Request,
    stream: TcpStream,
    rest: Vec<u8>,
}

async fn begin(server: &Server, token: &str) -> Vec<HalfSent> {
    let mut begun = Vec::new();
    for number in 0..HALF_SENT {
        let request = request(number);
        let headers = [
            format!("Authorization: Bearer {token}"),
            format!("Idempotency-Key: {}", request.key.as_deref().unwrap_or_default()),
            "Content-Type: application/json".to_owned(),
        ];
        let bytes = wire::request("POST", &request.path, &headers, request.body.to_string().as_bytes());
        let (first, rest) = bytes.split_at(bytes.len() - 10);
        let mut stream = TcpStream::connect(wire::address(server)).await.expect("the server accepts");
        stream.write_all(first).await.expect("the server reads");
        begun.push(HalfSent { request, stream, rest: rest.to_vec() });
    }
    begun
}

impl HalfSent {
    async fn finish(mut self) -> Attempt {
        let written = self.stream.write_all(&self.rest).await;
        let answer = match (written, wire::read_reply(&mut self.stream).await) {
            (Ok(()), Ok(Some(reply))) => Ok((reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())),
            (written, reply) => Err(Unanswered::Lost(format!("{written:?}, {reply:?}"))),
        };
        Attempt { sent_at: Duration::ZERO, took: Duration::ZERO, request: self.request, answer }
    }
}

fn request(number: usize) -> Request {
    let body =
        json!({"worker": "W0001", "activity": "SB01", "on": "2025-06-01", "quantity": number + 1, "witness": "证明人"});
    Request::post("/v1/credits", format!("half-{number}"), body)
}
