//! One seed: what the program does from outside, and when.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use agentwerk::event::{ApprovalDecision, RunOutcome};
use agentwerk::schemas::Schema;
use agentwerk::{Status, Ticket, TicketError, TicketKey, TicketSystem};
use fastrand::Rng;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::agents::{LABELS, agent, last_resort};
use super::lives::{Life, Place, check_ends};
use super::watch::Watch;
use super::{Counts, Pace, check};

/// Times that the end of a seed may wait for a person.
const ANSWERS_MAX: u32 = 200;

pub(super) struct World {
    rng: Rng,
    pace: Pace,
    watch: Arc<Watch>,
    place: Place,
    /// The last one is that which the program uses.
    lives: Vec<Life>,
    /// Whoever awaits a ticket or a run.
    waiting: JoinSet<Result<(), String>>,
    /// The tickets that the program answered.
    answered: HashSet<TicketKey>,
    counts: Counts,
}

impl World {
    pub(super) fn new(seed: u64, pace: Pace) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            pace,
            watch: Watch::new(seed, pace),
            place: Place::of(pace),
            lives: Vec::new(),
            waiting: JoinSet::new(),
            answered: HashSet::new(),
            counts: Counts::default(),
        }
    }

    pub(super) async fn run(mut self) -> Result<Counts, String> {
        self.begin()?;
        for _ in 0..self.rng.usize(4..40) {
            self.pause().await;
            self.act().await?;
            self.check()?;
        }
        self.settle().await?;
        self.check()?;
        self.end().await?;
        Ok(self.account())
    }

    fn system(&self) -> TicketSystem {
        let life = self.lives.last().and_then(|life| life.system.clone());
        life.expect("the last system is there")
    }

    /// The next system on the same tickets.
    fn begin(&mut self) -> Result<(), String> {
        let is_first = self.lives.is_empty();
        let system = self.place.system(is_first)?;
        self.lives.push(Life::new(system.clone(), is_first));
        system.request_retry_delay(self.pace.span(20));
        system.max_request_retries(self.rng.u32(0..4));
        system.max_schema_retries(self.rng.u32(0..4));
        for _ in 0..self.rng.usize(1..5) {
            system.agent(agent(&mut self.rng, &self.watch));
        }
        self.submit();
        Ok(())
    }

    async fn pause(&mut self) {
        if self.rng.u8(0..4) > 0 {
            let span = self.pace.span(self.rng.u64(0..300));
            tokio::time::sleep(span).await;
        } else {
            tokio::task::yield_now().await;
        }
    }

    async fn act(&mut self) -> Result<(), String> {
        self.counts.actions += 1;
        let system = self.system();
        match self.rng.u8(0..34) {
            0..8 => self.submit(),
            8..12 => self.comment()?,
            12 => system.cancel(),
            13..16 => system.start(),
            16 => self.stop().await?,
            17 | 18 => self.end_ticket().await,
            19..22 => self.resolve().await?,
            22 => self.limit(),
            23 => drop(system.agent(agent(&mut self.rng, &self.watch))),
            24 | 25 => self.restart().await?,
            26..29 => self.finish_beside(),
            29 | 30 => {
                // Somebody who loses patience.
                let patience = self.pace.span(self.rng.u64(0..200));
                let _in_time = tokio::time::timeout(patience, system.finish())
                    .await
                    .is_ok();
            }
            _ => self.retire_limits(),
        }
        Ok(())
    }

    /// Waits for something that must happen, in virtual time.
    async fn within<T>(&self, what: &str, happening: impl Future<Output = T>) -> Result<T, String> {
        let happened = tokio::time::timeout(self.pace.bound(), happening).await;
        happened.map_err(|_elapsed| format!("it hangs: {what}; {}", self.standing()))
    }

    /// How the open tickets stand.
    fn standing(&self) -> String {
        let tickets = self.system().tickets();
        let open = tickets
            .iter()
            .filter(|ticket| !ticket.status().is_terminal());
        let open: Vec<_> = open
            .map(|one| format!("{} {}", one.key(), one.status()))
            .collect();
        open.join(", ")
    }

    fn submit(&mut self) {
        let mut ticket = Ticket::new(self.watch.next_task());
        for label in LABELS {
            if self.rng.u8(0..4) == 0 {
                ticket = ticket.label(label);
            }
        }
        if self.rng.u8(0..3) == 0 {
            let schema = json!({
                "type": "object",
                "properties": { "ok": { "const": true } },
                "required": ["ok"]
            });
            ticket = ticket.schema(Schema::parse(schema).expect("a schema"));
        }
        if self.rng.u8(0..3) == 0 {
            ticket = ticket.priority(self.rng.i32(-2..3));
        }
        if self.rng.u8(0..5) == 0 {
            ticket = ticket.deadline(self.pace.span(self.rng.u64(1..4_000)));
        }
        let system = self.system();
        if self.rng.bool() {
            let _key = system.ticket(ticket);
            return;
        }
        let pending = system.submit(ticket);
        let beside = system.clone();
        self.waiting.spawn(async move {
            let key = *pending.key();
            let told: Result<Value, TicketError> = pending.await;
            let status = beside.get(key).map(|ticket| ticket.status());
            let is_right = match &told {
                Ok(_) => status == Some(Status::Done),
                Err(TicketError::Failed { .. }) => status == Some(Status::Failed),
                Err(TicketError::Cancelled { .. }) => status == Some(Status::Cancelled),
                Err(TicketError::Unfinished { .. }) => true,
                Err(_) => false,
            };
            if is_right {
                return Ok(());
            }
            Err(format!(
                "who awaited {key}, which is {status:?}, was told {told:?}"
            ))
        });
    }

    /// A ticket, ended ones included.
    fn any_ticket(&mut self) -> TicketKey {
        let tickets = self.system().tickets();
        let chosen = self
            .rng
            .choice(&tickets)
            .map(agentwerk::TicketSnapshot::key);
        chosen.unwrap_or(TicketKey::from_number(1))
    }

    fn comment(&mut self) -> Result<(), String> {
        let key = self.any_ticket();
        let (system, before) = (self.system(), self.comments(key));
        let text = format!("Comment {}.", self.rng.u8(..));
        system
            .comment(key, &text)
            .map_err(|error| error.to_string())?;
        match self.comments(key) {
            // One that follows a batch on its way to the disk is seen when that is there.
            after if after == before + 1 || self.pace == Pace::Real => Ok(()),
            after => Err(format!("{key} had {before} comments, and has {after}")),
        }
    }

    fn comments(&self, key: TicketKey) -> usize {
        self.system()
            .get(key)
            .map_or(0, |ticket| ticket.comments().len())
    }

    async fn stop(&mut self) -> Result<(), String> {
        let (system, began) = (self.system(), tokio::time::Instant::now());
        self.within("stop", system.stop()).await?;
        let took = began.elapsed();
        if self.pace == Pace::Paused && took > Duration::from_secs(2) {
            return Err(format!("a stop took {took:?}"));
        }
        Ok(())
    }

    async fn end_ticket(&mut self) {
        let (system, key) = (self.system(), self.any_ticket());
        let ending = match self.rng.u8(0..3) {
            0 => system.cancel_ticket(key),
            1 => system.fail(key, "not needed"),
            _ => {
                let answer = json!({ "ok": self.rng.u8(0..4) > 0 });
                self.answered.insert(key);
                system.answer(key, answer)
            }
        };
        if self.rng.bool() {
            drop(ending.await);
        }
    }

    async fn resolve(&mut self) -> Result<(), String> {
        let system = self.system();
        let Some(request) = self.rng.choice(system.approvals()) else {
            return Ok(());
        };
        let decision = self.decision();
        let first = system.resolve_approval(&request, decision.clone());
        if self.rng.bool() {
            let second = system.resolve_approval(&request, decision);
            if self.within("an answer", second).await?.is_ok() {
                return Err(format!("a request was answered twice: {request:?}"));
            }
        }
        if self.rng.bool() {
            drop(self.within("an answer", first).await?);
        }
        Ok(())
    }

    fn decision(&mut self) -> ApprovalDecision {
        if self.rng.bool() {
            ApprovalDecision::Approve
        } else {
            ApprovalDecision::Deny("no".to_owned())
        }
    }

    fn limit(&mut self) {
        let system = self.system();
        match self.rng.u8(0..3) {
            0 => system.max_turns(self.rng.u32(0..6)),
            1 => system.max_output_tokens(self.rng.u64(0..400)),
            _ => system.max_time(self.pace.span(self.rng.u64(0..1_000))),
        };
    }

    fn retire_limits(&mut self) {
        let system = self.system();
        system.max_turns(u32::MAX).max_output_tokens(u64::MAX);
        system.max_time(Duration::MAX);
    }

    /// Somebody waits for the end of the run, while others go on. It may go on until the end of the seed.
    fn finish_beside(&mut self) {
        let system = self.system();
        self.waiting.spawn(async move {
            let _outcome = system.finish().await;
            Ok(())
        });
    }

    /// Another process takes over, or stands beside this one.
    async fn restart(&mut self) -> Result<(), String> {
        self.counts.restarts += 1;
        let system = self.system();
        let is_on_disk = matches!(self.place, Place::Disk(_));
        match self.rng.u8(0..4) {
            _ if is_on_disk => self.within("close", system.close()).await?,
            0 => self.within("stop", system.stop()).await?,
            1 => self.within("close", system.close()).await?,
            // Its run is cancelled, unless somebody still awaits one of its tickets. Without a run, nobody
            // would be told of what was done before.
            2 => {
                system.start();
                drop(self.lives.last_mut().and_then(|life| life.system.take()));
            }
            _ => {}
        }
        drop(system);
        self.begin()
    }

    /// The laws that hold at every moment.
    fn check(&mut self) -> Result<(), String> {
        if let Some(what) = self.watch.violations().first() {
            return Err(what.clone());
        }
        while let Some(ended) = self.waiting.try_join_next() {
            ended.map_err(|error| error.to_string())??;
        }
        for ticket in self.system().tickets() {
            check::ticket(&ticket, self.answered.contains(&ticket.key()))?;
        }
        Ok(())
    }

    /// Brings every ticket to its end.
    async fn settle(&mut self) -> Result<(), String> {
        let systems = self.lives.iter().rev().skip(1);
        let others: Vec<_> = systems.filter_map(|life| life.system.clone()).collect();
        for other in others {
            self.within("stop another", other.stop()).await?;
        }
        self.retire_limits();
        let system = self.system();
        for agent in last_resort(&self.watch) {
            system.agent(agent);
        }
        for answers in 0..ANSWERS_MAX {
            let outcome = self.within("finish", system.finish()).await?;
            self.check()?;
            match outcome {
                RunOutcome::Drained => return self.all_ended(),
                RunOutcome::Waiting(keys) => self.go_on(&keys, answers).await?,
                RunOutcome::PolicyViolated(_) | RunOutcome::Cancelled => {}
                other => return Err(format!("the run ended as {other:?}: {}", self.standing())),
            }
        }
        Err(format!("it never ends: {}", self.standing()))
    }

    fn all_ended(&self) -> Result<(), String> {
        match self.standing() {
            open if open.is_empty() => Ok(()),
            open => Err(format!("nothing is left to do, and these are open: {open}")),
        }
    }

    /// Gives tickets what they wait for.
    async fn go_on(&mut self, keys: &[TicketKey], answers: u32) -> Result<(), String> {
        let system = self.system();
        for key in keys {
            let Some(ticket) = system.get(key) else {
                return Err(format!("{key} waits, and is not there"));
            };
            if ticket.status() != Status::Waiting {
                return Err(format!("{key} was to wait, and is {}", ticket.status()));
            }
            if answers > 20 || self.rng.u8(0..8) == 0 {
                let ending = system.cancel_ticket(key);
                let ended = self.within("cancel a ticket", ending).await?;
                ended.map_err(|error| format!("{key} cannot be cancelled: {error}"))?;
            } else if ticket.awaits_comment() {
                let commented = system.comment(key, "Go on.");
                commented.map_err(|error| error.to_string())?;
            }
        }
        for request in system.approvals() {
            let answer = system.resolve_approval(&request, self.decision());
            let answered = self.within("an answer", answer).await?;
            answered.map_err(|error| format!("{request:?}: {error}"))?;
        }
        Ok(())
    }

    /// Ends all systems, and holds what they told against the tickets.
    async fn end(&mut self) -> Result<(), String> {
        let systems: Vec<_> = self
            .lives
            .iter()
            .filter_map(|life| life.system.clone())
            .collect();
        for system in &systems {
            self.within("stop", system.stop()).await?;
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        while let Some(ended) = self.within("somebody waits", waiting.join_next()).await? {
            ended.map_err(|error| error.to_string())??;
        }
        // Whatever was told last is heard: a run that ends at once waits for that.
        for system in &systems {
            system.cancel();
            self.within("the last run", system.finish()).await?;
            self.within("the last word", system.stop()).await?;
        }
        tokio::time::sleep(self.pace.span(1_000)).await;
        check_ends(&self.system(), &self.lives, &self.place)
    }

    fn account(&self) -> Counts {
        let tickets = self.system().tickets();
        let (requests, calls, interrupted) = self.watch.counts();
        let is_cut = |ticket: &&agentwerk::TicketSnapshot| {
            check::ticket(ticket, self.answered.contains(&ticket.key())).unwrap_or(false)
        };
        Counts {
            seeds: 1,
            sessions: u64::from(self.pace == Pace::Real),
            tickets: tickets.len() as u64,
            done: tickets
                .iter()
                .filter(|one| one.status() == Status::Done)
                .count() as u64,
            requests,
            calls,
            interrupted,
            cut_short: tickets.iter().filter(is_cut).count() as u64,
            ..self.counts
        }
    }
}
