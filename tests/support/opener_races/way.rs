//! The ways in which a session can be opened.

use std::error::Error;

use agentwerk::store::{JournalOptions, JournalStore};
use agentwerk::{Ticket, TicketSystem};
use tokio::runtime::Runtime;

/// How a session is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Begin,
    Load,
    FirstTicket,
    LoadSystem,
}

/// What is open, for as long as it is kept.
pub(super) enum Held {
    Journal(#[expect(dead_code, reason = "held, not read")] JournalStore),
    System(#[expect(dead_code, reason = "held, not read")] TicketSystem),
}

impl Way {
    pub(super) const ALL: [Self; 4] =
        [Self::Begin, Self::Load, Self::FirstTicket, Self::LoadSystem];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Load => "load",
            Self::FirstTicket => "first-ticket",
            Self::LoadSystem => "load-system",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }

    /// The same kind of opening, of a directory without a session.
    pub(super) const fn in_new_dir(self) -> Self {
        match self {
            Self::Begin | Self::Load => Self::Begin,
            Self::FirstTicket | Self::LoadSystem => Self::FirstTicket,
        }
    }

    /// Opens the session in a directory.
    pub(super) fn open(self, dir: &str, runtime: &Runtime) -> Result<Held, Box<dyn Error>> {
        Ok(match self {
            Self::Begin => Held::Journal(JournalOptions::new(dir).begin()?),
            Self::Load => Held::Journal(JournalOptions::new(dir).load()?),
            Self::FirstTicket => {
                let tickets = TicketSystem::new();
                tickets.dir(dir);
                runtime.block_on(async {
                    let pending = tickets.submit(Ticket::new("a task"));
                    pending.durable().await.copied()
                })?;
                Held::System(tickets)
            }
            Self::LoadSystem => Held::System(TicketSystem::load(dir)?),
        })
    }
}
