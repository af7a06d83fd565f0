use std::time::Duration;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Ident, LitStr, Path};

use super::name::check_name;
use super::signature::Function;
use crate::error::{Code, Errors};
use crate::keys::Keys;
use crate::settings::Settings;

/// What `#[tool(..)]` says.
#[derive(Default)]
pub(crate) struct Options {
    settings: Settings,
    pub(super) timeout: Option<Duration>,
}

/// Where the body of a tool runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Execution {
    /// Where it is called.
    Direct,
    /// On a thread for blocking work.
    Blocking,
    /// On a thread of its own, which drives its future.
    Local,
}

/// Pairs of keys that contradict each other, and why.
const CONFLICTS: &[(&str, &str, &str)] = &[
    (
        "read_only",
        "exclusive",
        "calls that change nothing may run beside each other",
    ),
    (
        "blocking",
        "local",
        "`blocking` is for a `fn`, `local` for an `async fn`",
    ),
];

impl Options {
    pub(super) fn parse(attributes: TokenStream, keys: &Keys, errors: &mut Errors) -> Self {
        let settings = Settings::parse(attributes, keys, errors);
        for (first, second, reason) in CONFLICTS {
            if let (Some(_), Some(key)) = (settings.key(first), settings.key(second)) {
                let text = format!("`{second}` does not go with `{first}`: {reason}");
                errors.at(key, Code::T10, text, "remove one of the two");
            }
        }
        if let Some(name) = settings.text("name") {
            check_name(name, &name.value(), errors);
        }
        let timeout = settings.text("timeout");
        let timeout = timeout.and_then(|text| duration(text, errors));
        Self { settings, timeout }
    }

    /// Reports what contradicts the function.
    pub(super) fn check(&self, function: &Function, errors: &mut Errors) {
        let name = &function.name;
        let wrong = match function.is_async() {
            true => ("blocking", "an `async fn`", "local"),
            false => ("local", "a `fn` that is not async", "blocking"),
        };
        let (key, found, instead) = wrong;
        if let Some(key) = self.settings.key(key) {
            let text = format!("`{key}` does not go with `{name}`, which is {found}");
            errors.at(
                key,
                Code::T10,
                text,
                format!("write `{instead}`, or remove it"),
            );
        }
        if let Some(key) = self.settings.key("timeout")
            && !function.is_async()
            && self.execution() == Execution::Direct
        {
            let text = format!("`timeout` does not go with `{name}`, which nothing can stop");
            errors.at(
                key,
                Code::T10,
                text,
                "add `blocking`, or write an `async fn`",
            );
        }
    }

    /// The name that the model calls, if it is not that of the function.
    pub(super) fn name(&self) -> Option<&LitStr> {
        self.settings.text("name")
    }

    /// The name of the type, if it is not made from that of the function.
    pub(super) fn ty(&self) -> Option<&Ident> {
        self.settings.name("struct")
    }

    pub(super) fn execution(&self) -> Execution {
        if self.settings.has("blocking") {
            Execution::Blocking
        } else if self.settings.has("local") {
            Execution::Local
        } else {
            Execution::Direct
        }
    }

    /// The function that decides whether a call needs leave.
    pub(super) fn approval(&self) -> Option<&Path> {
        self.settings.path("approval")
    }

    /// The calls that add to the spec what the keys say.
    pub(super) fn spec(&self) -> TokenStream {
        let flags = ["read_only", "idempotent", "exclusive"]
            .into_iter()
            .filter_map(|key| self.settings.key(key))
            .map(|key| quote!(.#key(true)));
        let timeout = self.timeout.map(|timeout| {
            let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
            quote!(.timeout(__aw::std::time::Duration::from_millis(#millis)))
        });
        let strict = self.settings.bool("strict").map(|strict| {
            let strict = if strict {
                quote!(Required)
            } else {
                quote!(Off)
            };
            quote!(.strict(__aw::Strict::#strict))
        });
        let rule = match (self.settings.has("approval"), self.approval()) {
            (false, _) => None,
            (true, None) => Some(quote!(Always)),
            (true, Some(_)) => Some(quote!(PerCall)),
        };
        let approval = rule.map(|rule| quote!(.approval(__aw::ApprovalRule::#rule)));
        quote!(#(#flags)* #timeout #strict #approval)
    }

    /// Where this library is.
    pub(super) fn krate(&self) -> TokenStream {
        krate(&self.settings)
    }

    /// The keys as they are written.
    pub(super) fn written(&self) -> &[Ident] {
        self.settings.written()
    }
}

/// Where this library is.
pub(super) fn krate(settings: &Settings) -> TokenStream {
    let path = settings.path("crate").map(ToTokens::to_token_stream);
    path.unwrap_or_else(|| quote!(::agentwerk))
}

/// Parses `"30s"`.
fn duration(text: &LitStr, errors: &mut Errors) -> Option<Duration> {
    let value = text.value();
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = value.split_at(digits);
    let millis_per_unit = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let millis = millis_per_unit
        .zip(number.parse::<u64>().ok())
        .and_then(|(unit, number)| number.checked_mul(unit))
        .filter(|millis| *millis > 0);
    if millis.is_none() {
        errors.at(
            text,
            Code::T04,
            format!("`timeout` takes a whole number and a unit, found {value:?}"),
            "write for example `timeout = \"30s\"`; the units are `ms`, `s`, `m`, `h`",
        );
    }
    millis.map(Duration::from_millis)
}
