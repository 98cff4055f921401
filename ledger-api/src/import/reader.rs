//! The reading side of an import: walks the sheets in order and cuts their rows into chunks. Runs beside the ledger,
//! at most a few chunks ahead of it, so that memory does not grow with the pack.

use std::sync::Arc;

use chrono::NaiveDate;
use ledger_core::domain::ids::{Actor, Key};
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::refusal::Refusal;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::{Command, Context, Submission, commands};
use tokio::sync::mpsc;

use super::chunk::{Asked, Chunk, Counts, Place};
use super::error::ImportError;
use super::pack::{Kind, Pack, PackSheet};
use super::records::{self, RecordFrame};
use super::setup::{self, SetupFrame};
use super::sites::{self, Communities};
use super::{registers, rows};
use crate::schedule_sheet::ScheduleRows;
use crate::sheets::fields::invalid;
use crate::sheets::pack::{MonthlyKind, SheetKind};
use crate::sheets::{Row, SheetError};

/// First service date of the schedule that a pack brings: it holds for everything before a later version.
const SCHEDULE_FROM: (i32, u32, u32) = (1900, 1, 1);

/// The receiver is gone: the import has stopped, and nobody waits for more.
struct Abandoned;

/// Reads one pack once.
pub(super) struct Reader<'a> {
    pack: &'a Pack,
    actor: Actor,
    /// Names this run.
    run: String,
    /// When what bears no date of its own is said to have happened.
    setup_at: BusinessTime,
    chunk: Chunk,
    out: mpsc::Sender<Result<Chunk, ImportError>>,
}

enum Failure {
    Abandoned,
    Cause(ImportError),
}

impl From<Abandoned> for Failure {
    fn from(_: Abandoned) -> Failure {
        Failure::Abandoned
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Failure {
        Failure::Cause(error)
    }
}

impl From<SheetError> for Failure {
    fn from(error: SheetError) -> Failure {
        Failure::Cause(error.into())
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        pack: &'a Pack,
        actor: Actor,
        run: String,
        today: NaiveDate,
        out: mpsc::Sender<Result<Chunk, ImportError>>,
    ) -> Reader<'a> {
        // Registers of months to come are kept from today on: nothing happens before its day.
        let setup_at = BusinessTime::start_of(pack.first_day.min(today));
        Reader { pack, actor, run, setup_at, chunk: Chunk::default(), out }
    }

    /// Reads everything and sends it; blocks while the ledger has enough to do.
    pub(super) fn run(mut self) {
        if let Err(Failure::Cause(error)) = self.read() {
            // Rows before the failure were sent or will not be: either way the import stops here and tells why.
            let _ = self.out.blocking_send(Err(error));
        }
    }

    fn read(&mut self) -> Result<(), Failure> {
        self.configure()?;
        let pack = self.pack;
        for sheet in &pack.sheets {
            match sheet.kind {
                Kind::Setup(kind) => self.setup_sheet(sheet, kind)?,
                Kind::Monthly(kind, month) => {
                    let frame = self.record_frame(month);
                    let (counts, ask): (Counts, fn(&Row, &RecordFrame) -> Asked) = match kind {
                        MonthlyKind::Activities => (Counts::Credit, records::credit),
                        MonthlyKind::Requests => (Counts::Row, rows::request),
                        MonthlyKind::Handlings => (Counts::Row, rows::handling),
                        MonthlyKind::Visits => (Counts::Row, rows::visit),
                        MonthlyKind::Applications => (Counts::Row, rows::application),
                        MonthlyKind::PassUses => (Counts::Row, rows::pass_use),
                        MonthlyKind::Redemptions => (Counts::Redemption, records::redemption),
                    };
                    self.each_row(sheet, counts, |row| ask(row, &frame))?;
                }
            }
        }
        self.send()?;
        Ok(())
    }

    fn configure(&mut self) -> Result<(), Failure> {
        let Some(settings) = self.pack.settings.clone() else { return Ok(()) };
        let key = Key::new(&format!("import/{}/district.toml", self.run));
        let key = key.map_err(|error| ImportError::District(error.to_string()))?;
        let context = Context { key, actor: self.actor.clone(), at: self.setup_at };
        let command = Command::Configure(settings);
        let asked = Asked { submissions: vec![Submission { context, command }], ..Asked::default() };
        self.chunk.push(Place { file: Arc::from("district.toml"), row: 1 }, Counts::Nothing, asked);
        Ok(())
    }

    fn setup_sheet(&mut self, sheet: &PackSheet, kind: SheetKind) -> Result<(), Failure> {
        let frame =
            SetupFrame { actor: self.actor.clone(), run: self.run.clone(), sheet: kind.name(), at: self.setup_at };
        let asked = |read: Result<Asked, String>| read.unwrap_or_else(|sentence| invalid(sentence).into());
        let register = |read: Result<Asked, Refusal>| read.unwrap_or_else(Asked::from);
        let header = match kind {
            SheetKind::Workers => {
                let mut named = Communities::default();
                self.each_row(sheet, Counts::Nothing, |row| asked(setup::worker(row, &frame, &mut named)))
            }
            SheetKind::Merchants => self.each_row(sheet, Counts::Nothing, |row| asked(setup::merchant(row, &frame))),
            SheetKind::Stores => {
                let mut named = Communities::default();
                self.each_row(sheet, Counts::Nothing, |row| asked(setup::store(row, &frame, &mut named)))
            }
            SheetKind::Items => {
                let stocks = self.pack.stocks;
                self.each_row(sheet, Counts::Nothing, |row| asked(setup::item(row, &frame, stocks)))
            }
            SheetKind::Sites => self.each_row(sheet, Counts::Nothing, |row| asked(sites::site(row, &frame))),
            SheetKind::Appointments => {
                self.each_row(sheet, Counts::Nothing, |row| register(registers::appointment(row, &frame)))
            }
            SheetKind::Pairs => self.each_row(sheet, Counts::Nothing, |row| register(registers::pair(row, &frame))),
            SheetKind::Funds => self.each_row(sheet, Counts::Nothing, |row| register(registers::fund(row, &frame))),
            SheetKind::Benefits => {
                self.each_row(sheet, Counts::Nothing, |row| register(registers::benefit(row, &frame)))
            }
            SheetKind::Passes => self.each_row(sheet, Counts::Nothing, |row| register(registers::pass(row, &frame))),
            SheetKind::Offers => self.each_row(sheet, Counts::Nothing, |row| register(registers::offer(row, &frame))),
            SheetKind::Schedule => return self.schedule(sheet, &frame),
        };
        header.map(|_| ())
    }

    fn schedule(&mut self, sheet: &PackSheet, frame: &SetupFrame) -> Result<(), Failure> {
        let (year, month, day) = SCHEDULE_FROM;
        let from = chrono::NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
        let mut rows = ScheduleRows::default();
        let first = self.pack.registers_alone;
        let header = self.each_row(sheet, Counts::Nothing, |row| {
            let taken = if first { rows.take_once(row, from) } else { rows.take(row, from) };
            taken.map_or_else(Asked::from, |()| Asked::default())
        })?;
        let activities = rows.activities();
        if activities.is_empty() {
            return Ok(());
        }
        let adopt = commands::AdoptSchedule { activities, effective_from: from, settings: Settings::default(), first };
        // Of no row, so that wherever its header stands a run makes one version: no second one under its name.
        let submission = frame.submission(0, "", Command::AdoptSchedule(adopt)).map_err(ImportError::Reader)?;
        self.push(header, Counts::Nothing, Asked { submissions: vec![submission], ..Asked::default() })?;
        Ok(())
    }

    /// Sends what `ask` makes of every row; gives the place of the header.
    fn each_row(
        &mut self,
        sheet: &PackSheet,
        counts: Counts,
        mut ask: impl FnMut(&Row) -> Asked,
    ) -> Result<Place, Failure> {
        let about = match sheet.kind {
            Kind::Setup(kind) if self.pack.registers_alone => {
                setup::key_columns(kind).map(|columns| (kind.name(), columns))
            }
            Kind::Setup(_) | Kind::Monthly(..) => None,
        };
        let mut sheet = sheet.open()?;
        let file: Arc<str> = Arc::from(sheet.file_name());
        let header = Place { file: Arc::clone(&file), row: sheet.header_row() };
        for row in sheet.rows()? {
            let row = row?;
            let mut asked = ask(&row);
            asked.about = about.and_then(|(sheet, columns)| setup::about(&row, sheet, columns));
            // Whether the earlier row about the same was taken must be known before this one is judged.
            if asked.about.as_ref().is_some_and(|about| self.chunk.is_about(about)) {
                self.send()?;
            }
            self.push(Place { file: Arc::clone(&file), row: row.number() }, counts, asked)?;
        }
        Ok(header)
    }

    fn push(&mut self, place: Place, counts: Counts, asked: Asked) -> Result<(), Abandoned> {
        self.chunk.push(place, counts, asked);
        if self.chunk.is_full() { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<(), Abandoned> {
        let chunk = std::mem::take(&mut self.chunk);
        self.out.blocking_send(Ok(chunk)).map_err(|_| Abandoned)
    }

    fn record_frame(&self, month: chrono::NaiveDate) -> RecordFrame {
        RecordFrame {
            actor: self.actor.clone(),
            history: self.pack.history,
            month,
            nothing: format!("nothing-{}", self.run),
        }
    }
}
