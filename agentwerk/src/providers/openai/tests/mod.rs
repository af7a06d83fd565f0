use super::OpenAiProvider;

#[test]
fn only_the_host_of_openai_gets_its_dialect() {
    for (base_url, role) in [
        ("https://api.openai.com", "developer"),
        (" https://api.openai.com/v1/ ", "developer"),
        ("https://API.OpenAI.com:443/v1", "developer"),
        ("https://api.openai.com.example", "system"),
        ("https://api.openai.com@proxy.example/v1", "system"),
        ("https://proxy.example/https://api.openai.com", "system"),
        ("api.openai.com", "system"),
    ] {
        let provider = OpenAiProvider::new("key").base_url(base_url);
        assert_eq!(provider.dialect.system_role, role, "{base_url}");
    }
}
