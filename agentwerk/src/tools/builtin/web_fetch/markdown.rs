//! Pages as Markdown.

use std::io::{self, Error};

use htmd::element_handler::{HandlerResult, Handlers};
use htmd::options::{BulletListMarker, Options};
use htmd::{Element, HtmlToMarkdown};
use reqwest::Url;
use tokio_util::sync::CancellationToken;

use super::markup::rewrite;

/// Turns a page into Markdown, and says whether its end was left out.
pub(super) fn to_markdown(
    page: &str,
    url: &Url,
    cancel: &CancellationToken,
) -> io::Result<(String, bool)> {
    let markup = rewrite(page, url, cancel);
    // The converter cannot be stopped.
    if cancel.is_cancelled() {
        return Err(Error::other("the call was cancelled"));
    }
    let options = Options {
        bullet_list_marker: BulletListMarker::Dash,
        ul_bullet_spacing: 1,
        ol_number_spacing: 1,
        ..Options::default()
    };
    let converter = HtmlToMarkdown::builder()
        .options(options)
        .add_handler(vec!["x-table"], table)
        .add_handler(vec!["x-row"], row)
        .add_handler(vec!["x-cell"], cell)
        .build();
    Ok((converter.convert(&markup.html)?, markup.is_cut))
}

// The converter's own tables are padded to the widest cell of each column, so that one wide cell
// and many rows make a text far larger than the page.

fn table(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    let content = handlers.walk_children(element.node).content;
    let (header, rows) = content
        .trim()
        .split_once('\n')
        .unwrap_or((content.trim(), ""));
    let bars = header.matches('|').count() - header.matches("\\|").count();
    let rule = " --- |".repeat(bars.saturating_sub(1));
    Some(format!("\n\n{header}\n|{rule}\n{rows}\n\n").into())
}

fn row(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    let content = handlers.walk_children(element.node).content;
    Some(format!("\n|{content}").into())
}

fn cell(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    let content = handlers.walk_children(element.node).content;
    let content = content.replace('\n', " ").replace('|', "\\|");
    Some(format!(" {} |", content.trim()).into())
}

#[cfg(test)]
#[path = "tests/markdown.rs"]
mod tests;
