//! Agents and systems that take provider and model from the environment.

use std::process::Command;

use agentwerk::{Agent, TicketSystem};
use agentwerk_tests::vendor::{Format, Reply, VendorServer};
use agentwerk_tests::within;

/// Runs in a process of its own, which has an environment; see the next tests.
#[tokio::test]
#[ignore = "the tests after this one run it"]
async fn in_an_environment() {
    let work = within(Agent::new().from_env().task("Hello.").finish()).await;
    println!("agent: {:?}", work.last_result());
    let agent = Agent::new().provider_from_env().model_from_env();
    let work = within(agent.task("Hello.").finish()).await;
    println!("parts: {:?}", work.last_result());
    let agent = Agent::new().try_from_env().unwrap();
    let work = within(agent.task("Hello.").finish()).await;
    println!("tried: {:?}", work.last_result());
    let tickets = TicketSystem::in_memory();
    tickets.from_env().agent(Agent::new());
    tickets.task("Hello.");
    within(tickets.finish()).await;
    println!("system: {:?}", tickets.last_result());
}

/// What the test above says in this environment.
async fn said_in(environment: Vec<(&'static str, String)>) -> (bool, String) {
    let dir = tempfile::TempDir::new().unwrap();
    let asking = tokio::task::spawn_blocking(move || {
        Command::new(std::env::current_exe().unwrap())
            .args([
                "--ignored",
                "--exact",
                "--nocapture",
                "environment::in_an_environment",
            ])
            .current_dir(dir.path())
            .env_clear()
            .envs(environment)
            .output()
            .unwrap()
    });
    let output = within(asking).await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[tokio::test]
async fn each_way_finds_provider_and_model() {
    let vendors = [
        (Format::Anthropic, "ANTHROPIC"),
        (Format::OpenAi, "OPENAI"),
        (Format::Mistral, "MISTRAL"),
        (Format::LiteLlm, "LITELLM"),
    ];
    for (format, name) in vendors {
        let server = VendorServer::start(format).await;
        for _ in 0..4 {
            server.enqueue(Reply::new().text("Hi."));
        }
        let variable = |part: &str| -> &'static str { format!("{name}_{part}").leak() };
        let environment = vec![
            (variable("API_KEY"), server.key().to_owned()),
            (variable("BASE_URL"), server.base_url()),
            (variable("MODEL"), "the-model".to_owned()),
        ];
        let (succeeded, said) = said_in(environment).await;
        assert!(succeeded, "{said}");
        for way in ["agent", "parts", "tried", "system"] {
            assert!(
                said.contains(&format!("{way}: Some(\"Hi.\")")),
                "{name}: {said}"
            );
        }
        assert_eq!(server.requests().len(), 4);
        for request in server.requests() {
            assert_eq!(request.body["model"], "the-model", "{name}");
        }
    }
}

#[tokio::test]
async fn the_general_model_wins() {
    let server = VendorServer::start(Format::OpenAi).await;
    for _ in 0..4 {
        server.enqueue(Reply::new().text("Hi."));
    }
    let environment = vec![
        ("OPENAI_API_KEY", server.key().to_owned()),
        ("OPENAI_BASE_URL", server.base_url()),
        ("OPENAI_MODEL", "of-the-vendor".to_owned()),
        ("MODEL", "general".to_owned()),
    ];
    let (succeeded, said) = said_in(environment).await;
    assert!(succeeded, "{said}");
    assert_eq!(server.request(1).await.body["model"], "general");
}

#[tokio::test]
async fn an_empty_environment_is_told_of_with_what_to_set() {
    let (succeeded, said) = said_in(Vec::new()).await;
    assert!(!succeeded);
    for name in [
        "LITELLM_API_KEY",
        "MISTRAL_API_KEY",
        "ANTHROPIC_API_KEY",
        "OPENAI_API_KEY",
    ] {
        assert!(said.contains(name), "{said}");
    }
}
