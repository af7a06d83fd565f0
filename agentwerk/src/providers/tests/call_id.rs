use super::{made_of, nine_alphanumeric, word};

#[test]
fn an_id_that_fits_stays_as_it_is() {
    assert_eq!(nine_alphanumeric("D681PevKs"), "D681PevKs");
    assert_eq!(word("toolu_01A-b"), "toolu_01A-b");
}

#[test]
fn any_other_id_becomes_a_fixed_one_of_nine_characters() {
    for id in [
        "",
        "null",
        "toolu_01A09q90qw90lq917835lq9",
        "D681PevK!",
        "ä1234567",
    ] {
        let mapped = nine_alphanumeric(id).into_owned();
        assert_eq!(mapped.len(), 9, "{id}");
        assert!(
            mapped.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "{id}"
        );
        assert_eq!(nine_alphanumeric(&mapped), mapped, "{id}");
    }
    assert_eq!(word("functions.read:0"), made_of("functions.read:0"));
}

#[test]
fn the_mapping_is_the_same_in_every_process() {
    // Fixed values: a stored conversation must encode to the same bytes after an upgrade.
    assert_eq!(made_of("null"), EXPECTED_NULL);
    assert_eq!(made_of("call_1"), EXPECTED_CALL);
    assert_ne!(made_of("call_1"), made_of("call_2"));
}

const EXPECTED_NULL: &str = "I8JwZfsCn";
const EXPECTED_CALL: &str = "JqNCNswm3";
