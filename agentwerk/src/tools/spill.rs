use std::io;
use std::mem;
use std::path::PathBuf;
use std::sync::Arc;

use super::outputs::OutputDir;
use crate::chat::CallResult;
use crate::excerpt::{head, shorten, tail};
use crate::id::CallId;

/// Bytes of one output that the model reads whole.
const OUTPUT_BYTES_MAX: usize = 50_000;
/// Bytes of all outputs of one turn.
const TURN_BYTES_MAX: usize = 200_000;
/// Bytes of a preview: a head, a tail, and what became of the rest. Of many outputs in one turn
/// each has less, so that all previews together keep the turn's limit.
const PREVIEW_BYTES_MAX: usize = 10_000;
/// The tool that reads an output from its file.
pub(crate) const READER: &str = "read_file";
/// Bytes of the reason for which an output could not be kept.
const REASON_BYTES_MAX: usize = 200;

/// Where outputs go that are too large for a conversation.
#[derive(Clone, Copy)]
pub(crate) struct Spill<'a> {
    pub(crate) dir: Option<&'a OutputDir>,
    /// Whether the model has the tool that reads them there. A model that is told to call a tool it
    /// does not have calls it all the same.
    pub(crate) has_reader: bool,
}

/// Makes the results of one turn fit a conversation.
///
/// An output over its limit is kept in a file, and the model gets a preview of it; over the limit
/// of a turn, so are the largest until the rest fits. Without a directory for outputs the rest of
/// an output is lost, so the model gets more of it while the turn has room.
pub(crate) async fn fit(results: Vec<CallResult>, spill: Spill<'_>) -> Vec<CallResult> {
    let preview_bytes = PREVIEW_BYTES_MAX.min(TURN_BYTES_MAX / results.len().max(1));
    let mut outputs: Vec<_> = results.into_iter().map(Output::new).collect();
    for output in &mut outputs {
        if output.text().len() > OUTPUT_BYTES_MAX {
            match spill.dir {
                Some(_) => output.preview(spill, preview_bytes).await,
                None => output.cut(),
            }
        }
    }
    while outputs.iter().map(|each| each.text().len()).sum::<usize>() > TURN_BYTES_MAX {
        let Some(largest) = largest(&mut outputs, preview_bytes) else {
            break;
        };
        largest.preview(spill, preview_bytes).await;
    }
    outputs.into_iter().map(Output::into_result).collect()
}

/// Head and tail of a text that is too long for a conversation.
pub(crate) fn cut(text: &str) -> String {
    if text.len() <= OUTPUT_BYTES_MAX {
        return text.to_owned();
    }
    head_and_tail(text, OUTPUT_BYTES_MAX, &Rest::Lost)
}

/// The largest output that a preview makes smaller; of equals the first.
fn largest(outputs: &mut [Output], preview_bytes: usize) -> Option<&mut Output> {
    outputs
        .iter_mut()
        .rev()
        .filter(|each| !matches!(each.shown, Shown::Preview(_)))
        .filter(|each| each.text().len() > preview_bytes)
        .max_by_key(|each| each.text().len())
}

/// One result, and what the model will read of it.
struct Output {
    result: CallResult,
    shown: Shown,
}

enum Shown {
    Whole,
    Cut(String),
    Preview(String),
}

impl Output {
    fn new(result: CallResult) -> Self {
        Self {
            result,
            shown: Shown::Whole,
        }
    }

    fn text(&self) -> &str {
        match &self.shown {
            Shown::Whole => &self.result.content,
            Shown::Cut(text) | Shown::Preview(text) => text,
        }
    }

    fn cut(&mut self) {
        self.shown = Shown::Cut(cut(&self.result.content));
    }

    async fn preview(&mut self, spill: Spill<'_>, bytes_max: usize) {
        let text = Arc::new(mem::take(&mut self.result.content));
        let rest = spill.keep(&self.result.call_id, &text).await;
        let sides = bytes_max.saturating_sub(rest.notice(text.len()).len());
        self.shown = Shown::Preview(head_and_tail(&text, sides, &rest));
    }

    fn into_result(self) -> CallResult {
        let mut result = self.result;
        match self.shown {
            Shown::Whole => {}
            Shown::Cut(text) | Shown::Preview(text) => result.content = text,
        }
        result
    }
}

impl Spill<'_> {
    async fn keep(self, call: &CallId, text: &Arc<String>) -> Rest {
        let Some(dir) = self.dir else {
            return Rest::Lost;
        };
        match dir.keep(call, Arc::clone(text)).await {
            Ok(path) if self.has_reader => Rest::Readable(path),
            Ok(path) => Rest::Kept(path),
            Err(error) => {
                let bytes = text.len();
                tracing::warn!(%call, bytes, %error, "a tool's output could not be kept in a file");
                Rest::Failed(error)
            }
        }
    }
}

/// What became of an output that the model does not read whole.
enum Rest {
    Lost,
    /// It is in a file.
    Kept(PathBuf),
    /// It is in a file, and the model has the tool that reads it there.
    Readable(PathBuf),
    Failed(io::Error),
}

impl Rest {
    /// What stands between head and tail.
    fn notice(&self, left_out: usize) -> String {
        match self {
            Self::Lost => format!("\n(… {left_out} bytes left out …)\n"),
            Self::Kept(path) => format!(
                "\n(… {left_out} bytes left out. The file `{}` has what the tool gave …)\n",
                path.display()
            ),
            Self::Readable(path) => format!(
                "\n(… {left_out} bytes left out. The file `{}` has what the tool gave; call \
                 `{READER}` with `offset` and `limit` to read parts of it …)\n",
                path.display()
            ),
            Self::Failed(error) => format!(
                "\n(… {left_out} bytes left out. They could not be kept in a file: {}. If you need \
                 them, call again for less at once …)\n",
                shorten(error.to_string(), REASON_BYTES_MAX)
            ),
        }
    }
}

/// Head and tail, `bytes_max` bytes together at most, and between them what became of the rest.
fn head_and_tail(text: &str, bytes_max: usize, rest: &Rest) -> String {
    let head = head(text, bytes_max / 2);
    let tail = tail(text, bytes_max / 2);
    let left_out = text.len() - head.len() - tail.len();
    format!("{head}{}{tail}", rest.notice(left_out))
}

#[cfg(all(test, feature = "files"))]
#[path = "tests/spill.rs"]
mod tests;
