//! What an editor sees: a result that is still being typed, up to each token.

use std::fs;
use std::path::Path;

use proc_macro2::{Group, TokenStream, TokenTree};
use syn::DeriveInput;

use crate::result::expand_result;

/// The results of `tests/expand`, without the derive, each with its first words as a name.
fn results() -> Vec<(String, TokenStream)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand");
    let files = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let results = files.filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("result")
    });
    results
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let item = text.split("\n// Expands to:").next().unwrap();
            let mut input: DeriveInput = syn::parse_str(item).unwrap();
            input
                .attrs
                .retain(|attribute| !attribute.path().is_ident("derive"));
            (path.display().to_string(), quote::quote!(#input))
        })
        .collect()
}

/// The tokens up to each token, at any depth; with and without what follows the cut, because one
/// also types in the middle.
fn prefixes(tokens: TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for end in 0..=tokens.len() {
        let before = &tokens[..end];
        found.push(before.iter().cloned().collect());
        let Some(TokenTree::Group(group)) = tokens.get(end) else {
            continue;
        };
        for inner in prefixes(group.stream()) {
            let group = TokenTree::Group(Group::new(group.delimiter(), inner));
            let cut = before.iter().cloned().chain([group]);
            found.push(cut.clone().collect());
            found.push(cut.chain(tokens[end + 1..].iter().cloned()).collect());
        }
    }
    found
}

#[test]
fn every_prefix_of_every_result_gives_items() {
    let results = results();
    assert!(results.len() >= 3, "{results:?}");
    for (name, result) in results {
        let prefixes = prefixes(result);
        assert!(prefixes.len() > 40, "{name}: {}", prefixes.len());
        for prefix in prefixes {
            let is_whole = syn::parse2::<DeriveInput>(prefix.clone()).is_ok();
            let expansion = expand_result(prefix.clone());
            let written = expansion.tokens.to_string();
            let is_result = written.contains(":: TicketResult for");
            assert_eq!(is_result, is_whole, "{name}: `{prefix}` became `{written}`");
            let tokens = expansion.into_tokens();
            let parsed = syn::parse2::<syn::File>(tokens.clone());
            assert!(parsed.is_ok(), "{name}: `{prefix}` became `{tokens}`");
        }
    }
}
