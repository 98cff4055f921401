//! The certificate by which this server proves who it is, and its key: two files in PEM, read anew when they change, so
//! that a renewal needs no restart.

pub mod self_signed;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};
use x509_cert::der::Decode as _;
use zeroize::Zeroizing;

use crate::private_file;
use crate::stopping::Stopping;

/// The longest file of certificates or of a key, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// How often the files are looked at. They are small, and a renewal has days.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// The one protocol that is spoken over TLS here, as the handshake names it.
const HTTP_1_1: &[u8] = b"http/1.1";

/// Where the two files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The server's certificate first, then those that lead to its root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// From when to when a certificate holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Its first second.
    pub from: DateTime<Utc>,
    /// Its last second.
    pub until: DateTime<Utc>,
}

/// What looking at the files found.
#[derive(Debug, PartialEq, Eq)]
pub enum Look {
    /// What was read last time.
    Same,
    /// A new certificate, which is used from now on.
    Renewed(Validity),
    /// Something that cannot be used, and why: the certificate before goes on.
    Kept(String),
}

/// A certificate with its key, as read.
struct Loaded {
    key: Arc<CertifiedKey>,
    validity: Validity,
}

struct Current {
    key: Arc<CertifiedKey>,
    /// Of the two files as last looked at, usable or not.
    seen: [u8; 32],
}

/// The certificate that every handshake is given.
pub struct Certificates {
    files: Files,
    provider: Arc<CryptoProvider>,
    current: RwLock<Current>,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("files", &self.files).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _client: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).key))
    }
}

impl Certificates {
    /// Reads the files.
    ///
    /// # Errors
    /// What is wrong with which of them, and the cure.
    pub fn open(files: Files) -> Result<(Arc<Certificates>, Validity), String> {
        let provider = Arc::new(ring::default_provider());
        let texts = Texts::read(&files)?;
        let loaded = texts.load(&files, &provider)?;
        let current = RwLock::new(Current { key: loaded.key, seen: texts.digest() });
        Ok((Arc::new(Certificates { files, provider, current }), loaded.validity))
    }

    /// Reads the files again. What cannot be used changes nothing: a certificate and its key are two files, and one is
    /// written before the other.
    pub fn look(&self) -> Look {
        let texts = match Texts::read(&self.files) {
            Ok(texts) => texts,
            Err(error) => return self.keep([0; 32], error),
        };
        let seen = texts.digest();
        if self.current.read().unwrap_or_else(PoisonError::into_inner).seen == seen {
            return Look::Same;
        }
        match texts.load(&self.files, &self.provider) {
            Ok(Loaded { key, validity }) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Current { key, seen };
                Look::Renewed(validity)
            }
            Err(error) => self.keep(seen, error),
        }
    }

    /// Told once for each content, and not at every look.
    fn keep(&self, seen: [u8; 32], error: String) -> Look {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.seen == seen {
            return Look::Same;
        }
        current.seen = seen;
        Look::Kept(error)
    }

    /// Looks at the files until the server stops.
    pub async fn follow(self: Arc<Self>, stopping: Stopping) {
        let mut stopping = std::pin::pin!(stopping.raised());
        loop {
            tokio::select! {
                () = &mut stopping => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            let looking = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || looking.look()).await {
                Ok(Look::Same) => {}
                Ok(Look::Renewed(validity)) => {
                    tracing::info!(until = %validity.until, "the new certificate is in use");
                }
                Ok(Look::Kept(error)) => {
                    tracing::warn!(%error, "the new certificate cannot be used; the one before stays in use");
                }
                Err(error) => tracing::error!(%error, "the certificate's files could not be looked at"),
            }
        }
    }

    /// What shakes hands with clients.
    ///
    /// # Errors
    /// When the library offers no protocol, which is a fault of this program.
    pub fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, rustls::Error> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Certificates>::clone(self);
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![HTTP_1_1.to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// From when to when the certificate in these files holds, once everything else about them is found to be usable.
///
/// # Errors
/// What is wrong with which of them, and the cure.
pub fn examine(files: &Files) -> Result<Validity, String> {
    Ok(Texts::read(files)?.load(files, &ring::default_provider())?.validity)
}

/// What stands in the two files.
struct Texts {
    certificate: Vec<u8>,
    key: Zeroizing<String>,
}

impl Texts {
    fn read(files: &Files) -> Result<Texts, String> {
        let named = |path: &Path, error: &dyn fmt::Display| format!("{}: {error}", path.display());
        let certificate = bounded(&files.certificate).map_err(|error| named(&files.certificate, &error))?;
        match private_file::read(&files.key, FILE_BYTES_MAX) {
            Ok(Some(key)) => Ok(Texts { certificate, key }),
            Ok(None) => Err(named(&files.key, &"there is no such file; name the private key in PEM")),
            Err(error) => Err(named(&files.key, &error)),
        }
    }

    fn digest(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        // The key behind a digest of fixed length: what stands in one file cannot stand in for the other.
        hasher.update(Sha256::digest(&self.certificate));
        hasher.update(self.key.as_bytes());
        hasher.finalize().into()
    }

    fn load(&self, files: &Files, provider: &CryptoProvider) -> Result<Loaded, String> {
        let certificate = files.certificate.display();
        let chain = CertificateDer::pem_slice_iter(&self.certificate).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|error| format!("{certificate}: no certificate in PEM ({error})"))?;
        let Some(own) = chain.first() else {
            return Err(format!("{certificate}: no certificate in it; name a file in PEM, the server's own first"));
        };
        let validity = validity(own)
            .ok_or_else(|| format!("{certificate}: its first certificate cannot be read; ask for it anew"))?;
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes())
            .map_err(|error| format!("{}: no private key in PEM ({error})", files.key.display()))?;
        let key = CertifiedKey::from_der(chain, key, provider).map_err(|error| {
            format!(
                "{} is not the key of {certificate} ({error}); name the two that belong together",
                files.key.display()
            )
        })?;
        Ok(Loaded { key: Arc::new(key), validity })
    }
}

fn bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(FILE_BYTES_MAX.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > FILE_BYTES_MAX {
        return Err(std::io::Error::other(format!("longer than {FILE_BYTES_MAX} bytes; name a file of certificates")));
    }
    Ok(bytes)
}

fn validity(certificate: &CertificateDer<'_>) -> Option<Validity> {
    let read = x509_cert::Certificate::from_der(certificate).ok()?;
    let second = |time: x509_cert::time::Time| {
        DateTime::from_timestamp(i64::try_from(time.to_unix_duration().as_secs()).ok()?, 0)
    };
    let validity = read.tbs_certificate.validity;
    Some(Validity { from: second(validity.not_before)?, until: second(validity.not_after)? })
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{Certificates, Files, Look, examine, self_signed};

    fn made(folder: &std::path::Path, name: &str) -> Files {
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        self_signed::write(folder, &[name.to_owned()], day).unwrap().files
    }

    #[test]
    fn a_renewed_certificate_is_taken_and_a_bad_one_leaves_the_old_in_use() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (files, other) = (made(here.path(), "one.example"), made(there.path(), "two.example"));
        let (certificates, validity) = Certificates::open(files.clone()).unwrap();
        assert_eq!(validity.from.date_naive(), NaiveDate::from_ymd_opt(2026, 1, 1).unwrap());
        assert_eq!(certificates.look(), Look::Same);
        let used = || certificates.current.read().unwrap().key.cert.clone();
        let first = used();
        // Half a renewal: the certificate is there, its key is not yet.
        std::fs::copy(&other.certificate, &files.certificate).unwrap();
        let Look::Kept(why) = certificates.look() else { panic!("half a renewal was taken") };
        assert!(why.contains("is not the key of"), "{why}");
        assert_eq!(certificates.look(), Look::Same, "told once");
        assert_eq!(used(), first);
        std::fs::copy(&other.key, &files.key).unwrap();
        assert_eq!(certificates.look(), Look::Renewed(examine(&other).unwrap()));
        assert_ne!(used(), first);
        std::fs::remove_file(&files.key).unwrap();
        assert!(matches!(certificates.look(), Look::Kept(why) if why.contains("no such file")));
        assert_eq!(certificates.look(), Look::Same, "told once");
    }

    #[test]
    fn files_that_cannot_be_used_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let files = made(folder.path(), "one.example");
        let swapped = Files { certificate: files.key.clone(), key: files.certificate.clone() };
        assert!(examine(&swapped).unwrap_err().contains("no certificate in it"));
        let twice = Files { key: files.certificate.clone(), ..files.clone() };
        assert!(examine(&twice).unwrap_err().contains("no private key"));
        let nowhere = Files { certificate: folder.path().join("none.crt"), ..files };
        assert!(examine(&nowhere).unwrap_err().contains("none.crt"));
    }
}
