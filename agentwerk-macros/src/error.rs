//! Errors: collected through a whole expansion and reported at once.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

/// Errors that one expansion reports at most; whoever reads that many fixes some first.
const ERRORS_MAX: usize = 12;

macro_rules! codes {
    ($( $(#[$doc:meta])* $code:ident )*) => {
        /// The name of a mistake, which stands in its text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code {
            $( $(#[$doc])* $code, )*
        }

        impl Code {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$( Self::$code, )*];
        }
    };
}

// Mistakes that the compiler words are in the diagnostics page only.
codes! {
    /// A tool without a description.
    T01
    /// An unknown key.
    T02
    /// A key that is given twice.
    T03
    /// A key that needs a value, takes none, or takes another one.
    T04
    /// A name that no vendor takes.
    T05
    /// Generics and `impl Trait`.
    T06
    /// A receiver outside of `#[tools]`.
    T07
    /// A parameter without a name.
    T08
    /// A receiver that would need the whole value.
    T09
    /// Keys that do not go together.
    T10
    /// `#[cfg]` on a parameter.
    T11
    /// Two contexts.
    T12
    /// A default of what may be left out anyway.
    T13
    /// An item that cannot be a tool.
    T15
    /// A set without a tool.
    T16
    /// A limit that the parameter's type cannot have.
    T17
    /// A parameter that the model cannot fill in.
    T20
    /// A union.
    R02
    /// A generic parameter that a result cannot have.
    R03
    /// An unknown or repeated key of `#[result(..)]`.
    R04
    /// A map, where a vendor must be strict.
    R06
    /// JSON of any form, where a vendor must be strict.
    R07
    /// A field or variant without docs.
    R08
    /// A tuple, where a vendor must be strict.
    R09
    /// An enum without a tag.
    R10
    /// A type that holds itself.
    R11
    /// What is written is not what is read.
    R14
    /// A limit that the field's type cannot have.
    R15
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

/// The errors of one expansion, and its warnings.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    found: Vec<syn::Error>,
    left_out: usize,
    warnings: Vec<syn::Error>,
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
        self.push(told(tokens, code, text, help));
    }

    /// Warns of something that works and will be regretted.
    pub(crate) fn warn(
        &mut self,
        tokens: impl ToTokens,
        code: Code,
        text: impl AsRef<str>,
        help: impl AsRef<str>,
    ) {
        self.warnings.push(told(tokens, code, text, help));
    }

    /// Reports that something could not be parsed.
    pub(crate) fn syntax(&mut self, error: syn::Error) {
        self.push(error);
    }

    /// The same; what is missing at the end of `tokens` is reported at the last of them.
    pub(crate) fn syntax_in(&mut self, error: syn::Error, tokens: &TokenStream) {
        let is_at_end = is_same_span(error.span(), Span::call_site());
        let last = tokens.clone().into_iter().last();
        match last.filter(|_| is_at_end) {
            Some(last) => self.push(syn::Error::new(last.span(), error)),
            None => self.push(error),
        }
    }

    /// The errors and the warnings, in the order in which they were found.
    #[cfg(test)]
    pub(crate) fn found(&self) -> impl Iterator<Item = &syn::Error> {
        self.found.iter().chain(&self.warnings)
    }

    /// The texts, in the order in which they were found.
    #[cfg(test)]
    pub(crate) fn texts(&self) -> Vec<String> {
        self.found.iter().map(ToString::to_string).collect()
    }

    /// Adds the errors of a part.
    pub(crate) fn append(&mut self, part: Self) {
        for error in part.found {
            self.push(error);
        }
        self.left_out += part.left_out;
        self.warnings.extend(part.warnings);
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
        let errors = self.found.iter().map(syn::Error::to_compile_error);
        errors.chain(self.warnings.iter().map(warning)).collect()
    }
}

/// What is wrong at `tokens`, and what to write instead.
fn told(
    tokens: impl ToTokens,
    code: Code,
    text: impl AsRef<str>,
    help: impl AsRef<str>,
) -> syn::Error {
    let text = format!("[{code:?}] {}\nhelp: {}", text.as_ref(), help.as_ref());
    syn::Error::new_spanned(tokens, text)
}

/// Stable Rust has no warnings of macros, but warns of the use of what is deprecated.
fn warning(warning: &syn::Error) -> TokenStream {
    let text = warning.to_string();
    let place = Ident::new("warning", warning.span());
    quote! {
        const _: () = {
            #[deprecated(note = #text)]
            #[allow(non_upper_case_globals)]
            const warning: () = ();
            #place
        };
    }
}

/// Whether two errors say the same of the same place.
fn is_same(left: &syn::Error, right: &syn::Error) -> bool {
    left.to_string() == right.to_string() && is_same_span(left.span(), right.span())
}

/// Stable Rust compares spans by their print.
fn is_same_span(left: Span, right: Span) -> bool {
    format!("{left:?}") == format!("{right:?}")
}
