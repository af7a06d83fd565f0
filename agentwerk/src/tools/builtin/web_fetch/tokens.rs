//! The tags and texts of a page, in one pass over it.

/// Elements of which nothing is kept.
const DROPPED: [&str; 10] = [
    "applet", "iframe", "math", "noembed", "noframes", "object", "script", "style", "svg",
    "template",
];

/// A piece of a page.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// Text without `<`; references such as `&amp;` are still in it.
    Text(&'a str),
    Open(Tag<'a>),
    /// The name of an element that ends.
    Close(String),
}

/// The beginning of an element.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Tag<'a> {
    pub(super) name: String,
    pub(super) href: Option<&'a str>,
    /// Whether it ends in `/>`.
    is_closed: bool,
}

/// Reads a page from its beginning to its end; nothing is looked at twice.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(page: &'a str) -> Self {
        Self { rest: page }
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    fn tag(&mut self, marker: usize) -> Option<Token<'a>> {
        let is_end = marker == 2;
        self.rest = &self.rest[marker..];
        let tag = self.attributes()?;
        if is_end {
            return Some(Token::Close(tag.name));
        }
        if DROPPED.contains(&tag.name.as_str()) && !tag.is_closed {
            self.drop_content(&tag.name);
        }
        Some(Token::Open(tag))
    }

    /// Reads a tag behind its `<`; `None` if it has no end.
    fn attributes(&mut self) -> Option<Tag<'a>> {
        let mut tag = Tag {
            name: self.take(is_end_of_name).to_ascii_lowercase(),
            ..Tag::default()
        };
        loop {
            self.take(|letter| !letter.is_ascii_whitespace());
            let first = self.rest.chars().next()?;
            if first == '>' {
                self.rest = &self.rest[1..];
                return Some(tag);
            }
            tag.is_closed = first == '/';
            if first == '/' {
                self.rest = &self.rest[1..];
                continue;
            }
            let name = self.attribute_name(first);
            let value = self.value()?;
            if name.eq_ignore_ascii_case("href") && tag.href.is_none() {
                tag.href = value;
            }
        }
    }

    /// A name may begin with any letter, `=` included.
    fn attribute_name(&mut self, first: char) -> &'a str {
        let whole = self.rest;
        self.rest = &whole[first.len_utf8()..];
        self.take(|letter| is_end_of_name(letter) || letter == '=');
        &whole[..whole.len() - self.rest.len()]
    }

    /// The value of an attribute, if it has one; `None` if its quotes have no end.
    fn value(&mut self) -> Option<Option<&'a str>> {
        self.take(|letter| !letter.is_ascii_whitespace());
        let Some(rest) = self.rest.strip_prefix('=') else {
            return Some(None);
        };
        self.rest = rest;
        self.take(|letter| !letter.is_ascii_whitespace());
        let quote = self.rest.chars().next()?;
        if !matches!(quote, '"' | '\'') {
            return Some(Some(
                self.take(|letter| letter.is_ascii_whitespace() || letter == '>'),
            ));
        }
        let (value, rest) = self.rest[1..].split_once(quote)?;
        self.rest = rest;
        Some(Some(value))
    }

    /// Goes to the first letter that ends what is taken.
    fn take(&mut self, is_end: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// Goes behind a text, or to the end of the page.
    fn skip_behind(&mut self, end: &str) {
        self.rest = self.rest.split_once(end).map_or("", |(_, rest)| rest);
    }

    /// Goes to the end tag of an element, or to the end of the page.
    fn drop_content(&mut self, name: &str) {
        while let Some(at) = self.rest.find("</") {
            let found = self.rest.as_bytes().get(at + 2..at + 2 + name.len());
            if found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
                self.rest = &self.rest[at..];
                return;
            }
            self.rest = &self.rest[at + 2..];
        }
        self.rest = "";
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let mut letters = self.rest.chars();
            if letters.next()? != '<' {
                return Some(Token::Text(self.take(|letter| letter == '<')));
            }
            let (second, third) = (letters.next(), letters.next());
            match second {
                // `<!-->` is a whole comment.
                Some('!') if self.rest.starts_with("<!--") => {
                    self.rest = &self.rest[2..];
                    self.skip_behind("-->");
                }
                Some('!' | '?') => self.skip_behind(">"),
                Some('/') if third.is_some_and(|letter| letter.is_ascii_alphabetic()) => {
                    return self.tag(2);
                }
                Some(letter) if letter.is_ascii_alphabetic() => return self.tag(1),
                _ => {
                    self.rest = &self.rest[1..];
                    return Some(Token::Text("&lt;"));
                }
            }
        }
    }
}

fn is_end_of_name(letter: char) -> bool {
    letter.is_ascii_whitespace() || matches!(letter, '/' | '>')
}
