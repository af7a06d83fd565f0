use super::{EnvironmentError, Selection, Vendor, select, select_model};
use crate::providers::key::ApiKey;

type Variables<'a> = &'a [(&'a str, &'a str)];

fn lookup<'a>(variables: Variables<'a>) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    }
}

fn selected(variables: Variables<'_>) -> Result<Vendor, EnvironmentError> {
    select(lookup(variables)).map(|selection| selection.vendor)
}

const ALL_KEYS: [(&str, &str); 4] = [
    ("OPENAI_API_KEY", "o"),
    ("ANTHROPIC_API_KEY", "a"),
    ("MISTRAL_API_KEY", "m"),
    ("LITELLM_API_KEY", "l"),
];

#[test]
fn the_first_key_counts_in_a_fixed_order() {
    let vendors = [
        Vendor::OpenAi,
        Vendor::Anthropic,
        Vendor::Mistral,
        Vendor::LiteLlm,
    ];
    for (count, vendor) in (1..).zip(vendors) {
        assert_eq!(selected(&ALL_KEYS[..count]), Ok(vendor));
    }
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let variables = [
        ("LITELLM_PROVIDER", ""),
        ("LITELLM_API_KEY", " "),
        ("ANTHROPIC_API_KEY", "a"),
        ("ANTHROPIC_BASE_URL", ""),
    ];
    let expected = Selection {
        vendor: Vendor::Anthropic,
        key: ApiKey::new("a"),
        base_url: "https://api.anthropic.com".to_owned(),
    };
    assert_eq!(select(lookup(&variables)), Ok(expected));
}

#[test]
fn the_named_provider_wins_over_the_order_of_keys() {
    for (name, vendor) in [
        ("openai", Vendor::OpenAi),
        ("anthropic", Vendor::Anthropic),
        ("mistral", Vendor::Mistral),
        ("litellm", Vendor::LiteLlm),
        (" OpenAI ", Vendor::OpenAi),
    ] {
        let mut variables = ALL_KEYS.to_vec();
        variables.push(("LITELLM_PROVIDER", name));
        assert_eq!(selected(&variables), Ok(vendor));
    }
}

#[test]
fn each_vendor_has_its_own_base_url() {
    let variables = [
        ("LITELLM_API_KEY", "l"),
        ("LITELLM_BASE_URL", "http://proxy:1"),
        ("OPENAI_BASE_URL", "x"),
    ];
    let selection = select(lookup(&variables)).unwrap();
    assert_eq!(selection.base_url, "http://proxy:1");
    assert_eq!(selection.provider().name(), "litellm");
}

#[test]
fn errors_name_what_to_set() {
    let unknown = selected(&[("LITELLM_PROVIDER", "gemini")])
        .unwrap_err()
        .to_string();
    let missing = selected(&[("LITELLM_PROVIDER", "mistral"), ("OPENAI_API_KEY", "o")]);
    let missing = missing.unwrap_err().to_string();
    let none = selected(&[]).unwrap_err().to_string();
    assert_eq!(
        unknown,
        "`LITELLM_PROVIDER` is `gemini`: expected `anthropic`, `mistral`, `openai` or `litellm`"
    );
    assert_eq!(
        missing,
        "`LITELLM_PROVIDER` is `mistral`, but `MISTRAL_API_KEY` is not set"
    );
    for name in [
        "LITELLM_API_KEY",
        "MISTRAL_API_KEY",
        "ANTHROPIC_API_KEY",
        "OPENAI_API_KEY",
    ] {
        assert!(none.contains(name), "{none}");
    }
}

#[test]
fn the_model_is_the_general_one_then_the_vendors_then_its_default() {
    let model = |variables| select_model(lookup(variables));
    assert_eq!(model(&[("MODEL", "any")]).unwrap(), "any");
    assert_eq!(
        model(&[
            ("MODEL", "any"),
            ("OPENAI_API_KEY", "o"),
            ("OPENAI_MODEL", "own")
        ])
        .unwrap(),
        "any"
    );
    assert_eq!(
        model(&[("OPENAI_API_KEY", "o"), ("OPENAI_MODEL", "own")]).unwrap(),
        "own"
    );
    let defaults = [
        "gpt-6.1-terra",
        "claude-sonnet-5-5",
        "mistral-medium-latest",
        "claude-sonnet-5-5",
    ];
    for (count, default) in (1..).zip(defaults) {
        assert_eq!(model(&ALL_KEYS[..count]).unwrap(), default);
    }
    assert_eq!(model(&[]), Err(EnvironmentError::NoProvider));
}

#[test]
fn a_selection_shows_no_key() {
    let selection = select(lookup(&[("OPENAI_API_KEY", "sk-secret")])).unwrap();
    assert!(!format!("{selection:?}").contains("sk-secret"));
}
