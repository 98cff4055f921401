//! The district's identity provider: where it is found, whom it lets log in, and who somebody is by its word.
//!
//! Nothing is asked before somebody wants to log in, so a server starts whether the provider answers or not. What it says of
//! itself, with its keys, is kept for a while. A token under a key that is not among them has it asked once more, so often
//! and no oftener: providers change keys, and nobody makes this server ask at every wrong token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreErrorResponseType, CoreIdToken, CoreIdTokenVerifier,
    CoreJwsSigningAlgorithm, CoreProviderMetadata,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, DiscoveryError,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, SignatureVerificationError, StandardErrorResponse, TokenResponse,
};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;

use super::Settings;
use super::attempt::Attempt;
use super::http_client::{HttpClient, HttpError};

/// How long what a provider says of itself is believed, its keys among it.
const BELIEVED: Duration = Duration::from_secs(3_600);
/// How long a provider that did not answer is not asked again: whoever waited meanwhile is told so at once.
const LEFT_ALONE: Duration = Duration::from_secs(2);
/// So long after a key was missing, another one that is has the provider asked again.
const KEYS_AGAIN_AFTER: Duration = Duration::from_secs(10);
/// Logins for which the provider is asked at once; more wait a moment.
const ASKING_MAX: usize = 32;
/// How long they wait.
const ASKING_WAIT: Duration = Duration::from_secs(2);
/// The longest code of a provider, in bytes.
const CODE_BYTES_MAX: usize = 4_096;

/// By what a token may be signed: with keys that the provider publishes and nobody else has. Neither unsigned nor by the
/// client's own secret.
const SIGNED_BY: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// The client that a provider's own word makes.
type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// An identity provider.
pub struct Provider {
    settings: Settings,
    http: HttpClient,
    known: Mutex<Known>,
    asking: Semaphore,
}

/// What the provider said of itself.
#[derive(Default)]
struct Known {
    client: Option<(Arc<Client>, Instant)>,
    failed_at: Option<Instant>,
    /// When it was last asked because a key was missing.
    keys_asked: Option<Instant>,
}

/// Why somebody is not known by a provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It cannot be asked now. For the log.
    #[error("the identity provider cannot be asked: {0}")]
    Away(String),
    /// What it, or somebody in its name, answered is not to be believed. For the log.
    #[error("the identity provider's answer is not believed: {0}")]
    Invalid(String),
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}

impl Provider {
    /// The provider of these settings; it is not asked yet.
    ///
    /// # Errors
    /// What cannot be used.
    pub fn new(settings: Settings) -> Result<Provider, String> {
        let http = HttpClient::new(settings.ca_file.as_deref())?;
        Ok(Provider { settings, http, known: Mutex::default(), asking: Semaphore::new(ASKING_MAX) })
    }

    /// The provider, as it names itself.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Asks it what it says of itself, unless that is known.
    ///
    /// # Errors
    /// [`ProviderError::Away`].
    pub async fn discover(&self) -> Result<(), ProviderError> {
        self.client(None).await.map(drop)
    }

    /// Where a browser is sent to log in.
    ///
    /// # Errors
    /// [`ProviderError::Away`].
    pub async fn address(&self, attempt: &Attempt) -> Result<String, ProviderError> {
        let _place = self.place().await?;
        let client = self.client(None).await?;
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(attempt.verifier()));
        let (state, nonce) = (attempt.state(), attempt.nonce());
        let request = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state),
            move || Nonce::new(nonce),
        );
        let (address, _, _) = request.set_pkce_challenge(challenge).url();
        Ok(address.into())
    }

    /// The subject of whoever came back with a code.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub async fn subject(&self, attempt: &Attempt, code: &str) -> Result<String, ProviderError> {
        if code.is_empty() || code.len() > CODE_BYTES_MAX {
            return Err(ProviderError::Invalid("no code, or one that is too long".to_owned()));
        }
        let _place = self.place().await?;
        let client = self.client(None).await?;
        let asked = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| ProviderError::Away(format!("it names no place for tokens: {error}")))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier()))
            .request_async(&self.http)
            .await
            .map_err(not_exchanged)?;
        let token = asked.id_token().ok_or_else(|| ProviderError::Invalid("it gave no ID token".to_owned()))?;
        let nonce = Nonce::new(attempt.nonce());
        let known = match judged(&client, token, &nonce) {
            Err(error) if is_unknown_key(&error) => {
                let again = self.client(Some(&client)).await?;
                judged(&again, token, &nonce)
            }
            known => known,
        };
        known.map_err(|error| ProviderError::Invalid(told(&error)))
    }

    async fn place(&self) -> Result<tokio::sync::SemaphorePermit<'_>, ProviderError> {
        match timeout(ASKING_WAIT, self.asking.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(ProviderError::Away("too many logins at once".to_owned())),
        }
    }

    /// The client as the provider is known; asked where it is not, or no longer, or where its keys lacked one (`short_of`) and
    /// it was not asked just now.
    async fn client(&self, short_of: Option<&Arc<Client>>) -> Result<Arc<Client>, ProviderError> {
        let waits_since = Instant::now();
        let mut known = self.known.lock().await;
        if let Some((client, asked)) = &known.client {
            let suffices = match short_of {
                None => asked.elapsed() < BELIEVED,
                // Somebody else has asked since, or its keys were asked for just now.
                Some(short) => {
                    let lately = known.keys_asked.is_some_and(|asked| asked.elapsed() < KEYS_AGAIN_AFTER);
                    lately || !Arc::ptr_eq(short, client)
                }
            };
            if suffices {
                return Ok(Arc::clone(client));
            }
        }
        // Whoever waited while another found it away is told so too.
        if known.failed_at.is_some_and(|failed| failed >= waits_since || failed.elapsed() < LEFT_ALONE) {
            return Err(ProviderError::Away("it did not answer a moment ago".to_owned()));
        }
        if short_of.is_some() {
            known.keys_asked = Some(Instant::now());
        }
        match self.ask().await {
            Ok(client) => {
                let client = Arc::new(client);
                known.client = Some((Arc::clone(&client), Instant::now()));
                known.failed_at = None;
                Ok(client)
            }
            Err(error) => {
                known.failed_at = Some(Instant::now());
                Err(error)
            }
        }
    }

    async fn ask(&self) -> Result<Client, ProviderError> {
        let away = |what: &dyn fmt::Display| ProviderError::Away(what.to_string());
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(|error| away(&error))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http).await.map_err(not_discovered)?;
        let by_body = metadata.token_endpoint_auth_methods_supported().is_some_and(|methods| {
            !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let secret = self.settings.client_secret.as_ref().map(|secret| ClientSecret::new(secret.to_string()));
        let redirect = RedirectUrl::new(self.settings.redirect.clone()).map_err(|error| away(&error))?;
        let client =
            CoreClient::from_provider_metadata(metadata, ClientId::new(self.settings.client_id.clone()), secret);
        let auth = if by_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        Ok(client.set_redirect_uri(redirect).set_auth_type(auth))
    }
}

/// Who a token is about, once it is the provider's, of this client, of this login, and not over.
fn judged(client: &Client, token: &CoreIdToken, nonce: &Nonce) -> Result<String, ClaimsVerificationError> {
    let verifier: CoreIdTokenVerifier<'_> = client.id_token_verifier().set_allowed_algs(SIGNED_BY);
    Ok(token.claims(&verifier, nonce)?.subject().to_string())
}

fn is_unknown_key(error: &ClaimsVerificationError) -> bool {
    matches!(error, ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
}

fn not_discovered(error: DiscoveryError<HttpError>) -> ProviderError {
    ProviderError::Away(told(&error))
}

/// A code that is not (or no longer) one is somebody's who tries; anything else is the provider's or the settings' fault.
fn not_exchanged(error: RequestTokenError<HttpError, StandardErrorResponse<CoreErrorResponseType>>) -> ProviderError {
    match &error {
        RequestTokenError::ServerResponse(answer) if *answer.error() == CoreErrorResponseType::InvalidGrant => {
            ProviderError::Invalid("the code is not valid, or was used before".to_owned())
        }
        // Where, and not what: the text of what cannot be read may be the subject.
        RequestTokenError::Parse(at, _) => {
            ProviderError::Invalid(format!("its answer cannot be read at {}", at.path()))
        }
        RequestTokenError::ServerResponse(_) | RequestTokenError::Request(_) | RequestTokenError::Other(_) => {
            ProviderError::Away(told(&error))
        }
    }
}

/// An error with what caused it, in one line.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
