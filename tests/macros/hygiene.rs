//! What stands around a macro must not change what it makes, and the other way round.

use agentwerk::tools::{Json, Tool, ToolContext, TypedTool};
use serde_json::{Value, json};

async fn call(tool: impl TypedTool, args: Value) -> Value {
    let result = Tool::typed(tool).call(args, &ToolContext::new(".")).await;
    result.unwrap().content().clone()
}

/// Everything that is usually there has another meaning here.
#[expect(dead_code, reason = "they are only in the way")]
mod shadowed {
    pub(super) struct Result;
    pub(super) struct Option;
    pub(super) struct String;
    pub(super) struct Vec;
    pub(super) struct Box;
    pub(super) struct Ok;
    pub(super) struct Some;
    pub(super) struct ToolError;
    pub(super) trait Default {}
    pub(super) trait Into {}
    pub(super) mod std {}
    pub(super) mod serde {}
    pub(super) mod schemars {}

    /// Adds.
    #[agentwerk::tool]
    pub(super) async fn add(args: u8, self_: u8, result: u8, context: u8, __args: u8) -> u8 {
        args + self_ + result + context + __args
    }

    /// Lends, and takes what the program has.
    #[agentwerk::tool(blocking)]
    pub(super) fn lend(
        this: &str,
        spec: &[u8],
        hint: ::std::option::Option<&str>,
        value: u8,
        state: agentwerk::tools::State<u8>,
        __cx_0: agentwerk::tools::State<u8>,
        cx: &agentwerk::tools::ToolContext,
    ) -> usize {
        let hint = hint.map_or(0, str::len);
        let dir = cx.dir().as_os_str().len();
        this.len() + spec.len() + hint + dir + usize::from(value + *state + *__cx_0)
    }

    pub(super) struct Desk;

    #[agentwerk::tools]
    impl Desk {
        /// Gives it back.
        #[agentwerk::tool]
        pub(super) fn tools(&self, tool: u8) -> u8 {
            tool
        }

        /// Has the name of a method that every value has.
        #[agentwerk::tool(local)]
        pub(super) async fn clone(&self, into_iter: &str) -> usize {
            into_iter.len()
        }
    }

    #[derive(::serde::Serialize, ::serde::Deserialize, agentwerk::TicketResult)]
    pub(super) struct Sum {
        #[result(check = self::check)]
        pub(super) generator: u8,
        pub(super) value: ::std::option::Option<u8>,
        pub(super) __found: ::std::option::Option<Way>,
    }

    #[derive(::serde::Serialize, ::serde::Deserialize, agentwerk::TicketResult)]
    pub(super) enum Way {
        Result { __0: u8, __check: u8 },
        Option(u8, u8),
    }

    fn check(generator: &u8) -> ::std::result::Result<(), agentwerk::schemas::Violations> {
        assert!(*generator > 0);
        ::std::result::Result::Ok(())
    }
}

#[tokio::test]
async fn names_of_the_program_do_not_matter() {
    let args = json!({ "args": 1, "self_": 2, "result": 3, "context": 4, "__args": 5 });
    assert_eq!(call(shadowed::Add, args).await, json!(15));
    let schema = agentwerk::schemas::Schema::of::<shadowed::Sum>();
    assert!(
        schema
            .unwrap()
            .unwrap()
            .validate(&json!({ "generator": 1 }))
            .is_ok()
    );
}

#[tokio::test]
async fn names_of_a_set_do_not_matter() {
    use agentwerk::tools::IntoTools;

    let context = ToolContext::new(".").with_state(1_u8);
    let lend = Tool::typed(shadowed::Lend);
    let lent = lend
        .call(json!({ "this": "a", "spec": [1], "value": 2 }), &context)
        .await;
    assert_eq!(lent.unwrap().content(), &json!(7));

    let mut tools = Vec::new();
    shadowed::Desk.collect_into(&mut tools);
    let [give, clone] = tools.try_into().unwrap();
    let given = give.call(json!({ "tool": 7 }), &context).await;
    assert_eq!(given.unwrap().content(), &json!(7));
    let cloned = clone.call(json!({ "into_iter": "ab" }), &context).await;
    assert_eq!(cloned.unwrap().content(), &json!(2));
}

#[tokio::test]
async fn a_tool_and_a_result_may_stand_in_a_function() {
    #[derive(serde::Serialize, serde::Deserialize, agentwerk::TicketResult)]
    struct Local {
        text: String,
    }

    /// Gives it back.
    #[agentwerk::tool]
    async fn echo(local: Local, context: &ToolContext) -> String {
        format!("{} {}", local.text, context.dir().display())
    }

    struct Shelf;

    #[agentwerk::tools]
    impl Shelf {
        /// Counts.
        #[agentwerk::tool]
        fn count(&self, local: &Local) -> usize {
            local.text.len()
        }
    }

    let args = json!({ "local": { "text": "a" } });
    assert_eq!(call(Echo, args.clone()).await, json!("a ."));
    let count = std::sync::Arc::new(Shelf).count_tool();
    let counted = count.call(args, &ToolContext::new(".")).await;
    assert_eq!(counted.unwrap().content(), &json!(1));
}

macro_rules! repeating {
    ($(#[$attribute:meta])* $visibility:vis $name:ident, $parameter:ident: $ty:ty, $tool:ident) => {
        $(#[$attribute])*
        #[agentwerk::tool]
        $visibility async fn $name($parameter: $ty, context: &ToolContext) -> Json<Vec<$ty>> {
            let args = context.dir().is_absolute();
            assert!(!args);
            Json(vec![$parameter.clone(), $parameter])
        }

        #[derive(serde::Serialize, serde::Deserialize, agentwerk::TicketResult)]
        struct $tool {
            $parameter: Option<$ty>,
        }

        mod set {
            use super::ToolContext;

            pub(super) struct Set;

            #[agentwerk::tools]
            impl Set {
                /// Says it as it is.
                #[agentwerk::tool]
                pub(super) async fn $name(&self, $parameter: &$ty, context: &ToolContext) -> String {
                    format!("{:?} {}", $parameter, context.dir().display())
                }
            }
        }
    };
}

repeating! {
    /// Says it twice.
    pub(crate) say_twice, words: Vec<String>, Said
}

#[tokio::test]
async fn a_tool_and_a_result_may_come_from_another_macro() {
    let words = json!({ "words": ["a"] });
    assert_eq!(call(SayTwice, words.clone()).await, json!([["a"], ["a"]]));
    let said = std::sync::Arc::new(set::Set).say_twice_tool();
    let said = said.call(words.clone(), &ToolContext::new(".")).await;
    assert_eq!(said.unwrap().content(), r#"["a"] ."#);
    let schema = agentwerk::schemas::Schema::of::<Said>();
    assert!(schema.unwrap().unwrap().validate(&words).is_ok());
}

macro_rules! from_fragments {
    ($name:ident, $tool:literal, $time:literal, $strict:literal, $default:expr, $leave:path,
     $crate_path:path, $result:ident, $check:path) => {
        /// Comes from fragments.
        #[agentwerk::tool(
            name = $tool, timeout = $time, strict = $strict, approval = $leave, crate = $crate_path
        )]
        async fn $name(#[arg(default = $default)] count: u32) -> u32 {
            count
        }

        #[derive(serde::Serialize, serde::Deserialize, agentwerk::TicketResult)]
        #[result(name = $tool, strict = $strict, check = $check, crate = $crate_path)]
        struct $result {
            count: u32,
        }
    };
}

fn never(_: &u32, _: &ToolContext) -> agentwerk::tools::Approval {
    agentwerk::tools::Approval::NotNeeded
}

fn at_most_nine(fragment: &Fragment) -> Result<(), agentwerk::schemas::Violations> {
    match fragment.count {
        ..=9 => Ok(()),
        _ => Err(agentwerk::schemas::Violations::one("/count", "at most 9")),
    }
}

from_fragments! {
    fragments, "of-fragments", "3s", true, 3 + 4, never, ::agentwerk, Fragment, at_most_nine
}

#[tokio::test]
async fn keys_take_the_fragments_of_another_macro() {
    let tool = Tool::typed(Fragments);
    assert_eq!(tool.spec().name, "of-fragments");
    assert_eq!(tool.spec().timeout, Some(std::time::Duration::from_secs(3)));
    assert_eq!(tool.spec().strict, agentwerk::tools::Strict::Required);
    assert_eq!(call(Fragments, json!({})).await, json!(7));
    let schema = agentwerk::schemas::Schema::of::<Fragment>()
        .unwrap()
        .unwrap();
    assert_eq!(schema.document()["title"], "of-fragments");
    assert!(schema.validate(&json!({ "count": 10 })).is_err());
}
