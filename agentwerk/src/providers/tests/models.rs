use super::{context_window, max_output};

#[test]
fn the_longest_name_counts() {
    assert_eq!(context_window("gpt-5.4"), 1_050_000);
    assert_eq!(context_window("gpt-5.4-2026-03-05"), 1_050_000);
    assert_eq!(context_window("gpt-5.4-mini-2026-03-17"), 272_000);
    assert_eq!(context_window("mistral-large-4-0"), 1_048_576);
    assert_eq!(context_window("mistral-large-latest"), 262_144);
    assert_eq!(max_output("claude-sonnet-5-5"), Some(128_000));
    assert_eq!(max_output("claude-haiku-4-5-20251001"), Some(64_000));
}

#[test]
fn the_place_where_a_model_is_served_does_not_count() {
    for model in [
        "anthropic/claude-haiku-4-5",
        "bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "vertex_ai/claude-haiku-4-5@20251001",
        "Anthropic/Claude-Haiku-4-5",
    ] {
        assert_eq!(context_window(model), 200_000, "{model}");
    }
}

#[test]
fn an_unknown_model_gets_a_cautious_window_and_no_output_limit() {
    for model in ["my-model", "gpt-5.9", "gpt-4ox", "", "anthropic/"] {
        assert_eq!(context_window(model), 128_000, "{model}");
        assert_eq!(max_output(model), None, "{model}");
    }
}
