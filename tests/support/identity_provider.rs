//! An identity provider of the tests' own, as a server of its own: it finds everybody who comes to be one person, and can be
//! told to answer wrongly. It is written from the specification (OpenID Connect Core and Discovery, RFC 7636) without the
//! library that the program uses, so that both are not wrong together.

use std::collections::HashMap;
use std::future::pending;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

/// The name under which it knows the program.
pub const CLIENT: &str = "nuanxin";
/// What the program proves that with.
pub const SECRET: &str = "a secret of the tests' own";

/// In what an answer is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// In nothing.
    Nothing,
    /// The token is of another login.
    Nonce,
    /// It names no login.
    NoNonce,
    /// It is for another client.
    Audience,
    /// It is for this client and another one that nobody here knows.
    Audiences,
    /// It is another provider's.
    Issuer,
    /// It is over.
    Expired,
    /// It is signed by somebody else, who says that it is this provider's key.
    Signature,
    /// Somebody changed it afterwards.
    Changed,
    /// It is not signed, and says so.
    Unsigned,
    /// It is signed by what the client itself knows.
    BySecret,
    /// It is signed by a key that is not published.
    UnknownKey,
    /// There is none.
    NoToken,
    /// It is no token.
    NoJwt,
    /// Nobody is let through.
    Declined,
    /// The place for tokens never answers.
    Hangs,
}

/// How often it was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// What it says of itself.
    pub discovery: u32,
    /// For its keys.
    pub keys: u32,
    /// For tokens.
    pub tokens: u32,
}

/// A provider that serves until it is dropped.
pub struct IdentityProvider {
    inner: Arc<Inner>,
    _stop: oneshot::Sender<()>,
}

struct Inner {
    issuer: String,
    state: Mutex<Told>,
    silent: AtomicBool,
}

/// What it does now, and what it has given out.
struct Told {
    subject: String,
    wrong: Wrong,
    /// Which key signs and is published.
    key: usize,
    asked: Asked,
    codes: HashMap<String, Code>,
}

/// A code that was given out and not used yet.
struct Code {
    nonce: String,
    challenge: String,
    redirect: String,
}

struct Key {
    id: &'static str,
    secret: RsaPrivateKey,
}

/// Two keys, which take a while to make; the second one is another's until it is changed to.
fn keys() -> &'static [Key; 2] {
    static KEYS: OnceLock<[Key; 2]> = OnceLock::new();
    KEYS.get_or_init(|| {
        ["first", "second"].map(|id| {
            let seed = u64::try_from(id.len()).expect("small");
            let secret = RsaPrivateKey::new(&mut ChaCha20Rng::seed_from_u64(seed), 2_048).expect("a key");
            Key { id, secret }
        })
    })
}

impl IdentityProvider {
    /// Serves on a free port of this machine.
    pub fn start() -> IdentityProvider {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        keys();
        let told = Told {
            subject: "248289761001".to_owned(),
            wrong: Wrong::Nothing,
            key: 0,
            asked: Asked::default(),
            codes: HashMap::new(),
        };
        let inner = Arc::new(Inner { issuer, state: Mutex::new(told), silent: AtomicBool::new(false) });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(published))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .with_state(Arc::clone(&inner));
        let (stop, stopped) = oneshot::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
                tokio::select! {
                    served = axum::serve(listener, router) => served.expect("it serves"),
                    _ = stopped => {}
                }
            });
        });
        IdentityProvider { inner, _stop: stop }
    }

    /// As it names itself.
    pub fn issuer(&self) -> &str {
        &self.inner.issuer
    }

    /// Whom it finds everybody to be from now on.
    pub fn finds(&self, subject: &str) {
        self.inner.told().subject = subject.to_owned();
    }

    /// In what it is wrong from now on.
    pub fn is_wrong_in(&self, wrong: Wrong) {
        self.inner.told().wrong = wrong;
    }

    /// Takes its other key, and publishes that one alone.
    pub fn changes_its_key(&self) {
        let mut told = self.inner.told();
        told.key = 1 - told.key;
    }

    /// Takes connections and says nothing, or speaks again.
    pub fn is_silent(&self, silent: bool) {
        self.inner.silent.store(silent, Ordering::SeqCst);
    }

    /// How often it was asked so far.
    pub fn asked(&self) -> Asked {
        self.inner.told().asked
    }
}

impl Inner {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn may_be_silent(&self) {
        if self.silent.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
    }
}

async fn discovery(State(inner): State<Arc<Inner>>) -> Json<Value> {
    inner.told().asked.discovery += 1;
    inner.may_be_silent().await;
    let issuer = &inner.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // A provider may say that it signs in these ways; whether they are believed is the program's to say.
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
    }))
}

async fn published(State(inner): State<Arc<Inner>>) -> Json<Value> {
    inner.may_be_silent().await;
    let mut told = inner.told();
    told.asked.keys += 1;
    let key = &keys()[told.key];
    let number = |bytes: Vec<u8>| URL_SAFE_NO_PAD.encode(bytes);
    let (n, e) = (number(key.secret.n().to_bytes_be()), number(key.secret.e().to_bytes_be()));
    Json(json!({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": key.id, "n": n, "e": e}]}))
}

/// A person who always agrees.
async fn authorize(State(inner): State<Arc<Inner>>, Query(asked): Query<HashMap<String, String>>) -> Response {
    let one = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let right = one("response_type") == "code"
        && one("client_id") == CLIENT
        && one("scope").split(' ').any(|scope| scope == "openid")
        && one("code_challenge_method") == "S256"
        && [one("state"), one("nonce"), one("code_challenge")].iter().all(|text| text.len() >= 43);
    if !right {
        return (StatusCode::BAD_REQUEST, format!("not as it should be asked: {asked:?}")).into_response();
    }
    let (redirect, state) = (one("redirect_uri"), one("state"));
    let mut told = inner.told();
    if told.wrong == Wrong::Declined {
        return Redirect::to(&format!("{redirect}?error=access_denied&state={state}")).into_response();
    }
    let code = format!("code-{}-{}", told.codes.len(), &one("nonce")[..8]);
    let kept = Code { nonce: one("nonce"), challenge: one("code_challenge"), redirect: redirect.clone() };
    told.codes.insert(code.clone(), kept);
    let issuer = inner.issuer.replace(':', "%3A").replace('/', "%2F");
    Redirect::to(&format!("{redirect}?code={code}&state={state}&session_state=x&iss={issuer}")).into_response()
}

fn refused(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

async fn token(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    Form(asked): Form<HashMap<String, String>>,
) -> Response {
    inner.may_be_silent().await;
    let wrong = inner.told().wrong;
    if wrong == Wrong::Hangs {
        pending::<()>().await;
    }
    let mut told = inner.told();
    told.asked.tokens += 1;
    let secret: String = SECRET.replace(' ', "+").replace('\'', "%27");
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{secret}")));
    if headers.get(header::AUTHORIZATION).is_none_or(|shown| shown.as_bytes() != basic.as_bytes()) {
        return refused("invalid_client");
    }
    let one = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    // A code is good once.
    let Some(code) = told.codes.remove(one("code")) else { return refused("invalid_grant") };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(one("code_verifier")));
    if one("grant_type") != "authorization_code" || one("redirect_uri") != code.redirect || challenge != code.challenge
    {
        return refused("invalid_grant");
    }
    let mut answer = json!({"access_token": "for nothing here", "token_type": "Bearer", "expires_in": 60});
    if wrong != Wrong::NoToken {
        answer["id_token"] = id_token(&inner.issuer, &told, &code.nonce).into();
    }
    Json(answer).into_response()
}

fn id_token(issuer: &str, told: &Told, nonce: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
    let mut claims = json!({
        "iss": issuer, "sub": told.subject, "aud": CLIENT, "nonce": nonce, "iat": now, "exp": now + 60,
    });
    match told.wrong {
        Wrong::Nonce => claims["nonce"] = "A".repeat(43).into(),
        Wrong::NoNonce => drop(claims.as_object_mut().and_then(|claims| claims.remove("nonce"))),
        Wrong::Audience => claims["aud"] = "somebody-else".into(),
        Wrong::Audiences => claims["aud"] = json!([CLIENT, "somebody-else"]),
        Wrong::Issuer => claims["iss"] = "https://id.example".into(),
        Wrong::Expired => (claims["iat"], claims["exp"]) = ((now - 7_200).into(), (now - 3_600).into()),
        _ => {}
    }
    let (own, other) = (&keys()[told.key], &keys()[1 - told.key]);
    let by = if matches!(told.wrong, Wrong::Signature | Wrong::UnknownKey) { other } else { own };
    let header = match told.wrong {
        Wrong::Unsigned => json!({"typ": "JWT", "alg": "none"}),
        Wrong::BySecret => json!({"typ": "JWT", "alg": "HS256"}),
        Wrong::UnknownKey => json!({"typ": "JWT", "alg": "RS256", "kid": other.id}),
        _ => json!({"typ": "JWT", "alg": "RS256", "kid": own.id}),
    };
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&header), part(&claims));
    match told.wrong {
        Wrong::NoJwt => "no token at all".to_owned(),
        Wrong::Unsigned => format!("{text}."),
        Wrong::BySecret => {
            let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
            format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.chain_update(&text).finalize().into_bytes()))
        }
        _ => {
            let signed = by.secret.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(&text)).expect("a signature");
            if told.wrong == Wrong::Changed {
                claims["sub"] = "somebody else".into();
                return format!("{}.{}.{}", part(&header), part(&claims), URL_SAFE_NO_PAD.encode(signed));
            }
            format!("{text}.{}", URL_SAFE_NO_PAD.encode(signed))
        }
    }
}
