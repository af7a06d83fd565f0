//! Errors: collected through a whole expansion and reported at once.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// Errors that one expansion reports at most; whoever reads that many fixes some first.
const ERRORS_MAX: usize = 12;

/// The name of a mistake, under which the diagnostics page explains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// A tool without a description.
    T01,
    /// An unknown key.
    T02,
    /// A key that is given twice.
    T03,
    /// A key that needs a value, takes none, or takes another one.
    T04,
    /// A name that no vendor takes.
    T05,
    /// Generics and `impl Trait`.
    T06,
    /// A receiver.
    T07,
    /// A parameter without a name.
    T08,
    /// `#[cfg]` on a parameter.
    T11,
    /// Two contexts.
    T12,
    /// An item that is not a plain `async fn`.
    T15,
    /// A parameter that the model cannot fill in.
    T20,
    /// A union.
    R02,
    /// A generic parameter that a result cannot have.
    R03,
    /// An unknown or repeated key of `#[result(..)]`.
    R04,
}

/// What a macro gives back.
#[derive(Debug)]
pub(crate) struct Expansion {
    /// Tokens that are wanted whether or not there were errors.
    pub(crate) tokens: TokenStream,
    /// What is wrong with the item.
    pub(crate) errors: Errors,
}

impl Expansion {
    /// The errors, then the tokens: rustc prints them in this order.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let Self { tokens, errors } = self;
        let errors = errors.into_tokens();
        quote!(#errors #tokens)
    }
}

/// The errors of one expansion.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    found: Vec<syn::Error>,
    left_out: usize,
}

impl Errors {
    /// Reports a mistake at `tokens`, which must not be empty, and what to write instead.
    pub(crate) fn at(
        &mut self,
        tokens: impl ToTokens,
        code: Code,
        text: impl AsRef<str>,
        help: impl AsRef<str>,
    ) {
        let text = format!("[{code:?}] {}\nhelp: {}", text.as_ref(), help.as_ref());
        self.push(syn::Error::new_spanned(tokens, text));
    }

    /// Reports that something could not be parsed.
    pub(crate) fn syntax(&mut self, error: syn::Error) {
        self.push(error);
    }

    /// The texts, in the order in which they were found.
    #[cfg(test)]
    pub(crate) fn texts(&self) -> Vec<String> {
        self.found.iter().map(ToString::to_string).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    fn push(&mut self, error: syn::Error) {
        if self.found.iter().any(|known| is_same(known, &error)) {
            return;
        }
        if self.found.len() == ERRORS_MAX {
            self.left_out += 1;
            return;
        }
        self.found.push(error);
    }

    fn into_tokens(mut self) -> TokenStream {
        if self.left_out > 0
            && let Some(last) = self.found.pop()
        {
            let text = format!("{last}\nnote: and {} more errors", self.left_out);
            self.found.push(syn::Error::new(last.span(), text));
        }
        self.found
            .iter()
            .map(syn::Error::to_compile_error)
            .collect()
    }
}

/// Whether two errors say the same of the same place. Stable Rust compares spans by their print.
fn is_same(left: &syn::Error, right: &syn::Error) -> bool {
    left.to_string() == right.to_string()
        && format!("{:?}", left.span()) == format!("{:?}", right.span())
}
