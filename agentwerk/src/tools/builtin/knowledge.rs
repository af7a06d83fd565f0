use std::path::Path;

use agentwerk_macros::tool;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::excerpt::shorten;
use crate::knowledge::{Knowledge, KnowledgeError, KnowledgePage};
use crate::tools::{State, ToolContext, ToolError};

/// Pages that one call lists.
const LISTED_MAX: usize = 200;
/// Bytes that one call lists, without the notice that more follows.
const LISTED_BYTES_MAX: usize = 20_000;
/// Names that are suggested to a model that asked for an unknown page, at most.
const SUGGESTIONS_MAX: usize = 3;
/// Similarity (0 to 1) below which a name is no suggestion.
const SIMILARITY_MIN: f64 = 0.7;
/// Bytes of a name that are repeated to a model at most.
const NAME_BYTES_MAX: usize = 200;

/// What is to be done.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(crate = "schemars", inline)]
pub enum Action {
    Write,
    Read,
    Remove,
    List,
}

#[doc = include_str!("knowledge.md")]
#[tool(struct = KnowledgeTool, blocking, crate = crate)]
#[expect(unreachable_pub, reason = "the type that is made of it is public")]
#[expect(
    clippy::too_many_arguments,
    reason = "each is an argument of the model's"
)]
pub fn knowledge(
    /// What to do.
    action: Action,
    /// The name of the page, to write, read or remove it: a few words, such as `release-process`.
    page: Option<&str>,
    /// What the page is about, in one line, to write it: the index shows this.
    #[schemars(length(max = 200))]
    summary: Option<&str>,
    /// The text of the page in Markdown, to write it.
    content: Option<&str>,
    /// To write a page, its tags; to list pages, only those that have all of these tags.
    #[arg(default = Vec::new())]
    #[schemars(length(max = 20))]
    tags: Vec<String>,
    /// The first page to list, counted from 1.
    #[schemars(range(min = 1))]
    #[arg(default = 1)]
    offset: usize,
    store: State<Knowledge>,
    context: &ToolContext,
) -> Result<String, ToolError> {
    let done = match action {
        Action::Write => write(&store, page, summary, content, &tags),
        Action::Read => named(page).and_then(|name| read(&store, name)),
        Action::Remove => named(page).and_then(|name| remove(&store, name)),
        Action::List => list(&store, &tags, offset, context),
    };
    done.map_err(ToolError::retry)
}

fn named(page: Option<&str>) -> Result<&str, String> {
    let named = page.filter(|name| !name.trim().is_empty());
    named.ok_or_else(|| "Give the name of the page in `page`.".to_owned())
}

fn write(
    store: &Knowledge,
    page: Option<&str>,
    summary: Option<&str>,
    content: Option<&str>,
    tags: &[String],
) -> Result<String, String> {
    let name = named(page)?;
    let given = |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
    if !given(summary) || !given(content) {
        return Err(
            "Give what the page is about in `summary`, and its text in `content`. To take a page \
             away, use `remove`."
                .to_owned(),
        );
    }
    let page = KnowledgePage::new(name, content.unwrap_or_default())
        .with_summary(summary.unwrap_or_default())
        .with_tags(tags);
    let slug = page.slug();
    let scan = store.scan().map_err(told)?;
    let did = match scan.entry(slug).map_err(told)? {
        Some(_) => "Replaced",
        None => "Wrote",
    };
    store.pages().save(&page).map_err(told)?;
    Ok(format!("{did} the page `{slug}`."))
}

fn read(store: &Knowledge, name: &str) -> Result<String, String> {
    match store.pages().load(name) {
        Ok(page) => Ok(page.to_string()),
        Err(KnowledgeError::NoPage { .. }) => Err(no_page(store, name)),
        Err(error) => Err(told(error)),
    }
}

fn remove(store: &Knowledge, name: &str) -> Result<String, String> {
    match store.pages().remove(name) {
        Ok(()) => {
            let name = shorten(name.to_owned(), NAME_BYTES_MAX);
            Ok(format!("Removed the page `{name}`."))
        }
        Err(KnowledgeError::NoPage { .. }) => Err(no_page(store, name)),
        Err(error) => Err(told(error)),
    }
}

fn list(
    store: &Knowledge,
    tags: &[String],
    offset: usize,
    context: &ToolContext,
) -> Result<String, String> {
    let tags = KnowledgePage::new("", "").with_tags(tags);
    let tags = tags.entry().tags();
    let scan = store.scan().map_err(told)?;
    // A call by hand is not checked against the schema.
    let first = offset.max(1);
    let (mut output, mut number) = (String::new(), 0);
    for slug in scan.by_name() {
        if context.cancel().is_cancelled() {
            return Err("The call was cancelled.".to_owned());
        }
        if tags.is_empty() && number + 1 < first {
            number += 1;
            continue;
        }
        let entry = scan.entry(slug).map_err(told)?;
        let Some(entry) = entry.filter(|entry| tags.iter().all(|tag| entry.tags().contains(tag)))
        else {
            continue;
        };
        number += 1;
        if number < first {
            continue;
        }
        if number - first >= LISTED_MAX || output.len() > LISTED_BYTES_MAX {
            output.push_str(&format!("(cut here; go on with `offset`: {number})\n"));
            return Ok(output);
        }
        output.push_str(&format!("{entry}\n"));
    }
    if output.is_empty() {
        let which = if tags.is_empty() {
            ""
        } else {
            " with all of these tags"
        };
        output = format!("(there are only {number} pages{which})\n");
    }
    Ok(output)
}

/// What a model is told that named a page which is not there.
fn no_page(store: &Knowledge, name: &str) -> String {
    let wanted = KnowledgePage::new(name, "");
    let mut similar = Vec::new();
    if let Ok(scan) = store.scan() {
        let scored = scan
            .by_name()
            .map(|slug| (strsim::jaro_winkler(wanted.slug(), slug), slug.to_owned()));
        similar.extend(scored.filter(|(similarity, _)| *similarity >= SIMILARITY_MIN));
    }
    similar.sort_by(|left, right| right.0.total_cmp(&left.0));
    let nearest = similar.iter().take(SUGGESTIONS_MAX);
    let nearest: Vec<_> = nearest.map(|(_, slug)| format!("`{slug}`")).collect();
    let hint = if nearest.is_empty() {
        String::new()
    } else {
        format!(" Did you mean {}?", nearest.join(" or "))
    };
    let name = shorten(name.to_owned(), NAME_BYTES_MAX);
    format!("There is no page `{name}`.{hint} Use the action `list` to see the pages.")
}

/// An error of the store, for a model: the name of a page, and no directory of the machine.
fn told(error: KnowledgeError) -> String {
    let page = |path: &Path| {
        let stem = path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    };
    match error {
        KnowledgeError::TooLarge {
            path,
            part,
            bytes,
            bytes_max,
        } => format!(
            "The {part} of the page `{}` has {bytes} bytes, and at most {bytes_max} are allowed. \
             Divide it into several pages.",
            page(&path)
        ),
        KnowledgeError::Read { path, source } => {
            format!(
                "The page `{}` cannot be read: {source}. Go on without it.",
                page(&path)
            )
        }
        KnowledgeError::Write { path, source } | KnowledgeError::Remove { path, source } => {
            format!(
                "The page `{}` cannot be changed: {source}. Go on without it.",
                page(&path)
            )
        }
        KnowledgeError::Open { source, .. } | KnowledgeError::List { source, .. } => {
            format!("The knowledge store cannot be opened: {source}. Go on without it.")
        }
        KnowledgeError::NoPage { path } => format!("There is no page `{}`.", page(&path)),
    }
}
