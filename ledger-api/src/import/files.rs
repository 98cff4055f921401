//! Registers that somebody chose as files on a page: which of them whoever brings them may bring in, what would become of
//! their rows, and the bringing in.
//!
//! Each row is a command of the account that brings it, and is asked for its right as any other. A kind of register of which
//! the account may not make every row is not read at all: half of its rows would be refused for what no sheet can mend.

mod changes;

use std::collections::BTreeSet;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::sync::Arc;

use ledger_core::domain::refusal::Code;
use tempfile::TempDir;
use uuid::Uuid;

use super::pack::Kind;
use super::setup::keys_of;
use super::{ImportError, Pack, Report, Retry, Run, Stopped, load_as};
use crate::access::Identity;
use crate::access::policy::{CommandKind, Target, Who, allow};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::destination::{DestinationError, OwnLedger};
use crate::service::foresight::laid_over;
use crate::sheets::pack::{MonthlyKind, Named, SheetKind, discover_each, named};
use crate::sheets::{Column, Limits, SheetError, WholeRows};

pub use changes::{Change, ColumnChange, RowChange};
use changes::{Watched, changes_of};

/// The largest size of all files together, in bytes.
pub const BYTES_MAX: usize = 4 << 20;
/// Most rows of all files together; packs that are larger are imported on the machine.
pub const ROWS_MAX: u64 = 20_000;
/// The longest name of a file, in bytes: as long as file systems take.
const NAME_BYTES_MAX: usize = 240;
/// Somebody waits before the page: about a second on top of the ledger's own patience.
const RETRY: Retry = Retry {
    attempts_max: 3,
    pause: std::time::Duration::from_millis(200),
    pause_max: std::time::Duration::from_secs(1),
};

/// A file as it was sent: its name and its bytes.
pub type File = (String, Vec<u8>);

/// Why a file is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// A register that others have the right to keep.
    OfOthers(SheetKind),
    /// What happened in a month, which is recorded where it happens.
    Record(MonthlyKind),
    /// 积分标准, where there is one: it is changed where it is tried first and begins on a day of somebody's choice.
    ScheduleThere,
    /// The settings of the district.
    Settings,
    /// No sheet of a pack has that name.
    Unknown,
}

/// Why files are of no use.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// More rows than [`ROWS_MAX`].
    #[error("the files have too many rows together")]
    TooManyRows,
    /// A fault of ours.
    #[error("{0}")]
    Fault(String),
}

/// Registers that were looked through: every one that is taken can be read to its end.
#[derive(Debug)]
pub struct Registers {
    pack: Arc<Pack>,
    /// Holds the files while they are read; gone with the last who reads them.
    folder: Arc<TempDir>,
    files: Vec<File>,
    left: Vec<(String, Left)>,
    unusable: Vec<SheetError>,
}

/// What would become of registers.
#[derive(Debug)]
pub struct Judged {
    /// As of a bringing in, of which nothing is written.
    pub report: Report,
    /// What the rows that would be written change, in the order of the files; a schedule's rows, which are all new, are not
    /// among them.
    pub changes: Vec<RowChange>,
}

/// What became of registers that were brought in.
#[derive(Debug)]
pub struct Brought {
    /// What was done.
    pub report: Report,
    /// Why it stopped before the end, if it did; the same files again, with the same name of the run, go on from there.
    pub stopped: Option<ServiceError>,
}

/// What the rows of a register are made into.
const fn commands_of(kind: SheetKind) -> &'static [CommandKind] {
    use CommandKind as C;
    match kind {
        SheetKind::Workers => &[C::RegisterWorker, C::IssueCard, C::OpenSite],
        SheetKind::Schedule => &[C::AdoptSchedule],
        SheetKind::Merchants => &[C::RegisterMerchant],
        SheetKind::Stores => &[C::OpenStore, C::OpenSite],
        SheetKind::Items => &[C::ListItem],
        SheetKind::Sites => &[C::OpenSite, C::MoveSite, C::SetServices, C::CloseSite],
        SheetKind::Appointments => &[C::RegisterAppointment],
        SheetKind::Pairs => &[C::OpenPair],
        SheetKind::Funds => &[C::RegisterFund],
        SheetKind::Benefits => &[C::RegisterBenefit],
        SheetKind::Passes => &[C::IssuePass],
        SheetKind::Offers => &[C::RegisterOffer],
    }
}

/// The registers that somebody may bring in, in the order in which they are taken: those of which they may make any row.
pub fn kinds_of(who: Who<'_>) -> Vec<SheetKind> {
    let may =
        |kind: &SheetKind| commands_of(*kind).iter().all(|command| allow(who, *command, Target::District).is_ok());
    SheetKind::ALL.into_iter().filter(may).collect()
}

/// The columns that are read of a register.
pub const fn columns_of(kind: SheetKind) -> &'static [Column] {
    Kind::Setup(kind).columns()
}

/// Whether the district has a schedule, as of all that anybody was answered before. One that this very giving of files made
/// is none: sent twice, it is answered the same.
///
/// # Errors
/// [`ServiceError`] when the journal or its views cannot be read.
pub async fn has_schedule(app: &App, run: Option<Uuid>) -> Result<bool, ServiceError> {
    app.views.fresh(None).await?;
    let own = run.map(|run| keys_of(&run.to_string()));
    for (_, position) in app.views.adoptions().await?.value {
        let entry = app.ledger.journal().read(position.saturating_sub(1), 1).await?.into_iter().next();
        let is_own = entry.zip(own.as_deref()).is_some_and(|(entry, own)| entry.command.key.starts_with(own));
        if !is_own {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Looks through files: finds the registers of some kinds among them by their names, as in the folder of a pack, and reads
/// each to its end. A schedule is left where there is one ([`has_schedule`]). A file that cannot be used costs no other one, but
/// its like: where a register is there twice, neither is taken.
///
/// # Errors
/// [`Unusable`].
pub fn read(files: Vec<File>, kinds: &[SheetKind], has_schedule: bool) -> Result<Registers, Unusable> {
    let fault = |error: std::io::Error| Unusable::Fault(format!("files that were sent: {error}"));
    let folder = tempfile::Builder::new().prefix("registers").tempdir().map_err(fault)?;
    let (mut kept, mut left): (Vec<File>, Vec<(String, Left)>) = (Vec::with_capacity(files.len()), Vec::new());
    // Names that stand for two files with other content each; the same file twice is one.
    let mut twice = BTreeSet::new();
    for (name, bytes) in files {
        let Some(plain) = plain(&name) else {
            left.push((name.chars().filter(|char| !char.is_control()).take(NAME_BYTES_MAX).collect(), Left::Unknown));
            continue;
        };
        if let Some((_, first)) = kept.iter().find(|(known, _)| known == plain) {
            twice.extend((*first != bytes).then(|| plain.to_owned()));
            continue;
        }
        match write(folder.path(), plain, &bytes) {
            Ok(()) => kept.push((plain.to_owned(), bytes)),
            // Where a folder tells no large letters from small ones.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => twice.extend([plain.to_owned()]),
            Err(error) => return Err(fault(error)),
        }
    }
    let (mut found, wrong) = discover_each(folder.path()).map_err(|error| Unusable::Fault(error.to_string()))?;
    let name_of = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    left.extend(found.ignored.iter().map(|name| (name.clone(), Left::Unknown)));
    left.extend(found.district.as_deref().map(|path| (name_of(path), Left::Settings)));
    let of_others = found.sheets.iter().filter(|(kind, _)| !kinds.contains(*kind));
    left.extend(of_others.map(|(kind, path)| (name_of(path), Left::OfOthers(*kind))));
    let is_there = |kind: SheetKind| has_schedule && kind == SheetKind::Schedule;
    let there = found.sheets.iter().filter(|(kind, _)| kinds.contains(*kind) && is_there(**kind));
    left.extend(there.map(|(_, path)| (name_of(path), Left::ScheduleThere)));
    let records = found.months.iter().flat_map(|month| &month.files);
    left.extend(records.map(|(kind, path)| (name_of(path), Left::Record(*kind))));
    // What is wrong with a file counts where the file would have been taken.
    let kinds: Vec<SheetKind> = kinds.iter().copied().filter(|kind| !is_there(*kind)).collect();
    let left_anyway = |name: &str| match named(name) {
        Some(Named::Single(kind)) if kinds.contains(&kind) => None,
        Some(Named::Single(kind)) if is_there(kind) => Some(Left::ScheduleThere),
        Some(Named::Single(kind)) => Some(Left::OfOthers(kind)),
        Some(Named::Monthly(kind)) => Some(Left::Record(kind)),
        None => Some(Left::Settings),
    };
    let mut unusable = Vec::new();
    for error in wrong {
        match left_anyway(error.file()) {
            None => unusable.push(error),
            Some(why) => {
                for name in error.files() {
                    if !left.iter().any(|(known, _)| known == name) {
                        left.push((name.to_owned(), why));
                    }
                }
            }
        }
    }
    found.sheets.retain(|kind, path| {
        let name = name_of(path);
        let is_twice = twice.contains(&name) && kinds.contains(kind);
        if is_twice {
            unusable.push(SheetError::TwoFiles { first: name.clone(), second: name });
        }
        !is_twice
    });
    // So small a file that comes to so much is none that an office keeps.
    let limits = Limits {
        inflated_bytes_max: 128 << 20,
        shared_text_bytes_max: 32 << 20,
        rows_max: ROWS_MAX,
        ..Limits::default()
    };
    let (pack, unreadable) = Pack::of_registers(&found, &kinds, &limits);
    unusable.extend(unreadable);
    if pack.rows() > ROWS_MAX {
        return Err(Unusable::TooManyRows);
    }
    kept.retain(|(name, _)| pack.sheets.iter().any(|sheet| sheet.file_name() == *name));
    Ok(Registers { pack: Arc::new(pack), folder: Arc::new(folder), files: kept, left, unusable })
}

/// The last part of a file's name, for browsers that send the folder along; nothing where no file can be called so.
fn plain(name: &str) -> Option<&str> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let usable =
        !matches!(last, "" | "." | "..") && last.len() <= NAME_BYTES_MAX && !last.chars().any(|char| char.is_control());
    usable.then_some(last)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::create_new(folder.join(name))?;
    file.write_all(bytes)?;
    file.flush()
}

impl Registers {
    /// Those that are taken, each with the name of its file, in the order in which they are taken.
    pub fn sheets(&self) -> impl Iterator<Item = (SheetKind, String)> {
        self.pack.sheets.iter().filter_map(|sheet| match sheet.kind {
            Kind::Setup(kind) => Some((kind, sheet.file_name())),
            Kind::Monthly(..) => None,
        })
    }

    /// Their files, to be sent again.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The other files, and why none of them is read.
    pub fn left(&self) -> &[(String, Left)] {
        &self.left
    }

    /// Files of registers that would be taken and cannot be used, and why.
    pub fn unusable(&self) -> &[SheetError] {
        &self.unusable
    }

    /// Some rows of a register as they stand in its file, with every column.
    ///
    /// # Errors
    /// `too_large` where they hold more than anybody would mend; [`ServiceError::Fault`]: the file was read to its end before.
    pub async fn whole_rows(&self, kind: SheetKind, wanted: BTreeSet<u64>) -> Result<WholeRows, ServiceError> {
        let (pack, folder) = (Arc::clone(&self.pack), Arc::clone(&self.folder));
        let read = tokio::task::spawn_blocking(move || {
            let sheet = pack.sheets.iter().find(|sheet| sheet.kind == Kind::Setup(kind));
            let rows = sheet.map_or_else(|| Ok(WholeRows::default()), |sheet| sheet.open()?.whole_rows(&wanted));
            drop(folder);
            rows
        });
        let read = read.await.map_err(|error| ServiceError::fault(&error))?;
        read.map_err(|error| match error {
            SheetError::TooLarge { .. } => ServiceError::refused(Code::TooLarge, error.to_string()),
            error => ServiceError::fault(&error),
        })
    }

    /// Sheets of workbooks that are not read, each behind the name of its file: only the first one with a header is.
    pub fn unread(&self) -> &[(String, String)] {
        self.pack.unread()
    }
}

/// Judges registers by the very rules that would record them, and writes nothing.
///
/// # Errors
/// [`ServiceError`] when the journal cannot be read.
pub async fn judge(app: &App, identity: &Identity, registers: &Registers) -> Result<Judged, ServiceError> {
    let (over, task) = laid_over(app).await?;
    let (judged, recorded) = {
        let own = OwnLedger { ledger: &over, vault: None, who: Who::Bearer(identity) };
        let run = Run { actor: identity.id.clone(), id: Uuid::now_v7() };
        let watched = Watched::new(own, keys_of(&run.id.to_string()));
        let judged = load_as(&watched, &registers.pack, run, &RETRY, &|_| {}).await;
        (judged, watched.recorded())
    };
    drop(over);
    task.finished().await;
    let report = judged.map_err(|Stopped { cause, .. }| told(&cause))?;
    Ok(Judged { report, changes: changes_of(app, recorded).await? })
}

/// Brings registers in. `run` names this giving of them: given twice, it happens once.
///
/// # Errors
/// [`ServiceError::Fault`]; what else stopped it is told beside what was done.
pub async fn bring(app: &App, identity: &Identity, registers: &Registers, run: Uuid) -> Result<Brought, ServiceError> {
    let (app, identity) = (app.clone(), identity.clone());
    let (pack, folder) = (Arc::clone(&registers.pack), Arc::clone(&registers.folder));
    // In a task of its own: whoever closes the page does not stop it half-way.
    let task = tokio::spawn(async move {
        let own = OwnLedger { ledger: &app.ledger, vault: Some(&app.vault), who: Who::Bearer(&identity) };
        let run = Run { actor: identity.id.clone(), id: run };
        let brought = load_as(&own, &pack, run, &RETRY, &|_| {}).await;
        drop(folder);
        brought
    });
    Ok(match task.await.map_err(|error| ServiceError::fault(&error))? {
        Ok(report) => Brought { report, stopped: None },
        Err(Stopped { cause, report }) => Brought { report, stopped: Some(told(&cause)) },
    })
}

fn told(cause: &ImportError) -> ServiceError {
    match cause {
        ImportError::Destination(DestinationError::Denied(denied)) => (*denied).into(),
        ImportError::Destination(_) | ImportError::Journal { .. } | ImportError::Unreadable(_) => {
            ServiceError::Unavailable(cause.to_string())
        }
        // Each file was read to its end before.
        ImportError::Sheet(_) | ImportError::District(_) | ImportError::Reader(_) => ServiceError::fault(cause),
    }
}

#[cfg(test)]
mod tests;
