//! Types of results: everything that serde and schemars know, one thing per type.

#![expect(deprecated, reason = "what the derive warns of is tested as well")]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use agentwerk::TicketResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Declares types with the three derives.
macro_rules! types {
    ($($item:item)*) => { $(
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TicketResult)]
        $item
    )* };
}

types! {
    pub(crate) struct Text { body: String }
    /// A documented struct.
    pub(crate) struct Documented {
        /// A documented field.
        field: String,
        /// Another, over
        /// two lines.
        other: u8,
    }
    pub(crate) struct Integers { a: i8, b: i16, c: i32, d: i64, e: isize, f: u8, g: u16, h: u32, i: u64, j: usize }
    pub(crate) struct Floats { single: f32, double: f64 }
    pub(crate) struct Ranged {
        #[schemars(range(min = 0, max = 10))]
        score: u8,
        #[schemars(range(min = -1.0, max = 1.0))]
        mood: f64,
    }
    pub(crate) struct Lengths {
        #[schemars(length(min = 1, max = 20))]
        title: String,
        #[schemars(length(min = 2, max = 4))]
        items: Vec<u8>,
    }
    pub(crate) struct Patterned {
        #[schemars(regex(pattern = "^[a-z]+-[0-9]$"))]
        id: String,
    }
    pub(crate) struct Formatted {
        #[schemars(email)]
        mail: String,
        #[schemars(url)]
        link: String,
    }
    pub(crate) struct Flags { on: bool, off: bool }
    pub(crate) struct Characters { letter: char }
    pub(crate) struct Fixed { three: [f32; 3] }
    pub(crate) struct Bytes { data: Vec<u8> }
    pub(crate) struct Optional { a: Option<String>, b: Option<u32>, c: Option<bool> }
    pub(crate) struct OptionalStruct { inner: Option<Text>, documented: Option<Documented> }
    pub(crate) struct Described {
        /// What the inner one is for.
        inner: Documented,
        /// A list of them.
        list: Vec<Documented>,
    }
    pub(crate) struct Defaulted {
        #[serde(default)]
        count: u32,
        #[serde(default = "word")]
        word: String,
        #[serde(default)]
        list: Vec<String>,
        #[serde(default)]
        inner: Inner,
    }
    #[serde(default)]
    pub(crate) struct AllDefaulted { a: u8, b: String, c: Option<i32> }
    #[serde(rename_all = "camelCase")]
    pub(crate) struct Renamed {
        first_name: String,
        #[serde(rename = "the-last.name")]
        last_name: String,
    }
    pub(crate) struct Aliased { #[serde(alias = "other")] name: String }
    #[serde(deny_unknown_fields)]
    pub(crate) struct Closed { only: String }
    pub(crate) struct Skipping {
        kept: String,
        #[serde(skip)]
        skipped: u32,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        sometimes: Option<String>,
    }
    pub(crate) struct Keywords { r#type: String, title: String, default: u8, properties: Vec<String>, r#enum: bool, #[serde(rename = "anyOf")] any_of: String }
    pub(crate) struct Newtype(Text);
    pub(crate) struct Number(u16);
    #[serde(transparent)]
    pub(crate) struct Transparent { inner: Documented }
    pub(crate) struct Unit;
    pub(crate) struct Empty {}
    pub(crate) enum Plain { One, Two, Three }
    /// A documented enum.
    #[serde(rename_all = "snake_case")]
    pub(crate) enum Words {
        /// The first.
        FirstWord,
        /// The second.
        SecondWord,
    }
    pub(crate) enum HalfDocumented {
        /// Told.
        Told,
        Untold,
        AlsoUntold,
    }
    pub(crate) struct UsesEnums { plain: Plain, words: Words, maybe: Option<Words>, many: Vec<HalfDocumented> }
    pub(crate) struct DefaultedEnum { #[serde(default)] level: Level }
    pub(crate) enum External {
        Unit,
        /// A text.
        Newtype(Text),
        Value(u32),
        Struct { a: u8, b: Option<String> },
    }
    #[serde(tag = "kind")]
    pub(crate) enum Internal {
        Empty,
        /// Beside the tag.
        Newtype(Documented),
        Struct { a: u8, b: Option<u8> },
    }
    #[serde(tag = "kind", content = "data", rename_all = "lowercase")]
    pub(crate) enum Adjacent { Empty, Newtype(Text), List(Vec<u8>), Struct { a: u8, #[serde(default)] b: u8 } }
    #[serde(untagged)]
    pub(crate) enum Untagged { Struct { text: String }, Number(f64), Text(String), List(Vec<u8>) }
    #[serde(untagged)]
    pub(crate) enum Lookalike { More { a: u8, b: Option<u8>, c: u8 }, Less { a: u8, b: Option<u8> }, None {} }
    #[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
    pub(crate) enum Event { WasStarted { started_at: String }, WasStopped { exit_code: i32, core_dump: Option<String> } }
    #[serde(tag = "outer")]
    pub(crate) enum NestedTags { A(Internal), B(Event) }
    pub(crate) struct Flattened { own: u8, #[serde(flatten)] rest: Documented }
    pub(crate) struct FlattenedEnum { own: u8, #[serde(flatten)] rest: Internal }
    pub(crate) struct FlattenedExternal { own: u8, #[serde(flatten)] rest: Struct2 }
    pub(crate) struct FlattenedOption { own: u8, #[serde(flatten)] rest: Option<Documented> }
    pub(crate) struct Deep { a: Level1 }
    pub(crate) struct Level1 { b: Vec<Level2> }
    pub(crate) struct Level2 { c: Option<Level3>, #[serde(default)] d: u8 }
    pub(crate) struct Level3 { e: Internal, f: Vec<Vec<u8>> }
    pub(crate) struct Shared { first: Documented, second: Documented, third: Option<Documented>, fourth: Vec<Documented> }
    pub(crate) struct Boxed { inner: Box<Text>, maybe: Option<Box<Text>> }
    pub(crate) struct Sets { #[schemars(length(max = 3))] words: BTreeSet<String> }
    pub(crate) struct WithSchema { #[schemars(with = "String")] path: std::path::PathBuf, #[schemars(with = "Option<u8>")] n: Option<u16> }
    pub(crate) struct Nested { maybe: Option<Option<u8>>, lists: Vec<Option<Vec<Option<Text>>>> }
    pub(crate) struct Times { #[schemars(extend("format" = "date-time"))] at: String, #[schemars(extend("format" = "date"))] day: String }
    pub(crate) struct Addresses { v4: std::net::Ipv4Addr, any: std::net::IpAddr }
    pub(crate) struct Exampled { #[schemars(example = 5)] n: u8, #[deprecated] #[schemars(title = "A title")] old: Option<u8> }
    pub(crate) struct Entries {
        #[schemars(extend("x-maps" = "entries"))]
        counts: BTreeMap<String, u32>,
        #[schemars(extend("x-maps" = "entries"))]
        texts: HashMap<String, Text>,
    }
    #[result(maps = entries)]
    pub(crate) struct NumberedEntries {
        names: BTreeMap<u16, Option<String>>,
    }
    pub(crate) struct OptionalEntries {
        #[schemars(extend("x-maps" = "entries"))]
        maybe: Option<BTreeMap<String, Defaulted>>,
        #[serde(default)]
        #[schemars(extend("x-maps" = "entries"))]
        left_out: BTreeMap<String, Vec<u8>>,
    }
    // Not strict anywhere.
    pub(crate) struct Maps { counts: BTreeMap<String, u32> }
    pub(crate) struct Untyped { value: Value }
    pub(crate) struct Tuples { pair: (u8, String) }
    pub(crate) struct TupleStruct(u8, String);
    pub(crate) struct Extra { own: u8, #[serde(flatten)] rest: BTreeMap<String, Value> }
    pub(crate) struct BadName { #[serde(rename = "größe")] size: u8 }
    // Not strict at Anthropic.
    pub(crate) struct Tree { name: String, children: Vec<Tree> }
    pub(crate) struct Chain { next: Option<Box<Chain>>, #[serde(default)] weight: u8 }
    pub(crate) struct Forest { trees: Vec<Tree>, first: Option<Tree> }
    #[serde(tag = "op", rename_all = "snake_case")]
    pub(crate) enum Expression {
        Number { value: f64 },
        /// Both sides.
        Add { left: Box<Expression>, right: Box<Expression>, #[serde(default)] note: String },
        Negate(Box<Operand>),
    }
    pub(crate) struct Operand { of: Expression }
    pub(crate) enum Struct2 { Left { x: u8 }, Right { y: Option<u8> } }
    // What the others are put into.
    pub(crate) struct Page<T> { items: Vec<T>, next: Option<String> }
    pub(crate) struct Maybe<T> {
        /// One, or none.
        value: Option<T>,
    }
    /// Something or a reason.
    #[serde(tag = "outcome", rename_all = "snake_case")]
    pub(crate) enum Outcome<T> {
        /// It went well.
        Found { value: T },
        Missing { #[serde(default)] reason: String },
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TicketResult)]
pub(crate) struct Inner {
    a: u8,
}

/// How important.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TicketResult)]
pub(crate) enum Level {
    /// Not much.
    #[default]
    Low,
    /// Very.
    High,
}

impl Default for AllDefaulted {
    fn default() -> Self {
        Self {
            a: 7,
            b: "b".to_owned(),
            c: Some(-1),
        }
    }
}

fn word() -> String {
    "a \"word\"".to_owned()
}

/// A type, without the type.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) schema: Value,
    /// Reads a value and writes it again.
    pub(crate) reread: fn(&Value) -> Result<Value, String>,
    /// What its schema is known not to allow.
    pub(crate) expected: Expected,
}

/// Where a type has a strict form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Strict,
    /// Its type contains itself.
    OpenAiOnly,
    /// It has a default beside null.
    AnthropicOnly,
    /// Nowhere.
    Plain,
}

fn case<R: TicketResult>(expected: Expected) -> Case {
    let schema = agentwerk::schemas::Schema::of::<R>().unwrap().unwrap();
    Case {
        name: std::any::type_name::<R>().replace("dialects::types::", ""),
        schema: schema.document().clone(),
        reread: |value| {
            let read = R::deserialize(value).map_err(|error| error.to_string())?;
            Ok(serde_json::to_value(read).unwrap())
        },
        expected,
    }
}

/// Each type by itself, and in four others.
macro_rules! cases {
    ($($expected:ident: $($type:ty),+;)+) => {
        vec![$( $(
            case::<$type>(Expected::$expected),
            case::<Vec<$type>>(Expected::$expected),
            case::<Page<$type>>(Expected::$expected),
            case::<Maybe<$type>>(Expected::$expected),
            case::<Outcome<$type>>(Expected::$expected),
        )+ )+]
    };
}

pub(crate) fn all() -> Vec<Case> {
    cases! {
        Strict: Text, Documented, Integers, Floats, Ranged, Lengths, Patterned, Formatted, Flags,
            Characters, Fixed, Bytes, Optional, OptionalStruct, Described, Defaulted,
            Renamed, Aliased, Closed, Skipping, Keywords, Newtype, Number, Transparent, Unit, Empty,
            Plain, Words, HalfDocumented, UsesEnums, DefaultedEnum, External, Internal, Adjacent,
            Untagged, Lookalike, Event, NestedTags, Flattened, FlattenedEnum, FlattenedExternal,
            FlattenedOption, Deep, Shared, Boxed, Sets, WithSchema, Nested, Times, Addresses,
            Exampled, Entries, NumberedEntries, OptionalEntries;
        AnthropicOnly: AllDefaulted;
        OpenAiOnly: Tree, Chain, Forest, Expression;
        Plain: Maps, Untyped, Tuples, TupleStruct, Extra, BadName;
    }
}
