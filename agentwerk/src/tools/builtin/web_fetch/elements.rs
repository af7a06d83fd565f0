//! What becomes of the elements of HTML.

/// An element in the subset that pages are rewritten to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
}

/// How an element stands among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The target of what stands up to its end.
    Link,
    /// Within a line.
    Inline,
    /// A paragraph or heading: holds what stands within a line.
    Line,
    Pre,
    Item,
    Quote,
    List,
    Table,
    Row,
    Cell,
    /// Parts the text around it, and is not kept.
    Break,
    NewLine,
    Rule,
    /// Tells where relative links go from.
    Base,
}

impl Kind {
    /// Whether it holds paragraphs.
    pub(super) fn is_container(self) -> bool {
        match self {
            Self::Item | Self::Quote | Self::List | Self::Table | Self::Row | Self::Cell => true,
            Self::Link
            | Self::Inline
            | Self::Line
            | Self::Pre
            | Self::Break
            | Self::NewLine
            | Self::Rule
            | Self::Base => false,
        }
    }
}

/// The element of the subset that stands for one of HTML; `None` is one that only its content
/// stays of.
pub(super) fn element(name: &str) -> Option<Element> {
    use Kind::{
        Base, Break, Cell, Inline, Item, Line, Link, List, NewLine, Pre, Quote, Row, Rule, Table,
    };
    let (kind, name) = match name {
        "a" => (Link, "a"),
        "b" | "strong" => (Inline, "strong"),
        "em" | "i" => (Inline, "em"),
        "code" | "kbd" | "samp" | "tt" => (Inline, "code"),
        "p" | "title" => (Line, "p"),
        "h1" => (Line, "h1"),
        "h2" => (Line, "h2"),
        "h3" => (Line, "h3"),
        "h4" => (Line, "h4"),
        "h5" => (Line, "h5"),
        "h6" => (Line, "h6"),
        "pre" => (Pre, "pre"),
        "li" => (Item, "li"),
        "blockquote" => (Quote, "blockquote"),
        "ol" => (List, "ol"),
        "dir" | "menu" | "ul" => (List, "ul"),
        // HTML moves text out of a `<table>`, and reads `<td>` only within one.
        "table" => (Table, "x-table"),
        "tr" => (Row, "x-row"),
        "td" | "th" => (Cell, "x-cell"),
        "br" => (NewLine, "br"),
        "hr" => (Rule, "hr"),
        "base" => (Base, "base"),
        "address" | "article" | "aside" | "body" | "caption" | "center" | "dd" | "details"
        | "dialog" | "div" | "dl" | "dt" | "fieldset" | "figcaption" | "figure" | "footer"
        | "form" | "head" | "header" | "legend" | "main" | "nav" | "option" | "search"
        | "section" | "summary" | "tbody" | "tfoot" | "thead" => (Break, ""),
        _ => return None,
    };
    Some(Element { kind, name })
}
