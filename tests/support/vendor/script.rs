//! From an answer to the steps that play it on a socket.

use serde_json::Value;

use super::answer::{Answer, Kind};
use super::chunking::{Chunking, Splitter};
use super::failure::Failure;
use super::format::Format;
use super::gate::Gate;
use super::http;
use super::incident::Incident;
use super::reply::{Quirk, Reply};
use super::sse::{Event, LineEnd, comment};

/// One step of an answer.
#[derive(Debug)]
pub(super) enum Step {
    Write(Vec<u8>),
    Wait(Gate),
    /// The same bytes again and again, until the client leaves.
    Repeat(Vec<u8>),
    Silence,
    Close,
    Reset,
}

/// The whole answer to one request. A script without a last step of its own leaves the connection
/// open for the next request.
pub(super) fn script(answer: Answer, format: Format, request: &Value) -> Vec<Step> {
    let mut steps: Vec<Step> = answer.gate.iter().cloned().map(Step::Wait).collect();
    if let Some(failure) = answer.kind.failure(format) {
        let body = failure.body(format).to_string().into_bytes();
        let head = ("application/json", failure.status);
        steps.push(whole(head, &answer.headers, &body));
        return steps;
    }
    match answer.kind {
        Kind::Reply(reply) => {
            let head = http::head(
                200,
                "text/event-stream; charset=utf-8",
                &answer.headers,
                None,
            );
            steps.push(Step::Write(head));
            let body = Body::new(format, &reply, answer.chunking);
            steps.extend(body.play(&reply, request, &answer.incidents));
        }
        Kind::Raw {
            status,
            content_type,
            body,
        } => steps.push(whole((content_type, status), &answer.headers, &body)),
        Kind::Reset => steps.push(Step::Reset),
        // The rest are failures, which were answered above.
        _ => steps.push(Step::Silence),
    }
    steps
}

fn whole(
    (content_type, status): (&str, u16),
    headers: &[(&'static str, String)],
    body: &[u8],
) -> Step {
    let mut bytes = http::head(status, content_type, headers, Some(body.len()));
    bytes.extend_from_slice(body);
    Step::Write(bytes)
}

/// A streamed body while it is put together.
struct Body {
    format: Format,
    line_end: LineEnd,
    splitter: Splitter,
    chunking: Chunking,
    /// What is collected and not yet split into chunks.
    open: Vec<u8>,
    steps: Vec<Step>,
}

impl Body {
    fn new(format: Format, reply: &Reply, chunking: Chunking) -> Self {
        Self {
            format,
            line_end: match reply.has(Quirk::CrLf) {
                true => LineEnd::CrLf,
                false => LineEnd::Lf,
            },
            splitter: Splitter::new(&chunking),
            chunking,
            open: Vec::new(),
            steps: Vec::new(),
        }
    }

    fn play(
        mut self,
        reply: &Reply,
        request: &Value,
        incidents: &[(usize, Incident)],
    ) -> Vec<Step> {
        let events = self.format.render(reply, request);
        for position in 0..=events.len() {
            let is_last = position == events.len();
            let due = incidents
                .iter()
                .filter(|(after, _)| *after == position || is_last && *after > position);
            for (_, incident) in due {
                if self.happen(incident).is_break() {
                    return self.steps;
                }
            }
            if let Some(event) = events.get(position) {
                self.push(event);
            }
        }
        self.end();
        self.steps
    }

    fn push(&mut self, event: &Event) {
        self.push_bytes(&event.encode(self.line_end));
    }

    fn push_bytes(&mut self, bytes: &[u8]) {
        self.open.extend_from_slice(bytes);
        if self.chunking == Chunking::PerEvent {
            self.flush();
        }
    }

    /// Makes the collected bytes a step, so that the next step comes after them.
    fn flush(&mut self) {
        if !self.open.is_empty() {
            let bytes = self.splitter.encode(&std::mem::take(&mut self.open));
            self.steps.push(Step::Write(bytes));
        }
    }

    fn end(&mut self) {
        self.flush();
        self.steps.push(Step::Write(b"0\r\n\r\n".to_vec()));
    }

    /// Lets an incident happen; breaks when nothing can follow it.
    fn happen(&mut self, incident: &Incident) -> std::ops::ControlFlow<()> {
        use std::ops::ControlFlow::{Break, Continue};
        let last = match incident {
            Incident::Comments(count) => {
                for _ in 0..*count {
                    self.push_bytes(&comment(self.line_end));
                }
                return Continue(());
            }
            Incident::Pings(count) => {
                let bytes = match self.format.ping() {
                    Some(ping) => ping.encode(self.line_end),
                    None => comment(self.line_end),
                };
                for _ in 0..*count {
                    self.push_bytes(&bytes);
                }
                return Continue(());
            }
            Incident::Event { name, data } => {
                self.push(&Event {
                    name: *name,
                    data: data.clone(),
                });
                return Continue(());
            }
            Incident::Wait(gate) => {
                self.flush();
                self.steps.push(Step::Wait(gate.clone()));
                return Continue(());
            }
            Incident::Error(status) => {
                self.push(&Failure::of(*status).event(self.format));
                self.end();
                return Break(());
            }
            Incident::End => {
                self.end();
                return Break(());
            }
            Incident::CommentsForever => {
                Step::Repeat(self.splitter.encode(&comment(self.line_end)))
            }
            Incident::Silence => Step::Silence,
            Incident::Close => Step::Close,
            Incident::Reset => Step::Reset,
        };
        self.flush();
        self.steps.push(last);
        Break(())
    }
}
