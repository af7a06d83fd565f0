use agentwerk_tests::asking::provider;
use agentwerk_tests::conversation::converse;
use agentwerk_tests::scripted::{self, ANSWERING_USAGE, ASKING_USAGE};
use agentwerk_tests::vendor::{Format, VendorServer};

#[tokio::test]
async fn the_scripted_model_holds_its_conversation_in_every_format() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        server.respond_with(scripted::answer);
        for model in [
            "scripted",
            "scripted+byte-by-byte+crlf",
            "scripted+fragments+null-ids",
            "scripted+whole+stop-despite-calls",
        ] {
            let usages = converse(&provider(&server), model).await;
            for (usage, wanted) in usages.into_iter().zip([ASKING_USAGE, ANSWERING_USAGE]) {
                assert_eq!(
                    usage.total_input_tokens(),
                    wanted.total_input_tokens(),
                    "{format:?}, {model}"
                );
                assert_eq!(usage.output_tokens, wanted.output_tokens, "{format:?}");
            }
        }
        assert!(server.refusals().is_empty(), "{:?}", server.refusals());
    }
}
