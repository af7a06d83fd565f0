use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a journal cannot be opened, written or read.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Somebody has the session open.
    #[error(
        "the session `{}` is open in {holder}\nhint: {}",
        dir.display(),
        holder.hint()
    )]
    Held {
        /// The session's directory.
        dir: PathBuf,
        /// Who has it open.
        holder: Holder,
    },
    /// There is no session to go on with.
    #[error(
        "there is no session in `{}`\nhint: {}",
        dir.display(),
        found_hint(found.as_deref())
    )]
    NoSession {
        /// The directory.
        dir: PathBuf,
        /// A session that is there, in a directory below.
        found: Option<PathBuf>,
    },
    /// A file of the journal is gone.
    #[error(
        "`{}` is missing\nhint: bring the file back from a copy; or, to do without it and all that \
         came after it, move the whole directory away",
        file.display()
    )]
    Missing {
        /// The file.
        file: PathBuf,
    },
    /// A conversation that was stored is not as it was written.
    #[error(
        "`{}`, line {line}: {what}\nhint: bring the file back from a copy; the rest of the session \
         can be used without it",
        file.display()
    )]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// A line that was stored is not as it was written.
    #[error(
        "`{}`, line {line}: {what}\nhint: bring the file back from a copy, or go on without what \
         follows: remove this line, the lines behind it, and the later files beside it",
        file.display()
    )]
    Damaged {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// The session was written by another version of the library.
    #[error(
        "`{}`, line {line}: the format has version {found}, and this program knows version \
         {known}\nhint: open the session with a later version of agentwerk",
        file.display()
    )]
    Version {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// The version of the line.
        found: u32,
        /// The version that this library reads.
        known: u32,
    },
    /// A file could not be read or written.
    #[error("{action} `{}`: {error}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed; told with the rest, so it is no source.
        error: Arc<io::Error>,
    },
    /// A record could not be written as JSON.
    #[error("write a record as JSON")]
    Encode {
        /// Why not.
        source: Arc<serde_json::Error>,
    },
    /// The session was closed, by the program or because its writer panicked.
    #[error("the session is closed\nhint: `TicketSystem::load` opens it again")]
    Closed,
}

/// The program that has a session open, as far as it told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// The number of its process.
    pub pid: Option<u32>,
    /// The name of its program.
    pub program: Option<String>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(pid) = self.pid else {
            return f.write_str("another program");
        };
        if pid == std::process::id() {
            f.write_str("this program already (")?;
        } else {
            let program = self.program.as_deref().unwrap_or("another program");
            write!(f, "`{program}` (")?;
        }
        write!(f, "process {pid})")
    }
}

impl Holder {
    fn hint(&self) -> &'static str {
        if self.pid == Some(std::process::id()) {
            "close the other system with `close().await`, because each `Pending` keeps it open, or put its \
             agents and tickets into one `TicketSystem`"
        } else {
            "end that program, or use another directory"
        }
    }
}

fn found_hint(found: Option<&Path>) -> String {
    match found {
        Some(found) => format!("there is one in `{}`", found.display()),
        None => "`TicketSystem::new().dir(..)` begins one".to_owned(),
    }
}

impl JournalError {
    /// Says what was done to which file when it failed.
    pub(super) fn file(
        action: &'static str,
        path: &Path,
    ) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |error| Self::File {
            action,
            path,
            error: Arc::new(error),
        }
    }
}
