//! The socket's file: where it is, how it comes to be there for its owner alone, and how a long path is shortened.

use std::ffi::OsStr;
use std::fs::{File, Permissions};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixListener as StdListener};
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

use crate::sidecar::sidecar_path;

/// Nobody but the owner may connect.
const MODE: u32 = 0o600;

/// The socket of a journal: `nuanxin.sock` beside `nuanxin.db`.
pub fn socket_path(journal: &Path) -> PathBuf {
    sidecar_path(journal, "sock")
}

/// A socket that listens. Its file goes with it.
#[derive(Debug)]
pub struct Socket {
    pub(super) listener: UnixListener,
    path: PathBuf,
}

impl Socket {
    /// Listens beside a journal, in place of a socket that an earlier server left there. To be called by whoever holds
    /// the journal's lock: nobody else listens there then.
    ///
    /// # Errors
    /// What the system says, also where the path is too long for a socket.
    pub fn bind(journal: &Path) -> io::Result<Socket> {
        let path = socket_path(journal);
        // Made in a folder that nobody else may enter and moved out once its mode is right: between the two steps of the
        // system, making and closing off, nobody can slip in.
        let closed = tempfile::Builder::new()
            .prefix(".socket-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(folder(&path))?;
        let new = closed.path().join("new");
        let listener = StdListener::bind_addr(&Address::of(&new)?.address)?;
        std::fs::set_permissions(&new, Permissions::from_mode(MODE))?;
        // Checked before it stands there: a socket that no client could name helps nobody.
        Address::of(&path)?;
        std::fs::rename(&new, &path)?;
        listener.set_nonblocking(true)?;
        Ok(Socket { listener: UnixListener::from_std(listener)?, path })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // One that stays is taken for what it is: nobody answers there.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Connects to the server that listens beside a journal; none where no server does.
///
/// # Errors
/// What the system says of a socket that is there and cannot be used, such as one of another user.
pub(super) async fn connect(journal: &Path) -> io::Result<Option<UnixStream>> {
    let path = socket_path(journal);
    if !path.exists() {
        return Ok(None);
    }
    let address = Address::of(&path)?;
    let connected = std::os::unix::net::UnixStream::connect_addr(&address.address);
    match connected {
        Ok(stream) => {
            stream.set_nonblocking(true)?;
            UnixStream::from_std(stream).map(Some)
        }
        // Left behind by a server that was killed, or taken away just now.
        Err(error) if matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A socket's address. The system takes about a hundred bytes; a longer path is reached through its open folder, where
/// the system has `/proc`.
struct Address {
    address: SocketAddr,
    /// Open as long as the address is used.
    _folder: Option<File>,
}

impl Address {
    fn of(path: &Path) -> io::Result<Address> {
        if let Ok(address) = SocketAddr::from_pathname(path) {
            return Ok(Address { address, _folder: None });
        }
        let too_long = |_| {
            let what = format!("{}: the path is too long for a socket; choose a shorter one", path.display());
            io::Error::new(ErrorKind::InvalidInput, what)
        };
        let folder = File::open(folder(path))?;
        let name = path.file_name().unwrap_or(OsStr::new(""));
        let short = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()).join(name);
        let address = SocketAddr::from_pathname(short).map_err(too_long)?;
        Ok(Address { address, _folder: Some(folder) })
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
