use std::any::Any;
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt, StreamExt, stream};
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use super::approval::Approval;
use super::builtin::WriteResultTool;
use super::context::ToolContext;
use super::error::{ErrorKind, ToolError};
use super::refusal::listed;
use super::registry::{Registered, Registry};
use super::result::{Finish, ToolResult};
use super::spill::{READER, Spill, cut, fit};
use crate::chat::{CallResult, ToolCall};
use crate::event::EventKind;
use crate::schemas::Violation;

/// Read-only calls that run side by side, at most.
const PARALLEL_MAX: usize = 10;

/// Runs the tool calls of one turn.
///
/// Calls run in the order of the model's message: neighbouring read-only calls together, any other
/// call alone, after those before it and before those behind it. A finishing call runs last; what
/// the model wrote behind it does not run, and neither does a call of an exclusive tool beside others.
/// Every call gets exactly one result, in call order.
pub(crate) struct Round<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) context: &'a ToolContext,
    pub(crate) cancel: &'a CancellationToken,
    /// Whether a proposed result is one.
    pub(crate) accept: &'a (dyn Fn(&Value) -> Result<(), Vec<Violation>> + Sync),
}

/// The calls of a turn that somebody refused to let run, by their positions, with the reasons.
pub(crate) type Denials = BTreeMap<usize, String>;

/// What a round gave: one result for each call, and what follows.
#[derive(Debug)]
pub(crate) struct RoundEnd {
    pub(crate) results: Vec<CallResult>,
    pub(crate) next: Next,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    /// The model reads the results.
    Continue,
    /// A finishing call gave the ticket's result.
    Finish(Finish),
    /// A finishing call gave something that is no valid result.
    Correct(Vec<Violation>),
    /// A tool said that going on makes no sense.
    Abort(String),
}

/// What stands beside a call in its turn.
#[derive(Clone, Copy, PartialEq)]
enum Company {
    Nothing,
    Others,
}

impl Company {
    fn of(calls: &[ToolCall]) -> Self {
        match calls {
            [_] => Self::Nothing,
            _ => Self::Others,
        }
    }
}

/// How one call ended.
enum CallEnd {
    Success(String),
    Error(String),
    Abort(String),
}

impl Round<'_> {
    /// The positions of the calls that need somebody's leave, of those that are to run.
    pub(crate) fn needing_leave(&self, calls: &[ToolCall]) -> Vec<usize> {
        let company = Company::of(calls);
        let last = calls.iter().position(|call| self.is_finishing(call));
        let running = &calls[..last.map_or(calls.len(), |last| last + 1)];
        let positions = running.iter().enumerate();
        positions
            .filter(|(_, call)| self.needs_leave(call, company))
            .map(|(position, _)| position)
            .collect()
    }

    fn needs_leave(&self, call: &ToolCall, company: Company) -> bool {
        // A call that is refused anyway is no question to anybody.
        let Ok((registered, args)) = self.check(call, company) else {
            return false;
        };
        let context = self.context.for_call(call.id.clone(), self.cancel.clone());
        let asking = AssertUnwindSafe(|| registered.tool.approval(&args, &context));
        match std::panic::catch_unwind(asking) {
            Ok(Ok(approval)) => approval == Approval::Needed,
            // Arguments that the tool does not take, as the call itself will say.
            Ok(Err(_)) => false,
            // Who cannot say that no leave is needed has not said it.
            Err(_panic) => true,
        }
    }

    /// Runs the calls. Leave was given for those that need it, but for the denied ones.
    pub(crate) async fn run(&self, calls: &[ToolCall], denials: &Denials) -> RoundEnd {
        let RoundEnd { results, next } = self.run_all(calls, denials).await;
        let spill = Spill {
            dir: self.context.outputs(),
            has_reader: self.registry.get(READER).is_some(),
        };
        let results = fit(results, spill).await;
        RoundEnd { results, next }
    }

    async fn run_all(&self, calls: &[ToolCall], denials: &Denials) -> RoundEnd {
        let finishing = calls.iter().position(|call| self.is_finishing(call));
        let ordinary = &calls[..finishing.unwrap_or(calls.len())];
        let mut results = Vec::with_capacity(calls.len());
        for group in self.groups(ordinary) {
            if self.is_over() {
                break;
            }
            let company = Company::of(calls);
            // Collected first: a stream over a mapping closure is not `Send` here (rust#110338).
            let running: Vec<_> = group
                .clone()
                .map(|position| self.run_call(&calls[position], company, denials.get(&position)))
                .collect();
            let ends: Vec<_> = stream::iter(running).buffered(PARALLEL_MAX).collect().await;
            let mut aborted = None;
            for (call, end) in ordinary[group].iter().zip(ends) {
                if let CallEnd::Abort(message) = &end {
                    aborted.get_or_insert_with(|| message.clone());
                }
                results.push(end.into_result(call));
            }
            if let Some(message) = aborted {
                results.extend(calls[results.len()..].iter().map(did_not_run));
                return RoundEnd {
                    results,
                    next: Next::Abort(message),
                };
            }
        }
        let mut next = Next::Continue;
        if self.is_over() {
            results.extend(calls[results.len()..].iter().map(did_not_run));
        } else if let Some(position) = finishing {
            let call = &calls[position];
            let denial = denials.get(&position);
            let company = Company::of(calls);
            let finishing = self.finish(call, company, denial);
            let (result, end) = finishing.instrument(span(call)).await;
            results.push(result);
            let behind = match end {
                Next::Correct(_) | Next::Continue => postponed,
                Next::Finish(_) | Next::Abort(_) => did_not_run,
            };
            results.extend(calls[position + 1..].iter().map(behind));
            next = end;
        }
        RoundEnd { results, next }
    }

    /// Whether the ticket has ended while the calls run: a tool may hand it over through its desk. What
    /// the model wrote behind that call would change the world for a ticket that is done.
    fn is_over(&self) -> bool {
        let work = self.context.desk().zip(self.context.ticket());
        let ticket = work.and_then(|(desk, brief)| desk.read(&brief.key));
        ticket.is_some_and(|ticket| ticket.status().is_terminal())
    }

    fn is_finishing(&self, call: &ToolCall) -> bool {
        self.registry
            .get(&call.name)
            .is_some_and(|each| each.tool.spec().finishes)
    }

    /// Neighbouring calls that may run together. A call of an unknown tool changes nothing either.
    fn groups(&self, calls: &[ToolCall]) -> Vec<Range<usize>> {
        let harmless = |call: &ToolCall| {
            self.registry
                .get(&call.name)
                .is_none_or(|t| t.tool.spec().read_only)
        };
        let mut groups: Vec<Range<usize>> = Vec::new();
        for (position, call) in calls.iter().enumerate() {
            match groups.last_mut() {
                Some(group) if harmless(call) && harmless(&calls[group.start]) => {
                    group.end = position + 1;
                }
                _ => groups.push(position..position + 1),
            }
        }
        groups
    }

    async fn run_call(
        &self,
        call: &ToolCall,
        company: Company,
        denial: Option<&String>,
    ) -> CallEnd {
        async {
            let started = self.announce(call);
            let end = match (self.check(call, company), denial) {
                (Ok(_), Some(reason)) => CallEnd::Error(denied(call, reason)),
                (Ok((registered, args)), None) => self.call(registered, args, call).await,
                (Err(text), _) => CallEnd::Error(text),
            };
            self.report(call, started, &end);
            end
        }
        .instrument(span(call))
        .await
    }

    /// Runs a finishing call: what it gives is a proposal, which is accepted or not.
    async fn finish(
        &self,
        call: &ToolCall,
        company: Company,
        denial: Option<&String>,
    ) -> (CallResult, Next) {
        let started = self.announce(call);
        if let Some(reason) = denial {
            let end = CallEnd::Error(denied(call, reason));
            self.report(call, started, &end);
            return (end.into_result(call), Next::Continue);
        }
        let (end, next) = match self.propose(call, company).await {
            Ok(finish) => (CallEnd::Success(recorded(&finish)), Next::Finish(finish)),
            Err(refused) => refused,
        };
        self.report(call, started, &end);
        (end.into_result(call), next)
    }

    async fn propose(&self, call: &ToolCall, company: Company) -> Result<Finish, (CallEnd, Next)> {
        let wrong = |violations: Vec<Violation>| {
            let text = refusal(call, &violations);
            (CallEnd::Error(text), Next::Correct(violations))
        };
        let failed = |text: String| {
            let violation = Violation::new("", cut(&text));
            (CallEnd::Error(text), Next::Correct(vec![violation]))
        };
        let (registered, args) = self.read(call).map_err(failed)?;
        registered.check_company(company).map_err(failed)?;
        registered.schema.validate(&args).map_err(wrong)?;
        let finish = match self.guarded(registered, args, call).await {
            Ok(result) if result.is_error() => return Err(failed(result.text())),
            Ok(result) => result.into_finish(),
            Err(error) if error.kind() == ErrorKind::Abort => {
                let text = error.text();
                return Err((CallEnd::Abort(text.clone()), Next::Abort(text)));
            }
            Err(error) => return Err(failed(error.text())),
        };
        // Told of the arguments, as those before.
        let accepted = (self.accept)(&finish.result);
        accepted.map_err(|violations| wrong(WriteResultTool::of_arguments(violations)))?;
        Ok(finish)
    }

    /// Finds the tool and reads the arguments.
    fn read(&self, call: &ToolCall) -> Result<(&Registered, Value), String> {
        let registered = self
            .registry
            .get(&call.name)
            .ok_or_else(|| self.registry.unknown(&call.name))?;
        let args = call.arguments.parse().map_err(|error| {
            let name = &call.name;
            format!("The arguments are not valid JSON ({error}). Call `{name}` again with a JSON object.")
        })?;
        Ok((registered, registered.tool.named(args)))
    }

    /// Reads the arguments and holds them against the tool's schema.
    fn check(&self, call: &ToolCall, company: Company) -> Result<(&Registered, Value), String> {
        let (registered, args) = self.read(call)?;
        registered.check_company(company)?;
        match registered.schema.validate(&args) {
            Ok(()) => Ok((registered, args)),
            Err(violations) => Err(refusal(call, &violations)),
        }
    }

    async fn call(&self, registered: &Registered, args: Value, call: &ToolCall) -> CallEnd {
        match self.guarded(registered, args, call).await {
            Ok(result) if result.is_error() => CallEnd::Error(result.text()),
            Ok(result) => CallEnd::Success(result.text()),
            Err(error) => match error.kind() {
                ErrorKind::Abort => CallEnd::Abort(error.text()),
                ErrorKind::Retry | ErrorKind::Fail => CallEnd::Error(error.text()),
            },
        }
    }

    /// Calls the tool; a panic and a time limit become errors.
    async fn guarded(
        &self,
        registered: &Registered,
        args: Value,
        call: &ToolCall,
    ) -> Result<ToolResult, ToolError> {
        let cancel = self.cancel.child_token();
        let context = self.context.for_call(call.id.clone(), cancel.clone());
        // Whatever the tool moved elsewhere learns of its end through the token.
        let _guard = cancel.drop_guard();
        let calling = AssertUnwindSafe(registered.tool.call(args, &context)).catch_unwind();
        let end = match registered.tool.spec().timeout {
            None => calling.await,
            Some(limit) => match tokio::time::timeout(limit, calling).await {
                Ok(end) => end,
                Err(_elapsed) => {
                    let seconds = limit.as_secs_f64();
                    return Err(ToolError::fail(format!(
                        "`{}` was stopped after {seconds} s. Ask for less at once, or go on without it.",
                        call.name
                    )));
                }
            },
        };
        end.unwrap_or_else(|panic| {
            Err(ToolError::fail(format!(
                "`{}` panicked: {}",
                call.name,
                panic_text(&*panic)
            )))
        })
    }

    fn announce(&self, call: &ToolCall) -> Instant {
        let (call_id, tool) = (call.id.clone(), call.name.clone());
        self.context
            .emit(EventKind::ToolCallStarted { call_id, tool });
        Instant::now()
    }

    fn report(&self, call: &ToolCall, started: Instant, end: &CallEnd) {
        let (call_id, tool, duration) = (call.id.clone(), call.name.clone(), started.elapsed());
        self.context.emit(match end {
            CallEnd::Success(_) => EventKind::ToolCallFinished {
                call_id,
                tool,
                duration,
            },
            CallEnd::Error(text) | CallEnd::Abort(text) => EventKind::ToolCallFailed {
                call_id,
                tool,
                duration,
                message: cut(text),
            },
        });
    }
}

impl Registered {
    /// Whether it may be called beside others, if there are any.
    fn check_company(&self, company: Company) -> Result<(), String> {
        let spec = self.tool.spec();
        if spec.exclusive && company == Company::Others {
            return Err(format!(
                "`{0}` must be the only call of its turn, so it did not run. Read the results of \
                 the other calls, and call `{0}` alone if it is still needed.",
                spec.name
            ));
        }
        Ok(())
    }
}

impl CallEnd {
    fn into_result(self, call: &ToolCall) -> CallResult {
        let (content, is_error) = match self {
            Self::Success(text) => (text, false),
            Self::Error(text) | Self::Abort(text) => (text, true),
        };
        CallResult {
            call_id: call.id.clone(),
            content,
            is_error,
        }
    }
}

fn span(call: &ToolCall) -> Span {
    tracing::debug_span!("tool_call", tool = %call.name, call = %call.id)
}

/// What a finishing call is told.
fn recorded(finish: &Finish) -> String {
    match &finish.next {
        None => "The result is recorded.".to_owned(),
        Some(next) => format!(
            "The result is recorded, and the work is handed over to `{}`.",
            next.labels.join("`, `")
        ),
    }
}

fn did_not_run(call: &ToolCall) -> CallResult {
    CallEnd::Error("This call did not run, because a call before it ended the work.".to_owned())
        .into_result(call)
}

/// What a model is told of a call that somebody did not want to run.
fn denied(call: &ToolCall, reason: &str) -> String {
    let reason = cut(reason);
    format!(
        "`{}` did not run, because leave for this call was denied: {reason}\nDo not make the same call \
         again. Go on without it, or say in your answer why it is needed.",
        call.name
    )
}

/// For a call behind a finishing one that was refused: the work goes on after all.
fn postponed(call: &ToolCall) -> CallResult {
    CallEnd::Error(
        "This call did not run, because it stands behind one that was to end the work. Make it \
         again if it is still needed."
            .to_owned(),
    )
    .into_result(call)
}

/// All that is wrong with the arguments, in one message.
fn refusal(call: &ToolCall, violations: &[Violation]) -> String {
    let name = &call.name;
    let list = listed(violations);
    format!("The arguments do not fit. Correct these and call `{name}` again:{list}")
}

/// The text of a panic, where it has one.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
