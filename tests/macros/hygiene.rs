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

    #[derive(::serde::Serialize, ::serde::Deserialize, agentwerk::TicketResult)]
    pub(super) struct Sum {
        pub(super) generator: u8,
        pub(super) value: ::std::option::Option<u8>,
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

    let args = json!({ "local": { "text": "a" } });
    assert_eq!(call(Echo, args).await, json!("a ."));
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
    let schema = agentwerk::schemas::Schema::of::<Said>();
    assert!(schema.unwrap().unwrap().validate(&words).is_ok());
}
