//! HTML in a small, well-formed subset, so that turning it into Markdown takes linear time and a
//! bounded stack, whatever a page holds.
//!
//! The tree that the rules of HTML make of a page can be deep (100,000 open `<div>`), and far larger
//! than the page: elements for formatting that were left open are opened again in every paragraph.
//! So a page is rewritten first. What is kept is nested to a limit and closed in order; layout
//! becomes breaks between paragraphs; of attributes only the targets of links stay. Images, scripts,
//! styles and comments are dropped.

use reqwest::Url;
use tokio_util::sync::CancellationToken;

use super::elements::{Element, Kind, element};
use super::tokens::{Token, Tokens};
use crate::excerpt::head;

/// Elements that are open at once.
const DEPTH_MAX: usize = 24;
/// Bytes of the rewritten page.
const MARKUP_BYTES_MAX: usize = 1_000_000;
/// Bytes of the target of a link.
const LINK_BYTES_MAX: usize = 2_000;

/// What parts two paragraphs.
const BREAK: &str = "<p></p>";

const ROW: Element = Element {
    kind: Kind::Row,
    name: "x-row",
};

/// A page in the subset.
#[derive(Debug)]
pub(super) struct Markup {
    pub(super) html: String,
    /// Whether the rest of the page was left out.
    pub(super) is_cut: bool,
}

/// Rewrites a page. It ends early when the call is cancelled.
pub(super) fn rewrite(page: &str, url: &Url, cancel: &CancellationToken) -> Markup {
    let mut writer = Writer {
        html: String::new(),
        open: Vec::new(),
        link: None,
        base: url.clone(),
        is_cut: false,
    };
    let mut tokens = Tokens::new(page);
    while let Some(token) = tokens.next() {
        writer.is_cut |= writer.html.len() > MARKUP_BYTES_MAX || cancel.is_cancelled();
        if writer.is_cut {
            break;
        }
        match token {
            Token::Text(text) => writer.text(text),
            Token::Open(tag) => {
                if let Some(element) = element(&tag.name) {
                    writer.begin(element, tag.href, tokens.rest());
                }
            }
            Token::Close(name) => {
                if let Some(element) = element(&name) {
                    writer.end(element);
                }
            }
        }
    }
    writer.close_to(0);
    Markup {
        html: writer.html,
        is_cut: writer.is_cut,
    }
}

struct Writer {
    html: String,
    open: Vec<Element>,
    /// Where the text leads that comes next. A link is opened with its first word, so that one
    /// around a heading becomes one within it.
    link: Option<String>,
    base: Url,
    is_cut: bool,
}

impl Writer {
    fn text(&mut self, text: &str) {
        let top = self.open.last().map(|element| element.kind);
        if matches!(top, Some(Kind::Table | Kind::Row)) {
            return;
        }
        if let Some(link) = &self.link
            && !text.trim().is_empty()
            && self.in_line(|element| element.kind == Kind::Link).is_none()
            && !self.is_within(Kind::Pre)
            && self.open.len() < DEPTH_MAX
            && let Some(element) = element("a")
        {
            self.html.push_str(&format!("<a href=\"{link}\">"));
            self.open.push(element);
        }
        let room = MARKUP_BYTES_MAX.saturating_sub(self.html.len());
        self.html.push_str(head(text, room));
        self.is_cut |= text.len() > room;
    }

    fn begin(&mut self, element: Element, href: Option<&str>, rest: &str) {
        if self.is_within(Kind::Pre) {
            if element.kind == Kind::NewLine {
                self.html.push('\n');
            }
            return;
        }
        match element.kind {
            Kind::Link => {
                self.end_link();
                self.link = href.and_then(|href| self.target(href));
            }
            Kind::Inline => {
                if self.in_line(|open| *open == element).is_none() {
                    self.push(element);
                }
            }
            Kind::Row => self.begin_row(),
            Kind::Cell => self.begin_cell(element),
            Kind::Base => {
                if let Some(base) = href.and_then(|href| self.base.join(href).ok()) {
                    self.base = base;
                }
            }
            _ if self.is_within(Kind::Cell) => self.part_cell(),
            Kind::NewLine => self.html.push_str("<br>"),
            Kind::Break => self.part(BREAK),
            Kind::Rule => self.part("<hr>"),
            Kind::Table if !has_header(rest) => self.part(BREAK),
            Kind::Item => {
                self.end_line();
                // An item ends where the next of its list begins.
                if let Some(at) = self.last(Kind::Item)
                    && self.last(Kind::List).is_none_or(|list| list < at)
                    && self.last(Kind::Quote).is_none_or(|quote| quote < at)
                {
                    self.close_to(at);
                }
                self.push(element);
            }
            Kind::Line | Kind::List | Kind::Pre | Kind::Quote | Kind::Table => {
                self.end_line();
                self.push(element);
            }
        }
    }

    fn end(&mut self, element: Element) {
        if self.is_within(Kind::Pre) {
            if let Some(at) = self.last(Kind::Pre).filter(|_| element.kind == Kind::Pre) {
                self.close_to(at);
            }
            return;
        }
        match element.kind {
            Kind::Link => self.end_link(),
            Kind::Inline => {
                if let Some(at) = self.in_line(|open| *open == element) {
                    self.close_to(at);
                }
            }
            Kind::Table | Kind::Row | Kind::Cell => match self.last(element.kind) {
                Some(at) => self.end_container(at),
                None => self.part(if element.kind == Kind::Cell {
                    " "
                } else {
                    BREAK
                }),
            },
            _ if self.is_within(Kind::Cell) => self.part_cell(),
            Kind::Item | Kind::List | Kind::Quote => {
                let open = self.open.iter().rposition(|open| *open == element);
                if let Some(at) = open {
                    self.end_container(at);
                }
            }
            Kind::Line => self.end_line(),
            Kind::Break => self.part(BREAK),
            Kind::NewLine | Kind::Rule | Kind::Base | Kind::Pre => {}
        }
    }

    fn begin_row(&mut self) {
        match self.last(Kind::Table) {
            Some(table) => {
                self.close_to(table + 1);
                self.push(ROW);
            }
            None => self.part(BREAK),
        }
    }

    fn begin_cell(&mut self, element: Element) {
        match (self.last(Kind::Table), self.last(Kind::Row)) {
            (Some(_), Some(row)) => self.close_to(row + 1),
            (Some(table), None) => {
                self.close_to(table + 1);
                self.push(ROW);
            }
            // A table for layout: what stands side by side stays in one line.
            (None, _) => return self.html.push(' '),
        }
        // The converter joins inline elements of one kind that stand side by side.
        self.html.push(' ');
        self.push(element);
    }

    /// A cell is one line.
    fn part_cell(&mut self) {
        self.part(" ");
    }

    fn part(&mut self, mark: &str) {
        self.end_line();
        // White space at the end is looked through only where it is dropped or followed by a mark, so
        // that none is looked through twice.
        match mark {
            BREAK => {
                let length = self.html.trim_end().len();
                if self.html[..length].ends_with(BREAK) {
                    self.html.truncate(length);
                    return;
                }
            }
            " " if self.html.ends_with(' ') => return,
            _ => {}
        }
        self.html.push_str(mark);
    }

    fn end_line(&mut self) {
        let line = self.line();
        self.close_to(line);
    }

    fn end_link(&mut self) {
        self.link = None;
        if let Some(at) = self.in_line(|element| element.kind == Kind::Link) {
            self.close_to(at);
        }
    }

    fn end_container(&mut self, at: usize) {
        self.link = None;
        self.close_to(at);
    }

    /// Beyond the limit an element is left out, and its content stays.
    fn push(&mut self, element: Element) {
        if self.open.len() < DEPTH_MAX {
            self.html.push_str(&format!("<{}>", element.name));
            if element.kind == Kind::Pre {
                self.html.push_str("<code>");
            }
            self.open.push(element);
        }
    }

    fn close_to(&mut self, depth: usize) {
        for element in self.open.drain(depth.min(self.open.len())..).rev() {
            match element.kind {
                Kind::Pre => self.html.push_str("</code>"),
                Kind::Line => self.html.truncate(self.html.trim_end().len()),
                _ => {}
            }
            self.html.push_str(&format!("</{}>", element.name));
        }
    }

    /// Where the innermost container ends, and a line may begin.
    fn line(&self) -> usize {
        let container = self.open.iter().rposition(|open| open.kind.is_container());
        container.map_or(0, |at| at + 1)
    }

    fn in_line(&self, is_it: impl Fn(&Element) -> bool) -> Option<usize> {
        let line = self.line();
        let found = self.open[line..].iter().position(is_it);
        found.map(|at| line + at)
    }

    fn last(&self, kind: Kind) -> Option<usize> {
        self.open.iter().rposition(|open| open.kind == kind)
    }

    fn is_within(&self, kind: Kind) -> bool {
        self.last(kind).is_some()
    }

    /// Where a link leads, as the value of an attribute. Only what can be fetched is a link.
    fn target(&self, href: &str) -> Option<String> {
        let href = href.trim();
        let href = href.replace("&amp;", "&");
        // A letter written as a number belongs to no link that is meant to be read.
        if href.starts_with('#') || href.contains("&#") || href.len() > LINK_BYTES_MAX {
            return None;
        }
        let url = self.base.join(&href).ok()?;
        let is_link =
            matches!(url.scheme(), "http" | "https") && url.as_str().len() <= LINK_BYTES_MAX;
        is_link.then(|| url.as_str().replace('&', "&amp;").replace('"', "%22"))
    }
}

/// Whether a table is one of data: it names its columns before it ends or holds another.
fn has_header(rest: &str) -> bool {
    for tag in rest.split('<').skip(1) {
        let name: String = tag.chars().take(6).collect::<String>().to_ascii_lowercase();
        if name.starts_with("table") || name == "/table" {
            return false;
        }
        if name.starts_with("th") {
            return true;
        }
    }
    false
}

#[cfg(test)]
#[path = "tests/markup.rs"]
mod tests;
