/// One event of a server-sent stream.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) name: Option<&'static str>,
    pub(super) data: String,
}

/// How lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineEnd {
    Lf,
    CrLf,
}

impl LineEnd {
    fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
        }
    }
}

impl Event {
    /// An event with a name.
    pub(super) fn named(name: &'static str, data: impl ToString) -> Self {
        Self {
            name: Some(name),
            data: data.to_string(),
        }
    }

    /// An event of data only.
    pub(super) fn data(data: impl ToString) -> Self {
        Self {
            name: None,
            data: data.to_string(),
        }
    }

    pub(super) fn encode(&self, line_end: LineEnd) -> Vec<u8> {
        let end = line_end.as_str();
        let name = self.name.map(|name| format!("event: {name}{end}"));
        format!("{}data: {}{end}{end}", name.unwrap_or_default(), self.data).into_bytes()
    }
}

/// A line without data, which keeps a connection alive.
pub(super) fn comment(line_end: LineEnd) -> Vec<u8> {
    let end = line_end.as_str();
    format!(": keep-alive{end}{end}").into_bytes()
}
