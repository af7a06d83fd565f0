use super::ApiKey;

#[test]
fn a_key_is_taken_out_of_a_text_and_a_placeholder_is_not() {
    let key = ApiKey::new("sk-12345");
    assert_eq!(
        key.redact("the key sk-12345 is unknown"),
        "the key *** is unknown"
    );
    for placeholder in ["", "none", "x", "sk-1234"] {
        let text = format!("nonexistent model, next: {placeholder}");
        assert_eq!(ApiKey::new(placeholder).redact(&text), text);
    }
}
