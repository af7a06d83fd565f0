//! A provider and a model out of environment variables.

use super::key::ApiKey;
use super::{
    AnthropicProvider, LiteLlmProvider, MistralProvider, OpenAiProvider, SharedProvider, anthropic,
    litellm, mistral, openai,
};

/// Names the vendor, whichever keys are set.
const VENDOR_VARIABLE: &str = "LITELLM_PROVIDER";

/// Names the model, whichever vendor is selected.
const MODEL_VARIABLE: &str = "MODEL";

/// Characters of a wrong value that an error shows.
const VALUE_CHARS_MAX: usize = 40;

/// Why the environment gives no provider or no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// `LITELLM_PROVIDER` names none of the four vendors.
    #[error(
        "`LITELLM_PROVIDER` is `{value}`: expected `anthropic`, `mistral`, `openai` or `litellm`"
    )]
    UnknownProvider {
        /// Its value, shortened.
        value: String,
    },
    /// The vendor is selected and its key is not set.
    #[error("`LITELLM_PROVIDER` is `{provider}`, but `{variable}` is not set")]
    KeyMissing {
        /// The vendor.
        provider: &'static str,
        /// The variable to set.
        variable: &'static str,
    },
    /// No vendor is selected and no key is set.
    #[error(
        "no provider in the environment\nhint: set `LITELLM_API_KEY`, `MISTRAL_API_KEY`, \
         `ANTHROPIC_API_KEY` or `OPENAI_API_KEY`"
    )]
    NoProvider,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vendor {
    LiteLlm,
    Mistral,
    Anthropic,
    OpenAi,
}

/// The variables and defaults of one vendor.
struct Names {
    provider: &'static str,
    key: &'static str,
    base_url: &'static str,
    model: &'static str,
    default_base_url: &'static str,
    default_model: &'static str,
}

impl Vendor {
    /// In the order in which their keys are looked for.
    const ALL: [Self; 4] = [Self::LiteLlm, Self::Mistral, Self::Anthropic, Self::OpenAi];

    const fn names(self) -> Names {
        match self {
            Self::LiteLlm => Names {
                provider: "litellm",
                key: "LITELLM_API_KEY",
                base_url: "LITELLM_BASE_URL",
                model: "LITELLM_MODEL",
                default_base_url: litellm::DEFAULT_BASE_URL,
                default_model: litellm::DEFAULT_MODEL,
            },
            Self::Mistral => Names {
                provider: "mistral",
                key: "MISTRAL_API_KEY",
                base_url: "MISTRAL_BASE_URL",
                model: "MISTRAL_MODEL",
                default_base_url: mistral::DEFAULT_BASE_URL,
                default_model: mistral::DEFAULT_MODEL,
            },
            Self::Anthropic => Names {
                provider: "anthropic",
                key: "ANTHROPIC_API_KEY",
                base_url: "ANTHROPIC_BASE_URL",
                model: "ANTHROPIC_MODEL",
                default_base_url: anthropic::DEFAULT_BASE_URL,
                default_model: anthropic::DEFAULT_MODEL,
            },
            Self::OpenAi => Names {
                provider: "openai",
                key: "OPENAI_API_KEY",
                base_url: "OPENAI_BASE_URL",
                model: "OPENAI_MODEL",
                default_base_url: openai::DEFAULT_BASE_URL,
                default_model: openai::DEFAULT_MODEL,
            },
        }
    }
}

/// Which provider the environment asks for.
#[derive(Debug, PartialEq, Eq)]
struct Selection {
    vendor: Vendor,
    key: ApiKey,
    base_url: String,
}

impl Selection {
    fn provider(self) -> SharedProvider {
        let key = self.key.expose();
        let url = self.base_url;
        match self.vendor {
            Vendor::LiteLlm => SharedProvider::new(LiteLlmProvider::new(key).base_url(url)),
            Vendor::Mistral => SharedProvider::new(MistralProvider::new(key).base_url(url)),
            Vendor::Anthropic => SharedProvider::new(AnthropicProvider::new(key).base_url(url)),
            Vendor::OpenAi => SharedProvider::new(OpenAiProvider::new(key).base_url(url)),
        }
    }
}

impl SharedProvider {
    /// Selects a provider by environment variables.
    ///
    /// `LITELLM_PROVIDER` names it (`anthropic`, `mistral`, `openai`, `litellm`); otherwise it is
    /// the first whose key is set: `LITELLM_API_KEY`, `MISTRAL_API_KEY`, `ANTHROPIC_API_KEY`,
    /// `OPENAI_API_KEY`. `<VENDOR>_BASE_URL` sets its base URL. An empty variable counts as unset.
    ///
    /// # Errors
    /// - [`EnvironmentError::UnknownProvider`]: correct `LITELLM_PROVIDER`.
    /// - [`EnvironmentError::KeyMissing`]: set the key that it names.
    /// - [`EnvironmentError::NoProvider`]: set one of the four keys.
    pub fn from_env() -> Result<Self, EnvironmentError> {
        Ok(select(variable)?.provider())
    }
}

/// Selects a model by environment variables.
///
/// `MODEL` wins; then `<VENDOR>_MODEL` of the provider that [`SharedProvider::from_env`] selects;
/// then that vendor's default.
///
/// # Errors
/// `MODEL` is not set, and no provider is selected either: as [`SharedProvider::from_env`].
pub fn model_from_env() -> Result<String, EnvironmentError> {
    select_model(variable)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn select(lookup: impl Fn(&str) -> Option<String>) -> Result<Selection, EnvironmentError> {
    let set = |name: &str| read(&lookup, name);
    let vendor = select_vendor(&lookup)?;
    let names = vendor.names();
    let key = set(names.key).ok_or(EnvironmentError::KeyMissing {
        provider: names.provider,
        variable: names.key,
    })?;
    Ok(Selection {
        vendor,
        key: ApiKey::new(key),
        base_url: set(names.base_url).unwrap_or_else(|| names.default_base_url.to_owned()),
    })
}

fn select_model(lookup: impl Fn(&str) -> Option<String>) -> Result<String, EnvironmentError> {
    if let Some(model) = read(&lookup, MODEL_VARIABLE) {
        return Ok(model);
    }
    let names = select_vendor(&lookup)?.names();
    Ok(read(&lookup, names.model).unwrap_or_else(|| names.default_model.to_owned()))
}

fn select_vendor(lookup: &impl Fn(&str) -> Option<String>) -> Result<Vendor, EnvironmentError> {
    let mut vendors = Vendor::ALL.into_iter();
    match read(lookup, VENDOR_VARIABLE) {
        Some(value) => vendors
            .find(|vendor| value.eq_ignore_ascii_case(vendor.names().provider))
            .ok_or_else(|| EnvironmentError::UnknownProvider {
                value: value.chars().take(VALUE_CHARS_MAX).collect(),
            }),
        None => vendors
            .find(|vendor| read(lookup, vendor.names().key).is_some())
            .ok_or(EnvironmentError::NoProvider),
    }
}

/// Reads a variable; a blank one counts as unset.
fn read(lookup: &impl Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    let value = lookup(name)?.trim().to_owned();
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
#[path = "tests/env.rs"]
mod tests;
