//! Certificates for a counter on a local network that no public authority reaches. A root of one's own signs the server's
//! certificate, and its key is never written anywhere: whoever installs the root trusts this one server and nothing else.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::{Datelike as _, Days, NaiveDate};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use sha2::{Digest as _, Sha256};

use super::Files;
use crate::private_file;

/// How long they hold. Apple's devices refuse a server's certificate of more than 825 days.
const DAYS: u64 = 820;
/// The file of the server's certificate, with its root behind it.
const CERTIFICATE: &str = "nuanxin.crt";
/// The file of the server's key.
const KEY: &str = "nuanxin.key";
/// The file of the root, which devices install.
const ROOT: &str = "nuanxin-root.crt";

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// For the server.
    pub files: Files,
    /// For the devices.
    pub root: PathBuf,
    /// The root's SHA-256 fingerprint, as devices show it.
    pub fingerprint: String,
    /// The last day.
    pub until: NaiveDate,
}

/// Writes certificate, key and root into a folder, for a server of these names and addresses.
///
/// # Errors
/// Why not, and the cure: a name that is none, or a file that is there already.
pub fn write(folder: &Path, names: &[String], today: NaiveDate) -> Result<Written, String> {
    let until = today.checked_add_days(Days::new(DAYS)).ok_or("this machine's clock is beyond every calendar")?;
    let (certificate, key, root) = (folder.join(CERTIFICATE), folder.join(KEY), folder.join(ROOT));
    for path in [&certificate, &key, &root] {
        if path.symlink_metadata().is_ok() {
            let what = "is there already and stays as it is; name another folder with --out, or move it away first";
            return Err(format!("{} {what}", path.display()));
        }
    }
    let made = make(names, today, until).map_err(|error| format!("{}: {error}", names.join(", ")))?;
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    if !private_file::create(&key, &made.key).map_err(|error| failed(&key, error))? {
        return Err(format!("{} was made by somebody else just now", key.display()));
    }
    for (path, text) in [(&root, &made.root), (&certificate, &made.chain)] {
        let written = std::fs::OpenOptions::new().write(true).create_new(true).open(path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| failed(path, error))?;
    }
    Ok(Written { files: Files { certificate, key }, root, fingerprint: made.fingerprint, until })
}

struct Made {
    chain: String,
    key: String,
    root: String,
    fingerprint: String,
}

fn make(names: &[String], today: NaiveDate, until: NaiveDate) -> Result<Made, rcgen::Error> {
    let day = |date: NaiveDate| {
        // Months and days of a date are small, and exist.
        let small = |value: u32| u8::try_from(value).unwrap_or(1);
        date_time_ymd(date.year(), small(date.month()), small(date.day()))
    };
    let called = |what: String| {
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, what);
        name
    };
    let first = names.first().map_or("localhost", String::as_str);
    let mut root = CertificateParams::default();
    // Two roots of one name would confuse the devices that hold both.
    root.distinguished_name = called(format!("Nuanxin {first} {today}"));
    root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (root.not_before, root.not_after) = (day(today), day(until));
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate()?)?;
    let mut own = CertificateParams::new(names.to_vec())?;
    own.distinguished_name = called(first.to_owned());
    own.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    own.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    own.use_authority_key_identifier_extension = true;
    (own.not_before, own.not_after) = (day(today), day(until));
    let key = KeyPair::generate()?;
    let own = own.signed_by(&key, &root)?;
    let digest = Sha256::digest(root.der());
    let fingerprint = digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":");
    Ok(Made { chain: own.pem() + &root.pem(), key: key.serialize_pem(), root: root.pem(), fingerprint })
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::write;

    #[test]
    fn the_key_is_its_owner_s_alone_and_nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 2, 28).unwrap();
        let names = ["counter.local".to_owned(), "192.168.1.10".to_owned()];
        let written = write(&folder.path().join("tls"), &names, day).unwrap();
        let key = std::fs::read_to_string(&written.files.key).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            assert_eq!(std::fs::metadata(&written.files.key).unwrap().mode() & 0o777, 0o600);
        }
        let again = write(&folder.path().join("tls"), &names, day).unwrap_err();
        assert!(again.contains("is there already"), "{again}");
        assert_eq!(std::fs::read_to_string(&written.files.key).unwrap(), key);
        std::fs::remove_file(&written.files.certificate).unwrap();
        std::fs::remove_file(&written.files.key).unwrap();
        assert!(write(&folder.path().join("tls"), &names, day).is_err(), "the root is there still");
        assert!(!written.files.key.exists(), "nothing was written beside it");
    }

    #[test]
    fn what_is_no_name_is_refused_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        assert!(write(folder.path(), &["服务台".to_owned()], day).unwrap_err().contains("服务台"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
