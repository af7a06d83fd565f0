//! Neither a link nor a race leads out of the directory.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::json;

use crate::tree::Tree;

const CANARY: &str = "the-canary-sings";

/// A room for the agent beside a tree with a canary in names and contents.
fn place() -> Tree {
    let place = Tree::new([("room/a.txt", "inside\n"), ("room/sub/b.txt", "inside\n")]);
    for path in ["outside", "outside/deep", "outside/deep/er"] {
        place.write(
            &format!("{path}/{CANARY}.txt"),
            format!("inside {CANARY}\n"),
        );
        place.write(&format!("{path}/b.txt"), format!("inside {CANARY}\n"));
    }
    place
}

async fn search(place: &Tree, path: &str) -> String {
    use agentwerk::tools::{GlobTool, GrepTool, ToolContext};

    let context = ToolContext::new(place.path("room"));
    let mut all = String::new();
    for output in ["content", "files", "count"] {
        let arguments = json!({
            "pattern": "inside", "path": path, "output": output, "hidden": true, "ignored": true,
            "context": 1,
        });
        let text = crate::tree::call(&context, GrepTool, arguments).await;
        all.push_str(&text.unwrap_or_else(|error| error));
    }
    let arguments = json!({ "pattern": "**", "path": path, "hidden": true });
    let text = crate::tree::call(&context, GlobTool, arguments).await;
    all.push_str(&text.unwrap_or_else(|error| error));
    all
}

#[tokio::test]
async fn links_are_not_followed() {
    let place = place();
    symlink("../outside", place.path("room/relative")).unwrap();
    symlink(place.path("outside"), place.path("room/absolute")).unwrap();
    symlink(place.path("outside/b.txt"), place.path("room/file")).unwrap();
    symlink("sub", place.path("room/within")).unwrap();
    let text = search(&place, ".").await;
    assert!(!text.contains(CANARY), "{text}");
    assert!(
        text.contains("a.txt:1: inside") && text.contains("sub/b.txt:1: inside"),
        "{text}"
    );
    assert!(!text.contains("within"), "{text}");
}

#[tokio::test]
async fn a_path_that_leads_out_is_refused() {
    let place = place();
    symlink("../outside", place.path("room/link")).unwrap();
    symlink("../outside/b.txt", place.path("room/file")).unwrap();
    for path in [
        "..",
        "../outside",
        "link",
        "link/deep",
        "file",
        "/",
        "/etc",
        "link/b.txt",
        "sub/../..",
    ] {
        let text = search(&place, path).await;
        assert!(text.contains("may not be read"), "{path}: {text}");
        assert!(!text.contains(CANARY), "{path}: {text}");
    }
    let twin = place.path("room-evil");
    fs::create_dir(&twin).unwrap();
    let text = search(&place, twin.to_str().unwrap()).await;
    assert!(text.contains("may not be read"), "{text}");
}

#[tokio::test]
async fn a_link_within_the_directory_may_be_named() {
    let place = place();
    symlink("sub", place.path("room/within")).unwrap();
    let text = search(&place, "within").await;
    assert!(text.contains("within/b.txt:1: inside"), "{text}");
}

#[tokio::test]
async fn ignore_files_that_are_links_do_not_count() {
    let place = place();
    place.write("outside/rules", "a.txt\n");
    symlink("../outside/rules", place.path("room/.gitignore")).unwrap();
    let text = search(&place, ".").await;
    assert!(text.contains("a.txt:1: inside"), "{text}");
}

#[tokio::test]
async fn loops_of_links_end() {
    let place = place();
    symlink(".", place.path("room/loop")).unwrap();
    symlink("..", place.path("room/sub/up")).unwrap();
    symlink("pong", place.path("room/ping")).unwrap();
    symlink("ping", place.path("room/pong")).unwrap();
    let text = agentwerk_tests::within(search(&place, ".")).await;
    assert_eq!(text.matches("sub/b.txt:1: inside").count(), 1, "{text}");
    let text = search(&place, "ping").await;
    assert!(text.contains("`ping`"), "{text}");
}

#[tokio::test]
async fn a_directory_that_becomes_a_link_during_a_search_leads_nowhere() {
    const SEARCHES: usize = 300;

    let place = place();
    for number in 0..20 {
        place.write(&format!("room/sub/deep/er/{number}"), "inside\n");
    }
    let ended = AtomicBool::new(false);
    let (sub, aside, link) = (
        place.path("room/sub"),
        place.path("aside"),
        place.path("link"),
    );
    symlink(place.path("outside"), &link).unwrap();
    let (swaps, seen) = thread::scope(|scope| {
        let swapping = scope.spawn(|| {
            let mut swaps = 0_usize;
            while !ended.load(Ordering::Relaxed) {
                fs::rename(&sub, &aside).unwrap();
                fs::rename(&link, &sub).unwrap();
                fs::rename(&sub, &link).unwrap();
                fs::rename(&aside, &sub).unwrap();
                swaps += 1;
            }
            swaps
        });
        let searching = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            let mut seen = 0;
            for number in 0..SEARCHES {
                let path = if number % 2 == 0 { "." } else { "sub" };
                let text = runtime.block_on(search(&place, path));
                assert!(!text.contains(CANARY), "{text}");
                seen += usize::from(text.contains("deep/er/7:1: inside"));
            }
            seen
        });
        let seen = searching.join();
        ended.store(true, Ordering::Relaxed);
        (swapping.join().unwrap(), seen)
    });
    let seen = seen.unwrap();
    println!("{SEARCHES} rounds of searches, {swaps} swaps, the directory was seen in {seen}");
    assert!(
        swaps > SEARCHES && seen > 0 && seen < SEARCHES,
        "nothing raced"
    );
}
