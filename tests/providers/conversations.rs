//! A conversation that moves from one vendor to another.

use agentwerk::chat::{ContentBlock, Message, Role};
use agentwerk_tests::asking::{ask, provider};
use agentwerk_tests::vendor::{Format, Reply, VendorServer};

use super::talk::{answered, question, request, two_calls};

#[tokio::test]
async fn a_conversation_can_move_to_any_other_vendor() {
    for from in Format::ALL {
        let first = VendorServer::start(from).await;
        first.enqueue(two_calls());
        let reply = ask(&provider(&first), &question()).await.reply();
        let moved = answered(&question(), &reply);
        for to in Format::ALL {
            let second = VendorServer::start(to).await;
            second.enqueue(Reply::new().text("It means “artless”."));
            let asked = ask(&provider(&second), &moved).await;
            assert!(asked.outcome.is_ok(), "{from:?} to {to:?}: {asked:?}");
            let sent = second.requests()[0].text.clone();
            assert!(sent.contains("the result of look_up"), "{from:?} to {to:?}");
            let goes_back = sent.contains("diaeresis");
            assert_eq!(
                goes_back,
                from == to && from != Format::OpenAi,
                "{from:?} to {to:?}"
            );
        }
    }
}

#[tokio::test]
async fn blocks_without_text_reach_no_vendor() {
    let silent = Message::new(Role::Assistant, vec![ContentBlock::text("")]);
    let messages = vec![Message::user("Hm?"), silent, Message::user("Go on.")];
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        server.enqueue(Reply::new().text("fine"));
        let asked = ask(&provider(&server), &request(messages.clone())).await;
        assert!(asked.outcome.is_ok(), "{format:?}: {asked:?}");
    }
}

#[tokio::test]
async fn two_messages_of_one_side_are_taken() {
    let messages = vec![Message::user("First."), Message::user("Second.")];
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        server.enqueue(Reply::new().text("fine"));
        let asked = ask(&provider(&server), &request(messages.clone())).await;
        assert!(asked.outcome.is_ok(), "{format:?}: {asked:?}");
    }
}
