use proc_macro2::TokenStream;
use quote::quote;

use crate::result::expand_result;
use crate::tool::expand_tool;

/// The first lines of what `#[tool(attributes)] item` is told.
fn tool_errors(attributes: TokenStream, item: TokenStream) -> Vec<String> {
    first_lines(expand_tool(attributes, item).errors.texts())
}

fn result_errors(item: TokenStream) -> Vec<String> {
    first_lines(expand_result(item).errors.texts())
}

fn first_lines(texts: Vec<String>) -> Vec<String> {
    texts
        .iter()
        .filter_map(|text| text.lines().next())
        .map(str::to_owned)
        .collect()
}

/// What a tool with these parameters is told.
fn parameter_errors(parameters: TokenStream) -> Vec<String> {
    tool_errors(
        TokenStream::new(),
        quote!(#[doc = "Searches."] async fn search(#parameters) {}),
    )
}

#[test]
fn keys_are_checked() {
    let item = quote!(
        #[doc = "Searches."]
        async fn search() {}
    );
    let errors = |attributes| tool_errors(attributes, item.clone());
    assert_eq!(
        errors(quote!(readonly)),
        ["[T02] `#[tool]` has no key `readonly`"]
    );
    assert_eq!(
        errors(quote!(struct = Search)),
        ["[T02] `#[tool]` has no key `struct`"]
    );
    assert_eq!(
        errors(quote!(name = "a", name = "b")),
        ["[T03] `name` is set twice"]
    );
    assert_eq!(
        errors(quote!(read_only = true)),
        ["[T04] `read_only` takes no value"]
    );
    assert_eq!(errors(quote!(name)), ["[T04] `name` needs a value"]);
    assert_eq!(
        errors(quote!(name(a))),
        ["[T04] `name` takes a text, found `(a)`"]
    );
    for timeout in ["30", "s", "0s", "1.5s", "30 s", "99999999999999999999s"] {
        assert_eq!(
            errors(quote!(timeout = #timeout)),
            [format!(
                "[T04] `timeout` takes a whole number and a unit, found {timeout:?}"
            )]
        );
    }
    for timeout in ["500ms", "30s", "2m", "1h"] {
        assert_eq!(errors(quote!(timeout = #timeout)), [""; 0]);
    }
}

#[test]
fn names_are_checked() {
    let item = quote!(
        #[doc = "Searches."]
        async fn search() {}
    );
    let errors = |name: &str| tool_errors(quote!(name = #name), item.clone());
    assert_eq!(
        errors("a b"),
        ["[T05] the name of a tool cannot contain ` `"]
    );
    assert_eq!(
        errors("1a"),
        ["[T05] the name of a tool cannot begin with `1`"]
    );
    assert_eq!(errors(""), ["[T05] the name of a tool cannot be empty"]);
    assert_eq!(
        errors("größe"),
        ["[T05] the name of a tool cannot contain `ö`"]
    );
    assert_eq!(
        errors(&"a".repeat(65)),
        ["[T05] the name of a tool has at most 64 characters, this one has 65"]
    );
    for function in [quote!(_1), quote!(__), quote!(self_)] {
        let item = quote!(#[doc = "Searches."] async fn #function() {});
        let name = function.to_string();
        assert_eq!(
            tool_errors(TokenStream::new(), item),
            [format!("[T05] no type can be named after `{name}`")]
        );
    }
}

#[test]
fn parameters_are_checked() {
    let cases = [
        (quote!(&self), "[T07] `#[tool]` stands on a method"),
        (
            quote!(_: u8),
            "[T08] the parameter `_` has no name to tell a model",
        ),
        (
            quote!(#[cfg(unix)] a: u8),
            "[T11] a parameter of a tool cannot depend on `cfg`",
        ),
        (
            quote!(a: &ToolContext, b: &x::ToolContext),
            "[T12] a tool has one context",
        ),
        (
            quote!(a: ToolContext),
            "[T20] `ToolContext` is not how a tool gets its context",
        ),
        (
            quote!(a: &mut ToolContext),
            "[T20] `&mut ToolContext` is not how a tool gets its context",
        ),
        (
            quote!(a: impl Into<u8>),
            "[T06] `impl Into<u8>` is generic, but a tool has one schema",
        ),
        (
            quote!(a: u8, ...),
            "[T15] a tool cannot have a variable number of parameters",
        ),
    ];
    for (parameters, text) in cases {
        assert_eq!(parameter_errors(parameters), [text]);
    }
    assert_eq!(
        parameter_errors(quote!(a: u8, #[allow(unused)] mut b: u8)),
        [""; 0]
    );
}

#[test]
fn an_owned_type_is_proposed() {
    let cases = [
        (quote!(&str), "String"),
        (quote!(&'a [&str]), "Vec<String>"),
        (quote!(&std::path::Path), "PathBuf"),
        (quote!(&mut Filter), "Filter"),
        (quote!(Option<&str>), "Option<String>"),
        (quote!((u8, Vec<(&str, u8)>)), "(u8, Vec<(String, u8)>)"),
        (quote!([&str; 2]), "[String; 2]"),
    ];
    for (ty, owned) in cases {
        let item = quote!(#[doc = "Searches."] async fn search(a: #ty) {});
        let texts = expand_tool(TokenStream::new(), item).errors.texts();
        let help = format!("help: a tool owns its arguments: write `{owned}`");
        assert_eq!(texts.len(), 1);
        assert_eq!(texts[0].lines().nth(1), Some(help.as_str()));
    }
}

#[test]
fn only_a_plain_async_function_is_a_tool() {
    let errors = |item| tool_errors(TokenStream::new(), item);
    let not_a_function = "[T15] `#[tool]` stands on something that is not a function";
    assert_eq!(
        errors(quote!(
            struct Search;
        )),
        [not_a_function]
    );
    assert_eq!(
        errors(quote!(
            #[doc = "A."]
            impl Search {}
        )),
        [not_a_function]
    );
    assert_eq!(
        errors(quote!(
            #[doc = "A."]
            fn search() {}
        )),
        ["[T15] tool `search` is not async"]
    );
    assert_eq!(
        errors(quote!(
            #[doc = "A."]
            async unsafe extern "C" fn search() {}
        )),
        [
            "[T15] a tool cannot be `unsafe`",
            "[T15] a tool cannot be `extern`"
        ]
    );
    assert_eq!(
        errors(quote!(
            #[doc = "A."]
            async fn search();
        )),
        ["[T15] a tool needs a body"]
    );
    assert_eq!(
        errors(quote!(
            #[doc = "A."]
            async fn search<T>() {}
        )),
        ["[T06] tool `search` is generic, but a tool has one schema"]
    );
    assert_eq!(
        errors(quote!(
            #[doc = ""]
            #[doc(hidden)]
            async fn search() {}
        )),
        ["[T01] tool `search` has no description, so a model cannot know when to call it"]
    );
}

#[test]
fn what_is_no_result_is_told_so() {
    let union = result_errors(quote!(union Bits { float: f32, integer: u32 }));
    assert_eq!(
        union,
        ["[R02] the union `Bits` cannot be the result of a ticket"]
    );
    let borrowed = result_errors(quote!(
        struct Two<'a, 'b>(&'a str, &'b str);
    ));
    assert_eq!(
        borrowed,
        ["[R03] `Two` borrows, but a result owns its data"]
    );
    let twice = result_errors(quote!(
        #[result(check = a, check = b)]
        struct Two;
    ));
    assert_eq!(twice, ["[R04] `check` is set twice"]);
    let unknown = result_errors(quote!(
        #[result(name = "a", verify(b))]
        struct Two;
    ));
    assert_eq!(
        unknown,
        [
            "[R04] `#[result]` has no key `name`",
            "[R04] `#[result]` has no key `verify`"
        ]
    );
    let field = result_errors(quote!(
        enum E {
            A(#[result(check = a)] u8),
        }
    ));
    assert_eq!(
        field,
        ["[R04] `#[result(..)]` stands on a field or a variant"]
    );
}

#[test]
fn a_flood_of_errors_is_cut_and_counted() {
    let keys = (0..20).map(|number| quote::format_ident!("key_{number}"));
    let item = quote!(
        #[doc = "Searches."]
        async fn search() {}
    );
    let expansion = expand_tool(quote!(#(#keys),*), item);
    assert_eq!(expansion.errors.texts().len(), 12);
    let text = expansion.into_tokens().to_string();
    assert!(text.contains("note: and 8 more errors"), "{text}");
}
