use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use crate::result::expand_result;
use crate::tool::expand_tool;

fn tool() -> TokenStream {
    quote! {
        #[doc = " Search the archive."]
        #[instrument(skip(context))]
        pub async fn search(
            #[doc = " What to look for."]
            #[schemars(length(min = 2))]
            query: String,
            context: &ToolContext,
            #[serde(default)] mut limits: BTreeMap<String, (u32, u32)>,
        ) -> Result<Vec<Hit>, archive::Error>
        where
            String: Clone,
        {
            limits.len() +
        }
    }
}

fn result() -> TokenStream {
    quote! {
        #[doc = " What was found."]
        #[derive(Debug)]
        #[serde(default, rename_all = "camelCase")]
        #[result(check = Report::check)]
        pub(crate) struct Report<T: Clone, const N: usize = 3> where T: PartialEq {
            #[doc = " A headline."]
            #[serde(rename = "heading")]
            pub title: String,
            pub findings: BTreeMap<String, Vec<Finding<T, N>>>,
            previous: Option<Box<Self>>,
        }
    }
}

/// The tokens up to each token at the top, and up to each one in a list of parameters or fields.
/// Attributes stay whole.
fn prefixes(tokens: TokenStream, inside: Option<Delimiter>) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for end in 0..=tokens.len() {
        found.push(tokens[..end].iter().cloned().collect());
        if let Some(TokenTree::Group(group)) = tokens.get(end)
            && inside == Some(group.delimiter())
        {
            for inner in prefixes(group.stream(), None) {
                let group = TokenTree::Group(Group::new(group.delimiter(), inner));
                let mut shortened = tokens.clone();
                shortened[end] = group;
                found.push(shortened.into_iter().collect());
            }
        }
    }
    found
}

fn assert_parses(prefix: &TokenStream, tokens: TokenStream) {
    let text = tokens.to_string();
    let parsed = syn::parse2::<syn::File>(tokens);
    if let Err(error) = parsed {
        panic!("the expansion of `{prefix}` does not parse: {error}\n{text}");
    }
}

/// The body of a function is not looked at, so these do not parse it either.
fn without_body(function: TokenStream) -> TokenStream {
    function
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Brace
                    && group.to_string().contains("limits . len") =>
            {
                TokenTree::Group(Group::new(Delimiter::Brace, TokenStream::new()))
            }
            token => token,
        })
        .collect()
}

#[test]
fn every_prefix_of_a_tool_gives_items() {
    let shortened = prefixes(tool(), Some(Delimiter::Parenthesis));
    assert!(shortened.len() > 40, "{}", shortened.len());
    for prefix in shortened {
        let expansion = expand_tool(TokenStream::new(), prefix.clone());
        assert_parses(&prefix, without_body(expansion.into_tokens()));
    }
    for prefix in prefixes(quote!(name = "a", read_only, timeout = "30s"), None) {
        let expansion = expand_tool(prefix.clone(), tool());
        assert_parses(&prefix, without_body(expansion.into_tokens()));
    }
}

#[test]
fn every_prefix_of_a_result_gives_items() {
    let shortened = prefixes(result(), Some(Delimiter::Brace));
    assert!(shortened.len() > 40, "{}", shortened.len());
    for prefix in shortened {
        assert_parses(&prefix, expand_result(prefix.clone()).into_tokens());
    }
}

#[test]
fn a_whole_item_has_no_errors() {
    assert_eq!(
        expand_tool(TokenStream::new(), tool()).errors.texts(),
        [""; 0]
    );
    assert_eq!(expand_result(result()).errors.texts(), [""; 0]);
}

#[test]
fn a_function_is_written_back_as_it_was() {
    let expansion = expand_tool(quote!(read_only), tool());
    let written: Vec<TokenTree> = expansion.tokens.into_iter().collect();
    let expected: Vec<TokenTree> = quote! {
        #[doc = " Search the archive."]
        #[instrument(skip(context))]
        pub async fn search(
            query: String,
            context: &ToolContext,
            mut limits: BTreeMap<String, (u32, u32)>,
        ) -> Result<Vec<Hit>, archive::Error>
        where
            String: Clone,
        {
            limits.len() +
        }
    }
    .into_iter()
    .collect();
    let written: TokenStream = written.into_iter().take(expected.len()).collect();
    let expected: TokenStream = expected.into_iter().collect();
    assert_eq!(written.to_string(), expected.to_string());
}
