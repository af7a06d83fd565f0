//! The keys of our attributes: one table for the parser, the completion in editors, and the docs.

use crate::error::Code;

/// An attribute of ours and what may stand in it.
pub(crate) struct Keys {
    /// As a person writes it.
    pub(crate) attribute: &'static str,
    pub(crate) keys: &'static [Key],
    /// What people write here that has another place, and which.
    pub(crate) elsewhere: &'static [(&'static str, &'static str)],
    /// How mistakes in it are called.
    pub(crate) codes: Codes,
}

/// The names of mistakes in an attribute.
pub(crate) struct Codes {
    pub(crate) unknown: Code,
    pub(crate) twice: Code,
    pub(crate) form: Code,
}

/// A key.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    /// What it does, as a cell of a table.
    pub(crate) doc: &'static str,
}

/// What stands behind a key; the text is an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `key`
    Flag,
    /// `key = true`
    Bool,
    /// `key = "text"`
    Text(&'static str),
    /// `key = Name`
    Name(&'static str),
    /// `key = a::path`
    Path(&'static str),
    /// `key` or `key = a::path`
    FlagOrPath(&'static str),
    /// `key = word`, with this one word.
    Word(&'static str),
    /// `key = 2 + 2`
    Expr(&'static str),
}

impl Form {
    /// What to write behind the key.
    pub(crate) fn example(self) -> String {
        match self {
            Self::Flag => String::new(),
            Self::Bool => " = true".to_owned(),
            Self::Text(text) => format!(" = {text:?}"),
            Self::Name(value)
            | Self::Path(value)
            | Self::FlagOrPath(value)
            | Self::Word(value)
            | Self::Expr(value) => format!(" = {value}"),
        }
    }

    /// What is expected, in words.
    pub(crate) fn expects(self) -> &'static str {
        match self {
            Self::Flag => "no value",
            Self::Bool => "`true` or `false`",
            Self::Text(_) => "a text",
            Self::Name(_) => "a name",
            Self::Path(_) => "a path",
            Self::FlagOrPath(_) => "nothing or a path",
            Self::Word(_) => "one word",
            Self::Expr(_) => "an expression",
        }
    }
}

const fn key(name: &'static str, form: Form, doc: &'static str) -> Key {
    Key { name, form, doc }
}

const NAME: Key = key(
    "name",
    Form::Text("search_archive"),
    "the name that the model calls; without it, that of the function",
);
const READ_ONLY: Key = key(
    "read_only",
    Form::Flag,
    "a call changes nothing: it runs beside other such calls, and does not wait for the disk",
);
const IDEMPOTENT: Key = key(
    "idempotent",
    Form::Flag,
    "a call may be made again when nobody knows if it ran, as after a crash",
);
const EXCLUSIVE: Key = key(
    "exclusive",
    Form::Flag,
    "a call runs only when it is the only one of its turn",
);
const BLOCKING: Key = key(
    "blocking",
    Form::Flag,
    "of a `fn`: it runs on a thread for blocking work, which is not waited for after a cancel",
);
const LOCAL: Key = key(
    "local",
    Form::Flag,
    "of an `async fn`: its future need not be `Send`, and runs on a thread of its own",
);
const APPROVAL: Key = key(
    "approval",
    Form::FlagOrPath("needs_leave"),
    "each call needs leave, or those for which a function says so, which takes a reference to each \
     argument and then the context and gives an `Approval`; the ticket waits until somebody has \
     answered, as `Agent::approval` says",
);
const TIMEOUT: Key = key(
    "timeout",
    Form::Text("30s"),
    "how long one call may take, in `ms`, `s`, `m` or `h`; of an `async fn`, or with `blocking`",
);
const STRICT: Key = key(
    "strict",
    Form::Bool,
    "whether a vendor that can holds the model to the schema; without it, where the schema allows",
);
const CRATE: Key = key(
    "crate",
    Form::Path("engine::agentwerk"),
    "where this library is, if not at `::agentwerk`",
);

const DESCRIPTION: (&str, &str) = (
    "description",
    "write it as a doc comment: `/// Says what it is.`",
);

const TOOL_CODES: Codes = Codes {
    unknown: Code::T02,
    twice: Code::T03,
    form: Code::T04,
};
const RESULT_CODES: Codes = Codes {
    unknown: Code::R04,
    twice: Code::R04,
    form: Code::R04,
};

pub(crate) static TOOL: Keys = Keys {
    attribute: "#[tool]",
    keys: &[
        NAME,
        key(
            "struct",
            Form::Name("SearchArchive"),
            "the name of the tool's type; without it, that of the function in `PascalCase`",
        ),
        READ_ONLY,
        IDEMPOTENT,
        EXCLUSIVE,
        BLOCKING,
        LOCAL,
        APPROVAL,
        TIMEOUT,
        STRICT,
        CRATE,
    ],
    elsewhere: &[DESCRIPTION],
    codes: TOOL_CODES,
};

/// `#[tool]` on a method.
pub(crate) static METHOD: Keys = Keys {
    attribute: "#[tool]",
    keys: &[
        NAME, READ_ONLY, IDEMPOTENT, EXCLUSIVE, BLOCKING, LOCAL, APPROVAL, TIMEOUT, STRICT,
    ],
    elsewhere: &[
        DESCRIPTION,
        ("crate", "write it on `#[tools]`"),
        (
            "struct",
            "a method has no type of its own: `search_tool()` makes the tool of `search`",
        ),
    ],
    codes: TOOL_CODES,
};

pub(crate) static TOOLS: Keys = Keys {
    attribute: "#[tools]",
    keys: &[CRATE],
    elsewhere: &[],
    codes: TOOL_CODES,
};

/// `#[arg]` on a parameter.
pub(crate) static ARG: Keys = Keys {
    attribute: "#[arg]",
    keys: &[key(
        "default",
        Form::Expr("10"),
        "what the argument is when the model leaves it out; the model is told",
    )],
    elsewhere: &[
        DESCRIPTION,
        (
            "max",
            "write `#[schemars(range(max = 9))]` or `#[schemars(length(max = 9))]`",
        ),
        (
            "min",
            "write `#[schemars(range(min = 1))]` or `#[schemars(length(min = 1))]`",
        ),
        ("name", "write `#[serde(rename = \"name\")]`"),
        ("rename", "write `#[serde(rename = \"name\")]`"),
    ],
    codes: TOOL_CODES,
};

pub(crate) static RESULT: Keys = Keys {
    attribute: "#[result]",
    keys: &[
        key(
            "name",
            Form::Text("report"),
            "the name of the type in its schema; without it, that of the type",
        ),
        key(
            "check",
            Form::Path("Report::check"),
            "a `fn(&Self) -> Result<(), Violations>` for what a schema cannot say",
        ),
        STRICT,
        key(
            "maps",
            Form::Word("entries"),
            "to a vendor with strict schemas, maps in the type go as lists of keys and values, \
             because those schemas have no maps",
        ),
        key(
            "docs",
            Form::Word("required"),
            "each field and variant must have docs",
        ),
        key(
            "schema",
            Form::Word("existing"),
            "the type implements `schemars::JsonSchema` already",
        ),
        CRATE,
    ],
    elsewhere: &[
        DESCRIPTION,
        ("rename", "write `name`, or `#[serde(rename = \"name\")]`"),
    ],
    codes: RESULT_CODES,
};

/// `#[result]` on a field.
pub(crate) static RESULT_FIELD: Keys = Keys {
    attribute: "#[result]",
    keys: &[key(
        "check",
        Form::Path("check_title"),
        "a `fn(&Field) -> Result<(), Violations>` for what a schema cannot say",
    )],
    elsewhere: &[DESCRIPTION, ("name", "write `#[serde(rename = \"name\")]`")],
    codes: RESULT_CODES,
};
