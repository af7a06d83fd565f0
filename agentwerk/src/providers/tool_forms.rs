//! The tools of one request, in the forms in which the vendor is sent them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::Level;

use super::arguments::as_object;
use super::error::StrictToolError;
use crate::chat::{ContentBlock, Encoding, Response, Strict, ToolArguments, ToolCall, ToolSpec};
use crate::schemas::dialect::{Contender, Dialect, Wire, demoted};

/// Lines of the log about tools that are not strict, of one process.
const TOLD_MAX: usize = 1_000;

/// The tools of one request. The same tools always have the same forms.
#[derive(Debug)]
pub(crate) struct ToolForms<'a>(Vec<ToolForm<'a>>);

/// A tool and what is sent of its schema.
#[derive(Debug)]
pub(crate) struct ToolForm<'a> {
    pub(crate) spec: &'a ToolSpec,
    pub(crate) wire: Arc<Wire>,
}

impl<'a> ToolForms<'a> {
    /// Chooses the form of each tool.
    ///
    /// # Errors
    /// A tool must be strict and cannot be.
    pub(crate) fn new(tools: &'a [ToolSpec], dialect: Dialect) -> Result<Self, StrictToolError> {
        let forms: Result<Vec<_>, _> = tools
            .iter()
            .map(|spec| ToolForm::new(spec, dialect))
            .collect();
        let mut forms = forms?;
        if dialect == Dialect::Anthropic {
            demote(&mut forms)?;
        }
        Ok(Self(forms))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &ToolForm<'a>> {
        self.0.iter()
    }

    /// The name of an encoding in which calls are written in these forms.
    pub(crate) fn encoding(&self, format: &'static str) -> Encoding {
        let mut hasher = DefaultHasher::new();
        let differing = self.0.iter().filter(|form| form.wire.fingerprint != 0);
        differing.for_each(|form| (&form.spec.name, form.wire.fingerprint).hash(&mut hasher));
        Encoding {
            format,
            tools: hasher.finish(),
        }
    }

    /// The arguments of an earlier call as the model wrote them; always an object.
    pub(crate) fn arguments<'b>(&self, call: &'b ToolCall) -> Cow<'b, str> {
        let text = call.arguments.as_str();
        let written = self
            .of(call)
            .zip(call.arguments.parse().ok())
            .map(|(form, value)| form.wire.adapter.to_wire(&value).to_string());
        match written {
            Some(text) => Cow::Owned(as_object(&text).into_owned()),
            None => as_object(text),
        }
    }

    /// A reply with the arguments of its calls as values of the tools' own schemas. A text that is no
    /// JSON, or that the form leaves as it is, stays byte for byte.
    pub(crate) fn read(&self, mut response: Response) -> Response {
        for block in &mut response.content {
            if let ContentBlock::ToolCall(call) = block
                && let Some(form) = self.of(call)
                && let Ok(written) = call.arguments.parse()
            {
                let value = form.wire.adapter.to_canonical(written.clone());
                if value != written {
                    call.arguments = ToolArguments::new(value.to_string());
                }
            }
        }
        response
    }

    /// The form of the called tool, where values differ in it.
    fn of(&self, call: &ToolCall) -> Option<&ToolForm<'a>> {
        let form = self.0.iter().find(|form| form.spec.name == call.name)?;
        (!form.wire.adapter.is_identity()).then_some(form)
    }
}

impl<'a> ToolForm<'a> {
    fn new(spec: &'a ToolSpec, dialect: Dialect) -> Result<Self, StrictToolError> {
        let wire = match spec.strict {
            Strict::Off => spec.wire(Dialect::Plain),
            Strict::Auto | Strict::Required => spec.wire(dialect),
        };
        if !wire.reasons.is_empty() {
            let refusal = || StrictToolError {
                tool: spec.name.clone(),
                reasons: wire.reasons.iter().map(ToString::to_string).collect(),
            };
            if spec.strict == Strict::Required {
                return Err(refusal());
            }
            tell_once(refusal);
        }
        Ok(Self { spec, wire })
    }
}

/// Keeps a request within what all of its strict tools may have together.
fn demote(forms: &mut [ToolForm<'_>]) -> Result<(), StrictToolError> {
    let strict = |form: &&mut ToolForm<'_>| form.wire.strict;
    let mut forms: Vec<_> = forms.iter_mut().filter(strict).collect();
    let contenders: Vec<_> = forms
        .iter()
        .map(|form| Contender {
            size: form.wire.size,
            is_required: form.spec.strict == Strict::Required,
        })
        .collect();
    let refusal = |place: usize, what: String, forms: &[&mut ToolForm<'_>]| StrictToolError {
        tool: forms
            .get(place)
            .map_or_else(String::new, |form| form.spec.name.clone()),
        reasons: vec![what],
    };
    let demoted = demoted(&contenders).map_err(|over| refusal(over.place, over.what, &forms))?;
    for (place, what) in demoted {
        tell_once(|| refusal(place, what, &forms));
        if let Some(form) = forms.get_mut(place) {
            form.wire = form.spec.wire(Dialect::Plain);
        }
    }
    Ok(())
}

/// Logs a tool that goes without a strict form. The tool of a ticket is made anew for each ticket,
/// so the words are what must not come twice. This is asked in every request, so nothing is made of it
/// where nobody listens.
fn tell_once(refusal: impl FnOnce() -> StrictToolError) {
    static TOLD: Mutex<Option<HashSet<String>>> = Mutex::new(None);
    if !tracing::enabled!(Level::INFO) {
        return;
    }
    let refusal = refusal();
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    let told = told.get_or_insert_default();
    if told.len() < TOLD_MAX && told.insert(refusal.to_string()) {
        tracing::info!(
            tool = refusal.tool,
            reasons = refusal.reasons.join("; "),
            "the vendor does not hold the model to the tool's schema"
        );
    }
}
